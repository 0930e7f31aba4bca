"""What safeguarding tells: the floors below, whether letters are paused; open pages, what was decided."""

from __future__ import annotations

from penpal.kernel.errors import PenpalError
from penpal.kernel.events import subscribe
from penpal.safeguarding import (
    block_queries,
    held,
    looking,
    noticing,
    pictures,
    queue,
    queue_help,
    queue_holds,
)
from penpal.safeguarding.queue_events import ItemDecided
from penpal.twinning import queries as pairs


def _tell_who_looks(event: ItemDecided) -> None:
    """Whoever has the item open learns who decided about it."""
    if not queue.source_of(event.kind).is_shared:
        return
    try:
        path = queue.path(event.kind, event.id, by=event.by)
    except PenpalError:
        return
    looking.left(event.kind, event.id, event.by)
    looking.tell("queue.decided", event.kind, event.id, event.by, path)


def register() -> None:
    subscribe(ItemDecided, _tell_who_looks)
    queue.register(queue_holds.KIND, queue_holds.SOURCE)
    queue_help.register()
    pictures.start()
    noticing.register()
    noticing.decide_mending(held.mend_at)
    held.start()
    pairs.decide_pausing(block_queries.running, block_queries.running_of)
