"""What reading brings to a pair's home: lines on the timeline, the next step, and that somebody read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.reading import positions, shown
from penpal.reading.models import ReadingCopy, ReadingStep, SharedBook
from penpal.reading.note_models import NoteKind, ReadingNote, Reflection
from penpal.reading.states import BookState, ReflectionState
from penpal.twinning import participation, steps, timeline
from penpal.twinning.participation import Kind
from penpal.twinning.queries import PairCard
from penpal.twinning.steps import Known, Rank, Standing, Step
from penpal.twinning.timeline import PAIR, READER, Line, Mark, Row

ROOM = "reading"
_START = 240
_FRESH = timedelta(days=7)
"""So long a note of the partner's counts as something that can be read now."""

_BOOK = sa.inspect(SharedBook).local_table.c
_COPY = sa.inspect(ReadingCopy).local_table.c
_STEP = sa.inspect(ReadingStep).local_table.c
_NOTE = sa.inspect(ReadingNote).local_table.c
_REFLECTION = sa.inspect(Reflection).local_table.c
_of_pair = _BOOK.pair_id == PAIR
_is_finished = _REFLECTION.state == sa.literal_column(f"'{ReflectionState.FINISHED.value}'")
_chapters = sa.func.json_array_length(_BOOK.chapters)


def register() -> None:
    timeline.register(_agreed_lines(), shared_book=_agreed_line)
    timeline.register(_finished_lines(), finished_book=_finished_line)
    timeline.register(_copy_lines(), reading_copy=_copy_line)
    timeline.register(_note_lines(), reading_note=_note_line)
    timeline.register(_reflection_lines(), reflection=_reflection_line)
    steps.register(ROOM, _facts(), ask=_ask, stand=_stand)
    participation.register(
        Kind.BOOK,
        participation.part(_BOOK.proposed_by_id, _BOOK.proposed_at),
        participation.part(_STEP.reader_id, _STEP.logged_at),
        participation.part(_NOTE.author_id, _NOTE.written_at),
        participation.part(_REFLECTION.author_id, _REFLECTION.finished_at).where(_is_finished),
    )


def _agreed_lines() -> sa.Select[Any]:
    return timeline.part(
        at=_BOOK.agreed_at, kind="shared_book", id=_BOOK.id, title=_BOOK.title, state=_BOOK.state
    ).where(_of_pair, _BOOK.agreed_at.is_not(None))


def _agreed_line(row: Row, _card: PairCard) -> Line:
    mark = None
    if row.state == BookState.PUT_ASIDE:
        mark = Mark("", "clock", _("先放一放"))
    return Line(
        icon="book-open",
        title=_("《%(title)s》", title=row.title),
        url=url_for("reading.show", book_id=row.id),
        mark=mark,
        who=_("说好一起读"),
    )


def _finished_lines() -> sa.Select[Any]:
    return timeline.part(
        at=_BOOK.finished_at, kind="finished_book", id=_BOOK.id, title=_BOOK.title
    ).where(_of_pair, _BOOK.finished_at.is_not(None))


def _finished_line(row: Row, _card: PairCard) -> Line:
    return Line(
        icon="book-open",
        title=_("《%(title)s》", title=row.title),
        url=url_for("reading.show", book_id=row.id),
        mark=Mark("ok", "check", _("读完")),
        who=_("一起读完了"),
        keepsake=Kind.BOOK,
    )


def _copy_lines() -> sa.Select[Any]:
    """Where each of the two is: one line for a reader and a book, however often they log."""
    return (
        timeline.part(
            at=_COPY.logged_at,
            kind="reading_copy",
            id=_COPY.id,
            author_id=_COPY.reader_id,
            title=_BOOK.title,
            excerpt=sa.cast(_BOOK.id, sa.String),
            state=sa.cast(_COPY.place, sa.String) + ":" + sa.cast(_chapters, sa.String),
        )
        .join(SharedBook, _BOOK.id == _COPY.book_id)
        .where(
            _of_pair,
            _BOOK.state == sa.literal_column(f"'{BookState.READING.value}'"),
            _COPY.logged_at.is_not(None),
            _COPY.place > 0,
        )
    )


def _copy_line(row: Row, _card: PairCard) -> Line:
    place, _colon, chapters = row.state.partition(":")
    return Line(
        icon="bookmark",
        title=_("《%(title)s》", title=row.title),
        excerpt=_where(int(place), int(chapters or 0)),
        url=url_for("reading.show", book_id=int(row.excerpt)),
    )


def _note_lines() -> sa.Select[Any]:
    """Notes with words, as far as they lie before the reader; bookmarks stay in the book."""
    return (
        timeline.part(
            at=_NOTE.written_at,
            kind="reading_note",
            id=_NOTE.id,
            author_id=_NOTE.author_id,
            title=_BOOK.title,
            excerpt=sa.func.substr(
                sa.case((_NOTE.body != "", _NOTE.body), else_=_NOTE.quote), 1, _START
            ),
            state=_NOTE.kind,
        )
        .join(SharedBook, _BOOK.id == _NOTE.book_id)
        .where(
            _of_pair,
            _NOTE.kind != sa.literal_column(f"'{NoteKind.MARK.value}'"),
            shown.note_to(READER, _NOTE),
        )
    )


def _note_line(row: Row, _card: PairCard) -> Line:
    is_quote = row.state == NoteKind.QUOTE
    return Line(
        icon="feather",
        title=_("《%(title)s》里的一句", title=row.title)
        if is_quote
        else _("读《%(title)s》，说了一句", title=row.title),
        excerpt=row.excerpt,
        url=url_for("book_notes.show", written_id=row.id),
    )


def _reflection_lines() -> sa.Select[Any]:
    return (
        timeline.part(
            at=_REFLECTION.finished_at,
            kind="reflection",
            id=_REFLECTION.id,
            author_id=_REFLECTION.author_id,
            title=_BOOK.title,
            excerpt=sa.func.substr(_REFLECTION.body, 1, _START),
        )
        .join(SharedBook, _BOOK.id == _REFLECTION.book_id)
        .where(_of_pair, _is_finished, shown.reflection_to(READER, _REFLECTION))
    )


def _reflection_line(row: Row, _card: PairCard) -> Line:
    return Line(
        icon="feather",
        title=_("读《%(title)s》的心得", title=row.title),
        excerpt=row.excerpt,
        url=url_for("reflections.show", reflection_id=row.id),
        mark=Mark("ok", "check", _("写完了")),
    )


def _facts() -> list[sa.Select[Any]]:
    """What waits for the reader, what they read now, and how much was read."""

    def one(what: str, at: Any, *which: Any, first: Any) -> sa.Select[Any]:
        return (
            steps.part(ROOM, what, id=_BOOK.id, at=at, title=_BOOK.title)
            .where(_of_pair, *which)
            .order_by(first)
            .limit(1)
        )

    proposed, reading = (
        _BOOK.state == sa.literal_column(f"'{state.value}'")
        for state in (BookState.PROPOSED, BookState.READING)
    )
    theirs = _BOOK.proposed_by_id != READER
    running = (
        steps.part(
            ROOM,
            "running",
            id=_BOOK.id,
            at=_BOOK.agreed_at,
            author_id=_BOOK.holder_id,
            number=_COPY.place,
            title=_BOOK.title,
            text=sa.cast(_chapters, sa.String),
        )
        .join(ReadingCopy, sa.and_(_COPY.book_id == _BOOK.id, _COPY.reader_id == READER))
        .where(_of_pair, reading)
        .order_by(_BOOK.agreed_at.desc(), _BOOK.id.desc())
        .limit(1)
    )
    return [
        one("nod", _BOOK.proposed_at, proposed, theirs, first=_BOOK.proposed_at),
        one("asked", _BOOK.proposed_at, proposed, ~theirs, first=_BOOK.proposed_at.desc()),
        running,
        _new_note(),
        _their_reflection(),
        one(
            "finished",
            _BOOK.finished_at,
            _BOOK.finished_at.is_not(None),
            first=_BOOK.finished_at.desc(),
        ),
    ]


def _new_note() -> sa.Select[Any]:
    """The partner's last words before this reader, after which the reader wrote none in that book."""
    own = sa.inspect(ReadingNote).local_table.alias().c
    answered = sa.exists().where(
        own.book_id == _NOTE.book_id,
        own.author_id == READER,
        own.written_at > _NOTE.written_at,
    )
    return (
        steps.part(
            ROOM,
            "note",
            id=_NOTE.id,
            at=_NOTE.written_at,
            title=_BOOK.title,
            text=sa.func.substr(_NOTE.body, 1, _START),
        )
        .join(SharedBook, _BOOK.id == _NOTE.book_id)
        .where(
            _of_pair,
            _NOTE.author_id != READER,
            _NOTE.body != "",
            shown.note_to(READER, _NOTE),
            ~answered,
        )
        .order_by(_NOTE.written_at.desc(), _NOTE.id.desc())
        .limit(1)
    )


def _their_reflection() -> sa.Select[Any]:
    """The partner has finished theirs, and this reader has not: the two are shown side by side."""
    own = sa.inspect(Reflection).local_table.alias().c
    finished: Any = sa.literal_column(f"'{ReflectionState.FINISHED.value}'")
    mine = sa.exists().where(
        own.book_id == _REFLECTION.book_id, own.author_id == READER, own.state == finished
    )
    return (
        steps.part(ROOM, "reflection", id=_BOOK.id, at=_REFLECTION.finished_at, title=_BOOK.title)
        .join(Reflection, _REFLECTION.book_id == _BOOK.id)
        .where(_of_pair, _REFLECTION.author_id != READER, _is_finished, ~mine)
        .order_by(_REFLECTION.finished_at)
        .limit(1)
    )


def _ask(known: Sequence[Known], card: PairCard) -> Step | None:
    """What is next for one of two readers; nobody is urged to read on."""
    told = {fact.what: fact for fact in known}
    partner = card.partner.display_name
    if nod := told.get("nod"):
        return Step(
            Rank.NOD,
            _("%(name)s想和你一起读《%(title)s》", name=partner, title=nod.title),
            url_for("reading.show", book_id=nod.id),
            _("去看看"),
            "book-open",
        )
    note = told.get("note")
    if note and note.at is not None and note.at >= clock.now() - _FRESH:
        return Step(
            Rank.READABLE,
            _("%(name)s在《%(title)s》里说了一句", name=partner, title=note.title),
            url_for("book_notes.show", written_id=note.id),
            _("去看看"),
            "book-open",
            quote=note.text,
        )
    if reflection := told.get("reflection"):
        return Step(
            Rank.AWAITED,
            _("%(name)s写完了《%(title)s》的心得", name=partner, title=reflection.title),
            url_for("reflections.page", book_id=reflection.id),
            _("我也写一篇"),
            "feather",
        )
    running = told.get("running")
    if running and running.author_id == card.me.person_id and not running.number:
        return Step(
            Rank.AWAITED,
            _("《%(title)s》在你这里，轮到你读", title=running.title),
            url_for("reading.show", book_id=running.id),
            _("打开书"),
            "book-open",
        )
    if not running and "asked" not in told:
        return Step(
            Rank.IDEA,
            _("和%(name)s挑一本书，一起读", name=partner),
            url_for("reading.shelf", all=1),
            _("去书架"),
            "book-open",
        )
    return None


def _stand(known: Sequence[Known], card: PairCard) -> Standing:
    """Which book the two read, and how far oneself is in it; never who is further."""
    told = {fact.what: fact for fact in known}
    if running := told.get("running"):
        text = _("《%(title)s》，", title=running.title) + _where(
            running.number or 0, int(running.text or 0)
        )
    elif nod := told.get("nod"):
        text = _("%(name)s选了《%(title)s》", name=card.partner.display_name, title=nod.title)
    elif asked := told.get("asked"):
        name = card.partner.display_name
        text = _("《%(title)s》，等%(name)s点头", title=asked.title, name=name)
    elif finished := told.get("finished"):
        text = _("读完了《%(title)s》", title=finished.title)
    else:
        text = _("还没选书")
    return Standing("book-open", _("共读一本书"), text, url_for("reading.shelf"))


def _where(place: int, chapters: int) -> str:
    if place <= 0:
        return _("刚刚开头")
    if place >= positions.end(chapters):
        return _("读到了最后")
    if chapters:
        return _("读完第 %(number)s 章", number=place)
    return _("读到全书的 %(share)s%%", share=positions.share(place, 0))
