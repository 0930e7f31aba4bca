"""Lawful requests: an authority asks, the operator opens by command, and the paper stays on record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from penpal.config import Settings
from penpal.consent import scans
from penpal.kernel import access, clock, html, machine, sealing, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.safeguarding import canonical, items, openings
from penpal.safeguarding.items import Content
from penpal.safeguarding.opening_models import Basis, LawfulPaper, Opening
from penpal.safeguarding.opening_states import BEGIN
from penpal.safeguarding.openings import Why

LARGEST = 10 * 1024 * 1024

TOLD = _l("有关部门依照法律要求看这封信。")


@dataclass(frozen=True)
class Demand:
    """Who asked, under which number, on which paper. ``paper`` is the scan as it was handed over."""

    authority: str
    reference: str
    paper: bytes
    reason: str
    tell_from: date | None = None
    delay_reason: str = ""


def open_(kind: str, number: int, demand: Demand, *, settings: Settings, by: Actor) -> Opening:
    """Open a thing because the law asks for it. The words are taken with ``hand_over``.

    The children are told of it, at once or from the day that the authority demands.
    """
    access.authorize(by, Permission.Opening.LAWFUL)
    paper = _paper_in(demand, settings)
    why = openings.checked(
        Why(demand.reason, str(TOLD), demand.delay_reason, demand.tell_from), most=None
    )
    content = items.read(kind, number)
    if content is None or content.at is None:
        raise NotFound
    with transaction() as current:
        opening = _asked_for(kind, number, content, why)
        openings.store(opening, content)
        trail.write(opening, "asked by law", by=by, reason=why.reason, to_state=opening.state.value)
        paper.opening_id = opening.id
        current.add(paper)
        now = clock.now()
        machine.fire(
            BEGIN,
            opening,
            by=by,
            reason=f"{paper.authority} · {paper.reference}",
            opened_at=now,
            until=now + timedelta(days=1),
            shown_from=max(now, opening.delay_until or now),
            digest=canonical.digest(canonical.text_of(content)),
        )
    return opening


def hand_over(opening: Opening, *, by: Actor) -> Content:
    """The words, on the day of the request; that they were given out stands on the trail."""
    access.authorize(by, Permission.Opening.LAWFUL)
    if opening.basis is not Basis.LAWFUL or not opening.is_running:
        raise NotFound
    content = items.read(opening.kind, opening.item_id)
    if content is None:
        raise NotFound
    with transaction():
        trail.write(opening, "gave out by law", by=by, reason=opening.digest)
    return content


def paper_of(paper: LawfulPaper, *, settings: Settings, by: Actor) -> bytes:
    """The scan as it was handed over."""
    access.authorize(by, Permission.Opening.LAWFUL)
    return sealing.unseal(paper.sealed, _key(settings))


def _asked_for(kind: str, number: int, content: Content, why: Why) -> Opening:
    return Opening(
        basis=Basis.LAWFUL,
        kind=kind,
        item_id=number,
        label=content.title,
        reason=why.reason,
        told=why.told,
        delay_reason=why.delay_reason,
        delay_until=openings.begin_of_day(why.delay_until) if why.delay_until else None,
    )


def _paper_in(demand: Demand, settings: Settings) -> LawfulPaper:
    """The paper of a demand, read, sealed and not yet tied to an opening. Raises ``Invalid``."""
    authority, reference = html.line(demand.authority), html.line(demand.reference)
    if not 2 <= len(authority) <= 120:
        raise Invalid(fields={"authority": _l("写上是哪个部门要求的。")})
    if not 2 <= len(reference) <= 80:
        raise Invalid(fields={"reference": _l("写上文书的编号。")})
    if len(demand.paper) > LARGEST:
        raise Invalid(fields={"paper": _l("文件太大了，最多 10 MB。")})
    try:
        content_type, _stripped = scans.read(demand.paper)
    except scans.NotAScan as problem:
        raise Invalid(fields={"paper": _l("这份文件不是 PDF、JPEG 或 PNG。")}) from problem
    return LawfulPaper(
        authority=authority,
        reference=reference,
        content_type=content_type,
        sealed=sealing.seal(demand.paper, _key(settings)),
        digest=hashlib.sha256(demand.paper).hexdigest(),
    )


def _key(settings: Settings) -> str:
    """Made out of the signing key, so that a copy of the database alone shows no paper."""
    return sealing.derived_key(settings.key(), "lawful papers")
