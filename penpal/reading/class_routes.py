"""What a class reads: a teacher's list and questions, what is left open for them; and the students' view."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.reading import class_lists, class_queries, forms, queries
from penpal.reading.class_models import BookQuestion, ClassBook

blueprint = Blueprint("class_books", __name__)


@blueprint.get("/books/class")
@needs(Permission.Book.LIST)
def own() -> str:
    """A student's class: which books are read, by how many pairs, and what several enjoyed."""
    asking = actor()
    access.authorize(asking, Permission.Book.LIST)
    if asking.unit_id is None:
        raise NotFound
    return render_template(
        "reading/own_class.html",
        reading=class_queries.read_in(asking.unit_id),
        listed=class_queries.listed_for(asking),
        liked=class_queries.liked_in(asking),
    )


@blueprint.get("/classes/<int:class_id>/books")
@needs(Permission.Unit.SEE_BOOKS)
def page(class_id: int) -> str | Response:
    class_ = _class(class_id)
    if actor().is_student:
        return redirect(url_for("class_books.own"))
    return _page(class_)


@blueprint.post("/classes/<int:class_id>/books")
@needs(Permission.Unit.KEEP_BOOKS)
def add(class_id: int) -> str | Response | tuple[str, int]:
    class_ = _class(class_id)
    fields = request.form
    try:
        class_lists.add(
            class_,
            title=fields.get("title", ""),
            author=fields.get("author", ""),
            isbn=fields.get("isbn", ""),
            why=fields.get("why", ""),
            by=actor(),
        )
    except Invalid as problem:
        return _page(class_, problem), problem.status
    flash(_("添到书单上了。"), "ok")
    return redirect(url_for("class_books.page", class_id=class_.id))


@blueprint.post("/classes/<int:class_id>/books/<int:listed_id>/removal")
@needs(Permission.Unit.KEEP_BOOKS)
def take_off(class_id: int, listed_id: int) -> Response:
    book = _listed(class_id, listed_id)
    class_lists.take_off(book, by=actor())
    flash(_("撤下了。已经在读的，接着读。"), "ok")
    return redirect(url_for("class_books.page", class_id=class_id))


@blueprint.post("/classes/<int:class_id>/books/<int:listed_id>/questions")
@needs(Permission.Unit.KEEP_BOOKS)
def ask(class_id: int, listed_id: int) -> str | Response | tuple[str, int]:
    book = _listed(class_id, listed_id)
    try:
        class_lists.ask(
            book,
            chapter=forms.count(request.form.get("chapter")) or None,
            words=request.form.get("words", ""),
            by=actor(),
        )
    except Invalid as problem:
        return _page(book.class_, problem, about=book.id), problem.status
    flash(_("问题留好了。学生读到那一章就看得到。"), "ok")
    return redirect(url_for("class_books.page", class_id=class_id))


@blueprint.post("/classes/<int:class_id>/questions/<int:question_id>/removal")
@needs(Permission.Unit.KEEP_BOOKS)
def take_question_back(class_id: int, question_id: int) -> Response:
    question = access.load(BookQuestion, actor(), question_id)
    if question.class_book.class_id != class_id:
        raise NotFound
    class_lists.take_question_back(question, by=actor())
    flash(_("收回来了。"), "ok")
    return redirect(url_for("class_books.page", class_id=class_id))


def _class(class_id: int) -> Unit:
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Unit.SEE_BOOKS, class_)
    return class_


def _listed(class_id: int, listed_id: int) -> ClassBook:
    book = access.load(ClassBook, actor(), listed_id)
    if book.class_id != class_id:
        raise NotFound
    return book


def _page(class_: Unit, problem: Invalid | None = None, *, about: int | None = None) -> str:
    asking = actor()
    listed = class_queries.listed(class_.id)
    return render_template(
        "reading/class.html",
        class_=class_,
        listed=listed,
        questions=class_queries.questions_of(listed),
        reading=class_queries.read_in(class_.id),
        open_=queries.open_in(class_, asking),
        may_keep=access.may(asking, Permission.Unit.KEEP_BOOKS, class_),
        problem=problem,
        problems=problem.fields if problem else {},
        about=about,
        typed=request.form,
    )
