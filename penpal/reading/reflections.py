"""Verbs of a reflection: keep a draft, finish it, show it early, read one along."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.media import queries as photo_queries
from penpal.media import services as photos
from penpal.media.queries import Picture
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.reading import guarding, queries, services
from penpal.reading.events import News
from penpal.reading.models import SharedBook
from penpal.reading.note_models import REFLECTION_MAX, Envelope, Reflection
from penpal.reading.states import CONCLUDE
from penpal.safeguarding import items, releasing
from penpal.safeguarding.hold_models import Hold
from penpal.screening.findings import Context

KIND = "reflection"


def save(
    book: SharedBook,
    *,
    body: str,
    envelope: Envelope,
    chosen: Sequence[Chosen] | None = None,
    look: bool = False,
    known_at: str | None = None,
    by: Actor,
) -> Reflection:
    """Keep what was typed so far. A draft is its author's alone, whatever goes on between the two.

    ``look`` lets the guard look at what is said of its photos, as before it is shown. ``known_at`` is
    what ``mark`` gave when the page was drawn. Raises ``Conflict`` when the draft is a later one.
    """
    access.authorize(by, Permission.Reflection.WRITE, book)
    text = html.normal(body)
    _check_length(text)
    with transaction() as current:
        access.authorize(by, Permission.Reflection.WRITE, book)
        own = queries.reflections_of(book).get(by.person_id or 0)
        if own is None:
            own = Reflection(book=book, author_id=by.person_id)
            current.add(own)
            current.flush()
        elif not own.is_draft:
            raise IllegalMove(_l("心得已经写完了，不再改。想到新的，可以写在一封信里。"))
        elif known_at is not None and known_at != mark(own) and own.body not in ("", text):
            raise Conflict(_l("这篇心得在别处刚写过。你写的还在下面，先复制下来，再刷新看看。"))
        # A teacher who was asked to release it read these words and saw these photos.
        if own.body != text or not releasing.are_kept(KIND, own.id, chosen):
            releasing.take_back(KIND, own.id, by=by)
        _fill(own, text, envelope)
        current.flush()
        if chosen is not None:
            photos.attach(KIND, own.id, chosen, by=by, look=look)
    return own


def finish(
    book: SharedBook,
    *,
    body: str,
    envelope: Envelope,
    share: bool = False,
    chosen: Sequence[Chosen] | None = None,
    known_at: str | None = None,
    released_by: Actor | None = None,
    by: Actor,
) -> bool:
    """It is as its author wants it: shown when the partner's is finished too, or at once by choice.

    Gives whether there are words of despair in it. Pressing twice finishes it once. ``released_by`` lets
    go what its author asked for: the guard has been heard, and it goes open. Raises ``Invalid``,
    ``Objected`` and ``Paused``; then the words stay a draft.
    """
    access.authorize(by, Permission.Reflection.WRITE, book)
    text = html.normal(body)
    _check_length(text)
    problems = {} if text.strip() else {"body": _l("还没有字。写下第一句，再说写完了。")}
    worries = False
    if released_by is None:
        worries = guarding.look({"body": (text, Context.LETTER)}, problems)
    with transaction():
        services.hold_pair(book.pair)
        known = queries.reflections_of(book).get(by.person_id or 0)
        if known is not None and not known.is_draft and known.body == text:
            return worries
        if chosen is None and known is not None:
            chosen = [Chosen(one.id, one.description) for one in _pictures(known)]
        own = save(
            book,
            body=text,
            envelope=envelope,
            chosen=chosen,
            look=released_by is None,
            known_at=known_at,
            by=by,
        )
        now = clock.now()
        machine.fire(CONCLUDE, own, by=by, finished_at=now)
        if share:
            own.shared_at = now
            trail.write(own, "share reflection", by=by)
        services.tell_partner(book, News.REFLECTED, by=by)
        if worries:
            guarding.worry(own.author_id, "reflection", own.id)
    return worries


def ask(
    book: SharedBook,
    *,
    body: str,
    envelope: Envelope,
    chosen: Sequence[Chosen] | None = None,
    known_at: str | None = None,
    words: str = "",
    by: Actor,
) -> tuple[Hold, bool]:
    """Keep the words as a draft and ask the author's teacher to release them as they are.

    The draft stays what it is until then; released, it is finished and open. Gives whether there are
    words of despair in it. Raises ``Invalid`` where the guard finds nothing.
    """
    if not html.normal(body).strip():
        raise Invalid(fields={"body": _l("还没有字。写下第一句，再说写完了。")})
    with transaction():
        services.hold_pair(book.pair)
        own = save(book, body=body, envelope=envelope, chosen=chosen, known_at=known_at, by=by)
        said = releasing.whole(
            [(own.body, Context.LETTER), *releasing.descriptions(releasing.kept(KIND, own.id))]
        )
        content = items.read(KIND, own.id)
        assert content is not None
        hold = releasing.ask(content, said, words=words, by=by)
        if said.worries:
            guarding.worry(own.author_id, KIND, own.id)
    return hold, said.worries


def release(own: Reflection, *, by: Actor) -> None:
    """A teacher lets go what its author asked them to release; it is finished now, and open."""
    with transaction(), releasing.in_the_name_of(own.author_id) as author:
        finish(own.book, body=own.body, envelope=Envelope.OPEN, released_by=by, by=author)
        trail.write(own, "release", by=by)


def mark(own: Reflection | None) -> str:
    """Tells one state of a draft from another, for the page on which it is written; '' before the first."""
    return own.saved_at.isoformat() if own else ""


def share(reflection: Reflection, *, by: Actor) -> None:
    """Show a finished one before the partner's is finished. It is never taken back."""
    with transaction():
        services.hold_pair(reflection.book.pair)
        access.authorize(by, Permission.Reflection.SHARE, reflection)
        if reflection.is_draft:
            raise IllegalMove
        if reflection.shared_at is None:
            reflection.shared_at = clock.now()
            trail.write(reflection, "share reflection", by=by)
            services.tell_partner(reflection.book, News.REFLECTED, by=by)


def read_along(reflection: Reflection, *, by: Actor) -> None:
    """A teacher reads what its author left open; the first time stands on the trail."""
    access.authorize(by, Permission.Reflection.READ, reflection)
    since = reflection.finished_at
    if since and not trail.is_told(reflection, "read reflection along", by=by, since=since):
        with transaction():
            trail.write(reflection, "read reflection along", by=by)


def put_away(reflection: Reflection, *, by: Actor) -> None:
    """A teacher has read it along and wants to be reminded of it no more."""
    access.authorize(by, Permission.Reflection.READ, reflection)
    with transaction():
        trail.write(reflection, "put reflection away", by=by)


def _pictures(own: Reflection) -> tuple[Picture, ...]:
    return photo_queries.of("reflection", [own.id]).get(own.id, ())


def _check_length(text: str) -> None:
    if len(text) > REFLECTION_MAX:
        raise Invalid(fields={"body": _l("心得最多一万字。")})


def _fill(own: Reflection, text: str, envelope: Envelope) -> None:
    own.body, own.body_html = text, str(html.plain(text))
    own.direction, own.sanitiser = html.direction(text), html.VERSION
    own.envelope, own.saved_at = envelope, clock.now()
