"""The grown form, started from the files of deploy/: what it is made of, and what it survives."""

from __future__ import annotations

import random
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import time as hour
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask_migrate import upgrade
from playwright.sync_api import Browser

from penpal import create_app
from penpal.config import Settings
from penpal.kernel.db import db
from tests import cast as casting
from tests import servers
from tests.browser.client import Client
from tests.cast import Cast
from tests.chat import talking
from tests.deploy import browsing, services
from tests.deploy.services import Site
from tests.faults import chatting
from tests.faults.chatting import Page, Talker, Wire
from tests.faults.ledger import Ledger
from tests.servers import ROOT, Restarted

pytestmark = [pytest.mark.postgres, pytest.mark.redis]


@dataclass
class Grown:
    """The whole set on one machine."""

    site: Site
    postgres: Restarted
    redis: Restarted

    def client(self, login_name: str) -> Client:
        client = Client(SimpleNamespace(port=self.site.port))  # type: ignore[arg-type]
        client.sign_in(login_name, casting.PASSWORD)
        return client

    def page(self, client: Client) -> Page:
        return Page.of(client, self.site.address)

    def open_sockets(self) -> list[int]:
        """How many each socket process holds, as its own figures say."""
        found = []
        for unit in self.site.units:
            if "sockets" in unit.name:
                asked = urllib.request.Request(
                    f"http://127.0.0.1:{unit.port}/metrics",
                    headers={"Authorization": f"Bearer {services.METRICS_TOKEN}"},
                )
                with urllib.request.urlopen(asked, timeout=30) as answer:
                    lines = answer.read().decode().splitlines()
                [line] = [line for line in lines if line.startswith("penpal_sockets_open ")]
                found.append(int(float(line.split()[1])))
        return found


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grown]:
    folder = tmp_path_factory.mktemp("grown")
    with ExitStack() as stack:
        postgres = stack.enter_context(servers.restarted_postgres())
        redis = stack.enter_context(servers.restarted_redis())
        site = stack.enter_context(
            services.site(folder, database=postgres.address, redis=redis.address)
        )
        prepare, *others = site.units
        site.start(prepare)
        _fill(folder, postgres.address)
        for unit in others:
            site.start(unit)
        site.start_nginx()
        yield Grown(site, postgres, redis)


def _fill(folder: Path, address: str) -> None:
    """The cast, in schools in which chat is on."""
    app = create_app(
        Settings(
            DATABASE_URL=address,
            data=folder / "data",
            secret_key="a key for tests alone",
            demo=False,
            quiet_from=hour(),
            quiet_until=hour(),
            log_level="WARNING",
        )
    )
    with app.app_context():
        upgrade()
        casting.build()
        talking.open_rooms(Cast())
        db.session.remove()
        db.engine.dispose()


def test_two_of_a_pair_talk_in_one_process_and_others_are_spread(grown: Grown) -> None:
    he, mai = (grown.client(who) for who in ("xiaohe", "xiaomai"))
    pages = grown.page(he), grown.page(mai)
    assert pages[0].room_key == pages[1].room_key

    wires = Wire(he, pages[0]), Wire(mai, pages[1])
    told: list[dict[str, object]] = []
    for wire in wires:
        assert wire.ask("chat.enter", told, after=0)["ok"]
    assert sorted(grown.open_sockets()) == [0, 2], "the two of a pair meet in one process"
    answer = wires[0].ask(
        "chat.say", told, key="key-of-a-line", body="今天下雪了", sticker=None, quotes=None
    )
    wires[1].listen(2, told)

    assert answer["ok"], answer
    assert [line["text"] for line in told] == ["今天下雪了"]
    # What is posted by a form comes from a process of pages, over Redis.
    fields = he.form(f"/chat/{pages[0].pair}") | {
        "body": "用表格写的一句",
        "sticker": "",
        "quotes": "",
    }
    assert he.post(f"/chat/{pages[0].pair}/say", fields).status in (200, 302)
    wires[1].listen(3, told)
    assert [line["text"] for line in told] == ["今天下雪了", "用表格写的一句"]
    for wire in wires:
        wire.close()


def test_nothing_that_was_acknowledged_is_lost_while_parts_are_killed(
    grown: Grown, tmp_path: Path
) -> None:
    _keep_talking(grown, tmp_path, rounds=1)


@pytest.mark.slow
def test_twenty_kills_of_parts_lose_double_and_reorder_no_line(
    grown: Grown, tmp_path: Path
) -> None:
    _keep_talking(grown, tmp_path, rounds=5)


@pytest.mark.browser
def test_two_browsers_talk_through_a_cut_line_and_a_killed_server(
    grown: Grown, browser: Browser
) -> None:
    deaths = browsing.faults(grown.site, grown.postgres, grown.redis)
    with browsing.two(browser, grown.site) as rooms:
        theirs = "sockets 1" if grown.open_sockets()[0] else "sockets 2"

        browsing.talk_through(rooms, [deaths["line"], deaths[theirs]], random.Random(7))


@pytest.mark.slow
@pytest.mark.browser
def test_two_browsers_talk_through_twenty_deaths(grown: Grown, browser: Browser) -> None:
    seed = secrets.randbits(32)
    chance = random.Random(seed)
    deaths = list(browsing.faults(grown.site, grown.postgres, grown.redis).values()) * 4
    chance.shuffle(deaths)
    print(f"seed {seed}")
    with browsing.two(browser, grown.site) as rooms:
        browsing.talk_through(rooms, deaths, chance)


def test_a_redis_that_hangs_holds_up_nobody_who_talks(grown: Grown) -> None:
    he, mai = (grown.client(who) for who in ("xiaohe", "xiaomai"))
    page = grown.page(he)
    wires = Wire(he, page), Wire(mai, grown.page(mai))
    told: list[dict[str, Any]] = []
    for wire in wires:
        assert wire.ask("chat.enter", told, after=0)["ok"]
    assert grown.redis.process is not None
    grown.redis.process.send_signal(signal.SIGSTOP)
    try:
        waits = []
        for number in range(30):
            if number == 10:
                # From here on the other processes are told, in case he is there.
                wires[1].close()
            begun = time.monotonic()
            said = {"key": f"redis-hangs-{number}", "body": "等一等也没关系", "sticker": None}
            assert wires[0].ask("chat.say", told, quotes=None, **said)["ok"]
            waits.append(time.monotonic() - begun)
        begun = time.monotonic()
        fields = he.form(f"/chat/{page.pair}") | {"body": "用表格写的", "sticker": "", "quotes": ""}
        assert he.post(f"/chat/{page.pair}/say", fields).status in (200, 302)
        by_form = time.monotonic() - begun
    finally:
        grown.redis.process.send_signal(signal.SIGCONT)
    wires[0].close()

    assert max(waits) < 1.5, waits
    assert by_form < 3


def _keep_talking(grown: Grown, tmp_path: Path, *, rounds: int) -> None:
    """In each round both socket processes, PostgreSQL and Redis die once, in an order of its own."""
    ledger = Ledger(tmp_path / "ledger.jsonl")
    clients = [grown.client(who) for who in ("xiaohe", "xiaomai")]
    talkers = [Talker(client, grown.page(client), ledger) for client in clients]
    sockets = [unit for unit in grown.site.units if "sockets" in unit.name]

    def kill_sockets(number: int) -> None:
        grown.site.kill(sockets[number])
        time.sleep(random.uniform(0, 0.5))
        grown.site.start(sockets[number])

    def crash(server: Restarted) -> None:
        server.stop(signal.SIGQUIT if server is grown.postgres else signal.SIGKILL)
        time.sleep(random.uniform(0, 0.5))
        server.start()

    for talker in talkers:
        talker.start()
    for _round in range(rounds):
        deaths = [
            lambda: kill_sockets(0), lambda: kill_sockets(1),
            lambda: crash(grown.postgres), lambda: crash(grown.redis),
        ]  # fmt: skip
        random.shuffle(deaths)
        for die in deaths:
            said = [talker.said for talker in talkers]
            die()
            # They go on, each of them, before the next one dies.
            services.until(
                lambda said=said: (
                    any(talker.trouble for talker in talkers)  # type: ignore[misc]
                    or all(
                        talker.said >= before + 3
                        for talker, before in zip(talkers, said, strict=True)
                    )
                )
            )
    for talker in talkers:
        talker.enough.set()
    for talker in talkers:
        talker.join(timeout=120)
    assert [talker.trouble for talker in talkers] == [None, None]
    for talker in talkers:
        talker.catch_up()

    findings = chatting.compare(ledger, talkers)

    assert not findings.any(), findings
    assert all(talker.repeated for talker in talkers), "nothing was said twice: it proves nothing"


def test_the_files_of_a_site_are_refused_where_they_could_not_work(tmp_path: Path) -> None:
    example = (ROOT / "deploy" / "site.example").read_text()
    wrong = {
        "a port of its own": example.replace("SOCKETS=8201", "SOCKETS=8101"),
        "more max_connections": example.replace("DATABASE_POOL=8", "DATABASE_POOL=40"),
        "nothing is said about SERVER_NAME": example.replace("SERVER_NAME=", "#SERVER_NAME="),
    }
    for why, text in wrong.items():
        values = tmp_path / "site"
        values.write_text(text)

        done = subprocess.run(
            [sys.executable, ROOT / "deploy" / "fill", values, tmp_path / "filled"],
            capture_output=True,
            text=True,
        )

        assert done.returncode == 1
        assert why in done.stderr
    assert not (tmp_path / "filled").exists()
