"""What pages, files and the terminal say of a plan."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.rosters.judging import Reason
from penpal.rosters.models import Leaving
from penpal.rosters.planning import Change, Line, Outcome

OUTCOMES = {
    Outcome.ADDED: _l("新增"),
    Outcome.CHANGED: _l("更改"),
    Outcome.MOVED: _l("换班"),
    Outcome.UNCHANGED: _l("不变"),
    Outcome.REFUSED: _l("没有收"),
}

REASONS = {
    Reason.NO_NUMBER: _l("没有学号。填上学校自己编的学号；含身份证号的学籍号不能用，已经丢掉了。"),
    Reason.NUMBER_UNREADABLE: _l("学号只能是字母、数字和 - . / _，最多 32 位。"),
    Reason.NUMBER_TWICE: _l("这个学号在文件里出现了不止一次，留下对的那一行。"),
    Reason.NUMBER_CUT: _l(
        "学号太长，Excel 把后面几位换掉了。把学号一列设成“文本”，重新填这一格，再上传。"
    ),
    Reason.NUMBER_WITHOUT_ZEROS: _l(
        "名册里有一个学号只多了前面的 0，姓名却不一样。把学号一列设成“文本”，把 0 补上；"
        "真是另一个学生，就换一个学号。"
    ),
    Reason.NO_NAME: _l("没有姓名。"),
    Reason.NAME_TOO_LONG: _l("姓名太长，最多 60 个字。"),
    Reason.NAME_UNREADABLE: _l("姓名里只写名字，去掉数字、括号和备注。"),
    Reason.NAME_WITH_A_GAP: _l(
        "姓名里有个字没有存下来，变成了 ? 或方框。换一种输入法把这个字重新打上，再上传。"
    ),
    Reason.NO_CLASS: _l("没有班级。每一行都要写，不能只写在第一行。"),
    Reason.CLASS_UNREADABLE: _l(
        "看不懂班级。写成 初二(3)班、八年级(3)班 这样，或者另加“年级”一列。"
    ),
    Reason.GRADE_OUT_OF_RANGE: _l("只收初一到高三的学生。"),
    Reason.GRADE_DISAGREES: _l("班级和年级对不上，改成一样的。"),
    Reason.BIRTH_UNREADABLE: _l("看不懂出生年月。写成 2012-05 这样，或者留空。"),
    Reason.BIRTH_IMPLAUSIBLE: _l("出生年月和中学生的年龄对不上，看看是不是写错了。"),
    Reason.CONSENT_UNREADABLE: _l("看不懂监护人同意一栏。写“是”，或者签字的日期；没有就留空。"),
    Reason.CONSENT_IN_FUTURE: _l("监护人签字的日期还没到，看看是不是写错了。"),
    Reason.ANOTHER_CHILD: _l(
        "这个学号原来是另一个学生的，姓名和出生年月都不一样。给这个学生用新的学号。"
    ),
    Reason.WAS_HERE: _l(
        "这个学号和姓名，和一名离开了的学生一样。是同一个孩子，就在原来的班的“离开的学生”里接回来，"
        "账号和信都还在；是另一个孩子，就在班级页一名一名加。"
    ),
    Reason.MERGED: _l(
        "这个学号和姓名，属于合并过的一份记录。换成留下的那一份的学号；"
        "要用这个学号，就改那一份的学号。真是另一个学生，就换一个学号。"
    ),
    Reason.FORMULA_FAILED: _l("这一行里的公式没有算出结果。换成算好的字，再上传。"),
}


LEAVING = {
    Leaving.LEFT: _l("离开了学校"),
    Leaving.GRADUATED: _l("毕业了"),
    Leaving.STOPPED: _l("不再上学了"),
}
CHOOSE_WHY = _l("选一个原因。")


def details(line: Line) -> list[str]:
    """What is different about a student, each in a short phrase."""
    said = []
    if line.old_class_name:
        said.append(_("从 %(class_name)s 来", class_name=line.old_class_name))
    if line.student and Change.NAME in line.changes:
        said.append(_("姓名原来是 %(name)s", name=line.student.name))
    if line.student and Change.BIRTH in line.changes:
        student = line.student
        said.append(
            _("出生年月原来是 %(birth)s", birth=f"{student.birth_year}-{student.birth_month:02}")
            if student.birth_year
            else _("补上出生年月")
        )
    if line.number != line.row.number:
        said.append(_("文件里的学号少了前面的 0，还是原来的学生"))
    if Change.CONSENT in line.changes:
        said.append(_("记下监护人同意"))
    return said
