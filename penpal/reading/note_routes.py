"""Notes of a book: writing one, answering one, mending one, looking ahead; and read along by a teacher."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, PenpalError
from penpal.media import queries as photos
from penpal.media import uploads
from penpal.media.queries import Picture
from penpal.permissions import Permission
from penpal.reading import forms, loading, note_asking, notes, pages, queries, wording
from penpal.reading.forms import NoteForm
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope, NoteKind, ReadingNote
from penpal.safeguarding import held_queries, hold_queries, releasing
from penpal.safeguarding.held_models import HeldText

blueprint = Blueprint("book_notes", __name__, url_prefix="/books")


@blueprint.get("/<int:book_id>/notes/new")
@needs(Permission.Note.WRITE)
def new(book_id: int) -> str:
    book = loading.book(book_id)
    access.authorize(actor(), Permission.Note.WRITE, book)
    waiting = _waiting(book, request.args.get("held"))
    if waiting is not None:
        return _page(book, _as_kept(waiting), waiting=waiting)
    form = replace(forms.note(request.args), key=forms.fresh_key(), quote="", body="")
    return _page(book, form)


@blueprint.post("/<int:book_id>/notes")
@needs(Permission.Note.WRITE)
def write(book_id: int) -> str | Response | dict[str, object] | tuple[str, int]:
    """From a form, or from a device that was without a line, which asks for JSON."""
    book, form = loading.book(book_id), forms.note(request.form)
    if request.form.get("action") == "ask":
        return _ask(book, form)
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
        return _again(book, form, problem)
    return _after(noted, _("记下了。"))


def _ask(book: SharedBook, form: NoteForm) -> str | Response | tuple[str, int]:
    """The button below what the guard found: a teacher decides."""
    try:
        _hold, worries = note_asking.ask(
            book,
            _written(form),
            key=form.key,
            answers=_answered(form),
            question_id=form.question,
            words=request.form.get("asking", ""),
            by=actor(),
        )
    except (Invalid, Conflict) as problem:
        return _again(book, form, problem)
    flash(_("请老师看了。放行以后，就放进书里。"), "ok")
    address = url_for("reading.show", book_id=book.id, help=1 if worries else None, _anchor="asked")
    return redirect(address)


def _again(book: SharedBook, form: NoteForm, problem: Invalid | Conflict) -> tuple[str, int]:
    """The page with all that was typed, and what is to be mended."""
    if isinstance(problem, Conflict):
        form = replace(form, key=forms.fresh_key())
    waiting = held_queries.of_key(actor().person_id, notes.KIND, form.key)
    return _page(book, form, problem=problem, waiting=waiting), problem.status


def _waiting(book: SharedBook, typed: str | None) -> HeldText | None:
    """What one wrote in this book and what a teacher was asked to release."""
    number = numbers.typed(typed)
    if number is None:
        return None
    statement = access.visible(HeldText, actor()).where(
        HeldText.id == number,
        HeldText.kind == notes.KIND,
        HeldText.about_id == book.id,
        HeldText.author_id == actor().person_id,
    )
    return session().scalar(statement)


def _as_kept(waiting: HeldText) -> NoteForm:
    fields = waiting.fields
    return NoteForm(
        key=waiting.key,
        kind=NoteKind(fields["kind"]),
        chapter=fields["chapter"],
        page=fields["page"],
        pages=None,
        quote=fields["quote"],
        body=fields["body"],
        envelope=Envelope.SEALED,
        answers=fields["answers"],
        question=fields["question"],
    )


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
    waiting: HeldText | None = None,
    problem: PenpalError | None = None,
) -> str:
    asking = actor()
    card = loading.card_of(book.pair, asking)
    copy = queries.copies_of(book).get(asking.person_id or 0)
    answered = _answered(form)
    questions = {question.id: question.words for question in queries.questions_for(book)}
    kept = loading.pictures_again(problem) if problem is not None else _pictures(note, waiting)
    teacher = pages.teacher_of(card.me)
    asks = releasing.asks(problem, teacher)
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
        teacher=teacher,
        problem=problem,
        problems=problem.fields if isinstance(problem, Invalid) else {},
        pictures=kept,
        asked=hold_queries.last(held_queries.KIND, waiting.id) if waiting else None,
        # What is in the book already can only be mended: its photos lie there, not with a teacher.
        asks="" if note else asks,
        asks_elsewhere=bool(note and asks),
    )


def _pictures(note: ReadingNote | None, waiting: HeldText | None) -> tuple[Picture, ...]:
    if note is not None:
        return photos.of(notes.KIND, [note.id]).get(note.id, ())
    if waiting is not None:
        return photos.of(held_queries.KIND, [waiting.id]).get(waiting.id, ())
    return ()
