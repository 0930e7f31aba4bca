"""Verbs of an opening: ask, agree, refuse, read, close. There is no other way to a sealed thing.

A report by a party takes one of those it was told to; an emergency for a child's own safety, any
delay of telling the children, and opening again for the same report take two. Each is dated and ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role
from penpal.accounts.predicates import holds_over
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted
from penpal.permissions import Permission
from penpal.safeguarding import canonical, evidence, items, noticing, opening_queries, pictures
from penpal.safeguarding.items import Content
from penpal.safeguarding.models import Report
from penpal.safeguarding.opening_models import (
    REASON_LEAST,
    REASON_MOST,
    Basis,
    Opening,
    OpeningOwner,
)
from penpal.safeguarding.opening_predicates import HANDLERS
from penpal.safeguarding.opening_states import AGREE, BEGIN, CLOSE, REFUSE

EMERGENCY = timedelta(hours=24)
DAYS, DAYS_MOST = 7, 14
DELAY_MOST = 30
"""Days: how long what a report showed may be read, and how long telling the children may be put off."""
AT_ONCE = 10
"""Things that one request in an emergency may name."""


@dataclass(frozen=True)
class Why:
    """What whoever asks has to say. ``delay_until`` is the first day on which the children are told."""

    reason: str
    told: str
    delay_reason: str = ""
    delay_until: date | None = None


def for_report(report: Report, why: Why, *, days: int = DAYS, by: Actor) -> Opening:
    """Open what a party reported, to read it as it was frozen then; a delay, and a second time, wait for another."""
    access.authorize(by, Permission.Opening.ASK_FOR_REPORT, report)
    if not 1 <= days <= DAYS_MOST:
        raise Invalid(fields={"days": _l("一天到十四天。")})
    with transaction():
        # Two who open at once would otherwise both be the first.
        lock(report)
        content = _reported(report)
        opening = _ask(
            content,
            why,
            Opening(
                basis=Basis.REPORT,
                label=report.about_label,
                report_id=report.id,
                report=report,
                class_id=report.class_id,
                class_=report.class_,
                days=days,
            ),
            by=by,
        )
        if access.may(by, Permission.Opening.BEGIN, opening):
            now = clock.now()
            machine.fire(BEGIN, opening, by=by, **_opened(opening, content, now))
        else:
            noticing.second_asked(opening)
    return opening


def in_emergency(
    student: Person, pointers: list[tuple[str, int]], why: Why, *, danger: int, by: Actor
) -> list[Opening]:
    """Ask to open things of a student's because a child is in danger; another of staff has to agree.

    ``danger`` is who is in danger: a party of each thing.
    """
    access.authorize(by, Permission.Opening.ASK_IN_EMERGENCY, student)
    class_ = next(row.class_ for row in student.enrolments if row.until is None)
    if not pointers:
        raise Invalid(fields={"letters": _l("选一封信。只选和这件事有关的。")})
    if len(pointers) > AT_ONCE:
        raise Invalid(fields={"letters": _l("一次最多选十封。先看最要紧的。")})
    with transaction():
        asked = []
        for kind, number in pointers:
            content = _delivered(kind, number)
            if student.id not in content.parties or danger not in content.parties:
                raise NotFound
            opening = Opening(
                basis=Basis.EMERGENCY,
                label=content.title,
                endangered_id=danger,
                class_id=class_.id,
                class_=class_,
            )
            asked.append(_ask(content, why, opening, by=by))
            noticing.second_asked(opening)
    return asked


def agree(opening: Opening, *, word: str, by: Actor) -> None:
    """A second person agrees: from now on both can read, for as long as was asked."""
    with transaction():
        _still_waits(opening, by)
        content = _content(opening)
        if content is None:
            raise NotFound
        now = clock.now()
        machine.fire(
            AGREE,
            opening,
            by=by,
            reason=html.line(word),
            **_seconded(opening, word, now, by=by),
            **_opened(opening, content, now),
        )
        noticing.second_given(opening)


def refuse(opening: Opening, *, word: str, by: Actor) -> None:
    """A second person says no, and why."""
    access.authorize(by, Permission.Opening.SECOND, opening)
    if not word.strip():
        raise Invalid(fields={"word": _l("写一句为什么不打开。")})
    with transaction():
        _still_waits(opening, by)
        machine.fire(
            REFUSE,
            opening,
            by=by,
            reason=html.line(word),
            **_seconded(opening, word, clock.now(), by=by),
        )
        noticing.second_given(opening)


def read(opening: Opening, *, by: Actor) -> Content:
    """The words, for those who opened it and as long as it is open. Each look stands on the trail."""
    access.authorize(by, Permission.Opening.READ, opening)
    content = _content(opening)
    if content is None:
        raise NotFound
    with transaction():
        trail.write(opening, "read opened", by=by)
    return content


def photo(opening: Opening, number: int, *, by: Actor) -> bytes:
    """One of its photos as JPEG, the first being 1; a look at the words has told of it already."""
    access.authorize(by, Permission.Opening.READ, opening)
    content = _content(opening)
    if content is None:
        raise NotFound
    found = pictures.picture(content, number)
    assert opening.opened_at is not None
    with transaction():
        if not trail.is_told(opening, "read opened", by=by, since=opening.opened_at):
            trail.write(opening, "read opened", by=by)
    return found


def close(opening: Opening, *, by: Actor) -> None:
    """End the reading before its time."""
    with transaction():
        machine.fire(CLOSE, opening, by=by, closed_at=clock.now())


def show_now(opening: Opening, *, by: Actor) -> None:
    """End a delay before its day: the children are told from now on."""
    access.authorize(by, Permission.Opening.END_DELAY, opening)
    with transaction():
        if not opening.is_delayed:
            raise IllegalMove
        opening.shown_from = clock.now()
        trail.write(opening, "told of opening", by=by)


def checked(why: Why, *, most: int | None = DELAY_MOST) -> Why:
    """The same in clean lines. Raises ``Invalid``; ``most`` is the longest delay in days."""
    reason, told, delay = html.line(why.reason), html.line(why.told), html.line(why.delay_reason)
    wrong: dict[str, object] = {}
    for name, text in (("reason", reason), ("told", told)):
        if not REASON_LEAST <= len(text) <= REASON_MOST:
            wrong[name] = _l("写十个字以上，说清楚为什么。")
    if why.delay_until is not None:
        days = (why.delay_until - clock.today()).days
        if days < 1:
            wrong["delay_until"] = _l("选今天以后的一天。")
        elif most is not None and days > most:
            wrong["delay_until"] = _l("最多推迟三十天。")
        if not REASON_LEAST <= len(delay) <= REASON_MOST:
            wrong["delay_reason"] = _l("写十个字以上：现在告诉孩子，会怎么不安全。")
    elif delay:
        wrong["delay_until"] = _l("写上从哪一天起告诉孩子。")
    if wrong:
        raise Invalid(fields=wrong)
    return Why(reason, told, delay, why.delay_until)


def begin_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.CHINA)


def _ask(content: Content, why: Why, opening: Opening, *, by: Actor) -> Opening:
    said = checked(why)
    if opening_queries.asked_already(content.kind, content.id, by):
        raise Invalid(_l("这一件你已经请求过了，看看“打开密封的信”那一页。"))
    opening.kind, opening.item_id, opening.asked_at = content.kind, content.id, clock.now()
    opening.reason, opening.told = said.reason, said.told
    opening.asked_by_id, opening.asked_as = by.person_id, _office(by, opening)
    if said.delay_until is not None:
        opening.delay_reason = said.delay_reason
        opening.delay_until = begin_of_day(said.delay_until)
    store(opening, content)
    trail.write(opening, "ask to open", by=by, reason=said.reason, to_state=opening.state.value)
    return opening


def store(opening: Opening, content: Content) -> None:
    """Add an opening, and to whom belongs what it opens."""
    current = session()
    current.add(opening)
    current.flush()
    current.add_all(
        OpeningOwner(opening_id=opening.id, person_id=party) for party in set(content.parties)
    )


def _opened(opening: Opening, content: Content, now: datetime) -> dict[str, Any]:
    """The columns of the moment in which it opens; a delay that is over already is none."""
    ends = EMERGENCY if opening.basis is Basis.EMERGENCY else timedelta(days=opening.days)
    return {
        "opened_at": now,
        "until": now + ends,
        "shown_from": max(now, opening.delay_until or now),
        "digest": canonical.digest(canonical.text_of(content)),
    }


def _seconded(opening: Opening, word: str, now: datetime, *, by: Actor) -> dict[str, Any]:
    written = html.line(word)
    if len(written) > REASON_MOST:
        raise Invalid(fields={"word": _l("写短一些。")})
    return {
        "second_by_id": by.person_id,
        "second_as": _office(by, opening),
        "second_at": now,
        "second_word": written,
    }


def _still_waits(opening: Opening, by: Actor) -> None:
    access.authorize(by, Permission.Opening.SECOND, opening)
    if opening.has_lapsed:
        raise IllegalMove(_l("这个请求过了一天没有人答应，已经不算数了。还需要，就重新请求。"))


def _office(by: Actor, opening: Opening) -> Role:
    """As what somebody acts: the nearest of their offices over the class."""
    class_ = opening.report.class_ if opening.report else opening.class_
    assert class_ is not None
    for role in HANDLERS:
        if holds_over(by, class_.path, role):
            return Role(role)
    raise NotPermitted


def _content(opening: Opening) -> Content | None:
    return (
        _reported(opening.report) if opening.report else items.read(opening.kind, opening.item_id)
    )


def _reported(report: Report) -> Content:
    """What a report points at as it was frozen then, when it belongs to whoever reported it."""
    if report.about_id is None:
        raise NotFound
    frozen = evidence.of(report)
    content = (
        evidence.content(frozen, title=report.about_label)
        if frozen is not None
        else _delivered(report.about_kind, report.about_id)
    )
    if report.reporter_id not in content.parties:
        raise NotPermitted
    return content


def _delivered(kind: str, number: int) -> Content:
    """What left its author's desk: nobody opens a draft."""
    content = items.read(kind, number)
    if content is None or content.at is None:
        raise NotFound
    return content
