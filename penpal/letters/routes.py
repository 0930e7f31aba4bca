"""The mailbox, a letter, the composer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import devices
from penpal.accounts.signed_in import actor
from penpal.kernel import access, calendar, fragments, numbers, search
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, Invalid
from penpal.letters import (
    box,
    composing,
    dates,
    enclosing,
    finding,
    forms,
    guarding,
    night,
    paper,
    queries,
    readers,
    releasing,
    services,
)
from penpal.letters.models import Envelope, Letter
from penpal.media.uploads import NotAllTaken
from penpal.permissions import Permission
from penpal.safeguarding import helplines, opening_queries, opening_wording
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.opening_models import Opening
from penpal.screening import guidance
from penpal.twinning import queries as pairs
from penpal.twinning import reminding
from penpal.twinning.queries import PairCard
from penpal.twinning.reminding import About

blueprint = Blueprint("letters", __name__, url_prefix="/letters")


@blueprint.get("")
@needs(Permission.Letter.LIST)
def mailbox() -> str:
    asking = actor()
    access.authorize(asking, Permission.Letter.LIST)
    card = box.whose(asking, request.args)
    if card is None:
        return render_template("letters/partners.html", past=pairs.past_pairs(asking))
    show = box.show_of(request.args.get("show"))
    month = calendar.month_typed(request.args.get("month"))
    before = numbers.typed(request.args.get("before"))
    devices.keep_this_page()
    return fragments.page(
        "letters/mailbox.html",
        card=card,
        box=box.look(card.pair, asking, show=show, month=month, before=before),
        show=show.value,
        begun=bool(month or before),
        reminded=reminding.stands(card.pair, asking, About.REPLY),
    )


@blueprint.get("/search")
@needs(Permission.Letter.LIST)
def found() -> str:
    """Words in one's own letters: to the partner shown, or (``past``) to all there ever were."""
    asking = actor()
    access.authorize(asking, Permission.Letter.LIST)
    card = box.whose(asking, request.args)
    asked = search.asked(request.args.get("words", ""))
    show = box.show_of(request.args.get("show"))
    after = numbers.typed(request.args.get("after"))
    hits = finding.find(
        asked.words, asking, pair=card.pair if card else None, show=show, after=after
    )
    return render_template(
        "letters/search.html",
        card=card,
        asked=asked,
        found=hits,
        partners=finding.partner_names(asking) if hits.pairs and card is None else {},
        show=show.value,
        begun=bool(after),
    )


@blueprint.get("/<int:letter_id>")
@needs(Permission.Letter.READ)
def read(letter_id: int) -> str | Response:
    asking = actor()
    letter = access.load(Letter, asking, letter_id)
    access.authorize(asking, Permission.Letter.READ, letter)
    if letter.is_draft:
        return redirect(url_for("letters.edit", letter_id=letter.id))
    if letter.is_posted:
        return _on_its_way(letter)
    if asking.is_staff:
        body, signature = paper.set_out(letter)
        page = render_template(
            "letters/postcard.html",
            letter=letter,
            body=body,
            signature=signature,
            dated=dates.line_of(letter),
            pictures=enclosing.of(letter),
        )
        # Drawn before it is recorded, for a transaction lets go of what was loaded; shown after.
        services.read_along(letter, by=asking)
        return page
    card = composing.card_of(letter.pair)
    mine = letter.author_id == asking.person_id
    if not mine and not letter.is_opened:
        return render_template(
            "letters/envelope.html", letter=letter, card=card, openings=_openings(letter)
        )
    devices.keep_this_page()
    before, after = queries.neighbours(letter)
    body, signature = paper.set_out(letter)
    return render_template(
        "letters/letter.html",
        letter=letter,
        body=body,
        signature=signature,
        dated=dates.line_of(letter),
        card=card,
        mine=mine,
        author=card.me if mine else card.partner,
        before=before,
        after=after,
        can_reply=access.may(asking, Permission.Letter.WRITE, letter.pair),
        teacher=None
        if letter.is_sealed
        else composing.teacher_of(card.me if mine else card.partner),
        on_paper=readers.state_of(letter),
        openings=_openings(letter),
        pictures=enclosing.of(letter),
        released=services.release_of(letter) if mine and not letter.is_sealed else None,
        helplines=helplines.near(asking.path) if mine and "help" in request.args else (),
    )


def _on_its_way(letter: Letter) -> str:
    """What its author alone sees until the morning. No device keeps it: by then it is something else."""
    asking = actor()
    card = composing.card_of(letter.pair)
    body, signature = paper.set_out(letter)
    assert letter.deliver_at is not None
    return render_template(
        "letters/posted.html",
        letter=letter,
        body=body,
        signature=signature,
        dated=dates.line_of(letter),
        card=card,
        when=night.words_of(letter.deliver_at, card.me),
        can_take_back=access.may(asking, Permission.Letter.TAKE_BACK, letter),
        teacher=None if letter.is_sealed else composing.teacher_of(card.me),
        pictures=enclosing.of(letter),
        released=services.release_of(letter) if not letter.is_sealed else None,
        helplines=helplines.near(asking.path) if "help" in request.args else (),
    )


@blueprint.post("/<int:letter_id>/opening")
@needs(Permission.Letter.OPEN)
def open_(letter_id: int) -> Response:
    letter = access.load(Letter, actor(), letter_id)
    services.open_(letter, by=actor())
    return redirect(url_for("letters.read", letter_id=letter.id))


@blueprint.get("/new")
@needs(Permission.Letter.WRITE)
def new() -> str | Response:
    """A fresh sheet; whoever has an unfinished draft goes on with that one first."""
    card = pairs.card_of(actor())
    if card is None:
        return redirect(url_for("letters.mailbox"))
    answering = numbers.typed(request.args.get("reply_to"))
    draft = queries.latest_draft(card.pair, actor(), answering=answering)
    if draft is not None and "another" not in request.args:
        return redirect(url_for("letters.edit", letter_id=draft.id))
    begun = composing.begun_with(request.args.get("from", ""), actor())
    if answering is None and not begun:
        devices.keep_this_page()
    return composing.page(
        card,
        forms.Composed(
            key=forms.fresh_key(),
            body=begun,
            envelope=Envelope.SEALED,
            revision=0,
            in_reply_to=answering,
            stationery=queries.last_stationery(actor()),
        ),
    )


@blueprint.get("/<int:letter_id>/edit")
@needs(Permission.Letter.WRITE)
def edit(letter_id: int) -> str | Response:
    letter = access.load(Letter, actor(), letter_id)
    if not letter.is_draft:
        return redirect(url_for("letters.read", letter_id=letter.id))
    devices.keep_this_page()
    return composing.page(
        composing.card_of(letter.pair),
        forms.Composed(
            key=letter.key,
            body=letter.body,
            envelope=letter.envelope,
            revision=letter.revision,
            in_reply_to=letter.in_reply_to_id,
            stationery=paper.stationery_of(letter),
        ),
        draft=letter,
    )


@blueprint.post("")
@needs(Permission.Letter.SEND)
def send() -> str | Response | dict[str, object] | tuple[str, int]:
    """The composer's buttons: send, keep as a draft, ask a teacher, take words out."""
    composed = replace(forms.parse(request.form), photos=enclosing.listed(request.form))
    card = composing.card_for(composed)
    try:
        composed = _with_photos(composed)
        return _HOW[composed.action](card, composed)
    except (guarding.Screened, Paused) as problem:
        if _wants_json():
            raise
        # What was typed is kept first, so that it is the same text that is mended.
        kept = services.save_draft(pairs.record(card.pair), **_words(composed)).letter
        composed = replace(composed, key=kept.key, body=kept.body, revision=kept.revision)
        return composing.page(card, composed, draft=kept, problem=problem), problem.status
    except Invalid as problem:
        if _wants_json():
            raise
        if isinstance(problem, NotAllTaken):
            composed = replace(composed, photos=tuple(problem.chosen))
        return composing.page(card, composed, problem=problem), problem.status
    except Conflict as problem:
        if _wants_json():
            raise
        again = replace(composed, key=forms.fresh_key(), revision=0)
        return composing.page(card, again, problem=problem), problem.status


def _send(card: PairCard, composed: forms.Composed) -> Response | dict[str, object]:
    letter = services.send(
        pairs.record(card.pair), **_words(composed), paper_told=composed.paper_told
    )
    if letter.deliver_at is not None:
        when = night.words_of(letter.deliver_at, card.me)
        flash(_("信寄出了，%(when)s 送到。送到以前，可以收回来再改。", when=when), "ok")
    else:
        flash(_("信寄出了，已经到了%(name)s的信箱。", name=card.partner.display_name), "ok")
    worries = guidance.is_worrying(guarding.look(letter.body))
    help_ = 1 if worries or guarding.worries_about(composed.photos) else None
    sent = url_for("letters.read", letter_id=letter.id, help=help_)
    return {"url": sent} if _wants_json() else redirect(sent)


def _save(card: PairCard, composed: forms.Composed) -> Response:
    saved = services.save_draft(pairs.record(card.pair), **_words(composed))
    if saved.forked:
        flash(_("存好了。别处还有一份更新的草稿，两份都留着。"), "wait")
    elif saved.taken_back:
        flash(_("存好了。字改了，请老师放行的事就收回了。"), "wait")
    else:
        flash(_("草稿存好了。"), "ok")
    return redirect(url_for("letters.edit", letter_id=saved.letter.id))


def _ask(card: PairCard, composed: forms.Composed) -> Response:
    hold = releasing.ask(
        pairs.record(card.pair),
        **_words(composed),
        paper_told=composed.paper_told,
        words=composed.asking,
    )
    flash(_("请老师看了。放行以后，信马上就寄出。"), "ok")
    return redirect(url_for("letters.edit", letter_id=hold.item_id))


def _take_out(card: PairCard, composed: forms.Composed) -> Response:
    mended = replace(composed, body=guarding.without(composed.body, composed.take_out))
    saved = services.save_draft(pairs.record(card.pair), **_words(mended))
    flash(_("拿掉了。读一读前后的话，还通不通。"), "ok")
    return redirect(url_for("letters.edit", letter_id=saved.letter.id, _anchor="body"))


_HOW: dict[forms.Action, Callable[[PairCard, forms.Composed], Response | dict[str, object]]] = {
    forms.Action.SEND: _send,
    forms.Action.SAVE: _save,
    forms.Action.ASK: _ask,
    forms.Action.TAKE_OUT: _take_out,
}


def _words(composed: forms.Composed) -> dict[str, Any]:
    """What every verb of the composer takes."""
    return {
        "key": composed.key,
        "body": composed.body,
        "envelope": composed.envelope,
        "revision": composed.revision,
        "in_reply_to": composing.answered(composed),
        "stationery": composed.stationery,
        "photos": composed.photos,
        "by": actor(),
    }


def _with_photos(composed: forms.Composed) -> forms.Composed:
    """The photos that came with the form; the files among them, from one without scripts, are kept."""
    return replace(composed, photos=enclosing.given(request.form, request.files, by=actor()))


def _wants_json() -> bool:
    """Whether the composer asks, which stays on its page until the letter is sent."""
    return request.accept_mimetypes.best == "application/json"


@blueprint.put("/drafts/<key>")
@needs(Permission.Letter.WRITE)
def save_draft(key: str) -> dict[str, object]:
    """What the composer saves while one types."""
    composed = forms.parse({**request.form.to_dict(), "key": key})
    card = composing.card_for(composed)
    composed = _with_photos(composed)
    saved = services.save_draft(pairs.record(card.pair), **_words(composed))
    return {
        "key": saved.letter.key,
        "revision": saved.letter.revision,
        "saved_at": saved.letter.saved_at.isoformat(),
        "url": url_for("letters.edit", letter_id=saved.letter.id),
        "forked": saved.forked,
        "beside": url_for("drafts.beside", letter_id=saved.letter.id) if saved.forked else "",
        "sent": not saved.letter.is_draft,
        "taken_back": saved.taken_back,
    }


def _openings(letter: Letter) -> list[tuple[Opening, str]]:
    """Who opened this sealed letter, for its two to read."""
    asking = actor()
    shown = opening_queries.shown_on("letter", letter.id, asking)
    return opening_wording.told(shown, asking.person_id)
