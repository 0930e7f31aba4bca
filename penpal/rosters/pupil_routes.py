"""One student by hand: add to a class, correct, move, leave, come back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from penpal.accounts import queries as accounts
from penpal.accounts.confirming import confirmed
from penpal.accounts.models import Enrolment, Person
from penpal.accounts.signed_in import actor
from penpal.consent import births
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.rosters import forms, judging, leaving, pupil_queries, pupils, queries, wording
from penpal.rosters.models import Leaving
from penpal.rosters.pupils import NumberHeld, WasHere
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
    student, place = _student(person_id)
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
    student, place = _student(person_id)
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
    student, place = _student(person_id)
    access.authorize(actor(), Permission.Roster.MOVE, place.class_)
    return _another_class(student, place, {"class_id": request.args.get("to", "")})


@blueprint.post("/students/<int:person_id>/class")
@needs(Permission.Roster.MOVE)
def move(person_id: int) -> Answer:
    student, place = _student(person_id)
    try:
        day = forms.day(request.form.get("day", ""))
        pupils.move(student, request.form.get("class_id", 0, int), day=day, by=actor())
    except Invalid as problem:
        return _another_class(
            student, place, forms.to_show_again(request.form), problem=problem
        ), problem.status
    flash(_("%(name)s换好了班。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=person_id))


@blueprint.get("/students/<int:person_id>/leaving")
@needs(Permission.Roster.LEAVE)
def goodbye(person_id: int) -> str:
    """Why and when a student leaves, and what becomes of pair, letters and account."""
    student, place = _student(person_id)
    access.authorize(actor(), Permission.Roster.LEAVE, place.class_)
    return _goodbye(student, place)


@blueprint.post("/students/<int:person_id>/leaving")
@needs(Permission.Roster.LEAVE)
@confirmed
def leave(person_id: int) -> Answer:
    student, place = _student(person_id)
    class_id = place.class_id
    try:
        why = leaving.reason_in(request.form.get("why", ""))
        day = forms.day(request.form.get("day", ""))
        leaving.leave(student, why=why, day=day, by=actor())
    except Invalid as problem:
        return _goodbye(student, place, problem=problem), problem.status
    flash(_("记下了：%(name)s离开了学校。写过的信都还在。", name=student.name), "ok")
    return redirect(url_for(".left", class_id=class_id))


@blueprint.get("/classes/<int:class_id>/graduation")
@needs(Permission.Roster.LEAVE)
def graduation(class_id: int) -> str:
    """Everybody of a class to be ticked, and what becomes of pairs, letters and accounts."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.LEAVE, class_)
    return _graduation(class_)


@blueprint.post("/classes/<int:class_id>/graduation")
@needs(Permission.Roster.LEAVE)
@confirmed
def graduate(class_id: int) -> Answer:
    class_ = places.load(actor(), Level.CLASS, class_id)
    chosen = request.form.getlist("student", type=int)
    try:
        day = forms.day(request.form.get("day", ""))
        gone = leaving.graduate(class_, chosen, day=day, by=actor())
    except Invalid as problem:
        return _graduation(class_, chosen=chosen, problem=problem), problem.status
    flash(
        ngettext(
            "记下了：%(num)s 名学生毕业了。写过的信都还在。",
            "记下了：%(num)s 名学生毕业了。写过的信都还在。",
            gone,
        ),
        "ok",
    )
    return redirect(url_for(".left", class_id=class_id))


@blueprint.get("/classes/<int:class_id>/left")
@needs(Permission.Roster.LEAVE)
def left(class_id: int) -> str:
    """Who has left out of this class, and the way back."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.LEAVE, class_)
    return render_template(
        "rosters/pupil_left.html",
        class_id=class_.id,
        class_name=class_.name,
        closed=class_.closed_on is not None,
        left=pupil_queries.left_class(class_.id),
    )


@blueprint.get("/classes/<int:class_id>/left/<int:enrolment_id>")
@needs(Permission.Roster.LEAVE)
def way_back(class_id: int, enrolment_id: int) -> str:
    """Into which class and under which number somebody comes back."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.LEAVE, class_)
    return _way_back(class_, _left_place(class_, enrolment_id))


@blueprint.post("/classes/<int:class_id>/left/<int:enrolment_id>/return")
@needs(Permission.Roster.LEAVE)
def bring_back(class_id: int, enrolment_id: int) -> Answer:
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.LEAVE, class_)
    place = _left_place(class_, enrolment_id)
    if class_.closed_on is not None and "class_id" not in request.form:
        return redirect(url_for(".way_back", class_id=class_id, enrolment_id=enrolment_id))
    try:
        student = leaving.bring_back(
            place,
            class_id=request.form.get("class_id", class_id, int),
            number=request.form.get("number", place.student_number),
            by=actor(),
        )
    except Invalid as problem:
        return _way_back(class_, place, problem=problem), problem.status
    flash(_("%(name)s接回来了，账号和信都还在。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=student.id))


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
        held=_held(problem),
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
        held=_held(problem),
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


def _held(problem: Invalid | None) -> dict[str, Any] | None:
    """Who has the number, as far as the one who asks may know, and what they may do about it."""
    if not isinstance(problem, NumberHeld):
        return None
    place, by = problem.held, actor()
    class_ = place.class_
    knows = access.may(by, Permission.Roster.CORRECT, class_)
    return {
        "name": place.person.name if knows else "",
        "person_id": place.person_id,
        "class_id": class_.id,
        "class_name": class_.name,
        "may_correct": knows,
        "may_move": access.may(by, Permission.Roster.MOVE, class_),
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


def _goodbye(student: Person, place: Enrolment, *, problem: Invalid | None = None) -> str:
    return render_template(
        "rosters/pupil_leave.html",
        person_id=student.id,
        name=student.name,
        class_id=place.class_id,
        class_name=place.class_.name,
        school_id=place.school_id,
        reasons=[(why.value, wording.LEAVING[why]) for why in Leaving],
        partner=leaving.partner_name(student),
        since=place.since,
        today=clock.today(),
        typed=forms.to_show_again(request.form),
        problem=problem,
    )


def _graduation(
    class_: Unit, *, chosen: Collection[int] | None = None, problem: Invalid | None = None
) -> str:
    seats = accounts.students_of(class_.id)
    return render_template(
        "rosters/class_graduation.html",
        class_id=class_.id,
        class_name=class_.name,
        students=[
            (
                place.person_id,
                f"{place.person.name} · {place.student_number}",
                chosen is None or place.person_id in chosen,
            )
            for place in seats
        ],
        since=max((place.since for place in seats), default=clock.today()),
        today=clock.today(),
        typed=forms.to_show_again(request.form),
        problem=problem,
    )


def _way_back(class_: Unit, place: Enrolment, *, problem: Invalid | None = None) -> str:
    classes = queries.open_classes_of(place.school_id)
    # Nobody comes back into a class that is closed, nor unasked into the first of the list.
    own = [("", _("选一个班"))] if class_.closed_on is not None else []
    return render_template(
        "rosters/pupil_return.html",
        class_id=class_.id,
        class_name=class_.name,
        enrolment_id=place.id,
        name=place.person.name,
        number=place.student_number,
        classes=[*own, *((c.id, c.name) for c in classes)],
        typed=forms.to_show_again(request.form),
        problem=problem,
        held=_held(problem),
    )


def _left_place(class_: Unit, enrolment_id: int) -> Enrolment:
    place = pupil_queries.left_place(class_.id, enrolment_id)
    if place is None:
        raise NotFound
    return place


def _student(person_id: int) -> tuple[Person, Enrolment]:
    student = access.load(Person, actor(), person_id)
    return student, pupils.place_of(student)
