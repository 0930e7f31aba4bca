"""What letters leave word of: that one has come."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from flask_babel import gettext as _

from penpal.accounts.models import Person, name_for_partners
from penpal.kernel.db import session
from penpal.letters.models import Letter
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Params, Topic
from penpal.safeguarding import noticing as safeguarding

KIND = "letter"


def delivered(letter_ids: Collection[int]) -> None:
    """Leave word for whom these letters are, in the transaction that delivers them."""
    statement = (
        sa.select(Letter.recipient_id, Letter.id, Person.display_name)
        .join(Person, Person.id == Letter.author_id)
        .where(Letter.id.in_(letter_ids))
    )
    notices.send_many(
        KIND,
        "letter",
        [
            notices.Word(recipient_id, number, {"name": name_for_partners(shown)})
            for recipient_id, number, shown in session().execute(statement).all()
        ],
    )


def register() -> None:
    kinds.register(
        KIND,
        topic=Topic.LETTERS,
        icon="mail",
        words=_words,
        url=_at,
        shown_at="letters.read",
    )
    safeguarding.place("letter", _at)


def _at(number: int, _params: Params) -> str:
    return kinds.address("letters.read", letter_id=number)


def _words(params: Params) -> str:
    return _("%(name)s的信到了。", name=params["name"])
