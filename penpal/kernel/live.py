"""What happens now, told to open pages over Socket.IO. The server names the rooms, clients never do."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from engineio.async_drivers._websocket_wsgi import SimpleWebSocketWSGI
from flask import Flask
from flask_socketio import SocketIO

from penpal.config import Settings

MAX_FRAME = 64 * 1024
"""Bytes. Nothing a page sends is longer; a longer frame closes the connection."""

socketio = SocketIO()

_lock = threading.Lock()
_open: defaultdict[int, set[str]] = defaultdict(set)
"""The sockets of each person in this process."""
_sessions: dict[str, int] = {}
"""The session in which each of them was opened."""


def configure(app: Flask, settings: Settings) -> None:
    socketio.init_app(
        app,
        async_mode="threading",
        transports=["websocket"],
        message_queue=settings.redis_url or None,
        cors_allowed_origins=[settings.public_url] if settings.public_url else None,
        max_http_buffer_size=MAX_FRAME,
        ping_interval=25,
        ping_timeout=20,
        manage_session=False,
    )
    assert socketio.server is not None
    engine = socketio.server.eio
    engine._async = {**engine._async, "websocket": _BoundedWebSocket}


def room_of(person_id: int) -> str:
    """Where everything meant for one person goes, on whichever of their pages is open."""
    return f"person:{person_id}"


def admit(person_id: int, socket_id: str, *, session_id: int, at_most: int) -> bool:
    """Count a socket as its person's and let it into their room, unless they hold too many."""
    with _lock:
        held = _open[person_id]
        if len(held) >= at_most:
            return False
        held.add(socket_id)
        _sessions[socket_id] = session_id
    assert socketio.server is not None
    socketio.server.enter_room(socket_id, room_of(person_id))
    return True


def leave(socket_id: str) -> None:
    """A socket is closed, by whichever side."""
    with _lock:
        _sessions.pop(socket_id, None)
        for person_id, held in list(_open.items()):
            held.discard(socket_id)
            if not held:
                del _open[person_id]


def eject(person_id: int) -> None:
    """Close every socket of a person in this process, the connection beneath it too."""
    with _lock:
        held = _open.pop(person_id, set())
    close(held)


def opened_in() -> dict[str, int]:
    """The session in which each socket of this process was opened."""
    with _lock:
        return dict(_sessions)


def close(socket_ids: Collection[str]) -> None:
    """Close these sockets of this process, the connections beneath them too."""
    for socket_id in socket_ids:
        leave(socket_id)
        # A page that has stalled could hold up whoever signs out: nobody waits for it.
        socketio.start_background_task(_hang_up, socket_id)


def _hang_up(socket_id: str) -> None:
    assert socketio.server is not None
    connection = socketio.server.manager.eio_sid_from_sid(socket_id, "/")
    socketio.server.disconnect(socket_id)
    if connection is not None:
        socketio.server.eio.disconnect(connection)


def tell(person_id: int, event: str, payload: dict[str, Any]) -> None:
    """Send to every open page of one person; nobody there is no error."""
    socketio.emit(event, payload, to=room_of(person_id))


class _BoundedWebSocket(SimpleWebSocketWSGI):
    """Closes on a frame over ``MAX_FRAME``: Engine.IO's own limit is asked only after all of it was read."""

    def __init__(self, handler: Any, server: Any) -> None:
        super().__init__(handler, server, max_message_size=MAX_FRAME)
