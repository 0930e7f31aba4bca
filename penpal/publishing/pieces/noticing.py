"""What pieces leave word of: that one is asked, that one was withdrawn, that guardians are to be asked."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Person, Role
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.publishing.pieces import clearance
from penpal.publishing.pieces.models import Submission, SubmissionParty

ASKED, AGAIN, WITHDRAWN, GUARDIANS = (
    "piece.asked",
    "piece.asked_again",
    "piece.withdrawn",
    "piece.guardians",
)
KIND = "submission"


def asked(submission: Submission, parties: Sequence[SubmissionParty], *, by: Actor) -> None:
    """Tell the children whose yes is missing; not whoever has just said theirs."""
    who = [party.person_id for party in parties if party.person_id != by.person_id]
    kind = AGAIN if submission.revision > 1 else ASKED
    author = session().get_one(Person, submission.author_id)
    notices.send(
        who,
        kind,
        about=(KIND, submission.id),
        params={"name": author.name_for_partners if submission.pair_id else ""},
    )


def withdrawn(submission: Submission, *, by: Actor) -> None:
    """The others learn that it goes no further; neither who nor why."""
    notices.settle((KIND, submission.id), ASKED, AGAIN, GUARDIANS)
    notices.send(
        sorted(submission.people() - {by.person_id}), WITHDRAWN, about=(KIND, submission.id)
    )


def ask_guardians(submission: Submission) -> None:
    """The teachers of the children whose guardians have not answered yet, by no name of a child."""
    lacking = {
        one.person_id
        for one in clearance.of(submission).missing
        if one.giver == "guardian" and one.what is clearance.What.PIECE
    }
    teachers = {
        teacher.id
        for person_id in sorted(lacking)
        if (class_ := people.last_class(person_id)) is not None
        for teacher in _teachers(class_.path)
    }
    notices.send(sorted(teachers), GUARDIANS, about=(KIND, submission.id))


def _teachers(path: str) -> list[Person]:
    return people.staff_over(path, Role.TEACHER) or people.staff_over(path, Role.SCHOOL_SECRETARY)


def register() -> None:
    for name, words in (
        (ASKED, _l("有一篇投稿里有你，想先问问你。")),
        (AGAIN, _l("有你的那篇稿子改过了，再问你一次。")),
    ):
        kinds.register(
            name,
            topic=Topic.TOGETHER,
            icon="send",
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("pieces.ask", submission_id=number),
            shown_at="pieces.ask",
        )
    kinds.register(
        WITHDRAWN,
        topic=Topic.TOGETHER,
        icon="undo-2",
        words=kinds.saying(_l("有你的一篇稿子撤下了，不会再印出来。")),
        url=lambda number, _params: kinds.address("pieces.page", submission_id=number),
        shown_at="pieces.page",
    )
    kinds.register(
        GUARDIANS,
        topic=Topic.WAITING,
        icon="clipboard-list",
        words=kinds.saying(_l("有一篇稿子要问家长。")),
        url=lambda number, _params: kinds.address("piece_consents.page", submission_id=number),
        shown_at="piece_consents.page",
    )
