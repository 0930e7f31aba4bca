"""What waits for the teacher of the first class: requests for release, one of them again, and postcards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from penpal.accounts import snapshots
from penpal.accounts.models import Person
from penpal.demo import correspondence, library
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.letters.states import LetterState
from penpal.safeguarding import holding, items
from penpal.screening import screen
from penpal.screening.findings import Context
from penpal.twinning.models import Pair

_STARS = ("xiaohe", "xiaomai")
_LAST_DAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def lay(pairs: list[Pair], teacher: Person) -> None:
    """``pairs`` are those of the class, whose students on the supporting side the teacher teaches."""
    decides = _actor(teacher)
    waiting = iter([pair for pair in pairs if _can_write(pair)])
    texts = library.waiting()
    for number, asked in enumerate(texts["asked"]):
        _ask(next(waiting), asked, f"demo-asked-{number}", decides)
    for number, written in enumerate(texts["postcards"]):
        pair = next(waiting)
        moment = _LAST_DAY + timedelta(minutes=20 * number)
        body = _named(written["body"], pair)
        correspondence.append(pair, pair.supporting_student, body, Envelope.OPEN, moment)


def _ask(pair: Pair, asked: dict[str, str], key: str, decides: Actor) -> None:
    author = _actor(pair.supporting_student)
    for body in filter(None, (asked.get("before"), asked["body"])):
        draft = letters.save_draft(
            pair,
            key=key,
            body=_named(body, pair).strip(),
            envelope=Envelope.OPEN,
            revision=1,
            by=author,
        ).letter
        content = items.read("letter", draft.id)
        assert content is not None
        found = screen.screen(content.text, Context.LETTER)
        said = _named(asked["words"], pair) if body is asked["body"] else ""
        hold = holding.ask(content, found, words=said, by=author)
        if body is not asked["body"]:
            holding.send_back(hold, words=asked["answer"], by=decides)


def _can_write(pair: Pair) -> bool:
    """Both are there, neither is of the pair that has a story of its own, and nothing came lately."""
    students = (pair.supporting_student, pair.supported_student)
    if any(each.login_name in _STARS or each.activated_at is None for each in students):
        return False
    last = session().scalar(
        sa.select(sa.func.max(Letter.delivered_at)).where(
            Letter.pair_id == pair.id, Letter.state != LetterState.DRAFT
        )
    )
    return last is not None and last < _LAST_DAY - timedelta(days=1)


def _named(text: str, pair: Pair) -> str:
    names = {
        "{me}": pair.supporting_student.display_name,
        "{you}": pair.supported_student.display_name,
    }
    for slot, name in names.items():
        text = text.replace(slot, name)
    return text


def _actor(person: Person) -> Actor:
    actor = snapshots.of(person.id)
    assert actor is not None
    return actor
