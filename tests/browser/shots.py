"""Photographs every page of every role into ``shots/``: two sizes, light and dark, Chinese and English.

``python -m tests.browser.shots`` makes them all; further words choose roles: ``… student teacher``.
"""

from __future__ import annotations

import html
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests import servers
from tests.browser import pages
from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.pages import Visitor
from tests.browser.server import ROOT, Server

FOLDER = ROOT / "shots"
SIZES = {"m": pages.PHONE, "d": pages.DESKTOP}
LANGUAGES = {"zh": "zh_Hans", "en": "en"}
ROSTER = """班级,学号,姓名,出生年月,民族,身份证号
初二(3)班,20260101,小川,2013-05,汉族,
初二(3)班,20260102,小苇,2013-07,,
初二(3)班,20260102,小屿,2013-07,,
初二(9)班,20260103,,2013-01,,
"""


def main(roles: list[str]) -> None:
    servers.use_our_node()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    with (
        tempfile.TemporaryDirectory(prefix="penpal-shots-") as folder,
        serving.running(Path(folder)) as server,
        sync_playwright() as playwright,
    ):
        _live_a_little(server)
        browser = playwright.chromium.launch(**servers.chromium_options())  # type: ignore[arg-type]
        taken = [
            name
            for visitor in pages.visitors(server)
            if not roles or visitor.name in roles
            for name in _photograph(browser, server, visitor)
        ]
        browser.close()
    (FOLDER / "index.html").write_text(_index(taken), encoding="utf-8")
    print(f"{len(taken)} photographs, see {FOLDER / 'index.html'}")


def _live_a_little(server: Server) -> None:
    """What the demo leaves to people: slips on the table, a question to a teacher, a roster half read."""
    xiaohe, teacher = Client(server), Client(server)
    xiaohe.sign_in("xiaohe")
    teacher.sign_in("banzhuren.bj")
    words = "有人学我说话，笑我写信慢。我不想让小麦知道。"
    xiaohe.post("/tell", xiaohe.form("/tell") | {"words": words, "addressee": "teacher"})
    class_, school = server.rows(
        "SELECT unit.id, unit.parent_id FROM unit JOIN role_grant ON unit_id = unit.id "
        "JOIN person ON person.id = person_id WHERE login_name = 'banzhuren.bj'"
    )[0]
    teacher.post(f"/classes/{class_}/slips", teacher.form(f"/classes/{class_}/slips"))
    secretary = Client(server)
    secretary.sign_in("tuanwei.bj")
    path = f"/schools/{school}/roster"
    secretary.upload(f"{path}/uploads", secretary.form(path), "新同学.csv", ROSTER.encode())


def _photograph(browser: Browser, server: Server, visitor: Visitor) -> Iterator[str]:
    for size, pixels in SIZES.items():
        for short, language in LANGUAGES.items():
            context = pages.open_context(browser, server, pixels, language=language)
            page = context.new_page()
            if visitor.login_name:
                pages.sign_in(page, visitor.login_name)
            for name, path in visitor.pages.items():
                pages.show_whole(page, path, pixels)
                for scheme in ("light", "dark"):
                    page.emulate_media(color_scheme=scheme)
                    taken = f"{visitor.name}-{name}-{size}-{short}-{scheme}.png"
                    page.screenshot(path=FOLDER / taken)
                    yield taken
            context.close()


def _index(taken: list[str]) -> str:
    figures = "\n".join(
        f'<figure><a href="{html.escape(name)}"><img src="{html.escape(name)}" alt="" loading="lazy"></a>'
        f"<figcaption>{html.escape(name.removesuffix('.png'))}</figcaption></figure>"
        for name in taken
    )
    style = (
        "body{font:14px system-ui;display:flex;flex-wrap:wrap;gap:16px}"
        "figure{margin:0;width:240px}img{max-width:100%;border:1px solid #8888}"
    )
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>Every page of Penpal</title>"
        f"<style>{style}</style>\n{figures}\n</html>\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
