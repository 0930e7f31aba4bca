"""A report about those who run the school goes to the level above, past all of them."""

from __future__ import annotations

from penpal.safeguarding.models import Addressee
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import WORDS, tell


def test_the_level_above_alone_reads_what_went_past_the_school(as_: SignedIn, cast: Cast) -> None:
    tell(cast, addressee=Addressee.ABOVE)

    assert WORDS in as_("county_bj").get("/reports").text
    for who in ("teacher_bj", "secretary_bj", "secretary_ht"):
        assert WORDS not in as_(who).get("/reports").text


def test_the_level_above_answers_and_the_child_reads_it(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast, addressee=Addressee.ABOVE)

    as_("county_bj").post(
        f"/reports/{report.id}/answer", data={"answer": "我来问清楚。", "outcome": "talked"}
    )

    assert "我来问清楚。" in as_("xiaohe").get(f"/told/{report.id}").text


def test_what_was_told_to_the_school_does_not_reach_the_level_above(
    as_: SignedIn, cast: Cast
) -> None:
    report = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)
    county = as_("county_bj")

    assert WORDS not in county.get("/reports").text
    assert county.post(f"/reports/{report.id}/taking").status_code == 404


def test_the_choice_is_offered_where_somebody_is_there_to_read(as_: SignedIn, cast: Cast) -> None:
    assert 'value="above"' in as_("xiaohe").get("/tell").text
    assert 'value="above"' not in as_("xiaomai").get("/tell").text


def test_what_was_answered_can_be_looked_up_again(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast)
    teacher = as_("teacher_bj")
    teacher.post(
        f"/reports/{report.id}/answer", data={"answer": "我和他谈过了。", "outcome": "talked"}
    )

    page = teacher.get("/reports").text

    assert "已经回过话的" in page
    assert "我和他谈过了。" in page
