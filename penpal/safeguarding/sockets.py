"""What pages of the queue say while they are open: that they show an item, and that they leave it."""

from __future__ import annotations

from pydantic import Field

from penpal.accounts.hearing import Said, on
from penpal.kernel.access import Actor
from penpal.permissions import Permission
from penpal.safeguarding import looking, queue


class Item(Said):
    item: str = Field(max_length=64)


@on("queue.look", Permission.Queue.SEE, Item, at_most="120 per minute")
def look(said: Item, by: Actor) -> None:
    """A page shows an item from now on; the others answer that they are there, too."""
    _pass_on("queue.look", said, by)


@on("queue.here", Permission.Queue.SEE, Item, at_most="120 per minute")
def here(said: Item, by: Actor) -> None:
    _pass_on("queue.here", said, by)


@on("queue.left", Permission.Queue.SEE, Item, at_most="120 per minute")
def left(said: Item, by: Actor) -> None:
    _pass_on("queue.left", said, by)


def _pass_on(event: str, said: Item, by: Actor) -> None:
    """Nothing happens where they may not see the item."""
    found = queue.pointer(said.item)
    if found is None or not queue.source_of(found[0]).is_shared:
        return
    path = queue.path(*found, by=by)
    if event == "queue.left":
        looking.left(*found, by)
    else:
        looking.note(*found, by)
    looking.tell(event, *found, by, path)
