"""The way to the press: one job at a time, a short line of those who wait, and an end to a job that hangs."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import structlog
from flask_babel import lazy_gettext as _l

from penpal.config import ROOT
from penpal.kernel.errors import PenpalError, TooMany

TEMPLATES = ROOT / "penpal"
"""Where templates are named from: each room has its own."""
PACKAGES = ROOT / "node_modules"
FACES = (
    PACKAGES / ".fonts",
    PACKAGES / "@expo-google-fonts" / "noto-serif-sc" / "700Bold",
    *(
        PACKAGES / "@expo-google-fonts" / face / "400Regular"
        for face in (
            "noto-serif-sc",
            "noto-naskh-arabic",
            "noto-serif-tibetan",
            "noto-sans-mongolian",
            "noto-emoji",
        )
    ),
)
"""Folders of the faces: Kaiti, Songti with a bold one for headlines, one each for Arabic, Tibetan and
Mongolian letters, and small pictures.
"""

LONGEST = 20.0
"""Seconds for which a job may wait, and for which it may run."""
LINE = 4
"""Jobs at the press and waiting for it, in this process."""

log = structlog.get_logger(__name__)


class Press:
    """Starts the program when there is work, starts it anew when it has gone home or was stopped."""

    def __init__(self) -> None:
        self._line: set[int] = set()
        self._door = threading.Lock()
        self._turn = threading.Lock()
        self._program: subprocess.Popen[bytes] | None = None

    @contextmanager
    def place(self, person_id: int) -> Iterator[None]:
        """A person's one place in the line. Raises ``TooMany`` when they have it already, or all are taken."""
        with self._door:
            if person_id in self._line:
                raise TooMany(_YOURS)
            if len(self._line) >= LINE:
                raise TooMany(_BUSY)
            self._line.add(person_id)
        try:
            yield
        finally:
            self._line.discard(person_id)

    def pdf(self, template: str, data: dict[str, Any], *, longest: float | None = None) -> bytes:
        """Set what is described. ``template`` is named from ``TEMPLATES``; ``longest`` are its seconds.

        Raises ``TooMany`` when its turn does not come, or the job does not end, in time.
        """
        limit = LONGEST if longest is None else longest
        if not self._turn.acquire(timeout=limit):
            raise TooMany(_BUSY)
        try:
            return self._set(json.dumps({"template": template, "data": data}).encode(), limit)
        finally:
            self._turn.release()

    def stop(self) -> None:
        """End the program, whatever it is doing; the next job starts it anew."""
        program, self._program = self._program, None
        if program is not None:
            program.kill()
            program.wait()
            for pipe in (program.stdin, program.stdout):
                if pipe is not None:
                    pipe.close()

    def _set(self, job: bytes, longest: float) -> bytes:
        try:
            answer = self._ask(job, longest)
        except (BrokenPipeError, EOFError):
            # It had just gone home: the next one takes the job.
            self.stop()
            answer = self._ask(job, longest)
        if answer[:1] != b"+":
            # What people wrote stays out of the log, so only the kind of trouble is told.
            log.error("press", trouble=answer[1:80].decode(errors="replace"))
            raise PenpalError
        return answer[1:]

    def _ask(self, job: bytes, longest: float) -> bytes:
        program, late = self._running(), threading.Event()

        def end() -> None:
            late.set()
            program.kill()

        assert program.stdin is not None
        assert program.stdout is not None
        # A program that hangs may not even take its job in, so the clock runs from before the first byte.
        timer = threading.Timer(longest, end)
        timer.start()
        try:
            program.stdin.write(struct.pack("!I", len(job)) + job)
            (size,) = struct.unpack("!I", _read(program.stdout, 4))
            return _read(program.stdout, size)
        except (BrokenPipeError, EOFError):
            if not late.is_set():
                raise
            self.stop()
            log.error("press", trouble="took too long")
            raise TooMany(_TOO_LONG) from None
        finally:
            timer.cancel()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._program is None or self._program.poll() is not None:
            self.stop()
            self._program = subprocess.Popen(
                [
                    sys.executable,
                    "-I",
                    str(Path(__file__).with_name("press_program.py")),
                    str(TEMPLATES),
                ]
                + [str(folder) for folder in FACES],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
            )
        return self._program


def _read(source: IO[bytes], size: int) -> bytes:
    found = bytearray()
    while len(found) < size:
        part = source.read(min(size - len(found), 1 << 16))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


_BUSY = _l("打印的人正多。过一分钟再按一次，信都在。")
_YOURS = _l("你要印的还在排版。做好以后再印下一份。")
_TOO_LONG = _l("排版太慢了。一次少印一些。")

press = Press()
"""The one press of this process."""
