"""What real rosters carry and we never keep: recognised by heading and by value, pure.

DOMAIN, 'Collect little': ethnicity, religion, political status, family income, identity numbers.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import MINYEAR

from stdnum.cn import ric
from stdnum.exceptions import ValidationError

_HEADINGS = re.compile(
    "民族|族别|族称|身份证|证件|公民身份|政治|党团|团员|党员|宗教|信仰|信教"
    "|收入|贫困|低保|脱贫|建档立卡|经济|困难|资助|户口|户籍"
    "|ethnic|nationality|religio|faith|politic|partymember|leaguemember|income|poverty|lowincome"
    "|subsid|hukou|householdregist|identity|idcard|nationalid|citizenid|passport"
    "|(?<!student)idnumber|(?<!student)idno|^race$"
    # As school systems shorten their columns: the initials of the pinyin.
    "|minzu|^mz$|shenfenz|sfz|zhengzhi|zzmm|zongjiao|^zjxy$|hukou|^hkszd$"
)

_PEOPLES = (
    "汉|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|满|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|高山|拉祜|水"
    "|东乡|纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|塔吉克|怒|乌孜别克"
    "|俄罗斯|鄂温克|德昂|保安|裕固|京|塔塔尔|独龙|鄂伦春|赫哲|门巴|珞巴|基诺"
)
_REMARK = re.compile(
    f"(?:{_PEOPLES})族|党员|团员|少先队员|群众|信教|低保|贫困|脱贫户|建档立卡|宗教|户口|身份证"
)

_WORDS_OF_COLUMNS = frozenset(
    [
        *_PEOPLES.split("|"),
        *(f"{people}族" for people in _PEOPLES.split("|")),
        *"佛教 道教 伊斯兰教 天主教 基督教 农业 非农业 农村 城镇".split(),  # noqa: SIM905
    ]
)

_PROVINCES = frozenset(
    "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 "  # noqa: SIM905
    "61 62 63 64 65 71 81 82 83".split()
)
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[\W_]+(?=\d)")
_SEVENTEEN = re.compile(r"(?=(\d{17}))")
_BORN_BETWEEN = (1900, 2099)


def is_heading(text: str) -> bool:
    """Whether a column of this heading is dropped whole."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return bool(_HEADINGS.search("".join(sign for sign in folded if sign.isalnum())))


def is_value(text: str) -> bool:
    """Whether a cell holds an identity number, or a remark that says what we do not ask."""
    return holds_identity_number(text) or bool(_REMARK.search(unicodedata.normalize("NFKC", text)))


def is_column(values: Iterable[str]) -> bool:
    """Whether what stands in a column says what we do not ask, whatever its heading is.

    A single 白 or 回 is a surname or a word; a column of nothing else is a column of peoples.
    """
    said = {"".join(unicodedata.normalize("NFKC", value).split()) for value in values if value}
    return bool(said) and said <= _WORDS_OF_COLUMNS


def holds_identity_number(text: str) -> bool:
    """Whether an identity number stands anywhere in the text, whatever is before, after or between.

    The check digit (GB 11643) is not asked: Excel rounds a number of eighteen digits to fifteen,
    and a number with a slip of the finger is an identity number still. Region and birthday, the
    first fourteen digits, survive both.
    """
    plain = unicodedata.normalize("NFKC", text)
    if sum(sign.isdecimal() for sign in plain) < 17:
        return False
    # Zero-width signs, spaces and dashes between digits are no reason to miss it.
    joined = _BETWEEN_DIGITS.sub("", plain)
    return any(_begins_identity_number(found[1]) for found in _SEVENTEEN.finditer(joined))


def _begins_identity_number(digits: str) -> bool:
    ascii_digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
    if ascii_digits[:2] not in _PROVINCES or int(ascii_digits[6:10]) < MINYEAR:
        return False
    try:
        born: int = ric.get_birth_date(ascii_digits).year
    except ValidationError:
        return False
    return _BORN_BETWEEN[0] <= born <= _BORN_BETWEEN[1]
