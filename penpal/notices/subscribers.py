"""Open pages are told of new notices, as far as their people want it and do not rest."""

from __future__ import annotations

from penpal.kernel import live
from penpal.kernel.events import subscribe
from penpal.notices import kinds, queries, reaching
from penpal.notices.events import NoticesSent


def _tell(event: NoticesSent) -> None:
    """Only the number goes out: the page asks for the words, in its own language and as its own person."""
    kind = kinds.of(event.kind)
    if kind is None:
        return
    people = {person_id for person_id, _number in event.sent}
    silent = queries.silent_about(people, kind.topic) | reaching.resting(people)
    for person_id, number in event.sent:
        if person_id not in silent:
            live.tell(person_id, "notice", {"id": number})


def register() -> None:
    subscribe(NoticesSent, _tell)
