"""Units of the organisation tree."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.kernel.db import Model, one_of


class Level(StrEnum):
    """The rank at which units are tied to each other."""

    CENTRE = "centre"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"
    SCHOOL = "school"
    CLASS = "class"
    UNIVERSITY = "university"
    FACULTY = "faculty"


class Kind(StrEnum):
    """What a unit is called; the corps keeps a second chain of the same ranks."""

    CENTRE = "centre"
    PROVINCE = "province"
    CORPS = "corps"
    PREFECTURE = "prefecture"
    DIVISION = "division"
    COUNTY = "county"
    REGIMENT = "regiment"
    SCHOOL = "school"
    CLASS = "class"
    UNIVERSITY = "university"
    FACULTY = "faculty"


LEVEL_OF = {
    Kind.CENTRE: Level.CENTRE,
    Kind.PROVINCE: Level.PROVINCE,
    Kind.CORPS: Level.PROVINCE,
    Kind.PREFECTURE: Level.PREFECTURE,
    Kind.DIVISION: Level.PREFECTURE,
    Kind.COUNTY: Level.COUNTY,
    Kind.REGIMENT: Level.COUNTY,
    Kind.SCHOOL: Level.SCHOOL,
    Kind.CLASS: Level.CLASS,
    Kind.UNIVERSITY: Level.UNIVERSITY,
    Kind.FACULTY: Level.FACULTY,
}
_KIND_FITS_LEVEL = " OR ".join(
    f"(kind = '{kind.value}' AND level = '{level.value}')" for kind, level in LEVEL_OF.items()
)

LOWEST_GRADE, HIGHEST_GRADE = 7, 12
"""初一 (seven) to 高三 (twelve)."""


class Unit(Model):
    """One node of the tree.

    ``path`` holds the ids from the root down to the unit itself ("/1/4/17/"), so that a subtree
    is a prefix. Coordinates are decimal degrees of the seat. ``grade`` is a class's alone.
    ``town`` is the nearest unit up the path that has coordinates: what a stamp and a postmark name.
    """

    __tablename__ = "unit"
    __table_args__ = (
        sa.CheckConstraint(_KIND_FITS_LEVEL, name="kind_fits_level"),
        sa.CheckConstraint("(level = 'class') = (grade IS NOT NULL)", name="grade_is_of_a_class"),
        sa.CheckConstraint(
            f"grade IS NULL OR grade BETWEEN {LOWEST_GRADE} AND {HIGHEST_GRADE}", name="grade_range"
        ),
        sa.CheckConstraint("(level = 'centre') = (parent_id IS NULL)", name="centre_is_the_root"),
        sa.CheckConstraint("closed_on IS NULL OR level = 'class'", name="classes_close"),
        sa.CheckConstraint(
            "(lat IS NULL) = (lon IS NULL) AND (lat IS NULL OR (lat BETWEEN -90 AND 90 "
            "AND lon BETWEEN -180 AND 180))",
            name="coordinates",
        ),
        sa.UniqueConstraint("parent_id", "name"),
        # Targets of the composite keys by which a twinning proves level and grade.
        sa.UniqueConstraint("id", "level"),
        sa.UniqueConstraint("id", "grade"),
        sa.Index("ix_unit_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    kind: Mapped[Kind] = mapped_column(one_of(Kind, "unit_kind"))
    level: Mapped[Level] = mapped_column(one_of(Level, "unit_level"))
    code: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    name_en: Mapped[str] = mapped_column(sa.String(120), default="")
    short_name: Mapped[str] = mapped_column(sa.String(16), default="")
    path: Mapped[str] = mapped_column(sa.String(160), default="")
    grade: Mapped[int | None]
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    stamp: Mapped[str] = mapped_column(sa.String(32), default="")
    time_zone: Mapped[str] = mapped_column(sa.String(40), default="Asia/Shanghai")
    closed_on: Mapped[date | None]
    """Since when an empty class is shown no more; students who come into it open it again."""

    town_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))

    parent: Mapped[Unit | None] = relationship(
        remote_side=[id], foreign_keys=[parent_id], back_populates="children"
    )
    children: Mapped[list[Unit]] = relationship(foreign_keys=[parent_id], back_populates="parent")
    town: Mapped[Unit | None] = relationship(remote_side=[id], foreign_keys=[town_id])

    def is_within(self, path: str) -> bool:
        """Whether this unit lies in the subtree of that path, the top included."""
        return bool(path) and self.path.startswith(path)
