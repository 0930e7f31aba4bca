"""What can be submitted beside letters: reflections and records, alone or of both, and drawings."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.activities.record_models import ActivityRecord
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.media import services as media
from penpal.media.models import Photo
from penpal.publishing.pieces import freezing, services, sources, strictness
from penpal.publishing.pieces.freezing import Copy, Shown
from penpal.publishing.pieces.models import Faces, PieceKind, Submission
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.sources import Source
from penpal.publishing.pieces.states import SubmissionState
from tests.activities import doing
from tests.cast import Cast
from tests.media import pictures
from tests.publishing.pieces.submitting import LEDGER, say_yes, state_of


def record_of(cast: Cast, who: str) -> ActivityRecord:
    statement = sa.select(ActivityRecord).where(ActivityRecord.author_id == cast.person(who).id)
    return session().scalars(statement).one()


def put(cast: Cast, source: Source, kind: PieceKind, shown: tuple[Shown, ...] = ()) -> Submission:
    services.draw_names(source, by=cast.actor("xiaohe"))
    people = [cast.person("xiaohe"), cast.person("xiaomai")]
    found = strictness.look(source.body, strictness.circle_of(people))
    return services.submit(
        source,
        key="key-of-the-first-piece",
        kind=kind,
        about=About("同一片月亮"),
        copy=Copy({one.field: one.suggestion for one in found}, None, shown),
        own=Own(with_photos=bool(shown), purposes=LEDGER),
        by=cast.actor("xiaohe"),
    )


def test_the_records_of_both_stand_beside_each_other_by_each_ones_own_yes(cast: Cast) -> None:
    doing.done(cast)
    mine, theirs = record_of(cast, "xiaohe"), record_of(cast, "xiaomai")
    source = sources.find(f"activity_record:{mine.id}", by=cast.actor("xiaohe"))
    assert source.kinds == [PieceKind.RECORD, PieceKind.RECORDS]

    piece = put(cast, source, PieceKind.RECORDS)
    say_yes(cast, piece)

    assert {part.source_id for part in piece.current_parts()} == {mine.id, theirs.id}
    assert all(part.frozen_at for part in piece.current_parts())
    assert state_of(piece) is SubmissionState.WITH_TEACHER
    with pytest.raises(NotFound):
        sources.find(f"activity_record:{theirs.id}", by=cast.actor("xiaohe"))


def test_a_drawing_needs_its_photo_and_keeps_a_copy_of_it(cast: Cast) -> None:
    doing.done(cast)
    mine = record_of(cast, "xiaohe")
    photo = media.keep(pictures.jpeg(60, 40), key="photo-of-the-tests", by=cast.actor("xiaohe"))
    with transaction() as current:
        row = current.get_one(Photo, photo.id)
        row.about_kind, row.about_id, row.attached_at = "activity_record", mine.id, mine.done_at
        row.loose_since = None
    source = sources.find(f"activity_record:{mine.id}", by=cast.actor("xiaohe"))
    assert PieceKind.DRAWING in source.kinds

    with pytest.raises(Invalid):
        put(cast, source, PieceKind.DRAWING)
    piece = put(cast, source, PieceKind.DRAWING, (Shown(photo.id, Faces.NONE, "一个月亮"),))

    (part,) = piece.current_parts()
    (picture,) = freezing.pictures_of([part])[part.id]
    assert picture.id != photo.id
    assert picture.description == "一个月亮"


@pytest.mark.parametrize("pointer", ["", "letter:", "letter:0", "nothing:1", "letter:999999"])
def test_what_is_not_there_is_not_found(cast: Cast, pointer: str) -> None:
    with pytest.raises(NotFound):
        sources.find(pointer, by=cast.actor("xiaohe"))
