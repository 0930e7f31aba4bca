"""What 小禾 and 小麦 said in chat: three days at noon, the last line still unread."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.chat import rooms
from penpal.chat.models import ChatLine, ChatRoom, ChatSeat
from penpal.chat.states import LineState
from penpal.demo import library
from penpal.kernel import html, machine, search
from penpal.kernel.db import session
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair

_NOON = time(4, 36)
"""In UTC: 12:36 in Beijing, after lunch there and between two lessons in Hotan."""
_PAUSES = (21, 34, 18, 47, 26)
"""Seconds between a line and the next, in turn."""


def lay() -> None:
    """Belongs inside the transaction of the load."""
    star = session().scalars(sa.select(Person).where(Person.login_name == "xiaohe")).one()
    pair = pairs.active_pairs_of([star.id])[0]
    people = {"小麦": pair.supported_student, "小禾": pair.supporting_student}
    rooms.furnish([pair.id])
    said: list[ChatLine] = []
    for day in library.chat():
        at = datetime.combine(day["date"], _NOON, UTC)
        for line in day["lines"]:
            at += timedelta(seconds=_PAUSES[len(said) % len(_PAUSES)])
            said.append(_line(pair, people[line["from"]], line, at, said))
    session().execute(
        sa.update(ChatRoom).where(ChatRoom.pair_id == pair.id).values(last_sequence=len(said))
    )
    for person in people.values():
        seen = len(said) - (person is not said[-1].author)
        session().execute(
            sa.update(ChatSeat)
            .where(ChatSeat.pair_id == pair.id, ChatSeat.person_id == person.id)
            .values(got_sequence=seen, seen_sequence=seen)
        )


def _line(
    pair: Pair, author: Person, written: dict[str, Any], at: datetime, before: list[ChatLine]
) -> ChatLine:
    body = written.get("body", "")
    quoted = before[written["quotes"]] if "quotes" in written else None
    with machine.beginning():
        line = ChatLine(
            pair_id=pair.id,
            sequence=len(before) + 1,
            key=f"demo-chat-{len(before):04}",
            author=author,
            body=body,
            body_html=str(html.plain(body)),
            direction=html.direction(body),
            folded=search.folded(body),
            sticker=written.get("sticker"),
            quotes_id=quoted.id if quoted else None,
            state=LineState.SENT,
            written_at=at,
            sent_at=at,
        )
    session().add(line)
    session().flush()
    return line
