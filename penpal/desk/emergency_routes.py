"""When a child is in danger: their letters by number and day, and asking a second person to open one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.confirming import confirmed
from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.kernel import access, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.letters import outlines
from penpal.permissions import Permission
from penpal.safeguarding import opening_seconds, openings
from penpal.safeguarding.opening_forms import OpeningForm

blueprint = Blueprint("emergency", __name__)


@blueprint.get("/students/<int:person_id>/emergency")
@needs(Permission.Opening.ASK_IN_EMERGENCY)
@confirmed
def look(person_id: int) -> str:
    student = access.load(Person, actor(), person_id)
    access.authorize(actor(), Permission.Opening.ASK_IN_EMERGENCY, student)
    # The same words as for a report: nobody can tell from them whether somebody asked for help.
    told = _("老师要弄清楚一件和安全有关的事，读了这封信。")
    return _page(student, OpeningForm().prefilled("", told))


@blueprint.post("/students/<int:person_id>/emergency")
@needs(Permission.Opening.ASK_IN_EMERGENCY)
@confirmed
def ask(person_id: int) -> str | tuple[str, int] | Response:
    student = access.load(Person, actor(), person_id)
    form = OpeningForm.parse(request.form, request.form.getlist("letter"))
    try:
        asked = openings.in_emergency(
            student,
            [("letter", number) for number in form.chosen],
            form.why,
            danger=form.danger or student.id,
            by=actor(),
        )
    except Invalid as problem:
        return _page(student, form, problem), problem.status
    flash(_("请求记下了。另一个人答应以后，你们两个人都可以读 24 小时。"), "wait")
    if len(asked) == 1:
        return redirect(url_for("openings.show", opening_id=asked[0].id))
    return redirect(url_for("openings.index"))


def _page(student: Person, form: OpeningForm, problem: Invalid | None = None) -> str:
    asking = actor()
    letters = outlines.look(student, before=numbers.typed(request.args.get("before")), by=asking)
    class_ = next(row.class_ for row in student.enrolments if row.until is None)
    partners = {row.partner_id: row.partner for row in letters.rows}
    return render_template(
        "desk/emergency.html",
        student=student,
        letters=letters,
        endangered=[(student.id, student.name), *partners.items()],
        others=opening_seconds.could_agree(class_.path, asking.person_id),
        form=form,
        problem=problem,
        delay_most=openings.DELAY_MOST,
    )
