"""How places and books are named on a page, in the language of the page."""

from __future__ import annotations

from flask_babel import gettext as _

from penpal.reading import positions
from penpal.reading.models import SharedBook


def title(book: SharedBook) -> str:
    return _("《%(title)s》", title=book.title)


def chapter(book: SharedBook, number: int) -> str:
    """第六章 萤火虫; before the first one: the beginning."""
    if number < 1:
        return _("开头")
    name = book.chapters[number - 1] if number <= len(book.chapters) else ""
    plain = _("第 %(number)s 章", number=number)
    return f"{plain}\u3000{name}" if name else plain


def place(book: SharedBook, at: int, page: int | None = None) -> str:
    """Where a note stands. A page is that of its author's edition, so the share of the book stands beside it."""
    if book.counts_chapters:
        return chapter(book, at)
    share = positions.share(at, 0)
    if page is None:
        return _("全书的 %(share)s%%", share=share)
    return _("第 %(page)s 页，全书的 %(share)s%%", page=page, share=share)
