"""Made-up numbers and names, the same in every run, and the disguises of mail and web addresses."""

from __future__ import annotations

import hashlib

from stdnum.cn import ric

from tests.screening.labelled.cases import parts
from tests.screening.labelled.digits import CHINESE, CIRCLED, FULL_WIDTH, Disguise

PREFIXES = [
    *range(130, 140), *range(145, 150), *range(150, 154), *range(155, 160), 162, *range(165, 168),
    *range(170, 174), *range(175, 179), *range(180, 194), *range(195, 200),
]  # fmt: skip
AREAS = [
    ("010", 8), ("021", 8), ("0991", 7), ("0903", 7), ("0998", 7), ("0891", 7), ("0971", 7), ("028", 8), ("0755", 8), ("0908", 7),
    ("0311", 8), ("025", 8), ("0997", 7), ("0531", 8),
]  # fmt: skip
COUNTIES = (
    "110105",
    "653201",
    "653101",
    "540102",
    "110108",
    "653222",
    "630104",
    "650102",
    "653225",
)


def figures(seed: str, count: int) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest(), "big")
    return str(number)[5 : 5 + count]


def phone_mobile(turn: int) -> str:
    return f"{PREFIXES[turn * 7 % len(PREFIXES)]}{figures(f'mobile {turn}', 8)}"


def phone_landline(turn: int) -> str:
    area, length = AREAS[turn % len(AREAS)]
    local = str(2 + turn % 7) + figures(f"landline {turn}", length - 1)
    return (f"{area}-{local}", f"{area}{local}", f"({area}){local}", local)[turn % 4]


def landline_with_area(turn: int, separator: str = "") -> str:
    area, length = AREAS[turn % len(AREAS)]
    return area + separator + str(2 + turn % 7) + figures(f"landline {turn}", length - 1)


def qq(turn: int) -> str:
    return str(1 + turn % 3) + figures(f"qq {turn}", 5 + turn % 6)


def id_card(turn: int) -> str:
    born = f"{2008 + turn % 5}{1 + turn % 12:02}{1 + turn * 3 % 28:02}"
    body = COUNTIES[turn % len(COUNTIES)] + born + figures(f"id {turn}", 3)
    return body + str(ric.calc_check_digit(body + "0"))


def listed(kind: str, key: str, turn: int) -> str:
    values = parts("payloads")[kind][key]
    return str(values[turn % len(values)])


# Ids, mail and web addresses have letters, which the disguises of numbers leave alone.


def chinese_digits(words: str, turn: int) -> str:
    return "".join(CHINESE.get(sign, sign) for sign in words)


def circled_digits(words: str, turn: int) -> str:
    return "".join(CIRCLED.get(sign, sign) for sign in words)


def full_width(words: str, turn: int) -> str:
    return "".join(
        FULL_WIDTH.get(sign) or (chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign)
        for sign in words
    )


def spaced(words: str, turn: int) -> str:
    return " ".join(words)


def loosely(words: str, turn: int) -> str:
    """Blanks around the signs that make an address one."""
    for sign in ("@", ".", "://"):
        words = words.replace(sign, f" {sign} ")
    return words


def zero_width(words: str, turn: int) -> str:
    return "\u200b".join(words) if turn % 2 else "\u2060".join(words)


def capitals(words: str, turn: int) -> str:
    return words.upper()


def bold(words: str, turn: int) -> str:
    return "".join(
        chr(0x1D41A + ord(s) - 97)
        if "a" <= s <= "z"
        else chr(0x1D7CE + int(s))
        if s in CHINESE
        else s
        for s in words
    )


def broken(words: str, turn: int) -> str:
    middle = len(words) // 2
    return words[:middle] + "\n" + words[middle:]


def replacing(at: str, dot: str) -> Disguise:
    return lambda words, turn: words.replace("@", at).replace(".", dot)


def homoglyphs(words: str, turn: int) -> str:
    return words.translate(str.maketrans("aoec", "аоес"))


def underscores_spoken(words: str, turn: int) -> str:
    return words.replace("_", "下划线").replace(".", "点").replace("-", "横杠")


HANDLE_DISGUISES = {
    "plain": lambda words, turn: words,
    "full_width": full_width,
    "spaced": spaced,
    "zero_width": zero_width,
    "capitals": capitals,
    "bold": bold,
    "circled_digits": circled_digits,
    "quoted": lambda words, turn: f"“{words}”",
    "at": lambda words, turn: f"@{words}",
    "brackets": lambda words, turn: f"【{words}】",
    "lines": broken,
    "messages": broken,
}
HANDLE_ZH = {"chinese_digits": chinese_digits, "spoken": underscores_spoken}
EMAIL_DISGUISES = {
    "plain": lambda words, turn: words,
    "capitals": capitals,
    "full_width": full_width,
    "spaced": spaced,
    "loosely": loosely,
    "zero_width": zero_width,
    "bold": bold,
    "lines": broken,
    "messages": broken,
    "small_at": replacing("﹫", "."),
    "brackets": replacing(" [at] ", " [dot] "),
    "parentheses": replacing("(at)", "(dot)"),
    "full_dot": replacing("@", "。"),
    "homoglyphs": homoglyphs,
}
EMAIL_BY_LANGUAGE = {
    "zh": {
        "aite": replacing("艾特", "点"),
        "aite_dot": replacing("艾特", "."),
        "quan_a": replacing("圈a", "点"),
        "at_word": replacing(" at ", "点"),
        "hash": replacing("#", "."),
        "hash_said": lambda words, turn: words.replace("@", "#") + "（#换成@）",
        "star": replacing("*", "."),
        "xiao_laoshu": replacing("小老鼠", "点"),
        "circled_a": replacing("ⓐ", "."),
        "chinese_digits": chinese_digits,
        "dian_kang": lambda words, turn: words.replace("@", "@").replace(".com", "点康姆"),
    },
    "en": {
        "at_dot": replacing(" at ", " dot "),
        "at_capitals": replacing(" AT ", " DOT "),
        "at_joined": replacing("-at-", "-dot-"),
        "at_sign": replacing(" (at sign) ", "."),
    },
    "ug": {"at_dot": replacing(" at ", " dot "), "circled_a": replacing("ⓐ", ".")},
    "mixed": {"aite": replacing("艾特", " dot "), "at_dian": replacing(" at ", "点")},
}
URL_DISGUISES = {
    "plain": lambda words, turn: words,
    "capitals": capitals,
    "full_width": full_width,
    "loosely": loosely,
    "spaced": spaced,
    "zero_width": zero_width,
    "full_dot": replacing("@", "。"),
    "wide_dot": replacing("@", "．"),
    "parentheses": replacing("@", "(.)"),
    "bold": bold,
    "lines": broken,
    "messages": broken,
}
URL_BY_LANGUAGE = {
    "zh": {
        "dian": replacing("@", "点"),
        "dian_loose": replacing("@", " 点 "),
        "hxxp": lambda words, turn: words.replace("http", "hxxp"),
    },
    "en": {
        "dot": replacing("@", " dot "),
        "dot_brackets": replacing("@", "[dot]"),
        "hxxp": lambda words, turn: words.replace("http", "hxxp"),
    },
    "ug": {"dot": replacing("@", " dot ")},
    "mixed": {"dian": replacing("@", "点"), "dot": replacing("@", " dot ")},
}
