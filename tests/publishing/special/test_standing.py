"""Whoever leads all can take down what is printed, by a page of its own, and says why."""

from __future__ import annotations

from datetime import date

import pytest
from flask.testing import FlaskClient

from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.kernel.db import session, transaction
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.special import printed


@pytest.fixture
def piece(cast: Cast) -> int:
    with transaction():
        person = accounts.add_person(PersonKind.STAFF, "中心书记", login_name="centre")
        accounts.grant(person, Role.CENTRE_SECRETARY, cast.unit("centre"), since=date(2026, 9, 1))
    return printed.piece(cast, printed.issue())


def test_the_centre_finds_what_is_printed_and_takes_it_down(
    piece: int, as_: SignedIn, client: FlaskClient
) -> None:
    centre = as_("centre")
    submission = session().get_one(Submission, piece)
    assert "/publishing/printed" in centre.get("/").get_data(as_text=True)
    page = centre.get("/publishing/printed").get_data(as_text=True)
    assert f"/special/{piece}" in page
    assert "没有找到" in centre.get("/publishing/printed?q=zzz").get_data(as_text=True)

    silent = centre.post(f"/publishing/printed/{piece}/removal", data={"words": " "})
    assert silent.status_code == 422
    assert f'id="words-{piece}"' in silent.get_data(as_text=True)
    said = centre.post(f"/publishing/printed/{piece}/removal", data={"words": "照片里看得见校名"})

    session().refresh(submission)
    assert said.status_code == 302
    assert submission.state is SubmissionState.TAKEN_DOWN
    assert client.get(f"/special/{piece}").status_code in (404, 410)
    assert f"/special/{piece}" not in centre.get("/publishing/printed").get_data(as_text=True)


@pytest.mark.parametrize("who", ["xiaomai", "teacher_ht", "secretary_bj", "county_bj"])
def test_nobody_else_has_that_page(piece: int, as_: SignedIn, who: str) -> None:
    assert as_(who).get("/publishing/printed").status_code in (403, 404)
    answer = as_(who).post(f"/publishing/printed/{piece}/removal", data={"words": "不要了"})
    assert answer.status_code in (403, 404)
    assert session().get_one(Submission, piece).state is SubmissionState.PUBLISHED
