"""Do one thing together: the list, a proposal, one thing from the first word to the end."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.activities import (
    eyes,
    forms,
    guarding,
    ideas,
    pages,
    queries,
    recording,
    services,
    theme_queries,
    word_asking,
    wording,
)
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.theme_models import Theme
from penpal.activities.typed import Wording
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid
from penpal.permissions import Permission
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard

blueprint = Blueprint("activities", __name__, url_prefix="/together")

Page = str | Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Activity.LIST)
def index() -> str:
    """What the two do, what waits for a nod, and what could come next; past partners' things too."""
    asking = actor()
    access.authorize(asking, Permission.Activity.LIST)
    card = _whose()
    rows = queries.of_pair(card.pair, asking) if card else []
    return render_template(
        "together/index.html",
        card=card,
        past=pairs.past_pairs(asking) if card is None or card.has_past else [],
        open=[row for row in rows if row.is_open],
        closed=[row for row in rows if not row.is_open],
        is_running=card is not None and access.may(asking, Permission.Activity.PROPOSE, card.pair),
        suggested=pages.ideas_of_today(),
        ideas=ideas.every(),
        standings={row.id: wording.standing(row.state) for row in rows},
        icons={idea.kind: idea.icon for idea in ideas.every()},
    )


def _whose() -> PairCard | None:
    """The pair that the address names, else the running one."""
    number = numbers.typed(request.args.get("pair"))
    if number is None:
        return pairs.card_of(actor())
    return pages.card_of(access.load(Pair, actor(), number))


@blueprint.get("/others")
@needs(Permission.Activity.LIST)
def others() -> str:
    """What other pairs do, as numbers without names, and the themes that hang where one can see them."""
    asking = actor()
    access.authorize(asking, Permission.Activity.LIST)
    doing, by_theme = queries.doing_around(theme_queries.school_of(asking.path))
    card = pairs.card_of(asking)
    return render_template(
        "together/others.html",
        doing=doing,
        by_theme=by_theme,
        few=queries.FEW,
        themes=theme_queries.walls(asking),
        ideas={idea.kind: idea for idea in ideas.every()},
        card=card,
        may_propose=card is not None
        and access.may(asking, Permission.Activity.PROPOSE, card.pair)
        and not card.is_paused,
    )


@blueprint.get("/new")
@needs(Permission.Activity.PROPOSE)
def new() -> Page:
    card = pairs.card_of(actor())
    if card is None:
        return redirect(url_for("activities.index"))
    theme = _theme(request.args.get("theme"))
    said = pages.first_words(
        forms.idea(request.args.get("idea")), numbers.typed(request.args.get("example")), theme
    )
    return pages.propose(card, said, key=forms.fresh_key(), theme=theme)


def _theme(typed: str | None) -> Theme | None:
    """A theme that hangs where one can see it; a proposal is not lost because it was taken down."""
    number = numbers.typed(typed)
    if number is None:
        return None
    statement = access.visible(Theme, actor()).where(Theme.id == number)
    found = session().scalar(statement)
    return found if found is not None and found.is_up else None


@blueprint.post("")
@needs(Permission.Activity.PROPOSE)
def propose() -> Page:
    card = pairs.card_of(actor())
    if card is None:
        return redirect(url_for("activities.index"))
    said, key = forms.wording(request.form), request.form.get("key", "")
    theme = _theme(request.form.get("theme"))
    try:
        made = services.propose(pairs.record(card.pair), said, key=key, theme=theme, by=actor())
    except (Invalid, Conflict) as problem:
        return pages.propose(
            card,
            said,
            key=forms.fresh_key() if isinstance(problem, Conflict) else key,
            theme=theme,
            problems=problem.fields if isinstance(problem, Invalid) else {},
            message=_message(problem),
            status=problem.status,
        )
    flash(_("告诉%(name)s了，等着点头。", name=card.partner.display_name), "ok")
    return _on(made, said.title, said.plan)


@blueprint.get("/<int:activity_id>")
@needs(Permission.Activity.READ)
def show(activity_id: int) -> Page:
    activity = access.load(Activity, actor(), activity_id)
    access.authorize(actor(), Permission.Activity.READ, activity)
    if not actor().is_staff:
        return pages.show(activity)
    found = session().scalars(
        eyes.records(actor()).where(ActivityRecord.activity_id == activity.id)
    )
    records = list(found)
    page = pages.shown(activity, records)
    # Drawn before it is recorded, for a transaction lets go of what was loaded; shown after.
    for record in records:
        recording.read_along(record, by=actor())
    return page


@blueprint.get("/<int:activity_id>/wording")
@needs(Permission.Activity.CHANGE)
def edit(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.CHANGE)
    if not activity.is_proposed:
        return redirect(url_for("activities.show", activity_id=activity.id))
    said = Wording(activity.idea, activity.title, activity.plan, activity.do_by)
    card = pages.card_of(activity.pair)
    return pages.propose(card, said, key="", activity=activity, version=activity.version)


@blueprint.post("/<int:activity_id>/wording")
@needs(Permission.Activity.CHANGE)
def change(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.CHANGE)
    said, version = forms.wording(request.form), forms.version(request.form)
    try:
        services.change(activity, said, version=version, by=actor())
    except (Invalid, Conflict) as problem:
        return pages.propose(
            pages.card_of(activity.pair),
            said,
            key="",
            activity=activity,
            version=activity.version,
            problems=problem.fields if isinstance(problem, Invalid) else {},
            message=_message(problem),
            status=problem.status,
        )
    flash(_("改好了，再等对方点头。"), "ok")
    return _on(activity, said.title, said.plan)


@blueprint.post("/<int:activity_id>/nod")
@needs(Permission.Activity.NOD)
def nod(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.READ)
    return _do(
        activity,
        lambda: services.nod(activity, version=forms.version(request.form), by=actor()),
        _("约好了。各做各的，做完在这里记下来。"),
    )


@blueprint.post("/<int:activity_id>/refusal")
@needs(Permission.Activity.DECLINE)
def decline(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.DECLINE)
    words = request.form.get("words", "")
    return _do(
        activity,
        lambda: services.decline(activity, words=words, by=actor()),
        _("告诉对方了。下次换一件你们都想做的。"),
        words,
    )


@blueprint.post("/<int:activity_id>/withdrawal")
@needs(Permission.Activity.WITHDRAW)
def withdraw(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.WITHDRAW)
    return _do(activity, lambda: services.withdraw(activity, by=actor()), _("收回了。"))


@blueprint.post("/<int:activity_id>/farewell")
@needs(Permission.Activity.STEP_OUT)
def step_out(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.STEP_OUT)
    words = request.form.get("words", "")
    return _do(
        activity,
        lambda: services.step_out(activity, words=words, by=actor()),
        _("这件事先放下了，对方也知道了。你写的都还在。"),
        words,
    )


@blueprint.post("/<int:activity_id>/words")
@needs(Permission.Activity.TALK)
def talk(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.TALK)
    words, key = request.form.get("words", ""), request.form.get("key", "")
    if request.form.get("action") == "ask":
        to_teacher = request.form.get("asking", "")
        return _do(
            activity,
            lambda: word_asking.ask(
                activity, key=key, words=words, to_teacher=to_teacher, by=actor()
            ),
            _("请老师看了。放行以后，对方才看得到。"),
            words,
            key=key,
        )
    return _do(
        activity,
        lambda: services.talk(activity, key=key, words=words, by=actor()),
        _("说给对方了。"),
        words,
        key=key,
    )


@blueprint.post("/<int:activity_id>/date")
@needs(Permission.Activity.CHANGE)
def ask_for_date(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.CHANGE)
    day = forms.day(request.form.get("do_by"))
    return _do(
        activity,
        lambda: services.ask_for_date(activity, day=day, by=actor()),
        _("问过对方了。对方点头以前，还是原来的日子。"),
    )


@blueprint.post("/<int:activity_id>/date/nod")
@needs(Permission.Activity.CHANGE)
def nod_to_date(activity_id: int) -> Page:
    activity = _load(activity_id, Permission.Activity.CHANGE)
    day = forms.day(request.form.get("do_by"))
    return _do(
        activity,
        lambda: services.nod_to_date(activity, day=day, by=actor()),
        _("换好日子了。"),
    )


def _load(activity_id: int, permission: object) -> Activity:
    activity = access.load(Activity, actor(), activity_id)
    access.authorize(actor(), permission, activity)  # type: ignore[arg-type]
    return activity


def _do(
    activity: Activity, verb: Callable[[], object], said: str, *written: str, key: str = ""
) -> Page:
    """One verb, one answer; what is to be mended stands on the page again with all that was typed."""
    try:
        verb()
    except (Invalid, Conflict) as problem:
        fields = problem.fields if isinstance(problem, Invalid) else {}
        problems = fields or {"": problem.message}
        return pages.show(
            activity,
            problems=problems,
            problem=problem if key else None,
            typed="".join(written),
            key=key if isinstance(problem, Invalid) else "",
            status=problem.status,
        )
    flash(said, "ok")
    return _on(activity, *written)


def _on(activity: Activity, *written: str) -> Response:
    """Back to the thing; where help is, if it sounded as if help were needed."""
    if any(guarding.is_worrying(words) for words in written):
        return redirect(url_for("guard.help_"))
    return redirect(url_for("activities.show", activity_id=activity.id))


def _message(problem: Invalid | Conflict) -> object:
    """What is said above the form, where it belongs to no field."""
    return "" if isinstance(problem, Invalid) and problem.fields else problem.message
