"""A backup: whole or refused, private, of everything that matters, and never over anything."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.config import Settings
from penpal.operating import archives, backups, restoring
from penpal.operating.archives import Manifest, Member, Refused
from tests.cast import Cast
from tests.letters.test_send import send


def silent(_words: str) -> None:
    """Nobody watches."""


@pytest.fixture
def place(app: Flask, settings: Settings, tmp_path: Path) -> Settings:
    """The database of the tests with a data folder of its own, which holds a key and a photo."""
    data = tmp_path / "data"
    (data / "media" / "2026").mkdir(parents=True)
    (data / "media" / "2026" / "photo.webp").write_bytes(b"a photo")
    (data / "secret.key").write_text("the key of this server")
    for name in ("server.log", "jobs.sqlite", "jobs.sqlite-wal", ".ready-x", "old.penpal-backup"):
        (data / name).write_text("not worth keeping")
    return settings.model_copy(update={"data": data, "database_url": settings.database})


@pytest.fixture
def archive(place: Settings, cast: Cast, tmp_path: Path) -> Path:
    """A backup that was made a moment ago."""
    send(cast)
    to = tmp_path / "made.penpal-backup"
    backups.make(to, settings=place, with_key=True, say=silent)
    return to


def elsewhere(place: Settings, tmp_path: Path) -> Settings:
    """An empty place of the same kind: on PostgreSQL it is only looked at, never filled."""
    changed: dict[str, object] = {"data": tmp_path / "new"}
    if place.database.startswith("sqlite"):
        changed["database_url"] = ""
    return place.model_copy(update=changed)


def test_a_backup_says_what_it_is_and_holds_what_matters(archive: Path, place: Settings) -> None:
    manifest = archives.check(archive)

    kind = "sqlite" if place.database.startswith("sqlite") else "postgresql"
    assert manifest.database == kind
    assert [member.name for member in manifest.members][1:] == [
        "files/media/2026/photo.webp",
        "files/secret.key",
    ]
    assert manifest.revision in {
        script.revision for script in restoring._scripts().walk_revisions()
    }
    assert (
        place.key() not in archive.read_bytes()[: archives._CHUNK].decode(errors="replace")[:2000]
    )


def test_nobody_else_on_the_machine_can_read_it(archive: Path) -> None:
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_nothing_half_made_stays_behind(archive: Path, tmp_path: Path) -> None:
    assert {path.name for path in tmp_path.iterdir()} == {"data", archive.name}


def test_the_key_can_be_left_out(place: Settings, tmp_path: Path) -> None:
    to = tmp_path / "without.penpal-backup"

    manifest = backups.make(to, settings=place, with_key=False, say=silent)

    assert "files/secret.key" not in [member.name for member in manifest.members]
    assert b"the key of this server" not in to.read_bytes()


def test_any_tar_opens_it(archive: Path) -> None:
    with tarfile.open(archive) as tar:
        assert tar.getnames()[0] == "manifest.json"


def test_a_backup_overwrites_nothing(place: Settings, archive: Path) -> None:
    before = archive.read_bytes()

    with pytest.raises(Refused, match="overwrites nothing"):
        backups.make(archive, settings=place, with_key=True, say=silent)

    assert archive.read_bytes() == before


def test_a_backup_does_not_lie_in_what_it_saves(place: Settings) -> None:
    with pytest.raises(Refused, match="inside the data folder"):
        backups.make(place.data / "b.penpal-backup", settings=place, with_key=True, say=silent)


def cut(whole: bytes) -> bytes:
    return whole[: len(whole) * 2 // 3]


def without_its_last_byte(whole: bytes) -> bytes:
    return whole[:-1]


def with_another_byte(at: float) -> Callable[[bytes], bytes]:
    def change(whole: bytes) -> bytes:
        place = min(int(len(whole) * at), len(whole) - 1)
        return whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]

    return change


def nothing(_whole: bytes) -> bytes:
    return b""


def another_file(_whole: bytes) -> bytes:
    return b"PK\x03\x04" + b"a roster, say" * 1000


DAMAGES = [
    (cut, "cut short"),
    (without_its_last_byte, "cut short"),
    (with_another_byte(0.0005), "was damaged or changed"),
    (with_another_byte(0.4), "was damaged or changed"),
    (with_another_byte(0.9995), "was damaged or changed|cut short"),
    (with_another_byte(1), "was damaged or changed|cut short"),
    (nothing, "is no backup of Penpal"),
    (another_file, "is no backup of Penpal"),
]


def test_whatever_is_damaged_is_refused_in_plain_words_before_anything_is_written(
    archive: Path, place: Settings, tmp_path: Path
) -> None:
    whole = archive.read_bytes()
    there = elsewhere(place, tmp_path)

    for number, (damage, words) in enumerate(DAMAGES):
        broken = tmp_path / f"broken-{number}"
        broken.write_bytes(damage(whole))
        with pytest.raises(Refused, match=words):
            archives.check(broken)
        with pytest.raises(Refused, match=words):
            restoring.restore(broken, settings=there, say=silent)

    assert not there.data.exists()


def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be read: No such file"):
        archives.check(tmp_path / "nowhere")


def forged(path: Path, manifest: Manifest, entries: dict[str, bytes]) -> None:
    """An archive with a true seal, made by whoever knows how."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w|") as tar:
        for name, content in {"manifest.json": manifest.to_json(), **entries}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    seal = hashlib.sha256(packed.getvalue()).hexdigest().encode()
    path.write_bytes(packed.getvalue() + b"penpal-backup sha256 " + seal + b"\n")


def manifest_of(entries: dict[str, bytes], **changes: object) -> Manifest:
    members = tuple(
        Member(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in entries.items()
    )
    facts: dict[str, object] = {
        "made_at": "", "version": "", "database": "sqlite", "revision": "x", "key": "",
        "members": members,
    }  # fmt: skip
    return Manifest(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["../outside", "/outside", "files/../../outside"])
def test_a_forged_archive_writes_nowhere_else(tmp_path: Path, name: str) -> None:
    entries = {name: b"x"}
    forged(tmp_path / "forged", manifest_of(entries), entries)

    with pytest.raises(Refused, match="holds something that no backup holds"):
        archives.check(tmp_path / "forged")


def test_a_member_that_is_not_what_the_manifest_says_is_refused(tmp_path: Path) -> None:
    forged(tmp_path / "forged", manifest_of({"files/a": b"x"}), {"files/a": b"y"})

    with pytest.raises(Refused, match="not what the manifest says"):
        archives.check(tmp_path / "forged")


def test_a_backup_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    entries = {"penpal.sqlite.gz": b""}
    forged(tmp_path / "newer", manifest_of(entries, revision="from the future"), entries)
    forged(tmp_path / "format", manifest_of(entries, format=99), entries)
    there = Settings(DATABASE_URL="", data=tmp_path / "new", secret_key="x")

    for name in ("newer", "format"):
        with pytest.raises(Refused, match="newer version"):
            restoring.restore(tmp_path / name, settings=there, say=silent)


def test_nothing_is_restored_over_a_database_with_something_in_it(
    archive: Path, place: Settings, app: Flask
) -> None:
    with pytest.raises(Refused, match="not empty"):
        restoring.restore(archive, settings=place, say=silent)


def test_nothing_is_restored_into_a_folder_with_something_in_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "diary.txt").write_text("mine")
    entries = {"penpal.sqlite.gz": b""}
    head = restoring._scripts().get_heads()[0]
    forged(tmp_path / "whole", manifest_of(entries, revision=head), entries)

    with pytest.raises(Refused, match=r"not empty: diary\.txt"):
        restoring.restore(
            tmp_path / "whole",
            settings=Settings(DATABASE_URL="", data=data, secret_key="x"),
            say=silent,
        )

    assert [path.name for path in data.iterdir()] == ["diary.txt"]


def test_a_backup_of_one_kind_of_database_is_not_put_into_the_other(
    archive: Path, place: Settings, tmp_path: Path
) -> None:
    other = "" if place.database.startswith("postgres") else "postgresql+psycopg://nobody@nowhere/x"

    with pytest.raises(Refused, match="This backup is of"):
        restoring.restore(
            archive,
            settings=place.model_copy(update={"data": tmp_path / "new", "database_url": other}),
            say=silent,
        )


def test_the_commands_say_what_they_did_and_fail_with_a_number(
    app: Flask, archive: Path, tmp_path: Path
) -> None:
    runner = app.test_cli_runner()
    broken = tmp_path / "broken"
    broken.write_bytes(archive.read_bytes()[:-5])

    checked = runner.invoke(args=["backup", "check", str(archive)])
    refused = runner.invoke(args=["backup", "check", str(broken)])
    made = runner.invoke(args=["backup", str(tmp_path / "again")])

    assert checked.exit_code == made.exit_code == 0
    assert "whole" in checked.output
    assert "with the signing key" in checked.output
    assert refused.exit_code == 1
    assert "cut short" in refused.output
    assert (tmp_path / "again").exists()


def test_no_password_of_the_database_is_shown_to_other_users(
    app: Flask, settings: Settings
) -> None:
    if settings.database.startswith("sqlite"):
        return
    database = backups.databases.Postgres(settings.database)

    password = sa.make_url(settings.database).password
    assert password
    assert str(password) not in database._shown


@pytest.mark.parametrize(
    "name", ["files//etc/passwd", "files/../x", "/etc/passwd", "files/./x", "files/a//b"]
)
def test_a_name_that_leads_out_of_the_folder_is_refused(name: str) -> None:
    assert not archives._stays_inside(name)


def test_what_no_backup_holds_is_not_written_by_a_restore(tmp_path: Path) -> None:
    for name in ("files//etc/x", "files/penpal.sqlite", "files/jobs.sqlite"):
        with pytest.raises(Refused):
            restoring._write_files(tmp_path / "data", {name: io.BytesIO(b"x")})
