"""What the tests of openings share: a sealed letter, a report of it, a request in an emergency."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from penpal.kernel import clock, trail
from penpal.kernel.db import session
from penpal.kernel.trail import TrailLink
from penpal.letters.models import Letter
from penpal.safeguarding import openings
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_models import Opening
from penpal.safeguarding.openings import Why
from tests.cast import Cast
from tests.letters import writing
from tests.safeguarding.telling import tell

WORDS = "信里的一句话，只有两个人知道"
REASON = "孩子说信里约她一个人去见面，要弄清楚"
TOLD = "有人担心这封信里的事，老师读了，好帮忙"
WHY = Why(REASON, TOLD)
DELAYED = Why(REASON, TOLD, "写信的人要是知道了，会去找她", clock.today() + timedelta(days=9))


def sealed(cast: Cast) -> Letter:
    """From 小禾 to 小麦."""
    return writing.send(cast, body=WORDS)


def reported(cast: Cast, letter: Letter, who: str = "xiaomai") -> Report:
    return tell(cast, who, about=("letter", letter.id, "小禾的第一封信"))


def asked(cast: Cast, letter: Letter, by: str = "teacher_ht", why: Why = WHY) -> Opening:
    """In an emergency of 小麦."""
    mai = cast.person("xiaomai")
    actor = cast.actor(by)
    return openings.in_emergency(mai, [("letter", letter.id)], why, danger=mai.id, by=actor)[0]


def agreed(cast: Cast, opening: Opening, by: str = "secretary_ht") -> Opening:
    openings.agree(opening, word="同意", by=cast.actor(by))
    return opening


def stored() -> list[Opening]:
    return session().query(Opening).order_by(Opening.id).all()


def moves(opening: Opening) -> list[tuple[str, int | None]]:
    return [(entry.move, entry.actor_id) for entry in trail.of(opening)]


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    """From now on the clock stands there."""
    monkeypatch.setattr(clock, "now", lambda: moment)


def chains_of(opening: Opening) -> set[int]:
    """The schools in whose records the acts stand; 0 is the chain of no school."""
    acts = [entry.id for entry in trail.of(opening)]
    links = sa.select(TrailLink.school_id).where(TrailLink.entry_id.in_(acts))
    return set(session().scalars(links))
