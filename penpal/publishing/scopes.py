"""Who sees what of publishing: for each of its models the select of what exists for an actor."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from penpal.accounts.models import Enrolment, Role
from penpal.kernel.access import Actor
from penpal.places.models import Unit
from penpal.publishing.editing.models import (
    Change,
    DeskNote,
    DeskPlace,
    PieceVersion,
    Shortlist,
    ShortlistPiece,
    VersionText,
)
from penpal.publishing.editing.predicates import AT_THE_DESK
from penpal.publishing.issues.models import Column, ColumnIssue, Handout, HandoutPiece, IssuePiece
from penpal.publishing.keepsakes.models import LetterBook
from penpal.publishing.pieces.edition_models import SpecialEdition
from penpal.publishing.pieces.models import (
    PenName,
    Submission,
    SubmissionAnswer,
    SubmissionLink,
    SubmissionPart,
    SubmissionParty,
    SubmissionPhoto,
)
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.reviews.models import PathRule, Recusal, Remark, ReviewStation
from penpal.publishing.special.models import ReaderWord
from penpal.publishing.special.states import WordState

SECRETARIES = (
    Role.SCHOOL_SECRETARY.value,
    Role.COUNTY_SECRETARY.value,
    Role.PROVINCE_SECRETARY.value,
    Role.CORPS_SECRETARY.value,
    Role.CENTRE_SECRETARY.value,
)


def is_editor(actor: Actor) -> bool:
    return bool(actor.tops(Role.EDITOR.value))


def visible_to(actor: Actor) -> sa.Select[Submission]:
    """Pieces: to those who stand in them, to the staff of their schools, to whoever's turn came, to editors."""
    statement = sa.select(Submission)
    if actor.kind == "system":
        return statement
    if actor.person_id is None:
        return statement.where(sa.false())
    return statement.where(sa.or_(*_ways(actor)))


def _ways(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Until every child in it has agreed, a piece is not there for the staff of their schools.

    Editors find what is at their desk; whoever leads all finds what anybody can read, to take it down.
    """
    ways = _ways_of_those_it_concerns(actor)
    if actor.is_student:
        return ways
    if is_editor(actor):
        ways.append(Submission.state.in_(AT_THE_DESK))
    if actor.tops(Role.CENTRE_SECRETARY.value):
        ways.append(Submission.state == S.PUBLISHED)
    return ways


def _ways_of_those_it_concerns(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Without the editors, who learn of a piece and of nobody who stands in it."""
    of_party = sa.select(SubmissionParty.submission_id)
    ways: list[sa.ColumnElement[bool]] = [Submission.author_id == actor.person_id]
    if actor.is_student:
        return [Submission.id.in_(of_party.where(SubmissionParty.person_id == actor.person_id))]
    agreed = sa.or_(Submission.state != S.ASKING, Submission.station > 0)
    for path in actor.tops(Role.TEACHER.value, Role.SCHOOL_SECRETARY.value):
        enrolled = (
            sa.select(Enrolment.person_id)
            .join(Enrolment.class_)
            .where(Unit.path.startswith(path, autoescape=True), Enrolment.until.is_(None))
        )
        taught = Submission.id.in_(of_party.where(SubmissionParty.person_id.in_(enrolled)))
        ways.append(sa.and_(agreed, taught))
    turns = sa.select(ReviewStation.submission_id).where(ReviewStation.begun_at.is_not(None))
    held: list[sa.ColumnElement[bool]] = [ReviewStation.unit_id.in_(actor.units(*SECRETARIES))]
    if actor.units(Role.TEACHER.value, *SECRETARIES):
        # Whoever was left a turn and has left office since looks at nothing any more.
        held.append(ReviewStation.delegate_id == actor.person_id)
    ways.append(Submission.id.in_(turns.where(sa.or_(*held))))
    return ways


def of_visible(model: type[Any], column: InstrumentedAttribute[int]) -> Any:
    """What belongs to a piece is seen by whoever sees the piece."""

    def scope(actor: Actor) -> sa.Select[Any]:
        pieces = visible_to(actor).with_only_columns(Submission.id)
        return sa.select(model).where(column.in_(pieces))

    return scope


def _of_parent(model: type[Any], column: Any, parent: Any, key: Any) -> Any:
    def scope(actor: Actor) -> sa.Select[Any]:
        return sa.select(model).where(column.in_(parent(actor).with_only_columns(key)))

    return scope


def _for_editors(model: type[Any]) -> Any:
    def scope(actor: Actor) -> sa.Select[Any]:
        sees = is_editor(actor) or actor.kind == "system"
        return sa.select(model) if sees else sa.select(model).where(sa.false())

    return scope


def _words_visible_to(actor: Actor) -> sa.Select[ReaderWord]:
    """Editors read every reader's word; an author those that were passed on about what they wrote."""
    statement = sa.select(ReaderWord)
    if is_editor(actor) or actor.kind == "system":
        return statement
    wrote = sa.select(SubmissionPart.submission_id).where(
        SubmissionPart.author_id == actor.person_id
    )
    return statement.where(
        ReaderWord.state == WordState.PASSED_ON, ReaderWord.submission_id.in_(wrote)
    )


def _own(model: type[Any], column: InstrumentedAttribute[int]) -> Any:
    def scope(actor: Actor) -> sa.Select[Any]:
        statement = sa.select(model)
        if actor.kind == "system":
            return statement
        return statement.where(column == actor.person_id)

    return scope


def _for_staff(model: type[Any]) -> Any:
    def scope(actor: Actor) -> sa.Select[Any]:
        sees = actor.is_staff or actor.kind == "system"
        return sa.select(model) if sees else sa.select(model).where(sa.false())

    return scope


def parts_visible_to(actor: Actor) -> sa.Select[SubmissionPart]:
    """The words, and with them the photos: for staff neither before all agreed nor after it was taken back."""
    statement = sa.select(SubmissionPart)
    if actor.kind == "system":
        return statement
    pieces = visible_to(actor)
    if not actor.is_student:
        shown = sa.or_(
            Submission.state.not_in((S.ASKING, S.WITHDRAWN)),
            Submission.author_id == actor.person_id,
        )
        pieces = pieces.where(shown)
    return statement.where(
        SubmissionPart.submission_id.in_(pieces.with_only_columns(Submission.id))
    )


def part_ids(actor: Actor) -> sa.Select[int]:
    """The parts whose photos an actor may see."""
    return parts_visible_to(actor).with_only_columns(SubmissionPart.id)


def parties_visible_to(actor: Actor) -> sa.Select[SubmissionParty]:
    """Who stands in a piece; never for editors, who know pen names alone."""
    statement = sa.select(SubmissionParty)
    if actor.kind == "system":
        return statement
    if actor.person_id is None:
        return statement.where(sa.false())
    pieces = sa.select(Submission.id).where(sa.or_(*_ways_of_those_it_concerns(actor)))
    return statement.where(SubmissionParty.submission_id.in_(pieces))


def stations_visible_to(actor: Actor) -> sa.Select[ReviewStation]:
    """Who looks and what they said; not for editors, to whom schools and teachers have no names."""
    statement = sa.select(ReviewStation)
    if actor.kind == "system":
        return statement
    if actor.person_id is None:
        return statement.where(sa.false())
    pieces = sa.select(Submission.id).where(sa.or_(*_ways_of_those_it_concerns(actor)))
    return statement.where(ReviewStation.submission_id.in_(pieces))


def remarks_visible_to(actor: Actor) -> sa.Select[Remark]:
    """Reviewers' words to those it concerns, editors' to editors as well; to children those meant for them."""
    statement = sa.select(Remark)
    if actor.kind == "system":
        return statement
    if actor.person_id is None:
        return statement.where(sa.false())
    near = sa.select(Submission.id).where(sa.or_(*_ways_of_those_it_concerns(actor)))
    if actor.is_student:
        return statement.where(Remark.submission_id.in_(near), Remark.is_for_author)
    seen = visible_to(actor).with_only_columns(Submission.id)
    return statement.where(
        sa.or_(
            Remark.submission_id.in_(near),
            sa.and_(Remark.submission_id.in_(seen), Remark.version_id.is_not(None)),
        )
    )


versions_visible_to = of_visible(PieceVersion, PieceVersion.submission_id)
SCOPES: dict[type, Any] = {
    Submission: visible_to,
    SubmissionPart: parts_visible_to,
    SubmissionParty: parties_visible_to,
    SubmissionPhoto: _of_parent(
        SubmissionPhoto, SubmissionPhoto.part_id, parts_visible_to, SubmissionPart.id
    ),
    SubmissionAnswer: _of_parent(
        SubmissionAnswer, SubmissionAnswer.party_id, parties_visible_to, SubmissionParty.id
    ),
    SubmissionLink: _of_parent(
        SubmissionLink, SubmissionLink.party_id, parties_visible_to, SubmissionParty.id
    ),
    PenName: _own(PenName, PenName.person_id),
    ReviewStation: stations_visible_to,
    Recusal: _own(Recusal, Recusal.staff_id),
    PathRule: _for_staff(PathRule),
    Remark: remarks_visible_to,
    PieceVersion: versions_visible_to,
    VersionText: _of_parent(
        VersionText, VersionText.version_id, versions_visible_to, PieceVersion.id
    ),
    Change: _of_parent(Change, Change.version_id, versions_visible_to, PieceVersion.id),
    DeskPlace: _for_editors(DeskPlace),
    Shortlist: _for_editors(Shortlist),
    ShortlistPiece: _for_editors(ShortlistPiece),
    DeskNote: _for_editors(DeskNote),
    Column: _for_editors(Column),
    ColumnIssue: _for_editors(ColumnIssue),
    IssuePiece: _for_editors(IssuePiece),
    Handout: _for_editors(Handout),
    HandoutPiece: _for_editors(HandoutPiece),
    SpecialEdition: _for_editors(SpecialEdition),
    ReaderWord: _words_visible_to,
    LetterBook: _own(LetterBook, LetterBook.asked_by_id),
}
