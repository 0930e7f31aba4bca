"""What belongs to nothing goes after days; files go after their photo, unless evidence or a backup needs them."""

from __future__ import annotations

import os
import signal
import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.config import Settings
from penpal.kernel import clock, jobs
from penpal.kernel.db import session, transaction
from penpal.media import decoding, handing_on, services, store
from penpal.media.models import Photo, PhotoFile
from penpal.media.services import Chosen
from penpal.media.shapes import Format, Size
from penpal.operating import backups
from tests.cast import Cast
from tests.media import pictures


def keep(cast: Cast, number: int = 1) -> Photo:
    content = pictures.jpeg(40 + number, 30)
    return services.keep(content, key=f"photo-number-{number}", by=cast.actor("xiaohe"))


def let_time_pass(days: int = 4) -> None:
    with transaction() as current:
        for column in (Photo.loose_since, PhotoFile.made_at):
            then = clock.now() - timedelta(days=days)
            current.execute(
                sa.update(column.class_).where(column.is_not(None)).values({column.key: then})
            )


def has_files(name: str) -> bool:
    try:
        return bool(store.here().get(name, Size.SMALL, Format.WEBP))
    except store.Gone:
        return False


def test_loose_photos_go_after_three_days_with_their_files_and_attached_ones_stay(
    cast: Cast,
) -> None:
    loose, used = keep(cast, 1).name, keep(cast, 2)
    with transaction():
        services.attach("reading_note", 7, [Chosen(used.id, "")], by=cast.actor("xiaohe"))
    let_time_pass()
    fresh = keep(cast, 3).name

    for _twice in range(2):
        jobs.run("media.forget_loose")
        jobs.run("media.sweep")

    assert [has_files(name) for name in (loose, used.name, fresh)] == [False, True, True]
    left = session().scalars(sa.select(PhotoFile.name)).all()
    assert sorted(left) == sorted([used.name, fresh])


def test_files_stay_as_long_as_one_of_two_photos_is_made_of_them(cast: Cast) -> None:
    first = keep(cast)
    name = first.name
    again = services.double(first.id, key="key-of-the-double", by=cast.actor("xiaohe"))
    let_time_pass(days=1)

    services.discard(session().get_one(Photo, first.id), by=cast.actor("xiaohe"))
    jobs.run("media.sweep")
    assert has_files(name)
    services.discard(session().get_one(Photo, again.id), by=cast.actor("xiaohe"))
    jobs.run("media.sweep")
    assert not has_files(name)


def test_a_photo_whose_writing_down_failed_leaves_nothing_for_good(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store.Store, "put", fail)
        with pytest.raises(OSError, match="full"):
            keep(cast)
    assert session().scalars(sa.select(Photo)).all() == []
    let_time_pass(days=1)
    jobs.run("media.sweep")

    assert session().scalars(sa.select(PhotoFile)).all() == []
    assert has_files(keep(cast).name)


def test_photos_go_along_when_two_records_of_a_child_are_made_one(cast: Cast) -> None:
    folded, kept = cast.person("xiaohe"), cast.person("xiaolin")
    face = keep(cast, 1).id
    loose = keep(cast, 2).id
    with transaction():
        services.attach("profile", folded.id, [Chosen(face, "")], by=cast.actor("xiaohe"))
        handing_on.hand_on(folded, kept, cast.actor("secretary_bj"))
        session().expire_all()

    found = [session().get_one(Photo, number) for number in (face, loose)]
    assert [(photo.owner_id, photo.about_id) for photo in found] == [
        (kept.id, kept.id), (kept.id, None),
    ]  # fmt: skip
    with transaction():
        handing_on.hand_on(kept, folded, cast.actor("secretary_bj"))


def test_a_backup_holds_the_photos_and_nothing_is_swept_while_it_is_made(
    app: Flask, cast: Cast, settings: Settings, tmp_path: Path
) -> None:
    name = keep(cast).name
    (settings.data / "photos" / f"{name}.half#1").write_bytes(b"being written")
    to = tmp_path / "made.penpal-backup"

    backups.make(to, settings=settings, with_key=False, say=lambda _words: None)

    with tarfile.open(to) as archive:
        held = [member for member in archive.getnames() if name in member]
    assert len(held) == 6
    assert f"files/photos/{name[:2]}/{name}.large.webp" in held
    let_time_pass()
    jobs.run("media.forget_loose")
    with store.undisturbed(settings.data):
        jobs.run("media.sweep")
        assert has_files(name)
    jobs.run("media.sweep")
    assert not has_files(name)


def test_a_decoder_that_is_killed_is_replaced(cast: Cast) -> None:
    keep(cast, 1)
    before = decoding.process_ids()
    assert before
    for process_id in before:
        os.kill(process_id, signal.SIGKILL)

    assert has_files(keep(cast, 2).name)
    assert not set(decoding.process_ids()) & set(before)
    decoding.end_all()
    assert decoding.process_ids() == []
    assert has_files(keep(cast, 3).name)


def test_photos_may_lie_in_a_bucket(app: Flask, cast: Cast, tmp_path: Path) -> None:
    kept = app.extensions["penpal.photos"]
    app.extensions["penpal.photos"] = store.Store(Settings(data=tmp_path, photos_url="memory:///"))
    try:
        name = keep(cast).name
        assert has_files(name)
        store.here().delete([name, name])
        assert not has_files(name)
        assert list(tmp_path.iterdir()) == []
    finally:
        app.extensions["penpal.photos"] = kept
