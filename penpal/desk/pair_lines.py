"""Lines of a pair's timeline with the pictures beside them, in folds by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from penpal.kernel import calendar
from penpal.media import links
from penpal.media import queries as media
from penpal.media.models import Photo
from penpal.media.queries import Picture
from penpal.places import sky
from penpal.twinning import steps
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard
from penpal.twinning.steps import Known
from penpal.twinning.timeline import PAIR, READER, Line

FACES = "faces"
_IN_SIGHT = 8
"""Lines that stand open at least, where there are so many: months unfold until then."""
_BESIDE = 2
"""Pictures beside one line; the thing itself has them all."""


@dataclass(frozen=True, slots=True)
class Thumb:
    """A small picture."""

    src: str
    description: str
    width: int
    height: int


Shown = tuple[Line, tuple[Thumb, ...]]


@dataclass(frozen=True, slots=True)
class Month:
    """A fold of the timeline."""

    first: date
    lines: tuple[Shown, ...]
    open: bool

    def __hash__(self) -> int:
        return hash((self.first, len(self.lines)))


@lru_cache(maxsize=1024)
def by_month(shown: tuple[Shown, ...]) -> tuple[Month, ...]:
    """Lines, newest first, in folds; the newest of them stand open."""
    months, seen = [], 0
    for first, group in groupby(shown, key=lambda one: _month(one[0])):
        held = tuple(group)
        months.append(Month(first, held, seen < _IN_SIGHT))
        seen += len(held)
    return tuple(months)


def with_thumbs(
    lines: Sequence[Line], face_of: int | None = None
) -> tuple[tuple[Shown, ...], Thumb | None]:
    """Each line with the first of its photos, and somebody's own picture.

    One query, and none where there are no photos. Addresses are part of the values: they end after
    hours, and what is remembered of a page must end with them.
    """
    wanted = [(line.kind, line.id) for line in lines if line.has_photos]
    if face_of is not None:
        wanted.append(("profile", face_of))
    found = media.of_all(wanted) if wanted else {}
    shown = tuple((line, _thumbs(found.get((line.kind, line.id), ()))) for line in lines)
    faces = found.get(("profile", face_of), ()) if face_of is not None else ()
    return shown, _thumb(faces[0], "middle") if faces else None


def _thumbs(pictures: Sequence[Picture]) -> tuple[Thumb, ...]:
    return tuple(_thumb(picture, "small") for picture in pictures[:_BESIDE])


def _thumb(picture: Picture, size: str) -> Thumb:
    return Thumb(links.photo_src(picture, size), picture.description, *picture.fitted(size))


def face_among(known: Sequence[Known]) -> int | None:
    """The partner, where the facts of a pair say that they put up a picture of themselves."""
    return next((fact.id for fact in known if fact.room == FACES), None)


def register() -> None:
    steps.know(FACES, lambda: [_face()])


def _face() -> sa.Select[Any]:
    photo = sa.inspect(Photo).local_table.c
    partner = sa.case(
        (Pair.supported_student_id == READER, Pair.supporting_student_id),
        else_=Pair.supported_student_id,
    )
    has_one = sa.exists().where(
        photo.about_kind == sa.literal_column("'profile'"), photo.about_id == partner
    )
    return steps.part(FACES, "face", id=partner).where(Pair.id == PAIR, has_one)


def kilometres(card: PairCard) -> int | None:
    """How far apart the two live, as letters go; None where a town has no place on the map."""
    if card.me.spot is None or card.partner.spot is None:
        return None
    return sky.kilometres(card.me.spot, card.partner.spot)


def index(months: dict[date, int]) -> tuple[tuple[int, tuple[tuple[date, int], ...]], ...]:
    """Months that have lines, by year."""
    by_year = groupby(months.items(), key=lambda month: month[0].year)
    return tuple((year, tuple(held)) for year, held in by_year)


def _month(line: Line) -> date:
    assert line.at is not None
    return calendar.month_of(line.at)
