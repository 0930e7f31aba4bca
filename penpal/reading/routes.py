"""The shelf, proposing a book, and the page on which two read it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import devices
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, Invalid, PenpalError
from penpal.media import queries as photo_queries
from penpal.media import uploads
from penpal.permissions import Permission
from penpal.reading import (
    class_queries,
    forms,
    loading,
    pages,
    parcels,
    proposals,
    queries,
    services,
    shelf,
    steps,
    wording,
)
from penpal.reading.models import SharedBook
from penpal.reading.proposals import Typed
from penpal.reading.states import BookState
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair

blueprint = Blueprint("reading", __name__, url_prefix="/books")
_RESTING = (BookState.DECLINED, BookState.PUT_ASIDE)


@blueprint.get("", endpoint="shelf")
@needs(Permission.Book.LIST)
def index() -> str | Response:
    """The book that is being read, else the shelf; ``?all=1`` is the shelf in any case."""
    asking = actor()
    access.authorize(asking, Permission.Book.LIST)
    pair_id = numbers.typed(request.args.get("pair"))
    if pair_id is not None:
        card = loading.card_of(access.load(Pair, asking, pair_id), asking)
    else:
        found = pairs.card_of(asking)
        if found is None:
            return render_template("reading/nobody.html", past=pairs.past_pairs(asking))
        card = found
    books = queries.of_pair(card.pair, asking)
    running = shelf.running(books)
    if running is not None and pair_id is None and "all" not in request.args:
        return redirect(url_for("reading.show", book_id=running.id))
    devices.keep_this_page()
    return render_template(
        "reading/shelf.html",
        card=card,
        spines=shelf.spines(books, card),
        waiting=[
            book
            for book in books
            if book.state is BookState.PROPOSED and book.proposed_by_id == card.partner.person_id
        ],
        resting=[book for book in books if book.state in _RESTING],
        running=running,
        listed=class_queries.listed_for(asking) if pair_id is None else [],
        liked=class_queries.liked_in(asking) if pair_id is None else [],
        known={book.folded for book in books},
    )


@blueprint.get("/new")
@needs(Permission.Book.PROPOSE)
def new() -> str | Response:
    """An empty form, or one that begins with a book of the class's list or one that classmates enjoyed."""
    if pairs.card_of(actor()) is None:
        return _nobody_yet()
    listed = numbers.typed(request.args.get("listed"))
    chosen = next((one for one in class_queries.listed_for(actor()) if one.id == listed), None)
    typed = (
        Typed(title=chosen.title, author=chosen.author, isbn=chosen.isbn)
        if chosen
        else Typed(
            title=request.args.get("title", "")[:60], author=request.args.get("author", "")[:60]
        )
    )
    return _form(typed, key=forms.fresh_key())


@blueprint.post("")
@needs(Permission.Book.PROPOSE)
def propose() -> str | Response | tuple[str, int]:
    typed, key = forms.book(request.form), request.form.get("key", "")
    card = pairs.card_of(actor())
    if card is None:
        return _nobody_yet()
    try:
        chosen = uploads.take(request.form, request.files, by=actor())
        book = services.propose(pairs.record(card.pair), typed, key=key, by=actor())
        if "photos" in request.form:
            services.set_cover(book, chosen, by=actor())
    except Invalid as problem:
        return _form(typed, key=key, problem=problem), problem.status
    flash(_("提好了。%(name)s点头以后，就一起读。", name=card.partner.display_name), "ok")
    return redirect(url_for("reading.show", book_id=book.id, help=_help_after(typed)))


def _nobody_yet() -> Response:
    """Without a partner there is nobody to propose to: the shelf says so, and shows what was read before."""
    return redirect(url_for("reading.shelf"))


def _help_after(typed: Typed) -> int | None:
    return 1 if proposals.clean(typed).worries else None


def _form(
    typed: Typed,
    *,
    key: str = "",
    book: SharedBook | None = None,
    problem: PenpalError | None = None,
) -> str:
    card = loading.card_of(book.pair, actor()) if book else pairs.card_of(actor())
    assert card is not None
    kept = photo_queries.of("shared_book", [book.id]).get(book.id, ()) if book else ()
    if problem is not None:
        kept = loading.pictures_again(problem)
    return render_template(
        "reading/propose.html",
        card=card,
        typed=typed,
        key=key,
        book=book,
        problem=problem,
        problems=problem.fields if isinstance(problem, Invalid) else {},
        pictures=kept,
        fixed=book is not None and not queries.is_untouched(book),
        today=clock.today(),
    )


@blueprint.get("/<int:book_id>")
@needs(Permission.Book.READ)
def show(book_id: int) -> str:
    book = loading.book(book_id)
    return page_of(book)


def page_of(book: SharedBook, problem: PenpalError | None = None) -> str:
    """The page of a book; ``problem`` is what a form on it could not take."""
    asking = actor()
    card = loading.card_of(book.pair, asking)
    shown = pages.of(book, card, asking)
    devices.keep_this_page()
    return render_template(
        "reading/book.html",
        page_=shown,
        book=book,
        card=card,
        title=wording.title(book),
        today=clock.today(),
        may_keep=access.may(asking, Permission.Book.KEEP, book) and not card.is_paused,
        may_decide=book.state is BookState.PROPOSED
        and access.may(asking, Permission.Book.DECIDE, book)
        and not card.is_paused,
        may_edit=access.may(asking, Permission.Book.EDIT, book) and not card.is_paused,
        key=forms.fresh_key(),
        problem=problem,
        problems=problem.fields if isinstance(problem, Invalid) else {},
        helplines=loading.help_lines(),
    )


@blueprint.get("/<int:book_id>/details")
@needs(Permission.Book.EDIT)
def details(book_id: int) -> str:
    book = loading.book(book_id)
    access.authorize(actor(), Permission.Book.EDIT, book)
    copy = queries.copies_of(book).get(actor().person_id or 0)
    named = any(book.chapters)
    return _form(
        Typed(
            title=book.title,
            author=book.author,
            isbn=book.isbn,
            edition=book.edition,
            chapters="\n".join(book.chapters) if named else "",
            chapter_count=str(len(book.chapters)) if book.chapters and not named else "",
            pages=str(copy.pages) if copy and copy.pages else "",
            goal_on=book.goal_on.isoformat() if book.goal_on else "",
            why=book.why,
            one_copy=book.one_copy,
        ),
        book=book,
    )


@blueprint.post("/<int:book_id>/details")
@needs(Permission.Book.EDIT)
def edit(book_id: int) -> str | Response | tuple[str, int]:
    book, typed = loading.book(book_id), forms.book(request.form)
    try:
        chosen = uploads.take(request.form, request.files, by=actor())
        worries = services.edit(book, typed, by=actor())
        if "photos" in request.form:
            services.set_cover(book, chosen, by=actor())
    except Invalid as problem:
        return _form(typed, book=book, problem=problem), problem.status
    flash(_("改好了。"), "ok")
    return redirect(url_for("reading.show", book_id=book.id, help=1 if worries else None))


@blueprint.post("/<int:book_id>/agreement")
@needs(Permission.Book.DECIDE)
def agree(book_id: int) -> Response | tuple[str, int]:
    version = numbers.typed(request.form.get("version")) or 0
    return _move(book_id, partial(services.agree, version=version), _("说好了，一起读。"))


@blueprint.post("/<int:book_id>/refusal")
@needs(Permission.Book.DECIDE)
def decline(book_id: int) -> Response | tuple[str, int]:
    return _move(book_id, services.decline, _("这本先不读。想读了，随时可以再提。"))


@blueprint.post("/<int:book_id>/withdrawal")
@needs(Permission.Book.EDIT)
def take_back(book_id: int) -> Response | tuple[str, int]:
    return _move(book_id, services.take_back, _("收回来了。"))


@blueprint.post("/<int:book_id>/rest")
@needs(Permission.Book.KEEP)
def put_aside(book_id: int) -> Response | tuple[str, int]:
    return _move(book_id, services.put_aside, _("先放一放。记下的都还在，随时可以再拿起来。"))


@blueprint.post("/<int:book_id>/return")
@needs(Permission.Book.KEEP)
def pick_up(book_id: int) -> Response | tuple[str, int]:
    return _move(book_id, services.pick_up, _("提给伙伴了。伙伴点头以后，接着读。"))


@blueprint.post("/<int:book_id>/continuation")
@needs(Permission.Book.KEEP)
def go_on(book_id: int) -> Response | tuple[str, int]:
    return _move(book_id, services.go_on, _("好，接着读。"))


def _move(book_id: int, verb: Callable[..., None], said: str) -> Response | tuple[str, int]:
    book = loading.book(book_id)
    try:
        verb(book, by=actor())
    except (Invalid, Conflict) as problem:
        return page_of(book, problem), problem.status
    flash(said, "ok")
    return redirect(url_for("reading.show", book_id=book.id))


@blueprint.post("/<int:book_id>/steps")
@needs(Permission.Book.KEEP)
def log(book_id: int) -> Response | dict[str, object] | tuple[str, int]:
    """How far one is; from a device that was without a line as well, which asks for JSON."""
    book, form = loading.book(book_id), forms.step(request.form)
    try:
        steps.log(
            book,
            key=form.key,
            chapter=form.chapter,
            page=form.page,
            pages=form.pages,
            read_on=form.read_on,
            said_at=form.said_at,
            by=actor(),
        )
    except Invalid as problem:
        if loading.wants_json():
            raise
        return page_of(book, problem), problem.status
    address = url_for("reading.show", book_id=book.id)
    if loading.wants_json():
        return {"url": address}
    flash(_("记下了。"), "ok")
    return redirect(address)


@blueprint.post("/<int:book_id>/edition")
@needs(Permission.Book.KEEP)
def keep_edition(book_id: int) -> Response | tuple[str, int]:
    book = loading.book(book_id)
    try:
        pages_typed = proposals.pages_of(request.form.get("pages", "")) or 0
        steps.keep_edition(book, pages=pages_typed, by=actor())
    except Invalid as problem:
        return page_of(book, problem), problem.status
    flash(_("记下了。"), "ok")
    return redirect(url_for("reading.show", book_id=book.id))


@blueprint.post("/<int:book_id>/parcels")
@needs(Permission.Book.KEEP)
def send(book_id: int) -> Response | tuple[str, int]:
    book = loading.book(book_id)
    try:
        parcels.send(
            book,
            from_partner=request.form.get("sender") == "partner",
            sent_on=forms.day(request.form.get("sent_on")) or clock.today(),
            by=actor(),
        )
    except Invalid as problem:
        return page_of(book, problem), problem.status
    flash(_("记下了：书在路上。"), "ok")
    return redirect(url_for("reading.show", book_id=book.id))


@blueprint.post("/<int:book_id>/arrival")
@needs(Permission.Book.KEEP)
def arrive(book_id: int) -> Response | tuple[str, int]:
    book = loading.book(book_id)
    try:
        parcels.arrive(
            book,
            arrived_on=forms.day(request.form.get("arrived_on")) or clock.today(),
            by=actor(),
        )
    except Invalid as problem:
        return page_of(book, problem), problem.status
    flash(_("记下了：书到了。"), "ok")
    return redirect(url_for("reading.show", book_id=book.id))


@blueprint.post("/<int:book_id>/telling")
@needs(Permission.Book.KEEP)
def tell_others(book_id: int) -> Response:
    book = loading.book(book_id)
    tells = request.form.get("tells") == "1"
    services.tell_others(book, tells=tells, by=actor())
    flash(
        _("记下了。班里有两个人都这么说，别的同学就会看到书名，看不到是谁。")
        if tells
        else _("收回来了。"),
        "ok",
    )
    return redirect(url_for("reading.show", book_id=book.id))
