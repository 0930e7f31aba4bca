"""Walks the steps that docs/guides describes, as the people do for whom it was written.

``python -m tests.browser.guides`` takes the pictures of the guides anew; a test walks the same way
without pictures and holds every word against the pages.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from penpal.desk import guides
from penpal.kernel import clock
from tests import servers
from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.server import Server
from tests.browser.walking import DESKTOP, PHONE, Walk, walker

TROUBLE = "有人学我说话，笑我写信慢。我不想让小麦知道。"
NEWCOMERS = """班级,学号,姓名,出生年月
初二(5)班,20260101,小川,2013-05
初二(5)班,20260102,小苇,2013-07
初二(5)班,20260103,小屿,2013-07
初二(3)班,20260104,小舟,2013-01
初二(3)班,,小帆,2013-01
"""
THEIR_CLASS = "班级,学号,姓名,出生年月\n八年级(5)班,20260201,小原,2013-05\n"


def walk(browser: Browser, server: Server, folder: Path | None = None) -> dict[str, Walk]:
    """Both walks, one after the other; with a folder, their pictures."""
    prepare(server)
    done = {}
    with walker(browser, server, "banzhuren", PHONE, folder) as teacher:
        _teacher(teacher)
        done["banzhuren"] = teacher
    with walker(browser, server, "tuanwei", DESKTOP, folder) as secretary:
        _secretary(secretary, browser)
        done["tuanwei"] = secretary
    return done


def prepare(server: Server) -> None:
    """What the demo leaves to people: a class on the other side, and a child who asks for help."""
    roster = server.folder / "their-class.csv"
    roster.write_text(THEIR_CLASS, encoding="utf-8")
    server.command("roster", "import", str(roster), "--school", "demo-baiyang")
    child = Client(server)
    child.sign_in("xiaohe")
    child.post("/tell", child.form("/tell") | {"words": TROUBLE, "addressee": "teacher"})


def _teacher(go: Walk) -> None:
    """A class teacher with a phone, from the card to the handing over."""
    page = go.page
    go.part("一、第一次进来")
    page.goto("/activate?code=ABCD2345")
    go.look("activate", at=page.locator("#code"))
    go.come_in("banzhuren.bj")

    go.part("二、两步登录")
    go.set_up_second_step("factor")
    go.be_asked_again()

    go.part("三、先看首页")
    page.goto("/")
    go.look("home", at=page.locator(".guide__l"))
    go.open_menu()
    go.look()
    go.open_class("初二(3)班")
    go.look()

    go.part("四、发激活卡")
    go.look()
    go.follow("发卡片")
    go.look("slips", top="h1", at=page.get_by_role("button", name=re.compile("新卡，去打印")))
    go.press(re.compile("新卡，去打印"))
    go.look("cards")

    go.part("五、收同意书")
    go.open_class("初二(3)班")
    go.follow("同意书")
    go.look()
    go.press("做好，去打印")
    go.look("forms", top=".form-sheet")
    go.open_class("初二(3)班")
    go.follow("同意书")
    page.get_by_label("全选").check()
    page.get_by_role("group", name="家长在纸上同意了").get_by_label("参加").first.check()
    go.look(
        "consent", top="h2:has-text('记下签好的同意书')", at=page.get_by_role("button", name="记下")
    )
    go.press("记下")
    go.look()

    go.part("六、结对")
    go.open_class("初二(3)班")
    go.look()
    go.follow("结对")
    choice = page.locator(".pairs select").first
    choice.select_option(index=1)
    go.look("board", top="h1", at=choice)
    go.press("结成选好的对子")
    go.look()

    go.part("七、看看谁还没进来")
    go.open_class("初二(3)班")
    go.look("class", top=".figures")
    go.follow("谁还没激活")
    go.look()

    go.part("八、没有手机和电脑的学生")
    go.open_class("初二(3)班")
    go.follow("小禾")
    go.look()
    go.press("没有设备，在纸上读信")
    go.look()
    go.open_class("初二(3)班")
    go.follow("替学生印信")
    go.look("printing", top="h1")

    go.part("九、学生忘了口令")
    go.open_class("初二(3)班")
    go.follow("小禾")
    go.look("student", top="h1", at=page.get_by_role("button", name="重新发卡片"))
    go.press("重新发卡片")
    go.look()
    page.get_by_role("dialog").get_by_role("button", name="先不").click()

    go.part("十、学生新来、写错、换班、离校")
    go.look()
    go.follow("改正姓名、学号、出生年月")
    go.look()
    go.open_class("初二(3)班")
    go.look()
    go.follow("加一名学生")
    go.look("pupil", top="h1", at=page.get_by_role("button", name="加进来", exact=True))

    go.part("十一、孩子来求助")
    page.goto("/")
    go.look()
    page.goto("/reports")
    go.look("reports", top="h1", at=page.get_by_role("button", name="我来管"))
    go.press("我来管")
    page.get_by_label("和两边都谈过了").check()
    page.get_by_label("给孩子的回话").fill(
        "我跟你们班的两个同学谈过了，他们以后不会了。你有事随时来找我。"
    )
    go.look()
    go.press("回话")
    go.look()

    go.part("十二、哪些能看，哪些不能看")
    go.open_class("初二(3)班")
    go.look()
    go.follow("小桃")
    go.look()

    go.part("十三、出门几天，请人代理")
    page.goto("/")
    go.open_menu()
    go.look()
    go.follow("账号", within=".menu__box")
    go.look()
    go.follow("看我的职务")
    go.look()
    go.follow("代理、结束")
    page.get_by_label("到哪一天").fill(str(clock.today() + timedelta(days=14)))
    colleague = page.get_by_label("交给谁")
    [zhiqiu] = [
        each for each in colleague.locator("option").all_inner_texts() if each.startswith("知秋")
    ]
    colleague.select_option(label=zhiqiu)
    page.get_by_label("原因").first.fill("去外地学习两周")
    go.look("deputy", top="h2", at=page.get_by_role("button", name="交给代理人"))
    go.press("交给代理人")
    go.look()

    go.part("十四、手机换了，口令忘了")
    page.goto("/account")
    go.look()


def _secretary(go: Walk, browser: Browser) -> None:
    """The secretary of a school at a computer, from the roster to the record."""
    page = go.page
    go.part("一、第一次进来")
    go.come_in("tuanwei.bj")
    go.set_up_second_step()
    go.part("二、先看首页")
    go.look("home", at=page.locator(".guide__l"))

    go.part("三、导入名册")
    go.turn_to("名册")
    go.look()
    page.locator("input[type=file]").set_input_files(
        {"name": "新学期名册.csv", "mimeType": "text/csv", "buffer": NEWCOMERS.encode()}
    )
    go.press("先看会变什么")
    go.look("check", at=page.get_by_role("button", name="确认，写入名册"))
    go.press("确认，写入名册")
    go.look()

    go.part("四、任命班主任和老师")
    go.turn_to("人员")
    go.look()
    go.follow("任命")
    go.look()
    go.follow("按名单任命")
    page.get_by_role("textbox", name="名单").fill(
        "姓名\t班级\n晓月\t初二(5)班\n明川\t初二(3)班、初二(5)班"
    )
    go.look()
    go.press("先看会怎样")
    go.look("list", at=page.get_by_role("button", name=re.compile("确认，任命这")))
    go.press(re.compile("确认，任命这"))
    go.look("cards")

    go.part("五、学校和班级结对")
    page.goto("/")
    go.turn_to("单位结对")
    go.look()
    go.follow(re.compile(r"初二\(5\)班"))
    page.get_by_label("八年级(5)班").check()
    go.look("twin", at=page.get_by_role("button", name="提出结对"))
    go.press("提出结对")
    go.look()
    with walker(browser, go.server, "tuanwei", DESKTOP, None) as other:
        other.parts = go.parts
        other.come_in("tuanwei.ht")
        other.set_up_second_step()
        other.turn_to("单位结对")
        other.look()
        other.follow("打开")
        other.look()
        other.press("确认结对")

    go.part("六、看全校的进度")
    go.turn_to("学校")
    go.look("school")

    go.part("七、班里的卡片、同意书和结对")
    go.open_class("初二(3)班")
    go.look()
    go.follow("同意书")
    go.look()

    go.part("八、学生转走、转来")
    go.turn_to("名册")
    go.look()
    go.follow("有学生转走或转来")
    go.look("transfers")

    go.part("九、学生新来、写错、换班、离校")
    go.turn_to("学校")
    go.look()
    go.open_class("初二(3)班")
    go.look()
    for way in ("加一名学生", "离开的学生"):
        go.follow(way)
        go.look()
        page.go_back()
    go.follow("小禾")
    go.look()
    for way in ("换班", "这个孩子有两份记录", "离校、毕业"):
        go.follow(way)
        go.look(
            *(["leave"] if way == "离校、毕业" else []),
            top="h1",
            at=page.get_by_role("button", name="记下离校"),
        )
        page.go_back()

    go.part("十、停用学生的账号")
    go.look()
    go.follow("停用账号")
    go.look()

    go.part("十一、老师忘了口令、丢了卡、换了手机")
    go.turn_to("人员")
    go.look()
    page.get_by_role("link", name=re.compile("办理 若云老师")).click()
    go.look("office", at=page.get_by_role("button", name="做新卡"))
    go.follow("停用账号、两步登录")
    go.look(
        "account",
        top="h2:has-text('手机丢了')",
        at=page.get_by_role("button", name="取消两步登录"),
    )

    go.part("十二、孩子来求助")
    page.goto("/reports")
    go.look()

    go.part("十三、操作记录")
    go.turn_to("学校")
    go.look()
    go.follow("操作记录")
    go.look("record", top=".log")

    go.part("十四、哪些能看，哪些不能看")
    go.turn_to("学校")
    go.look()

    go.part("十五、请人代理，或者换人")
    go.open_menu()
    go.look()
    go.follow("账号", within=".menu__box")
    go.look()
    go.follow("看我的职务")
    go.look()
    go.follow("代理、结束")
    go.look()
    go.turn_to("人员")
    go.look()


def main() -> None:
    servers.use_our_node()
    shutil.rmtree(guides.PICTURES, ignore_errors=True)
    with (
        tempfile.TemporaryDirectory(prefix="penpal-guides-") as folder,
        serving.running(
            Path(folder), PENPAL_SECOND_FACTOR="on", PENPAL_PUBLIC_URL="http://penpal.example.cn"
        ) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(**servers.chromium_options())  # type: ignore[arg-type]
        done = walk(browser, server, guides.PICTURES)
        browser.close()
    taken = [
        picture
        for each in done.values()
        for seen in each.parts.values()
        for picture in seen.pictures
    ]
    sys.stdout.write("".join(f"{guides.PICTURES / name}\n" for name in taken))


if __name__ == "__main__":
    main()
