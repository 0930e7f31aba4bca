"""Housekeeping: what ended a month ago is forgotten, what counts stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from penpal.accounts import services, snapshots
from penpal.accounts.models import Activation, SignIn
from penpal.config import Settings
from penpal.kernel import clock, jobs
from penpal.kernel.db import session, transaction
from tests.accounts.doors import newcomer, sign_ins
from tests.cast import PASSWORD, Cast

LONG_AGO, LATELY = timedelta(days=31), timedelta(days=29)


def begin(settings: Settings) -> str:
    _person, token = services.sign_in(
        login_name="xiaohe", password=PASSWORD, shared_device=False, settings=settings
    )
    return token


def change(token: str, **columns: datetime) -> None:
    with transaction() as current:
        current.execute(
            sa.update(SignIn)
            .where(SignIn.token_hash == snapshots.token_hash(token))
            .values(**columns)
        )


def test_sessions_that_ended_or_ran_out_a_month_ago_are_forgotten(
    cast: Cast, settings: Settings
) -> None:
    running, ended, ended_lately, ran_out = (begin(settings) for _ in range(4))
    change(ended, ended_at=clock.now() - LONG_AGO)
    change(ended_lately, ended_at=clock.now() - LATELY)
    change(ran_out, expires_at=clock.now() - LONG_AGO)

    jobs.run("accounts.forget_old_sessions")
    jobs.run("accounts.forget_old_sessions")

    kept = {begun.token_hash for begun in sign_ins(cast.person("xiaohe"))}
    assert kept == {snapshots.token_hash(token) for token in (running, ended_lately)}
    assert snapshots.by_token(running) is not None


def test_codes_that_ran_out_a_month_ago_are_forgotten(cast: Cast, settings: Settings) -> None:
    newcomer(settings, login_name="child1")
    old, _code = newcomer(settings, login_name="child2")
    with transaction() as current:
        current.execute(
            sa.update(Activation)
            .where(Activation.person_id == old.id)
            .values(expires_at=clock.now() - LONG_AGO)
        )

    services.forget_old_sessions()

    assert session().scalar(sa.select(sa.func.count()).select_from(Activation)) == 1
