"""Notes of a book: writing one, answering one, mending one, looking ahead; and read along by a teacher."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, PenpalError
from penpal.media import queries as photos
from penpal.media import uploads
from penpal.permissions import Permission
from penpal.reading import forms, loading, notes, pages, queries, wording
from penpal.reading.forms import NoteForm
from penpal.reading.models import SharedBook
from penpal.reading.note_models import ReadingNote

blueprint = Blueprint("book_notes", __name__, url_prefix="/books")


@blueprint.get("/<int:book_id>/notes/new")
@needs(Permission.Note.WRITE)
def new(book_id: int) -> str:
    book = loading.book(book_id)
    access.authorize(actor(), Permission.Note.WRITE, book)
    form = replace(forms.note(request.args), key=forms.fresh_key(), quote="", body="")
    return _page(book, form)


@blueprint.post("/<int:book_id>/notes")
@needs(Permission.Note.WRITE)
def write(book_id: int) -> str | Response | dict[str, object] | tuple[str, int]:
    """From a form, or from a device that was without a line, which asks for JSON."""
    book, form = loading.book(book_id), forms.note(request.form)
    try:
        noted = notes.write(
            book,
            _written(form),
            key=form.key,
            answers=_answered(form),
            question_id=form.question,
            by=actor(),
        )
    except (Invalid, Conflict) as problem:
        if loading.wants_json():
            raise
        if isinstance(problem, Conflict):
            form = replace(form, key=forms.fresh_key())
        return _page(book, form, problem=problem), problem.status
    return _after(noted, _("记下了。"))


@blueprint.get("/notes/<int:written_id>/edit")
@needs(Permission.Note.EDIT)
def edit_page(written_id: int) -> str:
    note = access.load(ReadingNote, actor(), written_id)
    access.authorize(actor(), Permission.Note.EDIT, note)
    form = NoteForm(
        key=note.key,
        kind=note.kind,
        chapter=note.place if note.book.counts_chapters else None,
        page=note.page,
        pages=None,
        quote=note.quote,
        body=note.body,
        envelope=note.envelope,
        answers=note.answers_id,
        question=note.question_id,
    )
    return _page(note.book, form, note=note)


@blueprint.post("/notes/<int:written_id>")
@needs(Permission.Note.EDIT)
def edit(written_id: int) -> str | Response | dict[str, object] | tuple[str, int]:
    note = access.load(ReadingNote, actor(), written_id)
    form = replace(forms.note(request.form), kind=note.kind)
    try:
        noted = notes.edit(note, _written(form), by=actor())
    except Invalid as problem:
        return _page(note.book, form, note=note, problem=problem), problem.status
    return _after(noted, _("改好了。"))


@blueprint.post("/notes/<int:written_id>/removal")
@needs(Permission.Note.EDIT)
def remove(written_id: int) -> Response:
    note = access.load(ReadingNote, actor(), written_id)
    book_id = note.book_id
    notes.remove(note, by=actor())
    flash(_("去掉了。"), "ok")
    return redirect(url_for("reading.show", book_id=book_id))


@blueprint.post("/notes/<int:written_id>/look")
@needs(Permission.Note.LOOK)
def look(written_id: int) -> Response:
    """The reader's own choice: now, not when they come there."""
    note = queries.held_note(written_id, actor())
    notes.look(note, by=actor())
    return redirect(url_for("reading.show", book_id=note.book_id, _anchor=f"note-{note.id}"))


@blueprint.get("/notes/<int:written_id>")
@needs(Permission.Note.READ)
def show(written_id: int) -> str | Response:
    """Where it stands in its book; a teacher reads along what was left open."""
    asking = actor()
    note = access.load(ReadingNote, asking, written_id)
    access.authorize(asking, Permission.Note.READ, note)
    if asking.is_student:
        return redirect(url_for("reading.show", book_id=note.book_id, _anchor=f"note-{note.id}"))
    page = render_template(
        "reading/along.html",
        written=note,
        author=note.author.shown_name,
        book_title=wording.title(note.book),
        where=wording.place(note.book, note.place, note.page),
        pictures=photos.of("reading_note", [note.id]).get(note.id, ()),
    )
    # Drawn before it is recorded, for a transaction lets go of what was loaded; shown after.
    notes.read_along(note, by=asking)
    return page


def _written(form: NoteForm) -> notes.Written:
    return notes.Written(
        kind=form.kind,
        chapter=form.chapter,
        page=form.page,
        pages=form.pages,
        quote=form.quote,
        body=form.body,
        envelope=form.envelope,
        photos=uploads.take(request.form, request.files, by=actor())
        if "photos" in request.form
        else None,
    )


def _answered(form: NoteForm) -> ReadingNote | None:
    """What is answered, where it lies before whoever answers."""
    if form.answers is None:
        return None
    return session().scalar(
        access.visible(ReadingNote, actor()).where(ReadingNote.id == form.answers)
    )


def _after(noted: notes.Noted, said: str) -> Response | dict[str, object]:
    address = url_for(
        "reading.show",
        book_id=noted.note.book_id,
        help=1 if noted.worries else None,
        _anchor=f"note-{noted.note.id}",
    )
    if loading.wants_json():
        return {"url": address}
    flash(said, "ok")
    return redirect(address)


def _page(
    book: SharedBook,
    form: NoteForm,
    *,
    note: ReadingNote | None = None,
    problem: PenpalError | None = None,
) -> str:
    asking = actor()
    card = loading.card_of(book.pair, asking)
    copy = queries.copies_of(book).get(asking.person_id or 0)
    answered = _answered(form)
    questions = {question.id: question.words for question in queries.questions_for(book)}
    if problem is not None:
        kept = loading.pictures_again(problem)
    else:
        kept = photos.of("reading_note", [note.id]).get(note.id, ()) if note else ()
    return render_template(
        "reading/note.html",
        book=book,
        card=card,
        form=form,
        note=note,
        copy=copy,
        title=wording.title(book),
        chapters=[
            (number, wording.chapter(book, number)) for number in range(1, len(book.chapters) + 1)
        ],
        chapter=form.chapter
        or (answered.place if answered else None)
        or min((copy.place if copy else 0) + 1, len(book.chapters) or 1),
        answered=answered,
        question=questions.get(form.question or 0, ""),
        teacher=pages.teacher_of(card.me),
        problem=problem,
        problems=problem.fields if isinstance(problem, Invalid) else {},
        pictures=kept,
    )
