"""Verbs of what waits outside of its room: keep it and ask, take it out again, put it where it was meant for.

A room says of its kind how a thing is named, how it is put where it belongs, and where its author goes
on with it. This floor knows no names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from penpal.kernel import html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import Model, identity_of, session, transaction
from penpal.kernel.errors import IllegalMove, NotFound
from penpal.media import register as readable_photos
from penpal.media import services as photos
from penpal.media.services import Chosen
from penpal.safeguarding import held_queries, items, releasing
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.held_queries import KIND
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.releasing import Whole
from penpal.twinning.models import Pair


@dataclass(frozen=True)
class Room:
    """What a room says of a kind.

    ``put`` does what its author asked for: it is given what was held, its photos, loose, the author as
    whoever acts, and the teacher who lets it go; it gives what came of it. ``mend`` is the address of
    the page on which the author goes on, ``place`` of the one to which it belongs.
    """

    title: Callable[[HeldText], str]
    put: Callable[[HeldText, Sequence[Chosen], Actor, Actor], Model]
    mend: Callable[[HeldText], str]
    place: Callable[[HeldText], str]


_rooms: dict[str, Room] = {}


def register(kind: str, room: Room) -> None:
    _rooms[kind] = room


def keep(
    pair: Pair,
    kind: str,
    about_id: int,
    *,
    key: str,
    fields: Mapping[str, Any],
    said: Whole,
    chosen: Sequence[Chosen] = (),
    words: str = "",
    by: Actor,
) -> Hold:
    """Keep a form as it was filled in, and ask for its release.

    The same key keeps one thing: other words take the place of the earlier ones and are another request.
    The caller has asked the rulebook, and holds the pair. Raises ``Invalid`` where nothing is in the way.
    """
    with transaction() as current:
        held = held_queries.of_key(by.person_id, kind, key)
        if held is not None and not releasing.are_kept(KIND, held.id, chosen):
            releasing.take_back(KIND, held.id, by=by)
        if held is None:
            held = HeldText(kind=kind, pair_id=pair.id, author_id=by.person_id, key=key)
            current.add(held)
        held.about_id, held.fields = about_id, dict(fields)
        held.text, held.direction = said.text, html.direction(said.text)
        current.flush()
        photos.attach(KIND, held.id, chosen, by=by, look=False)
        content = items.read(KIND, held.id)
        assert content is not None
        return releasing.ask(content, said, words=words, by=by)


def take_out(kind: str, key: str, *, by: Actor) -> None:
    """Its author wrote it anew, or throws it away: what was kept is gone, its photos are loose again."""
    held = held_queries.of_key(by.person_id, kind, key)
    if held is not None:
        _forget(held, by=by)


def throw_away(held: HeldText, *, by: Actor) -> str:
    """Its author wants it no more. Gives the address of the page to which it belonged."""
    if held.author_id != by.person_id:
        raise NotFound
    place = _rooms[held.kind].place(held)
    with transaction():
        trail.write(held, "discard", by=by)
        _forget(held, by=by)
    return place


def _forget(held: HeldText, *, by: Actor) -> None:
    releasing.take_back(KIND, held.id, by=by)
    photos.attach(KIND, held.id, (), by=by, look=False)
    session().delete(held)
    session().flush()


def mend_at(hold: Hold) -> str:
    """Where the author of a request goes on with what it is about."""
    held = session().get(HeldText, hold.item_id) if hold.kind == KIND else None
    if held is not None:
        return _rooms[held.kind].mend(held)
    mend = items.handler_of(hold.kind).mend
    if mend is None:
        raise NotFound
    return mend(hold.item_id)


def _nobody_points_at_it(_number: int, _actor: Actor) -> None:
    """Only its author knows that it is there."""


def _content(number: int) -> items.Content | None:
    held = session().get(HeldText, number)
    if held is None:
        return None
    return items.Content(
        kind=KIND,
        id=held.id,
        title=_rooms[held.kind].title(held),
        author_id=held.author_id,
        parties=(held.author_id,),
        text=held.text,
        html=str(html.plain(held.text)),
        direction=held.direction,
        context={"pair": held.pair_id, "kind": held.kind, "about": held.about_id},
    )


def _release(number: int, by: Actor) -> items.Became:
    """Put it where it was meant for; from now on the request tells of what it became."""
    held = session().get(HeldText, number)
    if held is None:
        raise IllegalMove
    chosen = releasing.kept(KIND, number)
    with releasing.in_the_name_of(held.author_id) as author:
        photos.attach(KIND, number, (), by=author, look=False)
        made = _rooms[held.kind].put(held, chosen, author, by)
        trail.write(made, "release", by=by)
        session().delete(held)
    return trail.kind_of(made), identity_of(made)


def _send_back(_number: int, _by: Actor) -> None:
    """It never went anywhere."""


def start() -> None:
    """Plug it into what can be released."""
    items.register(
        KIND, items.Handler(_nobody_points_at_it, _content, _release, _send_back, icon="feather")
    )
    readable_photos.visible(KIND, held_queries.readable)
