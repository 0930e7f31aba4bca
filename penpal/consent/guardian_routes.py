"""The page of a guardian, who has no account: a link, the child's number, and an answer to each question."""

from __future__ import annotations

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from penpal.accounts.limits import by_address
from penpal.config import Settings
from penpal.consent import forms, links, queries, wording
from penpal.consent.models import GuardianLink, Relation
from penpal.kernel.access import public
from penpal.kernel.errors import IllegalMove, Invalid

blueprint = Blueprint("guardians", __name__, url_prefix="/guardian")


@blueprint.get("/<code>")
@public
def door(code: str) -> str:
    """Asks for the student number; a found link tells nothing about the child."""
    link = links.find(code, settings=_settings())
    if link is None:
        return _over(code)
    return _door(code, link)


@blueprint.post("/<code>")
@public
@by_address
def questions(code: str) -> str | tuple[str, int]:
    """The words, once the number was right."""
    link = links.find(code, settings=_settings())
    if link is None:
        return _over(code)
    return _questions(code, link, {})


@blueprint.post("/<code>/answers")
@public
@by_address
def answer(code: str) -> str | Response | tuple[str, int]:
    link = links.find(code, settings=_settings())
    if link is None:
        return _over(code)
    try:
        links.answer(
            link,
            number=request.form.get("number", ""),
            version=request.form.get("version", ""),
            answers=forms.answers(request.form),
            name=request.form.get("name", ""),
            relation=forms.relation(request.form.get("relation", "")),
            confirmed=bool(request.form.get("confirmed")),
        )
    except Invalid as problem:
        link = links.find(code, settings=_settings())
        if link is None:
            return _over(code)
        if "number" in problem.fields:
            return _door(code, link, "number_wrong"), 422
        return _questions(code, link, {name: str(word) for name, word in problem.fields.items()})
    except IllegalMove:
        return _over(code)
    return redirect(url_for(".door", code=code))


def _questions(code: str, link: GuardianLink, lacking: dict[str, str]) -> str | tuple[str, int]:
    number = request.form.get("number", "")
    try:
        child = links.recognise(link, number)
    except Invalid:
        again = links.find(code, settings=_settings())
        return (_door(code, again, "number_wrong"), 422) if again else _over(code)
    page = render_template(
        "consent/questions.html",
        code=code,
        child=child,
        number=number,
        said=request.form,
        lacking=lacking,
        languages=_languages(link),
        version=wording.current().name,
        relations=list(Relation),
    )
    return (page, 422) if lacking else page


def _door(code: str, link: GuardianLink, problem: str = "") -> str:
    return render_template(
        "consent/door.html", code=code, languages=_languages(link), problem=problem
    )


def _over(code: str) -> str:
    """After an answer as after the end, in every language: it tells neither whose link it was nor why."""
    used = links.was_answered(code, settings=_settings())
    return render_template(
        "consent/over.html",
        languages=list(wording.languages(wording.current().name).values()),
        state="done" if used else "over",
    )


def _languages(link: GuardianLink) -> list[wording.Language]:
    school_id = queries.school_of(link.person_id)
    return wording.chosen(wording.current().name, queries.second_language(school_id))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings
