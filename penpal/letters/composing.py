"""The composer's page, and what it takes beside the words: the pair, the letter that is answered."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotFound
from penpal.letters import dates, enclosing, forms, guarding, night, queries, readers, wording
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from penpal.permissions import Permission
from penpal.safeguarding import guidance, helplines, hold_queries, items
from penpal.safeguarding.hold_states import HoldState
from penpal.screening.findings import Finding
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard


def page(
    card: PairCard,
    composed: forms.Composed,
    *,
    draft: Letter | None = None,
    problem: Invalid | Conflict | None = None,
) -> str:
    """The composer with these words in it; what the guard finds in a draft is said at once."""
    number, _sequence = queries.last_numbers(card.pair, card.me.person_id)
    asked = hold_queries.last("letter", draft.id) if draft else None
    waits = asked is not None and asked.state is HoldState.ASKED
    text = html.normal(composed.body)
    notes = guidance.notes(text, _findings(text, draft, problem)) if not waits else []
    return render_template(
        "letters/compose.html",
        card=card,
        composed=composed,
        draft=draft,
        problem=problem,
        number=number + 1,
        guidance=wording.LATER_LETTERS if number else wording.FIRST_LETTER,
        answered=answered(composed),
        teacher=teacher_of(card.me),
        can_send=access.may(actor(), Permission.Letter.WRITE, card.pair),
        coming=night.coming(card),
        on_paper=readers.reads_on_paper(card.partner.person_id),
        today=dates.line(clock.now(), with_lunar=True),
        pictures=enclosing.shown(composed.photos, draft, by=actor()),
        has_newer=draft is not None and queries.newer_than(draft) is not None,
        asked=asked,
        waits=waits,
        notes=notes,
        marked=guidance.marked(text, notes),
        helplines=helplines.near(actor().path),
    )


def _findings(
    text: str, draft: Letter | None, problem: Invalid | Conflict | None
) -> tuple[Finding, ...]:
    if isinstance(problem, guarding.Screened):
        return problem.findings
    return guarding.look(text) if draft else ()


def card_of(pair: Pair) -> PairCard:
    card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def card_for(composed: forms.Composed) -> PairCard:
    """The pair of a letter that already has this key, else the active one.

    A sheet may lie on a device for weeks: a new letter goes to the partner whom its sheet named or
    to nobody.
    """
    begun = queries.of_key(actor().person_id, composed.key)
    card = card_of(begun.pair) if begun else pairs.card_of(actor())
    if card is None:
        raise NotFound
    if begun is None and composed.pair != card.pair.id:
        raise Invalid(
            _("这张信纸不是写给现在的伙伴的，存不上，也寄不出去。字都还在，可以复制到新的信纸上。")
        )
    return card


def begun_with(pointer: str, asking: Actor) -> str:
    """The first words of a sheet that begins with something of one's own, as ``reflection:7`` points at it."""
    found = items.resolve(pointer, asking)
    content = items.read(found[0], found[1]) if found else None
    return content.text if content and content.author_id == asking.person_id else ""


def answered(composed: forms.Composed) -> Letter | None:
    """The letter that is being answered: one that the writer was sent and has opened."""
    if composed.in_reply_to is None:
        return None
    statement = access.visible(Letter, actor()).where(
        Letter.id == composed.in_reply_to,
        Letter.recipient_id == actor().person_id,
        Letter.state == LetterState.OPENED,
    )
    return session().scalar(statement)


def teacher_of(side: pairs.Side) -> Person | None:
    """The teacher who may read a postcard of this author along."""
    teachers = people.staff_over(side.class_path, Role.TEACHER)
    return teachers[0] if teachers else None
