"""The few ways that each role has to go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from flask import current_app, g, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from penpal.accounts.models import Role
from penpal.accounts.predicates import SCHOOL_STAFF, SECRETARIES
from penpal.desk import hats
from penpal.desk.overview import ABOVE_SCHOOLS
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.permissions import Permission
from penpal.publishing.editing import pool
from penpal.publishing.editing import predicates as editing
from penpal.safeguarding import opening_queries, queue
from penpal.safeguarding import queries as reports

_CLASS_PAGES = (
    "kind_words.",
    "class_books.",
    "themes.of_class",
    "desk.class_page",
    "desk.student_page",
    "emergency.",
    "twinning.",
    "slips.",
    "printing.",
    "class_consent.",
    "pupils.",
    "leaving.",
    "doubles.",
    "pupil_lists.of_class",
)
_SCHOOL_PAGES = (
    "classes.",
    "hours.",
    "rest.",
    "pupil_lists.of_school",
    "pupil_lists.issue",
    "pupil_lists.sheets",
)
_DOING_PAGES = ("activity_records.", "themes.")
_REVIEW_PAGES = ("queue.", "reviews.", "review_ways.", "piece_figures.")
_READING_PAGES = ("book_notes.", "reflections.", "class_books.own")


@dataclass(frozen=True)
class NavItem:
    url: str
    label: str
    icon: str
    badge: int = 0
    current: bool = False


def of(actor: Actor) -> tuple[NavItem, ...]:
    """The navigation of this request."""
    if actor.is_student and actor.takes_part:
        return _students(request.endpoint or "", actor.waiting, actor.unread, str(get_locale()))
    if actor.is_staff:
        worn = hats.worn(actor)
        above = bool(worn.units(*ABOVE_SCHOOLS)) and not worn.units(*SCHOOL_STAFF)
        items = [
            _item(
                "desk.home",
                _("概况") if above else _("我的班级"),
                "house" if above else "users-round",
                also=_CLASS_PAGES,
            ),
            _help(actor),
        ]
        if actor.units(*SCHOOL_STAFF):
            items.insert(
                1,
                _item(
                    "queue.page", _("待看"), "eye", badge=_in_queue(actor), also=_REVIEW_PAGES[1:]
                ),
            )
        elif actor.units(*ABOVE_SCHOOLS):
            badge = _in_queue(actor)
            items.insert(
                1,
                _item("reviews.page", _("投稿"), "newspaper", badge=badge, also=_REVIEW_PAGES),
            )
        led = worn.units(*SECRETARIES)
        if led:
            items.append(
                _item(
                    "offices.staff",
                    _("人员"),
                    "user-round-plus",
                    also=("staff_list.",),
                    unit_id=led[0],
                )
            )
            items.append(_item("twinnings.index", _("单位结对"), "link"))
        schools = worn.units(Role.SCHOOL_SECRETARY)
        if schools:
            school_id = schools[0]
            items.insert(
                1,
                _item("desk.school", _("学校"), "school", also=_SCHOOL_PAGES, school_id=school_id),
            )
            items.insert(
                2, _item("rosters.page", _("名册"), "file-spreadsheet", school_id=school_id)
            )
        if worn.units(Role.CENTRE_SECRETARY):
            items.append(_item("standing.page", _("刊出的作品"), "newspaper"))
        if worn.units(Role.EDITOR):
            return (*_editors(actor), *(() if editing.is_nothing_but_editor(worn) else items[1:]))
        return tuple(items)
    return ()


def _editors(actor: Actor) -> tuple[NavItem, ...]:
    """Editors begin at the desk: they have no class, and nobody asks them for help."""
    badge = 0 if g.get("without_badges") else pool.count_new(actor)
    return (
        _item("editing.page", _("编辑台"), "pen-line", badge, ("shelves.", "special_words.index")),
        _item("issues.index", _("各期"), "newspaper", also=("special_preview.",)),
        _item("special.home", _("专题页"), "book-open"),
    )


def _in_queue(actor: Actor) -> int:
    return 0 if g.get("without_badges") else queue.count(actor)


def _waiting(actor: Actor) -> int:
    """What children told, and requests by colleagues to open a sealed thing for a child in danger."""
    if g.get("without_badges"):
        return 0
    return reports.count_waiting(actor) + opening_queries.count_waiting(actor)


def _late(actor: Actor) -> int:
    return 0 if g.get("without_badges") else reports.count_late(actor)


def _help(actor: Actor) -> NavItem:
    """Those who ask for help; for whoever only reminds schools of them, where one waits too long."""
    reads = access.conceivable(actor, Permission.Report.READ)
    if not reads and access.conceivable(actor, Permission.Report.REMIND):
        return _item("safeguarding.late", _("求助"), "life-buoy", badge=_late(actor))
    badge = _waiting(actor)
    return _item("safeguarding.reports", _("求助"), "life-buoy", badge=badge, also=("openings.",))


@lru_cache(maxsize=1024)
def _students(here: str, waiting: int, unread: int, _language: str) -> tuple[NavItem, ...]:
    """The same for all students on the same page."""
    # Whoever opens the room reads what is new: it is no news to them any more.
    unread = 0 if here == "chat.room" else unread
    return (
        _item("desk.home", _("我们俩"), "house", also=("together.",)),
        _item("letters.mailbox", _("书信"), "mail", badge=waiting),
        _item("chat.own", _("聊天"), "message-circle", badge=unread),
        *(
            _item(endpoint, label, icon, also=also)
            for endpoint, label, icon, also in (
                ("reading.shelf", _("共读"), "book-open", _READING_PAGES),
                ("activities.index", _("同做"), "sprout", _DOING_PAGES),
            )
            if endpoint in current_app.view_functions
        ),
    )


def _item(
    endpoint: str, label: str, icon: str, badge: int = 0, also: tuple[str, ...] = (), **values: Any
) -> NavItem:
    """``also`` names further endpoints, or whole rooms with a dot at the end, that lie under the entry."""
    here = request.endpoint or ""
    room, _dot, _page = endpoint.partition(".")
    under = (*also, endpoint) if room == "desk" else (*also, f"{room}.")
    current = any(here == name or (name.endswith(".") and here.startswith(name)) for name in under)
    return NavItem(url_for(endpoint, **values), label, icon, badge, current)
