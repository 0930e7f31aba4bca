"""What two do together, in the words of the page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.activities.states import ActivityState, IdeaKind

_DIGITS = "零一二三四五六七八九"

LABELS: Mapping[str, object] = {
    "activity": _l("%(name)s提议做的一件事"),
    "activity_word": _l("%(name)s商量时说的话"),
    "activity_record": _l("%(name)s同做一件事的记录"),
}
"""How a thing is named to whoever is told of it: no word of what stands in it."""


def label(kind: str, name: str) -> str:
    return str(LABELS[kind]) % {"name": name}


def upright(day: date) -> str:
    """十一月二十日, for a line that is set from top to bottom; empty in other languages."""
    if not str(get_locale()).startswith("zh"):
        return ""
    return _("%(month)s月%(day)s日", month=_numeral(day.month), day=_numeral(day.day))


def _numeral(number: int) -> str:
    """1 to 31 as one says it."""
    tens, ones = divmod(number, 10)
    before = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return before + (_DIGITS[ones] if ones else "")


def doing(kind: IdeaKind) -> str:
    """What the record of such a thing is called on its own page."""
    return {
        IdeaKind.ESSAY: _("你写的文章"),
        IdeaKind.DRAWING: _("说说你画的"),
        IdeaKind.RADIO: _("你写的稿子"),
    }.get(kind, _("你做了什么"))


def standing(state: ActivityState) -> str:
    return {
        ActivityState.PROPOSED: _("等点头"),
        ActivityState.AGREED: _("约好了"),
        ActivityState.DONE: _("都做完了"),
        ActivityState.SHARED: _("都做完了"),
        ActivityState.STEPPED_OUT: _("先放下了"),
        ActivityState.DECLINED: _("这次没有做"),
        ActivityState.WITHDRAWN: _("收回了"),
    }[state]
