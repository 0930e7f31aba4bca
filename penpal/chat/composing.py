"""What every way into a room asks first: is there anything in it, may it go in, what does it answer."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.chat import queries, wording
from penpal.chat.doors import Door, Room
from penpal.chat.keeping import Ended
from penpal.chat.models import LONGEST
from penpal.chat.predicates import KIND
from penpal.chat.queries import Quote
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.permissions import Permission
from penpal.safeguarding import block_queries
from penpal.safeguarding import services as safeguarding
from penpal.safeguarding.blocking import Paused
from penpal.twinning.models import Two
from penpal.twinning.states import PairState

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


def check(key: str, body: str) -> str:
    """The words as they are stored; positions in them are those of what was typed."""
    if not _KEY.fullmatch(key):
        raise Invalid(_l("这一页太旧了。刷新以后再发，你写的字先复制下来。"))
    words = stored_form(body)
    if len(words) > LONGEST:
        raise Invalid(fields={"body": _l("一句话最多一千个字。再长，就写成一封信吧。")})
    return words


def worry(line_id: int, *, by: Actor) -> None:
    """Tell the school that somebody should ask the author how they are; not a word of the line."""
    assert by.person_id is not None
    author = session().get_one(Person, by.person_id)
    label = wording.label(author.name_for_partners)
    safeguarding.worry(by.person_id, about=(KIND, line_id, label))


def stored_form(body: str) -> str:
    """What is kept of what was typed: its end is trimmed, never its beginning, by which places count."""
    words = html.normal(body).rstrip()
    return words if words.strip() else ""


def admit(pair: Room, *, by: Actor) -> None:
    """Ask the rulebook whether this person may say something here, and say why not.

    Raises ``NotPermitted`` for anyone else, ``Ended`` and ``Paused``.
    """
    if access.may(by, Permission.Chat.SAY, pair):
        return
    access.authorize(by, Permission.Chat.READ, pair)
    if pair.state is not PairState.ACTIVE:
        raise Ended
    if pair.is_paused if isinstance(pair, Door) else block_queries.is_paused(pair.id):
        raise Paused
    raise NotPermitted


def quoted(pair: Two, line_id: int | None) -> Quote | None:
    """What a line answers: another one of the same room. Raises ``Invalid`` for any other."""
    if line_id is None:
        return None
    row = queries.line(line_id)
    if row is None or row.pair_id != pair.id or row.sequence is None:
        raise Invalid(_l("你引用的那句话不在这里了。去掉引用，再发一次。"))
    return Quote(row.id, row.author_id, row.body, row.sticker, row.is_unsent)
