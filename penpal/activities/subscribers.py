"""What the floors below are told of what two do together: how to point at it, who sees photos, what is news."""

from __future__ import annotations

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.activities import (
    eyes,
    noticing,
    reading_along,
    recording,
    together,
    word_asking,
    wording,
)
from penpal.activities.models import Activity, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ShownTo
from penpal.activities.theme_models import Theme
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.media import register as media
from penpal.safeguarding import along, held, held_queries, items
from penpal.safeguarding.items import Content


def _name(person_id: int) -> str:
    return session().get_one(Person, person_id).name_for_partners


def _parties(activity: Activity) -> tuple[int, ...]:
    return (activity.pair.supported_student_id, activity.pair.supporting_student_id)


def _describe_activity(number: int, actor: Actor) -> str | None:
    found = session().scalar(access.visible(Activity, actor).where(Activity.id == number))
    return wording.label("activity", _name(found.worded_by_id)) if found else None


def _read_activity(number: int) -> Content | None:
    found = session().get(Activity, number)
    if found is None:
        return None
    text = f"{found.title}\n\n{found.plan}".strip()
    return Content(
        kind="activity",
        id=found.id,
        title=wording.label("activity", _name(found.worded_by_id)),
        author_id=found.worded_by_id,
        parties=_parties(found),
        text=text,
        html=html.plain(text),
        direction=found.direction,
        at=found.worded_at,
        context={"pair": found.pair_id, "version": found.version},
    )


def _describe_word(number: int, actor: Actor) -> str | None:
    found = session().scalar(access.visible(ActivityWord, actor).where(ActivityWord.id == number))
    return wording.label("activity_word", found.author.name_for_partners) if found else None


def _read_word(number: int) -> Content | None:
    found = session().get(ActivityWord, number)
    if found is None:
        return None
    return Content(
        kind="activity_word",
        id=found.id,
        title=wording.label("activity_word", found.author.name_for_partners),
        author_id=found.author_id,
        parties=_parties(found.activity),
        text=found.text,
        html=html.plain(found.text),
        direction=html.direction(found.text),
        at=found.at,
        is_sealed=not found.is_open,
        context={"pair": found.activity.pair_id, "activity": found.activity_id},
    )


def _describe_record(number: int, actor: Actor) -> str | None:
    found = session().scalar(
        access.visible(ActivityRecord, actor).where(ActivityRecord.id == number)
    )
    return wording.label("activity_record", found.author.name_for_partners) if found else None


def _read_record(number: int) -> Content | None:
    found = session().get(ActivityRecord, number)
    if found is None:
        return None
    text = "\n\n".join(part for part in (found.activity.title, found.text, found.gave) if part)
    return Content(
        kind="activity_record",
        id=found.id,
        title=wording.label("activity_record", found.author.name_for_partners),
        author_id=found.author_id,
        parties=_parties(found.activity),
        text=text,
        html=html.plain(text),
        direction=found.direction,
        at=found.shared_at or found.done_at,
        is_sealed=found.is_sealed and found.activity.shown_to is not ShownTo.CLASSES,
        context={"pair": found.activity.pair_id, "activity": found.activity_id},
    )


def _describe_theme(number: int, actor: Actor) -> str | None:
    found = session().scalar(access.visible(Theme, actor).where(Theme.id == number))
    return _("大家看得到的一个题目") if found else None


def _read_theme(number: int) -> Content | None:
    found = session().get(Theme, number)
    if found is None:
        return None
    text = f"{found.title}\n\n{found.words}".strip()
    return Content(
        kind="theme",
        id=found.id,
        title=_("大家看得到的一个题目"),
        author_id=found.author_id,
        parties=(found.author_id,),
        text=text,
        html=html.plain(text),
        direction=found.direction,
        at=found.put_up_at,
        is_sealed=False,
        context={"class": found.class_id},
    )


def _release_record(number: int, by: Actor) -> None:
    recording.release(session().get_one(ActivityRecord, number), by=by)


def _send_back(_number: int, _by: Actor) -> None:
    """It never left its author's drafts."""


def _mend_record(number: int) -> str:
    record = session().get_one(ActivityRecord, number)
    return url_for("activity_records.edit", activity_id=record.activity_id)


def _records_asked_for(actor: Actor) -> sa.Select[int]:
    return held_queries.asked_for("activity_record", actor)


def register() -> None:
    noticing.register()
    items.register("activity", items.Handler(_describe_activity, _read_activity))
    items.register("activity_word", items.Handler(_describe_word, _read_word))
    items.register(
        "activity_record",
        items.Handler(
            _describe_record,
            _read_record,
            _release_record,
            _send_back,
            _mend_record,
            icon="heart-handshake",
        ),
    )
    held.register(word_asking.KIND, word_asking.ROOM)
    items.register("theme", items.Handler(_describe_theme, _read_theme))
    media.visible("activity_record", eyes.record_ids)
    media.visible("activity_record", _records_asked_for)
    along.register(reading_along.RECORDS)
    together.register()
