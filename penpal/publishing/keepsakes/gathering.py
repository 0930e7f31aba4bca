"""What goes into the book of two, in the order in which it happened: only what its asker may see anyway."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _

from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import RecordState
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.letters import dates, paper, printing, typesetting, wording
from penpal.letters.models import Letter
from penpal.media import queries as photos
from penpal.media.queries import Picture
from penpal.reading import queries as books
from penpal.reading.models import SharedBook
from penpal.reading.note_models import NoteKind, Reflection
from penpal.reading.states import ReflectionState
from penpal.twinning.queries import PairCard


@dataclass(frozen=True)
class Entry:
    """One thing in the book. ``quote`` is what somebody copied out of the book they read."""

    kind: str
    id: int
    at: datetime
    title: str
    who: str = ""
    side: str = "c"
    dated: str = ""
    hand: str = "song"
    quote: str = ""
    texts: Sequence[str] = ()
    signature: Sequence[str] = ()
    pictures: Sequence[Picture] = ()


def entries(card: PairCard, actor: Actor) -> list[Entry]:
    """Everything, oldest first. The caller has authorized making the book of this pair."""
    found = [*_letters(card, actor), *_reading(card, actor), *_doing(card, actor)]
    return sorted(found, key=lambda entry: (entry.at, entry.kind, entry.id))


def _who(card: PairCard, person_id: int) -> tuple[str, str]:
    """Name and side of an author."""
    if person_id == card.me.person_id:
        return card.me.display_name, "a"
    return card.partner.display_name, "b"


def _letters(card: PairCard, actor: Actor) -> Iterator[Entry]:
    for part in printing.parts(card.pair.id, actor):
        pictures = photos.of("letter", part)
        for letter in printing.of_pair(card.pair.id, actor, part):
            yield _letter(letter, card, pictures.get(letter.id, ()))


def _letter(letter: Letter, card: PairCard, pictures: Sequence[Picture]) -> Entry:
    assert letter.delivered_at is not None
    assert letter.number is not None
    body, signature = paper.set_out(letter)
    who, side = _who(card, letter.author_id)
    return Entry(
        "letter",
        letter.id,
        letter.delivered_at,
        wording.title(who, letter.number),
        who,
        side,
        typesetting.dated(letter),
        letter.hand.value,
        texts=typesetting.paragraphs(str(body)),
        signature=typesetting.lines(str(signature)),
        pictures=pictures,
    )


def _reading(card: PairCard, actor: Actor) -> Iterator[Entry]:
    for book in books.of_pair(card.pair, actor):
        yield from _notes(book, card, actor)
        yield from _reflections(book, card, actor)


def _notes(book: SharedBook, card: PairCard, actor: Actor) -> Iterator[Entry]:
    for note in books.notes_before(book, actor):
        if not note.quote and not note.body:
            continue
        who, side = _who(card, note.author_id)
        words = _("%(name)s抄下的一句", name=who) if note.kind is NoteKind.QUOTE else who
        yield Entry(
            "note",
            note.id,
            note.written_at,
            _("《%(title)s》旁边的字 · %(who)s", title=book.title, who=words),
            who,
            side,
            dates.written(note.written_at),
            "kai",
            quote=note.quote,
            texts=_split(note.body),
        )


def _reflections(book: SharedBook, card: PairCard, actor: Actor) -> Iterator[Entry]:
    found = access.visible(Reflection, actor).where(
        Reflection.book_id == book.id, Reflection.state == ReflectionState.FINISHED
    )
    for one in session().scalars(found):
        assert one.finished_at is not None
        who, side = _who(card, one.author_id)
        yield Entry(
            "reflection",
            one.id,
            one.finished_at,
            _("%(name)s读《%(title)s》", name=who, title=book.title),
            who,
            side,
            dates.written(one.finished_at),
            "song",
            texts=_split(one.body),
            pictures=photos.of("reflection", [one.id]).get(one.id, ()),
        )


def _doing(card: PairCard, actor: Actor) -> Iterator[Entry]:
    found = (
        session()
        .execute(
            sa.select(ActivityRecord, Activity.title)
            .join(Activity, Activity.id == ActivityRecord.activity_id)
            .where(
                Activity.pair_id == card.pair.id,
                ActivityRecord.state == RecordState.DONE,
                ActivityRecord.id.in_(
                    access.visible(ActivityRecord, actor).with_only_columns(ActivityRecord.id)
                ),
            )
        )
        .all()
    )
    pictures = photos.of("activity_record", [record.id for record, _title in found])
    for record, title in found:
        assert record.done_at is not None
        who, side = _who(card, record.author_id)
        yield Entry(
            "record",
            record.id,
            record.done_at,
            _("同做一件事：%(title)s · %(name)s", title=title, name=who),
            who,
            side,
            dates.written(record.done_at),
            "song",
            texts=[*_split(record.text), *_split(record.gave)],
            pictures=pictures.get(record.id, ()),
        )


def _split(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def months(found: Sequence[Entry]) -> list[tuple[tuple[int, int], list[Entry]]]:
    """The same by year and month on the clock of Beijing."""
    by_month: dict[tuple[int, int], list[Entry]] = {}
    for entry in found:
        day = clock.local(entry.at).date()
        by_month.setdefault((day.year, day.month), []).append(entry)
    return list(by_month.items())
