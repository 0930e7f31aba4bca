"""What a child reads of each kind of finding: its name, why it matters, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from penpal.screening.findings import Finding, Kind


@dataclass(frozen=True)
class Words:
    """``mend`` says what may stand there instead. No word of it blames."""

    name: object
    why: object
    mend: object


_NUMBERS = _l("号码传出去就收不回来，别人也可能看见。在这里写信，你们两个人都安全。")
_ACCOUNTS = _l("别处的聊天没有人守着门，谁都可能加进来。先在这里慢慢认识。")
_PLACES = _l("写出能找到你的地方，陌生人也可能找来。")
_TAKE_OUT = _l("把它拿掉，别的话都可以留着。")
_ABOUT_PLACE = _l("可以写写那里的样子：树、路、声音，不写门牌和路线。")
_OTHER_WORDS = _l("换一种说法，或者把这句拿掉。")

WORDS: Mapping[Kind, Words] = {
    Kind.PHONE_MOBILE: Words(_l("像是手机号"), _NUMBERS, _TAKE_OUT),
    Kind.PHONE_LANDLINE: Words(_l("像是电话号码"), _NUMBERS, _TAKE_OUT),
    Kind.WECHAT: Words(_l("像是微信"), _ACCOUNTS, _TAKE_OUT),
    Kind.QQ: Words(_l("像是 QQ"), _ACCOUNTS, _TAKE_OUT),
    Kind.OTHER_HANDLE: Words(_l("像是别处的账号"), _ACCOUNTS, _TAKE_OUT),
    Kind.EMAIL: Words(_l("像是邮箱"), _ACCOUNTS, _TAKE_OUT),
    Kind.URL: Words(
        _l("像是网址"),
        _l("网址后面是什么，点开以前谁也不知道。"),
        _l("说说那里讲了什么，不写网址。"),
    ),
    Kind.STREET_ADDRESS: Words(_l("像是住址"), _PLACES, _ABOUT_PLACE),
    Kind.SCHOOL_ADDRESS: Words(_l("像是学校的地址"), _PLACES, _ABOUT_PLACE),
    Kind.ID_CARD: Words(
        _l("像是证件号码"), _l("有了它，别人可以冒用你的名字。只在家长和老师那里用。"), _TAKE_OUT
    ),
    Kind.MEETING_PLAN: Words(
        _l("像是约着见面"),
        _l("见面是件高兴的事，要有家长和老师一起，才安全。"),
        _l("先告诉老师你们想见面，这里只写心情。"),
    ),
    Kind.SEXUAL_APPROACH: Words(
        _l("像是关于身体的、让人不舒服的话"),
        _l("这样的话会让人害怕。要是有人对你这样说，不是你的错，告诉一个大人。"),
        _OTHER_WORDS,
    ),
    Kind.BULLYING: Words(
        _l("像是伤人的话"), _l("写的时候也许是玩笑，读的人会一直记着。"), _OTHER_WORDS
    ),
    Kind.THREAT: Words(
        _l("像是吓人的话"), _l("读的人会当真，会害怕。心里有气，可以跟老师说。"), _OTHER_WORDS
    ),
    Kind.SELF_HARM: Words(
        _l("听起来你很难受"),
        _l("这样的时候不用一个人扛。下面有可以打的电话，老师也愿意听。"),
        _l("信照样可以寄。"),
    ),
    Kind.SECRECY_REQUEST: Words(
        _l("像是叫人保密"),
        _l("要瞒着大人的事，常常会让人为难。要是有人叫你保密，告诉一个大人。"),
        _OTHER_WORDS,
    ),
    Kind.MONEY_REQUEST: Words(
        _l("像是要钱或者要东西"),
        _l("一说到钱，朋友之间就容易为难。真有难处，老师会帮忙。"),
        _OTHER_WORDS,
    ),
}


def in_the_way(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """What is to be mended before a text goes on. Words of despair are never in the way."""
    return tuple(found for found in findings if found.kind is not Kind.SELF_HARM)


def is_worrying(findings: Iterable[Finding]) -> bool:
    """Whether somebody should ask this child how they are."""
    return any(found.kind is Kind.SELF_HARM for found in findings)


def objection(text: str, findings: Iterable[Finding]) -> object | None:
    """What is said of a short field: the first passage, what it looks like, how to mend it."""
    first = next(iter(in_the_way(findings)), None)
    if first is None:
        return None
    words = WORDS[first.kind]
    quote = text[first.start : first.end]
    return _l("“%(quote)s”%(name)s。%(mend)s", quote=quote, name=words.name, mend=words.mend)
