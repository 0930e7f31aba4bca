"""Makes a pair's exchange from hand-written letters: each answers what the last one asked."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from penpal.accounts.models import Person
from penpal.demo import library
from penpal.kernel import clock, html, machine, search
from penpal.kernel.db import session
from penpal.letters.models import Envelope, Hand, Letter, Paper
from penpal.letters.paper import FIRST_SHEET, Stationery
from penpal.letters.states import LetterState
from penpal.twinning.models import Pair

Voice = list[dict[str, Any]]
"""The letters of one invented child."""

# Letters speak of the season they are written in, so each turn has a stretch of the term.
_STRETCHES = (
    (date(2026, 9, 11), date(2026, 9, 17)),
    (date(2026, 9, 19), date(2026, 9, 30)),
    (date(2026, 10, 9), date(2026, 10, 19)),
    (date(2026, 10, 21), date(2026, 10, 31)),
    (date(2026, 11, 2), date(2026, 11, 10)),
    (date(2026, 11, 12), date(2026, 11, 20)),
)
_PLACES = {"beijing": "北京", "tianjin": "天津", "hotan": "和田", "yutian": "于田"}
_UYGHUR_SHARE = 0.25
"""Of the last letters of pairs whose place and turn a Uyghur letter fits."""
_SHEETS = (
    Stationery(Paper.RED, Hand.KAI, lunar=True),
    Stationery(Paper.GRID, Hand.KAI, lunar=True),
    Stationery(Paper.GREEN, Hand.SONG),
    Stationery(Paper.PLAIN, Hand.KAI),
    FIRST_SHEET,
)
"""What children write on; each keeps to one kind."""
_POSTCARD_SHARE = 0.12


def write(pair: Pair, side: str, partner_side: str, chance: random.Random) -> None:
    """Write a term's letters of one pair. ``side`` is where the supported student lives."""
    if pair.supported_student.login_name == "xiaomai":
        _write_stars(pair)
        return
    sides = {pair.supported_student_id: side, pair.supporting_student_id: partner_side}
    turns = chance.choices(range(len(_STRETCHES) + 1), weights=(1, 3, 5, 6, 6, 4, 3))[0]
    written: list[Letter] = []
    exchange = zip(_exchange(pair, sides, turns, chance), _days(chance), strict=False)
    for sequence, ((author, body), day) in enumerate(exchange, start=1):
        envelope = Envelope.OPEN if chance.random() < _POSTCARD_SHARE else Envelope.SEALED
        moment = _afternoon(day, chance)
        written.append(_letter(pair, author, body, envelope, moment, sequence, written))
    if written and chance.random() < 0.55:
        _open(written[-1])


def _write_stars(pair: Pair) -> None:
    people = {"小麦": pair.supported_student, "小禾": pair.supporting_student}
    written = library.star_letters()
    letters: list[Letter] = []
    for sequence, part in enumerate(written["letters"], start=1):
        moment = datetime.combine(part["date"], time(10, 20), UTC)
        envelope = Envelope(part["envelope"])
        author = people[part["from"]]
        letters.append(_letter(pair, author, part["body"], envelope, moment, sequence, letters))
    draft = written["draft"]
    author = people[draft["from"]]
    moment = datetime.combine(draft["date"], time(11, 5), UTC)
    session().add(
        _filled(pair, author, draft["body"], Envelope(draft["envelope"]), moment, "demo-draft")
    )
    session().flush()


def append(pair: Pair, author: Person, body: str, envelope: Envelope, moment: datetime) -> Letter:
    """One more letter at the end of what two have written."""
    before = (
        session()
        .query(Letter)
        .filter(Letter.pair_id == pair.id, Letter.sequence.is_not(None))
        .order_by(Letter.sequence)
        .all()
    )
    return _letter(pair, author, body, envelope, moment, len(before) + 1, before)


def _exchange(
    pair: Pair, sides: dict[int, str], turns: int, chance: random.Random
) -> Iterator[tuple[Person, str]]:
    """Author and text of one letter after the other, each child with one voice throughout."""
    people = [pair.supported_student, pair.supporting_student]
    chance.shuffle(people)
    first, second = people
    voices = _voices_for(sides[first.id], sides[second.id], turns, chance)
    asked = ""
    for turn in range(turns):
        author, reader = people[turn % 2], people[(turn + 1) % 2]
        here, there = sides[author.id], sides[reader.id]
        uyghur = _uyghur(here, turn // 2 + 1)
        if turn == turns - 1 and uyghur and chance.random() < _UYGHUR_SHARE:
            yield author, _addressed(chance.choice(uyghur), author, reader, here, there)
            return
        letter = voices[turn % 2][turn // 2]
        answer = _answer(asked, here, chance)
        text = letter["body"].replace("{answer}\n\n", f"{answer}\n\n" if answer else "")
        yield author, _addressed(text, author, reader, here, there)
        asked = letter["asks"]


def _voices_for(here: str, there: str, turns: int, chance: random.Random) -> tuple[Voice, Voice]:
    """Two voices with letters enough, neither asking for what the other tells anyway.

    ``here`` writes first.
    """
    return chance.choice(
        [
            (one, other)
            for one in _voices(here)
            if len(one) >= (turns + 1) // 2
            for other in _voices(there)
            if len(other) >= turns // 2 and _suit(one, other)
        ]
    )


def _voices(side: str) -> list[Voice]:
    """The letters of each child of a place, in the order in which they tell their story."""
    voices: dict[str, Voice] = {}
    for letter in library.letters()["letters"]:
        if letter["side"] == side:
            voices.setdefault(letter["voice"], []).append(letter)
    return list(voices.values())


def _suit(one: Voice, other: Voice) -> bool:
    return all(letter["asks"] != other[0]["topic"] for letter in one) and all(
        letter["asks"] != one[0]["topic"] for letter in other
    )


def _uyghur(side: str, number: int) -> list[str]:
    return [
        letter["body"]
        for letter in library.uyghur_letters()
        if letter["side"] == side and letter["number"] == number
    ]


def _answer(asked: str, side: str, chance: random.Random) -> str:
    fitting = [
        answer["body"].strip()
        for answer in library.letters()["answers"]
        if answer["question"] == asked and answer["side"] == side
    ]
    return chance.choice(fitting) if fitting else ""


def _addressed(text: str, author: Person, reader: Person, here: str, there: str) -> str:
    fields = {
        "{me}": author.display_name,
        "{you}": reader.display_name,
        "{place}": _PLACES[here],
        "{your_place}": _PLACES[there],
    }
    for slot, word in fields.items():
        text = text.replace(slot, word)
    return text


def _days(chance: random.Random) -> Iterator[date]:
    for first, last in _STRETCHES:
        yield first + timedelta(days=chance.randrange((last - first).days + 1))


def _afternoon(day: date, chance: random.Random) -> datetime:
    """A moment between noon and half past eight in the evening, Beijing time."""
    return datetime.combine(day, time(4), UTC) + timedelta(minutes=chance.randrange(510))


def _letter(
    pair: Pair,
    author: Person,
    body: str,
    envelope: Envelope,
    moment: datetime,
    sequence: int,
    before: list[Letter],
) -> Letter:
    """A delivered letter; whoever answers has opened what they answer."""
    letter = _filled(pair, author, body, envelope, moment, f"demo-{sequence:04}")
    letter.number = sum(earlier.author_id == author.id for earlier in before) + 1
    letter.sequence = sequence
    letter.delivered_at = moment
    with machine.beginning():
        letter.state = LetterState.DELIVERED
    if before:
        letter.in_reply_to_id = before[-1].id
        if before[-1].author_id != author.id:
            _open(before[-1])
    session().add(letter)
    session().flush()
    return letter


def _filled(
    pair: Pair, author: Person, body: str, envelope: Envelope, moment: datetime, key: str
) -> Letter:
    text = html.normal(body.strip("\n"))
    sheet = _SHEETS[author.id % len(_SHEETS)]
    return Letter(
        key=f"{key}-{pair.id}-{author.id}",
        pair=pair,
        author_id=author.id,
        recipient_id=pair.partner_id_of(author.id),
        envelope=envelope,
        paper=sheet.paper,
        hand=sheet.hand,
        lunar=sheet.lunar,
        body=text,
        body_html=html.plain(text),
        folded=search.folded(text),
        direction=html.direction(text),
        begun_at=moment,
        saved_at=min(moment, clock.now()),
    )


def _open(letter: Letter) -> None:
    with machine.beginning():
        letter.state = LetterState.OPENED
