"""What the tests of telling share."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.kernel.db import session
from penpal.safeguarding import services
from penpal.safeguarding.models import Addressee, Report
from tests.cast import Cast

KEY = "key-of-what-was-told"
WORDS = "他让我把电话告诉他，我有点怕。"


def tell(
    cast: Cast,
    who: str = "xiaohe",
    *,
    key: str = KEY,
    words: str = WORDS,
    addressee: Addressee = Addressee.TEACHER,
    about: tuple[str, int, str] | None = None,
) -> Report:
    return services.tell(key=key, words=words, addressee=addressee, about=about, by=cast.actor(who))


def post(client: FlaskClient, **changes: str) -> TestResponse:
    fields = {"key": KEY, "words": WORDS, "addressee": "teacher", "about": ""}
    return client.post("/tell", data=fields | changes)


def reports() -> list[Report]:
    return session().query(Report).order_by(Report.id).all()
