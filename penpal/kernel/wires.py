"""What a socket's line may carry: short frames in the one shape that pages send; news between processes."""

from __future__ import annotations

import atexit
import json
import re
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import redis
import structlog
from redis.backoff import NoBackoff
from redis.retry import Retry
from socketio import RedisManager

MAX_FRAME = 64 * 1024
"""Bytes. Nothing a page sends is longer; a longer frame closes the connection."""
MAX_PACKETS = 16
"""Frames of one body; Engine.IO refuses more, but logs it as a fault of ours."""
BACKLOG = 200
"""Frames that wait for the other end to take them. Whoever leaves more is gone, or no page."""
FLOOD, FLOOD_SECONDS = 1000, 10.0
"""Frames that come within so many seconds. Whoever sends more is no page, and closes its connection."""
SILENCE = 75.0
"""Seconds after which a line is dead: a ping is answered every 25, and waited for another 20."""
MOST_NEWS = 1000
"""What waits for Redis at most."""

# Engine.IO: 1 closes, 3 answers a ping, 4 carries a packet of Socket.IO: 0 connect, 1 disconnect,
# 2 event, 3 acknowledgement. Pages ask for no pings and no upgrades, and send no binary and no errors.
_SOUND = re.compile(r"[13]|4[0-3].*", re.DOTALL)
_ORDER = "order"
_ANSWERS = 2.0
"""Seconds in which Redis takes what it is told, or it is lost."""
_AGAIN = 1.0
"""Seconds after which a Redis that was lost is asked again."""
_ALIVE = {socket.TCP_KEEPIDLE: 30, socket.TCP_KEEPINTVL: 10, socket.TCP_KEEPCNT: 3}

log = structlog.get_logger(__name__)


def is_sound(frame: object) -> bool:
    """Whether a frame is one that a page sends: what else comes is never parsed."""
    return isinstance(frame, str) and _SOUND.fullmatch(frame) is not None


class Exchange(RedisManager):
    """Socket.IO's exchange between processes, which carries our orders too.

    Whoever has news leaves it here and goes on: a Redis that hangs holds up nobody who talks. What is
    left waits for a while; then the oldest is lost, as any news can be.
    """

    def __init__(
        self, url: str, obey: Callable[[str, dict[str, Any]], None], heard: Callable[[], None]
    ) -> None:
        super().__init__(  # type: ignore[no-untyped-call]
            url,
            channel="penpal",
            # Who listens may hear nothing for hours; a machine that is gone is found all the same.
            redis_options={
                "socket_connect_timeout": 5,
                "socket_keepalive": True,
                "socket_keepalive_options": _ALIVE,
            },
        )
        self.obey = obey
        self.heard = heard
        """Called whenever this process begins to hear news: what was told before, it has missed."""
        self._hears = threading.Event()
        self._out = redis.Redis.from_url(
            url,
            socket_connect_timeout=_ANSWERS,
            socket_timeout=_ANSWERS,
            retry=Retry(NoBackoff(), 1),
        )
        self._lock = threading.Lock()
        self._left: deque[str] = deque(maxlen=MOST_NEWS)
        self._carries = False
        atexit.register(self.carry_all)

    def listen(self) -> None:
        """Begin to hear news before anybody is let in, and wait a little until it is so.

        The library begins with the first socket, whose page has then already asked for what it missed:
        what is told in between would be lost to it.
        """
        assert self.server is not None
        if not self.server.manager_initialized:
            self.server.manager_initialized = True
            self.initialize()  # type: ignore[no-untyped-call]
        if not self._hears.wait(_ANSWERS):
            log.warning("news_not_heard", problem="Silence")

    def pass_on(self, name: str, told: dict[str, Any]) -> None:
        """Have every other process that holds sockets do this, too."""
        self._publish(
            {
                "method": "emit",
                "event": _ORDER,
                "data": [name, told],
                "namespace": "/",
                "room": _ORDER,
                "host_id": self.host_id,
            }
        )

    def carry_all(self) -> None:
        """Wait a little until everything that was left is gone: a command ends right after its news."""
        until = time.monotonic() + _ANSWERS
        while self._carries and time.monotonic() < until:
            time.sleep(0.01)

    def _publish(self, data: dict[str, Any]) -> None:
        words = json.dumps(data)
        with self._lock:
            self._left.append(words)
            begins, self._carries = not self._carries, True
        if begins:
            threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        while True:
            with self._lock:
                if not self._left:
                    self._carries = False
                    return
                words = self._left.popleft()
            try:
                self._out.publish(self.channel, words)
            except redis.RedisError as problem:
                log.warning("news_lost", problem=type(problem).__name__)
            except Exception:
                log.exception("news_lost")

    def _redis_listen_with_retries(self) -> Iterator[dict[str, Any]]:
        """The messages of the channel, for good. After a cut it is listened to again within a second or two."""
        while True:
            try:
                self._redis_connect()  # type: ignore[no-untyped-call]
                assert self.redis is not None
                news = self.redis.pubsub()
                news.subscribe(self.channel)
                for message in news.listen():
                    if message["type"] == "subscribe":
                        self._hears.set()
                        self.heard()
                    yield message
            except (redis.RedisError, OSError) as problem:
                log.warning("news_not_heard", problem=type(problem).__name__)
                time.sleep(_AGAIN)

    def _handle_emit(self, message: dict[str, Any]) -> None:
        if message.get("event") != _ORDER:
            super()._handle_emit(message)  # type: ignore[no-untyped-call]
            return
        try:
            name, told = message["data"]
            self.obey(name, told)
        except Exception:
            # The next order is another matter; the thread that listens must not end.
            log.exception("order_failed")
