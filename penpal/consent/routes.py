"""The page that says what is still missing, a student's own yes, and the forms that came back signed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.consent import queries, services
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.permissions import Permission
from penpal.places.models import Unit

blueprint = Blueprint("consent", __name__)


@blueprint.get("/welcome")
@needs(Permission.Account.SEE)
def welcome() -> str | Response:
    """What a student without consent sees instead of everything else."""
    asking = actor()
    if not asking.is_student or asking.takes_part or asking.person_id is None:
        return redirect(url_for("desk.home"))
    _takes_part, needs_guardian = queries.taking_part_of([asking.person_id])[asking.person_id]
    return render_template("consent/welcome.html", needs_guardian=needs_guardian)


@blueprint.post("/welcome/agreement")
@needs(Permission.Consent.AGREE)
def agree() -> Response:
    services.agree(by=actor())
    return redirect(url_for("consent.welcome"))


@blueprint.post("/classes/<int:class_id>/signatures")
@needs(Permission.Consent.RECORD)
def record_signatures(class_id: int) -> Response:
    """The teacher has these students' signed forms in hand."""
    class_ = access.load(Unit, actor(), class_id)
    access.authorize(actor(), Permission.Unit.SEE_CLASS, class_)
    students = [
        access.load(Person, actor(), person_id)
        for person_id in request.form.getlist("student", type=int)
    ]
    services.record_signatures(students, by=actor())
    if students:
        flash(_("记下了 %(number)s 份签好的同意书。", number=len(students)), "ok")
    else:
        flash(_("先勾选交了同意书的同学。"), "wait")
    return redirect(url_for("desk.class_page", class_id=class_.id))


@blueprint.post("/account/withdrawal")
@needs(Permission.Consent.WITHDRAW)
def withdraw_own() -> Response:
    """A student no longer wants to take part."""
    services.withdraw(access.load(Person, actor(), actor().person_id or 0), by=actor())
    flash(_("撤下了。信都还在，想回来的时候再说。"), "ok")
    return redirect(url_for("consent.welcome"))


@blueprint.post("/students/<int:person_id>/withdrawal")
@needs(Permission.Consent.WITHDRAW)
def withdraw(person_id: int) -> Response:
    """A guardian took the consent back; the teacher puts it on record."""
    student = access.load(Person, actor(), person_id)
    services.withdraw(student, by=actor())
    flash(_("记下了：%(name)s的同意已经撤下，马上生效。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=student.id))
