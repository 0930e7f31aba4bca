"""The second step at the door, and one's own second factor on the account's pages."""

from __future__ import annotations

import re

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts import (
    entering,
    half_open,
    limits,
    qr,
    second_factor,
    services,
    sessions,
    signed_in,
)
from penpal.accounts.confirming import confirmed
from penpal.accounts.factor_models import Refusal
from penpal.accounts.half_open import HalfOpen
from penpal.accounts.models import Person
from penpal.accounts.sessions import Refused
from penpal.kernel import db
from penpal.kernel.access import Actor, needs, public
from penpal.kernel.errors import IllegalMove, Invalid, NotFound
from penpal.permissions import Permission

blueprint = Blueprint("factor", __name__)

_CODES = re.compile(r"[2-9A-Z]{5}-[2-9A-Z]{5}")
Answer = str | AnyResponse | tuple[str, int]


def step_page(waiting: HalfOpen, *, error: str = "", sealed: str = "") -> str:
    """What stands between the password and the house: the code, or setting one up."""
    if second_factor.is_set_up(waiting.person.id):
        return render_template("accounts/code.html", next=entering.destination(), error=error)
    return _set_up_page(waiting.person, at_the_door=True, error=error, sealed=sealed)


@blueprint.post("/sign-in/code")
@public
@limits.by_address
def check() -> Answer:
    """The second step of whoever has a second factor."""
    waiting = half_open.here()
    if waiting is None:
        return _too_late()
    person = waiting.person
    limits.count_answer(person.id, at=limits.DOOR)
    try:
        token = services.pass_second_factor(
            person,
            request.form.get("code", ""),
            shared_device=waiting.shared_device,
            settings=entering.settings(),
            device=entering.device(),
        )
    except Refused as problem:
        entering.missed(problem)
        return step_page(waiting, error=str(problem)), 422
    limits.forgive_answers(person.id, at=limits.DOOR)
    entering.let_in(person, token, shared_device=waiting.shared_device)
    return redirect(entering.destination())


@blueprint.post("/sign-in/factor")
@public
@limits.by_address
def set_up_at_the_door() -> Answer:
    """The second step of whoever must have a second factor and has none: they set it up and are in."""
    waiting = half_open.here()
    if waiting is None:
        return _too_late()
    person, sealed = waiting.person, request.form.get("sealed", "")
    if second_factor.is_set_up(person.id):
        # Another window was quicker. Only the code lets in now; a password alone replaces nothing.
        return entering.to_second_step()
    limits.count_answer(person.id, at=limits.DOOR)
    try:
        made = _set_up(person, sealed, by=Actor(kind="staff", person_id=person.id))
    except Invalid as problem:
        sessions.refuse(person.id, Refusal.CODE, problem.message)
        return step_page(waiting, error=_words(problem), sealed=sealed), 422
    limits.forgive_answers(person.id, at=limits.DOOR)
    token = services.begin_session(
        person,
        shared_device=waiting.shared_device,
        settings=entering.settings(),
        device=entering.device(),
    )
    onward = entering.destination()
    entering.let_in(person, token, shared_device=waiting.shared_device)
    return _codes_page(made, onward)


@blueprint.post("/sign-in/start")
@public
def start_over() -> AnyResponse:
    """Back to name and password, as somebody else perhaps."""
    half_open.end()
    return redirect(url_for("accounts.sign_in"))


@blueprint.get("/account/factor")
@needs(Permission.Account.SET_UP_FACTOR)
@confirmed
def show() -> str:
    return _set_up_page(_oneself(), at_the_door=False)


@blueprint.post("/account/factor")
@needs(Permission.Account.SET_UP_FACTOR)
@confirmed
def set_up() -> Answer:
    person, sealed = _oneself(), request.form.get("sealed", "")
    try:
        made = _set_up(person, sealed, by=signed_in.actor(), replace=True)
    except Invalid as problem:
        page = _set_up_page(person, at_the_door=False, error=_words(problem), sealed=sealed)
        return page, 422
    return _codes_page(made, url_for("accounts.account"))


@blueprint.post("/account/factor/codes")
@needs(Permission.Account.SET_UP_FACTOR)
@confirmed
def renew_codes() -> Answer:
    try:
        made = second_factor.renew_codes(
            _oneself(), settings=entering.settings(), by=signed_in.actor()
        )
    except IllegalMove:
        return redirect(url_for("accounts.account"))
    return _codes_page(made, url_for("accounts.account"))


@blueprint.post("/account/factor/codes.txt")
@needs(Permission.Account.SET_UP_FACTOR)
def codes_file() -> Response:
    """The codes that the page has just shown, as a file. The server itself knows only their hashes."""
    lines = [code for code in request.form.getlist("code") if _CODES.fullmatch(code)]
    if not lines:
        raise NotFound
    words = [
        _("结对小伙伴：两步登录的备用码，每个只能用一次"),
        signed_in.actor().login_name,
        "",
        *lines[: second_factor.RECOVERY_CODES],
    ]
    answer = Response("\r\n".join(words) + "\r\n", mimetype="text/plain")
    answer.headers["Content-Disposition"] = 'attachment; filename="penpal-codes.txt"'
    return answer


def _set_up(person: Person, sealed: str, *, by: Actor, replace: bool = False) -> list[str]:
    return second_factor.set_up(
        person,
        sealed=sealed,
        typed=request.form.get("code", ""),
        settings=entering.settings(),
        by=by,
        replace=replace,
    )


def _set_up_page(person: Person, *, at_the_door: bool, error: str = "", sealed: str = "") -> str:
    offer = second_factor.offer(person, settings=entering.settings(), sealed=sealed)
    return render_template(
        "accounts/factor.html",
        at_the_door=at_the_door,
        has_factor=not at_the_door and second_factor.is_set_up(person.id),
        offer=offer,
        drawing=qr.draw(offer.address),
        login_name=person.login_name,
        next=entering.destination(),
        error=error,
    )


def _codes_page(made: list[str], onward: str) -> str:
    """Shown in the answer itself: nothing keeps the codes so that another page could show them."""
    return render_template("accounts/recovery_codes.html", codes=made, onward=onward)


def _too_late() -> AnyResponse:
    half_open.end()
    flash(_("等得太久了，请再输一次登录名和口令。"), "wait")
    return entering.to_second_step()


def _oneself() -> Person:
    return db.session().get_one(Person, signed_in.actor().person_id)


def _words(problem: Invalid) -> str:
    return str(problem.fields.get("code", problem.message))
