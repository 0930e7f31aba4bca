"""What happens now, told to open pages over Socket.IO. The server names the rooms, clients never do."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any

import structlog
from flask import Flask, request
from flask.ctx import RequestContext
from flask.sessions import NullSession
from flask_babel import force_locale, get_locale
from flask_babel import lazy_gettext as _l
from flask_socketio import SocketIO
from socketio import packet

from penpal.config import Settings
from penpal.kernel import websockets, wires
from penpal.kernel.wires import MAX_FRAME

OUT = "chat.out"
"""Told to a page right before its socket is closed: why, in words."""
PLACE = "penpal.place"
"""Where the handshake's surroundings carry the place that the connection takes up."""
_KEPT = (
    PLACE, "flask.app", "wsgi.url_scheme", "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING",
    "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL", "REMOTE_ADDR",
    "HTTP_HOST", "HTTP_ORIGIN", "HTTP_COOKIE", "HTTP_ACCEPT_LANGUAGE", "HTTP_USER_AGENT",
)  # fmt: skip
"""What is kept of a handshake for as long as its connection: events are requests made of this."""
_ENDED = _l("你已经退出了，或者这个账号暂时不能用。写了一半的字还在这台设备上。")

Work = Callable[..., None]
log = structlog.get_logger(__name__)
socketio = SocketIO()

_lock = threading.Lock()
_open: defaultdict[int, set[str]] = defaultdict(set)
"""The sockets of each person in this process."""
_sessions: dict[str, int] = {}
"""The session in which each of them was opened."""
_people: dict[str, int] = {}
_languages: dict[str, str] = {}
"""In which its page is read: what is told of itself by the server comes in no request."""

_heard: set[str] = set()
_orders: dict[str, Work] = {}
_leaving: list[Callable[[str], None]] = []
_hearing: list[Callable[[], None]] = []


def configure(app: Flask, settings: Settings) -> None:
    """Make the server of this process: threads beside pages, greenlets where it serves sockets alone."""

    def obey_here(name: str, told: dict[str, Any]) -> None:
        with app.app_context():
            _orders[name](**told)

    def hears_here() -> None:
        for work in _hearing:
            socketio.start_background_task(_do, app, work)

    exchange = (
        wires.Exchange(settings.redis_url, obey_here, hears_here) if settings.redis_url else None
    )
    socketio.init_app(
        app,
        async_mode="gevent" if settings.serves == "sockets" else "threading",
        # Each socket's events are worked on one after the other: ten thousand at once need no thread each.
        async_handlers=False,
        allow_upgrades=False,
        client_manager=exchange,
        cors_allowed_origins=[settings.public_url] if settings.public_url else None,
        max_http_buffer_size=MAX_FRAME,
        ping_interval=25,
        ping_timeout=20,
        http_compression=False,
        manage_session=False,
    )
    assert socketio.server is not None
    engine = socketio.server.eio
    later = websockets.Later(engine)
    engine.on("connect", lambda connection, environ: _begin(connection, environ, later))
    engine.on("message", _hear)
    engine.on("disconnect", _end)


def _do(app: Flask, work: Callable[[], None]) -> None:
    try:
        with app.app_context():
            work()
    except Exception:
        log.exception("catching_up_failed")


def listen() -> None:
    """Hear what other processes tell, before any page is let in. Nothing where this process is the only one."""
    if socketio.server is not None and isinstance(socketio.server.manager, wires.Exchange):
        socketio.server.manager.listen()


def hear(event: str, react: Callable[..., Any]) -> None:
    """Let this event of pages in; every other is thrown away unread."""
    _heard.add(event)

    def heard(socket_id: str, *said: Any) -> Any:
        assert socketio.server is not None
        environ = socketio.server.get_environ(socket_id, "/")
        if not environ:
            return None
        with _Event(environ["flask.app"], environ, session=NullSession()):
            request.sid = socket_id  # type: ignore[attr-defined]
            return react(*said)

    # Past the library's own way in, which looks for an address and reads a cookie at each event.
    if socketio.server is None:
        socketio.handlers.append((event, heard, "/"))
    else:
        socketio.server.on(event, heard, namespace="/")


class _Event(RequestContext):
    """What an event of a page is read in: a request like that of its handshake, to no address.

    Who speaks is known by the socket, so there is no session in it.
    """

    def match_request(self) -> None:
        pass


def _let_in(connection: str, said: object) -> None:
    """Ask whether a page may join. Where that cannot be known, it is hung up on, and comes back by itself."""
    server = socketio.server
    assert server is not None
    try:
        server._handle_connect(connection, "/", said)
    except Exception:
        log.exception("join_failed")
        joining = server.manager.sid_from_eio_sid(connection, "/")
        if joining is not None:
            server.manager.disconnect(joining, "/", ignore_queue=True)
        _cut(connection)


def place_of(connection: str) -> Any:
    """What was noted of a connection at its handshake; None where there is no such connection."""
    assert socketio.server is not None
    return socketio.server.environ.get(connection, {}).get(PLACE)


def _begin(connection: str, environ: dict[str, Any], later: websockets.Later) -> None:
    assert socketio.server is not None
    websockets.adopt(socketio.server.eio.sockets[connection], later)
    place = environ.get(PLACE)
    if place is not None:
        place.connection = connection
    kept = {name: environ[name] for name in _KEPT if name in environ}
    socketio.server._handle_eio_connect(connection, kept)


def _end(connection: str, reason: str) -> None:
    assert socketio.server is not None
    place = place_of(connection)
    try:
        socketio.server._handle_eio_disconnect(connection, reason)
    finally:
        if place is not None:
            place.give_back()


def _hear(connection: str, said: str) -> None:
    """Read one packet of a page. What no page of ours sends closes the connection, without a word."""
    server = socketio.server
    assert server is not None
    try:
        heard = server.packet_class(encoded_packet=said)
    except (ValueError, TypeError, IndexError, RecursionError):
        _cut(connection)
        return
    if heard.namespace not in (None, "/"):
        _cut(connection)
    elif heard.packet_type == packet.CONNECT:
        _let_in(connection, heard.data)
    elif heard.packet_type == packet.DISCONNECT:
        server._handle_disconnect(connection, "/", server.reason.CLIENT_DISCONNECT)
    elif heard.packet_type == packet.EVENT:
        named = heard.data[0] if isinstance(heard.data, list) and heard.data else None
        if not isinstance(named, str):
            _cut(connection)
        elif named in _heard:
            server._handle_event(connection, "/", heard.id, heard.data)
    # We ask for no acknowledgements: whatever else is sound is thrown away.


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
        _people[socket_id] = person_id
        _languages[socket_id] = str(get_locale())
    assert socketio.server is not None
    socketio.server.enter_room(socket_id, room_of(person_id))
    return True


def leave(socket_id: str) -> None:
    """A socket is closed, by whichever side."""
    with _lock:
        _sessions.pop(socket_id, None)
        _languages.pop(socket_id, None)
        person_id = _people.pop(socket_id, None)
        if person_id is not None and person_id in _open:
            _open[person_id].discard(socket_id)
            if not _open[person_id]:
                del _open[person_id]
    for told in _leaving:
        told(socket_id)


def on_leaving(told: Callable[[str], None]) -> None:
    """Call this with each socket that is gone."""
    if told not in _leaving:
        _leaving.append(told)


def on_hearing(work: Callable[[], None]) -> None:
    """Have this done whenever the process begins to hear the others, at first or after a cut: see what it missed."""
    if work not in _hearing:
        _hearing.append(work)


def obey(name: str, work: Work) -> None:
    """Say what is done at an order of this name, in every process that holds sockets."""
    _orders[name] = work


def order(name: str, **told: Any) -> None:
    """Have it done here at once and, where there are several processes, in all the others."""
    _orders[name](**told)
    order_elsewhere(name, **told)


def order_elsewhere(name: str, **told: Any) -> None:
    """Have it done in all other processes that hold sockets.

    A courtesy like every event: a message can be lost, so whatever matters is swept for as well.
    """
    if socketio.server is not None and isinstance(socketio.server.manager, wires.Exchange):
        socketio.server.manager.pass_on(name, told)


def eject(person_id: int) -> None:
    """Close every socket of a person in every process, the connections beneath them too."""
    order("eject", person_id=person_id)


def _eject_here(person_id: int) -> None:
    close(held_by(person_id))


obey("eject", _eject_here)


def cut_unjoined(older_than: float) -> None:
    """Close the connections that were made so many seconds ago and never said who they are for."""
    assert socketio.server is not None
    server = socketio.server
    for connection in list(server.eio.sockets):
        place = place_of(connection)
        if (
            place is not None
            and time.monotonic() - place.since > older_than
            and server.manager.sid_from_eio_sid(connection, "/") is None
        ):
            _cut(connection)


def held_by(person_id: int) -> frozenset[str]:
    """The sockets of a person in this process."""
    with _lock:
        return frozenset(_open.get(person_id, ()))


def opened_in() -> dict[str, int]:
    """The session in which each socket of this process was opened."""
    with _lock:
        return dict(_sessions)


def is_open(socket_id: str) -> bool:
    """Whether this process holds it still, for somebody."""
    return socket_id in _sessions


def person_of(socket_id: str) -> int | None:
    """Whose it is; None once it is gone."""
    return _people.get(socket_id)


def language_of(socket_id: str) -> str:
    """In which language the page behind a socket is read."""
    return _languages.get(socket_id, "zh_Hans")


def words_for(socket_id: str, words: object) -> str:
    """Lazily translated words as the page behind a socket is read."""
    with force_locale(language_of(socket_id)):
        return str(words)


def close(socket_ids: Collection[str]) -> None:
    """Tell these sockets of this process why, and close them and the connections beneath them."""
    for socket_id in socket_ids:
        say(socket_id, OUT, {"words": words_for(socket_id, _ENDED)})
        person_id = person_of(socket_id)
        if person_id is not None and socketio.server is not None:
            # From here on nothing is told to it, however long it takes to hang up.
            socketio.server.leave_room(socket_id, room_of(person_id))
        leave(socket_id)
        # A page that has stalled could hold up whoever signs out: nobody waits for it.
        socketio.start_background_task(_hang_up, socket_id)


def _hang_up(socket_id: str) -> None:
    assert socketio.server is not None
    connection = socketio.server.manager.eio_sid_from_sid(socket_id, "/")
    socketio.server.disconnect(socket_id, ignore_queue=True)
    if connection is not None:
        _cut(connection)


def _cut(connection: str) -> None:
    """Close a connection after what is on its way; waits for nobody to fetch it."""
    assert socketio.server is not None
    held = socketio.server.eio.sockets.get(connection)
    if held is not None:
        held.close(wait=False)


def say(socket_ids: str | Sequence[str], event: str, payload: dict[str, Any]) -> None:
    """Send to sockets of this process."""
    socketio.emit(event, payload, to=socket_ids, ignore_queue=True)


def tell(person_id: int, event: str, payload: dict[str, Any]) -> None:
    """Send to every open page of one person; nobody there is no error."""
    socketio.emit(event, payload, to=room_of(person_id))
