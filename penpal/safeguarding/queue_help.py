"""What children told, pauses and requests to open, in the queue: the same verbs as on the page of help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from penpal.accounts import queries as people
from penpal.accounts.models import Role
from penpal.accounts.predicates import holds_over
from penpal.kernel import access, clock
from penpal.kernel.access import Actor
from penpal.kernel.db import moment, session
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, Text
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.safeguarding import (
    block_queries,
    blocking,
    cases,
    opening_queries,
    queries,
    queue,
    services,
    wording,
)
from penpal.safeguarding.block_models import BlockNote
from penpal.safeguarding.forms import AnswerForm
from penpal.safeguarding.models import WORDS_MAX, Report
from penpal.safeguarding.opening_models import Opening
from penpal.safeguarding.queue import Action, Chip, Item, Row, Source, Together
from penpal.safeguarding.states import OPEN, ReportState
from penpal.twinning.models import Pair

REPORT, PAUSE, OPENING = "report", "pause", "opening"

_TAKE = Action("take", _l("我来管"), "A", "check", "primary")
_ANSWER = Action("answer", _l("回话"), "A", "send", "primary", needs_words=True)
_HAND_ON = Action("hand_on", _l("转给团委书记"), "E", "users-round")
_KNOW = Action("know", _l("知道了"), "A", "check", "primary")


def _reports(actor: Actor) -> sa.Select[Report]:
    """What nobody looks after yet, what one looks after oneself, and what others have let lie.

    Whoever took it and has no office over the child any more looks after it no longer.
    """
    led = sa.select(Unit.id).where(people.within(Unit.path, actor.tops(Role.SCHOOL_SECRETARY)))
    return queries.addressed_to(actor).where(
        Report.state.in_(OPEN),
        sa.or_(Report.handed_on_at.is_(None), Report.class_id.in_(led)),
        sa.or_(
            Report.taken_by_id.is_(None),
            Report.taken_by_id == actor.person_id,
            sa.not_(queries.is_looked_after()),
            Report.due_at < moment(),
        ),
    )


def _report_rows(actor: Actor) -> list[Row]:
    statement = (
        _reports(actor)
        .options(joinedload(Report.reporter), joinedload(Report.class_))
        .order_by(Report.due_at, Report.id)
        .limit(queue.MOST)
    )
    return [_report_row(report) for report in session().scalars(statement)]


def _report_row(report: Report) -> Row:
    chip = Chip("info", "user-round", _l("在管")) if report.state is ReportState.TAKEN else None
    if report.state is ReportState.TOLD:
        chip = Chip("wait", "clock", _l("还没有人接"))
    return Row(
        kind=REPORT,
        id=report.id,
        name=report.reporter.shown_name,
        title=_("请去问问孩子") if report.is_worry else report.about_label or _("说了一件事"),
        place=report.class_.name,
        since=report.told_at,
        tab=queue.HELP,
        icon="heart-handshake" if report.is_worry else "life-buoy",
        chip=chip,
        due=report.due_at if report.state in OPEN else None,
    )


def _report(number: int, by: Actor) -> Report:
    report = session().scalar(queries.addressed_to(by).where(Report.id == number))
    if report is None:
        raise NotFound
    return report


def _show_report(number: int, by: Actor, how: Mapping[str, str]) -> Item:
    report = _report(number, by)
    access.authorize(by, Permission.Report.READ, report)
    # Everybody whom the page names is read before it is drawn.
    _names = [report.taken_by, *(row.recorded_by for row in report.by_law)]
    case = cases.of([report], by)[0]
    actions = []
    if case.may_hand_on and not holds_over(by, report.class_.path, Role.SCHOOL_SECRETARY):
        actions.append(_HAND_ON)
    if case.may_take:
        actions.append(_TAKE)
    elif case.may_answer:
        actions.append(_ANSWER)
    answers = _ANSWER in actions
    return Item(
        row=_report_row(report),
        template="queue/_report.html",
        # The bar below has these buttons already.
        data={
            "case": replace(case, may_take=False, may_hand_on=False, may_answer=False),
            "wording": wording,
            "today": clock.today(),
            "outcome": how.get("outcome", ""),
        },
        actions=actions,
        words=_("给%(name)s的回话", name=report.reporter.shown_name) if answers else "",
        words_max=WORDS_MAX,
        fields="queue/_outcome.html" if answers else "",
        settled=_settled(report),
    )


def _settled(report: Report) -> Text:
    if report.state is not ReportState.ANSWERED:
        return ""
    name = report.taken_by.shown_name if report.taken_by else ""
    return _("%(name)s已经回过话了。", name=name)


def _decide_report(number: int, action: str, fields: Mapping[str, str], by: Actor) -> Text:
    report = _report(number, by)
    if report.state is ReportState.ANSWERED:
        raise IllegalMove(_settled(report))
    if action == _TAKE.name:
        if report.taken_by is not None:
            raise IllegalMove(_("%(name)s已经在管这件事了。", name=report.taken_by.shown_name))
        services.take(report, by=by)
        return _("记下了：这件事由你来管。孩子看得到有人在管了。")
    if action == _HAND_ON.name:
        services.hand_on(report, by=by)
        return _("转给校团委书记了。孩子看得到。")
    if action == _ANSWER.name:
        form = AnswerForm.parse({**fields, "answer": fields.get("words", "")})
        services.answer(report, words=form.words, outcome=form.outcome, by=by)
        return _("回话送到了。")
    raise Invalid


def _report_path(number: int, by: Actor) -> str:
    return _report(number, by).class_.path


def _notes(actor: Actor) -> sa.Select[Any]:
    return access.visible(BlockNote, actor).where(BlockNote.seen_at.is_(None))


def _note_rows(actor: Actor) -> list[Row]:
    return [_note_row(note) for note in block_queries.unseen(actor)]


def _note_row(note: BlockNote) -> Row:
    return Row(
        kind=PAUSE,
        id=note.id,
        name=note.student.shown_name,
        title=_("信先停着"),
        place=note.class_.name,
        since=note.block.since,
        tab=queue.HELP,
        icon="circle-alert",
        chip=Chip("wait", "flag", _l("孩子请求的")) if note.tells_who else None,
    )


def _note(number: int, by: Actor) -> BlockNote:
    note = access.load(BlockNote, by, number)
    access.authorize(by, Permission.Block.NOTE, note)
    return note


def _show_note(number: int, by: Actor, _how: Mapping[str, str]) -> Item:
    note = _note(number, by)
    pair: Pair = note.block.pair
    mine = pair.supported_student_id == note.student_id
    partner = pair.supporting_student if mine else pair.supported_student
    return Item(
        row=_note_row(note),
        template="queue/_pause.html",
        data={"note": note, "partner": partner.name_for_partners},
        actions=() if note.seen_at else (_KNOW,),
        settled=_("已经有人看过了。") if note.seen_at else "",
    )


def _decide_note(number: int, action: str, _fields: Mapping[str, str], by: Actor) -> Text:
    note = _note(number, by)
    if action != _KNOW.name:
        raise Invalid
    if note.seen_at is not None:
        raise IllegalMove(_("已经有人看过了。"))
    blocking.acknowledge(note, by=by)
    return _("记下了：你知道了。")


def _note_path(number: int, by: Actor) -> str:
    return _note(number, by).class_.path


def _openings(actor: Actor) -> sa.Select[Any]:
    return opening_queries.waiting_for_another(actor)


def _opening_rows(actor: Actor) -> list[Row]:
    return [
        _opening_row(opening)
        for opening in opening_queries.waiting(actor)
        if opening.asked_by_id != actor.person_id
    ]


def _opening_row(opening: Opening) -> Row:
    child = opening.endangered or (opening.report.reporter if opening.report else None)
    return Row(
        kind=OPENING,
        id=opening.id,
        name=child.shown_name if child else "",
        title=_("请求打开：%(label)s", label=opening.label),
        place=opening.class_.name if opening.class_ else "",
        since=opening.asked_at,
        tab=queue.HELP,
        icon="lock",
        chip=Chip("warn", "clock", _l("等第二个人")) if opening.is_waiting else None,
    )


def _opening(number: int, by: Actor) -> Opening:
    opening = access.load(Opening, by, number)
    access.authorize(by, Permission.Opening.SEE, opening)
    return opening_queries.case(opening.id, by)


def _show_opening(number: int, by: Actor, _how: Mapping[str, str]) -> Item:
    opening = _opening(number, by)
    return Item(
        row=_opening_row(opening),
        template="queue/_opening.html",
        data={"opening": opening},
        settled="" if opening.is_waiting else _("这个请求已经有了答复。"),
    )


def _opening_path(number: int, by: Actor) -> str:
    opening = _opening(number, by)
    if opening.class_ is not None:
        return opening.class_.path
    return opening.report.class_.path if opening.report else ""


def _decide_opening(_number: int, _action: str, _fields: Mapping[str, str], _by: Actor) -> Text:
    """It is decided on its own page, where one proves once more who one is."""
    raise Invalid


def register() -> None:
    tabs = (queue.HELP,)
    queue.register(
        REPORT,
        Source(tabs, _reports, _report_rows, _show_report, _report_path, _decide_report),
    )
    queue.register(
        PAUSE,
        Source(
            tabs,
            _notes,
            _note_rows,
            _show_note,
            _note_path,
            _decide_note,
            together=Together(_KNOW.name, _l("记下你知道了。信还停着，什么也不会变。")),
        ),
    )
    queue.register(
        OPENING,
        Source(tabs, _openings, _opening_rows, _show_opening, _opening_path, _decide_opening),
    )
