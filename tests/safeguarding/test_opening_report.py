"""Opening what a party reported: one of those it was told to, with a reason, for a time, on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.letters.models import Letter
from penpal.safeguarding import canonical, items, openings, services
from penpal.safeguarding.models import Addressee, Outcome
from penpal.safeguarding.opening_states import OpeningState
from penpal.safeguarding.openings import Why
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.opening import (
    DELAYED,
    REASON,
    TOLD,
    WHY,
    WORDS,
    agreed,
    at,
    chains_of,
    moves,
    reported,
    sealed,
    stored,
)
from tests.safeguarding.telling import tell

FORM = {"reason": REASON, "told": TOLD, "days": "3"}


def test_staff_reads_a_sealed_letter_when_a_party_reports_it(as_: SignedIn, cast: Cast) -> None:
    letter = sealed(cast)
    report = reported(cast, letter)
    teacher = as_("teacher_ht")
    form = teacher.get(f"/reports/{report.id}/sealed")

    answer = teacher.post(f"/reports/{report.id}/opening", data=FORM)

    assert form.status_code == 200
    assert WORDS not in form.text
    (opening,) = stored()
    assert (opening.state, opening.label) == (OpeningState.OPEN, "小禾的第一封信")
    assert opening.until is not None
    assert opening.opened_at is not None
    assert opening.until - opening.opened_at == timedelta(days=3)
    assert opening.shown_from == opening.opened_at
    content = items.read("letter", letter.id)
    assert content is not None
    assert opening.digest == canonical.digest(canonical.text_of(content))
    assert WORDS not in teacher.get(answer.location).text
    assert WORDS in teacher.get(f"/openings/{opening.id}/words").text
    me = cast.person("teacher_ht").id
    assert moves(opening) == [("ask to open", me), ("open sealed", me), ("read opened", me)]
    # Only whoever opened it reads it: not the secretary who sees that it was, nor anybody else.
    assert as_("secretary_ht").get(f"/openings/{opening.id}").status_code == 200
    assert as_("secretary_ht").get(f"/openings/{opening.id}/words").status_code == 403
    for who in ("teacher_bj", "secretary_bj", "teacher_tj", "county_bj", "editor", "xiaomai"):
        assert as_(who).get(f"/openings/{opening.id}/words").status_code in (403, 404), who


def test_what_is_read_is_what_the_report_froze(as_: SignedIn, cast: Cast) -> None:
    letter = sealed(cast)
    report = reported(cast, letter)
    opening = openings.for_report(report, WHY, by=cast.actor("teacher_ht"))
    with transaction() as current:
        current.execute(sa.update(Letter).values(body="改过", body_html="<p>改过</p>"))

    page = as_("teacher_ht").get(f"/openings/{opening.id}/words").text

    assert WORDS in page
    assert "改过" not in page


@pytest.mark.parametrize(
    "who", ["xiaomai", "xiaohe", "teacher_bj", "secretary_bj", "teacher_tj", "county_bj", "editor"]
)
def test_an_outsider_opens_nothing_of_a_report(as_: SignedIn, cast: Cast, who: str) -> None:
    report = reported(cast, sealed(cast))

    assert as_(who).get(f"/reports/{report.id}/sealed").status_code in (403, 404)
    assert as_(who).post(f"/reports/{report.id}/opening", data=FORM).status_code in (403, 404)
    with pytest.raises(NotPermitted):
        openings.for_report(report, WHY, by=cast.actor(who))

    assert stored() == []


def test_what_went_past_the_teacher_the_teacher_does_not_open(cast: Cast, as_: SignedIn) -> None:
    letter = sealed(cast)
    report = tell(
        cast, "xiaomai", addressee=Addressee.SCHOOL_SECRETARY, about=("letter", letter.id, "一封信")
    )

    assert as_("teacher_ht").post(f"/reports/{report.id}/opening", data=FORM).status_code == 404
    assert as_("secretary_ht").post(f"/reports/{report.id}/opening", data=FORM).status_code == 302


def test_what_went_past_the_school_is_opened_above_it_and_stands_in_no_schools_record(
    as_: SignedIn, cast: Cast
) -> None:
    letter = sealed(cast)
    report = tell(cast, addressee=Addressee.ABOVE, about=("letter", letter.id, "一封信"))

    for who in ("teacher_bj", "secretary_bj"):
        assert as_(who).post(f"/reports/{report.id}/opening", data=FORM).status_code == 404
    led = as_("county_bj").post(f"/reports/{report.id}/opening", data=FORM).location

    assert WORDS in as_("county_bj").get(f"{led}/words").text
    assert as_("secretary_bj").get(led or "").status_code == 404
    assert "没有打开过" in as_("secretary_bj").get("/openings").text
    assert chains_of(stored()[0]) == {0}


def test_a_report_by_somebody_else_opens_nothing(cast: Cast) -> None:
    letter = sealed(cast)
    stranger = tell(cast, "xiaoduo", about=("letter", letter.id, "别人的信"))
    nothing = tell(cast, "xiaomai", key="without-a-letter")
    teacher = cast.actor("teacher_ht")

    with pytest.raises(NotPermitted):
        openings.for_report(stranger, WHY, by=teacher)
    with pytest.raises(NotFound):
        openings.for_report(nothing, WHY, by=teacher)

    assert stored() == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "看看"}, "reason"),
        ({"told": "  "}, "told"),
        ({"days": "15"}, "days"),
        ({"delay_until": "2001-01-01", "delay_reason": REASON}, "delay_until"),
        ({"delay_until": str(clock.today() + timedelta(days=31))}, "delay_until"),
        ({"delay_until": str(clock.today() + timedelta(days=9))}, "delay_reason"),
        ({"delay_reason": REASON}, "delay_until"),
    ],
)
def test_an_opening_needs_a_reason_and_is_time_limited(
    as_: SignedIn, cast: Cast, changes: dict[str, str], field: str
) -> None:
    report = reported(cast, sealed(cast))

    answer = as_("teacher_ht").post(f"/reports/{report.id}/opening", data=FORM | changes)

    assert answer.status_code == 422
    assert f"#{field}" in answer.text
    assert stored() == []


def test_it_ends_by_the_clock_by_hand_and_with_the_answer(
    as_: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = reported(cast, sealed(cast))
    by = cast.actor("teacher_ht")
    opening = openings.for_report(report, WHY, days=1, by=by)
    with pytest.raises(Invalid):
        openings.for_report(report, WHY, by=by)
    with monkeypatch.context() as later:
        at(later, clock.now() + timedelta(days=1, seconds=1))
        with pytest.raises(NotPermitted):
            openings.read(opening, by=by)
    assert openings.read(opening, by=by).text == WORDS
    teacher = as_("teacher_ht")

    assert teacher.post(f"/openings/{opening.id}/closing").status_code == 302

    assert teacher.get(f"/openings/{opening.id}/words").status_code == 403
    assert teacher.post(f"/openings/{opening.id}/closing").status_code == 409
    again = agreed(cast, openings.for_report(report, WHY, by=by))
    services.answer(report, words="和两个孩子都谈了", outcome=Outcome.TALKED, by=by)
    assert teacher.get(f"/openings/{again.id}/words").status_code == 403
    with pytest.raises(NotPermitted):
        openings.for_report(report, WHY, by=by)


def test_a_delay_of_telling_takes_a_second_person_and_has_an_end(
    as_: SignedIn, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = sealed(cast)
    report = reported(cast, letter)
    opening = openings.for_report(report, DELAYED, by=cast.actor("teacher_ht"))
    assert opening.state is OpeningState.ASKED
    assert as_("teacher_ht").get(f"/openings/{opening.id}/words").status_code == 403
    assert as_("teacher_ht").post(f"/openings/{opening.id}/agreement").status_code == 403
    assert as_("secretary_bj").post(f"/openings/{opening.id}/agreement").status_code == 404

    agreed(cast, opening)

    for child in ("xiaohe", "xiaomai"):
        assert TOLD not in as_(child).get("/letters/readers").text
    with monkeypatch.context() as later:
        at(later, openings.begin_of_day(DELAYED.delay_until or clock.today()))
        assert TOLD in as_("xiaohe").get("/letters/readers").text
    assert as_("secretary_ht").post(f"/openings/{opening.id}/showing").status_code == 302
    for child in ("xiaohe", "xiaomai"):
        assert TOLD in as_(child).get("/letters/readers").text
    assert TOLD in as_("xiaohe").get(f"/letters/{letter.id}").text
    assert moves(opening)[-1] == ("told of opening", cast.person("secretary_ht").id)
    assert as_("teacher_ht").post(f"/openings/{opening.id}/showing").status_code == 409


def test_opening_again_for_the_same_report_takes_a_second_person(as_: SignedIn, cast: Cast) -> None:
    report = reported(cast, sealed(cast))
    openings.for_report(report, WHY, by=cast.actor("teacher_ht"))
    assert "这件事已经打开过一次" in as_("secretary_ht").get(f"/reports/{report.id}/sealed").text

    again = openings.for_report(report, WHY, by=cast.actor("secretary_ht"))

    assert again.state is OpeningState.ASKED
    with pytest.raises(NotPermitted):
        openings.read(again, by=cast.actor("secretary_ht"))
    agreed(cast, again, by="teacher_ht")
    assert openings.read(again, by=cast.actor("secretary_ht")).text == WORDS


def test_whoever_hands_a_report_on_reads_no_more(as_: SignedIn, cast: Cast) -> None:
    report = reported(cast, sealed(cast))
    opening = openings.for_report(report, WHY, by=cast.actor("teacher_ht"))
    assert WORDS in as_("teacher_ht").get(f"/openings/{opening.id}/words").text

    services.hand_on(report, by=cast.actor("teacher_ht"))

    assert as_("teacher_ht").get(f"/openings/{opening.id}/words").status_code == 403


def test_only_whoever_told_learns_who_read(as_: SignedIn, cast: Cast) -> None:
    letter = sealed(cast)
    openings.for_report(reported(cast, letter), WHY, by=cast.actor("teacher_ht"))

    for page in (f"/letters/{letter.id}", "/letters/readers"):
        for who in ("xiaohe", "xiaomai"):
            shown = as_(who).get(page).text
            assert TOLD in shown
            assert ("班主任（班主任）打开了这封信。" in shown) == (who == "xiaomai")
            assert ("负责孩子安全的老师打开了这封信。" in shown) == (who == "xiaohe")


def test_the_database_refuses_an_opening_against_the_rules(cast: Cast) -> None:
    letter = sealed(cast)
    opening = openings.for_report(reported(cast, letter), WHY, by=cast.actor("teacher_ht"))
    later = clock.now() + timedelta(days=3)

    for wrong in (
        {"reason": "短"},
        {"second_by_id": cast.person("teacher_ht").id, "second_at": clock.now()},
        {"shown_from": later},
        {"delay_until": later, "delay_reason": "没有第二个人"},
        {"digest": ""},
        {"until": None},
        {"basis": "emergency", "report_id": None, "endangered_id": cast.person("xiaohe").id},
    ):
        with pytest.raises(sa.exc.IntegrityError), transaction() as current:
            current.execute(sa.update(type(opening)).values(**wrong))

    assert session().get_one(type(opening), opening.id).state is OpeningState.OPEN


def test_reasons_are_shown_as_they_were_typed_and_never_as_markup(
    as_: SignedIn, cast: Cast
) -> None:
    letter = sealed(cast)
    why = Why("<script>alert(1)</script>" + REASON, "<img src=x onerror=y>" + TOLD)
    opening = openings.for_report(reported(cast, letter), why, by=cast.actor("teacher_ht"))

    pages = (
        as_("teacher_ht").get(f"/openings/{opening.id}").text,
        as_("xiaohe").get(f"/letters/{letter.id}").text,
    )

    assert all("<img src=x" not in page and "<script>alert" not in page for page in pages)
    assert "&lt;img src=x" in pages[1]
