"""Two records of one child: found, looked at side by side, made one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.models import Enrolment, Person
from penpal.accounts.signed_in import actor
from penpal.consent import wording
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.rosters import doubles, pupils

blueprint = Blueprint("doubles", __name__, url_prefix="/students/<int:person_id>/double")


@blueprint.get("")
@needs(Permission.Roster.MERGE)
def show(person_id: int) -> str | tuple[str, int]:
    """Which record is the second one; then both side by side."""
    student = access.load(Person, actor(), person_id)
    place = pupils.place_of(student)
    access.authorize(actor(), Permission.Roster.MERGE, place.class_)
    number = request.args.get("number", "")
    if not number:
        return _ask(student, place)
    try:
        other = doubles.other(student, number, by=actor())
    except Invalid as problem:
        return _ask(student, place, number=number, problem=problem), problem.status
    return _compare(place, other)


@blueprint.post("")
@needs(Permission.Roster.MERGE)
@confirmed
def fold(person_id: int) -> Response | tuple[str, int]:
    """Keep one of the two. Which ones is said by both ids: a number can have changed hands."""
    student = access.load(Person, actor(), person_id)
    other = access.load(Person, actor(), request.form.get("other", 0, int))
    both = {str(student.id): (other, student), str(other.id): (student, other)}
    places = pupils.place_of(student), pupils.place_of(other)
    chosen = both.get(request.form.get("keep", ""))
    if chosen is None:
        problem = Invalid(_("选一份要留下的。"))
        return _compare(*places, problem=problem), problem.status
    folded, kept = chosen
    try:
        doubles.fold(folded, kept, by=actor())
    except IllegalMove:
        raise
    except Invalid as problem:
        return _compare(*places, problem=problem), problem.status
    flash(_("两份记录并成了一份。"), "ok")
    return redirect(url_for("desk.student_page", person_id=kept.id))


def _ask(
    student: Person, place: Enrolment, *, number: str = "", problem: Invalid | None = None
) -> str:
    likely = [(each.student_number, each.class_.name) for each in doubles.likely(student)]
    return render_template(
        "rosters/pupil_double.html",
        person_id=student.id,
        name=student.name,
        class_id=place.class_id,
        class_name=place.class_.name,
        likely=likely,
        number=number,
        problem=problem,
    )


def _compare(place: Enrolment, other: Enrolment, *, problem: Invalid | None = None) -> str:
    comparison = doubles.compare(place, other, by=actor())
    return render_template(
        "rosters/pupil_compare.html",
        person_id=place.person_id,
        name=place.person.name,
        class_id=place.class_id,
        class_name=place.class_.name,
        other_id=other.person_id,
        records=comparison.records,
        keep=comparison.keep,
        titles=wording.current_titles(str(get_locale())),
        problem=problem,
    )
