"""Offices that are empty or held by whom it went past: a call for help is read, and never by them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from penpal.accounts.models import Role, RoleGrant
from penpal.kernel import access, clock, jobs, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove
from penpal.permissions import Permission
from penpal.rosters import pupils
from penpal.safeguarding import due, queries, queue, queue_predicates, services
from penpal.safeguarding.models import Addressee, Raised, Report
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.safeguarding.telling import WORDS, tell

JOB = "safeguarding.raise_overdue"


def leaves(cast: Cast, login_name: str) -> None:
    """All offices of somebody end."""
    with transaction():
        for grant in cast.person(login_name).grants:
            grant.until, grant.ended_at = clock.today() - timedelta(days=1), clock.now()


def holds(cast: Cast, login_name: str, role: Role, unit: str) -> None:
    """Somebody stands in for whoever has that office."""
    with transaction() as current:
        current.add(
            RoleGrant(
                person_id=cast.person(login_name).id,
                role=role,
                unit_id=cast.unit(unit).id,
                since=clock.today() - timedelta(days=1),
                until=clock.today() + timedelta(days=3),
            )
        )


def readers(cast: Cast, report: Report) -> list[str]:
    """Who finds it on their page, which are those whom the rulebook lets answer it."""
    everybody = ("teacher_bj", "secretary_bj", "county_bj", "editor")
    found = [
        who
        for who in everybody
        if report.id in [each.id for each in queries.waiting_for(cast.actor(who))]
    ]
    for who in everybody:
        assert access.may(cast.actor(who), Permission.Report.READ, report) is (who in found)
        # Above the school reports have a page of their own; the queue there holds pieces alone.
        if queue_predicates.answers_for_children(cast.actor(who), None):
            keys = [row.key for row in queue.rows(cast.actor(who))]
            assert (f"report:{report.id}" in keys) is (who in found)
    return found


def test_whom_it_went_past_reads_it_in_no_other_office(cast: Cast, as_: SignedIn) -> None:
    holds(cast, "teacher_bj", Role.SCHOOL_SECRETARY, "bj-school")
    holds(cast, "teacher_bj", Role.COUNTY_SECRETARY, "bj-county")

    past = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)
    above = tell(cast, key="another-key", addressee=Addressee.ABOVE)
    told = tell(cast, key="a-third-key")

    assert readers(cast, past) == ["secretary_bj"]
    assert readers(cast, above) == ["county_bj"]
    assert readers(cast, told) == ["teacher_bj", "secretary_bj"]
    assert as_("teacher_bj").get("/reports").text.count(WORDS) == 1


def test_an_addressee_is_offered_where_another_than_the_teacher_reads(
    cast: Cast, as_: SignedIn
) -> None:
    leaves(cast, "secretary_bj")
    leaves(cast, "county_bj")
    holds(cast, "teacher_bj", Role.SCHOOL_SECRETARY, "bj-school")
    holds(cast, "teacher_bj", Role.COUNTY_SECRETARY, "bj-county")

    page = as_("xiaohe").get("/tell").text

    assert 'value="teacher"' in page
    assert 'value="school_secretary"' not in page
    assert 'value="above"' not in page


def test_what_is_told_goes_to_the_next_office_that_is_held(cast: Cast) -> None:
    leaves(cast, "secretary_bj")

    past = tell(cast, addressee=Addressee.SCHOOL_SECRETARY)
    told = tell(cast, key="another-key")
    with pytest.raises(IllegalMove):
        services.hand_on(told, by=cast.actor("teacher_bj"))
    leaves(cast, "teacher_bj")
    later = tell(cast, key="a-third-key")
    worry = services.worry(cast.person("xiaohe").id, about=("letter", 1, "信"))

    assert readers(cast, past) == ["county_bj"]
    assert worry is not None
    for report in (later, worry):
        assert report.addressee is Addressee.ABOVE
        assert readers(cast, report) == ["county_bj"]


def test_what_its_readers_left_behind_is_sent_on_and_an_empty_county_is_skipped(
    cast: Cast,
) -> None:
    report, past = tell(cast), tell(cast, key="k-two", addressee=Addressee.SCHOOL_SECRETARY)
    services.hand_on(report, by=cast.actor("teacher_bj"))
    leaves(cast, "secretary_bj")
    with transaction():
        for each in (report, past):
            each.due_at = clock.now() - timedelta(hours=1)

    jobs.run(JOB)
    session().expire_all()

    for each in (report, past):
        assert readers(cast, each) == ["county_bj"]
        assert (trail.of(each)[-1].move, trail.of(each)[-1].actor_kind) == ("sent on", "system")
        assert each.due_at > clock.now()
    services.answer(
        past, words="谈过了。", outcome=services.Outcome.TALKED, by=cast.actor("county_bj")
    )
    services.take(report, by=cast.actor("county_bj"))
    leaves(cast, "county_bj")
    leaves(cast, "teacher_bj")
    holds(cast, "editor", Role.PROVINCE_SECRETARY, "beijing")
    nobody = tell(cast, key="k-three")
    assert due.next_level(nobody) is Raised.PROVINCE
    jobs.run(JOB)
    session().expire_all()
    assert nobody.raised_to is Raised.PROVINCE


def test_what_somebody_took_who_has_left_waits_in_the_queue_again(cast: Cast) -> None:
    report = tell(cast)
    services.take(report, by=cast.actor("teacher_bj"))
    secretary = cast.actor("secretary_bj")
    assert [row.key for row in queue.rows(secretary)] == []

    leaves(cast, "teacher_bj")

    assert [row.key for row in queue.rows(secretary)] == [f"report:{report.id}"]
    assert queue.count(secretary) == 1


def test_what_was_told_to_a_teacher_follows_the_child_and_what_went_past_them_stays(
    cast: Cast,
) -> None:
    holds(cast, "editor", Role.TEACHER, "bj-class-2")
    report, past = tell(cast), tell(cast, key="k-two", addressee=Addressee.SCHOOL_SECRETARY)
    pupils.move(
        cast.person("xiaohe"),
        cast.unit("bj-class-2").id,
        day=clock.today(),
        by=cast.actor("secretary_bj"),
    )

    for _turn in range(2):
        jobs.run(JOB)
    session().expire_all()

    assert readers(cast, report) == ["secretary_bj", "editor"]
    assert readers(cast, past) == ["secretary_bj"]
    assert [entry.move for entry in trail.of(report)] == ["tell", "report followed"]
    assert [entry.move for entry in trail.of(past)] == ["tell"]
