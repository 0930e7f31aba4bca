"""The home of a pair: who we are, what is next, what has passed between us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.letters import queries as letters
from penpal.letters import reminding, wording
from penpal.letters.queries import LetterRow
from penpal.letters.states import LetterState
from penpal.places import sky
from penpal.twinning import queries as pairs
from penpal.twinning.queries import PairCard, Side

_SHOWN = 30


@dataclass(frozen=True)
class Place:
    """One end of the band across the top: a person, a town, its sky."""

    display_name: str
    place: str
    stamp: str
    stamp_name: str
    foot: str
    sunset: str
    is_day: bool


@dataclass(frozen=True)
class Month:
    first: date
    letters: Sequence[LetterRow]


@dataclass(frozen=True)
class NextStep:
    """The one kind thing that is really next."""

    kind: str
    title: str
    quote: str = ""
    letter: LetterRow | None = None


@dataclass(frozen=True)
class StudentHome:
    card: PairCard
    left: Place
    right: Place
    kilometres: int | None
    days: int
    exchanged: int
    next: NextStep
    draft: LetterRow | None
    months: Sequence[Month]
    has_older: bool
    reminded: bool
    """A teacher reminded them that a letter waits."""


def of(actor: Actor) -> StudentHome | None:
    """The home page of a student, in two queries; None while they wait for a partner."""
    card = pairs.card_of(actor)
    if card is None:
        return None
    page = letters.mailbox(card.pair, actor, size=_SHOWN)
    drafts = [row for row in page.rows if row.is_draft]
    delivered = [row for row in page.rows if not row.is_draft]
    moment = clock.now()
    return StudentHome(
        card=card,
        left=_place(card.me, delivered, moment),
        right=_place(card.partner, delivered, moment),
        kilometres=_distance(card),
        days=(clock.today() - card.pair.since).days + 1,
        exchanged=delivered[0].sequence or 0 if delivered else 0,
        next=_next_step(card, delivered, drafts),
        draft=drafts[0] if drafts else None,
        months=_months(delivered),
        has_older=page.older is not None,
        reminded=reminding.stands(card.pair, actor),
    )


def _place(side: Side, delivered: Sequence[LetterRow], moment: datetime) -> Place:
    own = [row.number for row in delivered if row.author_id == side.person_id and row.number]
    sets = sky.sunset_at(side.spot, clock.today()) if side.spot else None
    return Place(
        display_name=side.display_name,
        place=side.place,
        stamp=side.stamp,
        stamp_name=side.stamp_name,
        foot=wording.formal(max(own)) if own else "",
        sunset=f"{sets:%H:%M}" if sets else "",
        is_day=sky.is_day(side.spot, moment) if side.spot else True,
    )


def _distance(card: PairCard) -> int | None:
    if card.me.spot is None or card.partner.spot is None:
        return None
    return sky.kilometres(card.me.spot, card.partner.spot)


def _next_step(
    card: PairCard, delivered: Sequence[LetterRow], drafts: Sequence[LetterRow]
) -> NextStep:
    unopened = [
        row
        for row in delivered
        if row.author_id == card.partner.person_id and row.state is LetterState.DELIVERED
    ]
    partner = card.partner.display_name
    if unopened:
        first = unopened[-1]
        return NextStep(
            "open", _("%(title)s到了", title=wording.title(partner, first.number or 1)), "", first
        )
    if card.is_paused:
        # Nothing can be sent now: the page says so, and asks for nothing.
        return NextStep("paused", "")
    if drafts:
        title = {
            "asked": _("写给%(name)s的信，在等老师放行", name=partner),
            "returned": _("老师写了一句话，改一改就能寄出"),
        }.get(drafts[0].asked, _("写给%(name)s的信，还差几句", name=partner))
        return NextStep("draft", title, drafts[0].excerpt, drafts[0])
    if not delivered:
        return NextStep("first", _("给%(name)s写第一封信", name=partner), card.partner.question)
    if delivered[0].author_id == card.partner.person_id:
        return NextStep(
            "reply", _("%(name)s在等你的回信", name=partner), delivered[0].excerpt, delivered[0]
        )
    return NextStep(
        "wait", _("信在%(name)s那里了", name=partner), delivered[0].excerpt, delivered[0]
    )


def _months(delivered: Sequence[LetterRow]) -> tuple[Month, ...]:
    """The timeline, newest first, folded by month."""
    grouped = groupby(delivered, key=lambda row: clock.local(row.at).date().replace(day=1))
    return tuple(Month(first, tuple(letters)) for first, letters in grouped)
