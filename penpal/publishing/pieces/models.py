"""A piece, the frozen copy of what was submitted, and everybody who has to say yes to it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from penpal.accounts.models import Person
from penpal.consent.models import NAME_MAX, Giver, How, Relation
from penpal.kernel import clock, html, machine
from penpal.kernel.db import Model, one_of
from penpal.places.models import Unit
from penpal.programmes.models import Programme
from penpal.publishing.pieces.states import MOVES, SubmissionState
from penpal.twinning.models import Pair

TITLE_MAX = 60
STANDFIRST_MAX = 200
PEN_NAME_MAX = 16
THEME_MAX = 32


class PieceKind(StrEnum):
    LETTER = "letter"
    LETTERS = "letters"
    """A letter and the one it answers, or the answer to it: each of the two submits their own."""
    REFLECTION = "reflection"
    REFLECTIONS = "reflections"
    RECORD = "record"
    RECORDS = "records"
    DRAWING = "drawing"
    """A photo of something drawn, with some words."""
    STORY = "story"
    """By staff: a moving story of their school or county."""
    PRACTICE = "practice"
    """By staff: what worked."""


OF_STAFF = (PieceKind.STORY, PieceKind.PRACTICE)


class Submission(Model):
    """``key`` is made by the page: sending twice finds it again. ``revision`` counts the frozen copies.

    ``unit_id`` is the author's school, or for staff the unit whose story it is. ``station`` numbers
    the round of looking whose turn it is (`reviews`). ``version_id`` is what may be printed: set when
    the author accepts, or the editor takes the copy as it is.
    """

    __tablename__ = "submission"
    __table_args__ = (
        sa.UniqueConstraint("author_id", "key"),
        sa.CheckConstraint(
            "(kind IN ('story', 'practice')) = (pair_id IS NULL)", name="pairs_of_children"
        ),
        sa.CheckConstraint(
            "state NOT IN ('ready', 'published', 'taken_down') OR version_id IS NOT NULL",
            name="printed_from_a_version",
        ),
        sa.CheckConstraint(
            "(state IN ('published', 'taken_down')) <= (published_at IS NOT NULL)",
            name="published_when",
        ),
        sa.Index("ix_submission_author", "author_id", "id"),
        sa.Index("ix_submission_pair", "pair_id"),
        sa.Index("ix_submission_state", "state", "id"),
        sa.Index("ix_submission_unit", "unit_id", "state"),
    )
    moves = MOVES

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    kind: Mapped[PieceKind] = mapped_column(one_of(PieceKind, "submission_kind"))
    programme_id: Mapped[int] = mapped_column(sa.ForeignKey("programme.id"))
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    pair_id: Mapped[int | None] = mapped_column(sa.ForeignKey("pair.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    title: Mapped[str] = mapped_column(sa.String(TITLE_MAX))
    theme: Mapped[str] = mapped_column(sa.String(THEME_MAX), default="")
    state: Mapped[SubmissionState] = mapped_column(
        one_of(SubmissionState, "submission_state"), default=SubmissionState.ASKING
    )
    revision: Mapped[int] = mapped_column(default=1)
    station: Mapped[int] = mapped_column(default=0)
    version_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("piece_version.id", use_alter=True)
    )
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    moved_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    programme: Mapped[Programme] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    pair: Mapped[Pair | None] = relationship()
    unit: Mapped[Unit] = relationship()
    parts: Mapped[list[SubmissionPart]] = relationship(
        order_by="SubmissionPart.revision, SubmissionPart.position", back_populates="submission"
    )
    parties: Mapped[list[SubmissionParty]] = relationship(
        order_by="SubmissionParty.id", back_populates="submission"
    )

    def current_parts(self) -> list[SubmissionPart]:
        """The frozen texts of the present revision, in their order."""
        return [part for part in self.parts if part.revision == self.revision]

    def people(self) -> set[int]:
        """Whoever handed it in and everybody who stands in it."""
        return {self.author_id} | {party.person_id for party in self.parties}


class SubmissionPart(Model):
    """One text of a frozen copy. A partner's own is empty until they put it beside by their own yes.

    Its photos are copies of the author's photos, things of the kind ``submission_part``.
    """

    __tablename__ = "submission_part"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "revision", "position"),
        sa.CheckConstraint("frozen_at IS NOT NULL OR body = ''", name="empty_until_frozen"),
        sa.Index("ix_submission_part_source", "source_kind", "source_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    revision: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    source_kind: Mapped[str] = mapped_column(sa.String(32), default="")
    """``letter``, ``reflection``, ``activity_record``; empty for what staff wrote here."""
    source_id: Mapped[int | None]
    heading: Mapped[str] = mapped_column(sa.String(TITLE_MAX), default="")
    body: Mapped[str] = mapped_column(sa.Text, default="")
    body_html: Mapped[str] = mapped_column(sa.Text, default="")
    direction: Mapped[str] = mapped_column(sa.String(3), default="ltr")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
    written_at: Mapped[datetime | None]
    """When the letter was delivered, the reflection finished, the record closed."""
    frozen_at: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(back_populates="parts")
    author: Mapped[Person] = relationship()


class Faces(StrEnum):
    """What whoever chose a photo says of it; looked at again by whoever reviews it."""

    NONE = "none"
    SOME = "some"
    """Of those who agreed to be seen: each of them is a party with a yes for photos."""
    BLURRED = "blurred"


class SubmissionPhoto(Model):
    """What is known of one photo of a frozen copy; ``is_out`` leaves it away from what is printed."""

    __tablename__ = "submission_photo"

    photo_id: Mapped[int] = mapped_column(
        sa.ForeignKey("photo.id", ondelete="CASCADE"), primary_key=True
    )
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_part.id"), index=True)
    faces: Mapped[Faces] = mapped_column(one_of(Faces, "submission_photo_faces"))
    told_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    is_out: Mapped[bool] = mapped_column(default=False)


class PartyAs(StrEnum):
    AUTHOR = "author"
    PARTNER = "partner"
    """To whom it was written, with whom it was read or done."""
    NAMED = "named"
    """Named, quoted or pictured in it."""


class SubmissionParty(Model):
    """Somebody without whose yes a piece is not printed, and under which name and place they stand in it."""

    __tablename__ = "submission_party"
    __table_args__ = (
        sa.UniqueConstraint("submission_id", "person_id"),
        sa.Index("ix_submission_party_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    submission_id: Mapped[int] = mapped_column(sa.ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    stands_as: Mapped[PartyAs] = mapped_column(one_of(PartyAs, "submission_party_as"))
    wants_real_name: Mapped[bool] = mapped_column(default=False)

    submission: Mapped[Submission] = relationship(back_populates="parties")
    person: Mapped[Person] = relationship()


class Answer(StrEnum):
    YES = "yes"
    NO = "no"


class SubmissionAnswer(Model):
    """What somebody said to one frozen copy of one piece and its photos. Silence is no row, and no consent.

    ``with_photos`` is whether the yes holds for the photos too. The last row of a party, a giver and a
    revision counts; none is ever deleted.
    """

    __tablename__ = "submission_answer"
    __table_args__ = (
        sa.CheckConstraint("how <> 'link' OR giver = 'guardian'", name="links_are_of_guardians"),
        sa.CheckConstraint("(how = 'link') = (link_id IS NOT NULL)", name="a_link_is_named"),
        sa.Index("ix_submission_answer_party", "party_id", "giver", "revision"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_party.id"))
    giver: Mapped[Giver] = mapped_column(one_of(Giver, "submission_answer_giver"))
    revision: Mapped[int]
    answer: Mapped[Answer] = mapped_column(one_of(Answer, "submission_answer_answer"))
    with_photos: Mapped[bool] = mapped_column(default=False)
    how: Mapped[How] = mapped_column(one_of(How, "submission_answer_how"))
    said_at: Mapped[datetime] = mapped_column(default=clock.now)
    recorded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    given_by: Mapped[str] = mapped_column(sa.String(NAME_MAX), default="")
    relation: Mapped[Relation | None] = mapped_column(one_of(Relation, "submission_answer_rel"))
    link_id: Mapped[int | None] = mapped_column(sa.ForeignKey("submission_link.id"))
    paper_id: Mapped[int | None] = mapped_column(sa.ForeignKey("signed_paper.id"))

    party: Mapped[SubmissionParty] = relationship()


class SubmissionLink(Model):
    """A guardian's way to see one piece as it would be printed, and to say yes or no.

    The code is derived, never stored. It answers once for a revision, and stays a way to withdraw.
    """

    __tablename__ = "submission_link"
    __table_args__ = (sa.Index("ix_submission_link_party", "party_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_id: Mapped[int] = mapped_column(sa.ForeignKey("submission_party.id"))
    revision: Mapped[int]
    nonce: Mapped[str] = mapped_column(sa.String(32))
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    wrong_numbers: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    party: Mapped[SubmissionParty] = relationship()


class PenName(Model):
    """The name under which a child is printed: drawn by lot, unique, never made of their own."""

    __tablename__ = "pen_name"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(PEN_NAME_MAX), unique=True)
    drawn_at: Mapped[datetime] = mapped_column(default=clock.now)


machine.guard(Submission)
