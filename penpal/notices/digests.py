"""Mails to staff: planned as rows, sent by a job that can run twice, with counts and links alone."""

from __future__ import annotations

import smtplib
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite

from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.notices import kinds, mailing, reaching, smtp, wording
from penpal.notices.kinds import OF_STAFF, Topic
from penpal.notices.models import Mail, MailAddress, Notice, Rhythm

HOUR = 7
"""From this hour on, Beijing time, the mail of a day goes out."""
HELD = timedelta(minutes=10)
"""So long whoever sends a mail holds it: longer than any server is waited for."""
MOST_ATTEMPTS = 8
PATIENCE = 60.0
"""Seconds after which a round ends: other work waits in the same queue."""
KEPT = timedelta(days=90)
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
_AT_ONCE = 50
_BATCH = 500
_SPAN = {Rhythm.DAILY: timedelta(days=1), Rhythm.WEEKLY: timedelta(days=7)}

_OF_ONE_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Held:
    """A mail as whoever sends it holds it, free of the session."""

    id: int
    person_id: int
    name: str
    address: str
    since: datetime | None
    attempts: int


def plan() -> int:
    """Write down the mails of today that are not yet. Safe to run twice; returns how many are new."""
    now = clock.now()
    here = clock.local(now)
    if here.hour < HOUR:
        return 0
    wanted = {Rhythm.DAILY: f"daily {here.date().isoformat()}"}
    if here.isoweekday() == 1:
        wanted[Rhythm.WEEKLY] = f"weekly {here.date().isoformat()}"
    return sum(_plan(rhythm, name, now) for rhythm, name in wanted.items())


def _plan(rhythm: Rhythm, name: str, now: datetime) -> int:
    """Set-wise, and once: the same person and name are one row, whoever plans at the same time."""
    planned = 0
    while True:
        with transaction() as current:
            there = sa.exists().where(Mail.person_id == MailAddress.person_id, Mail.name == name)
            found = current.execute(
                sa.select(MailAddress.person_id, MailAddress.address)
                .where(MailAddress.rhythm == rhythm, MailAddress.confirmed_at.is_not(None), ~there)
                .order_by(MailAddress.person_id)
                .limit(_BATCH)
            ).all()
            if not found:
                return planned
            rows = [
                {
                    "person_id": person_id,
                    "name": name,
                    "address": address,
                    "since": now - _SPAN[rhythm],
                    "due_at": now,
                    "attempts": 0,
                    "trouble": "",
                }
                for person_id, address in found
            ]
            current.execute(_insert(rows))
            planned += len(rows)


def _insert(rows: list[dict[str, Any]]) -> Any:
    insert = sqlite.insert if session().get_bind().dialect.name == "sqlite" else postgresql.insert
    return insert(Mail).values(rows).on_conflict_do_nothing(index_elements=["person_id", "name"])


def post(settings: Settings) -> int:
    """Send what is due. Safe to run twice and beside itself; returns how many went out.

    A mail is held by one sender at a time. When the server has taken it and we end before that is
    written down, it goes out once more after ``HELD``, under the same Message-ID, by which mailboxes know it as
    the same one: of the two, a mail that comes twice does less harm than one that never comes.
    """
    if not mailing.is_offered(settings):
        return 0
    sent, began = 0, time.monotonic()
    while time.monotonic() - began < PATIENCE and (due := _due()):
        round_ = _Round(settings)
        sent += round_.post(due)
        if round_.is_cut:
            # A server that is away would be waited for again with each mail.
            break
    return sent


def _due() -> Sequence[int]:
    now = clock.now()
    return (
        session()
        .scalars(
            sa.select(Mail.id)
            .where(
                Mail.sent_at.is_(None),
                Mail.given_up_at.is_(None),
                Mail.due_at <= now,
                sa.or_(Mail.held_until.is_(None), Mail.held_until < now),
            )
            .order_by(Mail.due_at, Mail.id)
            .limit(_AT_ONCE)
        )
        .all()
    )


class _Round:
    """Mails sent over one line, which is opened for the first of them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.is_cut = False

    def post(self, numbers: Sequence[int]) -> int:
        with ExitStack() as stack:
            line: smtp.Post | None = None
            sent = 0
            # To hang up politely on a line that is gone already is no error of any mail.
            stack.enter_context(suppress(OSError, smtplib.SMTPException))
            for number in numbers:
                held = _hold(number)
                if held is None:
                    continue
                try:
                    message = _composed(held, self._settings)
                    if message is None:
                        _done(held, "nothing to tell")
                        continue
                    line = line or stack.enter_context(smtp.line(self._settings))
                    line.send(message)
                except Exception as problem:
                    # Whatever it is, it is this mail's alone and must not keep the others from going out.
                    _failed(held, problem)
                    if not isinstance(problem, _OF_ONE_MAIL):
                        self.is_cut = True
                        break
                    continue
                _done(held)
                sent += 1
        return sent


def _hold(number: int) -> Held | None:
    """Take one mail for oneself; None when another sender was faster or it is no longer wanted."""
    now = clock.now()
    with transaction() as current:
        taken = current.execute(
            sa.update(Mail)
            .where(
                Mail.id == number,
                Mail.sent_at.is_(None),
                Mail.given_up_at.is_(None),
                sa.or_(Mail.held_until.is_(None), Mail.held_until < now),
            )
            .values(held_until=now + HELD, attempts=Mail.attempts + 1),
            execution_options={"synchronize_session": False},
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            return None
        mail = current.get_one(Mail, number)
        current.refresh(mail)
        return Held(mail.id, mail.person_id, mail.name, mail.address, mail.since, mail.attempts)


def _composed(held: Held, settings: Settings) -> Any:
    """The mail, or None where there is nothing to say, or nobody any more to say it to."""
    known = mailing.of(held.person_id)
    if known is None or known.address != held.address or not reaching.works(held.person_id):
        return None
    if held.since is None:
        return wording.question(held, known.language, settings)
    if known.confirmed_at is None or known.rhythm is Rhythm.NEVER:
        return None
    counts = _counts(held.person_id, held.since)
    return wording.digest(held, counts, known.language, settings) if counts else None


def _counts(person_id: int, since: datetime) -> dict[Topic, int]:
    """How many notices of each topic came since then and are new still. Numbers alone."""
    found = session().execute(
        sa.select(Notice.kind, sa.func.count())
        .where(Notice.person_id == person_id, Notice.seen_at.is_(None), Notice.at >= since)
        .group_by(Notice.kind)
    )
    counted: Counter[Topic] = Counter()
    for name, count in found:
        kind = kinds.of(name)
        if kind is not None:
            counted[kind.topic] += count
    return {topic: counted[topic] for topic in OF_STAFF if counted[topic]}


def _done(held: Held, said: str = "") -> None:
    _write(held, sent_at=clock.now(), held_until=None, trouble=said)


def _failed(held: Held, problem: Exception) -> None:
    """Try again later and later; what the server refuses for good, or for too long, is given up."""
    now = clock.now()
    said = _said(problem)
    log.warning("mail_not_sent", mail=held.id, attempt=held.attempts, problem=said)
    if _is_final(problem) or held.attempts >= MOST_ATTEMPTS:
        _write(held, given_up_at=now, held_until=None, trouble=said)
        return
    pause = min(_FIRST_PAUSE * 2 ** (held.attempts - 1), _LONGEST_PAUSE)
    _write(held, due_at=now + pause, held_until=None, trouble=said)


def _write(held: Held, **values: Any) -> None:
    """Only as long as it is ours still: whoever took it back meanwhile is right."""
    with transaction() as current:
        current.execute(
            sa.update(Mail)
            .where(Mail.id == held.id, Mail.sent_at.is_(None), Mail.given_up_at.is_(None))
            .values(**values),
            execution_options={"synchronize_session": False},
        )


def _is_final(problem: Exception) -> bool:
    """Whether this very mail is refused for good; a server that is away or full is asked again."""
    codes: list[int] = []
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _words in problem.recipients.values()]
    elif isinstance(problem, smtplib.SMTPDataError):
        codes = [problem.smtp_code]
    return bool(codes) and all(code >= 500 for code in codes)


def _said(problem: Exception) -> str:
    """What went wrong without an address or a password: the kind of it, and the server's number."""
    code = getattr(problem, "smtp_code", None)
    if isinstance(problem, smtplib.SMTPRecipientsRefused):
        code = next(iter(problem.recipients.values()))[0]
    return f"{type(problem).__name__} {code or ''}".strip()[:80]


def waiting() -> tuple[int, int]:
    """How many mails wait, and how many of them have failed at least once: for whoever watches."""
    found = (
        session()
        .execute(
            sa.select(
                sa.func.count(),
                sa.func.coalesce(sa.func.sum(sa.case((Mail.trouble != "", 1), else_=0)), 0),
            ).where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None))
        )
        .one()
    )
    return int(found[0]), int(found[1])


def given_up_since(moment: datetime) -> int:
    return (
        session().scalar(
            sa.select(sa.func.count())
            .select_from(Mail)
            .where(Mail.given_up_at >= moment, Mail.trouble != "")
        )
        or 0
    )


def forget() -> int:
    """Delete what was sent or given up long ago. Safe to run twice."""
    with transaction() as current:
        gone = current.execute(
            sa.delete(Mail).where(
                sa.func.coalesce(Mail.sent_at, Mail.given_up_at) < clock.now() - KEPT
            ),
            execution_options={"synchronize_session": False},
        )
    return int(gone.rowcount)  # type: ignore[attr-defined]
