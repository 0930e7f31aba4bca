"""Parsing of the forms of this room."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from penpal.kernel import numbers
from penpal.reading.note_models import Envelope, NoteKind
from penpal.reading.proposals import Typed


def fresh_key() -> str:
    return secrets.token_urlsafe(18)


def book(fields: Mapping[str, str]) -> Typed:
    return Typed(
        title=fields.get("title", ""),
        author=fields.get("author", ""),
        isbn=fields.get("isbn", ""),
        edition=fields.get("edition", ""),
        chapters=fields.get("chapters", ""),
        chapter_count=fields.get("chapter_count", ""),
        pages=fields.get("pages", ""),
        goal_on=fields.get("goal_on", ""),
        why=fields.get("why", ""),
        one_copy=fields.get("one_copy") == "1",
    )


@dataclass(frozen=True)
class StepForm:
    """``chapter`` 0 is the beginning: nothing is finished yet. ``said_at`` comes from a device without a line."""

    key: str
    chapter: int | None
    page: int | None
    pages: int | None
    read_on: date | None
    said_at: datetime | None


def step(fields: Mapping[str, str]) -> StepForm:
    return StepForm(
        key=fields.get("key", ""),
        chapter=count(fields.get("chapter")),
        page=count(fields.get("page")),
        pages=count(fields.get("pages")),
        read_on=day(fields.get("read_on")),
        said_at=moment(fields.get("said_at")),
    )


@dataclass(frozen=True)
class NoteForm:
    """``answers`` and ``question`` are numbers of a note and of a teacher's question."""

    key: str
    kind: NoteKind
    chapter: int | None
    page: int | None
    pages: int | None
    quote: str
    body: str
    envelope: Envelope
    answers: int | None
    question: int | None


def note(fields: Mapping[str, str]) -> NoteForm:
    """An unknown envelope is a sealed one: the safe reading."""
    kind = fields.get("kind", "")
    return NoteForm(
        key=fields.get("key", ""),
        kind=NoteKind(kind) if kind in set(NoteKind) else NoteKind.THOUGHT,
        chapter=count(fields.get("chapter")),
        page=count(fields.get("page")),
        pages=count(fields.get("pages")),
        quote=fields.get("quote", ""),
        body=fields.get("body", ""),
        envelope=envelope(fields),
        answers=numbers.typed(fields.get("answers")),
        question=numbers.typed(fields.get("question")),
    )


def envelope(fields: Mapping[str, str]) -> Envelope:
    chosen = fields.get("envelope", "")
    return Envelope(chosen) if chosen in set(Envelope) else Envelope.SEALED


def count(typed: str | None) -> int | None:
    """A number that may be 0; None where none was typed."""
    written = (typed or "").strip()
    return 0 if written == "0" else numbers.typed(written)


def moment(typed: str | None) -> datetime | None:
    """A moment with its zone, as scripts write one."""
    try:
        found = datetime.fromisoformat((typed or "").strip())
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def day(typed: str | None) -> date | None:
    try:
        return date.fromisoformat((typed or "").strip())
    except ValueError:
        return None
