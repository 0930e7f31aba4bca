"""Verbs of a class's list: a teacher sets a book out, takes it off, leaves a question at a chapter."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.reading import class_queries, titles
from penpal.reading.class_models import (
    LIST_MAX,
    QUESTION_MAX,
    QUESTIONS_MAX,
    BookQuestion,
    ClassBook,
)
from penpal.reading.models import AUTHOR_MAX, CHAPTERS_MAX, TITLE_MAX, WHY_MAX


def add(class_: Unit, *, title: str, author: str, isbn: str, why: str, by: Actor) -> ClassBook:
    """Set a book out for a class. One that stands there already is not set out twice."""
    named, wrote, said = titles.plain(title), html.line(author), html.normal(why).strip()
    problems: dict[str, object] = {}
    if not 1 <= len(named) <= TITLE_MAX:
        problems["title"] = _l("写上书名，最多 60 个字。")
    if len(wrote) > AUTHOR_MAX:
        problems["author"] = _l("作者最多 60 个字，写第一位就行。")
    if len(said) > WHY_MAX:
        problems["why"] = _l("最多 500 个字。")
    number = ""
    try:
        number = titles.isbn13(isbn)
    except titles.BadIsbn as bad:
        problems["isbn"] = bad.words
    with transaction() as current:
        access.authorize(by, Permission.Unit.KEEP_BOOKS, class_)
        lock(class_)
        folded = titles.folded(named)
        if class_queries.listed_as(class_.id, folded, number):
            problems.setdefault("title", _l("这本已经在书单上了。"))
        if len(class_queries.listed(class_.id)) >= LIST_MAX:
            problems.setdefault("title", _l("书单上最多 60 本。先撤下一本，再添。"))
        if problems:
            raise Invalid(fields=problems)
        book = ClassBook(
            class_id=class_.id,
            added_by_id=by.person_id,
            title=named,
            folded=folded,
            author=wrote,
            isbn=number,
            why=said,
            why_html=str(html.plain(said)),
        )
        current.add(book)
        current.flush()
        trail.write(book, "listed book", by=by)
    return book


def take_off(book: ClassBook, *, by: Actor) -> None:
    """Whoever reads it already goes on, with the questions that were left in it."""
    with transaction():
        access.authorize(by, Permission.Unit.KEEP_BOOKS, book.class_)
        if book.removed_at is None:
            book.removed_at = clock.now()
            trail.write(book, "took book off list", by=by)


def ask(book: ClassBook, *, chapter: int | None, words: str, by: Actor) -> BookQuestion:
    """Leave a question at a chapter: those who come there read it, and may answer."""
    asked = html.line(words)
    problems: dict[str, object] = {}
    if chapter is None or chapter > CHAPTERS_MAX:
        problems["chapter"] = _l("写第几章，比如 6。")
    if not 1 <= len(asked) <= QUESTION_MAX:
        problems["words"] = _l("写下问题，最多 200 个字。")
    with transaction() as current:
        access.authorize(by, Permission.Unit.KEEP_BOOKS, book.class_)
        if len(class_queries.questions_of([book]).get(book.id, ())) >= QUESTIONS_MAX:
            problems.setdefault("words", _l("一本书最多留 60 问。"))
        if problems:
            raise Invalid(fields=problems)
        question = BookQuestion(
            class_book_id=book.id, chapter=chapter, words=asked, asked_by_id=by.person_id
        )
        current.add(question)
        current.flush()
        trail.write(book, "left question in book", by=by)
    return question


def take_question_back(question: BookQuestion, *, by: Actor) -> None:
    with transaction():
        access.authorize(by, Permission.Unit.KEEP_BOOKS, question.class_book.class_)
        if question.removed_at is None:
            question.removed_at = clock.now()
            trail.write(question.class_book, "took question back", by=by)
