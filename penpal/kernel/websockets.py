"""A websocket that costs one greenlet or thread: read by it, written by whoever has something to say."""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import structlog
from engineio import packet
from engineio.exceptions import SocketIsClosedError
from engineio.socket import Socket
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, generate_accept_token

from penpal.kernel import clock, wires

FAREWELL = 10.0
"""Seconds in which the other end may answer that we hang up."""
_PART = 4096
"""Bytes read at once."""

_PING = packet.Packet(packet.PING)

log = structlog.get_logger(__name__)


class Later:
    """Does things when they are due, in one greenlet or thread for all sockets of a process."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._count = itertools.count()
        self._runs = False

    def at(self, seconds: float, do: Callable[[], None]) -> None:
        """Do this so many seconds from now, or within a second after."""
        with self._lock:
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._count), do))
            begins, self._runs = not self._runs, True
        if begins:
            self._engine.start_background_task(self._run)

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._due:
                    self._runs = False
                    return
                wait = self._due[0][0] - time.monotonic()
                do = heapq.heappop(self._due)[2] if wait <= 0 else None
            if do is None:
                self._engine.sleep(min(wait, 1.0))
                continue
            try:
                do()
            except Exception:
                # The next one is of another socket.
                log.exception("socket_not_looked_after")


class Wire:
    """A connection after its handshake. Frames go out at once, from whichever thread, and in turn.

    What the other end does not take yet waits here, and somebody writes it on for as long as it waits:
    nobody is held up by a page that has stalled. Nothing is compressed, as a page's browser would have
    it: lines are short, and zlib holds 100 KB for each socket.
    """

    __slots__ = (
        "_begin", "_came", "_frames", "_heard", "_is_over", "_line", "_part", "_since", "_turn", "_waiting",
    )  # fmt: skip

    def __init__(self, line: socket.socket, begin: Callable[[Callable[[], None]], object]) -> None:
        self._line, self._begin = line, begin
        self._frames = Connection(ConnectionType.SERVER)
        self._turn = threading.Lock()
        # What was read and not yet heard, the beginning of a frame, what could not be written.
        self._heard: list[str] = []
        self._part: bytearray | None = None
        self._waiting: list[bytes] = []
        self._since, self._came = 0.0, 0
        self._is_over = False
        # An end that is silent is found by Engine.IO's pings, one that takes nothing by this.
        self._line.settimeout(wires.SILENCE)

    def shake_hands(self, key: str) -> None:
        """Answer the handshake (RFC 6455, 4.2.2), which the doorkeeper found to be whole."""
        token = generate_accept_token(key.encode()).decode()
        with self._turn:
            self._write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + token.encode() + b"\r\n\r\n"
            )

    def say(self, text: str) -> None:
        """Send a frame, soon; nothing once the connection is over."""
        with self._turn:
            if not self._is_over and self._frames.state is ConnectionState.OPEN:
                self._write(self._frames.send(TextMessage(data=text)))

    def hear(self) -> str | None:
        """The next frame, whenever it comes; None once the connection is over."""
        while not self._heard:
            if self._is_over:
                return None
            try:
                came = self._line.recv(_PART)
            except OSError:
                came = b""
            with self._turn:
                self._take(came)
        return self._heard.pop(0)

    def hang_up(self, code: CloseReason = CloseReason.NORMAL_CLOSURE) -> None:
        """Say goodbye, and hear nothing more but the answer to it."""
        with self._turn:
            self._say_goodbye(code)

    def end(self) -> None:
        """Nothing is read or written any more: whoever waits for this connection wakes."""
        with self._turn:
            self._end()

    def close(self) -> None:
        """End it, and give the connection back to the system."""
        with self._turn:
            self._end()
            self._line.close()

    def _take(self, came: bytes) -> None:
        if not came or self._is_over:
            self._end()
            return
        try:
            self._frames.receive_data(came)
            for event in self._frames.events():
                if self._is_flood(event):
                    self._say_goodbye(CloseReason.POLICY_VIOLATION)
                    self._end()
                    return
                if isinstance(event, TextMessage):
                    self._take_part(event.data, event.message_finished)
                elif isinstance(event, BytesMessage):
                    self._say_goodbye(CloseReason.UNSUPPORTED_DATA)
                    self._end()
                elif isinstance(event, Ping):
                    self._write(self._frames.send(event.response()))
                elif isinstance(event, CloseConnection):
                    if self._frames.state is not ConnectionState.CLOSED:
                        self._write(self._frames.send(event.response()))
                    self._end()
        except LocalProtocolError:
            self._end()

    def _is_flood(self, event: Event) -> bool:
        now = time.monotonic()
        if now - self._since > wires.FLOOD_SECONDS:
            self._since, self._came = now, 0
        # A long frame comes in parts, as the network cuts it.
        self._came += getattr(event, "frame_finished", True)
        return self._came > wires.FLOOD

    def _take_part(self, words: str, is_whole: bool) -> None:
        if self._frames.state is not ConnectionState.OPEN:
            return
        part = words.encode()
        if self._part is not None:
            self._part += part
        elif not is_whole:
            self._part = bytearray(part)
        if len(self._part or part) > wires.MAX_FRAME:
            self._say_goodbye(CloseReason.MESSAGE_TOO_BIG)
            self._end()
        elif is_whole:
            self._heard.append(words if self._part is None else self._part.decode())
            self._part = None

    def _say_goodbye(self, code: CloseReason) -> None:
        self._heard.clear()
        if not self._is_over and self._frames.state is ConnectionState.OPEN:
            self._write(self._frames.send(CloseConnection(code=code)))

    def _write(self, frame: bytes) -> None:
        """Write what the system takes at once; the rest waits. The turn is ours."""
        if not self._waiting:
            try:
                # The socket's own ``send`` would wait; its number is good for as long as it is not over.
                frame = frame[os.write(self._line.fileno(), frame) :]
            except BlockingIOError:
                pass
            except OSError:
                self._end()
                return
            if frame:
                self._waiting.append(frame)
                self._begin(self._write_on)
        elif len(self._waiting) < wires.BACKLOG:
            self._waiting.append(frame)
        else:
            self._end()

    def _write_on(self) -> None:
        while True:
            with self._turn:
                if self._is_over or not self._waiting:
                    return
                frame = self._waiting[0]
            try:
                self._line.sendall(frame)
            except OSError:
                self.end()
                return
            with self._turn:
                del self._waiting[:1]

    def _end(self) -> None:
        self._is_over = True
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)


class Outbox:
    """Stands where Engine.IO keeps a queue and somebody who empties it: what is put here is sent."""

    __slots__ = ("_later", "_wire")

    def __init__(self, wire: Wire, later: Later) -> None:
        self._wire, self._later = wire, later

    def put(self, sent: packet.Packet | None) -> None:
        """None says that there is nothing more to come."""
        if sent is None:
            self._wire.hang_up()
            self._later.at(FAREWELL, self._wire.end)
        else:
            self._wire.say(sent.encode())

    def join(self) -> None:
        """Nobody waits for a page to take what it was sent."""


class Held(Socket):
    """Engine.IO's side of a connection, without the three greenlets that it starts for each.

    One read from the socket for another, one waited for something to send, one slept until the next
    ping. Each costs some ten kilobytes, or a thread.
    """

    later: Later
    is_working = False
    """On something that this page said: its answer to a ping lies unread behind it."""

    def check_ping_timeout(self) -> bool:
        """Whether it still answers. Whom we keep waiting ourselves is not silent."""
        if self.is_working and not self.closed:
            return True
        return bool(super().check_ping_timeout())

    def schedule_ping(self) -> None:
        """Ping some time after the last one was answered."""
        if self.last_ping:
            self.last_ping = None  # type: ignore[assignment]
            self.later.at(self.server.ping_interval, self._ping)

    def handle_get_request(self, environ: dict[str, Any], start_response: Any) -> Any:
        if "HTTP_UPGRADE" not in environ:
            return super().handle_get_request(environ, start_response)
        line, end = _line_of(environ)
        # Among greenlets the server's own one, which carries the request and all that was made to
        # answer it, ends here; a thread of the server's is as good as another.
        lets_go = self.server.async_mode == "gevent"
        try:
            wire = Wire(line.dup() if lets_go else line, self.server.start_background_task)
            wire.shake_hands(environ["HTTP_SEC_WEBSOCKET_KEY"])
        except BaseException:
            self.close(wait=False, abort=True)
            raise
        if lets_go:
            self.server.start_background_task(self._keep, wire)
        else:
            self._listen(wire)
        raise end

    def _keep(self, wire: Wire) -> None:
        try:
            self._listen(wire)
        finally:
            wire.close()

    def _listen(self, wire: Wire) -> None:
        greeting, self.queue = self.queue, Outbox(wire, self.later)
        while not greeting.empty():
            self.queue.put(greeting.get())
        self.connected = self.upgraded = True
        try:
            # A frame that Engine.IO cannot read ends the connection, as what no page sends does.
            with suppress(SocketIsClosedError, RecursionError):
                while wires.is_sound(frame := wire.hear()):
                    self.is_working = True
                    self.receive(packet.Packet(encoded_packet=frame))
                    self.is_working = False
        except Exception:
            log.exception("socket_failed")
        finally:
            self.is_working = False
            wire.hang_up()
            reason = self.server.reason.TRANSPORT_CLOSE
            self.close(wait=False, abort=True, reason=reason)
            self.server.sockets.pop(self.sid, None)
            # In a thread the server counts its connections, and closes them itself. It would wait for a
            # silent end to say goodbye, and all pages with it; of one that is over it need not.
            wire.end()

    def _ping(self) -> None:
        if not self.closing and not self.closed:
            # Engine.IO reckons in seconds since 1970 how long it waits for the answer.
            self.last_ping = clock.now().timestamp()
            self.send(_PING)


def adopt(held: Any, later: Later) -> None:
    """Make a connection that Engine.IO has just begun one of ours."""
    held.__class__ = Held
    held.later = later


def _line_of(environ: dict[str, Any]) -> tuple[socket.socket, Exception]:
    """The socket of a handshake, and what tells the server that there is nothing left to answer."""
    if "werkzeug.socket" in environ:
        return environ["werkzeug.socket"], ConnectionError()
    return environ["gunicorn.socket"], StopIteration()
