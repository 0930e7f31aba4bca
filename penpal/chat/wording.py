"""What is said of a room and its lines, in the language of the page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import force_locale, format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.chat.stickers import STICKERS
from penpal.kernel import clock
from penpal.places.rest import Why
from penpal.safeguarding import wording as safeguarding

OFF = _l("聊天还没有开：两所学校都打开了，这里才能说话。写信一直可以。")
ENDED = _l("你们的结对已经结束了，聊天停在这里。说过的话都还在。")


def label(author_name: str) -> str:
    """How one line is called where it stands among other things."""
    return _("%(name)s在聊天里说的一句话", name=author_name)


def state(state: str, why: Why | None, opens_at: datetime | None, zone: ZoneInfo) -> str:
    """One sentence for whoever finds a room that is not open; '' where it is."""
    if state == "ended":
        return str(ENDED)
    if state == "paused":
        return str(safeguarding.PAUSED)
    if state == "off":
        return str(OFF)
    if state == "open":
        return ""
    return f"{_closed(why)}{_opens(opens_at, zone)}"


def _closed(why: Why | None) -> str:
    if why is Why.QUIET:
        return _("现在是休息的时间。")
    if why is Why.HOLIDAY:
        return _("现在放假，聊天也歇着。")
    return _("现在不是聊天的时间。")


def _opens(opens_at: datetime | None, zone: ZoneInfo) -> str:
    if opens_at is None:
        return _("什么时候再开，老师会设好。")
    return _("%(when)s再开。", when=moment(opens_at, clock.now(), zone))


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment soon, on the clock of a place: 21:00, 明天 12:30, 周一 12:30, 9月1日 12:30."""
    here, today = at.astimezone(zone), now.astimezone(zone).date()
    time = f"{here:%H:%M}"
    if here.date() == today:
        return time
    return f"{_near(here.date(), today)} {time}"


def day(at: date, today: date, language: str = "") -> str:
    """The heading over the lines of a day: 今天, 昨天, 9月1日. In the language of the page unless told."""
    return _day(at, today, language or str(get_locale()))


@lru_cache(maxsize=1024)
def _day(at: date, today: date, language: str) -> str:
    """Remembered: to look one word up for each line would be a tenth of what a line costs."""
    with force_locale(language):
        if at == today:
            return _("今天")
        if at == today - timedelta(days=1):
            return _("昨天")
        return _date(at, today)


def _near(at: date, today: date) -> str:
    if at == today + timedelta(days=1):
        return _("明天")
    if at < today + timedelta(days=7):
        return str(format_date(at, "EEE"))
    return _date(at, today)


def _date(at: date, today: date) -> str:
    is_chinese = str(get_locale()).startswith("zh")
    if at.year == today.year:
        return str(format_date(at, "M月d日" if is_chinese else "d MMMM"))
    return str(format_date(at, "y年M月d日" if is_chinese else "d MMMM y"))


def sticker(name: str | None) -> str:
    """What a sticker says."""
    return str(STICKERS[name]) if name in STICKERS else ""


def excerpt(text: str, most: int = 60) -> str:
    """The beginning of a line, in one line."""
    line = " ".join(text.split())
    return line[:most] + "…" if len(line) > most else line
