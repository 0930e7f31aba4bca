"""Selects over themes: on which walls they hang."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role, name_for_partners
from penpal.activities.states import IdeaKind, ThemeState
from penpal.activities.theme_models import Theme
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.places.models import Level, Unit
from penpal.places.queries import ids_on
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState

MOST = 60


def school_of(path: str) -> int:
    """The school in which a class lies; 0 where there is none."""
    ids = ids_on(path)
    return ids[-2] if len(ids) > 1 else 0


def visible_to(actor: Actor) -> sa.Select[Theme]:
    """One's own; what hangs in one's class; what is opened here or in the twinned school.

    For teachers all that their classes put up, also what was taken down.
    """
    statement = sa.select(Theme)
    if actor.kind == "system":
        return statement
    if actor.kind == "staff":
        led = sa.select(Unit.id).where(people.within(Unit.path, actor.tops(Role.TEACHER)))
        return statement.where(Theme.class_id.in_(led))
    if not actor.is_student or not actor.path:
        return statement.where(Theme.author_id == actor.person_id)
    return statement.where(
        sa.or_(
            Theme.author_id == actor.person_id,
            sa.and_(Theme.state != ThemeState.TAKEN_DOWN, Theme.class_id == actor.unit_id),
            sa.and_(
                Theme.state == ThemeState.OPENED,
                Theme.class_id.in_(_classes_around(school_of(actor.path))),
            ),
        )
    )


def _classes_around(school_id: int) -> sa.Select[int]:
    """The classes of a school and of the school that is twinned with it."""
    twinned = [
        sa.select(there).where(
            here == school_id,
            Twinning.supported_level == Level.SCHOOL,
            Twinning.state == TwinningState.ACTIVE,
        )
        for here, there in (
            (Twinning.supported_id, Twinning.supporting_id),
            (Twinning.supporting_id, Twinning.supported_id),
        )
    ]
    return sa.select(Unit.id).where(
        Unit.level == Level.CLASS,
        sa.or_(Unit.parent_id == school_id, *(Unit.parent_id.in_(each) for each in twinned)),
    )


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """A theme in a list. ``author`` is empty for all but the author's own class."""

    id: int
    author_id: int
    idea: IdeaKind
    title: str
    words_html: str
    direction: str
    state: ThemeState
    reason: str
    author: str
    town: str
    is_own_school: bool
    is_own_class: bool

    @property
    def is_up(self) -> bool:
        return self.state is not ThemeState.TAKEN_DOWN


def walls(actor: Actor) -> list[ThemeRow]:
    """What hangs where the actor can see it, the own class first; for its author also what came down.

    A child is named within the class alone: elsewhere it is somebody of the school, or of the town.
    """
    class_, town = aliased(Unit), aliased(Unit)
    statement = (
        visible_to(actor)
        .join(Person, Person.id == Theme.author_id)
        .join(class_, class_.id == Theme.class_id)
        .outerjoin(town, town.id == class_.town_id)
        .with_only_columns(
            Theme.id,
            Theme.author_id,
            Theme.idea,
            Theme.title,
            Theme.words_html,
            Theme.direction,
            Theme.state,
            Theme.reason,
            Person.display_name,
            town.short_name,
            town.name.label("town_name"),
            class_.parent_id,
            Theme.class_id,
        )
        .order_by(Theme.id.desc())
        .limit(MOST)
    )
    school_id = school_of(actor.path)
    found = [
        ThemeRow(
            row.id,
            row.author_id,
            row.idea,
            row.title,
            row.words_html,
            row.direction,
            row.state,
            row.reason if row.author_id == actor.person_id else "",
            name_for_partners(row.display_name) if row.class_id == actor.unit_id else "",
            row.short_name or row.town_name or "",
            row.parent_id == school_id,
            row.class_id == actor.unit_id,
        )
        for row in session().execute(statement)
    ]
    return sorted(found, key=lambda row: not row.is_own_class)


def of_class(class_: Unit) -> list[Theme]:
    """All themes of a class with their authors, newest first, for its teacher."""
    return list(
        session().scalars(
            sa.select(Theme)
            .join(Theme.author)
            .options(sa.orm.contains_eager(Theme.author))
            .where(Theme.class_id == class_.id)
            .order_by(Theme.id.desc())
            .limit(MOST)
        )
    )


def of_key(person_id: int | None, key: str) -> Theme | None:
    return session().scalar(sa.select(Theme).where(Theme.author_id == person_id, Theme.key == key))


def hanging(person_id: int | None) -> int:
    """How many themes of somebody hang now."""
    return (
        session().scalar(
            sa.select(sa.func.count(Theme.id)).where(
                Theme.author_id == person_id, Theme.state != ThemeState.TAKEN_DOWN
            )
        )
        or 0
    )
