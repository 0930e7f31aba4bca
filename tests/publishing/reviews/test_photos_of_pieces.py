"""Photos of a piece: each is looked at, left out or blurred for good, in the copy alone."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.media import blurring, store
from penpal.media import services as media
from penpal.media.blurring import Box
from penpal.media.models import Photo
from penpal.media.shapes import Format, Size
from penpal.publishing.pieces.models import Faces, Submission, SubmissionPhoto
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import looking_at_photos, services
from penpal.publishing.reviews.looking_at_photos import Say
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.media.pictures import jpeg
from tests.publishing.reviews.piecework import piece, turn


def with_photo(cast: Cast) -> tuple[Submission, Photo, Photo]:
    """A piece, the copy of a photo in it, and the author's own."""
    submission = piece(cast)
    own = media.keep(jpeg(), key="photo-of-xiaohe", by=cast.actor("xiaohe"))
    with transaction() as current:
        copy = media.double(own.id, key="copy-of-the-photo", by=cast.actor("xiaohe"))
        part = submission.current_parts()[0]
        copy.about_kind, copy.about_id = looking_at_photos.KIND, part.id
        copy.loose_since, copy.attached_at = None, clock.now()
        known = SubmissionPhoto(
            photo_id=copy.id, part_id=part.id, faces=Faces.NONE, told_by_id=submission.author_id
        )
        current.add(known)
    return submission, copy, own


def test_a_piece_is_approved_only_when_staff_looked_at_each_photo(
    cast: Cast, as_: SignedIn
) -> None:
    submission, photo, _own = with_photo(cast)
    station = turn(cast, submission, "teacher_bj")
    teacher = as_("teacher_bj")

    refused = teacher.post(f"/queue/piece/{station.id}/decision", data={"action": "approve"})

    assert refused.status_code == 422
    assert "照片也要看一眼" in refused.get_data(as_text=True)
    outcome = teacher.post("/queue/several/decisions", data={"item": f"piece:{station.id}"})
    assert outcome.status_code == 302
    assert station.decision is None
    teacher.post(
        f"/queue/piece/{station.id}/decision",
        data={"action": "approve", f"photo_{photo.id}": "agreed"},
    )
    known = session().get_one(SubmissionPhoto, photo.id)
    assert (known.faces, known.told_by_id) == (Faces.SOME, cast.person("teacher_bj").id)
    assert submission.state is SubmissionState.WITH_TEACHER
    # What one of staff looked at is looked at; the next may still leave it out.
    services.approve(
        turn(cast, submission, "teacher_ht"),
        photos={photo.id: Say.OUT},
        by=cast.actor("teacher_ht"),
    )
    assert session().get_one(SubmissionPhoto, photo.id).is_out
    assert "left photo out" in [entry.move for entry in trail.of(submission)]


def test_blurring_changes_the_copy_for_good_and_nothing_of_the_authors_own(
    cast: Cast, as_: SignedIn
) -> None:
    submission, photo, own = with_photo(cast)
    station = turn(cast, submission, "teacher_bj")
    address = f"/publishing/reviews/{station.id}/photos/{photo.id}"
    name = own.name
    before = store.here().get(name, Size.LARGE, Format.JPEG)

    assert as_("teacher_bj").get(address).status_code == 200
    assert as_("teacher_bj").post(address, data={}).status_code == 422
    assert as_("teacher_bj").post(address, data={"cell": "9-9"}).status_code == 422
    assert as_("secretary_bj").get(address).status_code == 403
    assert as_("teacher_tj").get(address).status_code == 404
    answer = as_("teacher_bj").post(
        address, data={"cell": ["0-0", "0-1"], "box": "600,600,900,900"}
    )

    assert answer.status_code == 302
    assert own.name == name
    assert store.here().get(name, Size.LARGE, Format.JPEG) == before
    assert photo.name != name
    after = Image.open(io.BytesIO(store.here().get(photo.name, Size.LARGE, Format.JPEG)))
    cell = after.crop((6, 6, after.width // 8 - 6, after.height // 6 - 6)).convert("L")
    shades = set(cell.tobytes())
    assert max(shades) - min(shades) <= 12
    assert session().get_one(SubmissionPhoto, photo.id).faces is Faces.BLURRED
    assert "blurred photo" in [entry.move for entry in trail.of(submission)]


def test_whoever_has_no_turn_blurs_nothing_and_boxes_lie_in_the_photo(cast: Cast) -> None:
    _submission, photo, own = with_photo(cast)
    box = Box(0, 0, 500, 500)

    with pytest.raises(NotPermitted):
        looking_at_photos.blur(photo.id, [box], by=cast.actor("secretary_bj"))
    with pytest.raises(NotFound):
        looking_at_photos.blur(photo.id, [box], by=cast.actor("teacher_tj"))
    with pytest.raises(NotFound):
        looking_at_photos.blur(own.id, [box], by=cast.actor("teacher_bj"))
    for wrong in ([], [Box(500, 0, 400, 100)], [Box(0, 0, 1001, 5)], [box] * 49):
        with pytest.raises(Invalid):
            blurring.draw(photo, wrong)
