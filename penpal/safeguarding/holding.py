"""Verbs of a request for release: ask, take back, release, send back, hand on.

The guard finds something in what a child wrote. The child mends it, or asks a teacher to release
it: so the thing becomes open to that teacher, by its author's own choice, and says so. Nobody
else can bring a thing here (DOMAIN, 'A machine checks before sending').
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import due, hold_queries, items, noticing
from penpal.safeguarding.hold_models import HOLD_WORDS_MAX, Hold
from penpal.safeguarding.hold_states import RELEASE, RETURN, WITHDRAW, HoldState
from penpal.safeguarding.items import Content
from penpal.safeguarding.models import Addressee, ReportKind
from penpal.screening.findings import Finding

READ = "read asked"
"""That somebody of staff had a copy on their page."""


def ask(content: Content, findings: Sequence[Finding], *, words: str = "", by: Actor) -> Hold:
    """Ask the class teacher to release a thing of one's own; the copy that is judged is made now.

    Asking again for the same words gives the request that waits already. ``words`` says what the
    author wants the teacher to know, such as 'this is not a phone number'.
    """
    access.authorize(by, Permission.Hold.ASK, content)
    assert by.unit_id is not None
    said = _words(words, "words")
    with transaction() as current:
        waiting = hold_queries.running(content.kind, content.id)
        if waiting is not None and waiting.text == content.text:
            return waiting
        if waiting is not None:
            withdraw(waiting, by=by)
        hold = Hold(
            kind=content.kind,
            item_id=content.id,
            author_id=content.author_id,
            class_id=by.unit_id,
            title=content.title[:120],
            text=content.text,
            text_html=content.html,
            direction=content.direction,
            findings=[[found.kind.value, found.start, found.end] for found in findings],
            words=said,
            words_html=str(html.plain(said)),
            with_whom=_first_asked(session().get_one(Unit, by.unit_id)),
        )
        current.add(hold)
        current.flush()
        trail.write(hold, "ask for release", by=by, to_state=hold.state.value)
        noticing.asked(hold)
    return hold


def withdraw(hold: Hold, *, by: Actor) -> None:
    """The author takes the request back: to mend the words, or to let them be."""
    with transaction():
        machine.fire(WITHDRAW, hold, by=by, settled_at=clock.now())
        noticing.taken_back(hold)


def release(hold: Hold, *, words: str = "", by: Actor) -> None:
    """Send the thing on its way, as it was when its author asked, and open to the teacher who decides.

    ``words`` are for the author alone.
    """
    said = _words(words, "answer")
    with transaction():
        # The room that the thing belongs to asks whether the request still runs, so it goes first.
        access.authorize(by, Permission.Hold.DECIDE, hold)
        if hold.state is not HoldState.ASKED:
            raise IllegalMove
        deliver = items.handler_of(hold.kind).release
        assert deliver is not None
        became = deliver(hold.item_id, by)
        if became is not None:
            hold.kind, hold.item_id = became
        machine.fire(
            RELEASE,
            hold,
            by=by,
            decided_by_id=by.person_id,
            settled_at=clock.now(),
            answer=said,
            answer_html=str(html.plain(said)),
        )
        noticing.decided(hold, noticing.RELEASED)


def send_back(hold: Hold, *, words: str, by: Actor) -> None:
    """Give the thing back to its author with a word that says what to mend."""
    said = _words(words, "answer")
    if not said:
        raise Invalid(fields={"answer": _l("写一句：要改哪里，为什么。")})
    with transaction():
        machine.fire(
            RETURN,
            hold,
            by=by,
            decided_by_id=by.person_id,
            settled_at=clock.now(),
            answer=said,
            answer_html=str(html.plain(said)),
        )
        give_back = items.handler_of(hold.kind).send_back
        assert give_back is not None
        give_back(hold.item_id, by)
        noticing.decided(hold, noticing.RETURNED)


def hand_on(hold: Hold, *, by: Actor) -> None:
    """Let the school's secretary decide; the teacher goes on seeing it."""
    with transaction():
        # It may have been decided while this one waited.
        lock(hold)
        access.authorize(by, Permission.Hold.HAND_ON, hold)
        if hold.state is not HoldState.ASKED:
            raise IllegalMove
        if not people.staff_over(hold.class_.path, Role.SCHOOL_SECRETARY):
            raise IllegalMove(_l("学校现在没有团委书记，转不过去。"))
        hold.with_whom = Addressee.SCHOOL_SECRETARY
        trail.write(hold, "hand on", by=by)
        noticing.handed_on(hold)


def due_at(hold: Hold) -> datetime:
    """By when its teacher decides, in the hours of the school as for what a child tells."""
    return due.to_take(ReportKind.TOLD, hold.class_.parent_id, hold.asked_at)


def hand_on_late() -> int:
    """Give the school's secretary what no teacher decided in time. Safe to run twice; returns how many."""
    handed = 0
    now = clock.now()
    late = [hold.id for hold in hold_queries.with_teachers() if due_at(hold) < now]
    for number in late:
        with transaction() as current:
            hold = current.get_one(Hold, number)
            lock(hold)
            waits = hold.state is HoldState.ASKED and hold.with_whom is Addressee.TEACHER
            if not waits or not people.staff_over(hold.class_.path, Role.SCHOOL_SECRETARY):
                continue
            hold.with_whom = Addressee.SCHOOL_SECRETARY
            trail.write(hold, "hand on", by=SYSTEM)
            noticing.handed_on(hold)
            handed += 1
    return handed


def _first_asked(class_: Unit) -> Addressee:
    """The class teacher, or the school's secretary where the class has none."""
    taught = people.staff_over(class_.path, Role.TEACHER)
    return Addressee.TEACHER if taught else Addressee.SCHOOL_SECRETARY


def _words(written: str, field: str) -> str:
    said = html.normal(written).strip()
    if len(said) > HOLD_WORDS_MAX:
        raise Invalid(fields={field: _l("最多写 500 个字。")})
    return said
