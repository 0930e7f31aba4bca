"""Asking a teacher to release a line of the talk: it waits outside of it, and is said when it is let go."""

from __future__ import annotations

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l

from penpal.activities import guarding, queries, services, wording
from penpal.activities.models import WORD_MAX, Activity, ActivityWord
from penpal.kernel import access, html
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import IllegalMove, Invalid
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.safeguarding import held, releasing
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold
from penpal.screening.findings import Context

KIND = "activity_word"


def ask(
    activity: Activity, *, key: str, words: str, to_teacher: str = "", by: Actor
) -> tuple[Hold, bool]:
    """Keep a line as it was typed and ask for its release; ``to_teacher`` is said with the request.

    Gives whether there are words of despair in it, too. Raises ``Invalid`` where the guard finds
    nothing in it, and ``Paused``.
    """
    guarding.check_key(key)
    access.authorize(by, Permission.Activity.TALK, activity)
    said = html.line(words)
    if not said or len(said) > WORD_MAX:
        raise Invalid(fields={"words": _l("写一句再发。") if not said else _l("这一句太长了。")})
    found = releasing.whole([(said, Context.CHAT)], before=services.lines_before(activity, by))
    with services.held(activity):
        access.authorize(by, Permission.Activity.TALK, activity)
        if queries.word_of_key(by.person_id, key) is not None:
            raise IllegalMove(_l("这一句已经说过了。"))
        services.insist_on_talk(activity)
        hold = held.keep(
            activity.pair,
            KIND,
            activity.id,
            key=key,
            fields={},
            said=found,
            words=to_teacher,
            by=by,
        )
        if found.worries:
            guarding.worry(by.person_id, hold.kind, hold.item_id)
    return hold, found.worries


def _title(waiting: HeldText) -> str:
    return wording.label(KIND, waiting.author.name_for_partners)


def _put(
    waiting: HeldText, _chosen: Sequence[Chosen], author: Actor, released_by: Actor
) -> ActivityWord:
    return services.talk(
        session().get_one(Activity, waiting.about_id),
        key=waiting.key,
        words=waiting.text,
        released_by=released_by,
        by=author,
    )


def _mend(waiting: HeldText) -> str:
    return url_for(
        "activities.show", activity_id=waiting.about_id, held=waiting.id, _anchor="talk-title"
    )


def _place(waiting: HeldText) -> str:
    return url_for("activities.show", activity_id=waiting.about_id, _anchor="talk-title")


ROOM = held.Room(_title, _put, _mend, _place)
