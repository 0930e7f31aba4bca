"""Small facts about a shared book, a note or a reflection, and who asks."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role
from penpal.accounts.predicates import (
    STAFF,
    STUDENT,
    SYSTEM,
    WAITING_STUDENT,
    holds_over,
)
from penpal.kernel.access import Actor, fact
from penpal.places.models import Unit
from penpal.reading import shown
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope, ReadingNote, Reflection
from penpal.twinning.states import PairState

ANYONE = (STUDENT, WAITING_STUDENT, *STAFF, SYSTEM)


@fact(_l("自己这一对的"), STUDENT, WAITING_STUDENT)
def is_of_ones_pair(actor: Actor, book: SharedBook) -> bool:
    return actor.person_id is not None and book.pair.has(actor.person_id)


@fact(_l("结对还在继续"), *ANYONE)
def pair_is_active(_actor: Actor, book: SharedBook) -> bool:
    return book.pair.state is PairState.ACTIVE


@fact(_l("自己提的"), STUDENT, WAITING_STUDENT)
def proposed_it(actor: Actor, book: SharedBook) -> bool:
    return actor.person_id is not None and book.proposed_by_id == actor.person_id


@fact(_l("伙伴提的"), STUDENT, WAITING_STUDENT)
def partner_proposed_it(actor: Actor, book: SharedBook) -> bool:
    return (
        actor.person_id is not None
        and book.pair.has(actor.person_id)
        and book.proposed_by_id != actor.person_id
    )


@fact(_l("自己写的"), STUDENT, WAITING_STUDENT)
def is_author(actor: Actor, written: ReadingNote | Reflection) -> bool:
    return actor.person_id is not None and written.author_id == actor.person_id


@fact(_l("伙伴写的"), STUDENT, WAITING_STUDENT)
def is_partner(actor: Actor, written: ReadingNote | Reflection) -> bool:
    return (
        actor.person_id is not None
        and written.author_id != actor.person_id
        and written.book.pair.has(actor.person_id)
    )


@fact(_l("结对还在继续"), *ANYONE)
def its_pair_is_active(_actor: Actor, written: ReadingNote | Reflection) -> bool:
    return written.book.pair.state is PairState.ACTIVE


@fact(_l("已经读到那里，或者选了先看"), STUDENT, WAITING_STUDENT)
def has_come_to_it(actor: Actor, note: ReadingNote) -> bool:
    return actor.person_id is not None and shown.is_before(note, actor.person_id)


@fact(_l("伙伴还没读到那里"), STUDENT, WAITING_STUDENT)
def partner_is_not_there_yet(actor: Actor, note: ReadingNote) -> bool:
    """What the partner has before them is like a letter that was sent: it stays as it is."""
    pair = note.book.pair
    return pair.has(actor.person_id) and not shown.is_before(
        note, pair.partner_id_of(actor.person_id)
    )


@fact(_l("两个人都写完了，或者作者先拿出来了"), STUDENT, WAITING_STUDENT)
def is_shown(actor: Actor, reflection: Reflection) -> bool:
    return actor.person_id is not None and shown.is_reflection_before(reflection, actor.person_id)


@fact(_l("作者让老师也可以看"), *ANYONE)
def is_open(_actor: Actor, written: ReadingNote | Reflection) -> bool:
    return written.envelope is Envelope.OPEN


@fact(_l("已经写完"), *ANYONE)
def is_finished(_actor: Actor, reflection: Reflection) -> bool:
    return not reflection.is_draft


@fact(_l("自己班学生写的"), Role.TEACHER.value)
def teaches_author(actor: Actor, written: ReadingNote | Reflection) -> bool:
    return any(
        holds_over(actor, row.class_.path, Role.TEACHER)
        for row in _author(written).enrolments
        if row.until is None
    )


@fact(_l("自己的班"), STUDENT)
def sits_in(actor: Actor, class_: Unit) -> bool:
    """One's own class, of which one sees which books are read and by how many."""
    return actor.is_student and actor.unit_id == class_.id


def _author(written: ReadingNote | Reflection) -> Person:
    return written.author
