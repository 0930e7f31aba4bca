"""Who has to say yes to which purpose at which age, as data with its source; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from penpal.consent.models import Giver, Purpose

OWN_CONSENT = 14
"""Years. 个人信息保护法 第三十一条: under fourteen a guardian consents."""
OF_AGE = 18
"""Years. 民法典 第十七条, 未成年人保护法 第二条."""


@dataclass(frozen=True)
class Need:
    """Whose yes is needed ``under`` an age; None holds for everyone who is older."""

    under: int | None
    givers: frozenset[Giver]
    source: str


_GUARDIAN = frozenset({Giver.GUARDIAN})
_STUDENT = frozenset({Giver.STUDENT})
_BOTH = _GUARDIAN | _STUDENT
_UNTIL_OF_AGE = (
    Need(OF_AGE, _BOTH, "DOMAIN, Safeguarding: guardian and student until 18"),
    Need(None, _STUDENT, "民法典 第十八条: an adult decides alone"),
)

NEEDS: Mapping[Purpose, tuple[Need, ...]] = {
    Purpose.TAKING_PART: (
        Need(OWN_CONSENT, _GUARDIAN, "个人信息保护法 第三十一条"),
        Need(None, _STUDENT, "DOMAIN, Safeguarding: at 14 the student is asked again"),
    ),
    Purpose.PUBLICATION: _UNTIL_OF_AGE,
    Purpose.REAL_NAME: _UNTIL_OF_AGE,
    Purpose.PHOTOS: _UNTIL_OF_AGE,
    Purpose.VIDEO: _UNTIL_OF_AGE,
    Purpose.CAMP: _UNTIL_OF_AGE,
}
"""The bands of each purpose, youngest first. An unknown birth counts as the youngest."""


def needed(purpose: Purpose, age: int | None) -> frozenset[Giver]:
    """Whose yes this purpose takes at this age, in whole years."""
    bands = NEEDS[purpose]
    if age is None:
        return bands[0].givers
    return next(band.givers for band in bands if band.under is None or age < band.under)
