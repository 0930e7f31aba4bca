"""Which of one's offices one looks at the pages with: kept in the session, and it only narrows what is shown.

The rulebook judges by all offices whatever was chosen here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import g, session

from penpal.accounts import office_queries
from penpal.accounts.models import Role
from penpal.desk import matrix
from penpal.kernel.access import Actor, Grant

_KEPT = "hat"


@dataclass(frozen=True, slots=True)
class Hat:
    """An office to choose. All classes that someone teaches are one."""

    key: str
    title: str
    place: str


def choose(actor: Actor, key: str) -> None:
    """Look with this office from now on; with all of them when the key names none of one's own."""
    g.pop("hats", None)
    if any(_key(grant) == key for grant in actor.grants):
        session[_KEPT] = key
    else:
        session.pop(_KEPT, None)


def worn(actor: Actor) -> Actor:
    """The actor as navigation and home see them: with the offices of the chosen hat alone."""
    key = _chosen(actor)
    if not key:
        return actor
    return replace(actor, grants=tuple(each for each in actor.grants if _key(each) == key))


def offered(actor: Actor) -> tuple[tuple[Hat, ...], str]:
    """The hats of someone who has several, and the key of the one they wear; '' for all."""
    if len({_key(grant) for grant in actor.grants}) < 2:
        return (), ""
    if "hats" not in g:
        g.hats = _hats(actor)
    return g.hats, _chosen(actor)


def _hats(actor: Actor) -> tuple[Hat, ...]:
    names, titles = office_queries.names_of(actor), matrix.column_names()
    places: dict[str, list[str]] = {}
    for grant in actor.grants:
        places.setdefault(_key(grant), []).append(names.get(grant.unit_id, ""))
    return tuple(
        Hat(key, titles[key.partition(":")[0]], " · ".join(found)) for key, found in places.items()
    )


def _chosen(actor: Actor) -> str:
    if len(actor.grants) < 2:
        return ""
    key = str(session.get(_KEPT, ""))
    return key if any(_key(grant) == key for grant in actor.grants) else ""


def _key(grant: Grant) -> str:
    return grant.role if grant.role == Role.TEACHER else f"{grant.role}:{grant.unit_id}"
