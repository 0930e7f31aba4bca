"""Verbs for one student at a time: take in, correct, move to another class. Judged as the rows of a roster are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l

from penpal.accounts import services as people
from penpal.accounts.models import Enrolment, Person, PersonKind
from penpal.consent import births
from penpal.kernel import clock, html, numbers, trail
from penpal.kernel.access import Actor, authorize, may
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.rosters import planning, pupil_queries, queries, reading, wording
from penpal.rosters.headings import Column
from penpal.rosters.judging import Reason, Refused
from penpal.rosters.planning import Change, Line
from penpal.rosters.queries import StoredStudent
from penpal.rosters.sheets import Row, Sheet

_HELD = _l("学校里已经有学生用这个学号。")
_WAS_HERE = _l("这个学号和姓名，和一名离开了的学生一样。是同一个孩子就接回来，账号和信都还在。")
_CLOSED = _l("这个班已经关了。")
_NO_CLASS = _l("选一个班。")
_SAME_CLASS = _l("已经在这个班了。")
_CROSSES = _l("出生年月这样改，要谁同意就变了。请校团委书记来改。")
_NO_SUCH_DAY = _l("日期要在进这个班以后、今天或者今天以前。")
_BY_HAND: Mapping[Reason, object] = {
    Reason.NO_NUMBER: _l("写上学校自己编的学号；含身份证号的学籍号不能用。"),
    Reason.NUMBER_CUT: _l("学号写全，不要写成 2.02E+09 这样。"),
    Reason.NUMBER_WITHOUT_ZEROS: _l("学校里有一个学号只多了前面的 0。把 0 补上，或者换一个学号。"),
    Reason.NO_NAME: _l("写上姓名，只写名字。"),
    Reason.NAME_WITH_A_GAP: _l("姓名里有个字没有显示出来。换一种输入法把这个字重新打上。"),
    Reason.BIRTH_UNREADABLE: _l("年和月都要选，或者都不选。"),
    Reason.ANOTHER_CHILD: _l(
        "姓名和出生年月一次只能改一样，免得把一个孩子的信交给另一个孩子。"
        "学号换了学生的，先给原来的学生办离校，再加新学生。"
    ),
    Reason.MERGED: _l(
        "这个学号和姓名，属于合并过的一份记录。这个孩子在留下的那一份里；"
        "要用这个学号，就改那一份的学号。真是另一个学生，就换一个学号。"
    ),
}


class NumberHeld(Invalid):
    """Somebody else in the school has this number now; ``held`` is their place."""

    def __init__(self, held: Enrolment) -> None:
        super().__init__(fields={"number": _HELD})
        self.held = held


class WasHere(Invalid):
    """Somebody of this number and name was in the school before; ``place`` is where."""

    def __init__(self, place: Enrolment) -> None:
        super().__init__(fields={"number": _WAS_HERE})
        self.place = place


def typed(class_: Unit, *, name: str, number: str, birth: str) -> Row:
    """What was typed about a student of this class, cleaned as the rows of a file are."""
    return reading.by_hand(
        {
            Column.CLASS: class_.name,
            Column.GRADE: str(class_.grade),
            Column.NAME: html.line(name),
            Column.NUMBER: html.line(number),
            Column.BIRTH: html.line(birth),
        }
    )


def place_of(student: Person) -> Enrolment:
    """Where a student is now; whoever has left is not there to be changed."""
    place = pupil_queries.place_of(student.id)
    if place is None:
        raise NotFound
    return place


def enrol(class_: Unit, row: Row, *, anew: bool = False, by: Actor) -> Person:
    """Add one student to a class.

    Raises ``NumberHeld`` where the number is taken, ``WasHere`` where the child seems to come back
    and nobody has said that it is another one (``anew``), ``Invalid`` with words for each field.
    """
    authorize(by, Permission.Roster.ENROL, class_)
    with transaction():
        school = _school_of(class_)
        lock(school)
        lock(class_)
        if class_.closed_on is not None:
            raise Invalid(_CLOSED)
        line = _judged(school, row, is_new=not anew)
        held = queries.holder(school.id, line.number)
        if held is not None:
            raise NumberHeld(held)
        if line.reason is Reason.WAS_HERE and line.formerly is not None:
            raise WasHere(session().get_one(Enrolment, line.formerly))
        _refuse(line)
        student = people.add_person(PersonKind.STUDENT, line.name, birth=line.birth)
        people.enrol(student, class_, number=line.number)
        trail.write(student, "enrolled", by=by)
    return student


def correct(student: Person, row: Row, *, understood: bool = False, by: Actor) -> bool:
    """Correct name, number and birth month; a birth left empty stays. Returns whether anything changed.

    A birth that changes whose consent counts needs a permission of its own, and to be ``understood``:
    ``births.Crosses`` is raised until it is. Raises ``NumberHeld``, and ``Invalid`` with words for each field.
    """
    place = place_of(student)
    authorize(by, Permission.Roster.CORRECT, place.class_)
    with transaction() as current:
        lock(place.school)
        line = _judged(place.school, row)
        held = queries.holder(place.school_id, line.number)
        if held is not None and held.person_id != student.id:
            raise NumberHeld(held)
        _refuse(line)
        changes = _changes(place, line)
        if Change.BIRTH in changes and line.birth is not None:
            crosses = births.crossing(student, line.birth) is not None
            if crosses and not may(by, Permission.Roster.CORRECT_AGE, place.class_):
                raise Invalid(fields={"birth": _CROSSES})
            births.correct(student, line.birth, understood=understood, by=by)
        if Change.NAME in changes:
            student.name = line.name
            trail.write(student, "corrected name", by=by)
        if line.number != place.student_number:
            place.student_number = line.number
            trail.write(student, "corrected number", by=by)
            changed = True
        else:
            changed = bool(changes)
        current.flush()
    return changed


def move(student: Person, class_id: int, *, day: date, by: Actor) -> None:
    """To another class of the school. The pair goes on, as it does when a roster moves a student."""
    place = place_of(student)
    authorize(by, Permission.Roster.MOVE, place.class_)
    with transaction() as current:
        hold(place)
        class_ = open_class(place.school_id, class_id)
        if class_.id == place.class_id:
            raise Invalid(fields={"class_id": _SAME_CLASS})
        check_day(place, day)
        place.until = day
        # The index allows one running enrolment: the old one ends in the table before the new begins.
        current.flush()
        people.enrol(student, class_, number=place.student_number, since=day)
        trail.write(student, "moved class", by=by)
        # Whoever takes a student in answers for them from here on: the rulebook reads this list.
        current.expire(student, ["enrolments"])


def hold(place: Enrolment) -> None:
    """Keep a running place, and whose it is, until the transaction ends.

    Raises ``IllegalMove`` where it ended while this one waited: what was read before is old by then.
    """
    lock(place.school)
    lock(place.person)
    lock(place)
    if place.until is not None:
        raise IllegalMove


def open_class(school_id: int, class_id: int) -> Unit:
    """A class of the school to which students can be added. Raises ``Invalid`` for ``class_id``."""
    class_ = session().get(Unit, class_id) if 0 < class_id <= numbers.LARGEST else None
    if class_ is None or class_.level is not Level.CLASS or class_.parent_id != school_id:
        raise Invalid(fields={"class_id": _NO_CLASS})
    if class_.closed_on is not None:
        raise Invalid(fields={"class_id": _CLOSED})
    return class_


def check_day(place: Enrolment, day: date) -> None:
    """Whether a place could have ended on that day. Raises ``Invalid`` for ``day``."""
    if not place.since <= day <= clock.today():
        raise Invalid(fields={"day": _NO_SUCH_DAY})


def _school_of(class_: Unit) -> Unit:
    school = class_.parent
    if class_.level is not Level.CLASS or school is None:
        raise NotFound
    return school


def _judged(school: Unit, row: Row, *, is_new: bool = False) -> Line:
    """What a roster of this one row would do: the same eyes look at both.

    Whether the child was here before is asked of those alone who seem to be new.
    """
    return planning.plan(school, Sheet((row,)), looks_back=is_new).lines[0]


def _refuse(line: Line) -> None:
    if line.reason is not None:
        raise refusal(line.reason)


def refusal(reason: Reason) -> Invalid:
    """A reason of the roster in words for a form, at the field that it is about."""
    field = reason.value.removeprefix("no_").partition("_")[0]
    named = {
        "another": "name",
        "grade": "class_id",
        "class": "class_id",
        "formula": "name",
        "was": "number",
        "merged": "number",
    }
    words = _BY_HAND.get(reason, wording.REASONS[reason])
    return Invalid(fields={named.get(field, field): words})


def _changes(place: Enrolment, line: Line) -> frozenset[Change]:
    """Also under a new number a record never goes to another child."""
    stored = StoredStudent(
        place.person_id,
        place.id,
        place.class_id,
        place.student_number,
        place.person.name,
        place.person.birth_year,
        place.person.birth_month,
        answered=True,
    )
    try:
        return planning.differences(stored, line.name, line.birth, agrees=False)
    except Refused as refused:
        raise refusal(refused.reason) from refused
