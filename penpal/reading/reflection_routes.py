"""Reflections (读书心得): writing one's own, showing it early; and read along by a teacher."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, Objected
from penpal.media import queries as photos
from penpal.media import uploads
from penpal.permissions import Permission
from penpal.reading import forms, loading, pages, queries, reflections, wording
from penpal.reading.models import SharedBook
from penpal.reading.note_models import REFLECTION_MAX, Envelope, Reflection
from penpal.safeguarding import hold_queries, releasing
from penpal.safeguarding.blocking import Paused

blueprint = Blueprint("reflections", __name__, url_prefix="/books")


@blueprint.get("/<int:book_id>/reflection")
@needs(Permission.Reflection.WRITE)
def page(book_id: int) -> str | Response:
    """One's own draft; once it is finished it stands on the page of the book."""
    book = loading.book(book_id)
    access.authorize(actor(), Permission.Reflection.WRITE, book)
    own = queries.reflections_of(book).get(actor().person_id or 0)
    if own is not None and not own.is_draft:
        return redirect(url_for("reading.show", book_id=book.id, _anchor="reflections"))
    return _page(book, own.body if own else "", own.envelope if own else Envelope.SEALED)


@blueprint.post("/<int:book_id>/reflection")
@needs(Permission.Reflection.WRITE)
def write(book_id: int) -> str | Response | tuple[str, int]:
    """Keep the draft, or say that it is finished."""
    book, asking = loading.book(book_id), actor()
    body, envelope = request.form.get("body", ""), forms.envelope(request.form)
    pressed, known_at = request.form.get("action", "save"), request.form.get("known_at")
    try:
        chosen = (
            uploads.take(request.form, request.files, by=asking)
            if "photos" in request.form
            else None
        )
        if pressed == "ask":
            _hold, worries = reflections.ask(
                book,
                body=body,
                envelope=envelope,
                chosen=chosen,
                known_at=known_at,
                words=request.form.get("asking", ""),
                by=asking,
            )
            flash(_("请老师看了。放行以后，就算写完了。"), "ok")
            help_ = 1 if worries else None
            return redirect(url_for("reflections.page", book_id=book.id, help=help_))
        if pressed == "save":
            reflections.save(
                book, body=body, envelope=envelope, chosen=chosen, known_at=known_at, by=asking
            )
            flash(_("草稿存好了。"), "ok")
            return redirect(url_for("reflections.page", book_id=book.id))
        worries = reflections.finish(
            book,
            body=body,
            envelope=envelope,
            share=pressed == "share",
            chosen=chosen,
            known_at=known_at,
            by=asking,
        )
    except Conflict as problem:
        return _page(book, body, envelope, problem, known_at=known_at), problem.status
    except Invalid as problem:
        if isinstance(problem, Paused | Objected) or "body" in problem.fields:
            try:
                _keep(book, body, envelope, known_at)
            except Conflict as later:
                return _page(book, body, envelope, later, known_at=known_at), later.status
        return _page(book, body, envelope, problem), problem.status
    flash(_("写完了，收好了。"), "ok")
    shown = url_for(
        "reading.show", book_id=book.id, help=1 if worries else None, _anchor="reflections"
    )
    return redirect(shown)


@blueprint.post("/<int:book_id>/reflection/sharing")
@needs(Permission.Reflection.SHARE)
def share(book_id: int) -> Response:
    book = loading.book(book_id)
    own = queries.reflections_of(book).get(actor().person_id or 0)
    if own is None:
        raise IllegalMove
    reflections.share(own, by=actor())
    flash(_("先拿出来了，伙伴读得到。"), "ok")
    return redirect(url_for("reading.show", book_id=book.id, _anchor="reflections"))


@blueprint.get("/reflections/<int:reflection_id>")
@needs(Permission.Reflection.READ)
def show(reflection_id: int) -> str | Response:
    asking = actor()
    one = access.load(Reflection, asking, reflection_id)
    access.authorize(asking, Permission.Reflection.READ, one)
    if asking.is_student:
        return redirect(url_for("reading.show", book_id=one.book_id, _anchor="reflections"))
    drawn = render_template(
        "reading/along.html",
        written=one,
        author=one.author.shown_name,
        book_title=wording.title(one.book),
        where=_("读书心得"),
        pictures=photos.of("reflection", [one.id]).get(one.id, ()),
    )
    reflections.read_along(one, by=asking)
    return drawn


def _keep(book: SharedBook, body: str, envelope: Envelope, known_at: str | None) -> None:
    """What was typed is kept before anything is said about it, unless it is too long to keep."""
    if len(body) <= REFLECTION_MAX:
        reflections.save(book, body=body, envelope=envelope, known_at=known_at, by=actor())


def _page(
    book: SharedBook,
    body: str,
    envelope: Envelope,
    problem: Invalid | Conflict | None = None,
    *,
    known_at: str | None = None,
) -> str:
    """``known_at`` is what the page knew of the draft, where a later one is not to be overwritten."""
    card = loading.card_of(book.pair, actor())
    own = queries.reflections_of(book).get(actor().person_id or 0)
    if problem is not None:
        kept = loading.pictures_again(problem)
    else:
        kept = photos.of("reflection", [own.id]).get(own.id, ()) if own else ()
    teacher = pages.teacher_of(card.me)
    asked = hold_queries.last(reflections.KIND, own.id) if own else None
    return render_template(
        "reading/reflection.html",
        book=book,
        card=card,
        title=wording.title(book),
        body=body,
        envelope=envelope,
        own=own,
        teacher=teacher,
        problem=problem,
        known_at=reflections.mark(own) if known_at is None else known_at,
        problems=problem.fields if isinstance(problem, Invalid) else {},
        pictures=kept,
        asked=asked,
        asks=releasing.asks(problem, teacher),
        helplines=loading.help_lines(),
    )
