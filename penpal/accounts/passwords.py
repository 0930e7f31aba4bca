"""Passwords: hashed with Argon2id, and refused when others would guess them."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import lazy_gettext as _l
from zxcvbn import zxcvbn

from penpal.kernel import db
from penpal.kernel.errors import Text

SHORTEST, LONGEST = 8, 128
_ENOUGH_GUESSES = 10**6
"""Below this, an attacker with a list of common and breached passwords is done within a day online."""

# The lists of zxcvbn come from English-speaking sites; these are what children here try first.
_GUESSED_HERE = [
    *("5201314", "1314520", "1314", "520", "woaini", "woai", "nihao", "mima", "mama", "baba"),
    *("zhongguo", "xuexiao", "xuesheng", "tongxue", "laoshi", "jieduizi"),
    *("beijing", "tianjin", "shanghai", "xinjiang", "hetian"),
]

# OWASP's second recommended setting: 19 MiB, two passes, one lane. The library's default of 64 MiB
# would take 3 GB when a class signs in at once; the semaphore bounds even this. One core is left to
# pages: a hash lets go of the interpreter, so as many of them as there are cores would starve the rest.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_at_once = threading.BoundedSemaphore(min(4, max(1, (os.cpu_count() or 2) - 1)))
_NOBODYS_HASH = _hasher.hash("nobody has this password")


@contextmanager
def _turn() -> Iterator[None]:
    """Whoever waits here for a turn holds no connection that pages of others need meanwhile (`bench/sign_ins.py`)."""
    db.let_go()
    with _at_once:
        yield


def hashed(password: str) -> str:
    with _turn():
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Whether it is the password. Takes as long for nobody as for somebody."""
    with _turn():
        try:
            _hasher.verify(stored or _NOBODYS_HASH, password[: LONGEST * 4])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


def objection(password: str, *, known: list[str]) -> Text | None:
    """Why a password cannot be taken, in words a child understands; None when it can.

    ``known`` are words that others know about the person: login name, display name.
    """
    if len(password) < SHORTEST:
        return _l("口令至少要 8 位。三个不相干的词连起来，又长又好记。")
    if len(password) > LONGEST:
        return _l("口令太长了，最多 128 位。")
    if any(word and word.lower() in password.lower() for word in known):
        return _l("口令里有你的名字或登录名，认识你的人一猜就中。换一个。")
    # zxcvbn carries lists of breached passwords and knows keyboard runs, repeats and dates.
    if zxcvbn(password[:72], user_inputs=known + _GUESSED_HERE)["guesses"] < _ENOUGH_GUESSES:
        return _l("这个口令太常见，很多人用过，一猜就中。换一个别人想不到的。")
    return None
