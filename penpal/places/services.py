"""Verbs of the tree: a unit is added under its parent, and the regions of the programme are loaded."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from penpal.kernel.db import session, transaction
from penpal.places.models import LEVEL_OF, Kind, Unit

REGIONS = Path(__file__).parent / "data" / "regions.csv"
CENTRE = "centre"


def add(kind: Kind, name: str, *, parent: Unit | None, **details: Any) -> Unit:
    """Add a unit under its parent and give it its path. The caller has authorized."""
    with transaction() as current:
        unit = Unit(kind=kind, level=LEVEL_OF[kind], name=name, parent=parent, **details)
        current.add(unit)
        current.flush()
        unit.path = f"{parent.path if parent else '/'}{unit.id}/"
        if unit.lat is not None:
            unit.town_id = unit.id
        elif parent:
            unit.town_id = parent.town_id
        current.flush()
    return unit


def load_regions() -> int:
    """Add the centre and the shipped regions that are not there yet. Safe to run again; returns how many came."""
    added = 0
    with transaction():
        known = {code: unit for code, unit in session().execute(_coded()) if code}
        if CENTRE not in known:
            known[CENTRE] = add(
                Kind.CENTRE, "全国项目办公室", parent=None, code=CENTRE, name_en="Programme centre"
            )
            added += 1
        for row in _parents_first(_read_regions()):
            if row["code"] in known:
                continue
            known[row["code"]] = add(
                Kind(row["kind"]),
                row["name"],
                parent=known[row["parent"] or CENTRE],
                code=row["code"],
                name_en=row["name_en"],
                short_name=row["short_name"],
                lat=float(row["lat"]),
                lon=float(row["lon"]),
                time_zone=row["time_zone"],
                stamp=row["stamp"],
            )
            added += 1
    return added


def _coded() -> sa.Select[str | None, Unit]:
    return sa.select(Unit.code, Unit).where(Unit.code.is_not(None))


def _read_regions() -> list[dict[str, str]]:
    with REGIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _parents_first(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows in an order in which each parent stands before its children."""
    by_code = {row["code"]: row for row in rows}

    def depth(row: dict[str, str]) -> int:
        return 1 + depth(by_code[row["parent"]]) if row["parent"] in by_code else 0

    return sorted(rows, key=depth)
