"""What the other one does about a thing that two do together, left as a line for the partner."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.activities.events import News
from penpal.activities.models import Activity
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic

_WORDS = {
    News.PROPOSED: _l("%(name)s想和你一起做一件事。"),
    News.CHANGED: _l("%(name)s改了你们商量的事。"),
    News.AGREED: _l("%(name)s点头了。"),
    News.SAID: _l("%(name)s在商量的地方说了一句。"),
    News.ENDED: _l("%(name)s把一件事先放下了，去看看。"),
    News.DONE: _l("%(name)s做完了。"),
    News.SHARED: _l("可以看%(name)s做的了。"),
}


def moved(activity: Activity, news: News, *, reader_id: int, name: str) -> None:
    """In the transaction of the act itself."""
    notices.send([reader_id], _kind(news), about=("activity", activity.id), params={"name": name})


def register() -> None:
    for news, words in _WORDS.items():
        kinds.register(
            _kind(news),
            topic=Topic.TOGETHER,
            icon="sprout",
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("activities.show", activity_id=number),
            shown_at="activities.show",
        )


def _kind(news: News) -> str:
    return f"activity.{news.value}"
