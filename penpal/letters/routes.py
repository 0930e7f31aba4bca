"""The mailbox, a letter, the composer."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import devices
from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock, fragments, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotFound
from penpal.letters import (
    box,
    dates,
    differences,
    finding,
    forms,
    paper,
    queries,
    readers,
    search,
    services,
    wording,
)
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from penpal.permissions import Permission
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard

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
    month = box.month_of(request.args.get("month"))
    before = numbers.typed(request.args.get("before"))
    devices.keep_this_page()
    return fragments.page(
        "letters/mailbox.html",
        card=card,
        box=box.look(card.pair, asking, show=show, month=month, before=before),
        show=show.value,
        begun=bool(month or before),
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
    if asking.is_staff:
        body, signature = paper.set_out(letter)
        page = render_template(
            "letters/postcard.html",
            letter=letter,
            body=body,
            signature=signature,
            dated=dates.line_of(letter),
        )
        # Drawn before it is recorded, for a transaction lets go of what was loaded; shown after.
        services.read_along(letter, by=asking)
        return page
    card = _card(letter.pair)
    mine = letter.author_id == asking.person_id
    if not mine and not letter.is_opened:
        return render_template("letters/envelope.html", letter=letter, card=card)
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
        teacher=None if letter.is_sealed else _teacher_of(card.me if mine else card.partner),
        on_paper=readers.state_of(letter),
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
    if answering is None:
        devices.keep_this_page()
    return _composer(
        card,
        forms.Composed(
            key=forms.fresh_key(),
            body="",
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
    return _composer(
        _card(letter.pair),
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
    """Send, or (``action=save``) keep as a draft: the composer's two buttons."""
    composed = forms.parse(request.form)
    card = _card_for(composed)
    answered = _answered(composed)
    try:
        if request.form.get("action") == "save":
            saved = services.save_draft(
                pairs.record(card.pair),
                key=composed.key,
                body=composed.body,
                envelope=composed.envelope,
                revision=composed.revision,
                in_reply_to=answered,
                stationery=composed.stationery,
                by=actor(),
            )
            flash(
                _("存好了。别处还有一份更新的草稿，两份都留着。")
                if saved.forked
                else _("草稿存好了。"),
                "wait" if saved.forked else "ok",
            )
            return redirect(url_for("letters.edit", letter_id=saved.letter.id))
        letter = services.send(
            pairs.record(card.pair),
            key=composed.key,
            body=composed.body,
            envelope=composed.envelope,
            revision=composed.revision,
            in_reply_to=answered,
            stationery=composed.stationery,
            paper_told=composed.paper_told,
            by=actor(),
        )
    except Invalid as problem:
        if _wants_json():
            raise
        return _composer(card, composed, problem=problem), problem.status
    except Conflict as problem:
        if _wants_json():
            raise
        again = replace(composed, key=forms.fresh_key(), revision=0)
        return _composer(card, again, problem=problem), problem.status
    flash(_("信寄出了，已经到了%(name)s的信箱。", name=card.partner.display_name), "ok")
    sent = url_for("letters.read", letter_id=letter.id)
    return {"url": sent} if _wants_json() else redirect(sent)


def _wants_json() -> bool:
    """Whether the composer asks, which stays on its page until the letter is sent."""
    return request.accept_mimetypes.best == "application/json"


@blueprint.put("/drafts/<key>")
@needs(Permission.Letter.WRITE)
def save_draft(key: str) -> dict[str, object]:
    """What the composer saves while one types."""
    composed = forms.parse({**request.form.to_dict(), "key": key})
    saved = services.save_draft(
        pairs.record(_card_for(composed).pair),
        key=key,
        body=composed.body,
        envelope=composed.envelope,
        revision=composed.revision,
        in_reply_to=_answered(composed),
        stationery=composed.stationery,
        by=actor(),
    )
    return {
        "key": saved.letter.key,
        "revision": saved.letter.revision,
        "saved_at": saved.letter.saved_at.isoformat(),
        "url": url_for("letters.edit", letter_id=saved.letter.id),
        "forked": saved.forked,
        "beside": url_for("letters.beside", letter_id=saved.letter.id) if saved.forked else "",
        "sent": not saved.letter.is_draft,
    }


@blueprint.get("/<int:letter_id>/beside")
@needs(Permission.Letter.WRITE)
def beside(letter_id: int) -> str | Response:
    """Two drafts of one letter next to each other: what was written here, and what elsewhere."""
    letter, newer = _two_drafts(letter_id)
    if newer is None:
        return redirect(url_for("letters.edit", letter_id=letter.id))
    return render_template(
        "letters/beside.html",
        card=_card(letter.pair),
        letter=letter,
        newer=newer,
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
        return redirect(url_for("letters.beside", letter_id=letter.id))
    flash(_("留下了这一份。"), "ok")
    return redirect(url_for("letters.edit", letter_id=kept.id))


def _two_drafts(letter_id: int) -> tuple[Letter, Letter | None]:
    """A draft and the newer one it was put beside, while both are drafts."""
    letter = access.load(Letter, actor(), letter_id)
    access.authorize(actor(), Permission.Letter.DISCARD, letter)
    return letter, _newer_than(letter)


def _newer_than(letter: Letter) -> Letter | None:
    """The draft that this one was put beside, unless it was sent or thrown away meanwhile."""
    newer = session().get(Letter, letter.beside_id) if letter.beside_id else None
    return newer if newer is not None and newer.is_draft else None


@blueprint.post("/<int:letter_id>/discard")
@needs(Permission.Letter.DISCARD)
def discard(letter_id: int) -> Response:
    letter = access.load(Letter, actor(), letter_id)
    services.discard(letter, by=actor())
    flash(_("草稿扔掉了。"), "ok")
    return redirect(url_for("letters.mailbox"))


def _card(pair: Pair) -> PairCard:
    card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def _card_for(composed: forms.Composed) -> PairCard:
    """The pair of a letter that already has this key, else the active one.

    A sheet may lie on a device for weeks: a new letter goes to the partner whom its sheet named or
    to nobody.
    """
    begun = queries.of_key(actor().person_id, composed.key)
    card = _card(begun.pair) if begun else pairs.card_of(actor())
    if card is None:
        raise NotFound
    if begun is None and composed.pair != card.pair.id:
        raise Invalid(
            _("这张信纸不是写给现在的伙伴的，存不上，也寄不出去。字都还在，可以复制到新的信纸上。")
        )
    return card


def _answered(composed: forms.Composed) -> Letter | None:
    """The letter that is being answered: one that the writer was sent and has opened."""
    if composed.in_reply_to is None:
        return None
    statement = access.visible(Letter, actor()).where(
        Letter.id == composed.in_reply_to,
        Letter.recipient_id == actor().person_id,
        Letter.state == LetterState.OPENED,
    )
    return session().scalar(statement)


def _composer(
    card: PairCard,
    composed: forms.Composed,
    *,
    draft: Letter | None = None,
    problem: Invalid | Conflict | None = None,
) -> str:
    number, _sequence = queries.last_numbers(card.pair, card.me.person_id)
    return render_template(
        "letters/compose.html",
        card=card,
        composed=composed,
        draft=draft,
        problem=problem,
        number=number + 1,
        guidance=wording.LATER_LETTERS if number else wording.FIRST_LETTER,
        answered=_answered(composed),
        teacher=_teacher_of(card.me),
        can_send=access.may(actor(), Permission.Letter.WRITE, card.pair),
        on_paper=readers.reads_on_paper(card.partner.person_id),
        today=dates.line(clock.now(), with_lunar=True),
        has_newer=draft is not None and _newer_than(draft) is not None,
    )


def _teacher_of(side: pairs.Side) -> Person | None:
    """The teacher who may read a postcard of this author along."""
    teachers = people.staff_over(side.class_path, Role.TEACHER)
    return teachers[0] if teachers else None
