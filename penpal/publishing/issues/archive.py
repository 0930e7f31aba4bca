"""An issue as plain text with its photos in a ZIP, for whoever sets it with other programs."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Iterable, Iterator

from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.media import services as media
from penpal.media.shapes import Size
from penpal.publishing.issues import copy as copies
from penpal.publishing.issues.copy import Article, Copy

_UNFIT = re.compile(r"[^\w\u00b7-]+")
_LINE = "\r\n"
"""What the oldest editors of Windows read as a line end."""


def zipped(copy: Copy) -> bytes:
    """Texts in UTF-8, photos as JPEG, and a list of all of them with their SHA-256."""
    files = list(_files(copy))
    kept = [f"{hashlib.sha256(content).hexdigest()}  {name}" for name, content in files]
    listed = _text([copy.title, copies.numbered(copy), copies.dated(copy), "", *kept])
    made = io.BytesIO()
    moment = clock.local(clock.now()).timetuple()[:6]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [(_("00-目录.txt"), listed), *files]:
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
            )
            archive.writestr(entry, content)
    return made.getvalue()


def _files(copy: Copy) -> Iterator[tuple[str, bytes]]:
    around = [
        (_("本期标题"), copy.headline),
        (_("导语"), copy.standfirst),
        (_("引语"), copy.quote),
        (_("编者注"), copy.note),
    ]
    yield (
        _("01-本期.txt"),
        _text(
            line
            for name, words in around
            if words
            for line in (f"【{name}】", *copies.plain_paragraphs(words), "")
        ),
    )
    for number, article in enumerate(copy.articles, start=2):
        name = f"{number:02}-{_UNFIT.sub('', article.title)[:30] or number}"
        yield f"{name}.txt", _text(_article(article))
        for place, photo in enumerate(article.photos, start=1):
            yield f"{name}-{place}.jpg", media.jpeg(photo.id, Size.LARGE)


def _article(article: Article) -> Iterator[str]:
    yield f"【{article.section}】"
    yield article.title
    yield article.byline
    if article.standfirst:
        yield article.standfirst
    for part in article.parts:
        yield ""
        if part.heading or article.has_several:
            yield part.heading or copies.person(part.author)
        yield from copies.plain_paragraphs(part.body)
    for place, photo in enumerate(article.photos, start=1):
        if photo.description:
            yield ""
            yield _("图 %(number)s：%(words)s", number=place, words=photo.description)


def _text(lines: Iterable[str]) -> bytes:
    # The mark in front lets old editors know that it is UTF-8.
    return ("\ufeff" + _LINE.join(lines) + _LINE).encode()
