"""A school of 1,200 students and 60 staff from an empty server: commands, then pages, to a pair at home.

The tests of this module are the chapters of one story on one server, in their order.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path

import pyotp
import pytest
import xlsxwriter
from playwright.sync_api import Browser, BrowserContext, Page, expect

from penpal import create_app
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import db
from tests.browser import pages
from tests.browser.pages import DESKTOP, PHONE
from tests.browser.server import Server

PASSWORD = "麦田里有三只安静的灰鸟"
GRADES, CLASSES, STUDENTS = ("七", "八", "九"), 10, 40
OURS = [f"{grade}年级({number})班" for grade in GRADES for number in range(1, CLASSES + 1)]
PAIRED = OURS[:2]
THEIRS = ("初一(1)班", "初一(2)班")
# Forty signs and thirty: a name of two signs for each of 1,200 children.
SIGNS = "云山河海江湖溪泉沙石松柏杨柳桐枫竹梅兰菊荷麦禾苗草叶花果星月日风雨雪霜露春夏秋冬"
ENDINGS = "安宁静远明清和平舒朗欣悦乐歌书画诗文墨砚舟帆桥路灯光晨曦晴岚"
CODE = re.compile(r"sign-in name (\w+), activation code (\w+)")


@dataclass
class Member:
    """Someone of the staff at a computer of their own, who stays signed in."""

    name: str
    context: BrowserContext
    page: Page
    troubles: list[str]

    def press(self, name: str | re.Pattern[str]) -> None:
        self.page.get_by_role("button", name=name).first.click()

    def follow(self, name: str | re.Pattern[str]) -> None:
        """A link of the page itself."""
        self.page.locator("main").get_by_role("link", name=name).first.click()

    def turn_to(self, name: str) -> None:
        """A section of the bar above."""
        self.page.get_by_role("navigation", name="主导航").get_by_role("link", name=name).click()


@dataclass
class Story:
    server: Server
    browser: Browser
    staff: dict[str, Member] = field(default_factory=dict)
    slips: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Member:
        return self.staff[name]

    def counted(self, statement: str, *values: object) -> object:
        return self.server.rows(statement, *values)[0][0]

    def comes_in(self, name: str, code: str) -> Member:
        """By the link on the card: a password, and the second step that a real server demands."""
        context = pages.open_context(self.browser, self.server, DESKTOP)
        page = context.new_page()
        member = Member(name, context, page, pages.watched(page, self.server))
        page.goto(f"/activate?code={code}")
        page.locator("#display_name").fill(name)
        page.locator("#password").fill(PASSWORD)
        page.locator("#agreed").check()
        member.press("拆开信封")
        expect(page.get_by_role("heading", name="设置两步登录")).to_be_visible()
        page.locator(".by-hand summary").click()
        secret = "".join(page.locator(".secret bdi").all_inner_texts())
        page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
        member.press("设好")
        member.follow("收好了，继续")
        expect(page.get_by_role("heading", name=f"{name}，你好")).to_be_visible()
        self.staff[name] = member
        return member

    def invites(self, member: Member, name: str, place: str) -> Member:
        """One for the level below, by hand; they come in by the link on the card."""
        member.turn_to("人员")
        member.page.locator("main .page-head").get_by_role("link", name="任命").click()
        choices = member.page.get_by_label("地方和职务")
        expect(choices).to_be_visible()
        [option] = [
            text for text in choices.locator("option").all_inner_texts() if text.startswith(place)
        ]
        choices.select_option(label=option)
        member.page.get_by_label("新来的老师").fill(name)
        member.page.get_by_role("button", name="任命", exact=True).click()
        expect(member.page.get_by_role("status").first).to_contain_text("把激活卡当面交给")
        link = member.page.get_by_label("一次性链接").input_value()
        return self.comes_in(name, link.partition("code=")[2])


@pytest.fixture(scope="module")
def story(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """An empty server, set up by the operator's commands and then started."""
    folder: Path = tmp_path_factory.mktemp("nothing") / "data"
    folder.mkdir()
    server = Server(folder, PENPAL_DEMO="false")
    # Address, time zone, school year, whose secretary, and their name, as the questions come.
    told = server.command(
        "setup",
        "--county",
        "beijing/东城区",
        "--env-file",
        str(folder / "env"),
        typed="\n\n\n\n远山\n",
    )
    roster = folder / "theirs.csv"
    roster.write_text(_their_roster(), encoding="utf-8")
    [_ours, theirs, *_rest] = _commanded(
        folder,
        "school add baiyang 白杨中学 --under hetian-shi",
        "school add huaishu 槐树中学 --under beijing --county 东城区 --secretary 听雨",
        "school count baiyang --classes 30 --students 1200",
        "school count huaishu --classes 36 --students 1400",
        f"roster import {roster} --school huaishu",
        "twin hetian-shi beijing/东城区",
        "twin baiyang huaishu",
    )
    server.start()
    story = Story(server, browser)
    story.comes_in("远山", _code(told))
    story.comes_in("听雨", _code(theirs))
    yield story
    for member in story.staff.values():
        member.context.close()
    server.kill()


def test_each_level_invites_the_one_below_down_to_the_school(story: Story) -> None:
    centre = story["远山"]
    expect(centre.page.locator(".guide")).to_contain_text("每个省和兵团都有团委书记")

    province = story.invites(centre, "天山", "新疆维吾尔自治区")
    county = story.invites(province, "玉河", "和田市")
    school = story.invites(county, "胡杨", "白杨中学")

    expect(school.page.locator(".guide")).to_contain_text("名册已经导入")
    expect(school.page.locator("main")).to_contain_text("还没有班级")
    assert [member.troubles for member in story.staff.values()] == [[]] * 5


def test_the_roster_of_the_whole_school_comes_in_as_one_file(story: Story) -> None:
    secretary = story["胡杨"]
    page = secretary.page

    page.goto("/")
    secretary.follow("名册已经导入")
    page.locator("input[type=file]").set_input_files(
        {"name": "全校名册.xlsx", "mimeType": "application/octet-stream", "buffer": _roster()}
    )
    secretary.press("先看会变什么")
    expect(page.locator(".figures")).to_contain_text("1200")
    assert story.counted("SELECT count(*) FROM person WHERE kind = 'student'") == 80
    secretary.press("确认，写入名册")
    expect(page.get_by_role("heading", name="名册收好了")).to_be_visible()
    secretary.turn_to("学校")

    expect(page.locator(".page-head")).to_contain_text("30 个班，1200 名学生，0 名已经结对")
    listed = page.locator("main table").first.locator("tbody th").all_inner_texts()
    assert [name.strip() for name in listed] == OURS, "the tenth class comes after the second"


def test_sixty_colleagues_are_appointed_from_one_list(story: Story) -> None:
    secretary = story["胡杨"]
    page = secretary.page
    listed = "\n".join(
        f"{name}\t{class_}"
        for number, class_ in enumerate(OURS)
        for name in (f"{_name(number)}老师", f"{_name(number + 600)}老师")
    )

    secretary.turn_to("人员")
    expect(page.locator("main")).to_contain_text("30 个地方还没有人")
    page.locator("main .page-head").get_by_role("link", name="任命").click()
    secretary.follow("按名单任命")
    page.get_by_role("textbox", name="名单").fill(listed.replace(OURS[-1], "九年级(11)班", 1))
    secretary.press("先看会怎样")
    expect(page.locator("tr.is-refused")).to_contain_text("这里没有“九年级(11)班”")
    page.get_by_role("textbox", name="名单").fill(f"姓名\t班级\n{listed}")
    secretary.press("先看会怎样")
    secretary.press("确认，任命这 60 位")

    expect(page.locator(".slip")).to_have_count(60)
    first = page.locator(".slip").filter(has_text=f"{TEACHER}，你好")
    link = first.get_by_label("一次性链接").input_value()
    story.slips[TEACHER] = link.partition("code=")[2]
    page.goto("/")
    expect(page.locator(".guide li", has_text="每个班都有班主任")).to_contain_text("已经好了")


def test_two_classes_are_twinned_by_one_school_and_confirmed_by_the_other(story: Story) -> None:
    ours, theirs = story["胡杨"], story["听雨"]

    for class_, other in zip(PAIRED, THEIRS, strict=True):
        ours.turn_to("单位结对")
        ours.follow(re.compile(re.escape(class_)))
        ours.page.get_by_label(other).check()
        ours.press("提出结对")
        expect(ours.page.locator("main")).to_contain_text("在等另一边确认")
        theirs.turn_to("单位结对")
        expect(theirs.page.locator("main")).to_contain_text("等你们确认")
        theirs.page.get_by_role("row", name=re.compile(re.escape(class_))).get_by_role(
            "link"
        ).first.click()
        theirs.press("确认结对")

    ours.page.goto("/twinnings")
    expect(ours.page.get_by_role("region", name="结对中").locator("tbody tr")).to_have_count(3)


def test_the_class_teacher_prints_slips_and_enters_consent_from_paper(story: Story) -> None:
    teacher = story.comes_in(TEACHER, story.slips[TEACHER])
    page = teacher.page

    teacher.follow("激活卡发到每位学生手里")
    teacher.press("做 40 张新卡，去打印")
    expect(page.locator(".slip")).to_have_count(40)
    slip = page.locator(".slip").first
    story.slips["student"] = slip.locator(".slip__code").inner_text()
    teacher.page.goto("/")
    page.get_by_role("rowheader", name=PAIRED[0]).get_by_role("link").click()
    expect(page.locator(".figures")).to_contain_text("40")
    teacher.follow("同意书")
    page.get_by_label("全选").check()
    page.get_by_role("group", name="家长在纸上同意了").get_by_label("参加").first.check()
    teacher.press("记下")
    expect(page.get_by_role("status").first).to_contain_text("记下了 40 位同学的家长同意")
    page.goto("/")

    expect(page.locator(".guide li", has_text="同意书都到了")).to_contain_text("已经好了")


def test_the_pairs_are_tied_on_the_board_and_a_child_comes_home(story: Story) -> None:
    teacher = story[TEACHER]
    page = teacher.page

    page.get_by_role("rowheader", name=PAIRED[0]).get_by_role("link").click()
    teacher.follow("结对")
    rows = page.locator(".pairs select")
    expect(rows).to_have_count(STUDENTS)
    partners = rows.first.locator("option:not(optgroup option)")
    for number in range(STUDENTS):
        rows.nth(number).select_option(partners.nth(number + 1).get_attribute("value"))
    teacher.press("结成选好的对子")
    expect(page.locator("main")).to_contain_text("40 对已经结好，我们班还有 0 位同学没有伙伴")

    child = pages.open_context(story.browser, story.server, PHONE)
    at_home = child.new_page()
    troubles = pages.watched(at_home, story.server)
    at_home.goto("/activate")
    at_home.locator("#code").fill(story.slips["student"])
    at_home.locator("#display_name").fill("小桑")
    at_home.locator("#password").fill(PASSWORD)
    at_home.locator("#agreed").check()
    at_home.get_by_role("button", name="拆开信封").click()
    expect(at_home.locator(".pairband")).to_contain_text("小桑")
    expect(at_home.locator("main").get_by_role("link", name="写第一封信")).to_be_visible()
    assert troubles == []
    child.close()


def test_the_database_holds_what_the_pages_said_and_the_record_is_whole(story: Story) -> None:
    counted = story.counted
    school = counted("SELECT id FROM unit WHERE code = 'baiyang'")

    assert (
        counted("SELECT count(*) FROM unit WHERE parent_id = ? AND grade IS NOT NULL", school) == 30
    )
    assert (
        counted(
            "SELECT count(*) FROM enrolment JOIN unit ON unit.id = class_id "
            "WHERE parent_id = ? AND until IS NULL",
            school,
        )
        == len(OURS) * STUDENTS
    )
    # Sixty teachers, two secretaries of schools, and one each of county, province and centre.
    assert counted("SELECT count(*) FROM person WHERE kind = 'staff'") == 65
    assert dict(story.server.rows("SELECT role, count(*) FROM role_grant GROUP BY role")) == {
        "teacher": 60,
        "school_secretary": 2,
        "county_secretary": 1,
        "province_secretary": 1,
        "centre_secretary": 1,
    }
    assert counted("SELECT count(*) FROM second_factor") == 6
    assert counted("SELECT count(*) FROM twinning WHERE state = 'active'") == 4
    assert counted("SELECT count(*) FROM pair WHERE state = 'active'") == STUDENTS
    assert (
        counted("SELECT count(DISTINCT person_id) FROM consent WHERE purpose = 'taking_part'")
        == 120
    )
    assert (
        counted("SELECT count(*) FROM person WHERE kind = 'student' AND activated_at IS NOT NULL")
        == 1
    )
    assert counted("SELECT count(*) FROM trail WHERE move = 'give office'") == 65
    assert "chains that fit: 3" in story.server.command("trail", "verify")
    assert {name: member.troubles for name, member in story.staff.items() if member.troubles} == {}


def _commanded(folder: Path, *lines: str) -> list[str]:
    """More of the operator's commands, without a new start of the program for each."""
    settings = Settings(
        data=folder,
        demo=False,
        rate_limits=False,
        quiet_from=time(),
        quiet_until=time(),
        log_level="WARNING",
    )
    app = create_app(settings)
    printed = []
    with app.app_context():
        for line in lines:
            done = app.test_cli_runner().invoke(args=line.split())
            assert done.exit_code == 0, done.output
            printed.append(done.output)
        db.session.remove()
        db.engine.dispose()
    return printed


def _code(told: str) -> str:
    found = CODE.search(told)
    assert found is not None, told
    return found[2]


def _name(number: int) -> str:
    return SIGNS[number // len(ENDINGS)] + ENDINGS[number % len(ENDINGS)]


TEACHER = f"{_name(0)}老师"


def _born(grade: int) -> str:
    """Everyone of the lowest grade is twelve: a guardian answers for them alone."""
    return f"{clock.today().year - 12 - grade}-{clock.today().month:02}"


def _roster() -> bytes:
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["班级", "学号", "姓名", "出生年月"])
        row = 0
        for place, class_ in enumerate(OURS):
            for _number in range(STUDENTS):
                row += 1
                born = _born(place // CLASSES)
                sheet.write_row(row, 0, [class_, f"{2026000000 + row}", _name(row - 1), born])
    return written.getvalue()


def _their_roster() -> str:
    """The two classes of the twinned school that the story needs, their forms already in."""
    rows = [
        f"{class_},{9000 + 100 * place + number},{_name(100 * place + number)},{_born(0)},是"
        for place, class_ in enumerate(THEIRS)
        for number in range(STUDENTS)
    ]
    return "\n".join(["班级,学号,姓名,出生年月,监护人同意", *rows])
