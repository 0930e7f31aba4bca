"""Asking once more who it is, before what cannot be taken back or shows many children at once.

``@confirmed`` stands below ``@needs``. A session that proved itself in the last ten minutes passes;
any other is shown a page that asks for a code, or for the password where there is no second factor.
What was typed travels along in that page, so that the act goes on as if nobody had asked. Files do
not: a page that takes files is asked for itself, before they are chosen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from penpal.accounts import entering, limits, passwords, second_factor, sessions, signed_in
from penpal.accounts.factor_models import Refusal
from penpal.accounts.models import Person
from penpal.kernel import clock, db
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.permissions import Permission

GOOD_FOR = timedelta(minutes=10)
ANSWER = "confirmation"
"""The field in which the page asks, beside those of the act that waits."""

View = TypeVar("View", bound=Callable[..., Any])
blueprint = Blueprint("confirming", __name__)


def confirmed(view: View) -> View:
    """Let this view run only in a session whose holder has lately proved who they are."""

    @wraps(view)
    def guarded(*args: Any, **values: Any) -> Any:
        if is_fresh():
            return view(*args, **values)
        if request.method not in ("GET", "HEAD", "POST") or _speaks_json():
            raise NotPermitted(_l("先再确认一次是你本人。打开这一页重做一遍。"))
        if request.method == "POST" and ANSWER in request.form:
            try:
                prove(request.form[ANSWER])
            except Invalid as problem:
                return _ask(problem)
            return view(*args, **values)
        return _ask()

    return cast(View, guarded)


def is_fresh() -> bool:
    proved = signed_in.confirmed_at()
    return proved is not None and clock.now() - proved < GOOD_FOR


def prove(answer: str) -> None:
    """Take a code or a password as proof. Raises ``Invalid``, or ``TooMany`` after many wrong ones."""
    actor = signed_in.actor()
    person = db.session().get_one(Person, actor.person_id)
    limits.count_answer(person.id, at=limits.CONFIRMATION)
    if second_factor.is_set_up(person.id):
        fits, words = (
            second_factor.accept(person, answer, settings=entering.settings()),
            second_factor.WRONG_CODE,
        )
    else:
        fits, words = passwords.matches(person.password_hash, answer), _l("口令没对上。")
    if not fits:
        raise sessions.refuse(person.id, Refusal.CONFIRMATION, words)
    limits.forgive_answers(person.id, at=limits.CONFIRMATION)
    sessions.confirm(by=actor)


@blueprint.post("/account/confirmation")
@needs(Permission.Account.CONFIRM)
def confirm() -> Response | tuple[str, int]:
    """For an act that is only asked for by its address: a file, a page."""
    try:
        prove(request.form.get(ANSWER, ""))
    except Invalid as problem:
        return _page(entering.destination(), by_address=True, problem=problem), 422
    return redirect(url_for(".go_on", next=entering.destination()), 303)


@blueprint.get("/account/confirmation")
@needs(Permission.Account.CONFIRM)
def go_on() -> str:
    """Leads on by itself, and stays on the screen where what follows is a file to be saved."""
    return render_template("accounts/confirmed.html", onward=entering.destination())


def _ask(problem: Invalid | None = None) -> Response:
    here = request.full_path.rstrip("?")
    page = _page(here, by_address=request.method != "POST", problem=problem)
    return make_response(page, 200 if problem is None else 422)


def _page(onward: str, *, by_address: bool, problem: Invalid | None = None) -> str:
    actor = signed_in.actor()
    kept = [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in ("csrf_token", ANSWER)
    ]
    return render_template(
        "accounts/confirm.html",
        onward=onward,
        by_address=by_address,
        kept=[] if by_address else kept,
        has_factor=second_factor.is_set_up(actor.person_id or 0),
        error=str(problem) if problem else "",
    )


def _speaks_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
