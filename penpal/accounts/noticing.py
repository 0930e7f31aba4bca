"""What somebody is told of an office that was given to them, and whose notices are whose."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, RoleGrant
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.notices.models import Notice

GIVEN = "office.given"


def given(held: RoleGrant) -> None:
    """In the transaction in which it is given."""
    notices.send(
        [held.person_id], GIVEN, about=("office", held.id), params={"unit": held.unit.name}
    )


def hand_on(folded: Person, kept: Person, _by: Actor) -> None:
    """Two records of one child made one: what the folded one was told goes along, each thing once."""
    theirs = sa.orm.aliased(Notice)
    session().execute(
        sa.update(Notice)
        .where(
            Notice.person_id == folded.id,
            ~sa.exists().where(
                theirs.person_id == kept.id,
                theirs.kind == Notice.kind,
                theirs.about_kind == Notice.about_kind,
                theirs.about_id == Notice.about_id,
            ),
        )
        .values(person_id=kept.id),
        execution_options={"synchronize_session": False},
    )


def register() -> None:
    kinds.register(
        GIVEN,
        topic=Topic.UNITS,
        icon="user-round-plus",
        words=kinds.saying(_l("你有了一项新的职务：%(unit)s。")),
        url=lambda _number, _params: kinds.address("offices.own"),
        shown_at="offices.own",
    )
