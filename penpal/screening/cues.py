"""Words beside a number that say what it is, or what it is not."""

from __future__ import annotations

import re


def _any_of(*words: str) -> re.Pattern[str]:
    # The folded letter of the Arabic script, as in the text that is searched.
    return re.compile("|".join(words).replace("ي", "ى"))


TELEPHONE = _any_of(
    "电话|手机|号码|座机|固话|联系方式|联系我|打给我|打我|给我打|来电|拨|短信|热线|我的数字",
    "(?:我|妈|爸|家|老师)的?号",
    r"call|phone|mobile|cell|\btel\b|number|reach me|text me|ring me",
    "dianhua|shouji|haoma|telefon|nomur|yanfon",
    "تېلېفون|نومۇر|يانفون|تىلىفون",
)
LANDLINE = _any_of(
    "电话|座机|固话|小灵通|区号|打给我|打我|给我打|直接打|拨|打(?=[2-8]\\d{6,7}(?!\\d))",
    "(?:家里?|传达室|门卫|办公室|小卖部|店里|宿管)的?号",
    r"call|phone|\btel\b|landline|home number|ring|dianhua|telefon",
    "تېلېفون|تىلىفون",
)
WITHOUT_ZERO = _any_of(
    "座机|固话|固定电话|小灵通|区号|[添加]个?(?:0|零)|landline|home number|area code"
)
"""Said where the nought in front of the area is left to the other to put there."""
IN_PIECES = _any_of(
    "电话|手机|号码|号是|打给|联系|拼起来|连起来|合起来|前三位|后四位|前四位|后八位|开头",
    "last four|first three|put (?:them|it) together|call|phone|number",
    "تېلېفون|نومۇر",
)
CARD = _any_of(
    "身份证|身分证|证件号|户口本|shenfenzheng|shen fen zheng|salahiyet|kimlik",
    r"identity card|id card|id number|id no|national id|\bid\W{1,3}(?=\d)|my id\b",
    "كىملىك",
)
BACKWARDS = _any_of(
    "倒过来|反过来|倒着|反着|倒序|逆序|倒写|反写|从后往前|从右往左|从右到左|颠倒",
    "back to front|backward|reverse|right to left|other way (?:a)?round|from the end",
    "ئەكسىچە|تەتۈر|ئاخىرىدىن|كەينىدىن",
)
_SERIAL = re.compile(
    r"(?:isbn|书号|条形?码|订单号?|单号|编号|序列号|货号|型号|产品号|考号|准考证号?|学号|流水号|票号|卡号"
    r"|serial(?: no\.?| number)?|order(?: no\.?| number)?|version|版本|圆周率|π)"
    r"[\W_]{0,3}(?:是|为|number|is|no)?[\W_]{0,3}$"
)
COUNTED = re.compile(r"\s*(?:人|元|块|年|个|只|公里|米|次|部|台|people|yuan|%)")
"""What stands behind an amount and never behind a telephone."""


def near(
    cue: re.Pattern[str], text: str, start: int, end: int, *, before: int = 30, after: int = 20
) -> bool:
    """Whether such a word stands around that place."""
    return cue.search(text, max(0, start - before), min(len(text), end + after)) is not None


def is_serial(text: str, start: int) -> bool:
    """Whether what begins there is called the number of an order, a book, a pupil."""
    before = text[max(0, start - 24) : start]
    return _SERIAL.search(before) is not None and TELEPHONE.search(before) is None
