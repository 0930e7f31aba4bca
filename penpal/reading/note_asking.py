"""Asking a teacher to release a note: it waits outside of the book, and is put at its place when it is let go."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.reading import guarding, notes, queries, services, steps, wording
from penpal.reading.models import SharedBook
from penpal.reading.note_models import NoteKind, ReadingNote
from penpal.reading.notes import KIND, Written
from penpal.safeguarding import held, held_queries, releasing
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold
from penpal.screening.findings import Context


def ask(
    book: SharedBook,
    written: Written,
    *,
    key: str,
    answers: ReadingNote | None = None,
    question_id: int | None = None,
    words: str = "",
    by: Actor,
) -> tuple[Hold, bool]:
    """Keep a note as it was typed and ask for its release; ``words`` are for the teacher.

    Gives whether there are words of despair in it, too. Raises ``Invalid`` where it is not complete or
    the guard finds nothing in it, ``Paused``, ``Conflict``.
    """
    services.check_key(key)
    access.authorize(by, Permission.Note.WRITE, book)
    quote, body = html.normal(written.quote).strip(), html.normal(written.body).strip()
    if problems := notes.problems_of(written.kind, quote, body):
        raise Invalid(fields=problems)
    chosen = _chosen(written, key, by)
    said = releasing.whole(
        [(quote, Context.LETTER), (body, Context.LETTER), *releasing.descriptions(chosen)],
        before=queries.words_before(by, key=key),
    )
    with transaction():
        services.hold_pair(book.pair)
        access.authorize(by, Permission.Note.WRITE, book)
        if notes.known_as(key, book, quote, body, by=by) is not None:
            raise IllegalMove(_l("这一条已经在书里了。"))
        if not book.is_read:
            raise IllegalMove
        notes.leave_room(book, by)
        if answers is None or written.chapter is not None or written.page is not None:
            # A wrong place is said now: nobody could mend it at the moment in which it is released.
            copy = queries.copies_of(book)[by.person_id or 0]
            steps.place_of(
                book, copy, chapter=written.chapter, page=written.page, pages=written.pages
            )
        hold = held.keep(
            book.pair,
            KIND,
            book.id,
            key=key,
            fields=_fields(written, quote, body, answers, question_id),
            said=said,
            chosen=chosen,
            words=words,
            by=by,
        )
        if said.worries and by.person_id is not None:
            guarding.worry(by.person_id, hold.kind, hold.item_id)
    return hold, said.worries


def _fields(
    written: Written, quote: str, body: str, answers: ReadingNote | None, question_id: int | None
) -> dict[str, object]:
    """What ``_put`` makes the note of, once it is released."""
    return {
        "kind": written.kind.value,
        "chapter": written.chapter,
        "page": written.page,
        "quote": quote,
        "body": body,
        "answers": answers.id if answers else None,
        "question": question_id,
    }


def _chosen(written: Written, key: str, by: Actor) -> Sequence[Chosen]:
    """What the page chose or, where it said nothing of photos, what was kept with these words before."""
    if written.photos is not None:
        return written.photos
    before = held_queries.of_key(by.person_id, KIND, key)
    return releasing.kept(held_queries.KIND, before.id) if before else ()


def _title(waiting: HeldText) -> str:
    book = session().get_one(SharedBook, waiting.about_id)
    return _(
        "%(name)s在%(title)s里写的一条",
        name=waiting.author.name_for_partners,
        title=wording.title(book),
    )


def _put(
    waiting: HeldText, chosen: Sequence[Chosen], author: Actor, released_by: Actor
) -> ReadingNote:
    """At the place that its author chose; an answer whose beginning is gone stands for itself."""
    fields = waiting.fields
    answered = fields["answers"]
    return notes.write(
        session().get_one(SharedBook, waiting.about_id),
        Written(
            kind=NoteKind(fields["kind"]),
            chapter=fields["chapter"],
            page=fields["page"],
            quote=fields["quote"],
            body=fields["body"],
            photos=chosen,
        ),
        key=waiting.key,
        answers=session().get(ReadingNote, answered) if answered else None,
        question_id=fields["question"],
        released_by=released_by,
        by=author,
    ).note


def _mend(waiting: HeldText) -> str:
    return url_for("book_notes.new", book_id=waiting.about_id, held=waiting.id)


def _place(waiting: HeldText) -> str:
    return url_for("reading.show", book_id=waiting.about_id, _anchor="asked")


ROOM = held.Room(_title, _put, _mend, _place)
