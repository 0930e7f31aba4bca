"""Everything of the labelled set in which a guard must find something."""

from __future__ import annotations

from functools import cache

from tests.screening.labelled import contacts, inside, marking, said
from tests.screening.labelled.cases import Case


@cache
def evasions() -> tuple[Case, ...]:
    return tuple(marking.distinct([*said.said(), *inside.inside(), *contacts.contacts()]))
