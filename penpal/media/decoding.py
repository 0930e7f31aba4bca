"""The server's side of the decoder: one or two of them, each ended and replaced when it fails or is too slow."""

from __future__ import annotations

import json
import os
import select
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask_babel import lazy_gettext as _l

from penpal.kernel.errors import TooMany
from penpal.media import shapes
from penpal.media.headers import Refused, Why
from penpal.media.shapes import Format, Size

log = structlog.get_logger(__name__)

AT_ONCE = min(2, os.cpu_count() or 1)
PHOTOS_EACH = 100
"""After so many a decoder is replaced: what a library let leak goes with it."""
MEMORY_MOST = 340 * 1024 * 1024
"""Addresses a decoder may hold; a sixth of them are its libraries, which lie in memory once for all."""
WAIT_SECONDS = 25.0
"""For a turn: so long a class that sends its photos at once keeps one of its children waiting."""
_START_SECONDS = 6.0
_STANDS_STILL = 8
"""So many times as long as its work a photo may take by the clock."""
_LEAST_LOOK = 0.05
_LENGTH = struct.Struct(">I")
_ACCOUNT_MOST = 64 * 1024
_PROGRAM = Path(__file__).with_name("decoder.py")
_ORDERS = json.dumps(
    {
        "sides": shapes.SIDES,
        "formats": list(Format),
        "pixels": shapes.PIXELS_MOST,
        "pixels_small": shapes.JPEG_PIXELS_MOST,
        "side": shapes.SIDE_MOST,
        "seconds": shapes.SECONDS_MOST,
        "memory": MEMORY_MOST,
    }
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """The renditions, and the width and height of the largest."""

    width: int
    height: int
    digest: str
    renditions: Mapping[tuple[Size, Format], bytes]


class _Lost(Exception):
    """The decoder ended in the middle of a photo, or says what makes no sense."""

    def __init__(self, left: float = 0.0) -> None:
        super().__init__()
        self.left = left
        """Seconds of work that the photo still had."""


class _Slow(Exception):
    """Its time is over."""


class _Allowance:
    """How long a photo may still take: seconds of its decoder's own work, and of the clock.

    On a machine where others wait, a decoder stands still for longer than it works: that is no
    fault of the photo. The clock's bound is there for a decoder that does nothing at all.
    """

    def __init__(self, process_id: int, seconds: float) -> None:
        self.process_id, self.seconds = process_id, seconds
        self.worked_before = _worked(process_id)
        self.until = time.monotonic() + seconds * _STANDS_STILL

    def of_work(self) -> float:
        return self.seconds - (_worked(self.process_id) - self.worked_before)

    def wait(self) -> float:
        """Seconds until it is worth looking again. Raises ``_Slow`` when nothing is left."""
        work, clock = self.of_work(), self.until - time.monotonic()
        if work <= 0 or clock <= 0:
            raise _Slow
        return min(max(work, _LEAST_LOOK), clock)


def _worked(process_id: int) -> float:
    """Seconds of the processor that a process has used; none where there is no such process."""
    try:
        after_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


class _Decoder:
    """One running program."""

    def __init__(self) -> None:
        self.photos = 0
        self.program = subprocess.Popen(
            # Isolated: it looks at no variable and at no folder but its own libraries.
            [sys.executable, "-I", str(_PROGRAM), _ORDERS],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # Nothing of the server's settings, which hold its secrets.
            env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1"},
            # A Ctrl-C at the server's terminal is not meant for it: its pipe ends with the server.
            start_new_session=True,
        )
        assert self.program.stdin is not None
        assert self.program.stdout is not None
        self.into, self.out = self.program.stdin.fileno(), self.program.stdout.fileno()
        os.set_blocking(self.into, False)
        os.set_blocking(self.out, False)
        try:
            self._receive(1, _Allowance(self.program.pid, _START_SECONDS))
        except (_Lost, _Slow):
            self.end()
            raise

    def ask(self, content: bytes, allowed: _Allowance) -> Decoded:
        """Raises ``Refused`` for what is no photo, ``_Lost`` where the program is gone, ``_Slow``."""
        self.photos += 1
        self._send(_LENGTH.pack(len(content)), allowed)
        self._send(content, allowed)
        (length,) = _LENGTH.unpack(self._receive(_LENGTH.size, allowed))
        if length > _ACCOUNT_MOST:
            raise _Lost
        told = json.loads(self._receive(length, allowed))
        if "refused" in told:
            raise Refused(Why(told["refused"]))
        renditions, digests = {}, {}
        for part in told["parts"]:
            which = Size(part["size"]), Format(part["format"])
            if not 0 < part["length"] <= shapes.BYTES_MOST:
                raise _Lost
            renditions[which] = self._receive(part["length"], allowed)
            digests[which] = part["digest"]
        largest = digests[next(iter(shapes.SIDES)), Format.JPEG]
        return Decoded(int(told["width"]), int(told["height"]), largest, renditions)

    def end(self) -> None:
        self.program.kill()
        for pipe in (self.program.stdin, self.program.stdout):
            assert pipe is not None
            # It may have ended before it took all that was on its way.
            with suppress(OSError):
                pipe.close()
        self.program.wait()

    def _send(self, content: bytes, allowed: _Allowance) -> None:
        rest = memoryview(content)
        while rest:
            self._wait(self.into, select.POLLOUT, allowed)
            try:
                rest = rest[os.write(self.into, rest) :]
            except BlockingIOError:
                continue
            except OSError as gone:
                raise _Lost from gone

    def _receive(self, length: int, allowed: _Allowance) -> bytes:
        parts, missing = [], length
        while missing:
            self._wait(self.out, select.POLLIN, allowed)
            try:
                part = os.read(self.out, min(missing, 1024 * 1024))
            except BlockingIOError:
                continue
            if not part:
                raise _Lost
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)

    def _wait(self, pipe: int, for_what: int, allowed: _Allowance) -> None:
        poll = select.poll()
        poll.register(pipe, for_what)
        while not poll.poll(allowed.wait() * 1000):
            pass


class _Decoders:
    """Those of this process, begun when the first photo comes."""

    def __init__(self) -> None:
        self.turns = threading.BoundedSemaphore(AT_ONCE)
        self.lock = threading.Lock()
        self.process = os.getpid()
        self.idle: list[_Decoder] = []

    def decode(self, content: bytes) -> Decoded:
        with self._turn():
            left = shapes.SECONDS_MOST
            # It may have been gone before it was asked: then a new one says whether the photo is to blame.
            for fresh in (False, True):
                try:
                    return self._ask(content, left, fresh=fresh)
                except _Lost as lost:
                    left = lost.left
            raise Refused(Why.DAMAGED)

    def _ask(self, content: bytes, seconds: float, *, fresh: bool) -> Decoded:
        decoder, is_well = self._take(fresh=fresh), False
        allowed = _Allowance(decoder.program.pid, seconds)
        try:
            decoded = decoder.ask(content, allowed)
            is_well = True
            return decoded
        except Refused:
            # It said so itself.
            is_well = True
            raise
        except _Slow as slow:
            log.warning("decoder_too_slow", bytes=len(content))
            raise Refused(Why.TOO_SLOW) from slow
        except (_Lost, ValueError, KeyError, TypeError) as lost:
            log.warning("decoder_lost", bytes=len(content), photos=decoder.photos)
            raise _Lost(allowed.of_work()) from lost
        finally:
            self._give_back(decoder, is_well=is_well)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self.turns.acquire(timeout=WAIT_SECONDS):
            raise busy()
        try:
            yield
        finally:
            self.turns.release()

    def _take(self, *, fresh: bool) -> _Decoder:
        with self.lock:
            if self.process != os.getpid():
                # A forked server must not talk into the pipes of the one that it came from.
                self.process, self.idle = os.getpid(), []
            while self.idle and not fresh:
                decoder = self.idle.pop()
                if decoder.program.poll() is None:
                    return decoder
                decoder.end()
        try:
            return _Decoder()
        except (_Lost, _Slow):
            # A machine that is short of something for a moment is asked once more.
            log.warning("decoder_did_not_start")
        try:
            return _Decoder()
        except (_Lost, _Slow) as lost:
            log.error("decoder_does_not_start")
            raise TooMany(_l("照片这会儿收不进来。过几分钟再试，照片还在你这里。")) from lost

    def _give_back(self, decoder: _Decoder, *, is_well: bool) -> None:
        if not is_well or decoder.photos >= PHOTOS_EACH:
            decoder.end()
            return
        with self.lock:
            self.idle.append(decoder)


_decoders = _Decoders()


def decode(content: bytes) -> Decoded:
    """The renditions of a photo. Raises ``Refused``, and ``TooMany`` where there is no turn in time."""
    return _decoders.decode(content)


def busy() -> TooMany:
    """What is said where no turn came in time."""
    return TooMany(_l("正在传照片的人很多。等一分钟再传，照片还在你这里。"))


def process_ids() -> list[int]:
    """Of the decoders that wait for a photo: for whoever measures them."""
    return [decoder.program.pid for decoder in _decoders.idle]


def end_all() -> None:
    """End those that wait; the next photo begins a new one."""
    with _decoders.lock:
        while _decoders.idle:
            _decoders.idle.pop().end()
