"""What the pairs of the demo do together: the first one's own story, numbers for the others, themes on the wall."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts import snapshots
from penpal.accounts.models import Enrolment, Person
from penpal.activities.models import Activity, ActivityNod, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import (
    ActivityState,
    IdeaKind,
    RecordState,
    ShownTo,
    ThemeState,
)
from penpal.activities.theme_models import Theme
from penpal.demo import library, pictures
from penpal.kernel import html, machine
from penpal.kernel.db import session, transaction
from penpal.media import services as media
from penpal.media.services import Chosen
from penpal.twinning.models import Pair

_STAR = "xiaomai"
_BEGAN = date(2026, 10, 9)
_SHARE = 0.55
"""Of the other pairs that do something."""


def lay(chance: random.Random) -> None:
    """Inside the load of the demo: all but the photos, which are taken in afterwards."""
    told = library.together()
    for pair in session().scalars(sa.select(Pair).order_by(Pair.id)):
        people = (pair.supported_student, pair.supporting_student)
        if pair.supported_student.login_name == _STAR:
            for number, thing in enumerate(told["stars"]):
                _star(pair, thing, number)
            _themes(told["themes"], pair)
        elif all(person.activated_at for person in people) and chance.random() < _SHARE:
            _other(pair, chance.choice(told["others"]), chance)
    session().flush()


def take_pictures() -> None:
    """The photos of the first pair, by the same way that a child's take: decoded, stripped, kept."""
    for thing in library.together()["stars"]:
        for told in thing.get("records", ()):
            if "picture" in told:
                _take(thing, told)


def _take(thing: dict[str, Any], told: dict[str, Any]) -> None:
    record = (
        session()
        .scalars(
            sa.select(ActivityRecord)
            .join(Activity, Activity.id == ActivityRecord.activity_id)
            .join(Person, Person.id == ActivityRecord.author_id)
            .where(Activity.key == f"demo-{thing['key']}", Person.display_name == told["from"])
        )
        .one()
    )
    author = snapshots.of(record.author_id)
    assert author is not None
    number = record.id
    content = pictures.of(told["picture"])
    photo = media.keep(content, key=f"demo-photo-{told['picture']}", by=author)
    with transaction():
        media.attach("activity_record", number, [Chosen(photo.id, told["described"])], by=author)


def _star(pair: Pair, thing: dict[str, Any], number: int) -> None:
    names = {
        person.display_name: person for person in (pair.supported_student, pair.supporting_student)
    }
    by = names[thing["by"]]
    other = next(person for person in names.values() if person is not by)
    records = thing.get("records", [])
    finished = max((_at(one["on"], one["at"]) for one in records), default=None)
    activity = _activity(
        pair,
        thing,
        f"demo-{thing['key']}",
        by,
        other if "agreed" in thing else None,
        _evening(thing["proposed"], number),
        _evening(thing["agreed"], number) if "agreed" in thing else None,
        thing["do_by"],
        finished,
        ShownTo(thing["shown_to"]) if "shown_to" in thing else None,
    )
    for turn, word in enumerate(thing.get("words", [])):
        session().add(
            ActivityWord(
                key=f"demo-{thing['key']}-{turn}",
                activity_id=activity.id,
                author_id=names[word["from"]].id,
                text=word["text"],
                at=_evening(word["on"], turn),
            )
        )
    for told in records:
        done = _at(told["on"], told["at"])
        wish = told.get("wish", thing.get("shown_to"))
        _record(
            activity, names[told["from"]], told["text"].strip(), told["gave"], done, finished, wish
        )


def _other(pair: Pair, thing: dict[str, Any], chance: random.Random) -> None:
    """Somebody else's thing: agreed, and as a rule done by both."""
    people = [pair.supported_student, pair.supporting_student]
    chance.shuffle(people)
    proposed = _evening(_BEGAN + timedelta(days=chance.randrange(20)), chance.randrange(40))
    agreed = proposed + timedelta(days=1)
    finished = agreed + timedelta(days=chance.randrange(5, 14)) if chance.random() < 0.7 else None
    activity = _activity(
        pair,
        thing,
        f"demo-pair-{pair.id}",
        people[0],
        people[1],
        proposed,
        agreed,
        (agreed + timedelta(days=40)).date(),
        finished,
        None,
    )
    if finished is not None:
        for person, side in (
            (pair.supported_student, "supported"),
            (pair.supporting_student, "supporting"),
        ):
            done = finished - timedelta(days=chance.randrange(3))
            _record(activity, person, thing[side], thing["gave"], done, finished, None)


def _activity(
    pair: Pair,
    thing: dict[str, Any],
    key: str,
    by: Person,
    nodded: Person | None,
    proposed: datetime,
    agreed: datetime | None,
    do_by: date,
    finished: datetime | None,
    shown_to: ShownTo | None,
) -> Activity:
    state = ActivityState.AGREED if agreed else ActivityState.PROPOSED
    if finished:
        state = ActivityState.SHARED if shown_to else ActivityState.DONE
    with machine.beginning():
        activity = Activity(
            key=key,
            pair_id=pair.id,
            idea=IdeaKind(thing["idea"]),
            title=thing["title"],
            plan=thing["plan"],
            plan_html=html.plain(thing["plan"]),
            do_by=do_by,
            worded_by_id=by.id,
            worded_at=proposed,
            proposed_by_id=by.id,
            proposed_at=proposed,
            state=state,
            agreed_version=1 if agreed else None,
            agreed_at=agreed,
            done_at=finished,
            shown_to=shown_to,
        )
    session().add(activity)
    session().flush()
    for person, at in ((by, proposed), (nodded, agreed)):
        if person is not None and at is not None:
            session().add(
                ActivityNod(activity_id=activity.id, version=1, person_id=person.id, at=at)
            )
    return activity


def _record(
    activity: Activity,
    author: Person,
    text: str,
    gave: str,
    done: datetime,
    shared: datetime | None,
    wish: str | None,
) -> None:
    with machine.beginning():
        record = ActivityRecord(
            activity_id=activity.id,
            author_id=author.id,
            text=text,
            text_html=html.plain(text),
            gave=gave,
            gave_html=html.plain(gave),
            done_on=done.date(),
            state=RecordState.DONE,
            saved_at=done,
            done_at=done,
            shared_at=shared,
            wish=ShownTo(wish) if wish else None,
        )
    session().add(record)


def _themes(told: list[dict[str, Any]], pair: Pair) -> None:
    star = pair.supporting_student
    place = next(row for row in star.enrolments if row.until is None)
    classmate = (
        session()
        .scalars(
            sa.select(Person)
            .join(Enrolment)
            .where(
                Enrolment.class_id == place.class_id,
                Person.id != star.id,
                Person.activated_at.is_not(None),
            )
            .order_by(Person.id)
            .limit(1)
        )
        .one()
    )
    teacher = (
        session().scalars(sa.select(Person.id).where(Person.login_name == "banzhuren.bj")).one()
    )
    for number, theme in enumerate(told):
        author = classmate if theme["by"] == "classmate" else star
        put_up = _evening(date(2026, 11, 5), number)
        with machine.beginning():
            made = Theme(
                key=f"demo-theme-{number}",
                class_id=place.class_id,
                author_id=author.id,
                idea=IdeaKind(theme["idea"]),
                title=theme["title"],
                words=theme["words"],
                words_html=html.plain(theme["words"]),
                put_up_at=put_up,
                state=ThemeState.OPENED if theme["opened"] else ThemeState.PUT_UP,
                opened_at=put_up + timedelta(days=1) if theme["opened"] else None,
                opened_by_id=teacher if theme["opened"] else None,
            )
        session().add(made)


def _at(day: date, told: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(told), UTC)


def _evening(day: date, minute: int) -> datetime:
    return datetime.combine(day, time(11, minute % 60), UTC)
