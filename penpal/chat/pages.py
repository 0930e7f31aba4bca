"""What the page of a room is drawn from: loaded here, only shown there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.accounts.signed_in import actor
from penpal.chat import answers, forms, opening, presence, queries, services, showing
from penpal.chat.forms import Typed
from penpal.chat.predicates import KIND
from penpal.chat.queries import LineRow, Stretch
from penpal.chat.states import LineState
from penpal.chat.stickers import STICKERS
from penpal.kernel import access, numbers
from penpal.kernel.access import Actor
from penpal.kernel.errors import NotFound, PenpalError
from penpal.media import queries as media
from penpal.media.uploads import NotAllTaken
from penpal.permissions import Permission
from penpal.safeguarding import helplines, hold_queries
from penpal.twinning import queries as pairs
from penpal.twinning import steps
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard, Side
from penpal.twinning.states import PairState

STARTERS = (
    _l("今天有什么好玩的事？"),
    _l("你那边现在天气怎样？"),
    _l("今天中午吃了什么？"),
    _l("最近在听什么歌？"),
    _l("这周最难的一道题是什么？"),
)
"""For whoever does not know how to begin."""
_BELOW = 10
"""Beneath a line that is looked for stand a few that came after it."""


@dataclass(frozen=True)
class Shown:
    """One of the two, as the room names them."""

    name: str
    initial: str
    place: str

    @classmethod
    def of(cls, side: Side) -> Shown:
        return cls(side.display_name, side.initial, side.town_name)


def load(pair_id: int) -> Pair:
    """A room of one's own, or ``NotFound``."""
    pair = access.load(Pair, actor(), pair_id)
    if not pair.has(actor().person_id):
        raise NotFound
    access.authorize(actor(), Permission.Chat.READ, pair)
    return pair


def card_of(pair: Pair) -> PairCard:
    card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def room(pair: Pair, typed: Typed | None = None, problem: PenpalError | None = None) -> str:
    """The room, newest lines at the end, with what is being typed and what stands in its way."""
    asking = actor()
    assert asking.person_id is not None
    card, hours = card_of(pair), opening.card(pair, by=asking)
    seats = queries.seats(pair, asking)
    before = _end(pair, seats.last)
    stretch = queries.before(pair, before) if before else queries.newest(pair)
    lines = in_order(pair, stretch, asking, with_kept_back=before is None)
    page = render_template(
        "chat/room.html",
        pair_id=pair.id,
        card=card,
        me_shown=Shown.of(card.me),
        partner=Shown.of(card.partner),
        lines=showing.wires(lines, asking.person_id, hours.zone, answers=said_to(lines)),
        older=older_than(stretch),
        newer=before is not None and before <= seats.last,
        seen=seats.seen,
        got=seats.partner_got,
        room=hours.wire,
        here=presence.is_here(pair.id, card.partner.person_id),
        shows_typing=seats.shows_typing,
        helplines=helplines.near(asking.path),
        teacher=teacher_of(card.me),
        agreed=[
            {"words": each.name, "what": each.text, "kind": "info", "url": each.url}
            for each in steps.under_way(card)
        ]
        if pair.state is PairState.ACTIVE
        else [],
        **_typing(pair, typed or _begun(pair), problem, hours.zone, asking),
    )
    if before is None:
        # Whoever has the page has the lines; the mark that says what was new stands in it already.
        services.mark_seen(pair, seats.last, by=asking)
    return page


def _end(pair: Pair, last: int) -> int | None:
    """Before which line the page ends: the one asked for, or some below a line that a quote leads to.

    None is the end of the conversation.
    """
    led = numbers.typed(request.args.get("at"))
    row = queries.line(led) if led else None
    if row is None or row.pair_id != pair.id or row.sequence is None:
        return numbers.typed(request.args.get("before"))
    end = row.sequence + _BELOW
    return end if end <= last else None


def _typing(
    pair: Pair, draft: Typed, problem: PenpalError | None, zone: ZoneInfo, asking: Actor
) -> dict[str, object]:
    """The sheet at the foot of the room: what is typed there, what stands in its way, and what is offered."""
    assert asking.person_id is not None
    answer = answers.refused(problem, draft.body) if problem else {}
    quoted = _quoted(pair, draft.quotes)
    return {
        "draft": {
            "key": draft.key,
            "body": draft.body,
            "sticker": draft.sticker,
            "quotes": draft.quotes,
        },
        "quote": showing.wire(quoted, asking.person_id, zone) if quoted else None,
        "findings": answer.get("findings", []),
        "problem": answer.get("words", ""),
        "help_shown": "help" in request.args or bool(answer.get("help")),
        "pictures": media.chosen(draft.photos, by=asking),
        "photo_problem": str(problem.fields.get("photo", ""))
        if isinstance(problem, NotAllTaken)
        else "",
        "starters": STARTERS,
        "stickers": STICKERS,
        "choosing": "choose" in request.args,
    }


def in_order(pair: Pair, stretch: Stretch, asking: Actor, *, with_kept_back: bool) -> list[LineRow]:
    """The lines of a stretch, and at their end what waits for a teacher or came back."""
    if not with_kept_back:
        return list(stretch.lines)
    return [*stretch.lines, *queries.kept_back(pair, asking)]


def older_than(stretch: Stretch) -> int | None:
    """Where the page before begins, as ``before`` asks for it."""
    return stretch.lines[0].sequence if stretch.more else None


def said_to(lines: Sequence[LineRow]) -> dict[int, str]:
    """What a teacher said to one's own lines that came back: no query where none did."""
    came_back = [line.id for line in lines if line.state is LineState.RETURNED]
    return hold_queries.answers(KIND, came_back)


def teacher_of(side: Side) -> str:
    """By whom a line can be released; '' where there is nobody."""
    teachers = people.staff_over(side.class_path, Role.TEACHER)
    return teachers[0].display_name or teachers[0].name if teachers else ""


def _quoted(pair: Pair, line_id: int | None) -> LineRow | None:
    """The line that is being answered: one that stands in this room, never what somebody kept back."""
    row = queries.line(line_id) if line_id else None
    return row if row is not None and row.pair_id == pair.id and row.is_sent else None


def _begun(pair: Pair) -> Typed:
    """An empty form, or one with a line that came back from the teacher, under a key of its own."""
    again = numbers.typed(request.args.get("again"))
    line = queries.line(again) if again else None
    quotes = numbers.typed(request.args.get("quotes"))
    if line is None or line.pair_id != pair.id or line.author_id != actor().person_id:
        return Typed(key=forms.fresh_key(), quotes=quotes)
    return Typed(key=forms.fresh_key(), body=line.body, quotes=quotes)
