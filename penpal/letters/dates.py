"""The date line of a letter: the day by the reader's language, and the day of the Chinese calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from flask_babel import format_date, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from lunar_python import Solar

from penpal.kernel import clock
from penpal.letters.models import Letter

_FIRST, _LAST = date(1900, 1, 31), date(2100, 12, 31)
"""Days for which the library agrees with the published tables."""


@dataclass(frozen=True, slots=True)
class DateLine:
    """The words of a date line. ``lunar`` is empty where the writer does not want it."""

    iso: str
    written: str
    lunar: str


def line(moment: datetime, *, with_lunar: bool) -> DateLine:
    return DateLine(
        moment.isoformat(timespec="seconds"), written(moment), lunar(moment) if with_lunar else ""
    )


def line_of(letter: Letter) -> DateLine:
    """A letter bears the day on which it was sent."""
    return line(letter.posted_at or letter.delivered_at or letter.saved_at, with_lunar=letter.lunar)


@dataclass(frozen=True, slots=True)
class ChineseDay:
    """A day of the Chinese calendar. ``year`` is the one in which its New Year falls, 2026 for 丙午."""

    year: int
    month: int
    day: int
    leap: bool


@lru_cache(maxsize=1024)
def chinese_day(day: date) -> ChineseDay:
    """Raises ``ValueError`` before 31 January 1900 and after 2100."""
    if not _FIRST <= day <= _LAST:
        raise ValueError(f"{day} lies outside the tables of the Chinese calendar")
    found = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    # The library counts a leap month with a minus.
    return ChineseDay(found.getYear(), abs(found.getMonth()), found.getDay(), found.getMonth() < 0)


def written(moment: datetime) -> str:
    """2026年11月22日, or 22 November 2026."""
    chinese = str(get_locale()).startswith("zh")
    return str(format_date(clock.local(moment).date(), "y年M月d日" if chinese else "d MMMM y"))


def lunar(moment: datetime) -> str:
    """丙午年十月十四, or the same in the words of the page's language."""
    day = chinese_day(clock.local(moment).date())
    place = (day.year - 4) % 60
    month = str(_MONTHS[day.month - 1])
    return _(
        "%(stem)s%(branch)s年%(month)s%(day)s",
        stem=_STEMS[place % 10],
        branch=_BRANCHES[place % 12],
        month=_("闰%(month)s", month=month) if day.leap else month,
        day=_DAYS[day.day - 1],
    )


_STEMS = (
    _l("甲"),
    _l("乙"),
    _l("丙"),
    _l("丁"),
    _l("戊"),
    _l("己"),
    _l("庚"),
    _l("辛"),
    _l("壬"),
    _l("癸"),
)
_BRANCHES = (
    _l("子"),
    _l("丑"),
    _l("寅"),
    _l("卯"),
    _l("辰"),
    _l("巳"),
    _l("午"),
    _l("未"),
    _l("申"),
    _l("酉"),
    _l("戌"),
    _l("亥"),
)
_MONTHS = (
    _l("正月"),
    _l("二月"),
    _l("三月"),
    _l("四月"),
    _l("五月"),
    _l("六月"),
    _l("七月"),
    _l("八月"),
    _l("九月"),
    _l("十月"),
    _l("十一月"),
    _l("腊月"),
)
_DAYS = (
    _l("初一"),
    _l("初二"),
    _l("初三"),
    _l("初四"),
    _l("初五"),
    _l("初六"),
    _l("初七"),
    _l("初八"),
    _l("初九"),
    _l("初十"),
    _l("十一"),
    _l("十二"),
    _l("十三"),
    _l("十四"),
    _l("十五"),
    _l("十六"),
    _l("十七"),
    _l("十八"),
    _l("十九"),
    _l("二十"),
    _l("廿一"),
    _l("廿二"),
    _l("廿三"),
    _l("廿四"),
    _l("廿五"),
    _l("廿六"),
    _l("廿七"),
    _l("廿八"),
    _l("廿九"),
    _l("三十"),
)
