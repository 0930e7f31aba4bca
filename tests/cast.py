"""The permanent cast: the same people in every test, so that a test says only what is special about it.

Beijing (supporting) and Hotan (supported) are twinned down to the class; Tianjin has to do with neither.

- 小禾 and 小麦 are a pair; 小林 (Beijing) and 小朵 (Hotan) sit in the twinned classes without a partner.
- 小秋 sits in the Beijing school's other class of the grade, free too.
- 小满 is thirteen and nobody signed for her; 小远 is from Tianjin and a stranger to all.
- Each school has a class teacher and a secretary; a county secretary and an editor stand outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from penpal.accounts import passwords, snapshots
from penpal.accounts import services as accounts
from penpal.accounts.models import Person, PersonKind, Role
from penpal.consent import services as consent
from penpal.kernel import clock
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import session, transaction
from penpal.notices.models import Notice
from penpal.places import queries as places
from penpal.places import services as tree
from penpal.places.models import Kind, Unit
from penpal.programmes import queries as programmes
from penpal.programmes import services as programme_services
from penpal.programmes.models import ProgrammeKey
from penpal.twinning import services as twinning
from penpal.twinning.models import Pair, Twinning

PASSWORD = "three quiet poplars"
THIRTEEN = (clock.today().year - 13, 1)
FIFTEEN = (clock.today().year - 15, 1)

STUDENTS = ("xiaohe", "xiaolin", "xiaoqiu", "xiaoman", "xiaomai", "xiaoduo", "xiaoyuan")
STAFF = (
    "teacher_bj",
    "teacher_ht",
    "teacher_tj",
    "secretary_bj",
    "secretary_ht",
    "secretary_tj",
    "county_bj",
    "editor",
)

_numbers: dict[tuple[object, str], int] = {}


@dataclass(frozen=True)
class Cast:
    """Finds the people and units of the test database by name."""

    def person(self, login_name: str) -> Person:
        return session().scalars(sa.select(Person).where(Person.login_name == login_name)).one()

    def actor(self, login_name: str) -> Actor:
        """The person as the product sees them when they are signed in."""
        actor = snapshots.of(self._number(login_name))
        assert actor is not None
        return actor

    def _number(self, login_name: str) -> int:
        """Of the permanent cast it is asked once for each database: a test names them many times."""
        if login_name not in STUDENTS + STAFF:
            return self.person(login_name).id
        key = session().get_bind(), login_name
        if key not in _numbers:
            _numbers[key] = self.person(login_name).id
        return _numbers[key]

    def unit(self, code: str) -> Unit:
        unit = places.by_code(code)
        assert unit is not None
        return unit

    def pair(self) -> Pair:
        """小禾 and 小麦."""
        return session().scalars(sa.select(Pair).order_by(Pair.id)).first()  # type: ignore[return-value]

    def class_twinning(self) -> Twinning:
        statement = sa.select(Twinning).where(Twinning.supported_id == self.unit("ht-class").id)
        return session().scalars(statement).one()


def build(password: str = PASSWORD) -> None:
    """Fill an empty, migrated database with the cast, who all have one password."""
    programme_services.load()
    hashed = passwords.hashed(password)
    with transaction():
        pen_pals = programmes.programme(ProgrammeKey.PEN_PALS)
        opened = programme_services.open_round(pen_pals, 2026)
        beijing = _school("beijing", "bj", "东城区", "槐树中学", ("初二(3)班", "初二(4)班"))
        hotan = _school("hetian-shi", "ht", "", "白杨中学", ("八年级(2)班",))
        tianjin = _school("tianjin", "tj", "河西区", "海河中学", ("初二(1)班",))
        for school, classes, students in ((beijing, 20, 800), (hotan, 12, 480), (tianjin, 18, 700)):
            programme_services.report_count(opened, school, classes=classes, students=students)

        _student("xiaohe", "小禾", "bj-class", hashed)
        _student("xiaolin", "小林", "bj-class", hashed)
        _student("xiaoqiu", "小秋", "bj-class-2", hashed)
        _student("xiaoman", "小满", "bj-class", hashed, consented=False)
        _student("xiaomai", "小麦", "ht-class", hashed)
        _student("xiaoduo", "小朵", "ht-class", hashed)
        _student("xiaoyuan", "小远", "tj-class", hashed)
        for side in ("bj", "ht", "tj"):
            _staff(f"teacher_{side}", "班主任", Role.TEACHER, f"{side}-class", hashed)
            _staff(f"secretary_{side}", "书记", Role.SCHOOL_SECRETARY, f"{side}-school", hashed)
        _staff("county_bj", "县书记", Role.COUNTY_SECRETARY, "bj-county", hashed)
        _staff("editor", "编辑", Role.EDITOR, "centre", hashed)

        for supported, supporting in (
            ("hetian-shi", "bj-county"),
            ("ht-school", "bj-school"),
            ("ht-class", "bj-class"),
        ):
            tied = twinning.propose(
                pen_pals, supported=_unit(supported), supporting=_unit(supporting), by=SYSTEM
            )
            twinning.confirm(tied, by=SYSTEM)
        twinning.tie(tied, supported=_person("xiaomai"), supporting=_person("xiaohe"), by=SYSTEM)
        # All of that was a while ago: nobody has new notices.
        session().execute(sa.update(Notice).values(seen_at=Notice.at))


def _school(region: str, side: str, county: str, name: str, classes: tuple[str, ...]) -> Unit:
    above = _unit(region)
    if county:
        above = tree.add(Kind.COUNTY, county, parent=above, code=f"{side}-county")
    school = tree.add(Kind.SCHOOL, name, parent=above, code=f"{side}-school")
    for number, class_name in enumerate(classes, start=1):
        code = f"{side}-class" if number == 1 else f"{side}-class-{number}"
        tree.add(Kind.CLASS, class_name, parent=school, code=code, grade=8)
    return school


def _student(
    login: str, name: str, class_code: str, hashed: str, *, consented: bool = True
) -> None:
    person = accounts.add_person(
        PersonKind.STUDENT, name, login_name=login, display_name=name, birth=THIRTEEN
    )
    person.password_hash, person.activated_at = hashed, clock.now()
    accounts.enrol(person, _unit(class_code), number=f"2025{person.id:04}", since=date(2026, 9, 1))
    if consented:
        consent.record_many([person.id], by=SYSTEM)


def _staff(login: str, name: str, role: Role, unit_code: str, hashed: str) -> None:
    person = accounts.add_person(PersonKind.STAFF, name, login_name=login, display_name=name)
    # They have been in office for a while: whoever came in today is no second person yet.
    person.password_hash, person.activated_at = hashed, clock.now() - timedelta(days=30)
    accounts.grant(person, role, _unit(unit_code), since=date(2026, 9, 1))


def _unit(code: str) -> Unit:
    unit = places.by_code(code)
    assert unit is not None, code
    return unit


def _person(login: str) -> Person:
    return session().scalars(sa.select(Person).where(Person.login_name == login)).one()
