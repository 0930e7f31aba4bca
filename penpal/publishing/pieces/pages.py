"""What the pages of a piece show, put together for their templates."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from flask import render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.consent import wording as consent_words
from penpal.kernel import html
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.publishing.pieces import (
    clearance,
    freezing,
    naming,
    queries,
    sources,
    status,
    steps,
    strictness,
    themes,
    wording,
)
from penpal.publishing.pieces.models import Submission, SubmissionPart
from penpal.publishing.pieces.sources import Source

Errors = Mapping[str, object]


def new(source: Source, errors: Errors) -> str:
    partner_id = source.pair.partner_id_of(source.author_id)
    people = [session().get_one(Person, one) for one in (source.author_id, partner_id)]
    body = html.normal(source.body)
    named = naming.names_of([person.id for person in people])
    found = strictness.look(body, strictness.circle_of(people))
    return render(
        "new.html",
        source=source,
        kinds=[(one.value, wording.KINDS[one]) for one in source.kinds],
        body=html.annotated(body, [(one.start, one.end, "mark") for one in found]),
        direction=html.direction(body),
        found=found,
        keepable=_keepable(strictness.circle_of(people)),
        pictures=source.pictures,
        partner=people[1].name_for_partners,
        is_begun=len(named) == len(people),
        partner_pen_name=named.get(partner_id, ""),
        key=request.form.get("key") or secrets.token_urlsafe(18),
        typed=request.form,
        errors=errors,
        **about_oneself(),
    )


def ask(submission: Submission, errors: Errors) -> str:
    own = own_part(submission)
    words, pictures = freezing.original(own, by=actor()) if own else ("", ())
    found = freezing.to_mend(own, by=actor()) if own else ()
    others = [part for part in submission.current_parts() if part.frozen_at is not None]
    author = session().get_one(Person, submission.author_id)
    return render(
        "ask.html",
        piece=submission,
        kind=wording.KINDS[submission.kind],
        theme=themes.name_of(submission.theme),
        author=author.name_for_partners if submission.pair_id else author.shown_name,
        parts=texts(others),
        parties=[(wording.PARTIES[how], shown) for how, shown in steps.shown_parties(submission)],
        own=own,
        again=own is not None and freezing.earlier(own) is not None,
        words=words,
        body=html.annotated(words, [(one.start, one.end, "mark") for one in found]),
        direction=html.direction(words),
        found=found,
        keepable=_keepable(freezing.circle(submission)) if own else [],
        pictures=pictures,
        has_photos=bool(clearance.with_printed_photos([submission.id])),
        typed=request.form,
        errors=errors,
        **about_oneself(),
    )


def mend(submission: Submission, errors: Errors) -> str:
    part = written(submission)
    anew = request.args.get("anew") == "1" and part.source_id is not None
    body = part.body
    if anew:
        body = html.normal(sources.find(f"{part.source_kind}:{part.source_id}", by=actor()).body)
    marks = [one for one in status.marks_of(submission) if one.part_id == part.id]
    return render(
        "mend.html",
        piece=submission,
        part=part,
        steps=status.steps_of(submission),
        marked=html.annotated(
            part.body,
            [(one.start, one.end, "mark") for one in marks],
            {one.end: str(n) for n, one in enumerate(marks, start=1)},
        ),
        marks=marks,
        body=request.form.get("body", body),
        keepable=_keepable(freezing.circle(submission)),
        pictures=freezing.pictures_of([part]).get(part.id, ()),
        is_of_two=len(submission.parties) > 1,
        typed=request.form,
        errors=errors,
        **about_oneself(),
    )


def _keepable(circle: strictness.Circle) -> list[str]:
    """In what was typed: words that look like names and may be none. They are asked about below their field."""
    typed = "\n".join(request.form.get(name, "") for name in ("title", "body"))
    return strictness.keepable(html.normal(typed), circle)


def texts(parts: list[SubmissionPart]) -> list[dict[str, object]]:
    pictures = freezing.pictures_of(parts)
    return [
        {
            "heading": part.heading,
            "body_html": part.body_html,
            "direction": part.direction,
            "is_frozen": part.frozen_at is not None,
            "is_own": part.author_id == actor().person_id,
            "pictures": pictures.get(part.id, ()),
        }
        for part in parts
    ]


def about_oneself() -> dict[str, object]:
    """What a form in which one says yes has to say: the pen name, and what the ledger lacks of oneself."""
    if not actor().is_student:
        return {"pen_name": "", "lacking": [], "purposes": {}, "themes": _themes()}
    told = consent_words.in_language(consent_words.current().name, str(get_locale()))
    return {
        "pen_name": pen_name(),
        "settled": is_settled(),
        "lacking": [one.value for one in queries.lacking_of_student(oneself())],
        "purposes": told.purposes if told else {},
        "themes": _themes(),
    }


def _themes() -> list[tuple[str, str]]:
    return [("", _("不选")), *((key, theme.name) for key, theme in themes.every().items())]


def oneself() -> Person:
    return session().get_one(Person, actor().person_id)


def pen_name() -> str:
    person_id = actor().person_id
    return naming.names_of([person_id]).get(person_id, "") if person_id else ""


def is_settled() -> bool:
    person_id = actor().person_id
    return bool(person_id and actor().is_student and naming.is_settled(person_id))


def render(template: str, **values: object) -> str:
    layout = "layouts/app.html" if actor().is_student else "layouts/desk.html"
    return render_template(f"publishing/pieces/{template}", layout=layout, **values)


def own_part(submission: Submission) -> SubmissionPart | None:
    return next(
        (
            part
            for part in submission.current_parts()
            if part.author_id == actor().person_id and part.frozen_at is None
        ),
        None,
    )


def written(submission: Submission) -> SubmissionPart:
    """One's own part of the copy that was sent back."""
    found = [part for part in submission.current_parts() if part.author_id == actor().person_id]
    if not found:
        raise NotFound
    return found[0]
