"""A student's own side of the ledger: what is still missing, and a yes or a no to each purpose."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.consent import forms, ledger, queries, services, wording
from penpal.consent.models import Giver, Purpose
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
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
    state = ledger.of_person(_oneself())[Purpose.TAKING_PART]
    counting = state.guardian if needs_guardian else state.student
    return render_template(
        "consent/welcome.html",
        needs_guardian=needs_guardian,
        words=_words(wording.current().name).purposes[Purpose.TAKING_PART],
        standing=counting.standing.value,
    )


@blueprint.post("/welcome/agreement")
@needs(Permission.Consent.AGREE)
def agree() -> Response:
    services.agree(by=actor())
    return redirect(url_for("consent.welcome"))


@blueprint.get("/consent")
@needs(Permission.Consent.SEE)
def own() -> str:
    """What one has said yes to, to which words, and what can still be changed."""
    access.authorize(actor(), Permission.Consent.SEE, _oneself())
    return _own_page()


@blueprint.post("/consent/<purpose>/agreement")
@needs(Permission.Consent.AGREE)
def say_yes(purpose: str) -> Response | tuple[str, int]:
    asked = forms.purpose(purpose)
    try:
        services.agree(purpose=asked, by=actor())
    except Invalid as problem:
        return _own_page(str(problem)), 422
    _told(asked)
    return redirect(url_for("consent.own", _anchor=asked.value))


@blueprint.post("/consent/<purpose>/refusal")
@needs(Permission.Consent.AGREE)
def say_no(purpose: str) -> Response:
    asked = forms.purpose(purpose)
    services.refuse(asked, by=actor())
    flash(_("记下了：不同意。别的事不受影响。"), "ok")
    return redirect(url_for("consent.own", _anchor=asked.value))


@blueprint.post("/consent/<purpose>/withdrawal")
@needs(Permission.Consent.WITHDRAW)
def take_back(purpose: str) -> Response:
    asked = forms.purpose(purpose)
    services.withdraw(_oneself(), purpose=asked, by=actor())
    flash(_("撤下了，马上生效。"), "ok")
    return redirect(url_for("consent.own", _anchor=asked.value))


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
    recorded = services.record_signatures(students, by=actor())
    left_out = ledger.left_out(students, [Purpose.TAKING_PART])
    if recorded:
        flash(_("记下了 %(number)s 份签好的同意书。", number=recorded), "ok")
    elif not left_out:
        flash(
            _("这几位的都已经记过了。") if students else _("先勾选交了同意书的同学。"),
            "wait",
        )
    if left_out:
        about = Purpose.TAKING_PART.value
        address = url_for("class_consent.index", class_id=class_.id, unmoved=left_out, about=about)
        return redirect(address)
    return redirect(url_for("desk.class_page", class_id=class_.id))


@blueprint.post("/account/withdrawal")
@needs(Permission.Consent.WITHDRAW)
def withdraw_own() -> Response:
    """A student no longer wants to take part."""
    services.withdraw(_oneself(), by=actor())
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


def _own_page(problem: str = "") -> str:
    states = ledger.of_person(_oneself())
    version = wording.current().name
    given = {
        answer.consent.wording
        for state in states.values()
        for answer in state.answers.values()
        if answer.consent
    }
    return render_template(
        "consent/own.html",
        states=list(states.values()),
        words=_words(version).purposes,
        earlier={
            name: language.purposes
            for name in given - {version}
            if (language := wording.in_language(name, str(get_locale()))) is not None
        },
        taking_part=Purpose.TAKING_PART,
        problem=problem,
    )


def _words(version: str) -> wording.Language:
    found = wording.in_language(version, str(get_locale()))
    assert found is not None, version
    return found


def _told(purpose: Purpose) -> None:
    state = ledger.of_person(_oneself())[purpose]
    if state.complete:
        flash(_("记下了：同意。"), "ok")
    elif Giver.GUARDIAN in state.missing:
        flash(_("记下了：你同意。还要等家长也同意，才算数。"), "ok")


def _oneself() -> Person:
    return access.load(Person, actor(), actor().person_id or 0)
