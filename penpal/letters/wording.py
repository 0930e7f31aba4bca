"""How letters are named on a page, in the language of the page."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.letters import numerals

FIRST_LETTER = (
    _l("从你的窗户望出去，能看见什么？"),
    _l("上学路上会经过哪里？"),
    _l("你们班是什么样的？哪门课你最盼着上？"),
    _l("你家乡的一种声音、一种气味"),
    _l("你想做成的一件事，或者一个不敢跟别人说的愿望"),
    _l("想问对方的三个问题"),
    _l("一句祝福：你希望对方最近顺利的一件事"),
)
"""What the notice suggests for the first letter: studies, life, wishes, dreams, home, good wishes."""

LATER_LETTERS = (
    _l("先回答上一封信里的问题"),
    _l("这几天让你停下来看了一会儿的东西"),
    _l("一件小事，和它让你想到的"),
    _l("最近读的一本书，哪一页你折了角？"),
    _l("想问对方的一个问题"),
)


def numeral(number: int) -> str:
    """四 in Chinese, 4 in other languages."""
    return numerals.plain(number) if str(get_locale()).startswith("zh") else str(number)


def formal(number: int) -> str:
    """What stands on the stamp, in any language."""
    return numerals.formal(number)


def title(author_name: str, number: int) -> str:
    return _("%(name)s的第%(number)s封信", name=author_name, number=numeral(number))


def short_title(number: int) -> str:
    return _("第%(number)s封信", number=numeral(number))


def coming(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """今天 6:30 or 明天 6:30, on the clock of a place."""
    there, here = moment.astimezone(zone), now.astimezone(zone)
    time = f"{there.hour}:{there.minute:02}"
    if there.date() == here.date():
        return _("今天 %(time)s", time=time)
    return _("明天 %(time)s", time=time)
