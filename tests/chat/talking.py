"""What the tests of chat share: schools in which it is switched on, and lines between 小禾 and 小麦."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from penpal.chat import releasing, services
from penpal.chat.keeping import NewLine
from penpal.chat.models import ChatLine
from penpal.chat.services import Said
from penpal.kernel.db import session, transaction
from penpal.places import rest
from penpal.places.hours_models import SchoolHours
from penpal.safeguarding.hold_models import Hold
from tests.cast import Cast

WHOLE_DAYS: list[list[str | int]] = [
    ["school", 0, 1440],
    ["weekend", 0, 1440],
    ["holiday", 0, 1440],
]
NUMBER = "打我电话13812345678吧"
"""What the guard finds something in."""


def open_rooms(cast: Cast, **hours: Any) -> None:
    """Switch chat on at both schools, at all hours unless told otherwise."""
    with transaction() as current:
        for code in ("bj-school", "ht-school"):
            kept = current.get(SchoolHours, cast.unit(code).id)
            if kept is None:
                kept = SchoolHours(school_id=cast.unit(code).id)
                current.add(kept)
            kept.chat_on, kept.chat = True, WHOLE_DAYS
            for name, value in hours.items():
                setattr(kept, name, value)
    rest.forget()


def say(cast: Cast, body: str = "你好呀", who: str = "xiaohe", **also: Any) -> Said:
    also.setdefault("key", f"key-{abs(hash((who, body)))}")
    return services.send(cast.pair(), body=body, by=cast.actor(who), **also)


def ask(cast: Cast, body: str = NUMBER, who: str = "xiaohe", **also: Any) -> Hold:
    also.setdefault("key", "key-of-what-waits")
    return releasing.ask(cast.pair(), body=body, by=cast.actor(who), **also)


def line(line_id: int) -> ChatLine:
    return session().get_one(ChatLine, line_id)


def sequences(cast: Cast) -> list[int | None]:
    """The numbers in the room, in the order in which the lines were written."""
    rows = session().query(ChatLine).filter_by(pair_id=cast.pair().id).order_by(ChatLine.id)
    return [row.sequence for row in rows]


def new_line(
    cast: Cast, body: str, who: str = "xiaohe", *, key: str, quotes: int | None = None
) -> NewLine:
    """A line as it is stored, past the guard and the hours: for long conversations."""
    first = session().scalar(sa.select(sa.func.min(ChatLine.id))) if quotes else None
    return NewLine(
        pair_id=cast.pair().id,
        author_id=cast.person(who).id,
        key=key,
        body=body,
        body_html=f"<p>{body}</p>",
        direction="ltr",
        folded=body,
        quotes_id=first,
    )


def told(answer: TestResponse) -> dict[str, Any]:
    """What a script was answered."""
    found = answer.get_json()
    assert isinstance(found, dict), answer.status
    return found
