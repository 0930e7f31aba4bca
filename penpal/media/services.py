"""Verbs of photos: kept as they come, tied to a thing, taken away, swept up."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.kernel import access, clock, db, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import in_transaction, lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, Objected
from penpal.media import decoding, headers, register, shapes, store
from penpal.media.headers import Refused, Why
from penpal.media.models import Photo, PhotoFile
from penpal.media.queries import Chosen as Chosen
from penpal.media.shapes import Format, Size
from penpal.permissions import Permission
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen

MOST = shapes.MOST
LOOSE_IS_KEPT = timedelta(days=3)
_FILES_REST = timedelta(hours=1)
"""So long a file without a photo may be one whose photo is just being written down."""
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_BATCH = 200

_WORDS: Mapping[Why, object] = {
    Why.NOTHING: _l("这个文件是空的。再选一次。"),
    Why.NOT_A_PHOTO: _l("这个文件不是照片。JPEG、PNG、WebP、HEIC 都可以，手机拍的都行。"),
    Why.TOO_HEAVY: _l("这张照片超过了 15 MB。把它缩小一点再传。"),
    Why.TOO_LARGE: _l("这张照片的尺寸太大了。在手机或电脑上缩小一点再传。"),
    Why.DAMAGED: _l("这张照片打不开，可能没有传完整。再传一次，或者换一张。"),
    Why.TOO_SLOW: _l("这张照片一时处理不完。换一张小一点的，或者过一会儿再试。"),
}
_TOO_MANY = _l("最多放 6 张照片。挑最想给伙伴看的。")
_NOT_HERE = _l("有一张照片已经不在了。把它拿掉，或者重新选一次。")
_ELSEWHERE = _l("有一张照片已经放在别处了。在这里重新选一次。")
_TOO_LONG = _l("照片的说明最多 100 个字。")

_worries: list[Callable[[int], object]] = []


def decide_worry(tell: Callable[[int], object]) -> None:
    """Who is told, in the same transaction, that somebody should ask this child how they are."""
    _worries[:] = [tell]


def nothing() -> Invalid:
    """What is said where no file came."""
    return Invalid(fields={"photo": _WORDS[Why.NOTHING]})


def refuse_more(_left: int) -> None:
    """Raises ``Invalid``: a thing has room for so many photos."""
    raise Invalid(fields={"photo": _TOO_MANY})


def keep(content: bytes, *, key: str, by: Actor) -> Photo:
    """Take in one photo, loose, its owner's alone. The same key gives the photo that is there.

    Raises ``Invalid`` for the field ``photo``. Not for the inside of a transaction: it takes a while.
    """
    access.authorize(by, Permission.Photo.KEEP)
    if not _KEY.fullmatch(key):
        raise Invalid(fields={"photo": _WORDS[Why.DAMAGED]})
    known = _kept(key, by)
    if known is not None:
        return known
    try:
        headers.check(content)
        db.let_go()
        decoded = decoding.decode(content)
    except Refused as refused:
        raise Invalid(fields={"photo": _WORDS[refused.why]}) from refused
    name = write_files(decoded)
    with transaction() as current:
        # Two tabs sent it at once: the first one counts, the other's files are swept up.
        lock(current.get_one(Person, by.person_id))
        known = _kept(key, by)
        if known is not None:
            return known
        photo = Photo(
            key=key,
            owner_id=by.person_id,
            name=name,
            width=decoded.width,
            height=decoded.height,
            digest=decoded.digest,
        )
        current.add(photo)
        current.flush()
        trail.write(photo, "keep", by=by)
    return photo


def _kept(key: str, by: Actor) -> Photo | None:
    return session().scalar(
        sa.select(Photo).where(Photo.owner_id == by.person_id, Photo.key == key)
    )


def write_files(decoded: decoding.Decoded) -> str:
    """The row that tells of the files is there before they are: a crash between leaves no stranger."""
    with transaction() as current:
        files = PhotoFile()
        current.add(files)
        current.flush()
        name = files.name
    db.let_go()
    store.here().put(name, decoded.renditions)
    return name


def attach(
    kind: str, thing_id: int, chosen: Sequence[Chosen], *, by: Actor, look: bool = True
) -> bool:
    """Make exactly these, in this order, the photos of a thing; others become loose again.

    The caller is inside its transaction and has authorized writing the thing. Gives whether there
    are words of despair in a description: somebody is told, and help is to be shown. Without
    ``look`` the guard does not read the words: a draft keeps what was typed. Raises ``Invalid`` for
    ``photo`` or ``photo_description_<id>``.
    """
    if not in_transaction():
        raise RuntimeError("photos are attached in the transaction that writes their thing")
    if len(chosen) > MOST or len({one.photo_id for one in chosen}) < len(chosen):
        raise Invalid(fields={"photo": _TOO_MANY})
    found = _of_thing_or_own(kind, thing_id, chosen, by)
    wanted = [found.get(one.photo_id) for one in chosen]
    if None in wanted:
        raise Invalid(fields={"photo": _NOT_HERE})
    photos = [photo for photo in wanted if photo is not None]
    if not all(photo.is_loose or photo.is_of(kind, thing_id) for photo in photos):
        raise Invalid(fields={"photo": _ELSEWHERE})
    words, worries = _descriptions(photos, chosen, by, look=look)
    now = clock.now()
    for photo in found.values():
        if photo.is_of(kind, thing_id) and photo not in photos:
            photo.about_kind = photo.about_id = photo.attached_at = None
            photo.loose_since = now
    for position, photo in enumerate(photos):
        if photo.is_loose:
            photo.about_kind, photo.about_id, photo.attached_at = kind, thing_id, now
            photo.loose_since = None
        photo.position = position
        photo.description = words[photo.id]
    if worries and by.person_id is not None:
        for tell in _worries:
            tell(by.person_id)
    return worries


def _of_thing_or_own(
    kind: str, thing_id: int, chosen: Sequence[Chosen], by: Actor
) -> dict[int, Photo]:
    """What the thing has, and what is chosen out of one's own; held until the end."""
    statement = (
        sa.select(Photo)
        .where(
            sa.or_(
                sa.and_(Photo.about_kind == kind, Photo.about_id == thing_id),
                sa.and_(
                    Photo.owner_id == by.person_id,
                    Photo.id.in_([one.photo_id for one in chosen]),
                ),
            )
        )
        .order_by(Photo.id)
        .with_for_update()
    )
    return {photo.id: photo for photo in session().scalars(statement)}


def _descriptions(
    photos: Sequence[Photo], chosen: Sequence[Chosen], by: Actor, *, look: bool
) -> tuple[dict[int, str], bool]:
    """What stands under each, read by the guard. Another's words stay as they are."""
    words: dict[int, str] = {}
    problems: dict[str, object] = {}
    worries = is_objected = False
    for photo, one in zip(photos, chosen, strict=True):
        if photo.owner_id != by.person_id:
            words[photo.id] = photo.description
            continue
        text = words[photo.id] = html.line(one.description)
        field = f"photo_description_{photo.id}"
        if len(text) > shapes.DESCRIPTION_MAX:
            problems[field] = _TOO_LONG
            continue
        if not text or not look:
            continue
        findings = screen(text, Context.TITLE)
        worries = worries or guidance.is_worrying(findings)
        objection = guidance.objection(text, findings)
        if objection is not None:
            problems[field] = objection
            is_objected = True
    if problems:
        raise (Objected if is_objected else Invalid)(fields=problems)
    return words, worries


def double(photo_id: int, *, key: str, by: Actor) -> Photo:
    """One's own photo once more, loose, out of the same files; the same key gives the same one.

    Two drafts of one letter both keep theirs. The caller is inside its transaction.
    """
    access.authorize(by, Permission.Photo.KEEP)
    if not _KEY.fullmatch(key):
        raise Invalid(fields={"photo": _NOT_HERE})
    known = _kept(key, by)
    if known is not None:
        return known
    photo = session().scalar(
        sa.select(Photo).where(Photo.id == photo_id, Photo.owner_id == by.person_id)
    )
    if photo is None:
        raise Invalid(fields={"photo": _NOT_HERE})
    with transaction() as current:
        again = Photo(
            key=key,
            owner_id=photo.owner_id,
            name=photo.name,
            description=photo.description,
            width=photo.width,
            height=photo.height,
            digest=photo.digest,
        )
        current.add(again)
        current.flush()
        trail.write(again, "double", by=by)
    return again


def jpeg(photo_id: int, size: Size) -> bytes:
    """The file for the press. The caller has asked the rulebook. Raises ``NotFound``."""
    photo = session().get(Photo, photo_id)
    if photo is None:
        raise NotFound
    try:
        return store.here().get(photo.name, size, Format.JPEG)
    except store.Gone as gone:
        raise NotFound from gone


def discard(photo: Photo, *, by: Actor) -> None:
    """Delete a loose photo of one's own; one that belongs to a thing is taken away there."""
    access.authorize(by, Permission.Photo.DISCARD, photo)
    with transaction() as current:
        held = current.scalar(sa.select(Photo).where(Photo.id == photo.id).with_for_update())
        if held is None:
            return
        if not held.is_loose:
            raise IllegalMove
        trail.write(held, "discard", by=by)
        current.delete(held)


def forget_loose() -> None:
    """Delete photos that have belonged to nothing for days. Safe to run twice."""
    with transaction() as current:
        current.execute(
            sa.delete(Photo).where(Photo.loose_since < clock.now() - LOOSE_IS_KEPT),
            execution_options={"synchronize_session": False},
        )


def sweep() -> int:
    """Take away the files that no photo and no evidence names any more, some at a time. Safe to run twice.

    The files go first: should it end in the middle, the row is still there to tell of them.
    """
    used = [sa.select(Photo.name), *register.kept_files()]
    statement = (
        sa.select(PhotoFile.name)
        .where(
            PhotoFile.made_at < clock.now() - _FILES_REST,
            *(PhotoFile.name.not_in(names) for names in used),
        )
        .limit(_BATCH)
    )
    names = list(session().scalars(statement))
    db.let_go()
    if names:
        store.here().delete(names)
        with transaction() as current:
            current.execute(
                sa.delete(PhotoFile).where(PhotoFile.name.in_(names)),
                execution_options={"synchronize_session": False},
            )
    return len(names)
