"""What the tests of reading do alike: a book that two agreed on, with chapters or with pages."""

from __future__ import annotations

import itertools
from typing import Any

from penpal.reading import notes, services, steps
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope, NoteKind, ReadingNote
from penpal.reading.proposals import Typed
from tests.cast import Cast

CHAPTERS = "\n".join(("荒石园", "蝉出地洞", "螳螂捕食", "蝉的歌", "萤火虫", "圣甲虫"))
_numbers = itertools.count()


def fresh() -> str:
    return f"key-of-reading-{next(_numbers):06}"


def proposed(cast: Cast, who: str = "xiaohe", **changes: Any) -> SharedBook:
    typed = {"title": "昆虫记", "author": "法布尔", "chapters": CHAPTERS} | changes
    return services.propose(
        cast.pair(),
        Typed(**typed),
        key=fresh(),
        by=cast.actor(who),
    )


def agreed(cast: Cast, **changes: Any) -> SharedBook:
    book = proposed(cast, **changes)
    services.agree(book, version=1, by=cast.actor("xiaomai"))
    return book


def read(cast: Cast, book: SharedBook, who: str, chapter: int) -> None:
    steps.log(book, key=fresh(), chapter=chapter, by=cast.actor(who))


def noted(
    cast: Cast,
    book: SharedBook,
    who: str = "xiaomai",
    chapter: int = 3,
    body: str = "螳螂也会等。",
    envelope: Envelope = Envelope.SEALED,
    answers: ReadingNote | None = None,
) -> ReadingNote:
    return notes.write(
        book,
        notes.Written(kind=NoteKind.THOUGHT, chapter=chapter, body=body, envelope=envelope),
        key=fresh(),
        answers=answers,
        by=cast.actor(who),
    ).note
