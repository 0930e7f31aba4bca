"""What pieces, their kinds and where they stand are called on a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from penpal.publishing.pieces.models import PartyAs, PieceKind
from penpal.publishing.pieces.states import SubmissionState as S

KINDS: Mapping[PieceKind, object] = {
    PieceKind.LETTER: _l("一封信"),
    PieceKind.LETTERS: _l("一来一回两封信"),
    PieceKind.REFLECTION: _l("读书心得"),
    PieceKind.REFLECTIONS: _l("两个人的读书心得"),
    PieceKind.RECORD: _l("一起做的事"),
    PieceKind.RECORDS: _l("一件事，两个人写"),
    PieceKind.DRAWING: _l("一幅画"),
    PieceKind.STORY: _l("感人事例"),
    PieceKind.PRACTICE: _l("好经验、好做法"),
}
PARTIES: Mapping[PartyAs, object] = {
    PartyAs.AUTHOR: _l("作者"),
    PartyAs.PARTNER: _l("结对的伙伴"),
    PartyAs.NAMED: _l("里面写到的同学"),
}


@dataclass(frozen=True)
class Standing:
    """``kind`` and ``icon`` are those of a status; ``turn`` says in a sentence whose turn it is."""

    kind: str
    icon: str
    word: object
    turn: object


STANDINGS: Mapping[S, Standing] = {
    S.ASKING: Standing(
        "wait", "clock", _l("在问"), _l("先问里面的同学愿不愿意，都答应了才往下走。")
    ),
    S.WITH_TEACHER: Standing("wait", "eye", _l("老师在看"), _l("现在轮到老师。")),
    S.WITH_SECRETARY: Standing("wait", "eye", _l("团委在看"), _l("现在轮到团委。")),
    S.WITH_EDITOR: Standing("wait", "newspaper", _l("在编辑那里"), _l("现在轮到编辑。")),
    S.WITH_AUTHOR: Standing(
        "warn", "pen-line", _l("看一看改动"), _l("编辑想改几处，要不要改，作者说了算。")
    ),
    S.READY: Standing("ok", "check", _l("定稿了"), _l("等着排进一期里。")),
    S.PUBLISHED: Standing("ok", "check-check", _l("刊出了"), _l("在专题网页上，谁都可以读。")),
    S.SENT_BACK: Standing("warn", "pen-line", _l("退回来了"), _l("作者改一改，可以再投。")),
    S.DECLINED: Standing("", "info", _l("这次没有采用"), _l("这一篇不刊了。原来写的还在。")),
    S.WITHDRAWN: Standing("", "undo-2", _l("撤回了"), _l("这一篇撤回了，不会再印。原来写的还在。")),
    S.TAKEN_DOWN: Standing("", "undo-2", _l("撤下了"), _l("这一篇从网页上撤下了。原来写的还在。")),
}
