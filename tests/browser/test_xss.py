"""Nothing that a person writes ever runs, wherever the product shows it: judged in the browser."""

from __future__ import annotations

import html
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from playwright.sync_api import Browser, BrowserContext

from penpal.kernel.html import normal
from penpal.screening.findings import Context
from penpal.screening.guidance import in_the_way
from penpal.screening.screen import screen
from tests.browser import defacing, pages
from tests.browser import server as serving
from tests.browser.client import Client
from tests.browser.judge import Judge
from tests.browser.server import ROOT, Server
from tests.xss_vectors import VECTORS

SAMPLE = 10
PACK = 10
"""Texts that share a letter, and a control page."""
LONGEST = 1_500
NEUTRAL = [f"平常的一句话，第 {number} 句。" for number in range(PACK)]

PLACES = {
    "xiaohe": (
        *("/", "/letters", "/letters/new?another=1&reply_to={answered}", "/letters/{draft}/edit"),
        *("/letters/{own}", "/profile", "/tell", "/tell?about=letter:{answered}", "/told/{report}"),
    ),
    "xiaomai": ("/", "/letters"),
    "banzhuren.bj": (
        *("/", "/classes/{class_}", "/classes/{class_}/pairs", "/classes/{class_}/slips"),
        *("/classes/{class_}/slips/print", "/reports", "/letters/{own}"),
    ),
    "tuanwei.bj": ("/", "/schools/{school}", "/schools/{school}/roster/uploads/{upload}"),
    "": ("/activate?code={text}", "/sign-in?next={text}"),
}

# The policy is one for all pages: with it switched on, these speak for the rest.
BEHIND_THE_POLICY = re.compile(r"/(letters(/\d+)?|profile|reports)?")


@pytest.fixture(scope="module")
def defaced(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of its own: afterwards nobody would want to look at its pages."""
    folder = serving.copy_of(prepared, tmp_path_factory.mktemp("defaced") / "data")
    with serving.running(folder) as server:
        yield server


@pytest.fixture(scope="module")
def control() -> Iterator[str]:
    """The address of a page that shows whatever it is asked to, as it is."""
    careless = ThreadingHTTPServer(("127.0.0.1", 0), _Careless)
    threading.Thread(target=careless.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{careless.server_address[1]}"
    careless.shutdown()


@pytest.fixture(scope="module")
def watching(browser: Browser, control: str) -> Iterator[Judge]:
    """A judge that knows the careless page when nothing is the matter with it."""
    judge = Judge(browser.new_context(), control)
    judge.learn(_careless(["平常的一句话"]))
    yield judge
    judge.context.close()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("<script>alert(1)</script>", "calls"),
        ("<iframe srcdoc='<script>confirm(1)</script>'></iframe>", "calls"),
        ("<p onclick='prompt(1)'>按一下</p>", "calls"),
        ("<a href=javascript:123>信</a>", "scripts"),
        ("<script>this is no script</script>", "scripts"),
        ("<meta http-equiv=refresh content='0;url=/elsewhere'>", "navigations"),
        ("<img src=http://outside.example/a.png>", "requests"),
    ],
)
def test_the_judge_sees_what_a_careless_page_runs(watching: Judge, text: str, what: str) -> None:
    seen = watching.look(_careless([text]))

    assert getattr(seen, what), f"{text} went unseen: {seen}"


def test_the_judge_is_quiet_where_nothing_runs(watching: Judge) -> None:
    seen = watching.look(_careless([html.escape(text) for text in VECTORS]))

    assert not seen.anything(), str(seen)


def test_no_text_of_a_sample_runs_anywhere(browser: Browser, defaced: Server, control: str) -> None:
    """Without the policy alone: what would run behind it runs without it too."""
    given = _given()
    texts = _spread(VECTORS, SAMPLE // 2 if given else SAMPLE)
    texts += _spread(given, SAMPLE - len(texts))

    _judge_all(browser, defaced, control, [texts], policy=False)


@pytest.mark.slow
def test_no_text_at_all_runs_anywhere(browser: Browser, defaced: Server, control: str) -> None:
    texts = [*VECTORS, *_given()]

    _judge_all(
        browser,
        defaced,
        control,
        [texts[first : first + SAMPLE] for first in range(0, len(texts), SAMPLE)],
        policy=True,
    )


def _judge_all(
    browser: Browser,
    server: Server,
    control: str,
    rounds: Sequence[Sequence[str]],
    *,
    policy: bool,
) -> None:
    """Show each round's texts everywhere, without the policy and perhaps with it, beside the control."""
    trusting, wary = {}, {}
    neutral = _write(server, NEUTRAL)
    for login, paths in neutral.items():
        trusting[login] = Judge(_context(browser, server, login, bypass=True), server.address)
        for path in paths:
            trusting[login].learn(path)
        if policy:
            context = _context(browser, server, login, bypass=False)
            wary[login] = Judge(context, server.address, taught_by=trusting[login])
    careless = Judge(browser.new_context(), control)
    careless.learn(_careless(NEUTRAL))

    ran, quiet, packs = [], [], [pack for texts in rounds for pack in _packs(texts)]
    for texts in rounds:
        for login, paths in _write(server, texts).items():
            for path in paths:
                looks = [("off", trusting[login])]
                if login in wary and BEHIND_THE_POLICY.fullmatch(path):
                    looks.append(("on", wary[login]))
                for policy, judge in looks:
                    seen = judge.look(path)
                    if seen.anything():
                        ran.append(f"{login or 'signed out'} {path} (policy {policy}): {seen}")
    for pack in packs:
        if not careless.look(_careless(pack)).anything():
            quiet.append(pack)
    for judge in (*trusting.values(), *wary.values(), careless):
        judge.context.close()

    assert ran == []
    assert len(quiet) < max(1, len(packs) / 4), (
        f"even without care too little of this runs, so the judge proves nothing: {quiet}"
    )


def _context(browser: Browser, server: Server, login: str, *, bypass: bool) -> BrowserContext:
    context = pages.open_context(browser, server, pages.DESKTOP, bypass_csp=bypass)
    if login:
        page = context.new_page()
        pages.sign_in(page, login)
        page.close()
    return context


def _write(server: Server, texts: Sequence[str]) -> dict[str, list[str]]:
    """Put the texts wherever people's words are shown; returns who finds them on which pages.

    What is cleaned when it is written goes through the product's forms. What templates escape goes
    straight into the database, so that no limit on its length keeps a text from being tried.
    """
    by_forms = _let_through(texts) or NEUTRAL[:1]
    letters, ids = _write_by_forms(server, by_forms)
    ids |= _write_past_forms(server, texts)
    ids |= defacing.write(server, texts, _fitting, by_forms=by_forms)
    ids["upload"] = _upload(server, texts)
    ids["text"] = quote("".join(texts)[:1_000])
    shown = {
        login: [path.format(**ids) for path in (*paths, *defacing.PLACES.get(login, ()))]
        for login, paths in PLACES.items()
    }
    shown["xiaohe"] += [f"/letters/{letter}" for letter in letters]
    return shown


def _write_by_forms(server: Server, texts: Sequence[str]) -> tuple[list[str], dict[str, object]]:
    """What one may write: letters, a draft, an introduction, a report and its answer."""
    xiaohe, xiaomai, teacher = Client(server), Client(server), Client(server)
    xiaohe.sign_in("xiaohe")
    xiaomai.sign_in("xiaomai")
    teacher.sign_in("banzhuren.bj")
    letters = []
    for pack in _packs(texts):
        letters.append(_send(xiaomai, pack, action="send"))
        opening = xiaohe.form(f"/letters/{letters[-1]}")
        assert xiaohe.post(f"/letters/{letters[-1]}/opening", opening).status == 302
    own = _send(xiaohe, texts, action="send", envelope="open")
    draft = _send(xiaohe, texts, action="save")
    for client in (xiaohe, xiaomai):
        introduction = _fitting(texts, 300)
        profile = {
            "display_name": "小禾",
            "interests": "",
            "introduction": introduction,
            "question": "",
        }
        answer = client.post("/profile", client.form("/profile") | profile)
        assert answer.status == 302, answer.text
    words = _fitting(texts, 2_000)
    tell = xiaohe.form(f"/tell?about=letter:{letters[0]}")
    told = xiaohe.post("/tell", tell | {"words": words, "addressee": "teacher"})
    report = told.location.rpartition("/")[2]
    waiting = xiaohe.post("/tell", xiaohe.form("/tell") | {"words": words, "addressee": "teacher"})
    assert waiting.status == 302, waiting.text
    answering = teacher.form("/reports") | {"answer": words, "outcome": "talked"}
    assert teacher.post(f"/reports/{report}/answer", answering).status == 302
    return letters, {"answered": letters[0], "own": own, "draft": draft, "report": report}


def _let_through(texts: Sequence[str]) -> list[str]:
    """Those that the guard lets pass, alone and beside each other: the rest is written past the forms."""
    kept: list[str] = []
    for text in texts:
        ways = (text, "\n\n".join([*kept, text]))
        found = [
            in_the_way(screen(normal(words), context))
            for words in ways
            for context in (Context.LETTER, Context.TITLE)
        ]
        if not any(found):
            kept.append(text)
    return kept


def _send(client: Client, texts: Sequence[str], **fields: str) -> str:
    """The id of a letter, or of a draft, that holds these texts."""
    sheet = client.form("/letters/new?another=1")
    answer = client.post(
        "/letters", sheet | {"body": "\n\n".join(texts), "envelope": "sealed"} | fields
    )
    assert answer.status == 302, answer.text
    return answer.location.removesuffix("/edit").rpartition("/")[2]


def _write_past_forms(server: Server, texts: Sequence[str]) -> dict[str, object]:
    """Names of everybody and everything on the way from 小禾 up to her county, and over to 小麦."""
    ring = [*texts, *texts]
    class_, school = server.rows(
        "SELECT unit.id, unit.parent_id FROM unit JOIN enrolment ON class_id = unit.id "
        "JOIN person ON person.id = person_id WHERE login_name = 'xiaohe'"
    )[0]
    people = server.rows(
        "SELECT person_id FROM enrolment WHERE class_id IN (SELECT class_id FROM enrolment "
        "JOIN person ON person.id = person_id WHERE login_name IN ('xiaohe', 'xiaomai')) "
        "UNION SELECT id FROM person WHERE login_name IN ('banzhuren.bj', 'tuanwei.bj')"
    )
    for index, (person,) in enumerate(people):
        text = ring[index % len(ring)]
        server.write(
            "UPDATE person SET name = ?, display_name = ? WHERE id = ?", text, text[:80], person
        )
        interests = [ring[(index + step) % len(ring)] for step in range(3)]
        server.write(
            "UPDATE profile SET interests = ?, question = ? WHERE person_id = ?",
            json.dumps(interests),
            text,
            person,
        )
    units = server.rows(
        "SELECT id FROM unit WHERE id IN (?, ?) OR parent_id = ? OR id IN "
        "(SELECT town_id FROM unit UNION SELECT class_id FROM enrolment)",
        class_,
        school,
        school,
    )
    for index, (unit,) in enumerate(units):
        # No two units of a parent share a name.
        name = f"{ring[index % len(ring)]}{index}"
        server.write("UPDATE unit SET name = ? WHERE id = ?", name, unit)
    server.write("UPDATE report SET about_label = ?", "".join(texts)[:2_000])
    return {"class_": class_, "school": school}


def _upload(server: Server, texts: Sequence[str]) -> str:
    """A roster whose name and cells are all texts of others; only looked at, never applied."""
    secretary = Client(server)
    secretary.sign_in("tuanwei.bj")
    school = server.rows(
        "SELECT unit_id FROM role_grant JOIN person ON person.id = person_id "
        "WHERE login_name = 'tuanwei.bj'"
    )[0][0]
    path = f"/schools/{school}/roster"
    # A file that holds NUL is no table, and the page says so.
    cells = ['"' + text.replace("\0", "").replace('"', '""') + '"' for text in texts]
    rows = [
        "班级,学号,姓名",
        *(f"{cell},{number},{cell}" for number, cell in enumerate(cells, start=1)),
    ]
    name = texts[0].replace("/", "⁄") + ".csv"
    answer = secretary.upload(
        f"{path}/uploads", secretary.form(path), name, "\n".join(rows).encode()
    )
    assert answer.status == 302, answer.text
    return answer.location.rpartition("/")[2]


def _given() -> list[str]:
    """Texts that others wrote to break sanitisers, where the folder with them is at hand."""
    folder = Path(os.environ.get("PENPAL_XSS", ROOT.parent / "shared" / "testing" / "xss"))
    texts = [
        json.loads(line)["data"]
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").split("\n")
        if line
    ]
    # What is no text in UTF-8 never reaches a server through a form.
    clean = (text.encode(errors="replace").decode()[:LONGEST] for text in texts)
    return [text for text in dict.fromkeys(clean) if text.strip()]


def _spread(texts: Sequence[str], number: int) -> list[str]:
    """So many of them, taken from all over the list."""
    if not texts:
        return []
    step = max(1, len(texts) / number)
    return [texts[int(place * step)] for place in range(min(number, len(texts)))]


def _packs(texts: Sequence[str]) -> list[Sequence[str]]:
    return [texts[first : first + PACK] for first in range(0, len(texts), PACK)]


def _fitting(texts: Sequence[str], room: int) -> str:
    """As many of the texts as fit into a field."""
    kept = ""
    for text in texts:
        if len(kept) + len(text) + 2 <= room:
            kept += text + "\n\n"
    return kept.strip() or texts[0][:room]


def _careless(texts: Sequence[str]) -> str:
    return "/?" + quote("".join(f"<div>{text}</div>" for text in texts))


class _Careless(BaseHTTPRequestHandler):
    """The control: a page that trusts everybody."""

    def do_GET(self) -> None:
        body = f"<!doctype html><title>control</title><body>{unquote(self.path[2:])}".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *values: object) -> None:
        """Say nothing: pytest's output is for people."""
