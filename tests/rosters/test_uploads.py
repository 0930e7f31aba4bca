"""A roster that was uploaded waits to be confirmed: looked at, applied once, called off, forgotten."""

from __future__ import annotations

import dataclasses

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.kernel import clock
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove
from penpal.rosters import reading, services, uploads
from penpal.rosters.judging import Reason
from penpal.rosters.models import RosterUpload
from penpal.rosters.sheets import Sheet
from tests.rosters.conftest import Schools
from tests.rosters.rosters_of import (
    EVERYTHING,
    FIRST,
    as_csv,
    sheet_of,
)
from tests.rosters.stored import counts, students


def test_what_was_seen_is_what_is_applied(app: Flask, schools: Schools) -> None:
    with app.app_context():
        upload = uploads.keep(
            schools.school, sheet_of(*FIRST), file_name="名册.csv", by=schools.secretary
        )
        seen = uploads.result(upload, by=schools.secretary).digest
        services.apply(
            schools.school, sheet_of(["初二(9)班", "0101", "小禾", "", ""]), by=schools.secretary
        )

        with pytest.raises(IllegalMove):
            uploads.confirm(upload, seen=seen, by=schools.secretary)

        assert list(students(schools.school_id)) == ["0101"]


def test_confirming_twice_applies_once_and_keeps_only_the_refused(
    app: Flask, schools: Schools
) -> None:
    with app.app_context():
        rows = sheet_of(*FIRST, ["初二(1)班", "", "小麻", "", ""])
        upload = uploads.keep(schools.school, rows, file_name="名册.csv", by=schools.secretary)
        seen = uploads.result(upload, by=schools.secretary).digest

        uploads.confirm(upload, seen=seen, by=schools.secretary)
        uploads.confirm(upload, seen=seen, by=schools.secretary)

        done = uploads.result(upload, by=schools.secretary)
        assert counts(done) == {"added": 3, "refused": 1}
        assert [(line.row.name, line.reason) for line in done.lines] == [("小麻", Reason.NO_NUMBER)]
        assert "小禾" not in repr(upload.sheet)
        assert len(students(schools.school_id)) == 3


def test_a_cancelled_upload_is_gone(app: Flask, schools: Schools) -> None:
    with app.app_context():
        upload = uploads.keep(
            schools.school, sheet_of(*FIRST), file_name="名册.csv", by=schools.secretary
        )

        uploads.cancel(upload, by=schools.secretary)

        assert not students(schools.school_id)
        assert session().scalar(sa.select(sa.func.count()).select_from(RosterUpload)) == 0


def test_uploads_are_forgotten_after_a_day(
    app: Flask, schools: Schools, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        uploads.keep(schools.school, sheet_of(*FIRST), file_name="a.csv", by=schools.secretary)
        uploads.forget_uploads()
        assert session().scalar(sa.select(sa.func.count()).select_from(RosterUpload)) == 1

        tomorrow = clock.now() + uploads.UPLOADS_LIVE * 1.01
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
        uploads.forget_uploads()

        assert session().scalar(sa.select(sa.func.count()).select_from(RosterUpload)) == 0


def test_a_sheet_comes_back_from_the_database_as_it_went(app: Flask, schools: Schools) -> None:
    sheet = reading.read(as_csv(EVERYTHING))
    with app.app_context():
        upload = uploads.keep(schools.school, sheet, file_name="名册.csv", by=schools.secretary)

        session().expire_all()

        assert Sheet.from_json(upload.sheet) == sheet
        assert dataclasses.asdict(sheet)["dropped_values"] == 12


def test_what_is_written_cannot_be_called_off(app: Flask, schools: Schools) -> None:
    upload = uploads.keep(schools.school, sheet_of(*FIRST), file_name="a.csv", by=schools.secretary)
    seen = uploads.result(upload, by=schools.secretary).digest
    uploads.confirm(upload, seen=seen, by=schools.secretary)

    with pytest.raises(IllegalMove):
        uploads.cancel(upload, by=schools.secretary)
