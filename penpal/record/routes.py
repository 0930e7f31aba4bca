"""The record of a school: a page to read and search, and a file of it."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext as _

from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.kernel import access, clock, numbers
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.record import files, forms, services, wording
from penpal.rosters import downloads

blueprint = Blueprint("record", __name__, url_prefix="/schools/<int:school_id>")


@blueprint.get("/record")
@needs(Permission.Unit.SEE_RECORD)
def page(school_id: int) -> str:
    """What staff did, newest first; words, kind and days narrow it."""
    return _page(_school(school_id))


@blueprint.get("/record.csv")
@needs(Permission.Unit.SEE_RECORD)
@confirmed
def export(school_id: int) -> Response | tuple[str, int]:
    """The same as a file, as far as words, kind and days let it."""
    school = _school(school_id)
    try:
        acts = services.take_along(school, forms.asked(request.args), by=actor())
    except Invalid as problem:
        return _page(school, trouble=problem.message), problem.status
    name = f"{school.name} {_('操作记录')} {clock.today()}.csv"
    return downloads.file(files.as_csv(acts), "text/csv", name)


def _page(school: Unit, trouble: object = "") -> str:
    asked = forms.asked(request.args)
    before = numbers.typed(request.args.get("before"))
    found = services.read(school, asked, before=before, by=actor())
    kept: dict[str, Any] = {
        "words": asked.typed or None,
        "kind": asked.kind or None,
        "since": asked.since,
        "until": asked.until,
    }
    return render_template(
        "record/page.html",
        school=school,
        asked=asked,
        kept=kept,
        kinds=[("", _("全部")), *((key, kind.label) for key, kind in wording.KINDS.items())],
        days=[(day, list(acts)) for day, acts in groupby(found.rows, lambda act: act.day)],
        newest=url_for(".page", school_id=school.id, **kept) if before else "",
        older=url_for(".page", school_id=school.id, before=found.older, **kept)
        if found.older
        else "",
        trouble=trouble,
    )


def _school(school_id: int) -> Unit:
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Unit.SEE_RECORD, school)
    return school
