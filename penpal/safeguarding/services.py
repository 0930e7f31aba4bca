"""Verbs of a report: tell, take up, hand on, answer; a worry; what the law asks; raising what waits."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Person
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import addressees, blocking, due, evidence, noticing, queries
from penpal.safeguarding.evidence_models import Evidence
from penpal.safeguarding.models import (
    REFERENCE_MAX,
    WORDS_MAX,
    Addressee,
    Authority,
    LegalReport,
    Outcome,
    Report,
    ReportKind,
)
from penpal.safeguarding.states import ANSWER, HAND_ON, OPEN, TAKE

About = tuple[str, int, str]
"""The kind, number and label of a thing."""


def tell(
    *,
    key: str,
    words: str,
    addressee: Addressee,
    by: Actor,
    about: About | None = None,
    shown: bool = False,
    pauses: bool = False,
) -> Report:
    """Tell a grown-up, and freeze what it is about in the same breath.

    Words may be empty: pointing at something is telling enough. The same key tells once. ``shown``
    says that the child wants the thing read; ``pauses`` stops letters until the child lifts it. Where
    the office it is for is empty it goes to the next one above.
    """
    access.authorize(by, Permission.Report.MAKE)
    written = _written(words, about)
    kind, number, label = about or ("", None, "")
    class_ = _class_of(by)
    now = clock.now()
    with transaction():
        told = queries.of_key(by, key)
        if told is not None:
            return told
        report = Report(
            key=key,
            reporter_id=by.person_id,
            class_id=class_.id,
            addressee=addressees.next_held(class_.path, addressee),
            about_kind=kind,
            about_id=number,
            about_label=label,
            shown=shown and about is not None,
            words=written,
            words_html=html.plain(written),
            told_at=now,
            due_at=due.to_take(ReportKind.TOLD, class_.parent_id, now),
        )
        _store(report, class_)
        trail.write(report, "tell", by=by, to_state=report.state.value)
        noticing.told(report)
        frozen = evidence.freeze(report)
        if pauses:
            _pause(frozen, label, by=by)
    return report


def _written(words: str, about: About | None) -> str:
    """What is to be kept of the words. Raises ``Invalid`` where nothing at all, or too much, is told."""
    written = html.normal(words).strip()
    if len(written) > WORDS_MAX:
        raise Invalid(fields={"words": _l("最多写 2000 个字。先说最要紧的，其余当面讲。")})
    if not written and about is None:
        raise Invalid(fields={"words": _l("写一句也行：发生了什么，或者你想找谁聊聊。")})
    return written


def _store(report: Report, class_: Unit) -> None:
    """Store a new report; where nobody is there on any level that reads it, those above hear at once."""
    if not addressees.is_read(class_.path, report.addressee):
        report.due_at = report.told_at
    current = session()
    current.add(report)
    current.flush()


def _pause(frozen: Evidence | None, label: str, *, by: Actor) -> None:
    """Let the letters stop between the child and whoever else the thing belongs to."""
    parties = evidence.content(frozen, title=label).parties if frozen else ()
    pair = blocking.pair_to_pause(by, parties)
    if pair is not None:
        blocking.pause(pair, by=by)


def _class_of(by: Actor) -> Unit:
    """Whose staff answer: of the class of today or, for a child who has left, of the last one."""
    assert by.person_id is not None
    class_ = session().get(Unit, by.unit_id) if by.unit_id else people.last_class(by.person_id)
    if class_ is None:
        raise NotPermitted
    return class_


def worry(person_id: int, about: About) -> Report | None:
    """Tell the class teacher and the school's secretary that somebody should ask how a child is.

    The machine's own act: what the child wrote is neither quoted nor kept, and the report points at
    nothing that could be opened because of it. While one is open a second only adds to its trail.
    None for whoever never sat in a class.
    """
    with transaction() as current:
        # Two letters at once would otherwise both find no worry yet.
        lock(current.get_one(Person, person_id))
        running, now = queries.running_worry(person_id), clock.now()
        if running is not None:
            trail.write(running, "worried again", by=SYSTEM)
            noticing.told(running)
            return running
        class_ = people.last_class(person_id)
        if class_ is None:
            return None
        addressee = addressees.next_held(class_.path, Addressee.TEACHER)
        report = Report(
            kind=ReportKind.WORRY,
            key=f"worry-{now:%Y%m%d%H%M%S%f}",
            reporter_id=person_id,
            class_id=class_.id,
            addressee=addressee,
            about_label=about[2],
            told_at=now,
            due_at=due.to_take(ReportKind.WORRY, class_.parent_id, now),
        )
        _store(report, class_)
        trail.write(report, "worry", by=SYSTEM, to_state=report.state.value)
        noticing.told(report)
    return report


def take(report: Report, *, by: Actor) -> None:
    """Say that one looks after it: from now on it is one's own to answer."""
    with transaction():
        now = clock.now()
        machine.fire(
            TAKE,
            report,
            by=by,
            taken_by_id=by.person_id,
            due_at=due.to_answer(report.kind, report.class_.parent_id, now),
            raised_to=None,
            raised_at=None,
        )
        noticing.taken(report)


def hand_on(report: Report, *, by: Actor) -> None:
    """Give it to the school's secretary, whose it is from now on. The teacher goes on to see it."""
    with transaction():
        access.authorize(by, Permission.Report.HAND_ON, report)
        if not addressees.of(report.class_.path, Addressee.SCHOOL_SECRETARY):
            raise IllegalMove(_l("学校现在没有团委书记，转不过去。"))
        now = clock.now()
        machine.fire(
            HAND_ON,
            report,
            by=by,
            taken_by_id=None,
            handed_on_at=now,
            due_at=due.to_take(report.kind, report.class_.parent_id, now),
            raised_to=None,
            raised_at=None,
        )
        noticing.handed_to_secretary(report)


def answer(report: Report, *, words: str, outcome: Outcome | None, by: Actor) -> None:
    """Tell the child what came of it. What was frozen is kept for a term from now on.

    ``outcome`` is None where nothing was chosen, which is ``Invalid`` as empty words are.
    """
    written = html.normal(words).strip()
    problems: dict[str, object] = {}
    if outcome is None:
        problems["outcome"] = _l("选一项：这件事后来怎么样了。")
    if not written or len(written) > WORDS_MAX:
        problems["answer"] = _l("写一句回话，让孩子知道你做了什么。")
    if problems:
        raise Invalid(fields=problems)
    with transaction():
        now = clock.now()
        machine.fire(
            ANSWER,
            report,
            by=by,
            # Whoever took it may have been another: the child reads who answered.
            taken_by_id=by.person_id,
            answered_at=now,
            outcome=outcome,
            answer=written,
            answer_html=str(html.plain(written)),
            evidence_until=(now + evidence.term()).date(),
        )
        noticing.answered(report)


def record_duty(
    report: Report, *, authority: Authority, reported_on: date, reference: str, by: Actor
) -> LegalReport:
    """Put on record that it was reported to an authority (未成年人保护法 第十一条). Never taken back."""
    written = html.line(reference)
    if len(written) > REFERENCE_MAX:
        raise Invalid(fields={"reference": _l("编号最多 80 个字。")})
    if not clock.local(report.told_at).date() <= reported_on <= clock.today():
        raise Invalid(fields={"reported_on": _l("日期在孩子说的那天和今天之间。")})
    with transaction() as current:
        access.authorize(by, Permission.Report.RECORD_DUTY, report)
        row = LegalReport(
            report_id=report.id,
            authority=authority,
            reported_on=reported_on,
            reference=written,
            recorded_by_id=by.person_id,
        )
        current.add(row)
        current.flush()
        told = f"{authority.value} {reported_on.isoformat()} {written}".strip()
        trail.write(report, "reported by law", by=by, reason=told)
    return row


def remind(report: Report, *, by: Actor) -> None:
    """From a level above: tell those who look after it that a child has waited too long."""
    with transaction():
        access.authorize(by, Permission.Report.REMIND, report)
        report.reminded_at = clock.now()
        trail.write(report, "reminded", by=by)
        noticing.reminded(report)


def raise_overdue() -> int:
    """Raise what nobody looks after to the next level. Safe to run twice; returns how many rose.

    Where nobody is left in the office that reads it, the report itself goes to the next one above.
    """
    risen = 0
    for number in [report.id for report in queries.overdue(clock.now())]:
        with transaction() as current:
            report = current.get_one(Report, number)
            lock(report)
            now = clock.now()
            if report.due_at < now and _is_sent_on(report):
                risen += 1
                continue
            level = due.next_level(report)
            if level is None or not due.is_to_be_raised(report, now):
                continue
            report.raised_to, report.raised_at = level, now
            trail.write(report, "raised", by=SYSTEM, reason=level.value)
            noticing.raised(report)
            risen += 1
    return risen


def _is_sent_on(report: Report) -> bool:
    """Send a report whose readers have all left to those above; it begins to wait anew with them."""
    path = report.class_.path
    wanted = report.addressee
    if report.handed_on_at is not None and wanted is Addressee.TEACHER:
        wanted = Addressee.SCHOOL_SECRETARY
    reached = addressees.next_held(path, wanted)
    if reached is wanted or report.state not in OPEN:
        return False
    report.addressee = reached
    report.raised_to = report.raised_at = report.handed_on_at = None
    report.due_at = due.to_take(report.kind, report.class_.parent_id, clock.now())
    trail.write(report, "sent on", by=SYSTEM)
    noticing.told(report)
    return True
