"""The one verb of a profile: its owner edits it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid
from penpal.media import queries as photos
from penpal.media import services as media
from penpal.media.queries import Picture
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.profiles.models import (
    INTEREST_MAX,
    INTERESTS_MAX,
    INTRODUCTION_MAX,
    QUESTION_MAX,
    Profile,
)
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen

KIND = "profile"
"""By which photos know it; its number is that of the person."""
DISPLAY_NAME_MAX = 12
_worries: list[Callable[[int], object]] = []


def decide_worry(tell: Callable[[int], object]) -> None:
    """Who is told, in the same transaction, that somebody should ask this child how they are."""
    _worries[:] = [tell]


def edit(
    *,
    display_name: str,
    interests: str,
    introduction: str,
    question: str,
    photo: Sequence[Chosen] | None = None,
    by: Actor,
) -> bool:
    """Set what the partner sees. Raises ``Invalid`` with words for each field, the guard's too.

    Gives whether there are words of despair in it: they are saved, and help is to be shown.

    ``interests`` is one line, parted by any of the marks that people part words with. ``photo`` is
    the one there may be, none to take it away; ``None`` leaves it as it is.
    """
    access.authorize(by, Permission.Profile.EDIT)
    shown, words, asked = html.line(display_name), _interests(interests), html.line(question)
    written = html.normal(introduction).strip()
    problems: dict[str, object] = {}
    if not 1 <= len(shown) <= DISPLAY_NAME_MAX:
        problems["display_name"] = _l("名字写 1 到 12 个字。")
    if len(words) > INTERESTS_MAX:
        problems["interests"] = _l("最多写六样，挑最喜欢的。")
    if any(len(word) > INTEREST_MAX for word in words):
        problems["interests"] = _l("每一样不超过 12 个字，中间用顿号隔开。")
    if len(written) > INTRODUCTION_MAX:
        problems["introduction"] = _l("自我介绍最多 300 个字，多的话写进信里。")
    if len(asked) > QUESTION_MAX:
        problems["question"] = _l("问题最多 60 个字。")
    if photo and len(photo) > 1:
        problems["photo"] = _l("这里放一张照片。别的放进信里吧。")
    texts = {
        "display_name": (shown, Context.TITLE),
        # Looked at as it was typed: what is parted over several interests is still found.
        "interests": (html.line(interests), Context.PROFILE),
        "introduction": (written, Context.PROFILE),
        "question": (asked, Context.PROFILE),
    }
    worries = False
    for name, (text, context) in texts.items():
        findings = screen(text, context)
        worries = worries or guidance.is_worrying(findings)
        objection = guidance.objection(text, findings)
        if objection is not None:
            problems.setdefault(name, objection)
    if problems:
        raise Invalid(fields=problems)
    with transaction() as current:
        person = current.get_one(Person, by.person_id)
        person.display_name = shown
        profile = current.get(Profile, by.person_id) or Profile(person_id=by.person_id)
        profile.interests = words
        profile.introduction = written
        profile.introduction_html = html.plain(written)
        profile.question = asked
        profile.sanitiser = html.VERSION
        current.add(profile)
        if worries:
            for tell in _worries:
                tell(person.id)
        if photo is not None:
            worries = media.attach(KIND, person.id, photo, by=by) or worries
    return worries


def of(person_id: int) -> Profile:
    """A person's profile; an empty one when nothing was written yet."""
    return session().get(Profile, person_id) or Profile(
        person_id=person_id, interests=[], introduction="", introduction_html="", question=""
    )


def photo_of(person_id: int) -> tuple[Picture, ...]:
    return photos.of(KIND, [person_id]).get(person_id, ())


def _interests(typed: str) -> list[str]:
    words = (html.line(word) for word in re.split(r"[、，,;；\n]", typed))
    return list(dict.fromkeys(word for word in words if word))
