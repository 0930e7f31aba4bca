"""Loads the demo: two supporting and two supported counties, six schools, twelve classes, 300 students."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import passwords
from penpal.accounts import services as accounts
from penpal.accounts.models import Enrolment, Person, PersonKind, Role, RoleGrant
from penpal.config import Settings
from penpal.consent import services as consent
from penpal.consent.models import Consent, Giver, How, Purpose
from penpal.demo import (
    bookshelf,
    column,
    correspondence,
    enclosures,
    library,
    resting,
    talk,
    together,
    told,
    waiting,
)
from penpal.demo.plan import ABOVE_SCHOOLS, CLASS_SIZE, SCHOOLS, UNPAIRED, SchoolPlan
from penpal.kernel import clock, html
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Conflict
from penpal.places import queries as places
from penpal.places import services as tree
from penpal.places.models import Kind, Unit
from penpal.profiles.models import Profile
from penpal.programmes import queries as programmes
from penpal.programmes import services as programme_services
from penpal.programmes.models import Programme, ProgrammeKey
from penpal.twinning import queries as pairs
from penpal.twinning import services as twinning
from penpal.twinning.models import Pair, Twinning

SEED = 20260901
PASSWORD = "penpal-demo"
TERM_BEGAN = date(2026, 9, 1)
PAIRED_ON = date(2026, 9, 10)

SIGN_INS = (
    ("xiaohe", "student, Beijing (小禾)"),
    ("xiaomai", "student, Hotan, her partner (小麦)"),
    (resting.LOGIN, "student, Tianjin, where chat is open for an hour after school"),
    ("banzhuren.bj", "class teacher of 小禾"),
    ("banzhuren.ht", "class teacher of 小麦"),
    ("tuanwei.bj", "school secretary, Beijing"),
    ("tuanwei.ht", "school secretary, Hotan"),
    ("xianwei.ht", "county secretary, Hotan City"),
    ("shengwei.bj", "province secretary, Beijing"),
    ("bianji", "editor of the newspaper column"),
    ("bianji2", "a second editor"),
)


def load(*, settings: Settings, seed: int = SEED) -> None:
    """Load everything in one transaction. Raises ``Conflict`` when anybody is there already.

    ``programmes.services.load`` must have run.
    """
    if session().scalar(sa.select(Person.id).limit(1)) is not None:
        raise Conflict(_l("数据库里已经有人了。演示数据只能装进空的数据库。"))
    hashed = passwords.hashed(PASSWORD)
    with transaction():
        _Loader(hashed, settings, random.Random(seed)).run()
    together.take_pictures()
    enclosures.take_pictures()
    column.lay()


class _Loader:
    """Holds what the steps of one load share."""

    def __init__(self, hashed: str, settings: Settings, chance: random.Random) -> None:
        self.hashed, self.settings, self.chance = hashed, settings, chance
        self.names = library.names()
        self.free_names = list(self.names["given"])
        self.free_supported_names = list(self.names["given_supported"])
        self.chance.shuffle(self.free_names)
        self.chance.shuffle(self.free_supported_names)
        self.pen_pals: Programme = programmes.programme(ProgrammeKey.PEN_PALS)

    def run(self) -> None:
        opened = programme_services.open_round(self.pen_pals, TERM_BEGAN.year)
        schools = {plan.code: self._school(plan) for plan in SCHOOLS}
        for login, name, role, code in ABOVE_SCHOOLS:
            self._staff(login, name, role, _region(code))
        for plan in SCHOOLS:
            programme_services.report_count(
                opened, schools[plan.code], classes=plan.counted[0], students=plan.counted[1]
            )
        for plan in SCHOOLS:
            if plan.supported_by:
                self._twin(plan, schools[plan.code], schools[plan.supported_by])
        self._lay_before_the_teacher()
        resting.lay(schools)
        talk.lay()
        together.lay(random.Random(SEED + 1))
        bookshelf.lay(random.Random(SEED + 2))
        told.lay()

    def _lay_before_the_teacher(self) -> None:
        """Of the class of 小禾, in the order in which they were paired."""
        star = session().scalars(sa.select(Person).where(Person.login_name == "xiaohe")).one()
        class_id = next(row.class_id for row in star.enrolments)
        grant = sa.select(RoleGrant.person_id).where(RoleGrant.unit_id == class_id)
        teacher = session().scalars(sa.select(Person).where(Person.id.in_(grant))).one()
        statement = (
            sa.select(Pair)
            .join(Enrolment, Enrolment.person_id == Pair.supporting_student_id)
            .where(Enrolment.class_id == class_id)
            .order_by(Pair.id)
        )
        waiting.lay(list(session().scalars(statement)), teacher)

    def _school(self, plan: SchoolPlan) -> Unit:
        county = places.by_code(plan.county_code) or tree.add(
            Kind.COUNTY,
            plan.county,
            parent=_region(plan.region),
            code=plan.county_code,
            name_en=plan.county_en,
        )
        school = tree.add(Kind.SCHOOL, plan.name, parent=county, code=plan.code)
        if plan.secretary:
            self._staff(plan.secretary, plan.secretary_name, Role.SCHOOL_SECRETARY, school)
        for index, (class_name, login, teacher) in enumerate(plan.classes):
            class_ = tree.add(Kind.CLASS, class_name, parent=school, grade=8)
            self._staff(login, teacher, Role.TEACHER, class_)
            star = plan.star if index == 0 else None
            for number in range(1, CLASS_SIZE + 1):
                self._student(
                    plan, class_, f"2025{index + 1:02}{number:02}", star if number == 7 else None
                )
        return school

    def _staff(self, login: str, name: str, role: Role, unit: Unit) -> Person:
        person = accounts.add_person(
            PersonKind.STAFF, name, login_name=login, display_name=name, is_demo=True
        )
        self._activate(person)
        # Whoever came in only just now is no second person in an emergency.
        person.activated_at = clock.now() - timedelta(days=30)
        accounts.grant(person, role, unit, since=TERM_BEGAN)
        return person

    def _student(
        self, plan: SchoolPlan, class_: Unit, number: str, star: tuple[str, str] | None
    ) -> None:
        login, name = star or ("", self._name_for(plan))
        months = self.chance.randrange(13 * 12 + 2, 14 * 12 + 4) if not star else 13 * 12 + 5
        born = divmod(TERM_BEGAN.year * 12 + TERM_BEGAN.month - 1 - months, 12)
        person = accounts.add_person(
            PersonKind.STUDENT,
            name,
            login_name=login,
            display_name=name,
            birth=(born[0], born[1] + 1),
            is_demo=True,
        )
        accounts.enrol(person, class_, number=number, since=TERM_BEGAN)
        self._profile(person, plan, is_star=star is not None)
        if star or self.chance.random() < 0.93:
            self._activate(person)
            self._consent(person)

    def _name_for(self, plan: SchoolPlan) -> str:
        usual_there = bool(plan.supported_by) and self.chance.random() < 0.4
        return (
            self.free_supported_names
            if usual_there and self.free_supported_names
            else self.free_names
        ).pop()

    def _activate(self, person: Person) -> None:
        person.password_hash = self.hashed
        person.activated_at = clock.now()

    def _consent(self, person: Person) -> None:
        consent.record_many([person.id], by=SYSTEM, given_on=TERM_BEGAN)
        if (person.age_on(clock.today()) or 0) >= 14:
            session().add(
                Consent(
                    person_id=person.id,
                    purpose=Purpose.TAKING_PART,
                    giver=Giver.STUDENT,
                    how=How.ON_SCREEN,
                    given_on=TERM_BEGAN,
                )
            )

    def _profile(self, person: Person, plan: SchoolPlan, *, is_star: bool) -> None:
        supported = bool(plan.supported_by)
        own = library.star_profiles().get(person.display_name) if is_star else None
        written: dict[str, Any] = own or {
            "interests": self.chance.sample(self.names["interests"], 3),
            "introduction": self.chance.choice(
                self.names["introductions"] + self.names[f"introductions_{plan.side}"]
            ),
            "question": self.chance.choice(
                self.names["ask"]
                + self.names["ask_from_supported" if supported else "ask_from_supporting"]
            ),
        }
        session().add(
            Profile(
                person_id=person.id,
                interests=written["interests"],
                introduction=written["introduction"],
                introduction_html=html.plain(written["introduction"]),
                question=written["question"],
            )
        )

    def _twin(self, plan: SchoolPlan, supported: Unit, supporting: Unit) -> None:
        county_here, county_there = supported.parent, supporting.parent
        assert county_here is not None
        assert county_there is not None
        from_above = pairs.running_of(self.pen_pals, county_here)
        if from_above is None:
            self._tie_units(county_here, county_there)
        self._tie_units(supported, supporting)
        here = sorted(supported.children, key=lambda unit: unit.id)
        there = sorted(supporting.children, key=lambda unit: unit.id)
        for class_here, class_there in zip(here, there, strict=True):
            under = self._tie_units(class_here, class_there)
            self._pair_students(plan, under, class_here, class_there)

    def _tie_units(self, supported: Unit, supporting: Unit) -> Twinning:
        tied = twinning.propose(
            self.pen_pals, supported=supported, supporting=supporting, by=SYSTEM
        )
        twinning.confirm(tied, by=SYSTEM)
        return tied

    def _pair_students(self, plan: SchoolPlan, under: Twinning, here: Unit, there: Unit) -> None:
        supported, supporting = self._shuffled(here), self._shuffled(there)
        self._put_stars_together(supported, supporting)
        for one, other in list(zip(supported, supporting, strict=True))[: CLASS_SIZE - UNPAIRED]:
            pair = Pair(
                programme_id=self.pen_pals.id,
                twinning_id=under.id,
                supported_student=one,
                supporting_student=other,
                since=PAIRED_ON,
            )
            session().add(pair)
            session().flush()
            if one.activated_at and other.activated_at:
                correspondence.write(pair, plan.side, plan.partner_side, self.chance)

    def _shuffled(self, class_: Unit) -> list[Person]:
        students = list(
            session().scalars(
                sa.select(Person)
                .join(Enrolment)
                .where(Enrolment.class_id == class_.id)
                .order_by(Person.id)
            )
        )
        self.chance.shuffle(students)
        return students

    def _put_stars_together(self, supported: list[Person], supporting: list[Person]) -> None:
        for students in (supported, supporting):
            students.sort(key=lambda student: student.login_name not in ("xiaohe", "xiaomai"))


def _region(code: str) -> Unit:
    region = places.by_code(code)
    if region is None:
        raise LookupError(f"region {code} was not loaded")
    return region
