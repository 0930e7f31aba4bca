"""How a page is measured: CPU of the whole server for a request, beside a yardstick in the same run.

Both are served by the same gunicorn with the same settings and asked over one kept connection; what
counts is user and system time of the server's processes, as the kernel keeps it.
"""

from __future__ import annotations

import http.client
import os
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

ROUNDS = 7
REQUESTS = 200
_TICKS = os.sysconf("SC_CLK_TCK")


class Visitor:
    """One person's browser, without the drawing: a kept connection and its cookies."""

    def __init__(self, port: int, pid: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.pid = pid
        self.cookies: dict[str, str] = {}
        self.asked = 0

    def get(self, path: str) -> tuple[int, str]:
        """The status and the body."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: str) -> int:
        return self._ask("POST", path, body)[0]

    def sign_in(self, login_name: str, password: str) -> None:
        form = self.get("/sign-in")[1]
        proof = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert proof is not None
        words = f"csrf_token={proof[1]}&login_name={login_name}&password={password}"
        assert self.post("/sign-in", words.replace(" ", "+")) == 302
        assert self.get("/letters")[0] == 200

    def cpu(self, path: str, times: int = REQUESTS) -> float:
        """Seconds of the server's CPU for one request, on average over so many.

        ``{}`` in the path becomes another number in each request.
        """
        # While the other was asked, the server may have let this connection go.
        self.connection.close()
        begun = cpu_of(self.pid)
        for _ in range(times):
            self.asked += 1
            self.get(path.format(self.asked))
        return (cpu_of(self.pid) - begun) / times

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str]:
        headers = {"Accept": "text/html"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode()


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process and its children have used so far (proc(5), utime and stime)."""
    spent = 0.0
    for process in (pid, *children(pid)):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2].split()
        spent += (int(fields[11]) + int(fields[12])) / _TICKS
    return spent


def children(pid: int) -> list[int]:
    """The processes that it has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    listed = (task / "children" for task in tasks)
    return [int(child) for task in listed for child in task.read_text().split()]


@dataclass(frozen=True)
class Compared:
    """Seconds of CPU of both (medians), and the median of the ratios of rounds that alternated."""

    ours: float
    theirs: float
    ratio: float


def compare(ours: Callable[[], float], theirs: Callable[[], float]) -> Compared:
    ours(), theirs()
    rounds = [(ours(), theirs()) for _ in range(ROUNDS)]
    return Compared(
        statistics.median(a for a, _b in rounds),
        statistics.median(b for _a, b in rounds),
        statistics.median(a / b for a, b in rounds),
    )


def count_queries(app: Flask, cookies: dict[str, str], path: str) -> int:
    """How many statements one request sends to the database, asked of an application in this process."""
    told: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    client = app.test_client()
    for name, value in cookies.items():
        client.set_cookie(name, value)
    event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        client.get(path)
    finally:
        event.remove(sa.Engine, "before_cursor_execute", note)
    return len(told)
