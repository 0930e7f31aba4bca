"""The rulebook as a table: what may be done, who may do it, and on which condition, in words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts import predicates
from penpal.accounts.models import Role
from penpal.consent.predicates import GUARDIAN
from penpal.kernel import access
from penpal.kernel.access import Clause
from penpal.permissions import Permission, every

KINDS = (
    predicates.STUDENT,
    predicates.WAITING_STUDENT,
    *(role.value for role in Role),
    GUARDIAN,
    predicates.SYSTEM,
)
"""The columns, in order."""

NEVER, ALWAYS = "—", "✓"

LABELS: Mapping[Enum, object] = {
    Permission.Account.SEE: _l("看自己的账号页"),
    Permission.Account.SIGN_OUT: _l("退出"),
    Permission.Account.CHANGE_PASSWORD: _l("换自己的口令"),
    Permission.Account.END_SESSIONS: _l("让自己的账号在所有设备上退出"),
    Permission.Account.RESET: _l("让学生凭新卡片重新设口令"),
    Permission.Account.CONFIRM: _l("再确认一次是本人"),
    Permission.Account.SET_UP_FACTOR: _l("给自己的账号设两步登录"),
    Permission.Account.RENEW_FACTOR: _l("替同事取消丢了的两步登录"),
    Permission.Account.DISABLE: _l("停用、恢复一个账号"),
    Permission.Home.SEE: _l("看自己的首页"),
    Permission.Notice.SEE: _l("看自己的消息"),
    Permission.Notice.CHOOSE: _l("选开着网页时提醒自己什么"),
    Permission.Notice.MAIL: _l("用邮件收自己的摘要"),
    Permission.Profile.SEE: _l("看自己的资料"),
    Permission.Profile.EDIT: _l("改自己的资料"),
    Permission.Pair.SEE: _l("看一对结对小伙伴"),
    Permission.Pair.LOOK_BACK: _l("回头看两个人的来往"),
    Permission.Keepsake.CLIP: _l("留一份自己刊出的作品"),
    Permission.Keepsake.MAKE_BOOK: _l("把两个人的信做成书"),
    Permission.Keepsake.TAKE_BOOK: _l("取自己要的书"),
    Permission.Submission.LIST: _l("看自己的投稿"),
    Permission.Submission.SUBMIT: _l("把两个人的东西投出去"),
    Permission.Submission.SUBMIT_STORY: _l("投学校、地方的故事和做法"),
    Permission.Submission.READ: _l("读一篇稿子"),
    Permission.Submission.ANSWER: _l("对一篇稿子说同意或者不同意"),
    Permission.Submission.MEND: _l("改一篇退回来的稿子"),
    Permission.Submission.ASK_GUARDIAN: _l("就一篇稿子问家长"),
    Permission.Submission.ANSWER_AS_GUARDIAN: _l("作为家长回答一篇稿子"),
    Permission.Submission.WITHDRAW: _l("撤回一篇稿子"),
    Permission.Submission.PASS_ON: _l("把投稿转给下一位看的人"),
    Permission.Submission.PASS_TO_EDITOR: _l("把都通过了的投稿转给编辑"),
    Permission.Submission.REVIEW: _l("审一篇投稿：通过、退回、不采用"),
    Permission.Submission.DELEGATE: _l("把轮到自己看的投稿交给同事看"),
    Permission.Submission.STEP_ASIDE: _l("说明和一个孩子是亲属，回避"),
    Permission.Submission.TEND_PHOTOS: _l("给投稿里的照片打马赛克、不用一张照片"),
    Permission.Submission.SET_PATH: _l("定投稿要哪几级团委看"),
    Permission.Submission.SEE_DESK: _l("看编辑台上的稿子"),
    Permission.Submission.EDIT: _l("改一篇稿子、请作者看、采用或者不采用"),
    Permission.Submission.ANSWER_CHANGES: _l("对编辑的每一处改动说同意或者不改"),
    Permission.Submission.TAKE_DOWN: _l("把刊出来的作品撤下"),
    Permission.Submission.SEE_HISTORY: _l("看一篇投稿的经过"),
    Permission.Submission.SEE_FIGURES: _l("看各地投稿的数字"),
    Permission.ReaderWord.SEND: _l("读者给作者留一句话"),
    Permission.ReaderWord.DECIDE: _l("把读者的话转给作者、放到一边，打开和关上留言"),
    Permission.Pair.TIE: _l("给两位学生结对"),
    Permission.Pair.CLOSE: _l("解开一对"),
    Permission.Twinning.SEE: _l("看单位之间的结对"),
    Permission.Twinning.PROPOSE: _l("提出单位之间的结对"),
    Permission.Twinning.CONFIRM: _l("确认单位之间的结对"),
    Permission.Twinning.END: _l("结束单位之间的结对"),
    Permission.Letter.LIST: _l("看自己的信箱"),
    Permission.Letter.READ: _l("读一封信"),
    Permission.Letter.WRITE: _l("给伙伴写信、存草稿"),
    Permission.Letter.SEND: _l("寄一封信"),
    Permission.Letter.OPEN: _l("拆开一封信"),
    Permission.Letter.DISCARD: _l("扔掉一份草稿"),
    Permission.Letter.RELEASE: _l("放行一封作者请求放行的信"),
    Permission.Letter.DELIVER: _l("早上送到夜里寄出的信"),
    Permission.Letter.TAKE_BACK: _l("收回自己还在路上的信"),
    Permission.Letter.PRINT: _l("把一封信印出来收好"),
    Permission.Letter.LET_PRINT: _l("答应老师把自己的信印出来"),
    Permission.Letter.PRINT_FOR: _l("替学生印一封信"),
    Permission.Chat.LIST: _l("到自己那一对的聊天里"),
    Permission.Chat.READ: _l("看自己那一对的聊天"),
    Permission.Chat.SAY: _l("在聊天里说话"),
    Permission.ChatLine.UNSEND: _l("两分钟内撤回自己的一句话"),
    Permission.ChatLine.RELEASE: _l("放行一句作者请求放行的话"),
    Permission.ChatLine.RETURN: _l("退回一句请求放行的话"),
    Permission.ChatLine.DISCARD: _l("扔掉自己没有发出去的一句话"),
    Permission.Activity.LIST: _l("看自己那一对同做的事"),
    Permission.Activity.READ: _l("看一件同做的事"),
    Permission.Activity.PROPOSE: _l("向伙伴提议做一件事"),
    Permission.Activity.CHANGE: _l("改一个提议、商量改日子"),
    Permission.Activity.TALK: _l("在提议下面商量"),
    Permission.Activity.NOD: _l("对伙伴的提议点头"),
    Permission.Activity.DECLINE: _l("婉拒一个提议"),
    Permission.Activity.WITHDRAW: _l("收回自己的提议"),
    Permission.Activity.STEP_OUT: _l("退出一件约好的事"),
    Permission.Activity.COMPLETE: _l("两个人都做完一件事"),
    Permission.Activity.SHARE: _l("和伙伴一起选给谁看"),
    Permission.Activity.KEEP: _l("改回只留给两个人"),
    Permission.ActivityRecord.READ: _l("看一份同做的记录"),
    Permission.ActivityRecord.WRITE: _l("写自己的同做记录"),
    Permission.ActivityRecord.FINISH: _l("把自己的记录标成做完"),
    Permission.ActivityRecord.REOPEN: _l("接着改自己做完的记录"),
    Permission.ActivityRecord.SHARE: _l("提前让伙伴看自己的记录"),
    Permission.ActivityRecord.SEAL: _l("选自己的记录老师能不能看"),
    Permission.Theme.PUT_UP: _l("在班里挂一个题目"),
    Permission.Theme.SEE_CLASS: _l("看班里的题目和愿意给老师看的记录"),
    Permission.Theme.OPEN: _l("把班里的题目开放给大家"),
    Permission.Theme.TAKE_DOWN: _l("拿下一个题目"),
    Permission.Book.LIST: _l("看自己的书架"),
    Permission.Book.READ: _l("看两个人共读的一本书"),
    Permission.Book.PROPOSE: _l("提一本书一起读"),
    Permission.Book.DECIDE: _l("答应一起读，或者先不读"),
    Permission.Book.EDIT: _l("改自己提的书、收回来"),
    Permission.Book.KEEP: _l("记下读到哪里、寄书、放一放、再读"),
    Permission.Note.READ: _l("读书里的一条笔记"),
    Permission.Note.WRITE: _l("在书里记一条笔记"),
    Permission.Note.EDIT: _l("改、去掉自己的一条笔记"),
    Permission.Note.LOOK: _l("没读到那里，先看一条笔记"),
    Permission.Reflection.READ: _l("读一篇读书心得"),
    Permission.Reflection.WRITE: _l("写读书心得"),
    Permission.Reflection.SHARE: _l("写完心得、先拿给伙伴看"),
    Permission.Photo.KEEP: _l("传一张照片"),
    Permission.Photo.SEE: _l("看一张照片"),
    Permission.Photo.DISCARD: _l("扔掉一张还没用上的照片"),
    Permission.Paper.BEGIN: _l("记下一位学生在纸上读信"),
    Permission.Paper.END: _l("不再替一位学生印信"),
    Permission.Report.MAKE: _l("告诉老师"),
    Permission.Report.READ: _l("看一件告诉老师的事"),
    Permission.Report.TAKE: _l("接手一件告诉老师的事"),
    Permission.Report.HAND_ON: _l("把一件告诉老师的事转给校团委书记"),
    Permission.Report.ANSWER: _l("给告诉老师的孩子回话"),
    Permission.Report.RECORD_DUTY: _l("记下一件事已经依法报告"),
    Permission.Report.REMIND: _l("提醒学校：有孩子等得太久了"),
    Permission.Block.ASK: _l("请求先停一停信"),
    Permission.Block.LIFT: _l("收回自己停一停的请求"),
    Permission.Block.NOTE: _l("表示知道有一对的信停了"),
    Permission.Hold.ASK: _l("请老师放行自己写的东西"),
    Permission.Hold.READ: _l("看一件请求放行的东西"),
    Permission.Hold.DECIDE: _l("放行，或者退回去改"),
    Permission.Hold.HAND_ON: _l("把一件请求转给校团委书记"),
    Permission.Hold.WITHDRAW: _l("收回自己的请求"),
    Permission.Queue.SEE: _l("看等着自己看的东西"),
    Permission.Queue.CLEAR: _l("在待看里作决定"),
    Permission.Queue.KEEP_PHRASES: _l("留几句自己常用的话"),
    Permission.Opening.LIST: _l("看要打开的、打开过的密封的信"),
    Permission.Opening.SEE: _l("看一次打开是谁、为什么请求的（不看内容）"),
    Permission.Opening.ASK_FOR_REPORT: _l("打开孩子说到的那封信"),
    Permission.Opening.ASK_IN_EMERGENCY: _l("危急时请求打开一位学生的信"),
    Permission.Opening.BEGIN: _l("不用第二个人就打开"),
    Permission.Opening.SECOND: _l("答应、不答应别人打开的请求"),
    Permission.Opening.READ: _l("读打开了的信"),
    Permission.Opening.CLOSE: _l("提前结束一次打开"),
    Permission.Opening.END_DELAY: _l("提前告诉孩子信被打开过"),
    Permission.Opening.SEE_OWN: _l("看谁读过自己的信"),
    Permission.Opening.LAWFUL: _l("按有关部门依法的要求打开"),
    Permission.Unit.SEE_CLASS: _l("看班级页"),
    Permission.Unit.SEE_SCHOOL: _l("看学校页"),
    Permission.Unit.SEE_STUDENT: _l("看一位学生的账号和同意书"),
    Permission.Unit.PRINT_LETTERS: _l("看一个班有几封信要印，印出来"),
    Permission.Unit.KEEP_HOURS: _l("设学校的上学时间和假期"),
    Permission.Unit.SEE_BOOKS: _l("看一个班在读哪些书（不看是谁）"),
    Permission.Unit.KEEP_BOOKS: _l("给班里列书单、留问题"),
    Permission.Unit.SEE_RECORD: _l("看学校的操作记录、导出"),
    Permission.Office.SEE: _l("看一个地方的人员"),
    Permission.Office.GRANT: _l("任命"),
    Permission.Office.END: _l("结束一项任命"),
    Permission.Office.HAND_OVER: _l("把职务交给人代理"),
    Permission.Office.SLIP: _l("给老师做激活卡"),
    Permission.Office.WEAR: _l("选择以哪一项职务看页面"),
    Permission.Unit.SEE_PARTICIPATION: _l("看学生每周参与了没有"),
    Permission.Unit.SEE_UNANSWERED: _l("看班里谁的信等了很久没有回"),
    Permission.Unit.REMIND: _l("提醒班里的学生回信，一周最多一次"),
    Permission.Guide.READ: _l("看使用指南"),
    Permission.Roster.IMPORT: _l("导入名册"),
    Permission.Roster.ENROL: _l("往一个班里加一名学生"),
    Permission.Roster.CORRECT: _l("改正学生的姓名、学号、出生年月"),
    Permission.Roster.CORRECT_AGE: _l("改正会改变要谁同意的出生年月"),
    Permission.Roster.MOVE: _l("给学生换班"),
    Permission.Roster.LEAVE: _l("记下学生离校、再接回来"),
    Permission.Roster.MERGE: _l("把同一个孩子的两份记录并成一份"),
    Permission.Roster.KEEP_CLASSES: _l("加班级、改班名、关掉空班"),
    Permission.Roster.TEMPLATE: _l("下载名册模板"),
    Permission.Roster.SLIPS: _l("做激活卡"),
    Permission.Roster.EXPORT: _l("导出名册"),
    Permission.Roster.TRANSFER: _l("办理转学"),
    Permission.Consent.RECORD: _l("记下监护人签好的同意书"),
    Permission.Consent.AGREE: _l("自己同意参加"),
    Permission.Consent.WITHDRAW: _l("撤下一项同意"),
    Permission.Consent.SEE: _l("看自己答应过什么"),
    Permission.Consent.SEE_CLASS: _l("看一个班还缺谁的同意"),
    Permission.Consent.INVITE: _l("给监护人发一次性链接"),
    Permission.Consent.ANSWER: _l("替自己的孩子回答同意不同意"),
    Permission.Consent.SEE_PAPER: _l("看签好的同意书的扫描件"),
    Permission.Consent.CHOOSE_LANGUAGE: _l("选同意书的第二种语言"),
    Permission.Submission.PUBLISH: _l("把一篇投稿刊出来"),
    Permission.Issue.SEE: _l("看专栏的各期"),
    Permission.Issue.PLAN: _l("编一期：放稿、排序、写编者的话"),
    Permission.Issue.SIGN_OFF: _l("签发一期，收回签发"),
    Permission.Issue.COME_OUT: _l("让一期到时候出来"),
    Permission.Issue.TAKE_FILE: _l("取一期的清样和排版文件"),
    Permission.Issue.HEAR_RECALL: _l("记下拿到文件的人知道撤稿了"),
}
"""Each permission as a school secretary would say it."""


def column_names() -> dict[str, str]:
    return {
        "student": _("学生"),
        "student_without_consent": _("学生（同意书未到）"),
        "teacher": _("班主任、团委老师"),
        "school_secretary": _("校团委书记"),
        "county_secretary": _("县团委书记"),
        "province_secretary": _("省团委书记"),
        "corps_secretary": _("兵团团委书记"),
        "centre_secretary": _("中心书记"),
        "editor": _("编辑"),
        "operator": _("运维"),
        "guardian": _("监护人（没有账号）"),
        "system": _("系统"),
    }


def cell(permission: Enum, kind: str) -> str:
    """``NEVER`` or ``ALWAYS`` for this kind, else on which condition."""
    conditions = [
        _condition(clause) for clause in access.book().rules[permission] if can_hold(clause, kind)
    ]
    if not conditions:
        return NEVER
    return " / ".join(dict.fromkeys(condition or ALWAYS for condition in conditions))


def as_text() -> str:
    """The matrix as blocks, one a permission; kinds that may do it on the same condition share a line.

    Whoever is not named may not.
    """
    names = column_names()
    lines = [_("✓ 可以；没有列出的人不可以；“/”隔开的条件满足一条就行，“、”隔开的都要满足。"), ""]
    for permission in every():
        lines.append(f"{LABELS[permission]}  ({permission.value})")
        for words, kinds in _by_condition(permission).items():
            lines.append(f"    {' · '.join(names[kind] for kind in kinds)}：{words}")
    nobody = [names[kind] for kind in KINDS if all(cell(p, kind) == NEVER for p in every())]
    if nobody:
        lines += ["", _("目前什么都不能做：%(names)s", names=" · ".join(nobody))]
    return "\n".join(lines)


def can_hold(clause: Clause, kind: str) -> bool:
    """Whether every predicate of a clause is one that this kind of actor can meet."""
    return all(kind in predicate.kinds for predicate in clause)  # type: ignore[attr-defined]


def _by_condition(permission: Enum) -> dict[str, list[str]]:
    shared: dict[str, list[str]] = {}
    for kind in KINDS:
        words = cell(permission, kind)
        if words != NEVER:
            shared.setdefault(words, []).append(kind)
    return shared


def _condition(clause: Clause) -> str:
    words = [str(predicate.words) for predicate in clause]  # type: ignore[attr-defined]
    return _("、").join(word for word in words if word)
