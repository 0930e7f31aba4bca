"""What the other one does with a book, left as a line for the partner: never a word of what was written."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.reading.events import News
from penpal.reading.models import SharedBook

_WORDS = {
    News.PROPOSED: _l("%(name)s提了一本书。"),
    News.AGREED: _l("%(name)s说好，一起读。"),
    News.NOTED: _l("%(name)s在书里留了一句。"),
    News.REFLECTED: _l("%(name)s写完了读书心得。"),
    News.SENT: _l("%(name)s记下了一本寄出的书。"),
}


def moved(book: SharedBook, news: News, *, recipient_id: int, name: str) -> None:
    """In the transaction of the act itself."""
    notices.send([recipient_id], _kind(news), about=("shared_book", book.id), params={"name": name})


def register() -> None:
    for news, words in _WORDS.items():
        kinds.register(
            _kind(news),
            topic=Topic.READING,
            icon="book-open",
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("reading.show", book_id=number),
            shown_at="reading.show",
        )


def _kind(news: News) -> str:
    return f"book.{news.value}"
