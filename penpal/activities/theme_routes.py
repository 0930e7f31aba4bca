"""Themes on the wall of a class, and what its students let their teacher see of what they did."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts.signed_in import actor
from penpal.activities import forms, guarding, ideas, queries, theme_queries, theming
from penpal.activities.theme_models import Theme
from penpal.kernel import access
from penpal.kernel.access import needs
from penpal.kernel.errors import Conflict, Invalid
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level

blueprint = Blueprint("themes", __name__)

Page = str | Response | tuple[str, int]
_FIELDS = ("idea", "title", "words", "key")


@blueprint.get("/together/themes/new")
@needs(Permission.Theme.PUT_UP)
def new() -> Page:
    access.authorize(actor(), Permission.Theme.PUT_UP)
    return _form({"key": forms.fresh_key(), "idea": forms.idea(request.args.get("idea")).value})


@blueprint.post("/together/themes")
@needs(Permission.Theme.PUT_UP)
def put_up() -> Page:
    typed = {name: request.form.get(name, "") for name in _FIELDS}
    try:
        theming.put_up(
            key=typed["key"],
            idea=forms.idea(typed["idea"]),
            title=typed["title"],
            words=typed["words"],
            by=actor(),
        )
    except Conflict as problem:
        return _form(typed | {"key": forms.fresh_key()}, problem)
    except Invalid as problem:
        return _form(typed, problem)
    flash(_("挂好了，班里的同学都看得到。"), "ok")
    if guarding.is_worrying(f"{typed['title']}\n{typed['words']}"):
        return redirect(url_for("guard.help_"))
    return redirect(url_for("activities.others"))


def _form(typed: dict[str, str], problem: Invalid | Conflict | None = None) -> tuple[str, int]:
    fields = problem.fields if isinstance(problem, Invalid) else {}
    page = render_template(
        "together/theme.html",
        typed=typed,
        kinds=ideas.named(),
        problems=fields,
        message=problem.message if problem and not fields else "",
    )
    return page, problem.status if problem else 200


@blueprint.get("/classes/<int:class_id>/together")
@needs(Permission.Theme.SEE_CLASS)
def of_class(class_id: int) -> Page:
    return _class_page(class_id)


def _class_page(class_id: int, problem: Invalid | None = None, theme_id: int = 0) -> Page:
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Theme.SEE_CLASS, class_)
    page = render_template(
        "together/class.html",
        class_=class_,
        themes=theme_queries.of_class(class_),
        records=queries.open_records(class_, actor()),
        ideas={idea.kind: idea for idea in ideas.every()},
        problem=problem.fields.get("words", problem.message) if problem else "",
        theme_id=theme_id,
    )
    return page, problem.status if problem else 200


@blueprint.post("/themes/<int:theme_id>/opening")
@needs(Permission.Theme.OPEN)
def open_(theme_id: int) -> Page:
    theme = access.load(Theme, actor(), theme_id)
    theming.open_(theme, by=actor())
    flash(_("开放了。两所学校的同学都看得到，看不到是谁写的。"), "ok")
    return redirect(url_for("themes.of_class", class_id=theme.class_id))


@blueprint.post("/themes/<int:theme_id>/removal")
@needs(Permission.Theme.TAKE_DOWN)
def take_down(theme_id: int) -> Page:
    theme = access.load(Theme, actor(), theme_id)
    try:
        theming.take_down(theme, words=request.form.get("words", ""), by=actor())
    except Invalid as problem:
        return _class_page(theme.class_id, problem, theme.id)
    flash(_("拿下来了。"), "ok")
    if actor().is_staff:
        return redirect(url_for("themes.of_class", class_id=theme.class_id))
    return redirect(url_for("activities.others"))
