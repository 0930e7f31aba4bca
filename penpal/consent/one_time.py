"""What every one-time link of a guardian has: a code that is derived, tries that are counted, one use, a signature."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts import codes
from penpal.config import Settings
from penpal.consent.models import NAME_MAX, Relation
from penpal.kernel import clock, html
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove

GOOD_FOR = timedelta(days=14)
MOST_WRONG = 10
"""Student numbers that do not fit, after which a link ends: a found one is not to be guessed at."""
LENGTH = 20
"""Signs of a code: about 99 bits."""

_LONG_NUMBER = re.compile(r"\d(?:[\s-]*\d){4,}")


def derived(settings: Settings, kind: str, whose: int, nonce: str) -> str:
    """The code of a link, made again from the key whenever it is printed."""
    digest = hmac.digest(settings.key().encode(), f"{kind}:{whose}:{nonce}".encode(), "sha256")
    number, signs = int.from_bytes(digest, "big"), []
    for _ in range(LENGTH):
        number, index = divmod(number, len(codes.ALPHABET))
        signs.append(codes.ALPHABET[index])
    return "".join(signs)


def fingerprint(settings: Settings, kind: str, code: str) -> str:
    """What is kept of a code, to find its link again."""
    return hmac.new(
        settings.key().encode(), f"{kind}-code:{code}".encode(), hashlib.sha256
    ).hexdigest()


def typed_fingerprint(settings: Settings, kind: str, typed: str) -> str:
    """The same of a code as it stands in an address."""
    return fingerprint(settings, kind, codes.tidy(typed)[:64])


def take_try(model: type[Any], link_id: int) -> bool:
    """Count a student number before it is judged: of many tries at one moment no more than ten are."""
    with transaction() as current:
        taken = current.execute(
            sa.update(model)
            .where(model.id == link_id, model.wrong_numbers < MOST_WRONG)
            .values(wrong_numbers=model.wrong_numbers + 1)
        )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def give_try_back(model: type[Any], link_id: int) -> None:
    with transaction() as current:
        current.execute(
            sa.update(model)
            .where(model.id == link_id)
            .values(wrong_numbers=model.wrong_numbers - 1)
        )


def end_where_spent(model: type[Any], link_id: int, *which: sa.ColumnElement[bool]) -> None:
    """After the last try nobody comes in by it any more."""
    with transaction() as current:
        current.execute(
            sa.update(model)
            .where(
                model.id == link_id,
                model.wrong_numbers >= MOST_WRONG,
                model.ended_at.is_(None),
                *which,
            )
            .values(ended_at=clock.now())
        )


def use(model: type[Any], link_id: int) -> None:
    """Mark a link as used: of two who answer at once exactly one does, the other gets ``IllegalMove``."""
    used = session().execute(
        sa.update(model)
        .where(
            model.id == link_id,
            model.used_at.is_(None),
            model.ended_at.is_(None),
            model.expires_at > clock.now(),
        )
        .values(used_at=clock.now())
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise IllegalMove


def same(kept: str, typed: str) -> bool:
    """Compare as a person would: full-width digits, spaces and case do not matter."""
    return hmac.compare_digest(*(_folded(text).encode() for text in (kept, typed)))


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def signature(
    name: str, relation: Relation | None, *, confirmed: bool
) -> tuple[str, dict[str, object]]:
    """The name as it is kept, and by field the label of what a guardian has still to fill in."""
    kept = html.line(name)[:NAME_MAX]
    lacking: dict[str, object] = {}
    if not kept:
        lacking["name"] = "name_missing"
    elif _LONG_NUMBER.search(unicodedata.normalize("NFKC", kept)):
        lacking["name"] = "name_digits"
    if relation is None:
        lacking["relation"] = "relation_missing"
    if not confirmed:
        lacking["confirmed"] = "confirm_missing"
    return kept, lacking
