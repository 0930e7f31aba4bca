"""Reactions to what two do together, and what the floors below are told of it: how to point at it, who sees photos."""

from __future__ import annotations

from flask import current_app
from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.activities import eyes, together, wording
from penpal.activities.events import ActivityMoved
from penpal.activities.models import Activity, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ShownTo
from penpal.activities.theme_models import Theme
from penpal.kernel import access, html, live
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.events import subscribe
from penpal.media import register as media
from penpal.safeguarding import items
from penpal.safeguarding.items import Content


def _tell_partner(event: ActivityMoved) -> None:
    address = current_app.url_map.bind("").build(
        "activities.show", {"activity_id": event.activity_id}
    )
    live.tell(
        event.reader_id,
        "pair.news",
        {"what": event.news.value, "author": event.author_name, "url": address},
    )


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


def register() -> None:
    subscribe(ActivityMoved, _tell_partner)
    items.register("activity", items.Handler(_describe_activity, _read_activity))
    items.register("activity_word", items.Handler(_describe_word, _read_word))
    items.register("activity_record", items.Handler(_describe_record, _read_record))
    items.register("theme", items.Handler(_describe_theme, _read_theme))
    media.visible("activity_record", eyes.record_ids)
    together.register()
