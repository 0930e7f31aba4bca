"""The second factor of staff: offered, set up, asked for, renewed (RFC 6238; codes of half a minute)."""

from __future__ import annotations

import hmac
import json
import secrets
import unicodedata
from datetime import timedelta
from typing import NamedTuple

import pyotp
import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts import codes, sessions, two_keys
from penpal.accounts.factor_models import STEP_SECONDS, RecoveryCode, SecondFactor
from penpal.accounts.models import Person, PersonKind, SignIn
from penpal.config import Settings
from penpal.kernel import clock, html, sealing, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.permissions import Permission

DIGITS = 6
RECOVERY_CODES, RECOVERY_LENGTH = 10, 10
OFFER_HOLDS = timedelta(minutes=30)
REASON_MAX = 500
WRONG_CODE = _l("这个验证码没对上，或者已经用过了。等手机上换出下一个，再填一次。")
_PURPOSE, _OFFERED = "second factor", "second factor offered"


class Offer(NamedTuple):
    """A secret that somebody may take on: as text, as an address to scan, and sealed for the form."""

    secret: str
    address: str
    sealed: str

    @property
    def groups(self) -> list[str]:
        """In fours, to be typed where nothing can be scanned."""
        return [self.secret[start : start + 4] for start in range(0, len(self.secret), 4)]


def is_set_up(person_id: int) -> bool:
    return bool(
        session().scalar(
            sa.select(sa.literal(True)).where(
                sa.exists().where(SecondFactor.person_id == person_id)
            )
        )
    )


def stands_before(person: Person, *, settings: Settings) -> bool:
    """Whether the password alone does not let this person in."""
    return person.kind is PersonKind.STAFF and (
        settings.demands_second_factor or is_set_up(person.id)
    )


def offer(person: Person, *, settings: Settings, sealed: str = "") -> Offer:
    """A fresh secret, or the one that was offered to this person a moment ago.

    It lies in the form alone, sealed: whoever only looks at the page changes nothing.
    """
    secret = _offered(person, sealed, settings) if sealed else None
    if secret is None:
        secret = pyotp.random_base32()
        told = json.dumps([person.id, secret, int(clock.now().timestamp())])
        sealed = sealing.seal(told.encode(), _key(settings, _OFFERED)).decode()
    address = pyotp.TOTP(secret).provisioning_uri(
        name=person.login_name, issuer_name=_("结对小伙伴")
    )
    return Offer(secret, address, sealed)


def _offered(person: Person, sealed: str, settings: Settings) -> str | None:
    try:
        told = sealing.unseal(sealed.encode(), _key(settings, _OFFERED))
    except sealing.WrongKey:
        return None
    person_id, secret, at = json.loads(told)
    is_theirs = person_id == person.id
    is_fresh = clock.now().timestamp() - at < OFFER_HOLDS.total_seconds()
    return str(secret) if is_theirs and is_fresh else None


def set_up(
    person: Person, *, sealed: str, typed: str, settings: Settings, by: Actor, replace: bool = False
) -> list[str]:
    """Take on an offered secret, proved by its first code; in place of another only with ``replace``.

    Returns ten recovery codes, which are shown once. Other sessions end. Raises ``Invalid``.
    """
    authorize(by, Permission.Account.SET_UP_FACTOR)
    secret = _offered(person, sealed, settings)
    if secret is None:
        raise Invalid(fields={"code": _l("这一页开得太久了，换了一个新的二维码。再扫一次。")})
    step = _step_of(secret, _tidy(typed))
    if step is None:
        raise Invalid(fields={"code": WRONG_CODE})
    with transaction() as current:
        # Of two pages at once, one comes first and the other finds it there.
        lock(person)
        if is_set_up(person.id) and not replace:
            raise IllegalMove(_l("这个账号已经设好了两步登录。"))
        _take_away(person)
        current.add(
            SecondFactor(
                person_id=person.id,
                secret=sealing.seal(secret.encode(), _key(settings, _PURPOSE)),
                last_step=step,
            )
        )
        made = _fresh_codes(person, settings)
        trail.write(person, "set up second factor", by=by)
        if by.session_id is not None:
            sessions.end(person.id, SignIn.id != by.session_id)
    return made


def accept(person: Person, typed: str, *, settings: Settings) -> bool:
    """Whether this is a code of the app, or one of the recovery codes. It is spent, even among two at once."""
    tidy = _tidy(typed)
    factor = session().get(SecondFactor, person.id, populate_existing=True)
    if factor is None:
        return False
    if len(tidy) == DIGITS and tidy.isascii() and tidy.isdigit():
        return _accept_app(factor, tidy, settings)
    return _accept_recovery(person, tidy, settings)


def _accept_app(factor: SecondFactor, code: str, settings: Settings) -> bool:
    try:
        secret = sealing.unseal(factor.secret, _key(settings, _PURPOSE)).decode()
    except sealing.WrongKey:
        # The signing key was changed: whoever answers for this person has to renew it.
        return False
    step = _step_of(secret, code)
    if step is None:
        return False
    person_id = factor.person_id
    with transaction() as current:
        spent = current.execute(
            sa.update(SecondFactor)
            .where(SecondFactor.person_id == person_id, SecondFactor.last_step < step)
            .values(last_step=step),
            execution_options={"synchronize_session": False},
        )
    return bool(spent.rowcount == 1)  # type: ignore[attr-defined]


def _accept_recovery(person: Person, code: str, settings: Settings) -> bool:
    hashed = _fingerprint(person, code, settings)
    with transaction() as current:
        used = current.execute(
            sa.update(RecoveryCode)
            .where(
                RecoveryCode.person_id == person.id,
                RecoveryCode.code_hash == hashed,
                RecoveryCode.used_at.is_(None),
            )
            .values(used_at=clock.now()),
            execution_options={"synchronize_session": False},
        )
        is_one = bool(used.rowcount == 1)  # type: ignore[attr-defined]
        if is_one:
            by = Actor(kind="staff", person_id=person.id)
            trail.write(person, "used recovery code", by=by)
    return is_one


def _step_of(secret: str, code: str) -> int | None:
    """The half minute to which a code belongs: this one, the one before or the next."""
    app = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_SECONDS)
    now = int(clock.now().timestamp()) // STEP_SECONDS
    # Every step is compared: how long it takes tells nothing.
    fitting = [
        step
        for step in (now - 1, now, now + 1)
        if hmac.compare_digest(app.generate_otp(step).encode(), code.encode())
    ]
    return max(fitting, default=None)


def codes_left(person_id: int) -> int:
    """How many recovery codes are still good."""
    return int(
        session().scalar(
            sa.select(sa.func.count())
            .select_from(RecoveryCode)
            .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
        )
        or 0
    )


def renew_codes(person: Person, *, settings: Settings, by: Actor) -> list[str]:
    """Ten new recovery codes; the old ones are no longer good."""
    authorize(by, Permission.Account.SET_UP_FACTOR)
    with transaction() as current:
        lock(person)
        if not is_set_up(person.id):
            raise IllegalMove
        current.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
        made = _fresh_codes(person, settings)
        trail.write(person, "renewed recovery codes", by=by)
    return made


def renew(person: Person, *, reason: str, by: Actor) -> None:
    """Take a lost factor away: sessions end, and the person sets up another at the next sign-in.

    Whoever made or saw the person's card lately leaves it to somebody else (see ``two_keys``).
    """
    authorize(by, Permission.Account.RENEW_FACTOR, person)
    said = reason_in(reason)
    with transaction():
        lock(person)
        if not is_set_up(person.id):
            raise IllegalMove(_l("这个账号还没有设两步登录，没有要重设的。"))
        two_keys.keep_factor_apart(person, by=by)
        _take_away(person)
        sessions.end(person.id)
        trail.write(person, "renewed second factor", by=by, reason=said)


def reason_in(typed: str) -> str:
    """A reason as it stands on the trail. Raises ``Invalid`` when there is none."""
    said = html.line(typed)
    if not said:
        raise Invalid(fields={"reason": _l("写一句为什么，记录里要留着。")})
    if len(said) > REASON_MAX:
        raise Invalid(fields={"reason": _l("原因写 500 个字以内。")})
    return said


def spaced(code: str) -> str:
    """A recovery code as it is shown: in two halves."""
    half = len(code) // 2
    return f"{code[:half]}-{code[half:]}"


def _take_away(person: Person) -> None:
    current = session()
    current.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    current.execute(sa.delete(SecondFactor).where(SecondFactor.person_id == person.id))


def _fresh_codes(person: Person, settings: Settings) -> list[str]:
    made = [
        "".join(secrets.choice(codes.ALPHABET) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    session().add_all(
        RecoveryCode(person_id=person.id, code_hash=_fingerprint(person, code, settings))
        for code in made
    )
    session().flush()
    return [spaced(code) for code in made]


def _fingerprint(person: Person, code: str, settings: Settings) -> str:
    """A keyed hash: fifty bits of chance need no slow one, and the table alone is of no use."""
    said = f"recovery:{person.id}:{code}".encode()
    return hmac.new(settings.key().encode(), said, "sha256").hexdigest()


def _tidy(typed: str) -> str:
    """What was typed, with figures of any width, without spaces and dashes."""
    return codes.tidy(unicodedata.normalize("NFKC", typed))[:40]


def _key(settings: Settings, purpose: str) -> str:
    return sealing.derived_key(settings.key(), purpose)
