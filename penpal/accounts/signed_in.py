"""The bridge to Flask-Login: a session token in the cookie, a snapshot for the request."""

from __future__ import annotations

from flask import Flask, session
from flask_login import AnonymousUserMixin, LoginManager, current_user, login_user, logout_user

from penpal.accounts import snapshots
from penpal.kernel.access import NOBODY, Actor

manager = LoginManager()
manager.session_protection = None  # type: ignore[assignment]
"""A phone changes its address all the time; the token is random and revocable instead."""


class SignedIn:
    """What Flask-Login keeps for a request."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        return self.token


def configure(app: Flask) -> None:
    manager.init_app(app, add_context_processor=False)


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    actor = snapshots.by_token(token)
    return SignedIn(token, actor) if actor else None


def actor() -> Actor:
    """Who is asking in this request; ``NOBODY`` when signed out."""
    holder: SignedIn | AnonymousUserMixin = current_user._get_current_object()
    return holder.actor if isinstance(holder, SignedIn) else NOBODY


def begin(token: str, *, shared_device: bool) -> None:
    """Put a fresh session into the cookie, with nothing of whoever sat here before."""
    session.clear()
    session.permanent = not shared_device
    signed_in = _load(token)
    if signed_in is not None:
        login_user(signed_in)


def end() -> None:
    """Take everything out of the cookie."""
    logout_user()
    session.clear()
