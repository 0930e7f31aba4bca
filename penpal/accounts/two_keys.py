"""Two keys open a colleague's account, password and second step: one pair of hands never renews both.

Whoever took the second step away could make a card, come in with it and set up a step of their own.
So the other key is for another person of office, until the colleague has come in by themselves, and
for a day in any case. What was done is read from the trail, which nobody changes.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.factor_models import STEP_SECONDS, SecondFactor
from penpal.accounts.models import Person, RoleGrant, SignIn
from penpal.kernel import clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import NotPermitted
from penpal.kernel.trail import TrailEntry

APART = timedelta(hours=24)
TOOK_FACTOR, MADE_CARD, SAW_CARD = "renewed second factor", "reset password", "printed slips"

CARD_WAITS = _l(
    "这个人的两步登录刚由你取消，或者你的账号是那以后才启用的。口令和两步登录都由一个人来换，"
    "就等于能替本人进来。激活卡请另一位书记、代理人或运维来做；"
    "本人自己登录进来以后，过了 24 小时，你又能做了。"
)
FACTOR_WAITS = _l(
    "这个人的激活卡是你做的，或者你看过，或者你的账号是那以后才启用的。口令和两步登录都由一个人来换，"
    "就等于能替本人进来。两步登录请另一位书记、代理人或运维来取消；"
    "本人自己登录进来以后，过了 24 小时，你又能做了。"
)


class Act(NamedTuple):
    """A key of somebody's account was renewed or seen."""

    person_id: int
    move: str
    actor_id: int | None
    at: datetime


def card_waits(person_ids: Collection[int], *, by: Actor) -> set[int]:
    """Those of these people whose card is for somebody else to make and to see, not for this actor."""
    return _held_back(_factors_taken(person_ids), by)


def factor_waits(person_id: int, *, by: Actor) -> bool:
    """Whether this person's second step is for somebody else to take away, not for this actor."""
    return bool(_held_back(_cards_made(person_id), by))


def keep_card_apart(person: Person, *, by: Actor) -> None:
    """Raise ``NotPermitted`` when the card is for somebody else to make. The caller holds the person."""
    if card_waits([person.id], by=by):
        raise NotPermitted(CARD_WAITS)


def keep_factor_apart(person: Person, *, by: Actor) -> None:
    """Raise ``NotPermitted`` when the step is for somebody else to take. The caller holds the person."""
    if factor_waits(person.id, by=by):
        raise NotPermitted(FACTOR_WAITS)


def hold(person_ids: Collection[int]) -> None:
    """Let nobody renew a key of these people until the transaction ends: they come before or after."""
    people = sa.select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    session().execute(people.with_for_update()).all()


def factor_taken_at(person_id: int) -> datetime | None:
    """When the second step was taken away from somebody who has not come in since."""
    return _unspent(_factors_taken([person_id]))


def card_made_at(person_id: int) -> datetime | None:
    """When somebody was given a new card with which they have not come in yet."""
    return _unspent([act for act in _cards_made(person_id) if act.move == MADE_CARD])


def _unspent(acts: Collection[Act]) -> datetime | None:
    seen = _came_in({act.person_id for act in acts})
    return max((act.at for act in acts if act.at >= seen.get(act.person_id, act.at)), default=None)


def _held_back(acts: Collection[Act], by: Actor) -> set[int]:
    if by.kind == "system" or not acts:
        return set()
    now = clock.now()
    seen = _came_in({act.person_id for act in acts})
    begun = session().scalar(sa.select(Person.activated_at).where(Person.id == by.person_id))
    held = set()
    for act in acts:
        is_fresh = now - act.at < APART
        is_unspent = act.at >= seen.get(act.person_id, act.at)
        if act.actor_id == by.person_id:
            waits = is_unspent or (is_fresh and act.move != SAW_CARD)
        else:
            # Somebody who was taken on just now may be the first one under another name.
            waits = act.actor_id is not None and is_fresh and is_unspent
            waits = waits and (begun is None or begun > act.at)
        if waits:
            held.add(act.person_id)
    return held


def _factors_taken(person_ids: Collection[int]) -> list[Act]:
    statement = sa.select(
        TrailEntry.subject_id, TrailEntry.move, TrailEntry.actor_id, TrailEntry.at
    ).where(
        TrailEntry.subject_kind == trail.kind_of(Person),
        TrailEntry.subject_id.in_(person_ids),
        TrailEntry.move == TOOK_FACTOR,
    )
    return [Act(*row) for row in session().execute(statement)]


def _cards_made(person_id: int) -> list[Act]:
    """Cards belong to offices on the trail, ended ones too."""
    statement = sa.select(TrailEntry.move, TrailEntry.actor_id, TrailEntry.at).where(
        TrailEntry.subject_kind == trail.kind_of(RoleGrant),
        TrailEntry.subject_id.in_(
            sa.select(RoleGrant.id).where(RoleGrant.person_id == person_id).scalar_subquery()
        ),
        TrailEntry.move.in_([MADE_CARD, SAW_CARD]),
    )
    return [Act(person_id, *row) for row in session().execute(statement)]


def _came_in(person_ids: Collection[int]) -> dict[int, datetime]:
    """When each of them was last let in through every step there is.

    Old sessions are deleted after a month; the last code that was used is kept. A code may be one of
    the next half minute, so the one before it is counted.
    """
    found: dict[int, datetime] = {
        row[0]: row[1]
        for row in session().execute(
            sa.select(SignIn.person_id, sa.func.max(SignIn.begun_at))
            .where(SignIn.person_id.in_(person_ids))
            .group_by(SignIn.person_id)
        )
    }
    for person_id, step in session().execute(
        sa.select(SecondFactor.person_id, SecondFactor.last_step).where(
            SecondFactor.person_id.in_(person_ids)
        )
    ):
        proved = datetime.fromtimestamp(max(step - 1, 0) * STEP_SECONDS, UTC)
        found[person_id] = max(proved, found.get(person_id, proved))
    return found
