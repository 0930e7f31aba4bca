"""What the pages of two who do something together are drawn from: loaded here, only shown there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request
from flask_babel import gettext as _

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role
from penpal.accounts.signed_in import actor
from penpal.activities import forms, ideas, queries, recording, word_asking, wording
from penpal.activities.models import Activity, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import IdeaKind, RecordState
from penpal.activities.theme_models import Theme
from penpal.activities.typed import Wording
from penpal.kernel import access, clock
from penpal.kernel.errors import NotFound, PenpalError
from penpal.media import queries as media
from penpal.media.queries import Picture
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import (
    held_queries,
    hold_queries,
    opening_queries,
    opening_wording,
    releasing,
)
from penpal.safeguarding.opening_models import Opening
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard

KIND = "activity_record"


@dataclass(frozen=True)
class StepMark:
    """One of the four steps at the top: done, now, or still to come (empty)."""

    how: str
    name: str
    note: str


def card_of(pair: Pair) -> PairCard:
    card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def ideas_of_today() -> list[ideas.Example]:
    return ideas.suggested(clock.today().toordinal())


def teacher_of(side: pairs.Side) -> Person | None:
    """The teacher who may read what this author leaves open."""
    teachers = people.staff_over(side.class_path, Role.TEACHER)
    return teachers[0] if teachers else None


def show(
    activity: Activity,
    *,
    problems: Mapping[str, object] | None = None,
    problem: PenpalError | None = None,
    typed: str = "",
    key: str = "",
    status: int = 200,
) -> tuple[str, int]:
    """The page of one thing, for one of the two. ``typed`` is a line of the talk, under its ``key``."""
    asking = actor()
    card = card_of(activity.pair)
    waiting = held_queries.waiting_in(word_asking.KIND, activity.id, asking)
    taken_up = next(
        (row.held for row in waiting if str(row.held.id) == request.args.get("held")), None
    )
    if taken_up is not None and not typed:
        typed, key = taken_up.text, taken_up.key
    records = queries.records_of(activity, asking)
    mine, theirs = (records.get(side.person_id) for side in (card.me, card.partner))
    pictures = media.of(KIND, [record.id for record in records.values()])
    standing = queries.standing_of(activity, card.partner.person_id)
    rows = queries.of_pair(card.pair, asking)
    words = queries.words_of(activity)
    teacher = teacher_of(card.me) if mine or waiting or problem else None
    page = render_template(
        "together/activity.html",
        card=card,
        activity=activity,
        mine=mine,
        theirs=theirs,
        pictures=pictures,
        is_partner_done=standing is RecordState.DONE,
        words=words,
        waiting=waiting,
        released=held_queries.released(
            word_asking.KIND,
            [word.id for word in words if word.is_open and word.author_id == asking.person_id],
            asking,
        ),
        record_waits=mine is not None and hold_queries.running(KIND, mine.id) is not None,
        record_released=recording.release_of(mine) if mine and not mine.is_sealed else None,
        asks=releasing.asks(problem, teacher) if (problems or {}).get("words") else "",
        steps=steps(activity, card),
        upright=wording.upright(activity.do_by),
        is_late=activity.is_agreed and activity.do_by < clock.today(),
        is_running=access.may(asking, Permission.Activity.TALK, activity),
        may_nod=access.may(asking, Permission.Activity.NOD, activity),
        is_proposer=activity.proposed_by_id == asking.person_id,
        teacher=teacher,
        read_by=queries.readers_of(mine) if mine else [],
        openings=_openings(activity, words, records),
        others=[row for row in rows if row.is_open and row.id != activity.id],
        suggested=ideas_of_today(),
        key=key or forms.fresh_key(),
        typed=typed,
        problems=problems or {},
        standing=wording.standing(activity.state),
        idea=ideas.of(activity.idea),
        today=clock.today(),
    )
    return page, status


def steps(activity: Activity, card: PairCard) -> list[StepMark]:
    """Proposed, agreed, done, decided who sees it: the last that was reached is the one of now."""
    by = card.me if activity.proposed_by_id == card.me.person_id else card.partner
    reached = (activity.agreed_at, activity.done_at, activity.shown_to)
    at = sum(one is not None for one in reached)
    names = (
        (_("提议"), by.display_name),
        (_("约定"), _("两人都点了头") if at else _("等两个人都点头")),
        (_("都做完"), ""),
        (_("分享"), _("你们俩说了算")),
    )
    return [
        StepMark("done" if number < at else "now" if number == at else "", name, note)
        for number, (name, note) in enumerate(names)
    ]


def _openings(
    activity: Activity, words: Sequence[ActivityWord], records: Mapping[int, ActivityRecord]
) -> list[tuple[Opening, str]]:
    """Who of staff opened any of this, for the two to read."""
    asking = actor()
    things = {
        "activity": [activity.id],
        word_asking.KIND: [word.id for word in words],
        KIND: [record.id for record in records.values()],
    }
    return opening_wording.told(opening_queries.shown_among(things, asking), asking.person_id)


def propose(
    card: PairCard,
    said: Wording,
    *,
    key: str,
    theme: Theme | None = None,
    activity: Activity | None = None,
    version: int = 0,
    problems: Mapping[str, object] | None = None,
    message: object = "",
    status: int = 200,
) -> tuple[str, int]:
    """The form of a proposal; with ``activity`` the one in which its words are changed."""
    page = render_template(
        "together/propose.html",
        card=card,
        said=said,
        key=key,
        theme=theme,
        activity=activity,
        version=version,
        ideas=ideas.every(),
        kinds=ideas.named(),
        today=clock.today(),
        problems=problems or {},
        message=message,
    )
    return page, status


def record(
    activity: Activity,
    typed: Mapping[str, object],
    pictures: tuple[Picture, ...],
    *,
    problems: Mapping[str, object] | None = None,
    message: object = "",
    problem: PenpalError | None = None,
    status: int = 200,
) -> tuple[str, int]:
    """The page on which one writes one's own record."""
    card = card_of(activity.pair)
    own, teacher = queries.record_of(activity, actor().person_id), teacher_of(card.me)
    page = render_template(
        "together/record.html",
        card=card,
        activity=activity,
        typed=typed,
        pictures=pictures,
        teacher=teacher,
        asked=hold_queries.last(KIND, own.id) if own else None,
        asks=releasing.asks(problem, teacher),
        what=wording.doing(activity.idea),
        today=clock.today(),
        problems=problems or {},
        message=message,
    )
    return page, status


def shown(activity: Activity, records: list[ActivityRecord]) -> str:
    """For a teacher: what is open to them, and nothing of how the two talked it over."""
    return render_template(
        "together/shown.html",
        activity=activity,
        records=records,
        pictures=media.of(KIND, [one.id for one in records]),
        idea=ideas.of(activity.idea),
        towns=_towns([one.author for one in records]),
    )


def _towns(authors: list[Person]) -> dict[int, Unit | None]:
    return {
        author.id: next((row.class_.town for row in author.enrolments if row.until is None), None)
        for author in authors
    }


def first_words(kind: IdeaKind, number: int | None, theme: Theme | None) -> Wording:
    """What stands in a new proposal: an example, a theme, or nothing."""
    if theme is not None:
        return Wording(theme.idea, theme.title, theme.words, None)
    example = ideas.example(kind, number)
    return Wording(kind, example.title if example else "", example.plan if example else "", None)
