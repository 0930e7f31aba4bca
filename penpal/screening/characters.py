"""What each character stands for once disguises are taken off: one table for the whole of Unicode that matters."""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC

# Characters that show nothing, or sit on top of another one: zero widths, direction marks, variation
# selectors, combining marks of the Latin script, the enclosing keycap, Arabic vowel signs and tatweel.
_UNSEEN = (
    (0x00AD, 0x00AD),
    (0x0300, 0x036F),
    (0x061C, 0x061C),
    (0x0640, 0x0640),
    (0x064B, 0x0652),
    (0x115F, 0x1160),
    (0x180B, 0x180F),
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x20D0, 0x20FF),
    (0x3164, 0x3164),
    (0xFE00, 0xFE0F),
    (0xFE20, 0xFE2F),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xE0000, 0xE01EF),
)

# Mathematical letters, enclosed letters and digits, regional indicators, segmented digits,
# compatibility ideographs: what lies above the basic plane and reads as letter or digit.
_ABOVE = ((0x1D400, 0x1D7FF), (0x1F100, 0x1F251), (0x1FBF0, 0x1FBF9), (0x2F800, 0x2FA1D))

# Pictures that stand for a word of an account, a call or an address.
PICTURES = {
    "❤♥♡💗💖💓💕💘💙💚💛💜🖤🤍🤎🧡💝💞💟❣": "心",
    "✉📧📨📩💌📪📫📬📭": "信",
    "🐧": "企鹅",
    "☎📞📱📲🕿": "电话",
    "💬🗨": "微信",
    "🛰": "卫星",
    "✈🛩": "飞机",
    "🍠": "小红书",
    "🎵🎶": "抖音",
    "❌✖✘✗╳×": "x",
    "➕✚": "+",
    "🔗": "链接",
    "ⓐ": "@",
    "🏠🏡": "家",
    "🤫🤐": "嘘",
    "🔟": "10",
    "💯": "100",
    "🅰": "a",
    "🅱": "b",
    "🅾": "o",
    "🆔": "id",
    "∨⋁": "v",
    "🈷": "月",
    "〇○◯⭕": "零",
    "•●": "·",
    "—–―‐‑‒−﹣": "-",
    "“”„«»": '"',
    "‘’‛`´": "'",
}

# Letters of the Arabic script that keyboards of neighbouring languages put in each other's place.
_ARABIC = {
    "ک": "ك",
    "ي": "ى",
    "ی": "ى",
    "ې": "ې",
    "ه": "ە",
    "ة": "ە",
    "ۀ": "ە",
    "؟": "?",
    "،": ",",
    "؛": ";",
    "٫": ".",
}

# Cyrillic and Greek letters that look like Latin ones; used in words that mix both, and nowhere else.
LOOKALIKES = str.maketrans(
    "авеёкмнорстухіјѕԛԝһԁѵɡαβεηικνορτυχωο",
    "abeekmhopctyxijsqwhdvgabenikvoptuxwo",
)


@cache
def tables() -> tuple[dict[int, int], dict[str, str]]:
    """What one character becomes: another one (for ``str.translate``), or none or several.

    The first table names every character of the basic plane, also those that stay what they are:
    ``str.translate`` is several times slower for a character that it does not find.
    """
    points = [point for point in range(0x10000) if not 0xD800 <= point <= 0xDFFF]
    for low, high in (*_ABOVE, (0xE0000, 0xE01EF)):
        points.extend(range(low, high + 1))
    simplified = _simplified()
    pictures = {sign: word for signs, word in PICTURES.items() for sign in signs}
    unseen = {point for low, high in _UNSEEN for point in range(low, high + 1)}
    one, other = {}, {}
    for point in points:
        if point < 0x80:
            one[point] = ord(chr(point).lower())
            continue
        sign = chr(point)
        word = "" if point in unseen else pictures.get(sign) or _plain(sign, simplified)
        if len(word) == 1:
            one[point] = ord(word)
        else:
            other[sign] = word
    other |= {sign: word for sign, word in pictures.items() if ord(sign) > 0xFFFF}
    for sign in [sign for sign, word in other.items() if len(word) == 1]:
        one[ord(sign)] = ord(other.pop(sign))
    return one, other


def _plain(sign: str, simplified: dict[str, str]) -> str:
    if sign in simplified:
        return simplified[sign]
    if sign in _ARABIC:
        return _ARABIC[sign]
    number = unicodedata.numeric(sign, None)
    # Roman five and ten stay letters: they are used for V and X more often than for numbers.
    if number is not None and _is_number_sign(sign) and sign not in "ⅤⅩⅴⅹ":
        return str(int(number)) if number == int(number) else sign
    if sign == "\u3000" or unicodedata.category(sign) == "Zs":
        return " "
    if "\u2400" <= sign <= "\u24ff" or "\U0001f100" <= sign <= "\U0001f1ff":
        return _letter(sign)
    folded = unicodedata.normalize("NFKC", sign)
    folded = "".join(_bare(part) for part in folded.lower())
    folded = "".join(simplified.get(part, _ARABIC.get(part, part)) for part in folded)
    return folded or sign


def _is_number_sign(sign: str) -> bool:
    """Digits of any script, circled and parenthesised ones, Roman numerals, the signs of Suzhou merchants."""
    if unicodedata.decimal(sign, None) is not None:
        return True
    return (
        "\u2460" <= sign <= "\u249b"
        or "\u24ea" <= sign <= "\u24ff"
        or "\u2776" <= sign <= "\u2793"
        or "\u2160" <= sign <= "\u217b"
        or "\u3021" <= sign <= "\u3029"
        or sign in "²³¹⁰⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
        or "\u3220" <= sign <= "\u3229"
        or "\u3280" <= sign <= "\u3289"
        or "\u3251" <= sign <= "\u325f"
        or "\U0001f100" <= sign <= "\U0001f10c"
    )


def _letter(sign: str) -> str:
    """The letter in a circle, a square, brackets or a flag."""
    name = unicodedata.name(sign, "")
    last = name.rsplit(" ", 1)[-1].lower()
    return last if len(last) == 1 else unicodedata.normalize("NFKC", sign).lower()


def _bare(letter: str) -> str:
    """A Latin letter without its tone marks: ``wēi xìn`` reads as ``wei xin``."""
    if letter < "\u00c0" or letter > "\u1eff" or "\u0250" <= letter < "\u1e00":
        return letter
    return unicodedata.normalize("NFD", letter)[0]


def _simplified() -> dict[str, str]:
    """Each ideograph with a simpler form, with that form."""
    signs = [chr(point) for point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    plain = OpenCC("t2s").convert("\n".join(signs)).split("\n")
    return {sign: to for sign, to in zip(signs, plain, strict=True) if sign != to and len(to) == 1}
