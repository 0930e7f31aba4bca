"""The counterpart table: who goes with whom, and with everything below them."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from penpal.kernel.db import session, transaction
from penpal.places import services as tree
from penpal.places.models import Kind, Unit
from penpal.programmes import queries, services
from penpal.programmes.models import CounterpartRegion, Programme, ProgrammeKey
from tests.cast import Cast


@pytest.fixture
def pen_pals(cast: Cast) -> Programme:
    return queries.programme(ProgrammeKey.PEN_PALS)


def rows() -> list[tuple[str, str]]:
    supporting, supported = sa.orm.aliased(Unit), sa.orm.aliased(Unit)
    return [
        (row[0] or "", row[1] or "")
        for row in session().execute(
            sa.select(supporting.code, supported.code)
            .select_from(CounterpartRegion)
            .join(supporting, supporting.id == CounterpartRegion.supporting_id)
            .join(supported, supported.id == CounterpartRegion.supported_id)
        )
    ]


def test_nineteen_regions_support_fifty_eight(pen_pals: Programme) -> None:
    table = rows()

    assert len({supporting for supporting, _ in table}) == 19
    assert len(table) == len({supported for _, supported in table}) == 58


def test_rows_as_the_notice_has_them(pen_pals: Programme) -> None:
    table = {supported: supporting for supporting, supported in rows()}

    assert table["hetian-shi"] == "beijing"
    assert table["yutian"] == "tianjin"
    assert table["bazhou"] == "hebei"
    assert table["nong6-wujiaqu"] == "shanxi"


def test_loading_again_adds_nothing(pen_pals: Programme) -> None:
    before = rows(), session().query(Unit).count()

    services.load()

    assert (rows(), session().query(Unit).count()) == before
    assert session().query(Programme).count() == 2


@pytest.mark.parametrize(
    ("supported", "supporting", "goes"),
    [
        ("hetian-shi", "beijing", True),
        ("hetian-shi", "bj-county", True),
        ("ht-school", "bj-class", True),
        ("hetian-shi", "tianjin", False),
        ("hetian-shi", "tj-county", False),
        ("yutian", "bj-county", False),
        ("yutian", "tj-county", True),
        ("beijing", "hetian-shi", False),
        ("bj-county", "hetian-shi", False),
        ("hetian", "beijing", False),
    ],
)
def test_a_row_holds_for_everything_below_it(
    pen_pals: Programme, cast: Cast, supported: str, supporting: str, goes: bool
) -> None:
    found = queries.counterpart(
        pen_pals, supported=cast.unit(supported), supporting=cast.unit(supporting)
    )

    assert (found is not None) is goes


def test_a_row_of_a_prefecture_holds_for_its_counties(pen_pals: Programme, cast: Cast) -> None:
    county = tree.add(Kind.COUNTY, "若羌县", parent=cast.unit("bazhou"))
    there = tree.add(Kind.COUNTY, "邢台县", parent=cast.unit("hebei"))

    assert queries.counterpart(pen_pals, supported=county, supporting=there) is not None
    assert (
        queries.counterpart(pen_pals, supported=county, supporting=cast.unit("bj-county")) is None
    )


def test_a_table_holds_for_its_own_programme(cast: Cast) -> None:
    campus = queries.programme(ProgrammeKey.CAMPUS)

    assert (
        queries.counterpart(
            campus, supported=cast.unit("hetian-shi"), supporting=cast.unit("beijing")
        )
        is None
    )


@pytest.mark.parametrize(
    ("supporting", "supported"), [("tianjin", "hetian-shi"), ("beijing", "beijing")]
)
def test_a_region_has_one_supporter_and_never_itself(
    pen_pals: Programme, cast: Cast, supporting: str, supported: str
) -> None:
    with pytest.raises(IntegrityError), transaction() as current:
        current.add(
            CounterpartRegion(
                programme_id=pen_pals.id,
                supporting_id=cast.unit(supporting).id,
                supported_id=cast.unit(supported).id,
            )
        )
