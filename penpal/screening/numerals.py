"""Numbers written as words: Chinese numerals, plain, formal and spoken, number words, pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterator

Edit = tuple[int, int, str]
"""Where, until where, and what stands there instead."""

_CHINESE = {
    "0": "零洞〇",
    "1": "一壹弌幺妖腰吆",
    "2": "二贰弍两俩贰",
    "3": "三叁弎叄参",
    "4": "四肆",
    "5": "五伍",
    "6": "六陆",
    "7": "七柒拐",
    "8": "八捌",
    "9": "九玖勾",
}
_DIGIT_OF = {ord(sign): digit for digit, signs in _CHINESE.items() for sign in signs}
_SURE = "零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺"
_ANY = "".join(_CHINESE.values())
_SEPARATOR = r"[^\w\u3400-\u9fff]"

# Two numerals side by side are a number; those that mostly mean something else need three more.
_RUN = re.compile(
    rf"[{_SURE}]{{2,}}"
    rf"|[{_ANY}\d](?:{_SEPARATOR}{{0,3}}[{_ANY}\d]){{3,}}"
)

_WORDS = {
    "0": "zero oh nought ling dong 零 نۆل nol",
    "1": "one yao yi won بىر bir",
    "2": "two too er liang ئىككى ikki",
    "3": "three san tree ئۈچ uch",
    "4": "four si for تۆت tot",
    "5": "five wu بەش besh",
    "6": "six liu ئالتە alte",
    "7": "seven qi guai يەتتە yette",
    "8": "eight ba ate سەككىز sekkiz",
    "9": "nine jiu gou توققۇز toqquz",
}
_DIGIT_OF_WORD = {
    word.replace("ي", "ى"): digit for digit, words in _WORDS.items() for word in words.split()
}
_NUMBER_LETTERS = "".join({letter for word in _DIGIT_OF_WORD for letter in word if letter > "z"})
_WORD = "|".join(sorted(_DIGIT_OF_WORD, key=len, reverse=True))
_TOKEN = re.compile(rf"(double|triple)\s+(\d|{_WORD})|\d|[{_ANY}]|{_WORD}")
_GAP = r"(?:[\W_]{0,3}(?:and\s|then\s)?)"
_SPELLED = re.compile(
    rf"(?<![a-z])(?:(?:double\s+|triple\s+)?(?:{_WORD}|[\d{_ANY}]){_GAP}){{4,}}(?:double\s+|triple\s+)?(?:{_WORD}|[\d{_ANY}])(?![a-z])"
)
_LETTERS = re.compile(rf"[a-z{_NUMBER_LETTERS}]{{2,}}")
_FARTHEST = 90
"""Signs before the first number word and after it in which a number could begin and end."""


_SOUNDS = {
    "0": "林铃临灵令玲淋凌领另邻",
    "1": "衣医依要摇遥药伊益宜亿",
    "2": "耳爱儿尔饿哎",
    "3": "山伞散杉",
    "4": "死寺思司斯似撕丝",
    "5": "舞吴无午武屋雾污勿",
    "6": "溜刘留流柳陆绿牛",
    "7": "妻起气其期旗奇启漆齐欺",
    "8": "爸吧巴霸拔罢叭",
    "9": "酒久旧就救究韭舅",
}
_DIGIT_OF_SOUND = {
    ord(sign): digit for digit, signs in _SOUNDS.items() for sign in signs
} | _DIGIT_OF
# Seven and more signs in a row, each of which sounds like a digit, are no sentence.
_SOUNDING = re.compile(rf"[{''.join(_SOUNDS.values())}{_ANY}\d]{{7,}}")
# Digits with at most one word before and one after are a number already.
_ENOUGH = re.compile(r"\D?\d{7,}\D?")
_NUMERAL = re.compile(rf"[{_ANY}\d]")
# "One hundred and thirty-eight" is how some begin a number; of sheep it does no harm.
_HUNDREDS = re.compile(r"([一1])百([三四五六七八九3-9])十([一二三四五六七八九1-9])")
# A house number may be written like a sum on a cheque.
_FORMAL_DIGITS = "壹贰叁肆伍陆柒捌玖"
_FORMAL = re.compile(rf"[{_FORMAL_DIGITS}]*[拾佰][{_FORMAL_DIGITS}拾佰]+|[{_FORMAL_DIGITS}]+[拾佰]")
_PLAIN = str.maketrans(_FORMAL_DIGITS + "拾佰", "一二三四五六七八九十百")
_BRIDGE = (
    r"然后是?|接着是?|接下来是?|后面是?|前面是?|中间是?|最后是?|开头|打头|结尾|再来|再加|再是|再|之后是?|跟着|加上"
    r"|跟上|and then|then|next is|next|followed by|ئاندىن|كەىنىدە|كەينىدە|dash|杠|横杠"
)
_BRIDGED = re.compile(rf"(?<=\d)[\W_]*(?:(?:{_BRIDGE})[\W_]*)+(?:\d|[{_SURE}](?![\u4e00-\u9fff]))")


def as_digits(text: str) -> str:
    """The same text, as long as before, with runs of Chinese numerals as digits.

    What joins two pieces of a number ("138, then 0013") becomes spaces.
    """
    text = _FORMAL.sub(lambda run: run[0].translate(_PLAIN), text)
    text = _HUNDREDS.sub(r"\1 \2 \3", text)
    text = _RUN.sub(_translated, text)
    text = _SOUNDING.sub(_sounded, text)
    return _BRIDGED.sub(_bridged, text)


def _sounded(run: re.Match[str]) -> str:
    if _ENOUGH.fullmatch(run[0]) or (not _NUMERAL.search(run[0]) and len(run[0]) < 9):
        return run[0]
    return run[0].translate(_DIGIT_OF_SOUND)


def _bridged(run: re.Match[str]) -> str:
    return " " * (len(run[0]) - 1) + run[0][-1].translate(_DIGIT_OF)


def _translated(run: re.Match[str]) -> str:
    return run[0].translate(_DIGIT_OF)


def spelled_out(text: str) -> Iterator[Edit]:
    """``one three eight`` and ``yao san ba`` as digits, where five or more stand in a row."""
    for since, until in _stretches(text):
        for run in _SPELLED.finditer(text, since, until):
            yield from _digits_of(run)


def _stretches(text: str) -> Iterator[tuple[int, int]]:
    """Where letters stand that could spell numbers; most of a Chinese letter has none."""
    since = until = -1
    for letters in _LETTERS.finditer(text):
        if letters.start() <= until:
            until = letters.end() + _FARTHEST
            continue
        if since >= 0:
            yield since, until
        since, until = max(0, letters.start() - 20), letters.end() + _FARTHEST
    if since >= 0:
        yield since, until


def _digits_of(run: re.Match[str]) -> Iterator[Edit]:
    tokens = list(_TOKEN.finditer(run[0]))
    if sum(len(token[0]) > 1 for token in tokens) < (1 if len(tokens) > 7 else 2):
        return
    for token in tokens:
        times = {"double": 2, "triple": 3}.get(token[1] or "", 1)
        word = token[2] or token[0]
        digit = _DIGIT_OF_WORD.get(word, word).translate(_DIGIT_OF)
        yield run.start() + token.start(), run.start() + token.end(), digit * times
