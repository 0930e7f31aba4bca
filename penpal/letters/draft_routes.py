"""What becomes of a draft: one of two is chosen, a request for release is taken back, it is thrown away."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, differences, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict
from penpal.letters import composing, enclosing, forms, night, queries, releasing, services
from penpal.letters.models import Letter
from penpal.permissions import Permission

blueprint = Blueprint("drafts", __name__, url_prefix="/letters")


@blueprint.get("/<int:letter_id>/beside")
@needs(Permission.Letter.WRITE)
def beside(letter_id: int) -> str | Response:
    """Two drafts of one letter next to each other: what was written here, and what elsewhere."""
    letter, newer = _two_drafts(letter_id)
    if newer is None:
        return redirect(url_for("letters.edit", letter_id=letter.id))
    return render_template(
        "letters/beside.html",
        card=composing.card_of(letter.pair),
        letter=letter,
        newer=newer,
        pictures=enclosing.of_many([letter.id, newer.id]),
        texts=differences.between(newer.body, letter.body),
    )


@blueprint.post("/<int:letter_id>/choice")
@needs(Permission.Letter.DISCARD)
def choose(letter_id: int) -> Response:
    """Go on with one of two drafts and throw the other away, or go on with both."""
    letter, newer = _two_drafts(letter_id)
    keep = forms.kept(request.form)
    if newer is None:
        return redirect(url_for("letters.edit", letter_id=letter.id))
    if keep is forms.Keep.BOTH:
        services.keep_both(letter, by=actor())
        flash(_("两份都留着，各是一份草稿。"), "ok")
        return redirect(url_for("letters.edit", letter_id=letter.id))
    kept, other = (letter, newer) if keep is forms.Keep.THIS else (newer, letter)
    seen = {
        letter.id: numbers.typed(request.form.get("revision")),
        newer.id: numbers.typed(request.form.get("newer_revision")),
    }
    try:
        services.choose(kept, over=other, seen=seen, by=actor())
    except Conflict as problem:
        flash(str(problem), "wait")
        return redirect(url_for("drafts.beside", letter_id=letter.id))
    flash(_("留下了这一份。"), "ok")
    return redirect(url_for("letters.edit", letter_id=kept.id))


def _two_drafts(letter_id: int) -> tuple[Letter, Letter | None]:
    """A draft and the newer one it was put beside, while both are drafts."""
    letter = access.load(Letter, actor(), letter_id)
    access.authorize(actor(), Permission.Letter.DISCARD, letter)
    return letter, queries.newer_than(letter)


@blueprint.post("/<int:letter_id>/asking/withdrawal")
@needs(Permission.Hold.WITHDRAW)
def take_back(letter_id: int) -> Response:
    """The author wants the letter back that waits for a teacher to release it."""
    letter = access.load(Letter, actor(), letter_id)
    releasing.take_back(letter, by=actor())
    flash(_("收回了。信还是草稿，可以接着改。"), "ok")
    return redirect(url_for("letters.edit", letter_id=letter.id))


@blueprint.post("/<int:letter_id>/sending/withdrawal")
@needs(Permission.Letter.TAKE_BACK)
def call_back(letter_id: int) -> Response:
    """The author wants the letter back that is on its way until the morning."""
    letter = access.load(Letter, actor(), letter_id)
    night.take_back(letter, by=actor())
    flash(_("收回来了。信还是草稿，可以接着改。"), "ok")
    return redirect(url_for("letters.edit", letter_id=letter.id))


@blueprint.post("/<int:letter_id>/discard")
@needs(Permission.Letter.DISCARD)
def discard(letter_id: int) -> Response:
    letter = access.load(Letter, actor(), letter_id)
    services.discard(letter, by=actor())
    flash(_("草稿扔掉了。"), "ok")
    return redirect(url_for("letters.mailbox"))
