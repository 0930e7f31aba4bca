"""The home of each role, the class page and the school page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from penpal.accounts import devices
from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.desk import guide, hats, overview, staff_home, student_home
from penpal.kernel import access, fragments
from penpal.kernel.access import needs
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level
from penpal.publishing.editing import predicates as editing

blueprint = Blueprint("desk", __name__)


@blueprint.get("/")
@needs(Permission.Home.SEE)
def home() -> str | Response:
    if actor().is_student:
        page = student_home.of(actor())
        devices.keep_this_page()
        if page is None:
            return render_template("desk/waiting.html")
        return fragments.page("desk/student.html", home=page)
    worn = hats.worn(actor())
    if editing.is_nothing_but_editor(worn):
        return redirect(url_for("editing.page"))
    home = staff_home.of(worn, whole=actor())
    return render_template(
        "desk/staff.html",
        home=home,
        overviews=overview.of(worn),
        guide=guide.of(worn, list(home.classes)),
    )


@blueprint.get("/classes/<int:class_id>")
@needs(Permission.Unit.SEE_CLASS)
def class_page(class_id: int) -> str:
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Unit.SEE_CLASS, class_)
    return render_template(
        "desk/class.html",
        overview=staff_home.class_page(class_, actor()),
        may_print=access.may(actor(), Permission.Unit.PRINT_LETTERS, class_),
        may_enrol=access.may(actor(), Permission.Roster.ENROL, class_),
        may_let_go=access.may(actor(), Permission.Roster.LEAVE, class_),
        may_keep=access.may(actor(), Permission.Roster.KEEP_CLASSES, class_),
    )


@blueprint.get("/schools/<int:school_id>")
@needs(Permission.Unit.SEE_SCHOOL)
def school(school_id: int) -> str:
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Unit.SEE_SCHOOL, school)
    classes = staff_home.classes([school.path])
    return render_template(
        "desk/school.html",
        school=school,
        classes=classes,
        participation=staff_home.participation_of(classes),
    )


@blueprint.get("/students/<int:person_id>")
@needs(Permission.Unit.SEE_STUDENT)
def student_page(person_id: int) -> str:
    student = access.load(Person, actor(), person_id)
    access.authorize(actor(), Permission.Unit.SEE_STUDENT, student)
    view = staff_home.student_page(student)
    return render_template(
        "desk/student_page.html",
        view=view,
        may_correct=access.may(actor(), Permission.Roster.CORRECT, view.class_),
        may_move=access.may(actor(), Permission.Roster.MOVE, view.class_),
        may_let_go=access.may(actor(), Permission.Roster.LEAVE, view.class_),
        may_merge=access.may(actor(), Permission.Roster.MERGE, view.class_),
        may_set_paper=access.may(actor(), Permission.Paper.BEGIN, student),
        may_close=access.may(actor(), Permission.Account.DISABLE, student),
    )
