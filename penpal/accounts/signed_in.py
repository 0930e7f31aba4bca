"""The bridge to Flask-Login: a session token in the cookie, a snapshot for the request."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flask import Flask, current_app, g, request, session
from flask_login import AnonymousUserMixin, LoginManager, current_user, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from itsdangerous import URLSafeTimedSerializer

from penpal.accounts import presence, snapshots
from penpal.accounts.snapshots import Held
from penpal.kernel import clock, db
from penpal.kernel.access import NOBODY, Actor

manager = LoginManager()
manager.session_protection = None  # type: ignore[assignment]
"""A phone changes its address all the time; the token is random and revocable instead."""


class SignedIn:
    """What Flask-Login keeps for a request."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, held: Held) -> None:
        self.token = token
        self.held = held
        self.actor = held.actor

    def get_id(self) -> str:
        return self.token


def configure(app: Flask) -> None:
    manager.init_app(app, add_context_processor=False)


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    held = snapshots.held_by(token)
    if held is None:
        return None
    if not request.path.startswith("/socket.io"):
        # An open page keeps its socket by itself: that is nobody at the keys.
        presence.note(held.session_id, held.token_hash, held.last_seen_at, held.idle_minutes)
    return SignedIn(token, held)


def actor() -> Actor:
    """Who is asking in this request; ``NOBODY`` when signed out."""
    holder: SignedIn | AnonymousUserMixin = current_user._get_current_object()
    return holder.actor if isinstance(holder, SignedIn) else NOBODY


def still() -> Actor:
    """Who is asking by what is stored at this moment, not by what the request found at its beginning."""
    holder: SignedIn | AnonymousUserMixin = current_user._get_current_object()
    db.let_go()
    held = snapshots.held_by(holder.token) if isinstance(holder, SignedIn) else None
    return held.actor if held else NOBODY


def confirmed_at() -> datetime | None:
    """When whoever asks last proved who they are; None when signed out."""
    holder: SignedIn | AnonymousUserMixin = current_user._get_current_object()
    return holder.held.confirmed_at if isinstance(holder, SignedIn) else None


def begin(token: str, *, shared_device: bool) -> None:
    """Put a fresh session into the cookie, with nothing of whoever sat here before."""
    session.clear()
    session.permanent = not shared_device
    signed_in = _load(token)
    if signed_in is not None:
        login_user(signed_in)


def form_token() -> str:
    """What proves a form to be ours: signed anew once an hour, not for every page.

    Flask-WTF takes what lies in ``g.csrf_token`` for the token that it would have made.
    """
    if "csrf_token" not in g:
        if "csrf_token" not in session:
            return str(generate_csrf())
        hour = int(clock.now().timestamp()) // 3600
        g.csrf_token = _signed(current_app.config["SECRET_KEY"], session["csrf_token"], hour)
    return str(g.csrf_token)


@lru_cache(maxsize=2048)
def _signed(key: str, secret: str, _hour: int) -> str:
    return str(URLSafeTimedSerializer(key, salt="wtf-csrf-token").dumps(secret))


def end() -> None:
    """Take everything out of the cookie."""
    logout_user()
    session.clear()
