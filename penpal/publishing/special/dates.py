"""The date line of the masthead: day, weekday, the day of the Chinese calendar and the term of the sun."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from lunar_python import Solar

from penpal.kernel import clock
from penpal.letters import dates, numerals

_WEEKDAYS = (
    _l("星期一"),
    _l("星期二"),
    _l("星期三"),
    _l("星期四"),
    _l("星期五"),
    _l("星期六"),
    _l("星期日"),
)
_TERMS = {
    "立春": _l("立春"),
    "雨水": _l("雨水"),
    "惊蛰": _l("惊蛰"),
    "春分": _l("春分"),
    "清明": _l("清明"),
    "谷雨": _l("谷雨"),
    "立夏": _l("立夏"),
    "小满": _l("小满"),
    "芒种": _l("芒种"),
    "夏至": _l("夏至"),
    "小暑": _l("小暑"),
    "大暑": _l("大暑"),
    "立秋": _l("立秋"),
    "处暑": _l("处暑"),
    "白露": _l("白露"),
    "秋分": _l("秋分"),
    "寒露": _l("寒露"),
    "霜降": _l("霜降"),
    "立冬": _l("立冬"),
    "小雪": _l("小雪"),
    "大雪": _l("大雪"),
    "冬至": _l("冬至"),
    "小寒": _l("小寒"),
    "大寒": _l("大寒"),
}


@lru_cache(maxsize=512)
def term_on(day: date) -> tuple[str, int]:
    """The term of the sun that a day lies in, by its Chinese name, and how many days it is old."""
    found = Solar.fromYmd(day.year, day.month, day.day).getLunar().getPrevJieQi(True)
    begun = found.getSolar()
    return found.getName(), (day - date(begun.getYear(), begun.getMonth(), begun.getDay())).days


def written(moment: datetime) -> str:
    """2026年11月27日　星期五."""
    return _written(moment, str(get_locale()))


def calendar(moment: datetime) -> str:
    """丙午年十月十九　小雪后五日."""
    return _calendar(moment, str(get_locale()))


def short(moment: datetime) -> str:
    """11月27日, or 27 Nov."""
    return _short(moment, str(get_locale()))


# The same few days stand on all pages of an edition, and a locale takes its time to write one.
@lru_cache(maxsize=512)
def _written(moment: datetime, _language: str) -> str:
    return _(
        "%(day)s　%(weekday)s",
        day=dates.written(moment),
        weekday=_WEEKDAYS[clock.local(moment).weekday()],
    )


@lru_cache(maxsize=512)
def _calendar(moment: datetime, language: str) -> str:
    name, days = term_on(clock.local(moment).date())
    term = str(_TERMS[name])
    if days:
        counted = numerals.plain(days) if language.startswith("zh") else str(days)
        term = _("%(term)s后%(days)s日", term=term, days=counted)
    return _("%(lunar)s　%(term)s", lunar=dates.lunar(moment), term=term)


@lru_cache(maxsize=2048)
def _short(moment: datetime, language: str) -> str:
    pattern = "M月d日" if language.startswith("zh") else "d MMM"
    return str(format_date(clock.local(moment).date(), pattern))


def year(moment: datetime) -> str:
    """Of a postmark."""
    return str(clock.local(moment).year)


def day(moment: datetime) -> str:
    """Of a postmark: 11.27."""
    local = clock.local(moment)
    return f"{local.month}.{local.day}"
