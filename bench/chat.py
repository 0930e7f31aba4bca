"""Chat beside bare Flask-SocketIO: lines for a second of CPU, milliseconds until they are there, memory.

    python -m bench.chat storage      keeping alone beside the echo, and beside a commit for each line
    python -m bench.chat talk         everything on, at 100 and 500 lines a second, and the echo at the same
    python -m bench.chat idle         memory of 3,000 sockets that say nothing
    python -m bench.chat threads      the embedded server: 300 sockets, and pages meanwhile

The yardstick is `bench/echo.py` in the same run, under the same server. Rounds alternate; what is
printed is the median, and the median of the ratios of a round.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import time as daytime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade

from bench import corpus
from bench.measuring import Visitor, children, cpu_of
from penpal import create_app
from penpal.accounts import sessions, snapshots, sockets
from penpal.accounts.models import Person
from penpal.config import Settings
from penpal.kernel.db import db, session, transaction
from penpal.twinning.models import Pair
from tests import cast, servers
from tests.chat import talking

KEY = "a key for benchmarks alone"


@dataclass(frozen=True)
class Seen:
    """What one run gave."""

    figures: dict[str, Any]
    cpu: float

    @property
    def lines(self) -> float:
        """A second."""
        return float(self.figures["acknowledged"] / self.figures["seconds"])

    @property
    def lines_for_cpu(self) -> float:
        """For a second of the server's CPU."""
        return float(self.figures["acknowledged"] / self.cpu)


def talk(
    pid: int,
    plan: dict[str, Any],
    begins: Callable[[], None] | None = None,
    beside: Sequence[int] = (),
) -> Seen:
    """Have them talk, and look at the clock of the server where it counts; call ``begins`` then, too."""
    crowd = subprocess.Popen(
        [sys.executable, "-m", "bench.talkers"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert crowd.stdin is not None
    assert crowd.stdout is not None
    crowd.stdin.write(json.dumps(plan) + "\n")
    crowd.stdin.flush()
    begun = spent = 0.0
    try:
        for told in crowd.stdout:
            word = json.loads(told)
            if word["at"] == "begin":
                begun = sum(map(cpu_of, (pid, *beside)))
                if begins is not None:
                    begins()
            elif word["at"] == "end":
                spent = sum(map(cpu_of, (pid, *beside))) - begun
            elif word["at"] == "figures":
                return Seen(word, spent)
            crowd.stdin.write("\n")
            crowd.stdin.flush()
    finally:
        crowd.kill()
        crowd.wait()
    raise RuntimeError("the talkers went away")


@dataclass(frozen=True)
class Site:
    """Where a database is, and who could come."""

    environment: dict[str, str]
    members: list[dict[str, Any]]

    def plan(self, port: int, clients: int, *, bare: bool, **more: Any) -> dict[str, Any]:
        seats = [dict(seat) for seat in self.members[:clients]]
        names = {"say": "say", "told": "line"} if bare else {"say": "chat.say", "told": "chat.line"}
        for seat in seats:
            seat["headers"] = seat["headers"] | {"Origin": f"http://127.0.0.1:{port}"}
            if bare:
                # The yardstick knows no keys: its rooms are called as its lines say.
                author = seat["path"].rpartition("=")[2]
                seat["path"] = (
                    f"/socket.io/?EIO=4&transport=websocket&room={seat['pair']}&author={author}"
                )
                seat["enter"] = None
        return {"port": port, "seats": seats, **names, **more}


@contextmanager
def database(address: str, pairs: int) -> Iterator[Site]:
    """A database with so many pairs, each of their members signed in, in schools where chat is on."""
    with TemporaryDirectory(prefix="penpal-bench-") as folder:
        settings = Settings(
            data=Path(folder),
            DATABASE_URL=address,
            secret_key=KEY,
            demo=False,
            quiet_from=daytime(),
            quiet_until=daytime(),
            log_level="ERROR",
        )
        app = create_app(settings)
        with app.app_context():
            upgrade()
            cast.build()
            talking.open_rooms(cast.Cast())
            corpus._crowd(pairs)
            corpus._analyse()
            seats = _sign_in(app, settings)
            db.session.remove()
            db.engine.dispose()
        environment = {
            "PENPAL_DATA": folder,
            "DATABASE_URL": address,
            "PENPAL_SECRET_KEY": KEY,
            "PENPAL_DEMO": "false",
            "PENPAL_JOBS": "worker",
            "PENPAL_QUIET_FROM": "00:00",
            "PENPAL_QUIET_UNTIL": "00:00",
            "PENPAL_LOG_LEVEL": "ERROR",
            # Nobody talks as fast as two hundred who are to make five hundred lines a second.
            "PENPAL_RATE_LIMITS": "false",
        }
        yield Site(environment, seats)


def _sign_in(app: Flask, settings: Settings) -> list[dict[str, Any]]:
    """The pages of all members: what their browsers would hand over."""
    signing = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    pairs = session().scalars(sa.select(Pair).order_by(Pair.id)).all()
    found = []
    with transaction() as current:
        for pair in pairs:
            for person_id in (pair.supported_student_id, pair.supporting_student_id):
                begun = sessions.begin(
                    current.get_one(Person, person_id), shared_device=False, settings=settings
                )
                found.append((pair.id, person_id, begun))
    made = []
    for pair_id, person_id, begun in found:
        actor = snapshots.by_token(begun)
        assert actor is not None
        room = sockets.room_key("pair", pair_id)
        made.append(
            {
                "path": f"/socket.io/?EIO=4&transport=websocket&room={room}&author={person_id}",
                "pair": pair_id,
                "headers": {
                    "Cookie": f"penpal={signing.dumps({'_user_id': begun, '_fresh': True})}"
                },
                "auth": {"token": sockets.token(actor)},
                "enter": {"pair": pair_id, "after": 0},
            }
        )
    return made


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """A server of its own; gives its port and process. ``PORT`` in the command is the port."""
    port = servers.free_port()
    process = subprocess.Popen(
        [sys.executable, *(str(port) if word == "PORT" else word for word in command)],
        env={**os.environ, **environment, "PORT": str(port)},
        stdout=subprocess.DEVNULL,
    )
    try:
        servers.wait_for_port(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


def echo(form: str, keeps: str) -> list[str]:
    return ["-m", "bench.echo", "PORT", form, keeps]


def storage(chosen: argparse.Namespace) -> None:
    """What keeping alone takes, as lines for a second of CPU beside the bare echo."""
    with servers.postgres(durable=True) as address:
        for title, where in (("PostgreSQL", address), ("SQLite", "")):
            if chosen.only and title != chosen.only:
                continue
            form = "gevent" if where else "threads"
            rounds: dict[str, list[Seen]] = {}
            with database(where, chosen.clients // 2) as site:
                for _ in range(chosen.rounds):
                    for keeps in ("none", "batch", "each"):
                        with running(echo(form, keeps), site.environment) as (port, pid):
                            plan = site.plan(
                                port, chosen.clients, bare=True, seconds=chosen.seconds
                            )
                            rounds.setdefault(keeps, []).append(talk(pid, plan))
            _show(f"{title}, {form}, {chosen.clients} clients, as fast as it goes", rounds)


def everything(chosen: argparse.Namespace) -> None:
    """The product itself, at a pace: sign-ins asked for, screened, sanitised, kept, handed on."""
    with ExitStack() as stack:
        address = stack.enter_context(servers.postgres(durable=True))
        redis = stack.enter_context(servers.redis())
        site = stack.enter_context(database(address, chosen.clients // 2))
        environment = site.environment | {"REDIS_URL": redis}
        for rate in chosen.rates:
            rounds: dict[str, list[Seen]] = {}
            pace = {"seconds": chosen.seconds, "rate": rate, "settle": 5.0}
            for _ in range(chosen.rounds):
                for name in ("none", "product"):
                    bare = name == "none"
                    command = echo("gevent", "none") if bare else ["grown.py", "sockets"]
                    with ExitStack() as each:
                        begun = (running(command, environment) for _ in range(chosen.processes))
                        ports, pids = zip(*map(each.enter_context, begun), strict=True)
                        plan = site.plan(ports[0], chosen.clients, bare=bare, **pace)
                        _spread(plan["seats"], ports)
                        rounds.setdefault(name, []).append(talk(pids[0], plan, beside=pids[1:]))
            who = f"{chosen.clients} clients, processes: {chosen.processes}"
            _show(f"PostgreSQL, gevent, {who}, {rate} lines a second", rounds)


def _spread(seats: list[dict[str, Any]], ports: Sequence[int]) -> None:
    """Lead both of a pair to one process, as nginx does."""
    for seat in seats:
        seat["port"] = port = ports[seat["pair"] % len(ports)]
        seat["headers"] = seat["headers"] | {"Origin": f"http://127.0.0.1:{port}"}


def idle(chosen: argparse.Namespace) -> None:
    """What a socket that says nothing keeps in memory."""
    with ExitStack() as stack:
        address = stack.enter_context(servers.postgres())
        redis = stack.enter_context(servers.redis())
        site = stack.enter_context(database(address, chosen.clients // 2))
        for name in ("none", "product"):
            bare = name == "none"
            command = echo("gevent", "none") if bare else ["grown.py", "sockets"]
            with running(command, site.environment | {"REDIS_URL": redis}) as (port, pid):
                quiet: dict[str, Any] = {"seconds": 3, "rate": 0.1, "bare": bare}
                talk(pid, site.plan(port, 100, **quiet))
                before, held = _memory(pid), [0]
                plan = site.plan(port, chosen.clients, **quiet)
                if not bare:
                    # As each browser does; the yardstick would say yes, and these talkers cannot read it.
                    for seat in plan["seats"]:
                        seat["headers"]["Sec-WebSocket-Extensions"] = "permessage-deflate"

                def weigh(pid: int = pid, held: list[int] = held) -> None:
                    held[0] = _memory(pid)

                talk(pid, plan, weigh)
            each = (held[0] - before) / chosen.clients / 1024
            print(f"{NAMES.get(name, name):16}{each:8.1f} KB for each of {chosen.clients} sockets")


def threads(chosen: argparse.Namespace) -> None:
    """The embedded server on SQLite: sockets hold threads, and pages are asked for meanwhile."""
    sockets_held = 300
    with database("", sockets_held // 2) as site:
        # The guard is made ready before anybody talks, as it is on a server that has run for a while.
        environment = site.environment | {"PENPAL_THREADS": "480", "PENPAL_GUARD_READY_AFTER": "0"}
        with running(["app.py"], environment) as (port, pid):
            visitors = [Visitor(port, pid) for _ in range(4)]
            for visitor in visitors:
                visitor.sign_in("xiaohe", cast.PASSWORD)
                # The first page of a server makes its templates ready.
                visitor.get("/")
            waits: list[float] = []
            enough = threading.Event()

            def read(visitor: Visitor) -> None:
                # The server has let go of what lay still while the sockets came.
                visitor.connection.close()
                while not enough.wait(0.1):
                    begun = time.perf_counter()
                    assert visitor.get("/")[0] == 200
                    waits.append(time.perf_counter() - begun)

            plan = site.plan(
                port, sockets_held, bare=False, seconds=chosen.seconds, rate=20, settle=20.0
            )
            readers = [threading.Thread(target=read, args=(visitor,)) for visitor in visitors]

            def begin() -> None:
                for reader in readers:
                    reader.start()

            seen = talk(pid, plan, begin)
            enough.set()
            for reader in readers:
                reader.join()
        waits.sort()
        print(
            f"{sockets_held} sockets in threads, 20 lines a second, {len(waits)} pages: "
            f"p50 {1000 * waits[len(waits) // 2]:.0f} ms, p99 {1000 * waits[int(len(waits) * 0.99)]:.0f} ms; "
            f"lines p99 {seen.figures['delivery_ms']['p99']:.0f} ms"
        )


def _memory(pid: int) -> int:
    """Bytes that the processes of a server hold in memory of their own."""
    total = 0
    for process in (pid, *children(pid)):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Private_"):
                total += int(line.split()[1]) * 1024
    return total


def _show(title: str, rounds: dict[str, list[Seen]]) -> None:
    print(f"\n{title}; milliseconds until the partner has it")
    print(f"{'':16}{'lines/s':>9}{'per CPU-s':>11}{'of echo':>9}{'p50':>8}{'p99':>8}")
    bare = [seen.lines_for_cpu for seen in rounds["none"]]
    for name, seen in rounds.items():
        share = statistics.median(
            one.lines_for_cpu / yardstick for one, yardstick in zip(seen, bare, strict=True)
        )
        row = (
            statistics.median(one.lines for one in seen),
            statistics.median(one.lines_for_cpu for one in seen),
            share,
            statistics.median(one.figures["delivery_ms"]["p50"] for one in seen),
            statistics.median(one.figures["delivery_ms"]["p99"] for one in seen),
        )
        print(
            f"{NAMES.get(name, name):16}{row[0]:9.0f}{row[1]:11.0f}{row[2]:9.0%}{row[3]:8.1f}{row[4]:8.1f}"
        )
        troubles = sum(one.figures["refused"] + one.figures["lost"] for one in seen)
        assert not troubles, f"{name}: {troubles} lines were refused or lost"


NAMES = {"none": "bare echo", "batch": "kept", "each": "a commit each"}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    kinds: dict[str, Callable[[argparse.Namespace], None]] = {
        "storage": storage,
        "talk": everything,
        "idle": idle,
        "threads": threads,
    }
    parser.add_argument("what", choices=kinds)
    parser.add_argument("--clients", type=int, help="200, and 3,000 idle ones")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--rates", type=int, nargs="*", default=[100, 500], help="talk: lines a second"
    )
    parser.add_argument("--processes", type=int, default=1, help="talk: processes of the server")
    parser.add_argument("--only", default="", help="storage: PostgreSQL or SQLite")
    chosen = parser.parse_args()
    chosen.clients = chosen.clients or (3000 if chosen.what == "idle" else 200)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {time.strftime('%F %H:%M')}")
    kinds[chosen.what](chosen)


if __name__ == "__main__":
    main()
