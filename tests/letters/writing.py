"""What the tests of letters share: drafts and letters between 小禾 and 小麦, by the product's own verbs."""

from __future__ import annotations

import sqlalchemy as sa

from penpal.kernel.db import session
from penpal.letters import services
from penpal.letters.models import Envelope, Letter
from penpal.letters.services import Saved
from penpal.twinning.models import Pair
from tests.cast import Cast

KEY = "key-of-the-letter"
BODY = "小麦：\n\n你好！我家窗外有一棵老槐树，下雨的时候叶子会响。\n\n小禾"


def composed(**changes: str) -> dict[str, str]:
    """What the composer sends from a fresh sheet, on which 小禾 and 小麦 are the first pair there is."""
    pair = session().scalar(sa.select(sa.func.min(Pair.id)))
    sheet = {"key": KEY, "body": BODY, "envelope": "sealed", "revision": "0", "pair": str(pair)}
    return sheet | changes


def save(
    cast: Cast,
    who: str = "xiaohe",
    *,
    key: str = KEY,
    body: str = BODY,
    envelope: Envelope = Envelope.SEALED,
    revision: int = 0,
) -> Saved:
    return services.save_draft(
        cast.pair(), key=key, body=body, envelope=envelope, revision=revision, by=cast.actor(who)
    )


def send(
    cast: Cast,
    who: str = "xiaohe",
    *,
    key: str = KEY,
    body: str = BODY,
    envelope: Envelope = Envelope.SEALED,
    revision: int | None = None,
    in_reply_to: Letter | None = None,
) -> Letter:
    return services.send(
        cast.pair(),
        key=key,
        body=body,
        envelope=envelope,
        revision=revision,
        in_reply_to=in_reply_to,
        by=cast.actor(who),
    )


def exchange(cast: Cast, number: int) -> list[Letter]:
    """So many letters, turn by turn, each with a sentence of its own."""
    return [
        send(
            cast,
            "xiaohe" if turn % 2 == 0 else "xiaomai",
            key=f"key-of-letter-{turn:04}",
            body=f"这是来往里的一封信，顺序是{turn + 1:03}号。",
        )
        for turn in range(number)
    ]
