"""The one way in which a content is written down to be frozen and hashed, and read again.

JSON with sorted keys and without spaces, characters as they are, in UTF-8; ``at`` is ISO 8601 in UTC
with six digits of a second. The title is left out: it is made anew in the language of each page.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime

from penpal.safeguarding.items import Content, Filed


def text_of(content: Content) -> str:
    """The canonical form of a content."""
    told: dict[str, object] = {
        "kind": content.kind,
        "id": content.id,
        "author_id": content.author_id,
        "parties": list(content.parties),
        "text": content.text,
        "html": content.html,
        "direction": content.direction,
        "at": content.at.astimezone(UTC).isoformat(timespec="microseconds") if content.at else None,
        "is_sealed": content.is_sealed,
        "context": dict(content.context),
    }
    if content.photos:
        # What has none is written as it was before there were photos: its digest stays the same.
        told["photos"] = [photo._asdict() for photo in content.photos]
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest(text: str) -> str:
    """SHA-256 of a canonical form, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(text: str, *, title: str) -> Content:
    """What was written down, as it was then. ``title`` is how the page calls it."""
    told = json.loads(text)
    at = told.pop("at")
    photos = tuple(Filed(**photo) for photo in told.pop("photos", ()))
    return Content(
        **told | {"parties": tuple(told["parties"])},
        title=title,
        photos=photos,
        at=datetime.fromisoformat(at) if at else None,
    )
