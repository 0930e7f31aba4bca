"""In an emergency for the child's own safety: two of staff, a reason, 24 hours, and the children see it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.accounts import appointing, office_queries
from penpal.accounts.models import Person
from penpal.config import Settings
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.safeguarding import openings
from penpal.safeguarding.opening_states import OpeningState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters import writing
from tests.safeguarding.opening import (
    REASON,
    TOLD,
    WHY,
    WORDS,
    agreed,
    asked,
    at,
    chains_of,
    moves,
    sealed,
    stored,
)

FORM = {"reason": REASON, "told": TOLD}


def address(cast: Cast, who: str = "xiaomai") -> str:
    return f"/students/{cast.person(who).id}/emergency"


def test_an_emergency_takes_two_people_of_staff(as_: SignedIn, cast: Cast) -> None:
    letter = sealed(cast)
    teacher, secretary = as_("teacher_ht"), as_("secretary_ht")
    listed = teacher.get(address(cast)).text
    assert "小禾写来的第一封信" in listed
    assert "书记" in listed
    assert WORDS not in listed

    led = teacher.post(address(cast), data=FORM | {"letter": str(letter.id)}).location or ""

    (opening,) = stored()
    assert led == f"/openings/{opening.id}"
    assert "等另一个人答应" in teacher.get(led).text
    assert teacher.get(f"{led}/words").status_code == 403
    assert teacher.post(f"{led}/agreement").status_code == 403
    assert REASON in secretary.get(led).text
    assert WORDS not in secretary.get(led).text
    secretary.post(f"{led}/agreement", data={"word": "家长也联系了"})
    assert WORDS in teacher.get(f"{led}/words").text
    assert WORDS in secretary.get(f"{led}/words").text
    (opening,) = stored()
    assert opening.until is not None
    assert opening.opened_at is not None
    assert opening.until - opening.opened_at == timedelta(hours=24)
    one, other = cast.person("teacher_ht").id, cast.person("secretary_ht").id
    assert moves(opening) == [
        ("ask to open", one),
        ("agree to open", other),
        ("read opened", one),
        ("read opened", other),
    ]
    assert [entry.reason for entry in trail.of(opening)][:2] == [REASON, "家长也联系了"]
    looks = [row.actor_id for row in trail.of(cast.person("xiaomai")) if "looked" in row.move]
    assert looks == [one]


def test_both_children_are_shown_when_and_why_and_the_one_in_danger_who(
    as_: SignedIn, cast: Cast
) -> None:
    letter = sealed(cast)
    opening = asked(cast, letter)
    assert TOLD not in as_("xiaomai").get("/letters/readers").text

    agreed(cast, opening)

    for child in ("xiaohe", "xiaomai"):
        for page in (f"/letters/{letter.id}", "/letters/readers"):
            shown = as_(child).get(page).text
            assert TOLD in shown, (child, page)
            names = "班主任（班主任）和书记（校团委书记）打开了这封信。"
            assert (names in shown) == (child == "xiaomai")
            assert ("负责孩子安全的老师打开了这封信。" in shown) == (child == "xiaohe")
            assert REASON not in shown
            assert "家长" not in shown
    # Nobody else's list has it, nor the page of staff of the other school.
    for who in ("xiaolin", "xiaoduo", "xiaoyuan"):
        assert TOLD not in as_(who).get("/letters/readers").text
    assert as_("teacher_bj").get(f"/openings/{opening.id}").status_code == 404
    assert as_("teacher_bj").get("/letters/readers").status_code == 403


def test_the_list_shows_numbers_days_and_direction_and_never_a_word_or_a_draft(
    as_: SignedIn, cast: Cast
) -> None:
    sealed(cast)
    postcard = writing.send(cast, "xiaomai", key="key-of-a-postcard", body="明信片上的话")
    draft = writing.save(cast, "xiaomai", key="key-of-a-draft", body="还没有写完的话").letter.id

    page = as_("teacher_ht").get(address(cast)).text

    assert "小禾写来的第一封信" in page
    assert "写给小禾的第一封信" in page
    assert f'value="{postcard.id}"' in page
    assert f'value="{draft}"' not in page
    assert not any(words in page for words in (WORDS, "明信片上的话", "还没有写完的话"))


@pytest.mark.parametrize(
    "who", ["xiaomai", "xiaohe", "teacher_bj", "secretary_bj", "teacher_tj", "county_bj", "editor"]
)
def test_an_outsider_sees_no_list_and_asks_nothing(as_: SignedIn, cast: Cast, who: str) -> None:
    letter = sealed(cast)
    form = FORM | {"letter": str(letter.id)}

    assert as_(who).get(address(cast)).status_code in (403, 404)
    assert as_(who).post(address(cast), data=form).status_code in (403, 404)
    with pytest.raises(NotPermitted):
        asked(cast, letter, by=who)

    assert stored() == []


@pytest.mark.parametrize(
    "who", ["teacher_ht", "teacher_bj", "secretary_bj", "county_bj", "xiaomai"]
)
def test_nobody_agrees_but_another_who_answers_for_the_child(
    as_: SignedIn, cast: Cast, who: str
) -> None:
    opening = asked(cast, sealed(cast))

    for step in ("agreement", "refusal"):
        answer = as_(who).post(f"/openings/{opening.id}/{step}", data={"word": "随便"})
        assert answer.status_code in (403, 404)
    with pytest.raises(NotPermitted):
        openings.agree(opening, word="", by=cast.actor(who))

    assert stored()[0].state is OpeningState.ASKED


def test_a_deputy_is_no_second_person_for_whom_they_stand_in(
    cast: Cast, settings: Settings
) -> None:
    for_teacher = _deputy(cast, "teacher_ht", "代课老师", settings)
    for_secretary = _deputy(cast, "secretary_ht", "代理书记", settings)
    own = asked(cast, sealed(cast))

    for who in ("teacher_ht", for_teacher.login_name):
        with pytest.raises(NotPermitted):
            openings.agree(own, word="", by=cast.actor(who))
    # Appointed and come in today, or never: not yet a second person.
    with pytest.raises(NotPermitted):
        openings.agree(own, word="", by=cast.actor(for_secretary.login_name))
    openings.agree(own, word="", by=cast.actor("secretary_ht"))
    openings.close(own, by=cast.actor("teacher_ht"))
    by_deputy = openings.in_emergency(
        cast.person("xiaomai"),
        [(own.kind, own.item_id)],
        WHY,
        danger=cast.person("xiaomai").id,
        by=cast.actor(for_teacher.login_name),
    )[0]

    # Neither for whom the deputy stands in, when the deputy's time is over too, nor who made them one.
    _end_office(for_teacher)
    for who in ("teacher_ht", "secretary_ht"):
        with pytest.raises(NotPermitted):
            openings.agree(by_deputy, word="", by=cast.actor(who))

    assert [each.state for each in stored()] == [OpeningState.CLOSED, OpeningState.ASKED]


def _end_office(person: Person) -> None:
    with transaction():
        for held in office_queries.of_person(person.id):
            held.until, held.ended_at = clock.today() - timedelta(days=1), clock.now()


@pytest.mark.parametrize("how", ["office", "came_in", "password", "second_step", "own_password"])
def test_whoever_was_just_made_is_no_second_person(
    as_: SignedIn, cast: Cast, how: str, settings: Settings
) -> None:
    """One who could make the other, or be the other's card, would be both."""
    teacher, secretary = cast.person("teacher_ht"), cast.person("secretary_ht")
    opening = asked(cast, sealed(cast), by="secretary_ht")
    now = clock.now()
    with transaction():
        held = office_queries.of_person(teacher.id)[0]
        if how == "office":
            held.since = clock.today()
        elif how == "came_in":
            teacher.activated_at = now
        elif how == "password":
            trail.write(held, "reset password", by=cast.actor("secretary_ht"))
        elif how == "second_step":
            trail.write(teacher, "renewed second factor", by=cast.actor("secretary_ht"))
        else:
            trail.write(secretary, "reset password", by=cast.actor("teacher_ht"))

    page = as_("teacher_ht").get(f"/openings/{opening.id}").text
    with pytest.raises(NotPermitted):
        agreed(cast, opening, by="teacher_ht")

    assert "这一次你不能答应" in page
    assert "110" in page
    assert stored()[0].state is OpeningState.ASKED


def _deputy(cast: Cast, holder: str, name: str, settings: Settings) -> Person:
    held = office_queries.of_person(cast.person(holder).id)[0]
    given = appointing.hand_over(
        held,
        until=clock.today() + timedelta(days=5),
        reason="外出学习",
        name=name,
        settings=settings,
        by=cast.actor("secretary_ht"),
    )
    return given.person


def test_a_second_person_refuses_with_a_word(as_: SignedIn, cast: Cast) -> None:
    opening = asked(cast, sealed(cast))
    secretary = as_("secretary_ht")

    assert as_("teacher_ht").post(f"/openings/{opening.id}/refusal").status_code == 403
    assert secretary.post(f"/openings/{opening.id}/refusal").status_code == 422
    answer = secretary.post(f"/openings/{opening.id}/refusal", data={"word": "先问问孩子"})

    assert "先问问孩子" in as_("teacher_ht").get(answer.location).text
    assert as_("teacher_ht").get(f"/openings/{opening.id}/words").status_code == 403
    assert moves(opening)[-1] == ("refuse to open", cast.person("secretary_ht").id)
    assert secretary.post(f"/openings/{opening.id}/agreement").status_code == 409
    assert TOLD not in as_("xiaomai").get("/letters/readers").text


def test_a_request_lapses_after_a_day_and_an_opening_after_24_hours(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = sealed(cast)
    lapsed, running = asked(cast, letter), None
    by = cast.actor("teacher_ht")
    with monkeypatch.context() as later:
        at(later, clock.now() + timedelta(hours=24, seconds=1))
        with pytest.raises(IllegalMove):
            agreed(cast, lapsed)
        running = agreed(cast, asked(cast, letter))
        assert openings.read(running, by=by).text == WORDS
        at(later, clock.now() + timedelta(hours=24))
        for who in ("teacher_ht", "secretary_ht"):
            with pytest.raises(NotPermitted):
                openings.read(running, by=cast.actor(who))


def test_only_letters_of_the_child_that_were_sent_can_be_asked_for(
    as_: SignedIn, cast: Cast
) -> None:
    letter = sealed(cast)
    mai, duo = cast.person("xiaomai"), cast.person("xiaoduo")
    by = cast.actor("teacher_ht")
    draft = writing.save(cast, "xiaohe", key="key-of-a-draft").letter.id

    with pytest.raises(NotFound):
        openings.in_emergency(duo, [("letter", letter.id)], WHY, danger=duo.id, by=by)
    with pytest.raises(NotFound):
        openings.in_emergency(mai, [("letter", letter.id)], WHY, danger=duo.id, by=by)
    for kind, number in (
        ("letter", draft),
        ("letter", 999_999),
        ("nothing", 1),
        ("profile", mai.id),
    ):
        with pytest.raises(NotFound):
            openings.in_emergency(mai, [(kind, number)], WHY, danger=mai.id, by=by)
    for chosen in ([], [("letter", letter.id)] * 11):
        with pytest.raises(Invalid):
            openings.in_emergency(mai, chosen, WHY, danger=mai.id, by=by)
    short = as_("teacher_ht").post(
        address(cast), data={"letter": str(letter.id), "reason": "看", "told": TOLD}
    )
    assert short.status_code == 422
    assert "#reason" in short.text

    assert stored() == []


def test_the_page_says_what_waits_what_is_open_and_what_is_over(as_: SignedIn, cast: Cast) -> None:
    first = sealed(cast)
    second = letters.send(
        cast.pair(),
        key="another-letter",
        body="另一封",
        envelope=Envelope.SEALED,
        by=cast.actor("xiaohe"),
    )
    agreed(cast, asked(cast, first))
    asked(cast, second)

    page = as_("secretary_ht").get("/openings").text

    assert page.index("等人答应") < page.index("小禾的第二封信") < page.index("正在打开")
    assert page.index("正在打开") < page.index("小禾的第一封信")
    assert "没有打开过" in as_("teacher_bj").get("/openings").text
    assert as_("editor").get("/openings").status_code == 403


def test_it_stands_in_the_record_of_the_childs_school_and_in_no_other(
    as_: SignedIn, cast: Cast
) -> None:
    opening = agreed(cast, asked(cast, sealed(cast)))
    ours, theirs = cast.unit("ht-school").id, cast.unit("bj-school").id

    assert chains_of(opening) == {ours}
    record = as_("secretary_ht").get(f"/schools/{ours}/record?kind=opening").text
    assert "答应打开一封密封的信" in record
    assert "小禾的第一封信" in record
    assert REASON in record
    other = as_("secretary_bj").get(f"/schools/{theirs}/record?kind=opening").text
    assert "小禾的第一封信" not in other


def test_an_office_that_has_ended_reads_nothing(as_: SignedIn, cast: Cast) -> None:
    opening = agreed(cast, asked(cast, sealed(cast)))
    held = office_queries.of_person(cast.person("teacher_ht").id)[0]
    appointing.end(held, reason="换人", by=SYSTEM)

    assert as_("teacher_ht").get(f"/openings/{opening.id}/words").status_code in (403, 404)
    assert as_("secretary_ht").get(f"/openings/{opening.id}/words").status_code == 200
