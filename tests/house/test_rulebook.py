"""The rulebook: its printed matrix is reviewed, what it prints is true, and every model has a scope."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.accounts.models import Person, Role
from penpal.chat.models import ChatLine
from penpal.config import ROOT
from penpal.desk import matrix
from penpal.kernel import access, clock
from penpal.kernel.access import NOBODY, SYSTEM
from penpal.kernel.db import Model, session, transaction
from penpal.kernel.errors import NotFound, NotPermitted
from penpal.letters.models import Letter
from penpal.media.models import Photo
from penpal.permissions import Permission, every
from penpal.places.models import Unit
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee, Report
from penpal.twinning.models import Pair
from tests.house.conftest import World
from tests.house.rulebook_records import actors, records

# Predicates are the same on both databases, and all are asked of all; scopes are asked of each.
ON_ONE = pytest.mark.parametrize("store", ["sqlite"], indirect=True)
REVIEWED = ROOT / "tests" / "house" / "rulebook.txt"
RENEW = ".venv/bin/flask --app app rulebook > tests/house/rulebook.txt"


def test_the_matrix_is_the_one_that_was_reviewed(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(args=["rulebook"]).output

    assert printed == REVIEWED.read_text(encoding="utf-8"), (
        f"Who may do what has changed. Read the difference; if it is meant, renew it with: {RENEW}"
    )


def test_every_permission_is_named_in_words(app: Flask) -> None:
    assert set(matrix.LABELS) == set(every())
    assert len({str(words) for words in matrix.LABELS.values()}) == len(every())
    assert set(matrix.column_names()) == set(matrix.KINDS)


@ON_ONE
def test_nobody_is_ever_let_in_whom_the_matrix_does_not_name(world: World) -> None:
    people = list(actors(world))
    for permission in every():
        for record in records(world, permission):
            for kind, actor in people:
                if access.may(actor, permission, record):
                    assert kind != "nobody", permission
                    assert matrix.cell(permission, kind) != matrix.NEVER, (permission, kind)


@ON_ONE
def test_each_clause_holds_only_for_the_kinds_that_its_predicates_name(world: World) -> None:
    people = list(actors(world))
    for permission in every():
        found = records(world, permission)
        for clause in access.book().rules[permission]:
            for record in found:
                for kind, actor in people:
                    if all(predicate(actor, record) for predicate in clause):
                        assert matrix.can_hold(clause, kind), (permission, kind)


@ON_ONE
def test_whomever_the_matrix_names_is_let_in_somewhere(world: World) -> None:
    """A promise that can never be kept would mislead whoever checks the printed page."""
    # The corps keeps a chain of its own; each office is tried where the records of this world lie.
    world.reports["above"] = reports.tell(
        key="world-above",
        words="越过学校的事",
        addressee=Addressee.ABOVE,
        by=world.cast.actor("xiaohe"),
    ).id
    # The world may be minutes old, and a line can be unsent for two.
    with transaction() as current:
        current.execute(
            sa.update(ChatLine).where(ChatLine.sent_at.is_not(None)).values(sent_at=clock.now())
        )
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


OF_THE_DESK = (
    *(*Permission.Issue, Permission.Submission.EDIT, Permission.Submission.TAKE_DOWN),
    Permission.ReaderWord.DECIDE,
)
"""What editors do with every piece that has come to them, whosever it is."""


@ON_ONE
def test_a_stranger_has_no_right_to_anything_of_others(world: World) -> None:
    cast = world.cast
    near = [unit.id for unit in (cast.unit("tj-class"), cast.unit("tj-school"))]
    # 小远 for her teacher and her school, the teacher for the school's secretary.
    own = {cast.person(who).id for who in ("xiaoyuan", "teacher_tj")}
    strangers = [cast.actor(who) for who in ("xiaoyuan", "teacher_tj", "secretary_tj", "editor")]
    for permission in every():
        for record in records(world, permission):
            ours = isinstance(record, Unit) and record.id in near
            ours = ours or (isinstance(record, Person) and record.id in own)
            # What is printed is for everybody's eyes.
            ours = ours or (isinstance(record, Photo) and record.id == world.published_photo)
            if record is not None and permission is not Permission.Consent.AGREE and not ours:
                for actor in strangers:
                    if actor.login_name == "editor" and permission in OF_THE_DESK:
                        continue
                    assert not access.may(actor, permission, record), (actor, permission)


@ON_ONE
def test_no_member_of_staff_may_read_a_sealed_letter_or_a_draft(world: World) -> None:
    for name in ("opened", "waiting", "draft", "posted"):
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
