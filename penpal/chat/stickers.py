"""The dozen stickers of our own drawing that can be sent in place of words."""

from __future__ import annotations

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

STICKERS: dict[str, LazyString] = {
    "hello": _l("你好"),
    "thanks": _l("谢谢"),
    "go": _l("加油"),
    "fine": _l("好的"),
    "laugh": _l("哈哈"),
    "hug": _l("抱抱"),
    "birthday": _l("生日快乐"),
    "snow": _l("下雪了"),
    "meal": _l("开饭了"),
    "homework": _l("我在写作业"),
    "later": _l("回头写信"),
    "night": _l("晚安"),
}
"""Each by its name in the sprite ``static/img/stickers.svg``, with its words."""
