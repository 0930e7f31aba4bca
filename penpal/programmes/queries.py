"""Who goes with whom."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from penpal.kernel.db import session
from penpal.places.models import Unit
from penpal.places.queries import ids_on
from penpal.programmes.models import CounterpartRegion, Programme, ProgrammeKey, Round, UnitCount


def programme(key: ProgrammeKey) -> Programme:
    return session().scalars(sa.select(Programme).where(Programme.key == key)).one()


def counterpart(of: Programme, *, supported: Unit, supporting: Unit) -> CounterpartRegion | None:
    """The row of the table under which these two places may be tied, if there is one.

    Rows that name a prefecture or a division hold for everything below it.
    """
    statement = (
        sa.select(CounterpartRegion)
        .options(joinedload(CounterpartRegion.supporting), joinedload(CounterpartRegion.supported))
        .where(
            CounterpartRegion.programme_id == of.id,
            CounterpartRegion.supported_id.in_(ids_on(supported.path)),
            CounterpartRegion.supporting_id.in_(ids_on(supporting.path)),
        )
    )
    return session().scalars(statement).first()


def current_round(of: Programme) -> Round | None:
    """The latest round that was opened."""
    return session().scalar(
        sa.select(Round)
        .where(Round.programme_id == of.id)
        .order_by(Round.school_year.desc())
        .limit(1)
    )


def counted(of: Round, unit: Unit) -> UnitCount | None:
    return session().scalar(
        sa.select(UnitCount).where(UnitCount.round_id == of.id, UnitCount.unit_id == unit.id)
    )
