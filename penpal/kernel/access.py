"""``may``, ``authorize`` and ``visible``: the questions every door asks. The answers are in the rulebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, TypeVar

import sqlalchemy as sa

from penpal.kernel import numbers
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound, NotPermitted

M = TypeVar("M")
View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Grant:
    """A role over a subtree of the organisation, as the sign-in snapshot carries it."""

    role: str
    unit_id: int
    path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a snapshot taken at sign-in, so that services never touch a live row for it.

    ``path`` is where a student is at home: the path of their class, '' for everyone else.
    ``waiting`` counts what has come for the person and lies unopened, ``unseen`` their new notices,
    ``unread`` what their partner said in chat.
    """

    kind: Literal["nobody", "student", "staff", "system", "guardian"]
    person_id: int | None = None
    session_id: int | None = None
    display_name: str = ""
    login_name: str = ""
    place: str = ""
    path: str = ""
    unit_id: int | None = None
    activated: bool = False
    takes_part: bool = False
    grants: tuple[Grant, ...] = field(default=())
    session_expires: datetime | None = None
    shared_device: bool = False
    waiting: int = 0
    unseen: int = 0
    unread: int = 0

    @property
    def is_student(self) -> bool:
        return self.kind == "student"

    @property
    def is_staff(self) -> bool:
        return self.kind == "staff"

    def tops(self, *roles: str) -> list[str]:
        """The paths of the subtrees over which the actor holds one of these roles."""
        return [grant.path for grant in self.grants if grant.role in roles]

    def units(self, *roles: str) -> list[int]:
        """The ids of the units over which the actor holds one of these roles."""
        return [grant.unit_id for grant in self.grants if grant.role in roles]

    @property
    def kinds(self) -> frozenset[str]:
        """What the actor is, in the words in which predicates say for whom they can hold."""
        if self.kind == "student":
            return frozenset({"student" if self.takes_part else "student_without_consent"})
        if self.kind == "staff":
            return frozenset(grant.role for grant in self.grants) or frozenset(
                {"staff_without_role"}
            )
        return frozenset({self.kind})

    @property
    def standing(self) -> Actor:
        """All that decides what somebody sees, without what changes from visit to visit.

        A statement that was built for it serves until an office changes.
        """
        return replace(
            self, session_id=None, session_expires=None, shared_device=False, place="", waiting=0
        )

    @property
    def initial(self) -> str:
        """The sign that stands for the person in a round mark: 禾 for 小禾, 若 for 若云老师."""
        if not self.display_name:
            return "·"
        return self.display_name[0] if self.is_staff else self.display_name[-1]


NOBODY = Actor(kind="nobody")
SYSTEM = Actor(kind="system", display_name="system")
"""Jobs and commands that act for nobody in particular."""

Predicate = Callable[[Actor, Any], bool]
P = TypeVar("P", bound=Predicate)
Clause = tuple[Predicate, ...]
"""All of its predicates must hold; any clause of a permission suffices."""


@dataclass(frozen=True)
class Rulebook:
    rules: Mapping[Enum, tuple[Clause, ...]]
    scopes: Mapping[type, Callable[[Actor], sa.Select[Any]]]


_open: list[Rulebook] = []


def open_book(book: Rulebook) -> None:
    """Install the rulebook; the floors below ask it without knowing it."""
    _open[:] = [book]
    _conceivable.cache_clear()


def book() -> Rulebook:
    return _open[0]


def may(actor: Actor, permission: Enum, record: object = None) -> bool:
    """Whether the rulebook lets this actor do this, to this record where there is one."""
    return any(
        all(predicate(actor, record) for predicate in clause) for clause in book().rules[permission]
    )


def conceivable(actor: Actor, permission: Enum) -> bool:
    """Whether there could be a record for which ``may`` holds: the question of the gate."""
    return _conceivable(actor.kinds, permission)


@lru_cache(maxsize=4096)
def _conceivable(kinds: frozenset[str], permission: Enum) -> bool:
    """Remembered as long as the book is open: it is asked for each who is told a line of chat."""
    return any(
        any(all(kind in predicate.kinds for predicate in clause) for kind in kinds)  # type: ignore[attr-defined]
        for clause in book().rules[permission]
    )


def authorize(actor: Actor, permission: Enum, record: object = None) -> None:
    """Raise ``NotPermitted`` unless ``may``."""
    if not may(actor, permission, record):
        raise NotPermitted


def visible(model: type[M], actor: Actor) -> sa.Select[M]:
    """The rows of a model that exist for this actor, as a select to be narrowed further."""
    return book().scopes[model](actor)


def load(model: type[M], actor: Actor, record_id: int) -> M:
    """One visible row, or ``NotFound``: what one may not see is not there."""
    if not 0 < record_id <= numbers.LARGEST:
        raise NotFound
    statement = visible(model, actor).where(sa.inspect(model).primary_key[0] == record_id)
    record = session().scalars(statement).unique().one_or_none()
    if record is None:
        raise NotFound
    return record


def fact(words: object, *kinds: str) -> Callable[[P], P]:
    """Name a predicate for people: what it says in words, and which kinds of actor it can hold for.

    The kinds are what the printed matrix goes by; a test asks each predicate whether they are true.
    """

    def name(predicate: P) -> P:
        predicate.words = words  # type: ignore[attr-defined]
        predicate.kinds = frozenset(kinds)  # type: ignore[attr-defined]
        return predicate

    return name


def needs(permission: Enum) -> Callable[[View], View]:
    """Declare the permission an endpoint stands for; the gate asks for sign-in, the service for the rest."""

    def declare(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that an endpoint is open to anyone."""
    view.permission = None  # type: ignore[attr-defined]
    return view
