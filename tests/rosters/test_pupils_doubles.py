"""Two records of one child: looked at side by side, and made one without losing what was written."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts import services as accounts
from penpal.accounts import snapshots
from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.config import Settings
from penpal.consent import papers, wording
from penpal.consent import queries as consent
from penpal.consent import services as ledger
from penpal.consent.ledger import Standing
from penpal.consent.ledger import of_person as states_of
from penpal.consent.models import Consent, Giver, How, Purpose, SignedPaper
from penpal.consent.services import Origin
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.letters import printing, readers
from penpal.letters import services as letters
from penpal.letters.models import Envelope, PaperReader
from penpal.rosters.models import FoldedRecord
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee, Report
from penpal.twinning import services as twinning
from penpal.twinning.states import PairState
from tests.cast import FIFTEEN, THIRTEEN, Cast
from tests.conftest import SignedIn
from tests.consent.test_wording import publish
from tests.letters.writing import exchange


@pytest.fixture
def double(cast: Cast) -> Person:
    """A second, empty record of 小禾 in the same class."""
    with transaction():
        person = accounts.add_person(
            PersonKind.STUDENT, "小禾", login_name="xiaohe2", display_name="禾", birth=THIRTEEN
        )
        accounts.enrol(person, cast.unit("bj-class"), number="D-1")
    return person


@pytest.fixture
def new_words(tmp_path: Path) -> Iterator[None]:
    """Words of today by which photos are asked for again."""
    folder = tmp_path / "wording"
    shutil.copytree(wording.SHIPPED, folder)
    publish(folder, "2027-01", clock.today(), photos=clock.today())
    yield
    wording.use(wording.SHIPPED)
    snapshots.decide_taking_part(consent.takes_part)


def fold(client: FlaskClient, first: Person, second: Person, keep: Person) -> Any:
    return client.post(
        f"/students/{first.id}/double", data={"other": str(second.id), "keep": str(keep.id)}
    )


def answer(person: Person, purpose: Purpose, days_ago: int, *, yes: bool = True) -> None:
    """A guardian's answer on paper, so many days ago."""
    day = clock.today() - timedelta(days=days_ago)
    origin = Origin(Giver.GUARDIAN, How.PAPER, given_on=day)
    with transaction():
        if yes:
            ledger.say_yes([person.id], purpose, origin, by=SYSTEM)
        else:
            ledger.end_yes(person.id, purpose, [Giver.GUARDIAN])
            ledger.say_no(person.id, purpose, origin, by=SYSTEM)


def take_back(person: Person, purpose: Purpose, days_ago: int) -> None:
    """A guardian's yes is taken back, so many days ago."""
    with transaction() as current:
        current.execute(
            sa.update(Consent)
            .where(Consent.person_id == person.id, Consent.purpose == purpose)
            .values(withdrawn_at=clock.now() - timedelta(days=days_ago))
        )


def runs(person: Person) -> bool:
    running = sa.exists().where(Enrolment.person_id == person.id, Enrolment.until.is_(None))
    return bool(session().scalar(sa.select(running)))


def says_yes(person: Person, purpose: Purpose) -> bool:
    return any(row.purpose is purpose and row.withdrawn_at is None for row in consent.of(person.id))


def test_the_empty_record_is_folded_into_the_one_that_is_used(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    exchange(cast, 2)
    used, secretary = cast.person("xiaohe"), as_("secretary_bj")

    asked = secretary.get(f"/students/{double.id}/double").text
    page = secretary.get(f"/students/{double.id}/double?number=2025{used.id:04}").text
    done = fold(secretary, double, used, used)
    twice = fold(secretary, double, used, used)

    assert f"2025{used.id:04}" in asked
    assert "不能只留这一份" in page
    assert page.count('name="keep"') == 1
    assert done.location.endswith(f"/students/{used.id}")
    assert twice.status_code == 404
    assert not runs(double)
    assert runs(used)
    assert cast.pair().state is PairState.ACTIVE
    assert session().scalars(sa.select(FoldedRecord.kept_id)).all() == [used.id]
    assert [entry.move for entry in trail.of(used)][-1] == "kept of two records"
    assert [entry.move for entry in trail.of(double)][-1] == "folded into another record"
    record = secretary.get(f"/schools/{cast.unit('bj-school').id}/record").text
    assert "并进了同一个孩子的另一份记录" in record


def test_the_folded_record_lets_nobody_in_and_does_not_come_back(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    with transaction():
        double.password_hash, double.activated_at = "x", clock.now()
    child = as_("xiaohe2")
    used, class_id = cast.person("xiaohe"), cast.unit("bj-class").id
    place = session().scalars(sa.select(Enrolment).where(Enrolment.person_id == double.id)).one().id

    fold(as_("secretary_bj"), used, double, used)

    assert "/sign-in" in child.get("/").location
    assert "小禾" not in as_("secretary_bj").get(f"/classes/{class_id}/left").text
    back = as_("secretary_bj").post(f"/classes/{class_id}/left/{place}/return")
    assert back.status_code == 404


def test_two_records_with_letters_or_with_pairs_stay_two(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    used, secretary = cast.person("xiaohe"), as_("secretary_bj")
    page = f"/students/{used.id}/double?number=D-1"
    tied = twinning.tie(
        cast.class_twinning(), supported=cast.person("xiaoduo"), supporting=double, by=SYSTEM
    )

    paired = secretary.get(page).text, fold(secretary, used, double, used)
    twinning.close(tied, reason="试一试", by=cast.actor("teacher_bj"))
    exchange(cast, 1)
    other_way = fold(secretary, used, double, double)
    twinning.close(cast.pair(), reason="试一试", by=cast.actor("teacher_bj"))
    twinning.tie(
        cast.class_twinning(), supported=cast.person("xiaoduo"), supporting=double, by=SYSTEM
    )
    each_has = [fold(secretary, used, double, keep) for keep in (used, double)]

    assert "两份记录都有结对小伙伴" in paired[0]
    assert 'name="keep"' not in paired[0]
    assert paired[1].status_code == 422
    assert other_way.status_code == 422
    assert "有信或者有伙伴的是另一份" in other_way.text
    assert all("一份有信，另一份有伙伴" in answer.text for answer in each_has)
    assert runs(double)
    assert runs(used)
    assert session().scalars(sa.select(FoldedRecord)).all() == []


def test_two_children_are_never_made_one(as_: SignedIn, cast: Cast, double: Person) -> None:
    used, secretary = cast.person("xiaohe"), as_("secretary_bj")
    with transaction():
        ledger.record_many([double.id], by=SYSTEM)
        double.password_hash, double.activated_at = "x", clock.now()
    told = reports.tell(
        key="theirs", words="一件事", addressee=Addressee.ABOVE, by=cast.actor("xiaohe2")
    ).id

    for name, birth in (("小禾", FIFTEEN), ("小石", THIRTEEN), ("小石", (None, None))):
        with transaction():
            double.name, (double.birth_year, double.birth_month) = name, birth

        asked = secretary.get(f"/students/{used.id}/double").text
        page = secretary.get(f"/students/{used.id}/double?number=D-1").text
        refused = fold(secretary, used, double, used)

        assert "D-1" not in asked
        assert "看起来是两个孩子" in page
        assert 'name="keep"' not in page
        assert "{} 年 {} 月".format(*THIRTEEN) in page
        assert ("{} 年 {} 月".format(*birth) if birth[0] else "不知道") in page
        assert refused.status_code == 422
        assert runs(double)
        assert session().get_one(Report, told).reporter_id == double.id


def test_one_name_and_an_unknown_birth_can_be_one_child(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    used, secretary = cast.person("xiaohe"), as_("secretary_bj")
    with transaction():
        double.birth_year = double.birth_month = None

    asked = secretary.get(f"/students/{used.id}/double").text
    done = fold(secretary, used, double, used)

    assert "D-1" in asked
    assert done.status_code == 302


def test_letters_in_both_records_keep_them_apart(as_: SignedIn, cast: Cast, double: Person) -> None:
    used, duo = cast.person("xiaohe"), cast.person("xiaoduo")
    exchange(cast, 2)
    with transaction():
        ledger.record_many([double.id], by=SYSTEM)
        double.password_hash, double.activated_at = "x", clock.now()
    tied = twinning.tie(cast.class_twinning(), supported=duo, supporting=double, by=SYSTEM)
    letters.send(
        tied,
        key="double-letter",
        body="第二份里的信",
        envelope=Envelope.SEALED,
        by=cast.actor("xiaohe2"),
    )
    twinning.close(tied, reason="试一试", by=cast.actor("teacher_bj"))

    for keep in (used, double):
        refused = fold(as_("secretary_bj"), used, double, keep)

        assert refused.status_code == 422
        assert "两份记录里都有信" in refused.text
        assert "第二份里的信" not in refused.text
    assert runs(double)


def test_a_yes_goes_along_and_a_later_no_stands(
    as_: SignedIn, cast: Cast, double: Person, settings: Settings
) -> None:
    used = cast.person("xiaohe")
    answer(double, Purpose.PHOTOS, 5)
    answer(double, Purpose.VIDEO, 9)
    answer(used, Purpose.VIDEO, 2, yes=False)
    answer(used, Purpose.CAMP, 9)
    answer(double, Purpose.CAMP, 2, yes=False)
    papers.keep(double, b"%PDF-1.4\n%%EOF\n", settings=settings, by=cast.actor("teacher_bj"))

    fold(as_("secretary_bj"), used, double, used)

    assert says_yes(used, Purpose.PHOTOS)
    assert says_yes(used, Purpose.TAKING_PART)
    assert not says_yes(used, Purpose.VIDEO)
    assert not says_yes(used, Purpose.CAMP)
    assert Purpose.CAMP in [row.purpose for row in consent.refusals_of([used.id])]
    carried = next(row for row in consent.of(used.id) if row.purpose is Purpose.PHOTOS)
    assert carried.given_on == clock.today() - timedelta(days=5)
    assert carried.paper_id is not None
    assert session().scalars(sa.select(SignedPaper.person_id)).all() == [used.id]
    told = {entry.move: entry.reason for entry in trail.of(used)}
    assert told["carried over consent"] == "photos"
    assert told["carried over refusal"] == "camp"


def test_what_was_taken_back_does_not_come_back_by_merging(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    used = cast.person("xiaohe")
    answer(used, Purpose.PHOTOS, 5)
    take_back(used, Purpose.PHOTOS, 3)
    answer(double, Purpose.PHOTOS, 3)
    answer(used, Purpose.VIDEO, 2)
    answer(double, Purpose.VIDEO, 5)
    take_back(double, Purpose.VIDEO, 2)
    answer(double, Purpose.CAMP, 9)
    take_back(double, Purpose.CAMP, 2)

    fold(as_("secretary_bj"), used, double, used)
    ledger.record_signatures(
        [used],
        by=cast.actor("secretary_bj"),
        purposes=[Purpose.VIDEO, Purpose.CAMP],
        given_on=clock.today() - timedelta(days=9),
    )

    for purpose in (Purpose.PHOTOS, Purpose.VIDEO, Purpose.CAMP):
        assert not says_yes(used, purpose), purpose
    told = {entry.move: entry.reason for entry in trail.of(used)}
    assert told["carried over refusal"] == "video camp"
    assert "carried over consent" not in told


def test_a_yes_to_old_words_gives_way_to_one_that_counts(
    as_: SignedIn, cast: Cast, double: Person, new_words: None
) -> None:
    used, secretary = cast.person("xiaohe"), as_("secretary_bj")
    with transaction() as current:
        current.add(
            Consent(
                person_id=used.id,
                purpose=Purpose.PHOTOS,
                giver=Giver.GUARDIAN,
                how=How.PAPER,
                wording="2026-09",
            )
        )
    answer(double, Purpose.PHOTOS, 1)

    page = secretary.get(f"/students/{used.id}/double?number=D-1").text
    fold(secretary, used, double, used)

    states = states_of(used)[Purpose.PHOTOS]
    assert "留这一份，另一份带来的同意" in page
    assert states.guardian.standing is Standing.YES


def test_a_child_who_reads_on_paper_goes_on_doing_so(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    used = cast.person("xiaohe")
    printing.begin_paper(double, by=cast.actor("teacher_bj"))

    fold(as_("secretary_bj"), used, double, used)

    rows = session().scalars(sa.select(PaperReader).where(PaperReader.until.is_(None))).all()
    assert [row.person_id for row in rows] == [used.id]
    assert readers.reads_on_paper(used.id)
    assert "reads on paper" in [entry.move for entry in trail.of(used)]
    assert "reads on screen" in [entry.move for entry in trail.of(double)]


def test_what_the_child_told_stays_theirs(as_: SignedIn, cast: Cast, double: Person) -> None:
    used = cast.person("xiaohe")
    with transaction():
        ledger.record_many([double.id], by=SYSTEM)
        double.password_hash, double.activated_at = "x", clock.now()
    told = reports.tell(
        key="double-report", words="一件事", addressee=Addressee.ABOVE, by=cast.actor("xiaohe2")
    ).id

    page = as_("secretary_bj").get(f"/students/{used.id}/double?number=D-1").text
    fold(as_("secretary_bj"), used, double, used)

    # Whatever went past the school must not show there, not even as a number.
    assert "一件事" not in page.split("<main")[1].split("</main")[0]
    assert session().get_one(Report, told).reporter_id == used.id
    assert as_("xiaohe").get(f"/told/{told}").status_code == 200


def test_only_the_school_s_secretary_merges_and_only_within_the_school(
    as_: SignedIn, cast: Cast, double: Person
) -> None:
    used, mai = cast.person("xiaohe"), cast.person("xiaomai")

    for who in ("teacher_bj", "secretary_ht", "teacher_tj", "county_bj", "editor", "xiaohe"):
        assert fold(as_(who), used, double, used).status_code in (403, 404), who
    across = fold(as_("secretary_bj"), used, mai, used)
    oneself = as_("secretary_bj").get(f"/students/{used.id}/double?number=2025{used.id:04}")
    nobody = as_("secretary_bj").get(f"/students/{used.id}/double?number=nobody")
    unchosen = as_("secretary_bj").post(
        f"/students/{used.id}/double", data={"other": str(double.id)}
    )

    assert across.status_code == 404
    assert "这就是这一份记录的学号" in oneself.text
    assert "没有在读的学生用这个学号" in nobody.text
    assert "选一份要留下的" in unchosen.text
    assert runs(double)
