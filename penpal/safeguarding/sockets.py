"""What pages of the queue say while they are open: that they show an item, and that they leave it."""

from __future__ import annotations

from penpal.accounts import signed_in
from penpal.kernel import live
from penpal.kernel.access import Actor
from penpal.kernel.errors import PenpalError
from penpal.safeguarding import looking, queue

_LONGEST = 64


def register() -> None:
    live.socketio.on_event("queue.look", _look)
    live.socketio.on_event("queue.here", _here)
    live.socketio.on_event("queue.left", _left)


def _look(said: object = None) -> None:
    """A page shows an item from now on; the others answer that they are there, too."""
    _pass_on("queue.look", said)


def _here(said: object = None) -> None:
    _pass_on("queue.here", said)


def _left(said: object = None) -> None:
    _pass_on("queue.left", said)


def _pass_on(event: str, said: object) -> None:
    """Asks at each event who it is by now and whether they may see the item; else nothing happens."""
    item = said.get("item") if isinstance(said, dict) else None
    found = queue.pointer(item) if isinstance(item, str) and len(item) <= _LONGEST else None
    by: Actor = signed_in.still()
    if found is None or not by.is_staff or not queue.source_of(found[0]).is_shared:
        return
    try:
        path = queue.path(*found, by=by)
    except PenpalError:
        return
    if event == "queue.left":
        looking.left(*found, by)
    else:
        looking.note(*found, by)
    looking.tell(event, *found, by, path)
