"""Two records of one child made one: the photos of the folded record go along."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts.models import Person
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.media.models import Photo

_OF_PERSON = "profile"
"""The kind of thing whose number is that of a person."""


def hand_on(folded: Person, kept: Person, _by: Actor) -> None:
    """What belongs to nothing yet, and the photo of the profile where the kept record has none.

    The caller is inside its transaction and has asked the rulebook. A folded record wrote nothing else.
    """
    has_own = session().scalar(
        sa.select(sa.literal(True))
        .where(Photo.about_kind == _OF_PERSON, Photo.about_id == kept.id)
        .limit(1)
    )
    _move(folded, kept, Photo.about_kind.is_(None))
    if not has_own:
        _move(folded, kept, Photo.about_kind == _OF_PERSON, about_id=kept.id)


def _move(folded: Person, kept: Person, which: sa.ColumnElement[bool], **changes: int) -> None:
    session().execute(
        sa.update(Photo)
        .where(Photo.owner_id == folded.id, which)
        .values(owner_id=kept.id, **changes),
        execution_options={"synchronize_session": False},
    )
