"""The record of a school: its secretary reads, searches and exports it; nobody else does."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask import Flask

from penpal.accounts import services as accounts
from penpal.config import Settings
from penpal.consent import services as consent
from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.record import queries, services
from penpal.record.queries import Asked
from penpal.rosters import slips, transfers
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted

TAGS = re.compile(r"<[^>]+>|\s+")


def address(cast: Cast, code: str = "bj-school") -> str:
    return f"/schools/{cast.unit(code).id}/record"


def shown(as_: SignedIn, cast: Cast, query: str = "", who: str = "secretary_bj") -> str:
    """What a secretary reads: the page without its marks and spaces."""
    school = "ht-school" if who.endswith("_ht") else "bj-school"
    answer = as_(who).get(address(cast, school) + query)
    assert answer.status_code == 200
    listed = answer.text.partition("</main>")[0].partition('<section class="log"')[2]
    return TAGS.sub("", f"<section {listed}>")


def exported(as_: SignedIn, cast: Cast, query: str = "") -> list[list[str]]:
    answer = as_("secretary_bj").get(f"{address(cast)}.csv{query}")
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def test_the_secretary_reads_who_did_what_about_whom_and_why(
    cast: Cast, as_: SignedIn, settings: Settings
) -> None:
    accounts.reset(cast.person("xiaolin"), settings=settings, by=cast.actor("teacher_bj"))
    twinning.close(cast.pair(), reason="小禾要休学一年", by=cast.actor("secretary_bj"))

    page = shown(as_, cast)

    assert "班主任让人凭新卡片重新设口令小林·初二(3)班" in page
    assert "书记解开了一对" in page
    assert "小禾·初二(3)班" in page
    assert "小禾要休学一年" in page
    assert page.index("解开了一对") < page.index("重新设口令")


def test_the_school_page_leads_there(cast: Cast, as_: SignedIn) -> None:
    page = as_("secretary_bj").get(f"/schools/{cast.unit('bj-school').id}")

    assert f'href="{address(cast)}"' in page.text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("teacher_bj", 403),
        ("secretary_ht", 403),
        ("secretary_tj", 403),
        ("county_bj", 403),
        ("editor", 403),
        ("xiaohe", 403),
    ],
)
def test_nobody_else_reads_or_exports_it(cast: Cast, as_: SignedIn, who: str, status: int) -> None:
    browser = as_(who)

    for page in (address(cast), f"{address(cast)}.csv"):
        answer = browser.get(page)
        assert answer.status_code in (status, 404), page
        assert "小林" not in answer.text
    assert "read record" not in [entry.move for entry in trail.of(cast.unit("bj-school"))]


def test_a_class_has_no_record_of_its_own(cast: Cast, as_: SignedIn) -> None:
    assert as_("secretary_bj").get(address(cast, "bj-class")).status_code == 404


def test_reading_is_an_act_and_an_hour_of_it_is_one(cast: Cast, as_: SignedIn) -> None:
    browser = as_("secretary_bj")

    for query in ("", "?words=小", "?kind=pair"):
        browser.get(address(cast) + query)

    read = [entry for entry in trail.of(cast.unit("bj-school")) if entry.move == "read record"]
    assert [entry.actor_id for entry in read] == [cast.person("secretary_bj").id]
    assert "书记看了操作记录槐树中学" in shown(as_, cast)


def test_what_children_do_by_themselves_is_not_in_it(cast: Cast, as_: SignedIn) -> None:
    letter = letters.send(
        cast.pair(),
        key="a-key-000",
        body="只给小麦看的话",
        envelope=Envelope.OPEN,
        by=cast.actor("xiaohe"),
    )
    letters.open_(letter, by=cast.actor("xiaomai"))
    consent.withdraw(cast.person("xiaolin"), by=cast.actor("xiaolin"))

    page = shown(as_, cast)

    assert "寄出了信" not in page
    assert "拆开了信" not in page
    assert "撤下" not in page
    assert "只给小麦看的话" not in page


def test_a_child_who_went_past_the_school_is_not_given_away(cast: Cast, as_: SignedIn) -> None:
    told = {
        addressee: reports.tell(
            key=f"a-key-{addressee.value}",
            words="说给大人的话",
            addressee=addressee,
            by=cast.actor("xiaohe"),
        )
        for addressee in (Addressee.TEACHER, Addressee.ABOVE)
    }
    reports.take(told[Addressee.ABOVE], by=cast.actor("county_bj"))
    assert "接手了一件求助" not in shown(as_, cast)

    reports.take(told[Addressee.TEACHER], by=cast.actor("teacher_bj"))

    page = shown(as_, cast)
    assert page.count("接手了一件求助") == 1
    assert "说给大人的话" not in page


def test_of_the_other_school_only_chosen_names_are_told(cast: Cast, as_: SignedIn) -> None:
    with transaction():
        cast.person("xiaomai").name = "麦合木提"
        cast.person("xiaomai").display_name = "小麦"
    twinning.close(cast.pair(), reason="麦合木提家里有事", by=cast.actor("teacher_ht"))

    own, other = shown(as_, cast), shown(as_, cast, who="secretary_ht")

    assert "麦合木提" not in own
    assert "小麦（白杨中学）和小禾·初二(3)班原因由对方学校留着" in own
    assert "班主任（白杨中学）解开了一对" in own
    assert "麦合木提·八年级(2)班和小禾（槐树中学）麦合木提家里有事" in other
    for query in ("?words=麦合木提", "?words=家里"):
        assert "解开了一对" not in shown(as_, cast, query)
        assert "解开了一对" in shown(as_, cast, query, who="secretary_ht")
    assert "解开了一对" in shown(as_, cast, "?words=小麦")
    assert "麦合木提" not in str(exported(as_, cast))


def test_a_command_about_what_lies_between_two_schools_gives_neither_its_reason(
    cast: Cast, as_: SignedIn
) -> None:
    pair = cast.pair()
    with transaction():
        trail.write(pair, "close", by=SYSTEM, reason="小麦家里有事")
        trail.write(cast.person("xiaohe"), "disabled", by=SYSTEM, reason="班里的事")

    own, other = shown(as_, cast), shown(as_, cast, who="secretary_ht")

    for page in (own, other):
        assert "解开了一对" in page
        assert "原因由运维留着" in page
        assert "家里有事" not in page
    assert "停用了账号小禾·初二(3)班班里的事" in own
    assert "班里的事" not in other
    assert "解开了一对" not in shown(as_, cast, "?words=家里有事")
    assert "家里有事" not in str(exported(as_, cast))
    assert "原因由运维留着" in str(exported(as_, cast))


def test_words_find_people_acting_and_acted_on_and_reasons(
    cast: Cast, as_: SignedIn, settings: Settings
) -> None:
    accounts.reset(cast.person("xiaolin"), settings=settings, by=cast.actor("teacher_bj"))
    accounts.reset(cast.person("xiaohe"), settings=settings, by=cast.actor("secretary_bj"))
    with transaction():
        trail.write(cast.unit("bj-class"), "issued slips", by=cast.actor("teacher_bj"), reason="3")
    twinning.close(cast.pair(), reason="100% 说好了", by=cast.actor("teacher_bj"))

    assert "小林" in shown(as_, cast, "?words=小林")
    assert "小禾" not in shown(as_, cast, "?words=小林")
    assert "小林" not in shown(as_, cast, "?words=书记 口令")
    assert "小林" in shown(as_, cast, "?words=班主任")
    assert "解开了一对" in shown(as_, cast, "?words=小禾 班主任")
    assert "解开了一对" in shown(as_, cast, "?words=100%")
    assert "解开了一对" not in shown(as_, cast, "?words=1000%")
    assert "3名学生" in shown(as_, cast, "?words=初二(3)")
    assert shown(as_, cast, "?words=没有这个人") == ""


def test_kind_and_days_narrow_it(cast: Cast, as_: SignedIn, settings: Settings) -> None:
    accounts.reset(cast.person("xiaolin"), settings=settings, by=cast.actor("teacher_bj"))
    today = clock.today()
    tomorrow, yesterday = today + timedelta(days=1), today - timedelta(days=1)

    assert "重新设口令" in shown(as_, cast, "?kind=account")
    assert "重新设口令" not in shown(as_, cast, "?kind=pair")
    assert "重新设口令" in shown(as_, cast, f"?since={today}&until={today}")
    assert "重新设口令" not in shown(as_, cast, f"?since={tomorrow}")
    assert "重新设口令" not in shown(as_, cast, f"?until={yesterday}")
    for nonsense in ("?kind=nonsense", "?since=nonsense", "?until=9999-12-31", "?before=-1"):
        assert "重新设口令" in shown(as_, cast, nonsense)


def test_older_acts_are_on_the_next_pages(
    cast: Cast, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = [(cast.person("xiaolin").id, "reset password")] * (queries.PAGE + 5)
    with transaction():
        trail.write_many(type(cast.person("xiaolin")), acts, by=cast.actor("teacher_bj"))
    browser = as_("secretary_bj")

    first = browser.get(f"{address(cast)}?words=小林").text
    onward = re.search(r'href="([^"]+)" rel="next"', first)
    assert onward
    second = browser.get(onward[1].replace("&amp;", "&")).text

    assert first.count("重新设口令") == queries.PAGE
    assert second.count("重新设口令") == 5
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_a_page_asks_as_often_for_many_acts_as_for_few(cast: Cast, as_: SignedIn) -> None:
    def act(times: int) -> None:
        with transaction():
            for _ in range(times):
                for record in (cast.person("xiaolin"), cast.pair(), cast.class_twinning()):
                    trail.write(record, "looked", by=cast.actor("teacher_bj"))

    browser = as_("secretary_bj")
    act(1)
    browser.get(address(cast))
    with counted() as few:
        browser.get(address(cast))
    act(12)
    with counted() as many:
        browser.get(address(cast))

    assert len(many) == len(few) <= 16


def test_the_export_holds_the_same_as_text_with_its_hashes(cast: Cast, as_: SignedIn) -> None:
    twinning.close(cast.pair(), reason="=1+1", by=cast.actor("teacher_bj"))
    with transaction():
        cast.person("teacher_bj").name = "@班主任"

    heading, *lines = exported(as_, cast, "?kind=pair")

    assert heading[:4] == ["序号", "时间", "谁", "做了什么"]
    assert lines[0][3] == "解开了一对"
    assert lines[0][2].startswith("'@班主任")
    assert lines[0][5] == "'=1+1"
    assert re.fullmatch(r"[0-9a-f]{64}", lines[0][6])
    assert {line[3] for line in lines} <= {
        "解开了一对",
        "结了对",
        *("提出了单位之间的结对", "确认了单位之间的结对"),
    }


def test_an_export_is_an_act_each_time(cast: Cast, as_: SignedIn) -> None:
    first = exported(as_, cast)
    exported(as_, cast)

    told = [entry for entry in trail.of(cast.unit("bj-school")) if entry.move == "exported record"]
    assert told[0].reason == str(len(first) - 1)
    assert [entry.actor_id for entry in told] == [cast.person("secretary_bj").id] * 2


def test_too_many_acts_for_one_file_are_refused_in_words(
    cast: Cast, as_: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST", 1)

    answer = as_("secretary_bj").get(f"{address(cast)}.csv")

    assert answer.status_code == 422
    assert "用日期分成几次导出" in answer.text
    assert "exported record" not in [entry.move for entry in trail.of(cast.unit("bj-school"))]


def test_a_long_record_is_exported_piece_by_piece(cast: Cast) -> None:
    acts = [(cast.person("xiaolin").id, "reset password")] * 1205
    with transaction():
        trail.write_many(type(cast.person("xiaolin")), acts, by=cast.actor("teacher_bj"))

    found = services.take_along(
        cast.unit("bj-school"), Asked(kind="account"), by=cast.actor("secretary_bj")
    )

    assert len(found) == 1205
    numbers = [act.number for act in found]
    assert numbers == sorted(set(numbers), reverse=True)


def test_what_staff_does_with_slips_is_in_it(cast: Cast, as_: SignedIn, settings: Settings) -> None:
    class_, teacher = cast.unit("bj-class"), cast.actor("teacher_bj")
    accounts.reset(cast.person("xiaolin"), settings=settings, by=teacher)

    slips.printed(class_, by=teacher, settings=settings)
    slips.listed(class_, by=teacher, settings=settings)

    page = shown(as_, cast)
    assert "班主任打开激活卡来印初二(3)班1名学生" in page
    assert "班主任下载了激活卡名单初二(3)班3名学生" in page


def test_the_first_time_that_a_teacher_reads_a_postcard_is_in_it(cast: Cast, as_: SignedIn) -> None:
    letter = letters.send(
        cast.pair(), key="a-key-000", body="明信片", envelope=Envelope.OPEN, by=cast.actor("xiaohe")
    )
    browser = as_("teacher_bj")

    for _ in range(2):
        assert browser.get(f"/letters/{letter.id}").status_code == 200
    as_("teacher_ht").get(f"/letters/{letter.id}")

    page = shown(as_, cast)
    assert page.count("读了一封明信片") == 1
    assert "班主任读了一封明信片小禾·初二(3)班写给小麦（白杨中学）的信" in page


def test_both_schools_read_that_a_student_moved(
    cast: Cast, as_: SignedIn, settings: Settings
) -> None:
    old, new = cast.unit("ht-school"), cast.unit("bj-school")
    number = cast.person("xiaomai").enrolments[0].student_number
    given = transfers.give_out(old, number=number, settings=settings, by=cast.actor("secretary_ht"))
    transfers.take_in(
        new,
        code=transfers.code_of(given, settings=settings),
        class_id=cast.unit("bj-class").id,
        number="77777",
        settings=settings,
        by=cast.actor("secretary_bj"),
    )

    assert "书记转到了别的学校小麦·初二(3)班" in shown(as_, cast)
    assert "书记（槐树中学）转到了别的学校小麦" in shown(as_, cast, who="secretary_ht")
    # Why the pair ended, in the words of whoever reads it.
    assert trail.of(cast.pair())[-1].reason == "moved school"
    assert "解开了一对小麦·初二(3)班和小禾·初二(3)班转到了别的学校" in shown(as_, cast)


def test_commands_and_jobs_are_named_as_such(cast: Cast, as_: SignedIn) -> None:
    with transaction():
        trail.write(cast.person("teacher_bj"), "granted teacher", by=SYSTEM)

    assert "系统（命令或定时的任务）请人担任职务班主任" in shown(as_, cast, "?kind=office")


def test_an_act_on_something_that_is_gone_is_still_told(app: Flask, cast: Cast) -> None:
    school, secretary = cast.unit("bj-school"), cast.actor("secretary_bj")
    with transaction() as current:
        letter = letters.save_draft(
            cast.pair(),
            key="a-key-000",
            body="草稿",
            envelope=Envelope.SEALED,
            revision=0,
            by=cast.actor("xiaohe"),
        ).letter
        trail.write(letter, "printed", by=cast.actor("teacher_bj"))
        current.flush()
    letters.discard(letter, by=cast.actor("xiaohe"))

    with app.test_request_context():
        found = services.read(school, Asked(kind="letter"), by=secretary)

    assert [(act.what, act.about) for act in found.rows] == [("印好了信", "")]
