"""Verbs of a programme: load what ships, open a round, report a count."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.kernel.db import session, transaction
from penpal.places import services as places
from penpal.places.models import Unit
from penpal.programmes import queries
from penpal.programmes.models import (
    CounterpartRegion,
    Programme,
    ProgrammeKey,
    Round,
    RoundStep,
    StepKey,
    UnitCount,
)

COUNTERPARTS = places.REGIONS.with_name("counterpart_regions.csv")
NAMES = {
    ProgrammeKey.PEN_PALS: _l("各民族中学生结对子"),
    ProgrammeKey.CAMPUS: _l("高校对口中学"),
}
_DUE = {
    StepKey.COUNT: (7, 20),
    StepKey.TWIN: (7, 31),
    StepKey.CONFIRM: (8, 31),
    StepKey.PAIR: (9, 15),
}
"""Month and day of the notice's calendar; confirming and pairing are 'at the start of term'."""


def load() -> None:
    """Add the programmes, the regions and the counterpart table where they are missing. Safe to run again."""
    with transaction() as current:
        places.load_regions()
        have = {programme.key for programme in current.scalars(sa.select(Programme))}
        current.add_all(
            Programme(key=key, name=str(name)) for key, name in NAMES.items() if key not in have
        )
        current.flush()
        _load_counterparts(queries.programme(ProgrammeKey.PEN_PALS), COUNTERPARTS)


def _load_counterparts(programme: Programme, source: Path) -> None:
    units = {
        code: unit_id for code, unit_id in session().execute(sa.select(Unit.code, Unit.id)) if code
    }
    have = set(
        session().scalars(
            sa.select(CounterpartRegion.supported_id).where(
                CounterpartRegion.programme_id == programme.id
            )
        )
    )
    with source.open(encoding="utf-8", newline="") as file:
        session().add_all(
            CounterpartRegion(
                programme_id=programme.id,
                supporting_id=units[row["supporting"]],
                supported_id=units[row["supported"]],
                as_printed=row["as_printed"],
            )
            for row in csv.DictReader(file)
            if units[row["supported"]] not in have
        )
    session().flush()


def open_round(programme: Programme, school_year: int) -> Round:
    """Begin a school year with the due dates of the notice, which each round may move."""
    with transaction() as current:
        opened = Round(
            programme=programme,
            school_year=school_year,
            begins=date(school_year, 7, 1),
            ends=date(school_year + 1, 6, 30),
            steps=[
                RoundStep(key=key, due=date(school_year, month, day))
                for key, (month, day) in _DUE.items()
            ],
        )
        current.add(opened)
        current.flush()
    return opened


def report_count(of: Round, unit: Unit, *, classes: int, students: int) -> None:
    """Keep what a school counted; the last report of a round stands."""
    with transaction() as current:
        count = queries.counted(of, unit) or UnitCount(round_id=of.id, unit_id=unit.id)
        count.classes, count.students = classes, students
        current.add(count)
        current.flush()
