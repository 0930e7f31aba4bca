"""The number of what is public: it grows in the transaction of every change to it.

What was remembered under an older number is shown no more.
"""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel import clock
from penpal.kernel.db import in_transaction, session
from penpal.kernel.events import announce
from penpal.publishing.pieces.edition_models import SpecialEdition
from penpal.publishing.pieces.events import PublicPagesChanged


def bump(*submission_ids: int) -> None:
    """Something that anybody can read came, changed or went. Belongs into the transaction of that change."""
    if not in_transaction():
        raise RuntimeError("the public pages change with what changes them")
    current = session()
    current.flush()
    changed = current.execute(
        sa.update(SpecialEdition)
        .where(SpecialEdition.id == 1)
        .values(number=SpecialEdition.number + 1, changed_at=clock.now()),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        current.add(SpecialEdition(id=1, number=2))
        current.flush()
    announce(current, PublicPagesChanged(submission_ids))


def number() -> int:
    """The one that counts now."""
    found = session().scalar(sa.select(SpecialEdition.number).where(SpecialEdition.id == 1))
    return found or 1
