"""Verbs of a theme: a student puts it up, a teacher opens it for all, either takes it down."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person
from penpal.activities import guarding, theme_queries
from penpal.activities.guarding import Text
from penpal.activities.models import TITLE_MAX
from penpal.activities.states import OPEN, TAKE_DOWN, IdeaKind
from penpal.activities.theme_models import MOST_THEMES, REASON_MAX, THEME_WORDS_MAX, Theme
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, transaction
from penpal.kernel.errors import Conflict, Invalid
from penpal.permissions import Permission
from penpal.screening.findings import Context


def put_up(*, key: str, idea: IdeaKind, title: str, words: str, by: Actor) -> Theme:
    """Hang a theme on the wall of one's class; the same key hangs it once."""
    guarding.check_key(key)
    access.authorize(by, Permission.Theme.PUT_UP)
    said, explained = html.line(title), html.normal(words).strip()
    worries = guarding.look(
        {
            "title": Text(said, TITLE_MAX, Context.TITLE, _l("给题目起个名字。")),
            "words": Text(explained, THEME_WORDS_MAX, Context.PROFILE),
        }
    )
    with transaction() as current:
        # Pressed twice at once, the second waits and finds what the first hung up.
        lock(current.get_one(Person, by.person_id))
        known = theme_queries.of_key(by.person_id, key)
        if known is not None:
            if (known.title, known.words) != (said, explained):
                raise Conflict(_l("这个题目已经挂上了。你刚才写的还在下面，可以另挂一个。"))
            return known
        if theme_queries.hanging(by.person_id) >= MOST_THEMES:
            raise Invalid(_l("你挂着的题目够多了。拿下一个，再挂新的。"))
        theme = Theme(
            key=key,
            class_id=by.unit_id,
            author_id=by.person_id,
            idea=idea,
            title=said,
            words=explained,
            words_html=html.plain(explained),
            direction=html.direction(explained or said),
            sanitiser=html.VERSION,
        )
        current.add(theme)
        current.flush()
        trail.write(theme, "put up theme", by=by, to_state=theme.state.value)
        if worries:
            guarding.worry(by.person_id, "theme", theme.id)
    return theme


def open_(theme: Theme, *, by: Actor) -> None:
    """Open it for the whole school and the one twinned with it; its author is named in neither."""
    with transaction():
        lock(theme)
        machine.fire(OPEN, theme, by=by, opened_at=clock.now(), opened_by_id=by.person_id)


def take_down(theme: Theme, *, words: str = "", by: Actor) -> None:
    """Take it down; ``words`` of a teacher are for its author. What pairs made of it stays theirs."""
    said = html.line(words)
    if len(said) > REASON_MAX:
        raise Invalid(fields={"words": _l("最多写 200 个字。")})
    if by.is_staff and not said:
        raise Invalid(fields={"words": _l("写一句给写题目的同学：为什么先拿下来。")})
    with transaction():
        lock(theme)
        machine.fire(
            TAKE_DOWN,
            theme,
            by=by,
            taken_down_at=clock.now(),
            taken_down_by_id=by.person_id,
            reason=said if by.is_staff else "",
        )
