"""Who hears what: staff of what waits for them and of nothing else, children of what was answered."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.accounts import appointing, noticing
from penpal.accounts.models import Role
from penpal.config import Settings
from penpal.kernel.db import session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.notices import kinds, services
from penpal.notices.models import Notice
from penpal.safeguarding import holding, items
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee, Outcome, Report
from penpal.screening.findings import Context
from penpal.screening.screen import screen
from penpal.twinning import services as twinning
from tests.cast import STAFF, STUDENTS, Cast
from tests.conftest import SignedIn
from tests.notices.test_send import write

EVERYBODY = (*STUDENTS, *STAFF)


def new_ones(cast: Cast) -> dict[str, set[str]]:
    """Which kinds are new for whom."""
    session().expire_all()
    found: dict[str, set[str]] = {}
    for who in EVERYBODY:
        statement = sa.select(Notice.kind).where(
            Notice.person_id == cast.person(who).id, Notice.seen_at.is_(None)
        )
        if kinds := set(session().scalars(statement)):
            found[who] = kinds
    return found


def told(cast: Cast, addressee: Addressee = Addressee.TEACHER) -> Report:
    return reports.tell(
        key="told-by-xiaohe", words="有件事想说。", addressee=addressee, by=cast.actor("xiaohe")
    )


def test_a_letter_is_told_to_its_reader_alone(cast: Cast) -> None:
    write(cast)

    assert new_ones(cast) == {"xiaomai": {"letter"}}


def test_a_report_is_told_to_those_who_read_it_and_its_child_of_the_answer(cast: Cast) -> None:
    report = told(cast)
    first = new_ones(cast)
    reports.take(report, by=cast.actor("teacher_bj"))
    second = new_ones(cast)
    reports.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))

    assert first == {"teacher_bj": {"report.told"}, "secretary_bj": {"report.told"}}
    assert second == {"xiaohe": {"report.taken"}}
    assert new_ones(cast) == {"xiaohe": {"report.answered"}}


def test_nobody_hears_of_a_report_that_went_past_them(cast: Cast) -> None:
    told(cast, Addressee.SCHOOL_SECRETARY)
    past_teacher = new_ones(cast)
    with transaction():
        session().execute(sa.delete(Notice))
    reports.tell(
        key="told-past-school",
        words="再高一级。",
        addressee=Addressee.ABOVE,
        by=cast.actor("xiaohe"),
    )

    assert past_teacher == {"secretary_bj": {"report.told"}}
    assert new_ones(cast) == {"county_bj": {"report.told"}}


def test_a_worry_is_staffs_alone(cast: Cast) -> None:
    hidden = reports.worry(cast.person("xiaohe").id, about=("letter", 1, "一封信"))
    assert hidden is not None
    first = new_ones(cast)

    reports.take(hidden, by=cast.actor("teacher_bj"))

    assert first == {"teacher_bj": {"report.worry"}, "secretary_bj": {"report.worry"}}
    assert new_ones(cast) == {}


def test_a_request_for_release_goes_to_whoever_decides_and_back_to_its_author(
    cast: Cast,
) -> None:
    body = "我的电话是13812345678。"
    draft = letters.save_draft(
        cast.pair(),
        key="asked-for-release",
        body=body,
        envelope=Envelope.SEALED,
        revision=0,
        by=cast.actor("xiaohe"),
    ).letter
    content = items.read("letter", draft.id)
    assert content is not None
    hold = holding.ask(content, screen(body, Context.LETTER), by=cast.actor("xiaohe"))
    asked = new_ones(cast)

    holding.hand_on(hold, by=cast.actor("teacher_bj"))
    handed_on = new_ones(cast)
    holding.send_back(hold, words="把号码去掉。", by=cast.actor("secretary_bj"))

    assert asked == {"teacher_bj": {"hold.asked"}}
    assert handed_on == {"secretary_bj": {"hold.asked"}}
    assert new_ones(cast) == {"xiaohe": {"hold.returned"}}
    assert "13812345678" not in repr([row.params for row in session().scalars(sa.select(Notice))])


def test_both_hear_of_a_new_partner_and_of_the_end(cast: Cast) -> None:
    pair = twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaoduo"),
        supporting=cast.person("xiaolin"),
        by=cast.actor("teacher_bj"),
    )
    tied = new_ones(cast)
    twinning.close(pair, reason="搬家了，不用让孩子知道", by=cast.actor("teacher_bj"))

    assert tied == {"xiaoduo": {"pair.tied"}, "xiaolin": {"pair.tied"}}
    assert new_ones(cast) == {who: {"pair.tied", "pair.closed"} for who in tied}
    assert "搬家" not in repr([row.params for row in session().scalars(sa.select(Notice))])


def test_the_other_side_is_asked_and_the_proposer_hears_of_the_answer(cast: Cast) -> None:
    old = cast.class_twinning()
    programme, ends = old.programme, (old.supported, old.supporting)
    with transaction():
        session().execute(sa.text("UPDATE pair SET state = 'closed', closed_on = '2026-11-01'"))
        session().execute(sa.delete(Notice))
    twinning.end(old, reason="重来", by=cast.actor("secretary_bj"))
    proposed = twinning.propose(
        programme, supported=ends[0], supporting=ends[1], by=cast.actor("secretary_bj")
    )
    asked = new_ones(cast)

    twinning.confirm(proposed, by=cast.actor("secretary_ht"))

    assert asked == {"secretary_ht": {"twinning.proposed"}}
    assert new_ones(cast) == {"secretary_bj": {"twinning.confirmed"}}


def test_an_office_that_is_given_is_told_to_its_holder(cast: Cast, settings: Settings) -> None:
    appointing.grant(
        cast.person("teacher_bj"),
        Role.TEACHER,
        cast.unit("bj-class-2"),
        by=cast.actor("secretary_bj"),
    )

    assert new_ones(cast) == {"teacher_bj": {"office.given"}}


def test_a_child_who_told_reads_of_the_answer_and_who_sits_beside_them_does_not(
    cast: Cast, as_: SignedIn
) -> None:
    report = told(cast)
    reports.take(report, by=cast.actor("teacher_bj"))
    number = session().scalars(sa.select(Notice.id).where(Notice.kind == "report.taken")).one()
    child = as_("xiaohe")

    aloud = child.get(f"/notices/{number}/line").get_json()
    page = child.get("/notices").get_data(as_text=True)

    assert aloud["words"] == "有一条新消息。"
    assert aloud["url"].startswith(f"/told/{report.id}?")
    assert "你说的事，有老师在看了" in page
    child.get(aloud["url"])
    assert cast.actor("xiaohe").unseen == 0


def test_notices_of_a_folded_record_go_along_each_thing_once(cast: Cast) -> None:
    folded, kept = cast.person("xiaolin"), cast.person("xiaohe")
    with transaction():
        session().execute(sa.delete(Notice))
        services.send([folded.id, kept.id], "letter", about=("letter", 1), params={"name": "小麦"})
        services.send([folded.id], "report.taken", about=("report", 2))

        noticing.hand_on(folded, kept, cast.actor("secretary_bj"))

    assert new_ones(cast)["xiaohe"] == {"letter", "report.taken"}


def test_words_of_every_kind_can_be_made_and_lead_somewhere(cast: Cast) -> None:
    params = {"name": "小禾", "one": "甲", "other": "乙", "unit": "丙", "kind": "letter", "item": 1}
    params |= {"number": 3, "title": "题目"}

    for name, kind in kinds._kinds.items():
        assert kind.words(params), name
        assert kind.url(7, params).startswith("/"), name
