"""Pieces in the queue: the frozen text beside its revision before, words at places, photos, the decision."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from penpal.accounts.models import Person
from penpal.kernel import access, differences, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.differences import Side
from penpal.kernel.errors import Invalid, Text
from penpal.permissions import Permission
from penpal.publishing.pieces import clearance, freezing, naming, wording
from penpal.publishing.pieces.models import (
    OF_STAFF,
    PieceKind,
    Submission,
    SubmissionPart,
    SubmissionParty,
)
from penpal.publishing.reviews import (
    looking_at_photos,
    predicates,
    queries,
    remarks,
    services,
    whose,
)
from penpal.publishing.reviews.looking_at_photos import Say
from penpal.publishing.reviews.models import Remark, ReviewStation
from penpal.safeguarding import queue
from penpal.safeguarding.queue import Action, Chip, Item, Row, Source, Tab, Together

KIND = "piece"
TAB = Tab("piece", _l("投稿"), 4)
VIEWS = ("beside", "merged", "new")
READ = "read piece for review"

_APPROVE = Action("approve", _l("通过"), "A", "check", "primary")
_SEND_BACK = Action("send_back", _l("退回修改"), "R", "undo-2", "warn", needs_words=True)
_DECLINE = Action("decline", _l("不采用"), "D", "x", needs_words=True)

ICONS: Mapping[PieceKind, str] = {
    PieceKind.REFLECTION: "book-open",
    PieceKind.REFLECTIONS: "book-open",
    PieceKind.RECORD: "sprout",
    PieceKind.RECORDS: "sprout",
    PieceKind.DRAWING: "image",
    PieceKind.STORY: "newspaper",
    PieceKind.PRACTICE: "newspaper",
}


@dataclass(frozen=True)
class Shown:
    """One frozen text as it is looked at: its words with what was said at places, and the one before."""

    part: SubmissionPart
    author: str
    before: SubmissionPart | None
    first: Markup
    second: Markup
    merged: Markup
    plain: Markup
    remarks: list[tuple[int, Remark, str]]


def rows(actor: Actor) -> list[Row]:
    found = queries.listed(actor, most=queue.MOST)
    names = _names([station.submission for station in found], actor)
    return [_row(station, names) for station in found]


def show(number: int, by: Actor, how: Mapping[str, str]) -> Item:
    station = access.load(ReviewStation, by, number)
    submission = station.submission
    names = _names([submission], by)
    turn = whose.turn(by, submission)
    is_ones_turn = turn is not None and turn.id == station.id
    if not is_ones_turn and not _may_look_again(station, submission, by):
        # It is somebody else's turn, or was taken back: not a word of it.
        row = replace(_row(station, names), title=_("一篇投稿"), name="", with_name="")
        return Item(row, "queue/_nothing.html", settled=_over(station))
    earlier = queries.sent_back_before(submission)
    view = how.get("view", "")
    view = view if view in VIEWS else VIEWS[0]
    texts = _texts(submission, names)
    data: dict[str, object] = {
        "submission": submission,
        "station": station,
        "kind": wording.KINDS[submission.kind],
        "texts": texts,
        "earlier": earlier,
        "earlier_by": earlier.decided_by.shown_name if earlier and earlier.decided_by else "",
        "view": view if earlier else "new",
        "seen": [(seen, _said(how, seen)) for seen in looking_at_photos.of(submission)],
        "says": [
            (Say.NOBODY, _("没有人脸，可以用")),
            (Say.AGREED, _("有答应过的人，可以用")),
            (Say.OUT, _("不用这张")),
        ],
        "missing": len(clearance.of(submission).missing),
        "may_ask_guardians": any(
            access.may(by, Permission.Submission.ASK_GUARDIAN, party.person)
            for party in submission.parties
        ),
        "children": _children(submission, names),
        "colleagues": [
            (person.id, person.shown_name)
            for person in whose.colleagues(station, submission)
            if person.id != by.person_id
        ]
        if is_ones_turn
        else (),
        "kept": freezing.kept_words(submission),
        "is_ones_turn": is_ones_turn,
        "me": by.person_id,
        "beside": "publishing/reviews/_hand.html",
    }
    return Item(
        row=_row(station, names),
        template="publishing/reviews/_piece.html",
        data=data,
        actions=[_SEND_BACK, _DECLINE, _APPROVE] if is_ones_turn else [],
        words=_("写给作者的话") if is_ones_turn else "",
        words_max=services.REASON_MAX,
        settled="" if is_ones_turn else _over(station),
    )


def _may_look_again(station: ReviewStation, submission: Submission, by: Actor) -> bool:
    """At what one decided about oneself, as long as it is the same copy and staff may read it."""
    return (
        station.decided_by_id == by.person_id
        and station.revision == submission.revision
        and access.may(by, Permission.Submission.READ, submission)
    )


def _said(how: Mapping[str, str], seen: looking_at_photos.Seen) -> str:
    """What was ticked on the page that came back, else what is known."""
    return how.get(f"photo_{seen.picture.id}", "") or (seen.said.value if seen.said else "")


def shown(number: int, by: Actor) -> None:
    """That somebody of staff read it stands on the trail, once for each turn."""
    station = access.load(ReviewStation, by, number)
    submission = station.submission
    if station.begun_at is None or not access.may(by, Permission.Submission.REVIEW, submission):
        return
    if not trail.is_told(submission, READ, by=by, since=station.begun_at):
        with transaction():
            trail.write(submission, READ, by=by)


def path(number: int, by: Actor) -> str:
    return access.load(ReviewStation, by, number).unit.path


def decide(number: int, action: str, fields: Mapping[str, str], by: Actor) -> Text:
    """Raises ``IllegalMove`` that says who was faster."""
    station = access.load(ReviewStation, by, number)
    words = fields.get("words", "")
    if action == _APPROVE.name:
        services.approve(station, by=by, photos=_photos(fields), words=words)
        if whose.is_with_editor(station.submission):
            return _("通过了，现在到编辑那里。")
        return _("通过了，接下来还有人看。")
    if action == _SEND_BACK.name:
        services.send_back(station, words, by=by)
        return _("退回给作者了，你的话也带到了。")
    if action == _DECLINE.name:
        services.decline(station, words, by=by)
        return _("这一篇不采用，原因已经告诉作者。")
    raise Invalid


def _photos(fields: Mapping[str, str]) -> dict[int, Say]:
    found = {}
    for name, said in fields.items():
        kind, _mark, number = name.partition("_")
        if kind == "photo" and number.isdecimal() and said in set(Say):
            found[int(number)] = Say(said)
    return found


def _over(station: ReviewStation) -> Text:
    return services.settled(station) or _("这一篇现在不归你看。")


def _row(station: ReviewStation, names: Mapping[int, str]) -> Row:
    submission = station.submission
    partner = next(
        (each for each in submission.parties if each.person_id != submission.author_id), None
    )
    chip = None
    if submission.revision > 1:
        chip = Chip("wait", "refresh-cw", _("重交，第 %(number)s 稿", number=submission.revision))
    return Row(
        kind=KIND,
        id=station.id,
        name=names[submission.author_id],
        title=submission.title,
        place=station.unit.name,
        since=station.begun_at or submission.moved_at,
        tab=TAB,
        icon=ICONS.get(submission.kind, "mail"),
        chip=chip,
        due=station.due_at,
        with_name=names.get(partner.person_id, "")
        if partner is not None and submission.kind not in OF_STAFF
        else "",
    )


def _names(submissions: Iterable[Submission], actor: Actor) -> dict[int, str]:
    """How each person of these pieces is called here, by their number.

    A school knows its own, and of their partners the name that they chose; to everybody else there are
    pen names.
    """
    asked = list(submissions)
    parties = [party for each in asked for party in each.parties]
    own, printed = _own(parties, actor), naming.printed_many(parties)
    names: dict[int, str] = {}
    for each in asked:
        is_near = any(party.person_id in own for party in each.parties)
        for party in each.parties:
            person = party.person
            if person.id in own:
                names[person.id] = person.shown_name
            else:
                names[person.id] = person.name_for_partners if is_near else printed[party.id].name
        names.setdefault(each.author_id, each.author.shown_name)
    return names


def _own(parties: Iterable[SubmissionParty], actor: Actor) -> set[int]:
    """The children whom the actor's own school has."""
    ids = [party.person_id for party in parties]
    statement = access.visible(Person, actor).where(Person.id.in_(ids))
    return set(session().scalars(statement.with_only_columns(Person.id)))


def _children(submission: Submission, names: Mapping[int, str]) -> list[tuple[int, str]]:
    """To whom somebody may be near."""
    return [(party.person_id, names[party.person_id]) for party in submission.parties]


def _texts(submission: Submission, names: Mapping[int, str]) -> list[Shown]:
    said = remarks.of(submission)
    before = queries.parts_before(submission)
    number = 0
    found = []
    for part in submission.current_parts():
        here = []
        for remark in said.get(part.id, ()):
            number += 1
            here.append((number, remark, part.body[remark.start : remark.end]))
        found.append(_text(part, before.get(part.position), here, names))
    return found


def _text(
    part: SubmissionPart,
    before: SubmissionPart | None,
    said: list[tuple[int, Remark, str]],
    names: Mapping[int, str],
) -> Shown:
    marks = [(remark.start, remark.end, "mark") for _number, remark, _quote in said]
    signs = {remark.end: str(number) for number, remark, quote in said if quote}
    runs = differences.runs(before.body, part.body) if before else []
    return Shown(
        part=part,
        author=names.get(part.author_id, ""),
        before=before,
        first=html.annotated(
            before.body if before else "", differences.spans(runs, Side.FIRST, "del")
        ),
        second=html.annotated(
            part.body, [*differences.spans(runs, Side.SECOND, "ins"), *marks], signs
        ),
        merged=html.annotated(*differences.in_one(runs)),
        plain=html.annotated(part.body, marks, signs),
        remarks=said,
    )


SOURCE = Source(
    tabs=(TAB,),
    waiting=queries.waiting,
    rows=rows,
    show=show,
    path=path,
    decide=decide,
    shown=shown,
    together=Together(
        _APPROVE.name,
        _l("这些投稿都通过，往下一位看的人那里走。有照片还没看过的，会留下来单独看。"),
    ),
    for_whom=lambda actor: predicates.looks_at_pieces(actor, None),
)
