"""What the tests of second factors share: an application that demands one, and the app on the phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyotp
import sqlalchemy as sa
from flask.testing import FlaskClient

from penpal.accounts import second_factor
from penpal.accounts.factor_models import STEP_SECONDS, SecondFactor
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import transaction
from tests.cast import Cast

Phone = Callable[[int], str]


def phone_of(secret: str) -> Phone:
    """An authenticator: ``phone(0)`` is the code of this half minute, ``phone(1)`` that of the next."""

    def code(later: int = 0) -> str:
        now = int(clock.now().timestamp()) // STEP_SECONDS
        return pyotp.TOTP(secret).generate_otp(now + later)

    return code


def equip(cast: Cast, settings: Settings, who: str = "teacher_bj") -> tuple[Phone, list[str]]:
    """Set up a factor for somebody by the product's verbs: their phone and their recovery codes.

    The code that proved it is good again, as if that had been a while ago.
    """
    person = cast.person(who)
    offered = second_factor.offer(person, settings=settings)
    phone = phone_of(offered.secret)
    made = second_factor.set_up(
        person, sealed=offered.sealed, typed=phone(0), settings=settings, by=cast.actor(who)
    )
    with transaction() as current:
        current.execute(sa.update(SecondFactor).values(last_step=0))
    return phone, made


def wrong(phone: Phone) -> str:
    """Six figures that no half minute near this one has."""
    near = {phone(step) for step in range(-3, 4)}
    return next(code for code in ("000000", "111111", "222222") if code not in near)


def hidden(page: str, name: str) -> str:
    """The value of the last such field: those of the page's own tools stand above."""
    found: list[str] = re.findall(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[-1]


def secret_on(page: str) -> str:
    """The secret that a page offers to be typed."""
    found = re.search(r'<p class="secret">(.*?)</p>', page, re.DOTALL)
    assert found is not None
    return "".join(re.findall(r"<bdi>(\w{4})</bdi>", found[1]))


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200
