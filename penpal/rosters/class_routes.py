"""A school's classes by hand: all of them, one more, another name, an empty one closed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.rosters import classes, classnames, pupil_queries, queries

blueprint = Blueprint("classes", __name__)

Answer = Response | tuple[str, int]
Typed = dict[str, str] | MultiDict[str, str]


@blueprint.get("/schools/<int:school_id>/classes")
@needs(Permission.Roster.KEEP_CLASSES)
def index(school_id: int) -> str:
    """Every class of the school, closed ones too, and a form for one more."""
    school = places.load(actor(), Level.SCHOOL, school_id)
    access.authorize(actor(), Permission.Roster.KEEP_CLASSES, school)
    return _index(school)


@blueprint.post("/schools/<int:school_id>/classes")
@needs(Permission.Roster.KEEP_CLASSES)
def add(school_id: int) -> Answer:
    school = places.load(actor(), Level.SCHOOL, school_id)
    try:
        class_ = classes.add(
            school,
            grade=request.form.get("grade", 0, int),
            name=request.form.get("name", ""),
            by=actor(),
        )
    except Invalid as problem:
        return _index(school, problem=problem), problem.status
    flash(_("加了%(name)s。", name=class_.name), "ok")
    return redirect(url_for(".index", school_id=school_id))


@blueprint.get("/classes/<int:class_id>/details")
@needs(Permission.Roster.KEEP_CLASSES)
def details(class_id: int) -> str:
    """Name and grade of a class, and whether it can be closed."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Roster.KEEP_CLASSES, class_)
    return _details(class_, {"name": class_.name, "grade": str(class_.grade)})


@blueprint.post("/classes/<int:class_id>/details")
@needs(Permission.Roster.KEEP_CLASSES)
def correct(class_id: int) -> Answer:
    class_ = places.load(actor(), Level.CLASS, class_id)
    try:
        classes.correct(
            class_,
            grade=request.form.get("grade", class_.grade or 0, int),
            name=request.form.get("name", ""),
            by=actor(),
        )
    except Invalid as problem:
        return _details(class_, request.form, problem=problem), problem.status
    flash(_("班级改好了：%(name)s。", name=class_.name), "ok")
    return redirect(url_for(".index", school_id=class_.parent_id))


@blueprint.post("/classes/<int:class_id>/closing")
@needs(Permission.Roster.KEEP_CLASSES)
def close(class_id: int) -> Answer:
    class_ = places.load(actor(), Level.CLASS, class_id)
    try:
        classes.close(class_, by=actor())
    except Invalid as problem:
        kept = {"name": class_.name, "grade": str(class_.grade)}
        return _details(class_, kept, problem=problem), problem.status
    flash(_("%(name)s关好了。名册里再有这个班，会自动重新用起来。", name=class_.name), "ok")
    return redirect(url_for(".index", school_id=class_.parent_id))


@blueprint.post("/classes/<int:class_id>/opening")
@needs(Permission.Roster.KEEP_CLASSES)
def open_again(class_id: int) -> Response:
    class_ = places.load(actor(), Level.CLASS, class_id)
    classes.open_again(class_, by=actor())
    flash(_("%(name)s又能用了。", name=class_.name), "ok")
    return redirect(url_for(".index", school_id=class_.parent_id))


def _index(school: Unit, *, problem: Invalid | None = None) -> str:
    counted = {row.id: row.students for row in pupil_queries.counts(school.id)}
    every = sorted(queries.classes_of(school.id), key=lambda c: (c.grade, len(c.name), c.name))
    return render_template(
        "rosters/class_list.html",
        school_id=school.id,
        school_name=school.name,
        rows=[(c, counted.get(c.id, 0)) for c in every],
        grades=_grades(),
        typed=request.form,
        problem=problem,
    )


def _details(class_: Unit, typed: Typed, *, problem: Invalid | None = None) -> str:
    return render_template(
        "rosters/class_details.html",
        class_id=class_.id,
        class_name=class_.name,
        closed=class_.closed_on is not None,
        school_id=class_.parent_id,
        grades=_grades(),
        may_change_grade=classes.may_change_grade(class_),
        objections=classes.objections(class_),
        typed=typed,
        problem=problem,
    )


def _grades() -> list[tuple[str, str]]:
    names = [_("初一"), _("初二"), _("初三"), _("高一"), _("高二"), _("高三")]
    return [(str(grade), name) for grade, name in zip(classnames.GRADES, names, strict=True)]
