"""Scans of signed papers: checked by what they are, stripped of camera data, sealed, and every look on record."""

from __future__ import annotations

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.config import Settings
from penpal.consent import scans
from penpal.consent.models import Consent, Giver, How, SignedPaper
from penpal.kernel import access, sealing, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import Invalid, PenpalError
from penpal.permissions import Permission

LARGEST = 5 * 1024 * 1024

_TOO_LARGE = _l("文件太大了，最多 5 MB。把照片缩小一点，或者只拍签字的那一页。")
_NOT_ONE = _l("这份文件不是 PDF、JPEG 或 PNG。用手机拍下来，或者扫描成 PDF 再传。")


def keep(student: Person, content: bytes, *, settings: Settings, by: Actor) -> SignedPaper:
    """Keep a scan and tie it to the guardian's paper answers that have none yet.

    Raises ``Invalid`` for the field ``scan``.
    """
    access.authorize(by, Permission.Consent.RECORD, student)
    if len(content) > LARGEST:
        raise Invalid(fields={"scan": _TOO_LARGE})
    try:
        content_type, stripped = scans.read(content)
    except scans.NotAScan as problem:
        raise Invalid(fields={"scan": _NOT_ONE}) from problem
    with transaction() as current:
        lock(student)
        paper = SignedPaper(
            person_id=student.id,
            content_type=content_type,
            sealed=sealing.seal(stripped, _key(settings)),
            kept_by_id=by.person_id,
        )
        current.add(paper)
        current.flush()
        current.execute(
            sa.update(Consent)
            .where(
                Consent.person_id == student.id,
                Consent.giver == Giver.GUARDIAN,
                Consent.how == How.PAPER,
                Consent.withdrawn_at.is_(None),
                Consent.paper_id.is_(None),
            )
            .values(paper_id=paper.id)
        )
        trail.write(student, "kept signed paper", by=by)
    return paper


def look(paper: SignedPaper, *, settings: Settings, by: Actor) -> bytes:
    """What was scanned. Each look stands in the trail."""
    access.authorize(by, Permission.Consent.SEE_PAPER, paper.person)
    with transaction():
        trail.write(paper.person, "looked at signed paper", by=by)
    try:
        return sealing.unseal(paper.sealed, _key(settings))
    except sealing.WrongKey as problem:
        raise PenpalError(
            _l("这份扫描件打不开，可能是服务器换过密钥。纸质的那一份还算数。")
        ) from problem


def _key(settings: Settings) -> str:
    """Made out of the signing key, so that a copy of the database alone shows no signature."""
    return sealing.derived_key(settings.key(), "signed papers")
