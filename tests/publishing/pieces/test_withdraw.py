"""Withdrawing: by anybody who stands in it, at once, from everywhere; and what the ledger takes back."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.consent import services as consent
from penpal.consent.models import Giver, Purpose
from penpal.kernel import access, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, NotPermitted
from penpal.letters.models import Letter
from penpal.media import queries as photo_rows
from penpal.media import services as media
from penpal.media.models import Photo
from penpal.notices.models import Notice
from penpal.publishing.issues import signing
from penpal.publishing.pieces import (
    clearance,
    edition,
    freezing,
    leaving,
    naming,
    sweeping,
    withdrawing,
)
from penpal.publishing.pieces.freezing import Copy, Shown
from penpal.publishing.pieces.models import Faces, Submission, SubmissionPart
from penpal.publishing.pieces.services import Own
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.media import pictures
from tests.publishing.issues import ready
from tests.publishing.pieces import submitting
from tests.publishing.pieces.submitting import (
    LEDGER,
    ledger,
    letter,
    say_yes,
    sign,
    state_of,
    submit,
)

PHOTOS = (*LEDGER, Purpose.PHOTOS)


def _printed(cast: Cast) -> Submission:
    """By the clock, in an issue of its own."""
    ready.signed(cast, 1)
    signing.come_out_due()
    return session().scalars(sa.select(Submission)).one()


def with_photo(cast: Cast) -> Letter:
    photo = media.keep(pictures.jpeg(60, 40), key="photo-of-the-tests", by=cast.actor("xiaohe"))
    found = letter(cast)
    with transaction():
        # The letter's own way of enclosing is tested with letters.
        row = session().get_one(Photo, photo.id)
        row.about_kind, row.about_id, row.attached_at = "letter", found.id, found.delivered_at
        row.loose_since = None
    return found


def with_photos_agreed(cast: Cast, *, partner: bool = True) -> Submission:
    found = with_photo(cast)
    (picture,) = photo_rows.of("letter", [found.id])[found.id]
    copy = Copy(
        submitting.mended(found.body, cast), None, [Shown(picture.id, Faces.NONE, "一棵槐树")]
    )
    piece = submit(cast, found, copy=copy, own=Own(with_photos=True, purposes=PHOTOS))
    say_yes(cast, piece, own=Own(with_photos=partner, purposes=PHOTOS))
    return piece


@pytest.mark.parametrize("who", ["xiaohe", "xiaomai", "teacher_ht", "secretary_bj"])
def test_whoever_answers_for_it_ends_it_alone_and_the_others_hear_it_kindly(
    cast: Cast, who: str
) -> None:
    piece = submit(cast)
    say_yes(cast, piece)
    heard: list[tuple[int, leaving.Gone]] = []
    leaving.register(lambda one, what, _by: heard.append((one.id, what)))

    withdrawing.withdraw(piece, by=cast.actor(who))

    assert state_of(piece) is SubmissionState.WITHDRAWN
    assert piece.ended_at is not None
    assert heard == [(piece.id, leaving.Gone.PIECE)]
    told = session().scalars(sa.select(Notice).where(Notice.kind == "piece.withdrawn")).all()
    both = {cast.person("xiaohe").id, cast.person("xiaomai").id}
    assert {one.person_id for one in told} == both - {cast.person(who).id}
    assert all(not one.params for one in told), "neither who nor why"
    entry = trail.of(piece)[-1]
    assert (entry.move, entry.actor_id) == ("withdraw", cast.person(who).id)
    with pytest.raises(IllegalMove):
        withdrawing.withdraw(piece, by=cast.actor("xiaohe"))
    for reader in ("teacher_bj", "teacher_ht", "editor"):
        found = access.visible(SubmissionPart, cast.actor(reader))
        assert session().scalars(found).all() == [], "its words are nobody's to read any more"
    leaving._heard_by.pop()


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_tj", "county_bj", "editor"])
def test_nobody_else_ends_it(cast: Cast, who: str) -> None:
    piece = submit(cast)
    say_yes(cast, piece)

    with pytest.raises(NotPermitted):
        withdrawing.withdraw(piece, by=cast.actor(who))


def test_in_print_it_makes_the_edition_older_in_the_same_transaction(cast: Cast) -> None:
    piece = _printed(cast)
    before = edition.number()

    withdrawing.withdraw(piece, by=cast.actor("xiaohe"))

    assert edition.number() == before + 1


def test_a_child_withdraws_on_a_page_that_says_what_happens(cast: Cast, as_: SignedIn) -> None:
    piece = submit(cast)
    client = as_("xiaomai")

    asked = client.get(f"/publishing/{piece.id}/withdrawal")
    done = client.post(f"/publishing/{piece.id}/withdrawal")

    assert "不会知道是谁" in asked.get_data(as_text=True)
    assert done.status_code == 302
    assert "撤回了" in client.get(f"/publishing/{piece.id}").get_data(as_text=True)
    assert as_("xiaolin").get(f"/publishing/{piece.id}/withdrawal").status_code == 404


def test_publication_taken_back_in_the_ledger_ends_the_piece_at_once_and_by_the_job(
    cast: Cast,
) -> None:
    first = submit(cast)
    say_yes(cast, first)
    ledger(cast, "xiaomai", Purpose.PUBLICATION)
    consent.withdraw(
        cast.person("xiaomai"), purpose=Purpose.PUBLICATION, by=cast.actor("teacher_ht")
    )
    assert state_of(first) is SubmissionState.WITHDRAWN
    assert trail.of(first)[-1].actor_kind == "system"

    ledger(cast, "xiaomai", Purpose.PUBLICATION)
    second = submit(cast, letter(cast, key="another-letter-of-it"), key="another-key-of-it")
    assert sweeping.sweep() == 0, "what was taken back before, and given again, ends nothing"
    say_yes(cast, second)
    with transaction():
        # As if the word of it had been lost in a crash.
        consent.end_yes(cast.person("xiaomai").id, Purpose.PUBLICATION, tuple(Giver))
        session().info.pop("announced", None)
    assert state_of(second) is SubmissionState.WITH_TEACHER
    assert sweeping.sweep() == 1
    assert sweeping.sweep() == 0
    assert state_of(second) is SubmissionState.WITHDRAWN


def test_photos_need_everybodys_yes_and_go_when_one_is_taken_back(cast: Cast) -> None:
    piece = with_photos_agreed(cast)
    (part,) = piece.current_parts()
    assert len(freezing.pictures_of([part])[part.id]) == 1
    for who in ("xiaohe", "xiaomai"):
        sign(cast, piece, who, with_photos=True)
    assert not clearance.of(piece).is_clear, "the guardians' yes to photos at large is missing"
    ledger(cast, "xiaohe", Purpose.PHOTOS)
    ledger(cast, "xiaomai", Purpose.PHOTOS)
    assert clearance.of(piece).is_clear

    consent.withdraw(cast.person("xiaohe"), purpose=Purpose.PHOTOS, by=cast.actor("xiaohe"))

    assert freezing.pictures_of([part]) == {part.id: ()}
    assert state_of(piece) is SubmissionState.WITH_TEACHER
    assert clearance.of(piece).is_clear, "the words alone are printed"


def test_a_yes_to_the_words_alone_leaves_the_photos_out(cast: Cast) -> None:
    by_child = with_photos_agreed(cast, partner=False)
    (part,) = by_child.current_parts()
    assert freezing.pictures_of([part]) == {part.id: ()}
    withdrawing.withdraw(by_child, by=cast.actor("xiaohe"))


def test_a_guardians_yes_to_the_words_alone_leaves_the_photos_out(cast: Cast) -> None:
    piece = with_photos_agreed(cast)

    sign(cast, piece, "xiaohe", with_photos=False)

    (part,) = piece.current_parts()
    assert freezing.pictures_of([part]) == {part.id: ()}
    assert not clearance.with_printed_photos([piece.id])


def test_a_real_name_stands_by_consent_alone_and_goes_with_it(cast: Cast) -> None:
    found = letter(cast)
    piece = submit(
        cast, found, own=Own(wants_real_name=True, purposes=(*LEDGER, Purpose.REAL_NAME))
    )
    mine = submitting.party(cast, piece, "xiaohe")
    assert naming.printed(mine).name != "小禾"
    missing = {one.what for one in clearance.of(piece).of(mine.person_id)}
    assert clearance.What.LEDGER_REAL_NAME in missing
    ledger(cast, "xiaohe", Purpose.REAL_NAME)
    assert naming.printed(mine).name == "小禾"

    consent.withdraw(cast.person("xiaohe"), purpose=Purpose.REAL_NAME, by=cast.actor("xiaohe"))

    assert naming.printed(mine).name != "小禾"
    session().refresh(mine)
    assert not mine.wants_real_name
    assert state_of(piece) is SubmissionState.ASKING
