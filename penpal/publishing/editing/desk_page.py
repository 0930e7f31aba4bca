"""What the desk is drawn from: the pool, one piece with its changes, and who has to say what yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import joinedload

from penpal.consent.models import Giver
from penpal.kernel import access, clock, html, search
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.publishing.editing import drafting, pool, queries, slots, versions
from penpal.publishing.editing.changes import Stretch, stretches
from penpal.publishing.editing.models import Change, DeskNote, DeskPlace, PieceVersion
from penpal.publishing.editing.pool import Filters, Tab
from penpal.publishing.editing.versions import Printable, PrintedPart
from penpal.publishing.pieces import clearance, themes
from penpal.publishing.pieces.clearance import Clearance
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.publishing.reviews.models import Remark

VIEWS = ("changes", "clean", "beside", "write")
_QUOTE = 44


@dataclass(frozen=True)
class Row:
    """A piece as the pool shows it: pen names and places alone."""

    id: int
    title: str
    who: str
    places: str
    quote: str | Markup
    length: int
    photos: int
    waited: str
    chip: tuple[str, str, str]
    in_hand: str
    is_current: bool


@dataclass(frozen=True)
class FieldView:
    """One text of the piece as it was and as it would be."""

    name: str
    part_id: int
    frozen: str
    edited: str
    stretches: Sequence[Stretch]
    direction: str

    @property
    def edits(self) -> int:
        return max((each.number for each in self.stretches), default=0)


@dataclass(frozen=True)
class Item:
    """One piece on the desk. ``version`` is the newest one, None while nobody has written anything."""

    submission: Submission
    printable: Printable
    fields: Sequence[FieldView]
    edits: int
    net: int
    version: PieceVersion | None
    draft: PieceVersion | None
    place: DeskPlace | None
    is_mine: bool
    chain: Sequence[tuple[bool, str]]
    answers: Sequence[Change]
    remarks: Sequence[tuple[Remark, str]]
    """With the words that each is about."""
    notes: Sequence[DeskNote]
    lists: Sequence[queries.ListRow]
    theme: str
    kind: str
    view: str

    @property
    def parts(self) -> dict[int, PrintedPart]:
        return {part.part_id: part for part in self.printable.parts}

    @property
    def is_new(self) -> bool:
        return self.submission.state is S.WITH_EDITOR

    @property
    def is_with_author(self) -> bool:
        return self.submission.state is S.WITH_AUTHOR

    @property
    def is_ready(self) -> bool:
        return self.submission.state is S.READY

    @property
    def is_printed(self) -> bool:
        return self.submission.state is S.PUBLISHED

    @property
    def is_waiting(self) -> bool:
        """Its author is being asked about changes."""
        version = self.version
        return version is not None and version.offered_at is not None and not version.answered_at

    @property
    def can_write(self) -> bool:
        return (self.is_new or self.is_printed) and not self.is_waiting

    @property
    def is_taken(self) -> bool:
        return self.place is not None and not self.is_mine


@dataclass(frozen=True)
class Page:
    """``item`` is None when nothing is there, or nothing is chosen. ``number`` counts from 1."""

    filters: Filters
    tabs: Sequence[tuple[Tab, object, int]]
    rows: Sequence[Row]
    total: int
    number: int
    item: Item | None
    before: int | None
    after: int | None
    further: int | None
    """With which piece the next page of the list begins."""
    nearer: int | None
    """And the page before."""
    regions: Sequence[tuple[int, str]]
    lists: Sequence[queries.ListRow]
    slots: Sequence[slots.Slot]

    @property
    def list_choices(self) -> list[tuple[int, str]]:
        return [(each.id, each.name) for each in self.lists]


def of(actor: Actor, filters: Filters, *, chosen: int | None, view: str = "") -> Page:
    """The pool with a piece, or with the first of it. Raises ``NotFound`` for one that is not on the desk."""
    found = pool.ids(filters, actor)
    if chosen is None and found:
        chosen = found[0]
    submission = access.load(Submission, actor, chosen) if chosen else None
    place = found.index(chosen) if chosen in found else -1
    start = max(place, 0) // pool.PAGE * pool.PAGE
    return Page(
        filters=filters,
        tabs=[(tab, pool.TABS[tab], number) for tab, number in pool.counts(actor).items()],
        rows=_rows(found[start : start + pool.PAGE], filters, chosen, actor),
        total=len(found),
        number=place + 1,
        item=_item(submission, view, actor) if submission else None,
        before=found[place - 1] if place > 0 else None,
        # A piece that has just moved on stands in another list: after it comes the first of this one.
        after=found[place + 1] if place < len(found) - 1 else None,
        further=found[start + pool.PAGE] if start + pool.PAGE < len(found) else None,
        nearer=found[start - pool.PAGE] if start else None,
        regions=pool.regions(actor),
        lists=queries.lists(actor),
        slots=slots.of(submission, actor),
    )


def _rows(ids: Sequence[int], filters: Filters, chosen: int | None, actor: Actor) -> list[Row]:
    if not ids:
        return []
    statement = (
        access.visible(Submission, actor)
        .where(Submission.id.in_(ids))
        .options(joinedload(Submission.unit))
    )
    of_id = {each.id: each for each in session().scalars(statement)}
    pieces = [of_id[one] for one in ids if one in of_id]
    printed, cleared = versions.printables(pieces), clearance.of_many(pieces)
    held = {
        place.submission_id: place.editor.display_name
        for place in session().scalars(
            sa.select(DeskPlace)
            .where(DeskPlace.submission_id.in_(ids), DeskPlace.until > clock.now())
            .options(joinedload(DeskPlace.editor))
        )
    }
    words = search.asked(filters.q).words
    return [
        _row(each, printed[each.id], cleared[each.id], held.get(each.id, ""), words, chosen)
        for each in pieces
    ]


def _row(
    submission: Submission,
    printed: Printable,
    cleared: Clearance,
    in_hand: str,
    words: Sequence[str],
    chosen: int | None,
) -> Row:
    quote: str | Markup = _beginning(printed)
    if words:
        bodies = "\n".join(part.body for part in printed.parts)
        quote = search.extract(bodies, words).marked
    return Row(
        id=submission.id,
        title=printed.title,
        who=who(printed),
        places=where(printed),
        quote=quote,
        length=printed.length,
        photos=len(printed.photos),
        waited=str(
            format_timedelta(clock.now() - submission.moved_at, granularity="minute", threshold=1.2)
        ),
        chip=_chip(submission, cleared),
        in_hand=in_hand,
        is_current=submission.id == chosen,
    )


def _beginning(printed: Printable) -> str:
    """The first words, past the greeting with which every letter begins."""
    text = next((part.body.strip() for part in printed.parts if part.body.strip()), "")
    first, _end, rest = text.partition("\n")
    if rest.strip() and first.rstrip().endswith(("：", ":")):
        text = rest
    line = html.line(text)
    return line if len(line) <= _QUOTE else line[:_QUOTE] + "…"


def who(printed: Printable) -> str:
    """小麦 → 小禾, or 小麦、小禾 where both wrote."""
    by, to = "、".join(one.name for one in printed.by), "、".join(one.name for one in printed.to)
    return f"{by} → {to}" if to else by


def where(printed: Printable) -> str:
    """和田市 — 北京; a place is named once."""
    named = [one.place for one in (*printed.by, *printed.to) if one.place]
    return " — ".join(dict.fromkeys(named))


def _chip(submission: Submission, cleared: Clearance) -> tuple[str, str, str]:
    """How it stands: manner, icon and word."""
    if submission.state is S.TAKEN_DOWN:
        return ("warn", "eye-off", _("撤下了"))
    if submission.state is S.PUBLISHED:
        return ("", "newspaper", _("刊出过"))
    if submission.state is S.WITH_AUTHOR:
        return ("wait", "clock", _("等作者看改动"))
    missing = _missing(cleared)
    if missing:
        return ("wait", "clock", missing)
    return ("ok", "check", _("都同意"))


def _missing(cleared: Clearance) -> str:
    """Whom it waits for, counted and never named."""
    if cleared.is_clear:
        return ""
    guardians = {one.person_id for one in cleared.missing if one.giver is Giver.GUARDIAN}
    if any(one.giver is Giver.STUDENT for one in cleared.missing):
        return _("等学生")
    return str(ngettext("等一位家长", "等 %(num)s 位家长", len(guardians)))


def _item(submission: Submission, view: str, actor: Actor) -> Item:
    version = queries.newest(submission)
    words = drafting.base(submission)
    place = queries.place_of(submission)
    fields = [_field(each) for each in drafting.fields(submission, words)]
    printable = versions.printable(submission, version)
    is_mine = place is not None and place.editor_id == actor.person_id
    edits = sum(each.edits for each in fields)
    bodies = [each for each in fields if each.name == drafting.BODY]
    net = sum(versions.count(each.edited) - versions.count(each.frozen) for each in bodies)
    return Item(
        submission=submission,
        printable=printable,
        fields=fields,
        edits=edits,
        net=net,
        version=version,
        draft=queries.draft_of(submission),
        place=place,
        is_mine=is_mine,
        chain=_chain(submission, printable),
        answers=_answers(version),
        remarks=questions(submission, queries.remarks_of(submission)),
        notes=queries.notes_of(submission),
        lists=queries.lists(actor, submission),
        theme=themes.name_of(submission.theme),
        kind=str(pool.KINDS[submission.kind]),
        view=view if view in VIEWS and (view != "write" or is_mine) else "changes",
    )


def _field(each: drafting.Field) -> FieldView:
    return FieldView(
        name=each.name,
        part_id=each.part_id,
        frozen=each.frozen,
        edited=each.edited,
        stretches=stretches(each.frozen, each.edits),
        direction=html.direction(each.edited or each.frozen),
    )


def _answers(version: PieceVersion | None) -> list[Change]:
    """What its authors said, once they have sent it off; before, it is theirs."""
    if version is None or version.offered_at is None or version.answered_at is None:
        return []
    found = queries.changes_of(version)
    return found if any(change.verdict is not None for change in found) else []


def questions(submission: Submission, remarks: Sequence[Remark]) -> list[tuple[Remark, str]]:
    """Each with the words that it is about, out of the version in which it was asked."""
    texts = {
        (version.id, text.part_id): text.body
        for version in (queries.versions_of(submission) if remarks else [])
        for text in version.texts
    }
    return [
        (each, texts.get((each.version_id or 0, each.part_id), "")[each.start : each.end])
        for each in remarks
    ]


def _chain(submission: Submission, printable: Printable) -> list[tuple[bool, str]]:
    """Who has agreed and whom it still waits for, in pen names and counts."""
    cleared = clearance.of(submission)
    chain = []
    children = [one.name for one in (*printable.by, *printable.to)]
    waits_for_child = any(one.giver is Giver.STUDENT for one in cleared.missing)
    if submission.pair_id is not None or len(children) > 1:
        chain.append((not waits_for_child, "、".join(children)))
    guardians = len({one.person_id for one in cleared.missing if one.giver is Giver.GUARDIAN})
    if guardians:
        chain.append((False, str(ngettext("等一位家长", "等 %(num)s 位家长", guardians))))
    elif not cleared.missing and submission.pair_id is not None:
        chain.append((True, _("家长")))
    chain.append((True, _("老师和团委")))
    if submission.state is S.WITH_AUTHOR:
        chain.append((False, _("改动请作者过目")))
    elif submission.state in (S.READY, S.PUBLISHED):
        chain.append((True, _("定稿")))
    return chain


def compared(submission: Submission, one: PieceVersion, other: PieceVersion) -> list[FieldView]:
    """The second of two versions with what it changed in the first one."""
    first, second = drafting.of(one), drafting.of(other)
    texts = [
        drafting.Field(drafting.TITLE, 0, first.title, second.title),
        drafting.Field(drafting.STANDFIRST, 0, first.standfirst, second.standfirst),
    ]
    for part in drafting.parts_of(submission):
        before, after = first.bodies[part.id], second.bodies[part.id]
        texts.append(drafting.Field(drafting.BODY, part.id, before, after))
    return [_field(each) for each in texts]
