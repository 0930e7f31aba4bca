"""What activities bring to a pair's home: lines on the timeline, the next step, and that somebody did something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.activities import ideas, wording
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ActivityState, RecordState
from penpal.kernel import clock
from penpal.twinning import participation, steps, timeline
from penpal.twinning.participation import Kind
from penpal.twinning.queries import PairCard
from penpal.twinning.steps import Known, Rank, Standing, Step
from penpal.twinning.timeline import PAIR, READER, Line, Mark, Row

ROOM = "activities"
_START, _SHOWN = 240, 60
_FRESH = timedelta(days=3)
"""So long the partner's record counts as something that can be read now."""

_ACTIVITY = sa.inspect(Activity).local_table.c
_RECORD = sa.inspect(ActivityRecord).local_table.c
_of_pair = _ACTIVITY.pair_id == PAIR


def register() -> None:
    timeline.register(_agreed_lines(), activity=_activity_line)
    timeline.register(_record_lines(), activity_record=_record_line)
    steps.register(ROOM, _facts(), ask=_ask, stand=_stand)
    participation.register(
        Kind.THING,
        participation.part(_ACTIVITY.proposed_by_id, _ACTIVITY.proposed_at),
        participation.part(_RECORD.author_id, _RECORD.done_at).where(_RECORD.done_at.is_not(None)),
    )


def _agreed_lines() -> sa.Select[Any]:
    """What the two agreed on; a proposal that was not taken up leaves no line."""
    return timeline.part(
        at=_ACTIVITY.agreed_at,
        kind="activity",
        id=_ACTIVITY.id,
        title=_ACTIVITY.title,
        excerpt=sa.func.substr(_ACTIVITY.plan, 1, _START),
        state=_ACTIVITY.state,
    ).where(_of_pair, _ACTIVITY.agreed_at.is_not(None))


def _record_lines() -> sa.Select[Any]:
    """Records from the moment at which the partner may read them, and not a minute earlier."""
    return (
        timeline.part(
            at=_RECORD.shared_at,
            kind="activity_record",
            id=_RECORD.id,
            author_id=_RECORD.author_id,
            title=_ACTIVITY.title,
            excerpt=sa.func.substr(_RECORD.text, 1, _START),
            state=sa.cast(_ACTIVITY.id, sa.String),
        )
        .join(Activity, _ACTIVITY.id == _RECORD.activity_id)
        .where(_of_pair, _RECORD.shared_at.is_not(None))
    )


def _activity_line(row: Row, _card: PairCard) -> Line:
    state = ActivityState(row.state)
    mark = keepsake = None
    if state in (ActivityState.DONE, ActivityState.SHARED):
        keepsake = Kind.THING
        mark = Mark("ok", "check", wording.standing(state))
    elif state is ActivityState.STEPPED_OUT:
        mark = Mark("", "undo-2", wording.standing(state))
    return Line(
        icon="sprout",
        title=row.title,
        excerpt=row.excerpt,
        url=url_for("activities.show", activity_id=row.id),
        mark=mark,
        keepsake=keepsake,
        who=_("约好了做一件事"),
    )


def _record_line(row: Row, _card: PairCard) -> Line:
    return Line(
        icon="sprout",
        title=row.title,
        excerpt=_beginning(row.excerpt),
        url=url_for("activities.show", activity_id=int(row.state)),
        mark=Mark("ok", "check", _("做完了")),
    )


def _beginning(text: str) -> str:
    line = text.partition("\n")[0]
    return f"{line[:_SHOWN]}…" if len(line) > _SHOWN or line != text else line


def _facts() -> list[sa.Select[Any]]:
    """What waits for the reader, what runs, and how much was done."""
    mine, theirs = (sa.alias(sa.inspect(ActivityRecord).local_table) for _side in range(2))
    with_records = (
        sa.inspect(Activity)
        .local_table.outerjoin(
            mine, sa.and_(mine.c.activity_id == _ACTIVITY.id, mine.c.author_id == READER)
        )
        .outerjoin(
            theirs, sa.and_(theirs.c.activity_id == _ACTIVITY.id, theirs.c.author_id != READER)
        )
    )

    def one(what: str, at: Any, *which: Any, first: Any, text: Any = "") -> sa.Select[Any]:
        return (
            steps.part(ROOM, what, id=_ACTIVITY.id, at=at, title=_ACTIVITY.title, text=text)
            .where(_of_pair, *which)
            .order_by(first)
            .limit(1)
        )

    proposed, agreed = (
        _ACTIVITY.state == sa.literal_column(f"'{state.value}'")
        for state in (ActivityState.PROPOSED, ActivityState.AGREED)
    )
    done = _ACTIVITY.done_at.is_not(None)
    plan, oldest, newest = (
        sa.func.substr(_ACTIVITY.plan, 1, _START),
        _ACTIVITY.id,
        _ACTIVITY.id.desc(),
    )
    worded_by_other = _ACTIVITY.worded_by_id != READER
    is_mine_done = mine.c.state == sa.literal_column(f"'{RecordState.DONE.value}'")
    return [
        one("nod", _ACTIVITY.worded_at, proposed, worded_by_other, first=oldest, text=plan),
        one(
            "day",
            _ACTIVITY.worded_at,
            agreed,
            _ACTIVITY.asked_date_by_id.is_not(None),
            _ACTIVITY.asked_date_by_id != READER,
            first=oldest,
        ),
        one(
            "awaited",
            theirs.c.done_at,
            agreed,
            theirs.c.done_at.is_not(None),
            sa.or_(mine.c.id.is_(None), ~is_mine_done),
            first=oldest,
        ).select_from(with_records),
        one(
            "readable",
            sa.func.coalesce(theirs.c.shared_at, _ACTIVITY.done_at),
            theirs.c.shared_at.is_not(None),
            first=theirs.c.shared_at.desc(),
            text=sa.func.substr(theirs.c.text, 1, _START),
        ).select_from(with_records),
        one("running", _ACTIVITY.agreed_at, agreed, first=newest),
        one("waiting", _ACTIVITY.worded_at, proposed, ~worded_by_other, first=newest),
        steps.part(ROOM, "done", number=sa.func.count(_ACTIVITY.id)).where(_of_pair, done),
    ]


def _ask(known: Sequence[Known], card: PairCard) -> Step | None:
    told = {fact.what: fact for fact in known}
    name = card.partner.display_name
    nod, day, awaited, readable = (told.get(what) for what in ("nod", "day", "awaited", "readable"))
    if nod is not None:
        return Step(
            Rank.NOD,
            _("%(name)s想和你一起做：%(title)s", name=name, title=nod.title),
            _at(nod),
            _("看看这个提议"),
            "sprout",
            quote=nod.text,
        )
    if day is not None:
        return Step(
            Rank.NOD,
            _("%(name)s想换一天：%(title)s", name=name, title=day.title),
            _at(day),
            _("看看新的日子"),
            "calendar",
        )
    if readable is not None and readable.at and readable.at > clock.now() - _FRESH:
        return Step(
            Rank.READABLE,
            _("可以看%(name)s做的了：%(title)s", name=name, title=readable.title),
            _at(readable),
            _("去看看"),
            "sprout",
            quote=readable.text,
        )
    if awaited is not None:
        return Step(
            Rank.AWAITED,
            _("%(name)s做完了，等你的：%(title)s", name=name, title=awaited.title),
            _at(awaited),
            _("记下你做的"),
            "pen-line",
        )
    if any(told.get(what) for what in ("running", "waiting")):
        return None
    example = ideas.suggested(clock.today().toordinal(), size=1)[0]
    return Step(
        Rank.IDEA,
        _("和%(name)s同做一件事", name=name),
        url_for("activities.index"),
        _("看看可以做什么"),
        "sprout",
        quote=example.title,
    )


def _at(fact: Known) -> str:
    return url_for("activities.show", activity_id=fact.id)


def _stand(known: Sequence[Known], card: PairCard) -> Standing:
    """What runs, or what waits for a nod, or what was done already."""
    told = {fact.what: fact for fact in known}
    name = card.partner.display_name
    done = told["done"].number if "done" in told else 0
    url = url_for("activities.index")
    if running := told.get("running"):
        text, url = _("“%(title)s”，约好了", title=running.title), _at(running)
    elif nod := told.get("nod"):
        text, url = _("“%(title)s”，等你点头", title=nod.title), _at(nod)
    elif waiting := told.get("waiting"):
        text, url = _("“%(title)s”，等%(name)s点头", title=waiting.title, name=name), _at(waiting)
    elif done:
        text = _("做完 %(number)s 件了", number=done)
    else:
        text = _("还没商量做什么")
    return Standing("sprout", _("同做一件事"), text, url)
