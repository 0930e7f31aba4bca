"""The mailbox, a letter, the composer."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role
from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotFound
from penpal.letters import forms, paper, queries, services, wording
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
    pair_id = request.args.get("pair", type=int)
    chosen = access.load(Pair, asking, pair_id) if pair_id is not None else None
    if chosen is not None:
        access.authorize(asking, Permission.Pair.SEE, chosen)
    if chosen is not None:
        card = pairs.card(chosen, asking)
    else:
        card = None if "past" in request.args else pairs.card_of(asking)
    before = numbers.typed(request.args.get("before"))
    box = queries.mailbox(card.pair, asking, before=before) if card else None
    past = pairs.past_pairs(asking) if card is None else []
    return render_template("letters/mailbox.html", card=card, box=box, past=past, before=before)


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
        return render_template(
            "letters/postcard.html", letter=letter, body=body, signature=signature
        )
    card = _card(letter.pair)
    mine = letter.author_id == asking.person_id
    if not mine and not letter.is_opened:
        return render_template("letters/envelope.html", letter=letter, card=card)
    before, after = queries.neighbours(letter)
    body, signature = paper.set_out(letter)
    return render_template(
        "letters/letter.html",
        letter=letter,
        body=body,
        signature=signature,
        card=card,
        mine=mine,
        author=card.me if mine else card.partner,
        before=before,
        after=after,
        can_reply=access.may(asking, Permission.Letter.WRITE, letter.pair),
        teacher=_teacher_of(card.me if mine else card.partner),
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
    return _composer(
        card,
        forms.Composed(
            key=forms.fresh_key(),
            body="",
            envelope=Envelope.SEALED,
            revision=0,
            in_reply_to=answering,
        ),
    )


@blueprint.get("/<int:letter_id>/edit")
@needs(Permission.Letter.WRITE)
def edit(letter_id: int) -> str | Response:
    letter = access.load(Letter, actor(), letter_id)
    if not letter.is_draft:
        return redirect(url_for("letters.read", letter_id=letter.id))
    return _composer(
        _card(letter.pair),
        forms.Composed(
            key=letter.key,
            body=letter.body,
            envelope=letter.envelope,
            revision=letter.revision,
            in_reply_to=letter.in_reply_to_id,
        ),
        draft=letter,
    )


@blueprint.post("")
@needs(Permission.Letter.SEND)
def send() -> str | Response | tuple[str, int]:
    """Send, or (``action=save``) keep as a draft: the composer's two buttons."""
    composed = forms.parse(request.form)
    card = _card_for(composed)
    answered = _answered(composed)
    try:
        if request.form.get("action") == "save":
            saved = services.save_draft(
                card.pair,
                key=composed.key,
                body=composed.body,
                envelope=composed.envelope,
                revision=composed.revision,
                in_reply_to=answered,
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
            card.pair,
            key=composed.key,
            body=composed.body,
            envelope=composed.envelope,
            in_reply_to=answered,
            by=actor(),
        )
    except Invalid as problem:
        return _composer(card, composed, problem=problem), problem.status
    except Conflict as problem:
        again = forms.Composed(
            forms.fresh_key(), composed.body, composed.envelope, 0, composed.in_reply_to
        )
        return _composer(card, again, problem=problem), problem.status
    flash(_("信寄出了，已经到了%(name)s的信箱。", name=card.partner.display_name), "ok")
    return redirect(url_for("letters.read", letter_id=letter.id))


@blueprint.put("/drafts/<key>")
@needs(Permission.Letter.WRITE)
def save_draft(key: str) -> dict[str, object]:
    """What the composer saves while one types."""
    composed = forms.parse({**request.form.to_dict(), "key": key})
    saved = services.save_draft(
        _card_for(composed).pair,
        key=key,
        body=composed.body,
        envelope=composed.envelope,
        revision=composed.revision,
        in_reply_to=_answered(composed),
        by=actor(),
    )
    return {
        "key": saved.letter.key,
        "revision": saved.letter.revision,
        "saved_at": saved.letter.saved_at.isoformat(),
        "url": url_for("letters.save_draft", key=saved.letter.key),
        "forked": saved.forked,
    }


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
    """The pair of a letter that already has this key, else the active one."""
    begun = queries.of_key(actor().person_id, composed.key)
    card = _card(begun.pair) if begun else pairs.card_of(actor())
    if card is None:
        raise NotFound
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
    )


def _teacher_of(side: pairs.Side) -> Person | None:
    """The teacher who may read a postcard of this author along."""
    teachers = people.staff_over(side.class_path, Role.TEACHER)
    return teachers[0] if teachers else None
