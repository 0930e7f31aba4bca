"""What acts are called on the record: every move of the trail in words, sorted into a few kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Role
from penpal.consent import wording as consent
from penpal.record import pieces
from penpal.rosters.models import Leaving
from penpal.rosters.planning import Outcome
from penpal.rosters.wording import LEAVING
from penpal.safeguarding import wording as safeguarding
from penpal.safeguarding.models import Authority, Raised


@dataclass(frozen=True)
class Kind:
    """Acts that one looks for together."""

    label: object
    moves: Mapping[str, object]


KINDS: Mapping[str, Kind] = {
    "account": Kind(
        _l("账号"),
        {
            "issued slips": _l("做了激活卡"),
            "printed slips": _l("打开激活卡来印"),
            "listed slips": _l("下载了激活卡名单"),
            "activated": _l("激活了账号"),
            "reset password": _l("让人凭新卡片重新设口令"),
            "changed password": _l("换了自己的口令"),
            "disabled": _l("停用了账号"),
            "enabled": _l("重新启用了账号"),
            "set up second factor": _l("设好了两步登录"),
            "used recovery code": _l("用备用码登录"),
            "renewed recovery codes": _l("换了一组备用码"),
            "renewed second factor": _l("让人重新设两步登录"),
        },
    ),
    "office": Kind(
        _l("职务"),
        {
            "give office": _l("请人担任职务"),
            "end office": _l("结束了职务"),
            "hand over office": _l("把职务交给人代理"),
            **{f"granted {role.value}": _l("请人担任职务") for role in Role},
        },
    ),
    "consent": Kind(
        _l("同意书"),
        {
            "guardian consented": _l("记下了监护人的同意"),
            "consented": _l("自己同意了"),
            "withdrew consent": _l("撤下了一项同意"),
            "guardian refused": _l("监护人不同意"),
            "refused consent": _l("自己不同意"),
            "made guardian link": _l("给监护人做了一次性链接"),
            "ended guardian link": _l("让监护人的链接不能用了"),
            "kept signed paper": _l("存了签好的同意书的扫描件"),
            "looked at signed paper": _l("看了签好的同意书的扫描件"),
            "printed consent forms": _l("做了要打印的同意书"),
            "chose form language": _l("选了同意书的第二种语言"),
            "carried over consent": _l("带来了另一份记录上的同意"),
            "carried over refusal": _l("带来了另一份记录上的不同意"),
        },
    ),
    "roster": Kind(
        _l("名册"),
        {
            "imported roster": _l("导入了名册"),
            "exported roster": _l("导出了名册"),
            "explained headings": _l("说明了名册的列"),
            "forgot heading": _l("忘掉了一个列名"),
            "enrolled": _l("加进了学校"),
            "moved class": _l("换了班"),
            "corrected number": _l("改正了学号"),
            "left school": _l("办了离校"),
            "came back": _l("接回学校"),
            "kept of two records": _l("留下了两份记录里的这一份"),
            "folded into another record": _l("并进了同一个孩子的另一份记录"),
            "added class": _l("加了班级"),
            "corrected class": _l("改正了班级"),
            "closed class": _l("关掉了空班"),
            "opened class again": _l("重新用起了班级"),
            "corrected name": _l("改正了姓名"),
            "corrected birth": _l("改正了出生年月"),
            "corrected birth across an age": _l("改正了出生年月，要谁同意也变了"),
        },
    ),
    "transfer": Kind(
        _l("转学"),
        {
            "gave out transfer code": _l("开了转学码"),
            "took back transfer code": _l("作废了转学码"),
            "moved school": _l("转到了别的学校"),
        },
    ),
    "pair": Kind(
        _l("结对"),
        {
            "tie": _l("结了对"),
            "close": _l("解开了一对"),
            "propose": _l("提出了单位之间的结对"),
            "confirm": _l("确认了单位之间的结对"),
            "end": _l("结束了单位之间的结对"),
        },
    ),
    "letter": Kind(
        _l("书信"),
        {
            "read along": _l("读了一封明信片"),
            "put away": _l("看过一封明信片，收起了"),
            "reads on paper": _l("记下在纸上读信"),
            "reads on screen": _l("记下不用再印信"),
            "let print": _l("答应老师把信印出来"),
            "set for printing": _l("把信排好去印"),
            "printed": _l("印好了信"),
            "printed again": _l("把信又印了一次"),
            "send": _l("寄出了信"),
            "post": _l("夜里寄出了信，早上送到"),
            "call back": _l("收回了还在路上的信"),
            "deliver": _l("送到了夜里寄出的信"),
            "bring back": _l("把送不到的信退回成草稿"),
            "open": _l("拆开了信"),
            "discard": _l("扔掉了草稿"),
            "keep": _l("传上来一张照片"),
            "double": _l("把照片也放进了另一份草稿"),
            "keep both": _l("把两份草稿都留下"),
            "return line": _l("把聊天里的一句话退了回去"),
            "unsend": _l("撤回了聊天里的一句话"),
            "erased words": _l("清掉了撤回很久的话"),
            "reminded to reply": _l("提醒学生有信等着回"),
            "reminded of the partner": _l("提醒学生来看看伙伴"),
        },
    ),
    "reading": Kind(
        _l("共读一本书"),
        {
            "propose book": _l("提了一本书"),
            "edit book": _l("改了提的书"),
            "agree on book": _l("说好一起读"),
            "decline book": _l("这本先不读"),
            "take book back": _l("收回了提的书"),
            "put book aside": _l("把书先放一放"),
            "pick book up": _l("又提了放下的书"),
            "finish book": _l("一起读完了"),
            "go on with book": _l("接着读"),
            "sent parcel": _l("记下书寄出了"),
            "received parcel": _l("记下书到了"),
            "write note": _l("在书里记了一条"),
            "edit note": _l("改了书里的一条"),
            "remove note": _l("去掉了书里的一条"),
            "look ahead": _l("先看了还没读到的一条"),
            "finish reflection": _l("写完了读书心得"),
            "share reflection": _l("先拿出了读书心得"),
            "read note along": _l("看了学生愿意给老师看的一条笔记"),
            "read reflection along": _l("看了学生愿意给老师看的心得"),
            "put note away": _l("看过学生愿意给老师看的一条笔记，收起了"),
            "put reflection away": _l("看过学生愿意给老师看的心得，收起了"),
            "listed book": _l("给班里列了一本书"),
            "took book off list": _l("从书单撤下了一本书"),
            "left question in book": _l("在书里留了一问"),
            "took question back": _l("收回了书里的一问"),
        },
    ),
    "together": Kind(
        _l("同做一件事"),
        {
            "propose activity": _l("提议做一件事"),
            "change activity": _l("改了提议"),
            "agree on activity": _l("约好了做一件事"),
            "decline activity": _l("婉拒了提议"),
            "withdraw activity": _l("收回了提议"),
            "step out": _l("退出了约好的事"),
            "both have done it": _l("两个人都做完了"),
            "decide who sees it": _l("两个人选好了给谁看"),
            "decide anew who sees it": _l("改了给谁看"),
            "wish who sees it": _l("选了想给谁看"),
            "ask for another day": _l("想换一天做完"),
            "agree on another day": _l("约好了换一天"),
            "finish record": _l("做完了自己的记录"),
            "take up record": _l("接着改自己的记录"),
            "share record": _l("提前让伙伴看了记录"),
            "choose who reads record": _l("选了老师能不能看记录"),
            "read record along": _l("看了学生愿意给老师看的记录"),
            "put record away": _l("看过学生愿意给老师看的记录，收起了"),
            "put up theme": _l("挂了一个题目"),
            "open theme": _l("把题目开放给大家"),
            "take down theme": _l("拿下了一个题目"),
        },
    ),
    "hold": Kind(
        _l("请求放行"),
        {
            "ask for release": _l("请老师放行"),
            "take back": _l("收回了放行的请求"),
            "release": _l("放行了"),
            "send back": _l("退回去改"),
            "hand on": _l("转给了校团委书记"),
            "hold followed": _l("跟着孩子到了新的班"),
            "read asked": _l("读了请求放行的内容"),
        },
    ),
    "report": Kind(
        _l("求助"),
        {
            "tell": _l("告诉了大人一件事"),
            "take": _l("接手了一件求助"),
            "hand on report": _l("把求助转给了校团委书记"),
            "answer": _l("给求助的孩子回了话"),
            "worry": _l("请老师问问一个孩子好不好"),
            "worried again": _l("又一次请老师问问这个孩子"),
            "froze evidence": _l("留下了孩子说的那一刻的样子"),
            "read evidence": _l("看了孩子说的那一刻的样子"),
            "forgot evidence": _l("期限到了，留下的样子删掉了"),
            "reported by law": _l("依法报告了"),
            "raised": _l("等得太久，往上报了"),
            "sent on": _l("原来的人都不在了，转给了上一级"),
            "report followed": _l("跟着孩子到了新的班"),
            "reminded": _l("提醒了学校"),
            "pause letters": _l("请求先停一停信"),
            "resume letters": _l("收回了停一停的请求"),
            "noted pause": _l("知道了有一对的信停了"),
        },
    ),
    "opening": Kind(
        _l("打开密封的信"),
        {
            "ask to open": _l("请求打开一封密封的信"),
            "open sealed": _l("打开了一封密封的信"),
            "agree to open": _l("答应打开一封密封的信"),
            "refuse to open": _l("没有答应打开一封密封的信"),
            "read opened": _l("读了打开的信"),
            "close opening": _l("提前结束了一次打开"),
            "told of opening": _l("提前告诉孩子信被打开过"),
            "asked by law": _l("有关部门依法要求打开一封信"),
            "gave out by law": _l("按法律交出了一封信"),
            "looked up letters": _l("危急时看了一位学生有哪些信"),
        },
    ),
    "piece": Kind(_l("投稿"), pieces.MOVES),
    "record": Kind(
        _l("操作记录"),
        {
            "read record": _l("看了操作记录"),
            "exported record": _l("导出了操作记录"),
            "set school hours": _l("设了上学时间和假期"),
            "set rest hours": _l("设了休息时间和聊天时间"),
        },
    ),
}
"""By the name that stands in an address."""

_LABELS = {move: label for kind in KINDS.values() for move, label in kind.moves.items()}

OFFICES: Mapping[Role, object] = {
    Role.TEACHER: _l("班主任、团委老师"),
    Role.SCHOOL_SECRETARY: _l("校团委书记"),
    Role.COUNTY_SECRETARY: _l("县团委书记"),
    Role.PROVINCE_SECRETARY: _l("省团委书记"),
    Role.CORPS_SECRETARY: _l("兵团团委书记"),
    Role.CENTRE_SECRETARY: _l("中心书记"),
    Role.EDITOR: _l("编辑"),
    Role.OPERATOR: _l("运维"),
}

_STUDENTS = frozenset(
    {"exported roster", "issued slips", "printed slips", "listed slips", "printed consent forms"}
)
"""Moves whose reason is a number of students."""


def label(move: str) -> str:
    return str(_LABELS.get(move, move))


def why(move: str, reason: str) -> str:
    """The reason as words: what was typed as it is, what was counted with what it counts."""
    if move in _STUDENTS and reason.isdecimal():
        return ngettext("%(num)s 名学生", "%(num)s 名学生", int(reason))
    if move == "explained headings" and reason.isdecimal():
        return ngettext("%(num)s 列", "%(num)s 列", int(reason))
    if move == "exported record" and reason.isdecimal():
        return ngettext("%(num)s 件事", "%(num)s 件事", int(reason))
    if move in {"left school", "close"} and reason in set(Leaving):
        return str(LEAVING[Leaving(reason)])
    if move == "close" and reason == "moved school":
        return label(reason)
    if move.startswith("granted "):
        return str(OFFICES[Role(move.removeprefix("granted "))])
    if move in KINDS["consent"].moves:
        return _purposes(reason)
    if move == "imported roster":
        return _figures(reason)
    if move == "raised" and reason in set(Raised):
        return str(safeguarding.RAISED[Raised(reason)])
    if move == "reported by law":
        return _by_law(reason)
    return reason


def _by_law(told: str) -> str:
    """Authority, day and reference, the authority by its name."""
    authority, _space, rest = told.partition(" ")
    if authority not in set(Authority):
        return told
    return f"{safeguarding.AUTHORITIES[Authority(authority)]} {rest}"


def _purposes(told: str) -> str:
    """The purposes of the ledger by their names; what was typed behind them stays."""
    named = consent.current_titles(str(get_locale()))
    listed, mark, typed = told.partition(": ")
    names = [named.get(word, word) for word in listed.split()]
    return _("、").join(names) + mark + typed


def _figures(told: str) -> str:
    names = {
        Outcome.ADDED.value: _("新加"),
        Outcome.CHANGED.value: _("更正"),
        Outcome.MOVED.value: _("换班"),
        Outcome.UNCHANGED.value: _("没有变"),
        Outcome.REFUSED.value: _("没有收"),
    }
    pairs = [part.partition(":") for part in told.split()]
    return _("、").join(
        f"{names[name]} {count}" for name, _colon, count in pairs if name in names and count != "0"
    )
