"""The frozen copy: words and photos of one part as they are at the moment of their author's own yes."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid
from penpal.media import queries as photos
from penpal.media import services as media
from penpal.media.models import Photo
from penpal.media.queries import Chosen, Picture
from penpal.publishing.pieces import sources, strictness
from penpal.publishing.pieces.models import (
    Faces,
    Submission,
    SubmissionPart,
    SubmissionParty,
    SubmissionPhoto,
)
from penpal.publishing.pieces.sources import Source
from penpal.publishing.pieces.strictness import Circle, Found

PHOTO_KIND = "submission_part"
BODY_MAX = 20_000


@dataclass(frozen=True)
class Shown:
    """A photo that goes along, and what its owner says is in it."""

    photo_id: int
    faces: Faces
    description: str = ""


@dataclass(frozen=True)
class Copy:
    """What the author of a part says of it.

    ``mends`` holds what stands at each place that was found, by the field of the finding; ``body`` is
    the whole text where it is written anew: after it was sent back, or by staff. ``keeps`` are words of
    which the author says that they are nobody's name here.
    """

    mends: Mapping[str, str] = field(default_factory=dict)
    body: str | None = None
    shown: Sequence[Shown] = ()
    keeps: Collection[str] = ()


def circle(submission: Submission) -> Circle:
    """The names around a piece: of its children, whether they come from one school or from two."""
    if submission.pair_id is None:
        return strictness.circle_of_unit(submission.unit, _children(submission))
    return strictness.circle_of(_children(submission))


def _children(submission: Submission) -> list[Person]:
    return [party.person for party in submission.parties]


def earlier(part: SubmissionPart) -> SubmissionPart | None:
    """The same part in the copy before, if it was frozen there."""
    found = [
        one
        for one in part.submission.parts
        if one.revision < part.revision
        and (one.source_kind, one.source_id, one.author_id)
        == (part.source_kind, part.source_id, part.author_id)
        and one.frozen_at is not None
    ]
    return found[-1] if found else None


def original(part: SubmissionPart, *, by: Actor) -> tuple[str, tuple[Picture, ...]]:
    """The words and photos out of which a part is made: those frozen before, else those of its author."""
    before = earlier(part)
    if before is not None:
        kept = photos.of(PHOTO_KIND, [before.id]).get(before.id, ())
        out = _left_out(before.id)
        return before.body, tuple(one for one in kept if one.id not in out)
    if not part.source_id:
        return "", ()
    source = sources.find(f"{part.source_kind}:{part.source_id}", by=by)
    return html.normal(source.body), source.pictures


def _left_out(part_id: int) -> set[int]:
    return set(
        session().scalars(
            sa.select(SubmissionPhoto.photo_id).where(
                SubmissionPhoto.part_id == part_id, SubmissionPhoto.is_out
            )
        )
    )


def to_mend(part: SubmissionPart, *, by: Actor) -> tuple[Found, ...]:
    """What its author has to change in a part that is to be frozen for the first time."""
    if earlier(part) is not None:
        return ()
    return strictness.look(original(part, by=by)[0], circle(part.submission))


def freeze(part: SubmissionPart, copy: Copy, *, by: Actor) -> None:
    """Write a part down for good, by its author's own act. The caller has authorized and holds the piece.

    Raises ``Invalid`` for ``body``, for the field of a finding, or for a photo's description.
    """
    around = circle(part.submission)
    words, pictures = original(part, by=by)
    if copy.body is not None:
        text, problems = _written(copy.body, around, copy.keeps)
    else:
        mended = strictness.mend(words, around, copy.mends.get, keeps=copy.keeps)
        text, problems = mended.text, dict(mended.problems)
    own = {picture.id: picture for picture in pictures}
    shown = [one for one in copy.shown if one.photo_id in own]
    for one in shown:
        objection = strictness.objection(html.line(one.description), around, copy.keeps)
        if objection is not None:
            problems[f"photo_description_{one.photo_id}"] = objection
    if problems:
        raise Invalid(fields=problems)
    part.body = html.normal(text).strip("\n")
    part.body_html = html.plain(part.body)
    part.direction = html.direction(part.body)
    part.sanitiser = html.VERSION
    part.frozen_at = clock.now()
    session().flush()
    keep_words(part.submission, part.body, copy.keeps, around, by=by)
    _copy_photos(part, shown, by=by)


KEPT = "kept a word"


def keep_words(
    submission: Submission, text: str, keeps: Collection[str], around: Circle, *, by: Actor
) -> None:
    """What stays although somebody is called so is on record, for whoever looks at the piece."""
    for word in strictness.kept_in(text, around, keeps):
        trail.write(submission, KEPT, by=by, reason=word)


def kept_words(submission: Submission) -> list[str]:
    """The words of which an author said that they are nobody's name."""
    told = [entry.reason for entry in trail.of(submission) if entry.move == KEPT]
    return list(dict.fromkeys(told))


def _written(body: str, around: Circle, keeps: Collection[str]) -> tuple[str, dict[str, object]]:
    text = html.normal(body)
    if not text.strip():
        return text, {"body": _l("这里还是空的。")}
    if len(text) > BODY_MAX:
        return text, {"body": _l("太长了，最多两万字。")}
    found = strictness.look(text, around, keeps=keeps)
    if found:
        said = _l("“%(quote)s”：%(why)s", quote=found[0].quote, why=found[0].why)
        return text, {"body": said}
    return text, {}


def _copy_photos(part: SubmissionPart, shown: Sequence[Shown], *, by: Actor) -> None:
    """Copies out of the same files: what becomes of the piece changes nothing of the author's own."""
    chosen: list[Chosen] = []
    faces: dict[int, Faces] = {}
    for one in shown:
        photo = session().get(Photo, one.photo_id)
        if photo is None or photo.owner_id != by.person_id:
            continue
        told = f"{photo.key}:{photo.id}:{part.id}".encode()
        again = media.double(photo.id, key=hashlib.sha256(told).hexdigest()[:40], by=by)
        chosen.append(Chosen(again.id, one.description))
        faces[again.id] = one.faces
    if not chosen:
        return
    media.attach(PHOTO_KIND, part.id, chosen, by=by)
    session().add_all(
        SubmissionPhoto(photo_id=number, part_id=part.id, faces=said, told_by_id=by.person_id)
        for number, said in faces.items()
    )
    session().flush()


def part_of(source: Source, submission: Submission, around: Circle) -> SubmissionPart:
    """A part that waits to be frozen; its heading is left away where it tells a name."""
    heading = html.line(source.heading)
    if strictness.objection(heading, around) is not None:
        heading = ""
    return SubmissionPart(
        submission=submission,
        revision=submission.revision,
        author_id=source.author_id,
        source_kind=source.kind,
        source_id=source.id,
        heading=heading,
        written_at=source.written_at,
    )


def pictures_of(parts: Collection[SubmissionPart]) -> dict[int, tuple[Picture, ...]]:
    """The photos that would be printed, by part."""
    kept = photos.of(PHOTO_KIND, [part.id for part in parts])
    out = set(
        session().scalars(
            sa.select(SubmissionPhoto.photo_id).where(
                SubmissionPhoto.part_id.in_([part.id for part in parts]), SubmissionPhoto.is_out
            )
        )
    )
    return {
        part_id: tuple(one for one in pictures if one.id not in out)
        for part_id, pictures in kept.items()
    }


def leave_photos_out(submission: Submission) -> bool:
    """Nothing pictured in the present copy is printed any more; gives whether there was anything."""
    parts = [part.id for part in submission.current_parts()]
    changed = session().execute(
        sa.update(SubmissionPhoto)
        .where(SubmissionPhoto.part_id.in_(parts), SubmissionPhoto.is_out.is_(False))
        .values(is_out=True)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]


def party_of(submission: Submission, person_id: int | None) -> SubmissionParty | None:
    return next((one for one in submission.parties if one.person_id == person_id), None)
