"""The history of a piece: every act on it, who did it, when and why, for good.

Staff who had a turn read offices and names; the children in it read the same in plain words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, PersonKind
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.trail import TrailEntry
from penpal.permissions import Permission
from penpal.places.models import Level, Unit
from penpal.publishing.pieces import naming
from penpal.publishing.pieces.freezing import KEPT
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import WITHDRAW
from penpal.publishing.reviews import queries
from penpal.publishing.reviews.models import ReviewStation

Subjects = Callable[[Submission], Iterable[tuple[str, int]]]
_told_by: list[Subjects] = []
_words: dict[str, object] = {
    "submit": _l("投稿了"),
    "agree to piece": _l("答应了"),
    "guardian agreed to piece": _l("记下了：家长同意"),
    "guardian refused piece": _l("记下了：家长不同意"),
    "made piece link": _l("给家长做了链接"),
    "ended piece link": _l("让家长的链接不能用了"),
    "leave photos out": _l("只印字，照片不印"),
    "use pen name": _l("改用笔名"),
    "kept a word": _l("说一个词不是人名，照原样留着"),
    "pass to teacher": _l("交给班主任看"),
    "pass to secretary": _l("交给团委书记看"),
    "pass to editor": _l("都看过了，交给编辑"),
    "approve review": _l("看过了，通过"),
    "send back": _l("退回来，请作者改一改"),
    "decline": _l("决定这次不采用"),
    "try again": _l("改好了，重新投"),
    "turn down": _l("编辑决定这次不采用"),
    "offer": _l("编辑改好了一稿，请作者看"),
    "call back to desk": _l("编辑拿回去再看"),
    "answer changes": _l("作者回了编辑的改动"),
    "accept changes": _l("作者接受了编辑的改动"),
    "take as it is": _l("编辑照原样采用"),
    "publish": _l("刊出来了"),
    "withdraw": _l("撤回了"),
    "take down": _l("从专题网页上撤下"),
    "review fell to another": _l("没有能看的人，转给上一级"),
    "left review to another": _l("请同事代看"),
    "took review back": _l("收回来自己看"),
    "read piece for review": _l("打开来看"),
    "remarked on piece": _l("在一处写了一句话"),
    "took remark away": _l("收回了一句话"),
    "answered remark": _l("回了一句话"),
    "looked at photo": _l("看过一张照片，可以用"),
    "left photo out": _l("有一张照片不用"),
    "blurred photo": _l("给一张照片打了马赛克"),
}
_OF_STAFF_ALONE = frozenset(
    {"read piece for review", "left review to another", "took review back", "remarked on piece"}
)
"""Steps that say nothing of the piece: its author is told of what they led to."""
_ABOUT_A_CHILD = frozenset(
    {"guardian agreed to piece", "guardian refused piece", "made piece link", "ended piece link"}
)
"""Moves whose reason is the number of the child for whom it was done."""
_OWN = frozenset({"kept a word", "use pen name", "leave photos out"})
"""Moves that a child is told of when they were their own."""
_PLAIN: Mapping[Level, object] = {Level.CLASS: _l("班主任"), Level.SCHOOL: _l("学校团委")}


@dataclass(frozen=True)
class Act:
    """One line: when, who in words, what, and the reason where one was given."""

    at: datetime
    who: str
    what: str
    why: str


def register(subjects: Subjects) -> None:
    """Let acts on further things of a piece stand in its history: kind and number of each."""
    if subjects not in _told_by:
        _told_by.append(subjects)


def name(move: str, words: object) -> None:
    """How a move of a part above is called here."""
    _words[move] = words


def of(submission: Submission, *, by: Actor) -> list[Act]:
    """All acts on a piece, the first on top."""
    access.authorize(by, Permission.Submission.SEE_HISTORY, submission)
    things = [("submission", submission.id)]
    things += [thing for tell in _told_by for thing in tell(submission)]
    statement = (
        sa.select(TrailEntry)
        .where(
            sa.or_(
                *(
                    sa.and_(TrailEntry.subject_kind == kind, TrailEntry.subject_id == number)
                    for kind, number in things
                )
            )
        )
        .order_by(TrailEntry.id)
    )
    found = [entry for entry in session().scalars(statement) if _is_for(entry, by)]
    who = _Who(submission, found, by)
    return [
        Act(
            entry.at,
            who.of(entry),
            str(_words.get(entry.move, entry.move)),
            _reason(entry, who),
        )
        for entry in found
    ]


def _is_for(entry: TrailEntry, by: Actor) -> bool:
    """What a guardian said of one child is no other child's to know, nor which word was kept."""
    if not by.is_student:
        return True
    return entry.move not in _OF_STAFF_ALONE | _ABOUT_A_CHILD and (
        entry.move not in _OWN or entry.actor_id == by.person_id
    )


def _reason(entry: TrailEntry, who: _Who) -> str:
    """A child's reasons for taking something back are theirs."""
    if entry.move in _ABOUT_A_CHILD:
        return who.child(int(entry.reason)) if entry.reason.isdecimal() else ""
    if entry.move == WITHDRAW.name and who.by.is_student:
        return ""
    if entry.actor_kind == "guardian" or (who.is_child(entry.actor_id) and entry.move != KEPT):
        return ""
    return entry.reason


class _Who:
    """Everybody who acted, by the name under which this reader knows them."""

    def __init__(self, submission: Submission, entries: Sequence[TrailEntry], by: Actor) -> None:
        self.by, self.submission = by, submission
        ids = {entry.actor_id for entry in entries if entry.actor_id is not None}
        people = session().scalars(sa.select(Person).where(Person.id.in_(ids)))
        self.people = {person.id: person for person in people}
        self.parties = {party.person_id: party for party in submission.parties}
        self.printed = naming.printed_many(submission.parties)
        self.own = set(
            session().scalars(
                access.visible(Person, by)
                .where(Person.id.in_([*self.parties]))
                .with_only_columns(Person.id)
            )
        )
        self.stations = _decided(submission)
        self.editors = queries.editors_among(ids)

    def is_child(self, person_id: int | None) -> bool:
        person = self.people.get(person_id or 0)
        return person is not None and person.kind is PersonKind.STUDENT

    def of(self, entry: TrailEntry) -> str:
        if entry.actor_id is not None and entry.actor_id == self.by.person_id:
            return _("你")
        if entry.move == WITHDRAW.name and self.by.is_student:
            # That somebody took it back is told, and not who: nobody has to answer for a no.
            return _("和这一篇有关的人")
        if entry.actor_kind == "guardian":
            return _("监护人")
        person = self.people.get(entry.actor_id or 0)
        if person is None:
            return _("系统")
        if person.id in self.parties and person.kind is PersonKind.STUDENT:
            return self._child(person)
        unit = self.stations.get(person.id)
        if self.by.is_student:
            if unit is None:
                return _("编辑") if person.id in self.editors else _("老师")
            return str(_PLAIN.get(unit.level, _("上级团委")))
        if unit is not None:
            return _("%(office)s %(name)s", office=unit.name, name=person.shown_name)
        return person.shown_name

    def child(self, person_id: int) -> str:
        """One of the reader's own who stand in the piece; nothing for anybody else."""
        return self._child(self.parties[person_id].person) if person_id in self.own else ""

    def _child(self, person: Person) -> str:
        if person.id in self.own:
            return person.shown_name
        if self.by.is_student or self.own:
            return person.name_for_partners
        return self.printed[self.parties[person.id].id].name


def _decided(submission: Submission) -> dict[int, Unit]:
    """The place for which each of those who looked at it looked."""
    rows: list[ReviewStation] = []
    for revision in range(1, submission.revision + 1):
        rows += queries.stations_of(submission, revision)
    return {row.decided_by_id: row.unit for row in rows if row.decided_by_id is not None}
