"""The rulebook: its printed matrix is reviewed, what it prints is true, and every model has a scope."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from enum import Enum

import pytest
from flask import Flask

from penpal.accounts.models import Person, PersonKind, Role, RoleGrant
from penpal.accounts.offices import HANDED_OVER, Office
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.theme_models import Theme
from penpal.config import ROOT
from penpal.consent import links
from penpal.consent.models import GuardianLink
from penpal.desk import matrix
from penpal.kernel import access, clock, machine
from penpal.kernel.access import NOBODY, SYSTEM, Actor, Grant
from penpal.kernel.db import Model, session
from penpal.kernel.errors import NotFound, NotPermitted
from penpal.letters.models import Letter
from penpal.media.models import Photo
from penpal.permissions import Permission, every
from penpal.places.models import Unit
from penpal.reading.models import SharedBook
from penpal.reading.note_models import ReadingNote, Reflection
from penpal.safeguarding import items
from penpal.safeguarding import services as reports
from penpal.safeguarding.block_models import Block, BlockNote
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.models import Addressee, Raised, Report
from penpal.safeguarding.opening_models import Basis, Opening
from penpal.safeguarding.opening_states import OpeningState
from penpal.twinning.models import Pair, Twinning
from tests.house.conftest import World

REVIEWED = ROOT / "tests" / "house" / "rulebook.txt"
RENEW = ".venv/bin/flask --app app rulebook > tests/house/rulebook.txt"
ABOUT_A_STUDENT = {
    Permission.Account.RESET,
    Permission.Unit.SEE_STUDENT,
    *Permission.Consent,
    *Permission.Paper,
}
RECORDLESS = {
    Permission.Photo.KEEP,
    Permission.Report.MAKE,
    Permission.Letter.LIST,
    Permission.Activity.LIST,
    Permission.Book.LIST,
    Permission.Theme.PUT_UP,
}


def test_the_matrix_is_the_one_that_was_reviewed(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(args=["rulebook"]).output

    assert printed == REVIEWED.read_text(encoding="utf-8"), (
        f"Who may do what has changed. Read the difference; if it is meant, renew it with: {RENEW}"
    )


def test_every_permission_is_named_in_words(app: Flask) -> None:
    assert set(matrix.LABELS) == set(every())
    assert len({str(words) for words in matrix.LABELS.values()}) == len(every())
    assert set(matrix.column_names()) == set(matrix.KINDS)


def actors(world: World) -> Iterator[tuple[str, Actor]]:
    """Someone of every kind: near the pair on either side, and far away."""
    cast = world.cast
    for who in ("xiaohe", "xiaomai", "xiaolin", "xiaoyuan"):
        yield "student", cast.actor(who)
    yield "student_without_consent", cast.actor("xiaoman")
    places = {
        Role.TEACHER: ("bj-class", "ht-class", "tj-class"),
        Role.SCHOOL_SECRETARY: ("bj-school", "ht-school", "tj-school"),
        Role.COUNTY_SECRETARY: ("bj-county", "hetian-shi", "tj-county"),
        Role.PROVINCE_SECRETARY: ("beijing", "tianjin"),
        Role.CORPS_SECRETARY: ("beijing", "tianjin"),
        Role.CENTRE_SECRETARY: ("centre",),
        Role.EDITOR: ("centre",),
        Role.OPERATOR: ("centre",),
    }
    for role, codes in places.items():
        for number, code in enumerate(codes):
            unit = cast.unit(code)
            yield (
                role.value,
                Actor(
                    kind="staff",
                    person_id=90_000 + number,
                    grants=(Grant(role.value, unit.id, unit.path),),
                ),
            )
    yield "guardian", links.SOMEBODY
    yield "system", SYSTEM
    yield "nobody", NOBODY


def records(world: World, permission: Enum) -> list[object]:
    """Real things that the permission is about; one nothing where it is about none."""
    of: dict[type, list[object]] = {
        Permission.Pair: [world.cast.pair()],
        Permission.Twinning: list(session().query(Twinning)),
        Permission.Letter: [world.letter(name) for name in world.letters],
        Permission.Report: [world.report(name) for name in world.reports],
        Permission.Unit: list(session().query(Unit).where(Unit.level.in_(["class", "school"]))),
        Permission.Roster: list(session().query(Unit).where(Unit.level.in_(["class", "school"]))),
    }
    of[Permission.Activity] = [session().get_one(Activity, n) for n in world.activities.values()]
    of[Permission.ActivityRecord] = [
        session().get_one(ActivityRecord, number) for number in world.records.values()
    ]
    of[Permission.Photo] = [session().get_one(Photo, number) for number in world.photos.values()]
    of[Permission.Theme] = [session().get_one(Theme, world.theme)]
    of[Permission.Book] = [session().get_one(SharedBook, n) for n in world.books.values()]
    of[Permission.Note] = [session().get_one(ReadingNote, n) for n in world.notes.values()]
    of[Permission.Reflection] = list(session().query(Reflection))
    if permission in (Permission.Note.WRITE, Permission.Reflection.WRITE):
        return of[Permission.Book]
    if permission is Permission.Book.PROPOSE:
        return of[Permission.Pair]
    if permission is Permission.ActivityRecord.WRITE:
        return of[Permission.Activity]
    if permission in (
        Permission.Consent.SEE_CLASS,
        Permission.Consent.CHOOSE_LANGUAGE,
        Permission.Theme.SEE_CLASS,
    ):
        return of[Permission.Unit]
    if permission is Permission.Consent.ANSWER:
        return list(session().query(GuardianLink))
    if type(permission) is Permission.Hold or permission is Permission.Letter.RELEASE:
        return held_for(world, permission)
    if type(permission) is Permission.Block:
        return pauses_for(world, permission)
    if permission is Permission.Report.REMIND:
        home = world.cast.unit("bj-class")
        levels = (Raised.COUNTY, Raised.PROVINCE)
        return [Report(class_=home, raised_to=level) for level in levels]
    if type(permission) is Permission.Opening:
        return openings_for(world, permission)
    if type(permission) is Permission.Office:
        return offices_for(world, permission)
    if permission in (Permission.Account.DISABLE, Permission.Account.RENEW_FACTOR):
        return [*session().query(Person), *colleagues(world)]
    if permission in ABOUT_A_STUDENT:
        return list(session().query(Person).where(Person.kind == "student"))
    if permission in RECORDLESS or type(permission) not in of:
        return [None]
    if permission in (Permission.Letter.WRITE, Permission.Activity.PROPOSE):
        return [world.cast.pair()]
    if permission is Permission.Pair.TIE:
        return of[Permission.Twinning]
    return of[type(permission)]


def held_for(world: World, permission: Enum) -> list[object]:
    """What waits for a teacher and for a secretary: the requests, or the letters themselves."""
    holds = [session().get_one(Hold, number) for number in (world.hold, world.handed_on)]
    if permission is Permission.Hold.ASK:
        return [items.read(hold.kind, hold.item_id) for hold in holds]
    if permission is Permission.Letter.RELEASE:
        return [session().get_one(Letter, hold.item_id) for hold in holds]
    return list(holds)


def pauses_for(world: World, permission: Enum) -> list[object]:
    """The pair, a pause of each of the two, and what the teachers of each are told."""
    if permission is Permission.Block.ASK:
        return [world.cast.pair()]
    if permission is Permission.Block.LIFT:
        askers = ("xiaohe", "xiaomai", "xiaoman")
        return [Block(asked_by_id=world.cast.person(who).id) for who in askers]
    return [BlockNote(class_=world.cast.unit(code)) for code in ("bj-class", "ht-class")]


def openings_for(world: World, permission: Enum) -> list[object]:
    """Openings around Beijing that run: asked by the first of ``actors``, and by somebody else."""
    recordless = (Permission.Opening.LIST, Permission.Opening.SEE_OWN, Permission.Opening.LAWFUL)
    if permission in recordless:
        return [None]
    if permission is Permission.Opening.ASK_IN_EMERGENCY:
        return list(session().query(Person).where(Person.kind == "student"))
    reported = [world.report(name) for name in world.reports]
    if permission is Permission.Opening.ASK_FOR_REPORT:
        return list(reported)
    until = clock.now() + timedelta(days=1)
    class_ = world.cast.unit("bj-class")
    with machine.beginning():
        found = [
            Opening(
                state=OpeningState.OPEN, until=until, asked_at=clock.now(), asked_by_id=asker, **of
            )
            for asker in (90_000, 1)
            for of in (
                {"basis": Basis.EMERGENCY, "class_": class_},
                *({"basis": Basis.REPORT, "report": each} for each in reported),
            )
        ]
        return [*found, Opening(state=OpeningState.ASKED, basis=Basis.LAWFUL)]


def offices_for(world: World, permission: Enum) -> list[object]:
    """An office of each kind around Beijing: held by the first of ``actors``, and by their deputy."""
    places = {
        Role.TEACHER: "bj-class",
        Role.SCHOOL_SECRETARY: "bj-school",
        Role.COUNTY_SECRETARY: "bj-county",
        Role.PROVINCE_SECRETARY: "beijing",
        Role.CORPS_SECRETARY: "beijing",
        Role.CENTRE_SECRETARY: "centre",
        Role.EDITOR: "centre",
        Role.OPERATOR: "centre",
    }
    at = {role: world.cast.unit(code) for role, code in places.items()}
    if permission is Permission.Office.WEAR:
        return [None]
    if permission is Permission.Office.SEE:
        return [unit for role, unit in at.items() if role is not Role.TEACHER]
    if permission is Permission.Office.GRANT:
        return [Office(role, unit) for role, unit in at.items()]
    held: list[object] = []
    for role, unit in at.items():
        place = {"role": role, "unit": unit, "unit_id": unit.id}
        one = RoleGrant(person_id=90_000, person=Person(id=90_000), **place)
        deputy = RoleGrant(person_id=90_100, person=Person(id=90_100), **place)
        deputy.deputy_for, deputy.deputy_for_id = one, 1
        held += [one, deputy] if role in HANDED_OVER else [one]
    return held


def colleagues(world: World) -> list[Person]:
    """Secretaries of the levels that nobody in the cast holds, for whom the centre answers."""
    return [
        Person(
            id=80_000 + number,
            kind=PersonKind.STAFF,
            grants=[RoleGrant(role=role, unit=world.cast.unit("beijing"), since=clock.today())],
        )
        for number, role in enumerate((Role.PROVINCE_SECRETARY, Role.CORPS_SECRETARY))
    ]


def test_nobody_is_ever_let_in_whom_the_matrix_does_not_name(world: World) -> None:
    people = list(actors(world))
    for permission in every():
        for record in records(world, permission):
            for kind, actor in people:
                if access.may(actor, permission, record):
                    assert kind != "nobody", permission
                    assert matrix.cell(permission, kind) != matrix.NEVER, (permission, kind)


def test_each_clause_holds_only_for_the_kinds_that_its_predicates_name(world: World) -> None:
    people = list(actors(world))
    for permission in every():
        found = records(world, permission)
        for clause in access.book().rules[permission]:
            for record in found:
                for kind, actor in people:
                    if all(predicate(actor, record) for predicate in clause):
                        assert matrix.can_hold(clause, kind), (permission, kind)


def test_whomever_the_matrix_names_is_let_in_somewhere(world: World) -> None:
    """A promise that can never be kept would mislead whoever checks the printed page."""
    # The corps keeps a chain of its own; each office is tried where the records of this world lie.
    world.reports["above"] = reports.tell(
        key="world-above",
        words="越过学校的事",
        addressee=Addressee.ABOVE,
        by=world.cast.actor("xiaohe"),
    ).id
    # A second person for an opening is one who has come in and whose office stands in the database.
    people = [
        *actors(world),
        (Role.TEACHER.value, world.cast.actor("teacher_bj")),
        (Role.SCHOOL_SECRETARY.value, world.cast.actor("secretary_bj")),
        (Role.COUNTY_SECRETARY.value, world.cast.actor("county_bj")),
    ]
    for permission in every():
        found = records(world, permission)
        for kind in matrix.KINDS:
            if matrix.cell(permission, kind) != matrix.NEVER:
                tried = [actor for own, actor in people if own == kind]
                assert any(
                    access.may(actor, permission, record) for actor in tried for record in found
                ), (permission, kind)


def test_a_stranger_has_no_right_to_anything_of_others(world: World) -> None:
    cast = world.cast
    near = [unit.id for unit in (cast.unit("tj-class"), cast.unit("tj-school"))]
    # 小远 for her teacher and her school, the teacher for the school's secretary.
    own = {cast.person(who).id for who in ("xiaoyuan", "teacher_tj")}
    for who in ("xiaoyuan", "teacher_tj", "secretary_tj", "editor"):
        actor = cast.actor(who)
        for permission in every():
            for record in records(world, permission):
                ours = isinstance(record, Unit) and record.id in near
                ours = ours or (isinstance(record, Person) and record.id in own)
                if record is not None and permission is not Permission.Consent.AGREE and not ours:
                    assert not access.may(actor, permission, record), (who, permission)


def test_no_member_of_staff_may_read_a_sealed_letter_or_a_draft(world: World) -> None:
    for name in ("opened", "waiting", "draft"):
        letter = world.letter(name)
        for kind, actor in actors(world):
            if kind not in ("student", "student_without_consent"):
                assert not access.may(actor, Permission.Letter.READ, letter), (name, kind)


def test_every_model_has_a_scope() -> None:
    mapped = {mapper.class_ for mapper in Model.registry.mappers}

    assert mapped
    assert set(access.book().scopes) == mapped


def test_nobody_sees_nothing_through_any_scope(world: World) -> None:
    for model in access.book().scopes:
        found = session().scalars(access.visible(model, NOBODY)).unique().all()

        assert found == [], model.__name__


def test_the_system_sees_everything_through_every_scope(world: World) -> None:
    for model in access.book().scopes:
        found = session().scalars(access.visible(model, SYSTEM)).unique().all()

        assert len(found) == session().query(model).count(), model.__name__


def test_a_stranger_sees_no_row_of_others_through_any_scope(world: World) -> None:
    for who in ("xiaoyuan", "teacher_tj", "secretary_tj", "county_bj", "editor"):
        actor = world.cast.actor(who)
        for model in (Letter, Report, Pair):
            assert session().scalars(access.visible(model, actor)).all() == [], (who, model)


def test_staff_sees_no_sealed_letter_through_the_scope(world: World) -> None:
    for who in ("teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht", "county_bj", "editor"):
        found = session().scalars(access.visible(Letter, world.cast.actor(who))).all()

        expected = [world.letters["postcard"]] if who == "teacher_bj" else []
        assert [letter.id for letter in found] == expected, who


def test_what_one_may_not_see_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        access.load(Letter, world.cast.actor("xiaolin"), world.letters["opened"])
    with pytest.raises(NotFound):
        access.load(Letter, world.cast.actor("xiaohe"), 999_999)


def test_what_one_sees_and_may_not_do_is_refused(world: World) -> None:
    recipient = world.cast.actor("xiaomai")
    letter = access.load(Letter, recipient, world.letters["opened"])

    with pytest.raises(NotPermitted):
        access.authorize(recipient, Permission.Letter.SEND, letter)
