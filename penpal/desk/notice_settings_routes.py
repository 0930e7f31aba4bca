"""What one wants to be told of, and for staff where mail goes."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.desk import appearance
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, TooMany
from penpal.notices import kinds, mailing, queries, services
from penpal.notices.kinds import Topic
from penpal.notices.models import Rhythm
from penpal.permissions import Permission

blueprint = Blueprint("notice_settings", __name__, url_prefix="/account/notices")

Answer = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Notice.CHOOSE)
def page() -> str:
    return _page()


@blueprint.post("/topics")
@needs(Permission.Notice.CHOOSE)
def choose() -> Response:
    """Of which topics a page that is open gives a sign."""
    services.choose([topic for topic in Topic if request.form.get(topic.value) == "1"], by=actor())
    flash(_("存好了。"), "ok")
    return redirect(url_for("notice_settings.page"))


@blueprint.post("/mail")
@needs(Permission.Notice.MAIL)
def give() -> Answer:
    """Where mail goes and how often; without an address none goes anywhere."""
    address = request.form.get("address", "").strip()
    try:
        rhythm = Rhythm(request.form.get("rhythm", ""))
    except ValueError:
        rhythm = Rhythm.NEVER
    if not address:
        mailing.forget_address(by=actor())
        flash(_("不再寄邮件了。"), "ok")
        return redirect(url_for("notice_settings.page"))
    try:
        asked = mailing.give(
            address, rhythm, language=appearance.language(), settings=_settings(), by=actor()
        )
    except (Invalid, TooMany) as problem:
        return _page(problem, address), problem.status
    flash(
        _("寄了一封信到那里。打开信里的链接，才算数。") if asked else _("存好了。"),
        "wait" if asked else "ok",
    )
    return redirect(url_for("notice_settings.page"))


def _page(problem: Invalid | TooMany | None = None, address: str | None = None) -> str:
    asking = actor()
    assert asking.person_id is not None
    silent = queries.silences_of(asking.person_id)
    known = mailing.of(asking.person_id) if asking.is_staff else None
    return render_template(
        "notices/settings.html",
        topics=[
            (topic.value, kinds.LABELS[topic], topic not in silent)
            for topic in kinds.topics_for(child=asking.is_student)
        ],
        mails=asking.is_staff,
        offered=mailing.is_offered(_settings()),
        address=address if address is not None else known.address if known else "",
        confirmed=known is not None and known.confirmed_at is not None,
        rhythm=known.rhythm.value if known else Rhythm.DAILY.value,
        problem=problem,
        wrong=problem.fields if isinstance(problem, Invalid) else {},
    )


def _settings() -> Settings:
    found: Settings = current_app.extensions["penpal.settings"]
    return found
