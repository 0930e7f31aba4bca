"""Readers' words: the form that anybody may fill, the editors' page of them, the author's page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_limiter.util import get_remote_address
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import SYSTEM, needs, public
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.publishing.pieces.models import Submission
from penpal.publishing.special import editions, limiting, page, queries, services
from penpal.publishing.special.models import WORD_MAX, ReaderWord
from penpal.publishing.special.page import View, render

TRAP = "website"
"""A field that people do not see: who fills it is no reader."""

blueprint = Blueprint("special_words", __name__)

Answer = str | Response | tuple[str, int]


@blueprint.get(f"{page.TOP}/<int:piece_id>/word")
@public
def write(piece_id: int) -> str:
    return _form(_open(piece_id))


@blueprint.post(f"{page.TOP}/<int:piece_id>/word")
@public
def leave(piece_id: int) -> Answer:
    """Whoever is signed in is nobody here all the same: a word bears no name."""
    submission = _open(piece_id)
    body = request.form.get("body", "")
    if not request.form.get(TRAP):
        limiting.count_word(get_remote_address())
        try:
            services.leave(submission, body, by=SYSTEM)
        except Invalid as problem:
            return _form(submission, body, str(problem.fields["body"])), problem.status
    return redirect(url_for(".left", piece_id=piece_id))


@blueprint.get(f"{page.TOP}/<int:piece_id>/word/left")
@public
def left(piece_id: int) -> str:
    return _form(_open(piece_id), is_left=True)


@blueprint.get("/desk/words")
@needs(Permission.ReaderWord.DECIDE)
def index() -> str:
    access.authorize(actor(), Permission.ReaderWord.DECIDE)
    before = numbers.typed(request.args.get("before"))
    return render_template(
        "publishing/special/desk_words.html",
        found=queries.words_waiting(actor(), before=before),
        takes_words=editions.current().takes_words,
    )


@blueprint.post("/desk/words/<int:word_id>/passing")
@needs(Permission.ReaderWord.DECIDE)
def pass_on(word_id: int) -> Response:
    services.pass_on(access.load(ReaderWord, actor(), word_id), by=actor())
    flash(_("转给作者了。"), "ok")
    return _back()


@blueprint.post("/desk/words/<int:word_id>/removal")
@needs(Permission.ReaderWord.DECIDE)
def put_aside(word_id: int) -> Response:
    services.put_aside(access.load(ReaderWord, actor(), word_id), by=actor())
    flash(_("放到一边了，作者不会看到。"), "ok")
    return _back()


@blueprint.post("/desk/words/way")
@needs(Permission.ReaderWord.DECIDE)
@confirmed
def open_way() -> Response:
    services.take_words(True, by=actor())
    flash(_("读者可以留言了。每一句都先到这里。"), "ok")
    return _back()


@blueprint.post("/desk/words/way/removal")
@needs(Permission.ReaderWord.DECIDE)
def close_way() -> Response:
    services.take_words(False, by=actor())
    flash(_("读者不能再留言了。"), "ok")
    return _back()


@blueprint.get("/publishing/<int:submission_id>/words")
@needs(Permission.Submission.READ)
def own(submission_id: int) -> str:
    submission = access.load(Submission, actor(), submission_id)
    access.authorize(actor(), Permission.Submission.READ, submission)
    return render_template(
        "publishing/special/own_words.html",
        submission=submission,
        words=queries.words_for_author(submission, actor()),
    )


def _open(piece_id: int) -> Submission:
    """The piece, while readers may send words about it. Else there is no such page."""
    found = queries.out(piece_id) if 0 < piece_id <= numbers.LARGEST else None
    if found is None or not access.may(SYSTEM, Permission.ReaderWord.SEND, found):
        raise NotFound
    return found


def _form(
    submission: Submission, body: str = "", problem: str = "", *, is_left: bool = False
) -> str:
    return render(
        "publishing/special/word.html",
        View(f"{page.TOP}/{submission.id}"),
        piece_id=submission.id,
        title=queries.title(submission),
        body=body,
        problem=problem,
        is_left=is_left,
        most=WORD_MAX,
        trap=TRAP,
    )


def _back() -> Response:
    return redirect(url_for(".index"))
