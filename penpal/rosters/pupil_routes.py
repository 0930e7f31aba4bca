"""One student by hand: add to a class, correct, move."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.models import Enrolment, Person
from penpal.accounts.signed_in import actor
from penpal.consent import births
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.rosters import forms, judging, leaving, pupil_pages, pupils, queries
from penpal.rosters.pupils import WasHere
from penpal.rosters.sheets import Row

blueprint = Blueprint("pupils", __name__)

Answer = Response | tuple[str, int]


@blueprint.get("/classes/<int:class_id>/students/new")
@needs(Permission.Roster.ENROL)
def new(class_id: int) -> str:
    """A form for one student more."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.ENROL, class_)
    return _new(class_)


@blueprint.post("/classes/<int:class_id>/students")
@needs(Permission.Roster.ENROL)
def enrol(class_id: int) -> Answer:
    class_ = places.load(actor(), Level.CLASS, class_id)
    try:
        student = pupils.enrol(
            class_, _typed(class_), anew=bool(request.form.get("anew")), by=actor()
        )
    except Invalid as problem:
        return _new(class_, problem=problem), problem.status
    flash(_("%(name)s加进了%(class_name)s。", name=student.name, class_name=class_.name), "ok")
    if request.form.get("then") == "another":
        return redirect(url_for(".new", class_id=class_id))
    return redirect(url_for("desk.student_page", person_id=student.id))


@blueprint.get("/students/<int:person_id>/details")
@needs(Permission.Roster.CORRECT)
def details(person_id: int) -> str:
    """Name, number and birth month, to be corrected."""
    student, place = pupil_pages.student(person_id)
    access.authorize(actor(), Permission.Roster.CORRECT, place.class_)
    kept = {
        "name": student.name,
        "number": place.student_number,
        "birth_year": str(student.birth_year or ""),
        "birth_month": str(student.birth_month or ""),
    }
    return _details(student, place, kept)


@blueprint.post("/students/<int:person_id>/details")
@needs(Permission.Roster.CORRECT)
def correct(person_id: int) -> Answer:
    student, place = pupil_pages.student(person_id)
    understood = bool(request.form.get("understood"))
    try:
        row = _typed(place.class_)
        changed = pupils.correct(student, row, understood=understood, by=actor())
    except Invalid as problem:
        return _details(
            student, place, forms.to_show_again(request.form), problem=problem
        ), problem.status
    if changed:
        flash(_("%(name)s的资料改好了。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=person_id))


@blueprint.get("/students/<int:person_id>/class")
@needs(Permission.Roster.MOVE)
def another_class(person_id: int) -> str:
    """To which class, from which day, and what becomes of the pair."""
    student, place = pupil_pages.student(person_id)
    access.authorize(actor(), Permission.Roster.MOVE, place.class_)
    return _another_class(student, place, {"class_id": request.args.get("to", "")})


@blueprint.post("/students/<int:person_id>/class")
@needs(Permission.Roster.MOVE)
def move(person_id: int) -> Answer:
    student, place = pupil_pages.student(person_id)
    try:
        day = forms.day(request.form.get("day", ""))
        pupils.move(student, request.form.get("class_id", 0, int), day=day, by=actor())
    except Invalid as problem:
        return _another_class(
            student, place, forms.to_show_again(request.form), problem=problem
        ), problem.status
    flash(_("%(name)s换好了班。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=person_id))


def _typed(class_: Unit) -> Row:
    return pupils.typed(
        class_,
        name=request.form.get("name", ""),
        number=request.form.get("number", ""),
        birth=forms.birth(request.form),
    )


def _new(class_: Unit, *, problem: Invalid | None = None) -> str:
    return render_template(
        "rosters/pupil_new.html",
        class_id=class_.id,
        class_name=class_.name,
        typed=forms.to_show_again(request.form),
        problem=problem,
        held=pupil_pages.holder(problem),
        was_here=_was_here(problem),
        **_months(),
    )


def _details(
    student: Person, place: Enrolment, typed: dict[str, str], *, problem: Invalid | None = None
) -> str:
    crossing = problem.crossing if isinstance(problem, births.Crosses) else None
    return render_template(
        "rosters/pupil_details.html",
        person_id=student.id,
        name=student.name,
        class_id=place.class_id,
        class_name=place.class_.name,
        typed=typed,
        problem=problem,
        crossing=crossing,
        held=pupil_pages.holder(problem),
        **_months(),
    )


def _months() -> dict[str, Any]:
    """The years in which students of these grades can be born, and the months."""
    this = clock.today().year
    years = [str(this - age) for age in range(judging.YOUNGEST, judging.OLDEST + 1)]
    return {
        "years": [("", _("不知道")), *((year, _("%(year)s 年", year=year)) for year in years)],
        "months": [
            ("", _("不知道")),
            *((str(month), _("%(month)s 月", month=month)) for month in range(1, 13)),
        ],
    }


def _was_here(problem: Invalid | None) -> dict[str, Any] | None:
    if not isinstance(problem, WasHere):
        return None
    place = problem.place
    return {
        "enrolment_id": place.id,
        "class_id": place.class_id,
        "class_name": place.class_.name,
        "until": place.until,
        "may_bring_back": access.may(actor(), Permission.Roster.LEAVE, place.class_),
    }


def _another_class(
    student: Person, place: Enrolment, typed: dict[str, str], *, problem: Invalid | None = None
) -> str:
    classes = queries.open_classes_of(place.school_id)
    return render_template(
        "rosters/pupil_move.html",
        person_id=student.id,
        name=student.name,
        class_id=place.class_id,
        class_name=place.class_.name,
        classes=[("", _("选一个班")), *((c.id, c.name) for c in classes if c.id != place.class_id)],
        partner=leaving.partner_name(student),
        since=place.since,
        today=clock.today(),
        typed=typed,
        problem=problem,
    )
