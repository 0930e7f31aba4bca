"""The ways in which people hide a number: each a function of the plain number and of its turn."""

from __future__ import annotations

from collections.abc import Callable

Disguise = Callable[[str, int], str]

ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad")

CHINESE = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
CIRCLE_ZERO = CHINESE | {"0": "〇"}
SPOKEN = CHINESE | {"1": "幺"}
RADIO = CHINESE | {"0": "洞", "1": "幺", "2": "两", "7": "拐", "9": "勾"}
FORMAL = dict(zip("0123456789", "零壹贰叁肆伍陆柒捌玖", strict=True))
FORMAL_TRADITIONAL = dict(zip("0123456789", "零壹貳參肆伍陸柒捌玖", strict=True))
FULL_WIDTH = dict(zip("0123456789", "０１２３４５６７８９", strict=True))
CIRCLED = dict(zip("0123456789", "⓪①②③④⑤⑥⑦⑧⑨", strict=True))
DARK = dict(zip("0123456789", "⓿❶❷❸❹❺❻❼❽❾", strict=True))
PARENTHESISED = dict(zip("0123456789", "0⑴⑵⑶⑷⑸⑹⑺⑻⑼", strict=True))
SUPERSCRIPT = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
SUBSCRIPT = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
BOLD = {digit: chr(0x1D7CE + int(digit)) for digit in "0123456789"}
DOUBLE_STRUCK = {digit: chr(0x1D7D8 + int(digit)) for digit in "0123456789"}
KEYCAP = {digit: f"{digit}\ufe0f\u20e3" for digit in "0123456789"}
HOMOPHONES = (
    dict(zip("0123456789", "零衣儿伞寺舞溜妻吧酒", strict=True)),
    dict(zip("0123456789", "铃医耳山死五留期爸久", strict=True)),
    dict(zip("0123456789", "林要爱散四无刘起霸九", strict=True)),
)
PINYIN = dict(
    zip(
        "0123456789", ["ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"], strict=True
    )
)
PINYIN_YAO = PINYIN | {"1": "yao"}
ENGLISH = dict(
    zip(
        "0123456789",
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
        strict=True,
    )
)
ENGLISH_OH = ENGLISH | {"0": "oh"}
UYGHUR = dict(
    zip(
        "0123456789",
        ["نۆل", "بىر", "ئىككى", "ئۈچ", "تۆت", "بەش", "ئالتە", "يەتتە", "سەككىز", "توققۇز"],
        strict=True,
    )
)
ARABIC_INDIC = {digit: chr(0x660 + int(digit)) for digit in "0123456789"}
PERSIAN = {digit: chr(0x6F0 + int(digit)) for digit in "0123456789"}
TIBETAN = {digit: chr(0xF20 + int(digit)) for digit in "0123456789"}
MONGOLIAN = {digit: chr(0x1810 + int(digit)) for digit in "0123456789"}
LOOKALIKES = {"0": "O", "1": "l", "2": "Z", "5": "S", "8": "B"}
LOOKALIKES_SMALL = {"0": "o", "1": "I", "6": "b", "9": "g"}


def spelled(table: dict[str, str], separator: str = "") -> Disguise:
    return lambda number, turn: separator.join(table.get(sign, sign) for sign in number)


def joined(*separators: str) -> Disguise:
    def disguise(number: str, turn: int) -> str:
        said = number[0]
        for place, sign in enumerate(number[1:]):
            said += separators[(place + turn) % len(separators)] + sign
        return said

    return disguise


def grouped(*separators: str) -> Disguise:
    """Three signs, then four and four, as people write a mobile number."""

    def disguise(number: str, turn: int) -> str:
        groups = [number[:3]] + [number[at : at + 4] for at in range(3, len(number), 4)]
        said = groups[0]
        for place, group in enumerate(groups[1:]):
            said += separators[(place + turn) % len(separators)] + group
        return said

    return disguise


def homophones(number: str, turn: int) -> str:
    table = HOMOPHONES[turn % len(HOMOPHONES)]
    return "".join(table.get(sign, sign) for sign in number)


def half_homophones(number: str, turn: int) -> str:
    table = HOMOPHONES[turn % len(HOMOPHONES)]
    return "".join(table.get(s, s) if at % 3 == 1 else s for at, s in enumerate(number))


def several_scripts(number: str, turn: int) -> str:
    tables: tuple[dict[str, str], ...] = (CHINESE, {}, FULL_WIDTH, FORMAL, CIRCLED, {})
    return "".join(tables[(at + turn) % 6].get(sign, sign) for at, sign in enumerate(number))


def chinese_and_plain(number: str, turn: int) -> str:
    return "".join(CHINESE.get(s, s) if (at + turn) % 2 else s for at, s in enumerate(number))


def english_and_plain(number: str, turn: int) -> str:
    return " ".join(ENGLISH.get(s, s) if (at + turn) % 2 else s for at, s in enumerate(number))


def uyghur_and_plain(number: str, turn: int) -> str:
    return " ".join(UYGHUR.get(s, s) if (at + turn) % 2 else s for at, s in enumerate(number))


def zero_width(number: str, turn: int) -> str:
    return joined(ZERO_WIDTH[turn % len(ZERO_WIDTH)])(number, turn)


def doubled(number: str, turn: int) -> str:
    """As read aloud in English: double eight."""
    said: list[str] = []
    at = 0
    while at < len(number):
        if number[at : at + 2] == number[at] * 2:
            said.append(f"double {ENGLISH_OH.get(number[at], number[at])}")
            at += 2
        else:
            said.append(ENGLISH_OH.get(number[at], number[at]))
            at += 1
    return " ".join(said)


def then_spoken(*words: str) -> Disguise:
    """The groups of a number with small words between them."""

    def disguise(number: str, turn: int) -> str:
        return grouped(*words)(number, turn)

    return disguise


def chinese_then(number: str, turn: int) -> str:
    return grouped("，然后", "，再")("".join(SPOKEN.get(s, s) for s in number), turn)


def reversed_number(number: str, turn: int) -> str:
    return number[::-1]


def lines_of(size: int) -> Disguise:
    return lambda number, turn: "\n".join(
        number[at : at + size] for at in range(0, len(number), size)
    )


def chinese_lines(number: str, turn: int) -> str:
    return lines_of(4)("".join(CHINESE.get(s, s) for s in number), turn)


def in_pairs(number: str, turn: int) -> str:
    return " ".join(number[at : at + 2] for at in range(0, len(number), 2))


def four_four_three(number: str, turn: int) -> str:
    separator = (" ", "-")[turn % 2]
    return separator.join(number[at : at + 4] for at in range(0, len(number), 4))


def bracketed(number: str, turn: int) -> str:
    opening, closing = ("()", "（）", "【】", "「」")[turn % 4]
    groups = [number[:3]] + [number[at : at + 4] for at in range(3, len(number), 4)]
    return "".join(f"{opening}{group}{closing}" for group in groups)


def groups_in_scripts(number: str, turn: int) -> str:
    tables: tuple[dict[str, str], ...] = (CHINESE, FULL_WIDTH, {}, CIRCLED)
    groups = [number[:3]] + [number[at : at + 4] for at in range(3, len(number), 4)]
    return " ".join(
        "".join(tables[(place + turn) % 4].get(sign, sign) for sign in group)
        for place, group in enumerate(groups)
    )


def emoji_groups(number: str, turn: int) -> str:
    return grouped("✨", "🐑", "😊")(number, turn)


def country_code(number: str, turn: int) -> str:
    return ("+86 ", "0086", "(+86)", "86-", "＋86")[turn % 5] + number


EVERYWHERE: dict[str, Disguise] = {
    "plain": lambda number, turn: number,
    "grouped_space": grouped(" "),
    "grouped_dash": grouped("-"),
    "grouped_dot": grouped("."),
    "spaced": joined(" "),
    "wide_spaced": joined("   "),
    "dashed": joined("-"),
    "dotted": joined("."),
    "underscored": joined("_"),
    "starred": joined("*"),
    "slashed": joined("/"),
    "punctuated": joined("-", ".", "_", " ", "~"),
    "commas": joined(","),
    "full_width": spelled(FULL_WIDTH),
    "full_width_spaced": spelled(FULL_WIDTH, "\u3000"),
    "circled": spelled(CIRCLED),
    "dark_circled": spelled(DARK),
    "parenthesised": spelled(PARENTHESISED),
    "superscript": spelled(SUPERSCRIPT),
    "subscript": spelled(SUBSCRIPT),
    "bold": spelled(BOLD),
    "double_struck": spelled(DOUBLE_STRUCK),
    "keycap": spelled(KEYCAP),
    "emoji_between": joined("🌟", "❤", "🌸"),
    "zero_width": zero_width,
    "letters": spelled(LOOKALIKES),
    "small_letters": spelled(LOOKALIKES_SMALL),
    "arabic_indic": spelled(ARABIC_INDIC),
    "lines": lines_of(4),
    "tibetan": spelled(TIBETAN),
    "mongolian": spelled(MONGOLIAN),
    "pairs": in_pairs,
    "four_four_three": four_four_three,
    "bracketed": bracketed,
    "emoji_groups": emoji_groups,
}
CHINESE_ONLY: dict[str, Disguise] = {
    "chinese": spelled(CHINESE),
    "chinese_circle": spelled(CIRCLE_ZERO),
    "yao": spelled(SPOKEN),
    "yao_spaced": spelled(SPOKEN, " "),
    "chinese_commas": spelled(CHINESE, "、"),
    "radio": spelled(RADIO),
    "formal": spelled(FORMAL),
    "formal_traditional": spelled(FORMAL_TRADITIONAL),
    "homophones": homophones,
    "half_homophones": half_homophones,
    "pinyin": spelled(PINYIN, " "),
    "pinyin_yao": spelled(PINYIN_YAO),
    "several_scripts": several_scripts,
    "chinese_and_plain": chinese_and_plain,
    "then_zh": then_spoken("然后是", "，接着", "后面"),
    "chinese_then": chinese_then,
    "wave": joined("～", "、", "。"),
    "chinese_lines": chinese_lines,
    "groups_in_scripts": groups_in_scripts,
}
ENGLISH_ONLY: dict[str, Disguise] = {
    "english": spelled(ENGLISH, " "),
    "english_oh": spelled(ENGLISH_OH, " "),
    "english_dashes": spelled(ENGLISH, "-"),
    "english_capitals": spelled({key: word.upper() for key, word in ENGLISH.items()}, " "),
    "double": doubled,
    "english_and_plain": english_and_plain,
    "then_en": then_spoken(" then ", ", and then "),
}
UYGHUR_ONLY: dict[str, Disguise] = {
    "uyghur": spelled(UYGHUR, " "),
    "uyghur_commas": spelled(UYGHUR, "، "),
    "persian": spelled(PERSIAN),
    "persian_spaced": spelled(PERSIAN, " "),
    "arabic_dashes": spelled(ARABIC_INDIC, "-"),
    "uyghur_and_plain": uyghur_and_plain,
    "then_ug": then_spoken(" ئاندىن ", "، كەينىدە "),
}
DISGUISES = {
    "zh": EVERYWHERE | CHINESE_ONLY,
    "en": EVERYWHERE | ENGLISH_ONLY,
    "ug": EVERYWHERE | UYGHUR_ONLY,
    "mixed": EVERYWHERE | CHINESE_ONLY | ENGLISH_ONLY,
}
