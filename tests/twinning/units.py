"""What the tests of twinnings share: more schools and classes, and the programme's own verbs made short."""

from __future__ import annotations

from penpal.kernel.access import SYSTEM, Actor
from penpal.places import queries as places
from penpal.places import services as tree
from penpal.places.models import Kind, Unit
from penpal.programmes import queries as programmes
from penpal.programmes import services as programme_services
from penpal.programmes.models import Programme, ProgrammeKey
from penpal.twinning import services
from penpal.twinning.models import Twinning


def pen_pals() -> Programme:
    return programmes.programme(ProgrammeKey.PEN_PALS)


def unit(code: str) -> Unit:
    found = places.by_code(code)
    assert found is not None, code
    return found


def county(code: str, above: str) -> Unit:
    return tree.add(Kind.COUNTY, f"{code}县", parent=unit(above), code=code)


def school(code: str, above: str, *, classes: int = 0, students: int = 0) -> Unit:
    """A school; with numbers it has reported them for the current round."""
    added = tree.add(Kind.SCHOOL, f"{code}中学", parent=unit(above), code=code)
    if classes:
        report(added, classes=classes, students=students)
    return added


def report(counted: Unit, *, classes: int, students: int) -> None:
    now = programmes.current_round(pen_pals())
    assert now is not None
    programme_services.report_count(now, counted, classes=classes, students=students)


def class_(code: str, above: str, *, grade: int = 8) -> Unit:
    return tree.add(Kind.CLASS, f"{code}班", parent=unit(above), code=code, grade=grade)


def propose(
    supported: str, supporting: str, *, by: Actor = SYSTEM, elsewhere_reason: str = ""
) -> Twinning:
    return services.propose(
        pen_pals(),
        supported=unit(supported),
        supporting=unit(supporting),
        by=by,
        elsewhere_reason=elsewhere_reason,
    )


def tie(supported: str, supporting: str, *, elsewhere_reason: str = "") -> Twinning:
    """Proposed and confirmed."""
    tied = propose(supported, supporting, elsewhere_reason=elsewhere_reason)
    services.confirm(tied, by=SYSTEM)
    return tied
