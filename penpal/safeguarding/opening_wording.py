"""What a child reads about an opening, in one sentence: who it was is for the one whom it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from penpal.accounts.models import Person, Role
from penpal.safeguarding.opening_models import Opening

OFFICES: Mapping[Role, object] = {
    Role.TEACHER: _l("班主任"),
    Role.SCHOOL_SECRETARY: _l("校团委书记"),
    Role.COUNTY_SECRETARY: _l("上一级团委书记"),
}


def told(openings: Iterable[Opening], reader_id: int | None) -> list[tuple[Opening, str]]:
    """Openings as a page shows them, each with its sentence."""
    return [(opening, sentence(opening, reader_id)) for opening in openings]


def sentence(opening: Opening, reader_id: int | None) -> str:
    """'王老师（班主任）打开了这封信。' for whoever told of it, or is in danger; no names for the other.

    A letter has a page of its own; what shares one with other things is named.

    A name, an office, a school or how many they were would tell the other child who asked for help.
    """
    what = _("这封信") if opening.kind == "letter" else _("“%(title)s”", title=opening.label)
    if opening.asked_by is None:
        return _("有关部门依照法律看了%(what)s。", what=what)
    if reader_id is None or reader_id != _concerned(opening):
        return _("负责孩子安全的老师打开了%(what)s。", what=what)
    first = _who(opening.asked_by, opening.asked_as)
    if opening.second_by is None:
        return _("%(who)s打开了%(what)s。", who=first, what=what)
    return _(
        "%(one)s和%(other)s打开了%(what)s。",
        one=first,
        other=_who(opening.second_by, opening.second_as),
        what=what,
    )


def _concerned(opening: Opening) -> int | None:
    """The child for whose sake it was opened."""
    return opening.report.reporter_id if opening.report else opening.endangered_id


def _who(person: Person, office: Role | None) -> str:
    name = person.shown_name
    return _("%(name)s（%(office)s）", name=name, office=OFFICES[office]) if office else name
