"""Leaving and coming back: one student, a whole class that graduates, and who has left."""

from __future__ import annotations

from collections.abc import Collection

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from penpal.accounts import queries as accounts
from penpal.accounts.confirming import confirmed
from penpal.accounts.models import Enrolment, Person
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.rosters import forms, leaving, pupil_pages, pupil_queries, queries, wording
from penpal.rosters.models import Leaving

blueprint = Blueprint("leaving", __name__)

Answer = Response | tuple[str, int]


@blueprint.get("/students/<int:person_id>/leaving")
@needs(Permission.Roster.LEAVE)
def goodbye(person_id: int) -> str:
    """Why and when a student leaves, and what becomes of pair, letters and account."""
    student, place = pupil_pages.student(person_id)
    access.authorize(actor(), Permission.Roster.LEAVE, place.class_)
    return _goodbye(student, place)


@blueprint.post("/students/<int:person_id>/leaving")
@needs(Permission.Roster.LEAVE)
@confirmed
def leave(person_id: int) -> Answer:
    student, place = pupil_pages.student(person_id)
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
        held=pupil_pages.holder(problem),
    )


def _left_place(class_: Unit, enrolment_id: int) -> Enrolment:
    place = pupil_queries.left_place(class_.id, enrolment_id)
    if place is None:
        raise NotFound
    return place
