"""The photos that go with a letter: chosen in the composer, kept with the draft, enclosed when it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import sqlalchemy as sa
from werkzeug.datastructures import FileStorage, MultiDict

from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.letters.models import Letter
from penpal.letters.states import LetterState
from penpal.letters.typesetting import Plate
from penpal.media import queries as photos
from penpal.media import services, uploads
from penpal.media.models import Photo
from penpal.media.queries import Picture
from penpal.media.services import Chosen
from penpal.media.shapes import Size
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState

KIND = "letter"
MIDDLE = Size.MIDDLE


def readable(actor: Actor) -> sa.Select[int]:
    """Letters whose photos an actor may see: not those of an envelope that they have not opened yet.

    A teacher who is asked to release a letter sees what they would let go.
    """
    letters = access.visible(Letter, actor).with_only_columns(Letter.id)
    if actor.is_student:
        return letters.where(
            sa.or_(Letter.author_id == actor.person_id, Letter.state == LetterState.OPENED)
        )
    asked = access.visible(Hold, actor).where(Hold.kind == KIND, Hold.state == HoldState.ASKED)
    held = sa.select(Letter.id).where(Letter.id.in_(asked.with_only_columns(Hold.item_id)))
    return sa.select(Letter.id).where(sa.or_(Letter.id.in_(letters), Letter.id.in_(held)))


def given(
    form: MultiDict[str, str], files: MultiDict[str, FileStorage], *, by: Actor
) -> tuple[Chosen, ...] | None:
    """What a form says of photos; None from one that does not ask for them, which leaves them alone."""
    return tuple(uploads.take(form, files, by=by)) if "photos" in form else None


def listed(form: MultiDict[str, str]) -> tuple[Chosen, ...] | None:
    """The photos that a form names, without the files that came with it: what is shown again in any case."""
    return tuple(uploads.chosen(form)) if "photos" in form else None


def of(letter: Letter) -> tuple[Picture, ...]:
    return photos.of(KIND, [letter.id]).get(letter.id, ())


def of_many(letter_ids: Sequence[int]) -> dict[int, tuple[Picture, ...]]:
    return photos.of(KIND, letter_ids)


def shown(
    chosen: Sequence[Chosen] | None, draft: Letter | None, *, by: Actor
) -> tuple[Picture, ...]:
    """What the composer shows: the photos as they were sent with the form, else those of the draft."""
    if chosen is None:
        return of(draft) if draft else ()
    return photos.chosen(chosen, by=by)


def plates(pictures: Sequence[Picture]) -> list[Plate]:
    """Photos for the press, in the middle size. The caller has asked the rulebook."""
    return [
        Plate(services.jpeg(picture.id, MIDDLE), *picture.fitted(MIDDLE), picture.description)
        for picture in pictures
    ]


def put_in(letter: Letter, chosen: Sequence[Chosen] | None, *, by: Actor, look: bool) -> None:
    """Make these the photos of a letter. ``look`` has the guard read what is said of them."""
    if chosen is not None:
        services.attach(KIND, letter.id, _own(letter, chosen, by=by), by=by, look=look)


def copy(letter: Letter, aside: Letter, *, by: Actor) -> None:
    """Give a draft that is kept beside another one the same photos."""
    found = [Chosen(picture.id, picture.description) for picture in of(letter)]
    put_in(aside, found, by=by, look=False)


def take_out(letter: Letter, *, by: Actor) -> None:
    services.attach(KIND, letter.id, (), by=by, look=False)


def are(letter: Letter, chosen: Sequence[Chosen] | None, *, by: Actor) -> bool:
    """Whether a letter has these photos, with these words; also where the form did not say."""
    if chosen is None:
        return True
    wanted = [(each.photo_id, html.line(each.description)) for each in _own(letter, chosen, by=by)]
    return wanted == [(picture.id, picture.description) for picture in of(letter)]


def _own(letter: Letter, chosen: Sequence[Chosen], *, by: Actor) -> list[Chosen]:
    """A photo that lies in another letter of the author is doubled: two drafts of one letter keep both theirs."""
    if not chosen:
        return []
    elsewhere = {
        photo.id: photo
        for photo in session().scalars(
            sa.select(Photo).where(
                Photo.id.in_([each.photo_id for each in chosen]),
                Photo.owner_id == by.person_id,
                Photo.about_kind == KIND,
                Photo.about_id != letter.id,
            )
        )
    }
    return [
        Chosen(_double(elsewhere[each.photo_id], letter, by=by), each.description)
        if each.photo_id in elsewhere
        else each
        for each in chosen
    ]


def _double(photo: Photo, letter: Letter, *, by: Actor) -> int:
    """The same picture once more; asked again it is the same double."""
    key = hashlib.sha256(f"{photo.key}:{letter.key}".encode()).hexdigest()[:40]
    return services.double(photo.id, key=key, by=by).id
