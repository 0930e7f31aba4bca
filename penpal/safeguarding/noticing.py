"""What safeguarding leaves word of: for a child that somebody answered, for staff that somebody waits.

Nobody is told of what they may not see: the rulebook is asked for each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts import snapshots
from penpal.accounts.models import Person, Role
from penpal.kernel import access
from penpal.kernel.db import Model, session
from penpal.kernel.errors import NotFound
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.permissions import Permission
from penpal.safeguarding import opening_seconds
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.safeguarding.models import LEVELS, Raised, Report, ReportKind
from penpal.safeguarding.opening_models import Opening

ASKED, RELEASED, RETURNED = "hold.asked", "hold.released", "hold.returned"
TOLD, WORRY, RAISED, REMINDED = "report.told", "report.worry", "report.raised", "report.reminded"
TAKEN, ANSWERED = "report.taken", "report.answered"
SECOND, SETTLED = "opening.second", "opening.settled"
_SCHOOL = (Role.TEACHER, Role.SCHOOL_SECRETARY)


def asked(hold: Hold) -> None:
    """Whoever decides it now: the teachers of the class, or the school's secretary."""
    _tell(
        ASKED,
        hold,
        Permission.Hold.DECIDE,
        [Role(hold.with_whom.value)],
        params={"name": session().get_one(Person, hold.author_id).shown_name},
    )


def decided(hold: Hold, kind: str) -> None:
    """The author learns what became of it; it waits for nobody any more."""
    notices.settle(("hold", hold.id), ASKED)
    where: dict[str, str | int] = {"kind": hold.kind, "item": hold.item_id}
    notices.send([hold.author_id], kind, about=("hold", hold.id), params=where)


def taken_back(hold: Hold) -> None:
    notices.settle(("hold", hold.id), ASKED)


def handed_on(hold: Hold) -> None:
    """From now on it waits for the school's secretary."""
    notices.settle(("hold", hold.id), ASKED)
    asked(hold)


def told(report: Report) -> None:
    """Whoever it was told to; nobody whom it went past."""
    kind = WORRY if report.kind is ReportKind.WORRY else TOLD
    roles = (*_SCHOOL, Role.COUNTY_SECRETARY)
    _tell(kind, report, Permission.Report.READ, roles)


def raised(report: Report) -> None:
    """The level whose attention it was raised to."""
    assert report.raised_to is not None
    if report.raised_to is Raised.SCHOOL_SECRETARY:
        _tell(RAISED, report, Permission.Report.READ, [Role.SCHOOL_SECRETARY], {"late": 0})
    else:
        roles = [Role(role) for role in LEVELS[report.raised_to]]
        _tell(RAISED, report, Permission.Report.REMIND, roles, {"late": 1})


def reminded(report: Report) -> None:
    """Those who look after it hear that the level above waits for them."""
    _tell(REMINDED, report, Permission.Report.READ, [*_SCHOOL, Role.COUNTY_SECRETARY])


def taken(report: Report) -> None:
    """The child learns that somebody looks after it; a worry was nobody's telling."""
    notices.settle(("report", report.id), TOLD, WORRY, RAISED, REMINDED)
    if report.kind is ReportKind.TOLD:
        notices.send([report.reporter_id], TAKEN, about=("report", report.id))


def handed_to_secretary(report: Report) -> None:
    """From now on it is the school secretary's; the teacher goes on to see it, and is told nothing new."""
    notices.settle(("report", report.id), TOLD, WORRY, RAISED, REMINDED)
    kind = WORRY if report.kind is ReportKind.WORRY else TOLD
    _tell(kind, report, Permission.Report.TAKE, [Role.SCHOOL_SECRETARY])


def answered(report: Report) -> None:
    notices.settle(("report", report.id), TOLD, WORRY, RAISED, REMINDED, TAKEN)
    if report.kind is ReportKind.TOLD:
        notices.send([report.reporter_id], ANSWERED, about=("report", report.id))


def second_asked(opening: Opening) -> None:
    """A second person is needed: whoever could be one hears of it."""
    class_ = opening.report.class_ if opening.report else opening.class_
    assert class_ is not None
    able = opening_seconds.could_agree(
        class_.path, opening.asked_by_id, opening_seconds.roles_of(opening), opening.asked_at
    )
    _tell_those(able, SECOND, opening, Permission.Opening.SECOND)


def second_given(opening: Opening) -> None:
    """Whoever asked learns the answer."""
    about = ("opening", opening.id)
    notices.settle(about, SECOND)
    if opening.asked_by_id is not None:
        notices.send([opening.asked_by_id], SETTLED, about=about)


def _tell(
    kind: str,
    record: Hold | Report,
    permission: Enum,
    roles: Iterable[Role],
    params: dict[str, str | int] | None = None,
) -> None:
    staff = [person for role in roles for person in people.staff_over(record.class_.path, role)]
    _tell_those(staff, kind, record, permission, params)


def _tell_those(
    staff: Iterable[Person],
    kind: str,
    record: Model,
    permission: Enum,
    params: dict[str, str | int] | None = None,
) -> None:
    number = record.id  # type: ignore[attr-defined]
    reached = [
        person_id
        for person_id in dict.fromkeys(person.id for person in staff)
        if (actor := snapshots.of(person_id)) and access.may(actor, permission, record)
    ]
    notices.send(reached, kind, about=(_ABOUT[type(record)], number), params=params)


_ABOUT: dict[type[Model], str] = {Hold: "hold", Report: "report", Opening: "opening"}


def register() -> None:
    _register(
        ASKED,
        Topic.WAITING,
        "eye",
        _l("%(name)s请你看一看写的东西，再寄出去。"),
        _queue,
        "queue.item",
    )
    for kind, words in (
        (RELEASED, _l("你请老师看的，老师放行了。")),
        (RETURNED, _l("你请老师看的，老师写了一句话给你。")),
    ):
        _register(kind, Topic.HELP, "message-circle", words, _item)
    for kind, words in (
        (TOLD, _l("有孩子求助，等你们看。")),
        (WORRY, _l("有孩子写的话让人担心，去问问。")),
        (REMINDED, _l("上一级在问：有一件求助还没有人管。")),
    ):
        _register(kind, Topic.CASES, "life-buoy", words, _reports, "safeguarding.reports")
    _register(RAISED, Topic.CASES, "life-buoy", _l("有一件求助等得太久了。"), _raised)
    for kind, words in (
        (TAKEN, _l("你说的事，有老师在看了。")),
        (ANSWERED, _l("你说的事，老师回话了。")),
    ):
        _register(kind, Topic.HELP, "message-circle", words, _told, "safeguarding.told")
    for kind, words in (
        (SECOND, _l("同事请你一起看：要不要打开一封密封的信。")),
        (SETTLED, _l("你请求打开的，同事回答了。")),
    ):
        _register(kind, Topic.CASES, "mail-open", words, _opening, "openings.show")


def _register(
    kind: str, topic: Topic, icon: str, words: object, url: kinds.Address, shown_at: str = ""
) -> None:
    kinds.register(
        kind,
        topic=topic,
        icon=icon,
        words=kinds.saying(words),
        url=url,
        shown_at=shown_at,
        # Whoever a child told of may sit beside them.
        private=kind in (TAKEN, ANSWERED),
    )


def _queue(number: int, _params: kinds.Params) -> str:
    return kinds.address("queue.item", kind="hold", item_id=number)


def _reports(_number: int, _params: kinds.Params) -> str:
    return kinds.address("safeguarding.reports")


def _raised(_number: int, params: kinds.Params) -> str:
    return kinds.address("safeguarding.late" if params.get("late") else "safeguarding.reports")


def _told(number: int, _params: kinds.Params) -> str:
    return kinds.address("safeguarding.told", report_id=number)


def _opening(number: int, _params: kinds.Params) -> str:
    return kinds.address("openings.show", opening_id=number)


def _item(number: int, params: kinds.Params) -> str:
    """To the thing itself, as far as the room that it belongs to has said where that is."""
    find = _places.get(str(params.get("kind")))
    if find is not None:
        return find(int(params.get("item", 0)), params)
    hold = session().get(Hold, number)
    if hold is not None and hold.state is HoldState.RETURNED:
        try:
            return _mending[0](hold)
        except NotFound:
            # It was thrown away since.
            return kinds.address("desk.home")
    return kinds.address("desk.home")


_places: dict[str, kinds.Address] = {}
_mending: list[Callable[[Hold], str]] = []


def place(kind: str, address: kinds.Address) -> None:
    """Register where its author finds a thing of this kind, whether it went out or came back."""
    _places[kind] = address


def decide_mending(address: Callable[[Hold], str]) -> None:
    """Register what knows where an author goes on with what came back."""
    _mending[:] = [address]
