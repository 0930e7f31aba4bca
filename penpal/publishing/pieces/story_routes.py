"""Staff's page: a story or good practice of one's school or county, with the children who stand in it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.models import Enrolment, Person, PersonKind, Role
from penpal.accounts.predicates import SECRETARIES
from penpal.accounts.signed_in import actor
from penpal.kernel import access, html
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.publishing.pieces import forms, pages, services, strictness, wording
from penpal.publishing.pieces.models import OF_STAFF

blueprint = Blueprint("stories", __name__, url_prefix="/publishing/stories")
Page = str | Response | tuple[str, int]


@blueprint.get("/new")
@needs(Permission.Submission.SUBMIT_STORY)
def new() -> str:
    return _page({})


@blueprint.post("/new")
@needs(Permission.Submission.SUBMIT_STORY)
def submit() -> Page:
    try:
        unit = _chosen_unit()
        named = [
            access.load(Person, actor(), number)
            for number in request.form.getlist("named", type=int)
        ]
        submission = services.submit_story(
            unit,
            key=request.form.get("key", ""),
            kind=forms.kind(request.form.get("kind", "")),
            about=forms.about(request.form),
            body=request.form.get("body", ""),
            named=named,
            keeps=forms.keeps(request.form),
            by=actor(),
        )
    except Invalid as problem:
        return _page(problem.fields or {"": problem}), 422
    flash(
        _("投出去了。先问里面的同学。") if named else _("投出去了。"),
        "ok",
    )
    return redirect(url_for("pieces.page", submission_id=submission.id))


def _chosen_unit() -> Unit:
    found = {unit.id: unit for unit in _units()}
    wanted = request.form.get("unit", type=int) or 0
    if wanted not in found:
        raise Invalid(fields={"unit": _("选一个单位。")})
    return found[wanted]


def _units() -> list[Unit]:
    """For whom one may speak: the schools in which one teaches, and the places that one leads."""
    schools = [number for path in actor().tops(Role.TEACHER) for number in places.ids_on(path)[:-1]]
    found = session().scalars(
        sa.select(Unit)
        .where(
            sa.or_(
                Unit.id.in_(actor().units(*SECRETARIES)),
                sa.and_(Unit.id.in_(schools), Unit.level == Level.SCHOOL),
            )
        )
        .order_by(Unit.path)
    )
    return [unit for unit in found if access.may(actor(), Permission.Submission.SUBMIT_STORY, unit)]


def _children() -> list[tuple[str, str, str]]:
    """The students whom one answers for, to be ticked: number, name, class."""
    rows = session().execute(
        access.visible(Person, actor())
        .join(Enrolment, Enrolment.person_id == Person.id)
        .join(Unit, Unit.id == Enrolment.class_id)
        .where(Person.kind == PersonKind.STUDENT, Enrolment.until.is_(None))
        .order_by(Unit.grade, Unit.name, Enrolment.student_number)
        .with_only_columns(Person.id, Person.name, Unit.name)
    )
    return [(str(row[0]), row[1], row[2]) for row in rows]


def _keepable() -> list[str]:
    """Words in what was typed that look like names and may be none."""
    try:
        unit = _chosen_unit()
    except Invalid:
        return []
    typed = f"{request.form.get('title', '')}\n{request.form.get('body', '')}"
    return strictness.keepable(html.normal(typed), strictness.circle_of_unit(unit, ()))


def _page(errors: Mapping[str, object]) -> str:
    return pages.render(
        "story.html",
        units=[(str(unit.id), unit.name) for unit in _units()],
        kinds=[(one.value, wording.KINDS[one]) for one in OF_STAFF],
        children=_children(),
        key=request.form.get("key") or secrets.token_urlsafe(18),
        typed=request.form,
        ticked=request.form.getlist("named"),
        keepable=_keepable(),
        errors=errors,
        **pages.about_oneself(),
    )
