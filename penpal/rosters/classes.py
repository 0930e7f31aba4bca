"""Verbs for a school's classes by hand: add, correct, close. Names are read as those of a roster are."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import office_queries
from penpal.accounts.models import RoleGrant
from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import services as places
from penpal.places.models import HIGHEST_GRADE, LOWEST_GRADE, Kind, Level, Unit
from penpal.rosters import classnames, pupil_queries, queries
from penpal.rosters.classnames import ClassName
from penpal.twinning.models import Twinning
from penpal.twinning.states import TwinningState

_UNREADABLE = _l("看不懂班名。写班号，或者写成 初二(3)班 这样。")
_DISAGREES = _l("班名和年级对不上，改成一样的。")
_NO_GRADE = _l("选一个年级，初一到高三。")
_THERE = _l("这个班已经有了。")
_THERE_CLOSED = _l("这个班原来有过，现在关着。把它重新用起来就行。")
_TWINNED = _l("这个班结过对，年级要和对方一样，不能改。升了年级就加一个新班，把学生换过去。")
_NOT_EMPTY = _l("班里还有学生。先给他们换班，或者办离校。")
_STILL_TWINNED = _l("这个班还在结对。先在“单位结对”里结束，再来关。")
_STILL_TAUGHT = _l("还有老师担任这个班的班主任。先在“人员”里结束任职，再来关。")


def add(school: Unit, *, grade: int, name: str, by: Actor) -> Unit:
    """Add a class. A bare number takes the way in which the school writes its other classes."""
    authorize(by, Permission.Roster.KEEP_CLASSES, school)
    with transaction():
        lock(school)
        read = _read(school, grade, name)
        _refuse_double(school, read, but=None)
        class_ = places.add(Kind.CLASS, read.name, parent=school, grade=read.grade)
        trail.write(class_, "added class", by=by)
    return class_


def correct(class_: Unit, *, grade: int, name: str, by: Actor) -> None:
    """Another name, or another grade as long as no twinning rests on it."""
    authorize(by, Permission.Roster.KEEP_CLASSES, class_)
    with transaction() as current:
        school = _hold(class_)
        read = _read(school, grade, name)
        if read.grade != class_.grade and _twinnings(class_):
            raise Invalid(fields={"grade": _TWINNED})
        _refuse_double(school, read, but=class_)
        if (read.name, read.grade) != (class_.name, class_.grade):
            class_.name, class_.grade = read.name, read.grade
            current.flush()
            trail.write(class_, "corrected class", by=by)


def close(class_: Unit, *, by: Actor) -> None:
    """Put an empty class out of sight. Raises ``Invalid`` with what has to come first."""
    authorize(by, Permission.Roster.KEEP_CLASSES, class_)
    with transaction():
        _hold(class_)
        if class_.closed_on is not None:
            raise IllegalMove
        standing = objections(class_)
        if standing:
            raise Invalid(standing[0])
        class_.closed_on = clock.today()
        trail.write(class_, "closed class", by=by)


def open_again(class_: Unit, *, by: Actor) -> None:
    """A class that was closed takes students again."""
    authorize(by, Permission.Roster.KEEP_CLASSES, class_)
    with transaction():
        _hold(class_)
        if class_.closed_on is None:
            raise IllegalMove
        class_.closed_on = None
        trail.write(class_, "opened class again", by=by)


def objections(class_: Unit) -> Sequence[object]:
    """What has to come before a class can be closed, in words."""
    running = [t for t in _twinnings(class_) if t.state is not TwinningState.ENDED]
    # An office over it would give its holder whoever comes into the class one day.
    taught = session().scalar(
        sa.select(sa.exists().where(RoleGrant.unit_id == class_.id, office_queries.running()))
    )
    return [
        words
        for stands, words in (
            (not pupil_queries.is_empty(class_.id), _NOT_EMPTY),
            (bool(running), _STILL_TWINNED),
            (bool(taught), _STILL_TAUGHT),
        )
        if stands
    ]


def may_change_grade(class_: Unit) -> bool:
    return not _twinnings(class_)


def _hold(class_: Unit) -> Unit:
    """Keep a class and its school until the transaction ends, and return the school."""
    school = class_.parent
    if class_.level is not Level.CLASS or school is None:
        raise NotFound
    lock(school)
    lock(class_)
    return school


def _twinnings(class_: Unit) -> list[Twinning]:
    """Ended ones too: their rows hold the grade fast."""
    return list(
        session().scalars(
            sa.select(Twinning).where(
                sa.or_(Twinning.supported_id == class_.id, Twinning.supporting_id == class_.id)
            )
        )
    )


def _read(school: Unit, grade: int, name: str) -> ClassName:
    """A whole name, or what stands after the grade. Raises ``Invalid`` for ``grade`` and ``name``."""
    if not LOWEST_GRADE <= grade <= HIGHEST_GRADE:
        raise Invalid(fields={"grade": _NO_GRADE})
    typed = html.line(name)
    try:
        whole = classnames.parse(typed, str(grade))
        if classnames.says_a_grade(typed):
            return whole
        return classnames.parse(f"{_way_of(school, grade)}{typed}", str(grade))
    except classnames.Disagreement as wrong:
        raise Invalid(fields={"name": _DISAGREES}) from wrong
    except (classnames.Unreadable, classnames.OutOfRange) as wrong:
        raise Invalid(fields={"name": _UNREADABLE}) from wrong


def _way_of(school: Unit, grade: int) -> str:
    """How the school writes this grade: as most of its classes of that grade, or of that stage, do."""
    names = [unit.name for unit in queries.classes_of(school.id)]
    in_stage, in_years = classnames.ways_to_write(grade)
    as_stage = sum(name.startswith(in_stage[0]) for name in names)
    as_years = sum(name.startswith(in_years) or "年级" in name for name in names)
    return in_stage if as_stage >= as_years and as_stage else in_years


def _refuse_double(school: Unit, read: ClassName, *, but: Unit | None) -> None:
    for unit in queries.classes_of(school.id):
        if but is not None and unit.id == but.id:
            continue
        if unit.name == read.name or classnames.key_of(unit) == read.key:
            raise Invalid(fields={"name": _THERE if unit.closed_on is None else _THERE_CLOSED})
