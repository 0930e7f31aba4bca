"""Where mail goes and how often: given by staff, confirmed by a link, ended by one click."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer

from penpal.config import Settings
from penpal.kernel import access, clock, jobs
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Invalid, NotFound, TooMany
from penpal.notices.models import Mail, MailAddress, Rhythm
from penpal.permissions import Permission

POST = "notices.post"
CONFIRM = "confirm"
_GOOD = timedelta(days=3)
"""How long the link lasts that confirms an address."""
_ASKED_A_DAY = 5
"""So often somebody may have a mail sent to an address that nobody has confirmed."""
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z0-9-]{2,63}"
)
_LONGEST = 254


def is_offered(settings: Settings) -> bool:
    """Whether this server can send mail, and knows the address that its links begin with."""
    return bool(settings.smtp_url.get_secret_value() and settings.public_url)


def of(person_id: int) -> MailAddress | None:
    return session().get(MailAddress, person_id)


def give(address: str, rhythm: Rhythm, *, language: str, settings: Settings, by: Actor) -> bool:
    """Say where mail goes and how often. Gives whether a mail was sent there to ask if it is right.

    Raises ``Invalid`` for what is no address, and ``TooMany`` for whoever has asked too often.
    """
    access.authorize(by, Permission.Notice.MAIL)
    assert by.person_id is not None
    written = address.strip()
    if not is_offered(settings):
        raise Invalid(_l("这台服务器还不能寄邮件。"))
    if len(written) > _LONGEST or not _ADDRESS.fullmatch(written):
        raise Invalid(fields={"address": _l("写一个邮箱地址，像 name@example.cn 这样。")})
    with transaction() as current:
        known = current.get(MailAddress, by.person_id)
        if known is not None:
            lock(known)
        is_new = known is None or known.address != written
        if known is None:
            known = MailAddress(
                person_id=by.person_id, address=written, rhythm=rhythm, language=language
            )
            current.add(known)
        known.rhythm, known.language = rhythm, language
        asks = is_new or (known.confirmed_at is None and not _waiting(by.person_id))
        if asks:
            _not_too_often(by.person_id)
            _drop_waiting(by.person_id)
            now = clock.now()
            known.address, known.given_at = written, now
            known.confirmed_at = None
            current.add(
                Mail(
                    person_id=by.person_id,
                    name=f"{CONFIRM} {now:%Y%m%d%H%M%S%f}",
                    address=written,
                    due_at=now,
                )
            )
    if asks:
        jobs.enqueue(POST)
    return asks


def forget_address(*, by: Actor) -> None:
    """Take one's address back; nothing more goes there."""
    access.authorize(by, Permission.Notice.MAIL)
    assert by.person_id is not None
    with transaction() as current:
        _drop_waiting(by.person_id)
        current.execute(
            sa.delete(MailAddress).where(MailAddress.person_id == by.person_id),
            execution_options={"synchronize_session": False},
        )


def confirm_token(person_id: int, address: str) -> str:
    """What the link in a mail carries: whose address it is, and which."""
    return str(_confirming().dumps([person_id, address]))


def stop_token(person_id: int, address: str) -> str:
    return str(_stopping().dumps([person_id, address]))


def mark_of(number: int, name: str) -> str:
    """A name for a mail that is the same each time and that nobody can count by."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"mail {number} {name}".encode(), hashlib.sha256).hexdigest()[:32]


def asked_about(token: str) -> MailAddress:
    """The address that a link confirms. Raises ``NotFound`` for a link that is old or of another address."""
    good = int(_GOOD.total_seconds())
    return _found(lambda: _confirming().loads(token, max_age=good))


def confirm(token: str) -> None:
    """Whoever reads mail there says that it is theirs; again changes nothing."""
    found = asked_about(token)
    with transaction():
        if found.confirmed_at is None:
            found.confirmed_at = clock.now()


def stopped_by(token: str) -> MailAddress:
    return _found(lambda: _stopping().loads(token))


def stop(token: str) -> None:
    """No more mail, by the link that stands in each of them, signed in or not."""
    found = stopped_by(token)
    with transaction():
        found.rhythm = Rhythm.NEVER
        _drop_waiting(found.person_id)


def _found(opened: Callable[[], Any]) -> MailAddress:
    try:
        person_id, address = opened()
    except BadSignature:
        raise NotFound from None
    found = session().get(MailAddress, person_id)
    if found is None or found.address != address:
        raise NotFound
    return found


def _confirming() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="notices-confirm")


def _stopping() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="notices-stop")


def _waiting(person_id: int) -> Sequence[Mail]:
    return (
        session()
        .scalars(
            sa.select(Mail).where(
                Mail.person_id == person_id, Mail.sent_at.is_(None), Mail.given_up_at.is_(None)
            )
        )
        .all()
    )


def _drop_waiting(person_id: int) -> None:
    for mail in _waiting(person_id):
        mail.given_up_at = clock.now()


def _not_too_often(person_id: int) -> None:
    asked = session().scalar(
        sa.select(sa.func.count())
        .select_from(Mail)
        .where(
            Mail.person_id == person_id,
            Mail.name.startswith(f"{CONFIRM} "),
            Mail.due_at > clock.now() - timedelta(days=1),
        )
    )
    if (asked or 0) >= _ASKED_A_DAY:
        raise TooMany(_l("今天问过好几个地址了，明天再改。"))
