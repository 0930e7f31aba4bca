"""Somebody else's account, for whoever answers for them: closed, opened again, the lost phone forgotten."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import disabling, second_factor, signed_in, two_keys
from penpal.accounts.confirming import confirmed
from penpal.accounts.models import Person
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission

blueprint = Blueprint("people", __name__, url_prefix="/people/<int:person_id>/account")

Answer = Response | tuple[str, int]


@blueprint.get("")
@needs(Permission.Account.DISABLE)
def show(person_id: int) -> str:
    return _page(_person(person_id))


@blueprint.post("/disabling")
@needs(Permission.Account.DISABLE)
@confirmed
def disable(person_id: int) -> Answer:
    person = _person(person_id)
    try:
        disabling.disable(person, reason=_reason(), by=signed_in.actor())
    except Invalid as problem:
        return _page(person, disabling_error=_words(problem)), problem.status
    return _back(person, _("%(name)s的账号停用了，所有设备都已退出。", name=person.name))


@blueprint.post("/enabling")
@needs(Permission.Account.DISABLE)
@confirmed
def enable(person_id: int) -> Answer:
    person = _person(person_id)
    try:
        disabling.enable(person, reason=_reason(), by=signed_in.actor())
    except Invalid as problem:
        return _page(person, disabling_error=_words(problem)), problem.status
    return _back(person, _("%(name)s的账号恢复了，还用原来的口令登录。", name=person.name))


@blueprint.post("/factor-renewal")
@needs(Permission.Account.RENEW_FACTOR)
@confirmed
def renew_factor(person_id: int) -> Answer:
    person = _person(person_id)
    try:
        second_factor.renew(person, reason=_reason(), by=signed_in.actor())
    except Invalid as problem:
        return _page(person, renewal_error=_words(problem)), problem.status
    return _back(
        person,
        _("%(name)s的两步登录已经取消，下次登录时要重新设置。", name=person.name),
    )


def _person(person_id: int) -> Person:
    person = access.load(Person, signed_in.actor(), person_id)
    access.authorize(signed_in.actor(), Permission.Account.DISABLE, person)
    return person


def _page(person: Person, *, disabling_error: str = "", renewal_error: str = "") -> str:
    waits = two_keys.factor_waits(person.id, by=signed_in.actor())
    return render_template(
        "accounts/person.html",
        person=person,
        may_renew=access.may(signed_in.actor(), Permission.Account.RENEW_FACTOR, person),
        has_factor=second_factor.is_set_up(person.id),
        factor_waits=two_keys.FACTOR_WAITS if waits else "",
        card_made_at=two_keys.card_made_at(person.id),
        reason=request.form.get("reason", ""),
        disabling_error=disabling_error,
        renewal_error=renewal_error,
    )


def _reason() -> str:
    return request.form.get("reason", "")


def _words(problem: Invalid) -> str:
    return str(problem.fields.get("reason", problem.message))


def _back(person: Person, words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("people.show", person_id=person.id))
