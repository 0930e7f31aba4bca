"""What a child reads about an opening, in one sentence: who it was is for the one whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role
from penpal.safeguarding.opening_models import Opening

OFFICES: Mapping[Role, object] = {
    Role.TEACHER: _l("班主任"),
    Role.SCHOOL_SECRETARY: _l("校团委书记"),
    Role.COUNTY_SECRETARY: _l("上一级团委书记"),
}


def sentence(opening: Opening, reader_id: int | None) -> str:
    """'王老师（班主任）打开了这封信。' for whoever told of it, or is in danger; no names for the other.

    A name, an office, a school or how many they were would tell the other child who asked for help.
    """
    if opening.asked_by is None:
        return _("有关部门依照法律看了这封信。")
    if reader_id is None or reader_id != _concerned(opening):
        return _("负责孩子安全的老师打开了这封信。")
    first = _who(opening.asked_by, opening.asked_as)
    if opening.second_by is None:
        return _("%(who)s打开了这封信。", who=first)
    return _(
        "%(one)s和%(other)s打开了这封信。",
        one=first,
        other=_who(opening.second_by, opening.second_as),
    )


def _concerned(opening: Opening) -> int | None:
    """The child for whose sake it was opened."""
    return opening.report.reporter_id if opening.report else opening.endangered_id


def _who(person: Person, office: Role | None) -> str:
    name = person.shown_name
    return _("%(name)s（%(office)s）", name=name, office=OFFICES[office]) if office else name
