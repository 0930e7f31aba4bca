"""A photo can be pointed at, and what lay in a reported thing stays to be looked at, whatever its author does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.kernel import clock, jobs, trail
from penpal.kernel.access import visible
from penpal.kernel.db import session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.media import links, services, store
from penpal.media.models import Photo, PhotoFile
from penpal.media.services import Chosen
from penpal.media.shapes import Format, Size
from penpal.safeguarding import evidence, items, openings
from penpal.safeguarding import services as reporting
from penpal.safeguarding.evidence_models import Evidence, EvidencePhoto
from penpal.safeguarding.models import Outcome, Report
from penpal.safeguarding.openings import Why
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.media import pictures
from tests.safeguarding.telling import post, reports, tell
from tests.safeguarding.test_opening_lawful import PAPER, demand

WHY = Why("孩子说照片里写着一个地址，要弄清楚", "有人担心这张照片，老师看了，好帮忙")


def sent(cast: Cast, envelope: Envelope = Envelope.SEALED) -> tuple[Letter, Photo]:
    """From 小麦 to 小禾, who has opened it."""
    mai = cast.actor("xiaomai")
    photo = services.keep(pictures.jpeg(), key="key-of-the-photo", by=mai)
    letter = letters.send(
        cast.pair(),
        key="key-of-the-letter",
        body="小禾：看这张照片。",
        envelope=envelope,
        photos=[Chosen(photo.id, "我家门口")],
        by=mai,
    )
    letters.open_(letter, by=cast.actor("xiaohe"))
    return letter, photo


def take_away(cast: Cast, photo_id: int) -> None:
    """What its author may do, and what time does."""
    mai = cast.actor("xiaomai")
    with transaction() as current:
        thing = session().get_one(Photo, photo_id)
        assert thing.about_id is not None
        services.attach("letter", thing.about_id, (), by=mai)
        current.flush()
    services.discard(session().get_one(Photo, photo_id), by=mai)
    with transaction() as current:
        current.execute(sa.update(PhotoFile).values(made_at=clock.now() - timedelta(days=9)))
    jobs.run("media.sweep")


def frozen() -> Evidence:
    return session().scalars(sa.select(Evidence)).one()


def verified(app: Flask) -> int:
    return int(app.test_cli_runner().invoke(args=["evidence", "verify"]).exit_code)


def test_a_reported_letter_keeps_its_photos_after_its_author_takes_them_away(
    app: Flask, as_: SignedIn, cast: Cast
) -> None:
    letter, photo = sent(cast)
    name, number = photo.name, photo.id
    report = tell(cast, words="", about=("letter", letter.id, "小麦的第一封信"))
    before = store.here().get(name, Size.LARGE, Format.JPEG)

    take_away(cast, number)

    assert session().get(Photo, number) is None
    filed = evidence.content(frozen(), title="").photos
    assert [(one.name, one.description, one.width) for one in filed] == [(name, "我家门口", 640)]
    assert store.here().get(name, Size.LARGE, Format.JPEG) == before
    assert verified(app) == 0
    # Sealed: nobody of staff sees it but through an opening, and then as it was.
    for who in ("teacher_bj", "secretary_bj", "teacher_ht", "xiaohe"):
        assert as_(who).get(f"/reports/{report.id}/evidence/photos/1").status_code in (403, 404), (
            who
        )
        assert session().scalars(visible(EvidencePhoto, cast.actor(who))).all() == []
    opening = openings.for_report(report, WHY, by=cast.actor("teacher_bj"))
    teacher = as_("teacher_bj")
    address = f"/openings/{opening.id}/photos/1"
    page = teacher.get(f"/openings/{opening.id}/words").text
    assert address in page
    assert "我家门口" in page
    shown = teacher.get(address)
    assert (shown.content_type, shown.get_data()) == ("image/jpeg", before)
    assert "no-store" in shown.headers["Cache-Control"]
    assert [entry.move for entry in trail.of(opening)].count("read opened") == 1
    assert teacher.get(f"/openings/{opening.id}/photos/2").status_code == 404
    for who in ("secretary_bj", "teacher_ht", "xiaohe", "editor"):
        assert as_(who).get(address).status_code in (403, 404), who
    openings.close(opening, by=cast.actor("teacher_bj"))
    assert teacher.get(address).status_code == 403
    # A file that somebody changed is found; one whose case is over goes.
    path = store._path(name, Size.LARGE, Format.JPEG)
    store.here()._store.put(path, pictures.jpeg(10, 10))
    assert verified(app) == 1
    store.here()._store.put(path, before)
    reporting.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))
    with transaction() as current:
        current.execute(sa.update(Report).values(evidence_until=clock.today() - timedelta(days=3)))
    jobs.run("safeguarding.forget_evidence")
    jobs.run("media.sweep")
    assert session().scalars(sa.select(EvidencePhoto)).all() == []
    with pytest.raises(store.Gone):
        store.here().get(name, Size.LARGE, Format.JPEG)


def test_a_photo_itself_is_told_of_and_is_as_sealed_as_what_it_lies_in(
    as_: SignedIn, cast: Cast
) -> None:
    _letter, photo = sent(cast)
    pointer = f"photo:{photo.id}"
    partner = as_("xiaohe")

    assert "小麦的照片" in partner.get(f"/tell?about={pointer}").text
    assert "小麦的照片" not in as_("xiaolin").get(f"/tell?about={pointer}").text
    post(partner, words="", about=pointer, shown="1")

    report = reports()[0]
    content = evidence.content(frozen(), title="")
    assert (report.about_kind, report.about_label, report.shown) == ("photo", "小麦的照片", True)
    assert frozen().is_sealed
    assert (content.text, [one.digest for one in content.photos]) == ("我家门口", [photo.digest])
    assert set(content.parties) == {cast.person("xiaohe").id, cast.person("xiaomai").id}
    opening = openings.for_report(report, WHY, by=cast.actor("teacher_bj"))
    shown = as_("teacher_bj").get(f"/openings/{opening.id}/photos/1")
    assert shown.status_code == 200
    # The opening is of the frozen copy: the letter's own photo stays where it was.
    token = links.token(photo.id, "small", "jpeg", cast.person("teacher_bj").id)
    assert as_("teacher_bj").get(f"/photos/{token}").status_code == 404


def test_the_photo_of_a_reported_postcard_lies_open_for_those_who_look_after_it(
    as_: SignedIn, cast: Cast
) -> None:
    letter, _photo = sent(cast, Envelope.OPEN)
    report = tell(cast, about=("letter", letter.id, "一封信"))
    teacher = as_("teacher_bj")
    address = f"/reports/{report.id}/evidence/photos/1"

    assert address in teacher.get(f"/reports/{report.id}/evidence").text
    assert teacher.get(address).content_type == "image/jpeg"
    stands = [entry.move for entry in trail.of(report) if entry.move == evidence.READ]
    assert stands == [evidence.READ]
    for who in ("teacher_ht", "xiaohe", "xiaolin", "county_bj"):
        assert as_(who).get(address).status_code in (403, 404), who


def test_an_open_photo_that_staff_looked_at_is_told_to_its_author_by_nobodys_name(
    as_: SignedIn, cast: Cast
) -> None:
    _letter, photo = sent(cast, Envelope.OPEN)
    report = tell(cast, about=("photo", photo.id, "小麦的照片"))
    assert "小麦的照片" not in as_("xiaomai").get("/letters/readers").text

    assert as_("teacher_bj").get(f"/reports/{report.id}/evidence/photos/1").status_code == 200

    page = as_("xiaomai").get("/letters/readers").text.split("<main")[1]
    assert "小麦的照片" in page
    assert "班主任" not in page
    assert "小麦的照片" not in as_("xiaohe").get("/letters/readers").text


def test_nobody_points_at_a_loose_photo_or_one_that_they_do_not_see(cast: Cast) -> None:
    mai = cast.actor("xiaomai")
    photo = services.keep(pictures.jpeg(), key="key-of-the-photo", by=mai)

    assert items.resolve(f"photo:{photo.id}", mai) is None
    assert items.resolve(f"photo:{photo.id}", cast.actor("xiaohe")) is None
    assert items.read("photo", photo.id) is None
    assert items.read("photo", 999_999) is None


def test_an_authority_is_handed_the_photos_beside_the_words(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    letter, _photo = sent(cast)
    scan, out = tmp_path / "paper.pdf", tmp_path / "words.txt"
    scan.write_bytes(PAPER)

    said = app.test_cli_runner().invoke(args=demand(letter, scan, out))

    assert said.exit_code == 0, said.output
    beside = tmp_path / "words-photo-1.jpg"
    assert pictures.opened(beside.read_bytes()).size == (640, 480)
    assert beside.stat().st_mode & 0o077 == 0
