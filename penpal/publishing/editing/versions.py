"""What is printed of a piece: a version's words, under the names and places that may be shown, and its photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import sqlalchemy as sa
from markupsafe import Markup
from sqlalchemy.orm import selectinload

from penpal.kernel import clock, html
from penpal.kernel.db import in_transaction, session
from penpal.media import queries as media
from penpal.media.queries import Picture
from penpal.publishing.editing.models import PieceVersion, VersionText
from penpal.publishing.pieces import naming
from penpal.publishing.pieces.models import (
    PieceKind,
    Submission,
    SubmissionPart,
    SubmissionParty,
    SubmissionPhoto,
)
from penpal.publishing.pieces.naming import Printed

PHOTOS_OF = "submission_part"


@dataclass(frozen=True)
class PrintedPart:
    """One text as it is printed, under the name that its author is printed with."""

    part_id: int
    author: Printed
    heading: str
    body: str
    body_html: Markup
    direction: str
    written_at: datetime | None
    photos: tuple[Picture, ...]


@dataclass(frozen=True)
class Printable:
    """All that leaves the house of a piece. There is no number, name or school of a child in it.

    ``by`` are those who wrote it, ``to`` the other children who stand in it. ``version_id`` is None
    while no editor has written anything: the words are then those of the frozen copy.
    """

    submission_id: int
    kind: PieceKind
    theme: str
    version_id: int | None
    number: int
    title: str
    standfirst: str
    parts: tuple[PrintedPart, ...]
    by: tuple[Printed, ...]
    to: tuple[Printed, ...]
    published_at: datetime | None

    @cached_property
    def length(self) -> int:
        """Characters, as a newspaper counts them: signs, no spaces."""
        return sum(count(part.body) for part in self.parts)

    @property
    def photos(self) -> tuple[Picture, ...]:
        return tuple(picture for part in self.parts for picture in part.photos)


def count(text: str) -> int:
    """How many signs of a text take room on paper."""
    return len("".join(text.split()))


def printable(submission: Submission, version: PieceVersion | None = None) -> Printable:
    """The piece as its accepted version prints it; before that, as the newest one would."""
    return _printables([submission], {submission.id: version} if version else {})[submission.id]


def printables(submissions: Iterable[Submission]) -> dict[int, Printable]:
    """Many pieces by their ids, in a handful of queries however many they are."""
    return _printables(list(submissions), {})


def at_hand(submission: Submission) -> PieceVersion | None:
    """The newest version, or None while there is only the frozen copy."""
    return session().scalar(
        sa.select(PieceVersion)
        .where(PieceVersion.submission_id == submission.id)
        .order_by(PieceVersion.number.desc())
        .limit(1)
    )


def zero(submission: Submission) -> PieceVersion:
    """The frozen copy word for word as a version, made the first time that it is needed."""
    assert in_transaction()
    found = session().scalar(
        sa.select(PieceVersion).where(
            PieceVersion.submission_id == submission.id, PieceVersion.number == 0
        )
    )
    if found is not None:
        return found
    now = clock.now()
    made = PieceVersion(
        submission_id=submission.id,
        revision=submission.revision,
        number=0,
        title=submission.title,
        accepted_at=now,
    )
    made.texts = [
        VersionText(
            part_id=part.id,
            body=part.body,
            body_html=part.body_html,
            direction=part.direction,
            sanitiser=part.sanitiser,
        )
        for part in submission.current_parts()
    ]
    session().add(made)
    session().flush()
    return made


def _printables(
    submissions: Sequence[Submission], chosen: dict[int, PieceVersion]
) -> dict[int, Printable]:
    if not submissions:
        return {}
    ids = [each.id for each in submissions]
    parts = _parts(submissions)
    versions = {**_versions(submissions), **chosen}
    pictures = _pictures([part.id for found in parts.values() for part in found])
    parties: defaultdict[int, list[SubmissionParty]] = defaultdict(list)
    statement = sa.select(SubmissionParty).where(SubmissionParty.submission_id.in_(ids))
    for party in session().scalars(statement.order_by(SubmissionParty.id)):
        parties[party.submission_id].append(party)
    names = naming.printed_many([party for found in parties.values() for party in found])
    staff = naming.printed_staff(submissions)
    return {
        each.id: _printable(
            each, versions.get(each.id), parts[each.id], parties[each.id], names, staff, pictures
        )
        for each in submissions
    }


def _printable(
    submission: Submission,
    version: PieceVersion | None,
    parts: Sequence[SubmissionPart],
    parties: Sequence[SubmissionParty],
    names: dict[int, Printed],
    staff: dict[int, Printed],
    pictures: dict[int, tuple[Picture, ...]],
) -> Printable:
    texts = {text.part_id: text for text in version.texts} if version else {}
    of_person = {party.person_id: names[party.id] for party in parties}
    if submission.id in staff:
        of_person.setdefault(submission.author_id, staff[submission.id])
    authors = list(dict.fromkeys(part.author_id for part in parts))
    return Printable(
        submission_id=submission.id,
        kind=submission.kind,
        theme=submission.theme,
        version_id=version.id if version else None,
        number=version.number if version else 0,
        title=version.title if version else submission.title,
        standfirst=version.standfirst if version else "",
        parts=tuple(
            _part(part, texts.get(part.id), of_person[part.author_id], pictures) for part in parts
        ),
        by=tuple(of_person[one] for one in authors),
        to=tuple(names[party.id] for party in parties if party.person_id not in authors),
        published_at=submission.published_at,
    )


def _part(
    part: SubmissionPart,
    text: VersionText | None,
    author: Printed,
    pictures: dict[int, tuple[Picture, ...]],
) -> PrintedPart:
    words = text or part
    return PrintedPart(
        part_id=part.id,
        author=author,
        heading=part.heading,
        body=words.body,
        body_html=html.stored(words.body_html),
        direction=words.direction,
        written_at=part.written_at,
        photos=pictures.get(part.id, ()),
    )


def _parts(submissions: Sequence[Submission]) -> dict[int, list[SubmissionPart]]:
    """The frozen texts of the present revision; a part that nobody froze yet is none."""
    found: dict[int, list[SubmissionPart]] = {each.id: [] for each in submissions}
    statement = (
        sa.select(SubmissionPart)
        .join(SubmissionPart.submission)
        .where(
            Submission.id.in_(found),
            SubmissionPart.revision == Submission.revision,
            SubmissionPart.frozen_at.is_not(None),
        )
        .order_by(SubmissionPart.submission_id, SubmissionPart.position)
    )
    for part in session().scalars(statement):
        found[part.submission_id].append(part)
    return found


def _versions(submissions: Sequence[Submission]) -> dict[int, PieceVersion]:
    """The accepted version of each, else its newest one."""
    ids = [each.id for each in submissions]
    newest = (
        sa.select(sa.func.max(PieceVersion.id))
        .where(PieceVersion.submission_id.in_(ids))
        .group_by(PieceVersion.submission_id)
    )
    accepted = [each.version_id for each in submissions if each.version_id is not None]
    statement = (
        sa.select(PieceVersion)
        .where(sa.or_(PieceVersion.id.in_(newest), PieceVersion.id.in_(accepted)))
        .options(selectinload(PieceVersion.texts))
    )
    found = {version.id: version for version in session().scalars(statement)}
    by_piece = {version.submission_id: version for _id, version in sorted(found.items())}
    for each in submissions:
        if each.version_id is not None:
            by_piece[each.id] = found[each.version_id]
    return by_piece


def _pictures(part_ids: Sequence[int]) -> dict[int, tuple[Picture, ...]]:
    out = set(
        session().scalars(
            sa.select(SubmissionPhoto.photo_id).where(
                SubmissionPhoto.part_id.in_(part_ids), SubmissionPhoto.is_out
            )
        )
    )
    return {
        part_id: tuple(picture for picture in pictures if picture.id not in out)
        for part_id, pictures in media.of(PHOTOS_OF, part_ids).items()
    }
