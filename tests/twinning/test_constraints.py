"""What the rules forbid cannot be stored, whoever writes it: each constraint, by a row put in by hand."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import IntegrityError

from penpal.kernel.db import session, transaction
from penpal.places.models import Level, Unit
from penpal.twinning import services
from penpal.twinning.models import Pair, Twinning
from tests.cast import Cast
from tests.twinning import units


def row(supported: Unit, supporting: Unit, **changes: object) -> dict[str, object]:
    """A twinning as ``propose`` would store it, with what the test breaks."""
    like = session().query(Twinning).first()
    assert like is not None
    columns: dict[str, object] = {
        "programme_id": like.programme_id,
        "round_id": like.round_id,
        "parent_id": like.id,
        "supported_id": supported.id,
        "supported_level": supported.level,
        "supporting_id": supporting.id,
        "supporting_level": supporting.level,
        "grade": supported.grade,
        "proposed_from": "above",
    }
    return columns | changes


def stored(columns: dict[str, object]) -> None:
    with transaction() as current:
        current.add(Twinning(**columns))


def refuses(columns: dict[str, object], name: str = "") -> None:
    with pytest.raises(IntegrityError) as refused:
        stored(columns)
    # SQLite names foreign keys no further; elsewhere the constraint itself has to have spoken.
    if name and "FOREIGN KEY" not in str(refused.value.orig):
        assert name in str(refused.value.orig)


@pytest.mark.usefixtures("cast")
def test_a_row_in_order_is_stored() -> None:
    stored(row(units.class_("ht-new", "ht-school"), units.unit("bj-class-2")))

    assert session().query(Twinning).count() == 4


@pytest.mark.usefixtures("cast")
def test_a_supported_unit_has_one_running_twinning() -> None:
    refuses(row(units.unit("ht-class"), units.unit("bj-class-2")), "supported_id")


@pytest.mark.usefixtures("cast")
def test_a_supporting_class_serves_one() -> None:
    refuses(row(units.class_("ht-new", "ht-school"), units.unit("bj-class")))


@pytest.mark.usefixtures("cast")
def test_a_supporting_school_serves_one() -> None:
    refuses(row(units.school("ht-second", "hetian-shi"), units.unit("bj-school")))


@pytest.mark.usefixtures("cast")
def test_a_supporting_county_may_serve_several() -> None:
    stored(row(units.unit("hetian-xian"), units.unit("bj-county"), parent_id=None))


def test_ended_twinnings_are_in_nobodys_way(cast: Cast) -> None:
    services.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    services.end(cast.class_twinning(), reason="合并", by=cast.actor("secretary_bj"))

    stored(row(units.unit("ht-class"), units.unit("bj-class")))


@pytest.mark.parametrize("claimed", [7, 8, 9, None])
def test_classes_of_different_grades_cannot_claim_one(cast: Cast, claimed: int | None) -> None:
    supported = units.class_("ht-grade-9", "ht-school", grade=9)

    refuses(row(supported, cast.unit("bj-class-2"), grade=claimed))


@pytest.mark.usefixtures("cast")
def test_a_school_has_no_grade() -> None:
    refuses(
        row(
            units.school("ht-second", "hetian-shi"),
            units.school("bj-second", "bj-county"),
            grade=8,
        )
    )


@pytest.mark.parametrize(
    ("supported", "supporting"),
    [
        ("ht-new", "bj-school"),
        ("ht-second", "bj-county"),
        ("hetian-xian", "bj-school"),
        ("bingtuan", "beijing"),
        ("hetian", "bj-county"),
    ],
)
@pytest.mark.usefixtures("cast")
def test_levels_meet(supported: str, supporting: str) -> None:
    units.class_("ht-new", "ht-school")
    units.school("ht-second", "hetian-shi")

    refuses(row(units.unit(supported), units.unit(supporting)))


@pytest.mark.usefixtures("cast")
def test_a_unit_cannot_claim_a_level_that_it_does_not_have() -> None:
    refuses(
        row(
            units.unit("hetian"),
            units.county("bj-county-2", "beijing"),
            supported_level=Level.COUNTY,
            parent_id=None,
        )
    )
    refuses(
        row(
            units.unit("hetian-xian"),
            units.unit("tianjin"),
            supporting_level=Level.COUNTY,
            parent_id=None,
        )
    )


@pytest.mark.usefixtures("cast")
def test_below_the_counties_a_parent_is_required() -> None:
    refuses(
        row(units.class_("ht-new", "ht-school"), units.unit("bj-class-2"), parent_id=None),
        "under_the_level_above",
    )
    refuses(
        row(
            units.school("ht-second", "hetian-shi"),
            units.school("bj-second", "bj-county"),
            parent_id=None,
        ),
        "under_the_level_above",
    )


@pytest.mark.usefixtures("cast")
def test_a_unit_is_not_tied_to_itself() -> None:
    alone = units.class_("ht-new", "ht-school")

    refuses(row(alone, alone), "two_units")


def pair_row(cast: Cast, supported: str, supporting: str) -> Pair:
    like = cast.class_twinning()
    return Pair(
        programme_id=like.programme_id,
        twinning_id=like.id,
        supported_student_id=cast.person(supported).id,
        supporting_student_id=cast.person(supporting).id,
    )


@pytest.mark.parametrize(
    ("supported", "supporting"),
    [("xiaomai", "xiaolin"), ("xiaoduo", "xiaohe"), ("xiaomai", "xiaohe"), ("xiaoduo", "xiaoduo")],
)
def test_a_student_has_one_active_partner_and_never_themselves(
    cast: Cast, supported: str, supporting: str
) -> None:
    with pytest.raises(IntegrityError), transaction() as current:
        current.add(pair_row(cast, supported, supporting))

    assert session().query(Pair).count() == 1


def test_a_closed_pair_is_in_nobodys_way(cast: Cast) -> None:
    services.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    with transaction() as current:
        current.add(pair_row(cast, "xiaomai", "xiaohe"))

    assert session().query(Pair).count() == 2


def test_a_state_is_written_by_the_machine_alone(cast: Cast) -> None:
    for record in (cast.pair(), cast.class_twinning()):
        with pytest.raises(RuntimeError, match="machine alone"):
            record.state = record.state


@pytest.mark.parametrize(
    "changes",
    [
        {"grade": None},
        {"grade": 6},
        {"grade": 13},
        {"level": Level.SCHOOL},
        {"parent_id": None},
        {"lat": 39.9},
        {"lat": 99.0, "lon": 10.0},
        {"name": "初二(3)班"},
    ],
)
def test_impossible_units_cannot_be_stored(cast: Cast, changes: dict[str, object]) -> None:
    template = cast.unit("bj-class")
    columns: dict[str, object] = {
        "kind": template.kind,
        "level": template.level,
        "name": "初二(9)班",
        "parent_id": template.parent_id,
        "grade": 8,
    }

    with pytest.raises(IntegrityError), transaction() as current:
        current.add(Unit(**(columns | changes)))
