"""The cookie of a session: checked once, and still refused when it is old or another's work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from penpal.kernel import clock
from penpal.kernel.application import _Seal

DAY = 24 * 3600


@pytest.fixture
def seal() -> _Seal:
    return _Seal(URLSafeTimedSerializer("a key for tests alone"))


def test_what_one_page_does_to_its_session_is_not_seen_by_the_next(seal: _Seal) -> None:
    cookie = seal.dumps({"words": ["一"]})

    first = seal.loads(cookie, max_age=DAY)
    first["words"].append("二")

    assert seal.loads(cookie, max_age=DAY) == {"words": ["一"]}


def test_an_old_cookie_is_refused_though_it_was_opened_before(
    seal: _Seal, monkeypatch: pytest.MonkeyPatch
) -> None:
    cookie = seal.dumps({"words": []})
    seal.loads(cookie, max_age=DAY)
    later = clock.now() + timedelta(seconds=DAY + 5)
    monkeypatch.setattr(clock, "now", lambda: later)

    with pytest.raises(SignatureExpired):
        seal.loads(cookie, max_age=DAY)


def test_a_cookie_that_was_changed_is_refused(seal: _Seal) -> None:
    cookie = seal.dumps({"words": []})

    # Not the last sign: two of its bits stand for nothing.
    changed = cookie[:-2] + ("a" if cookie[-2] != "a" else "b") + cookie[-1]

    with pytest.raises(BadSignature):
        seal.loads(changed, max_age=DAY)


def test_the_application_opens_its_cookies_so(app: Flask) -> None:
    assert isinstance(app.session_interface.get_signing_serializer(app), _Seal)  # type: ignore[attr-defined]
