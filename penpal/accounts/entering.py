"""What the doors share: where to go afterwards, and the step from an open door into the house."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from penpal.accounts import agents, half_open, sessions, signed_in
from penpal.accounts.agents import Device
from penpal.accounts.models import Person
from penpal.accounts.sessions import Refused
from penpal.config import Settings

_MISSED = "missed"


def settings() -> Settings:
    found: Settings = current_app.extensions["penpal.settings"]
    return found


def device() -> Device:
    """What this browser says it is."""
    return agents.device(request.headers.get("User-Agent", ""))


def destination() -> str:
    """Where to go after signing in: a path of ours, never another site."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not parts.netloc:
        return wanted
    return url_for("desk.home")


def missed(refused: Refused) -> None:
    """Remember in this browser which tries were made here: a right one soon after owns up to them."""
    session[_MISSED] = [*session.get(_MISSED, []), refused.attempt_id][-sessions.ONES_OWN_SLIPS :]


def let_in(person: Person, token: str | None, *, shared_device: bool) -> bool:
    """Into a session, or to the second step where one waits. Says whether they are in."""
    if token is None:
        half_open.begin(person, shared_device=shared_device)
        return False
    sessions.own_up(person, session.get(_MISSED, []))
    signed_in.begin(token, shared_device=shared_device)
    _tell_news(person)
    return True


def _tell_news(person: Person) -> None:
    news = sessions.news(person.id, but=signed_in.actor().session_id)
    if news.sign_ins:
        flash(_("你的账号在一台新设备上登录过。去“账号”页看看是不是你。"), "warn")
    elif news.attempts:
        flash(
            ngettext(
                "有 %(num)s 次登录没有成功。去“账号”页看看是不是你。",
                "有 %(num)s 次登录没有成功。去“账号”页看看是不是你。",
                len(news.attempts),
            ),
            "warn",
        )


def to_second_step() -> Response:
    return redirect(url_for("accounts.sign_in", next=destination()))
