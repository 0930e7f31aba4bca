"""Keeping what is said: acknowledged after the commit, each line once for its key.

Lines that come at one time are committed together (ADR 0034). These functions store what they are
given: who may say it, and whether it may be said, was asked before.
"""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from penpal.chat import committing, storing
from penpal.chat.committing import Unavailable
from penpal.chat.lines import Kept, NewLine, Refused
from penpal.kernel import events
from penpal.kernel.db import in_transaction, let_go, session, transaction
from penpal.kernel.errors import Conflict, PenpalError
from penpal.safeguarding.blocking import Paused

__all__ = [
    "Behind",
    "Ended",
    "Kept",
    "NewLine",
    "Refused",
    "Unavailable",
    "keep_batch",
    "keep_within",
    "submit",
]


class Ended(PenpalError):
    """The two are not partners any more."""

    status = 409
    why = "ended"
    message = _l("你们的结对已经结束了，聊天停在这里。说过的话都还在。")


class Behind(Unavailable):
    """Something of the same author was kept since the guard looked: it has to look again."""


def submit(line: NewLine) -> Kept:
    """Keep a line together with others that come now; returns once it is committed.

    Raises ``Paused``, ``Ended``, ``Conflict`` for a key that is taken, ``Behind``, and ``Unavailable``
    while the database does not answer. Belongs outside of a transaction, whose end it would wait for.
    """
    if in_transaction():
        raise RuntimeError("the line would wait for the transaction that waits for it")
    # The committer needs one of the connections, and this caller may hold the last.
    let_go()
    return _kept(committing.committer().hand_in(line))


def keep_within(line: NewLine) -> Kept:
    """Keep one line as part of the transaction that runs; what it raises is as for ``submit``."""
    if not in_transaction():
        raise RuntimeError("outside of a transaction a line is submitted")
    current = session()
    current.flush()
    answers, news = storing.store([line])
    for event in news:
        events.announce(current, event)
    return _kept(answers[0])


def keep_batch(lines: Sequence[NewLine]) -> list[Kept | Refused]:
    """Keep these lines in one transaction, in this order. The answers stand in the order of the lines."""
    with transaction():
        answers, news = storing.store(lines)
    events.send(list(news))
    return answers


def _kept(answer: Kept | Refused | Exception) -> Kept:
    if isinstance(answer, Kept):
        return answer
    if isinstance(answer, Exception):
        raise answer
    if answer is Refused.PAUSED:
        raise Paused
    if answer is Refused.CLOSED:
        raise Ended
    if answer is Refused.BEHIND:
        raise Behind
    raise Conflict(_l("这句话已经发出了，发出的话不能再改。可以另写一句。"))
