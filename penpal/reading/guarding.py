"""The guard at each field of this room: what is in the way is said beside the field it stands in."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from penpal.accounts.models import Person
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid, Objected
from penpal.safeguarding import services as safeguarding
from penpal.screening import guidance
from penpal.screening.findings import Context
from penpal.screening.screen import screen


def look(
    texts: Mapping[str, tuple[str, Context]],
    problems: Mapping[str, object] | None = None,
    *,
    before: str | None = None,
) -> bool:
    """Look through the texts of a form. Gives whether there are words of despair in any of them.

    Raises ``Objected`` with what was found by field, and with ``problems`` that are known already;
    ``Invalid`` where there are only those.
    Words of despair are never in the way. With ``before``, what the same author wrote just before,
    all of it is looked at together as well: what is split over several texts is still found.
    """
    found, worries = dict(problems or {}), False
    objections: dict[str, object] = {}
    for name, (text, context) in texts.items():
        findings = screen(text, context)
        worries = worries or guidance.is_worrying(findings)
        objection = guidance.objection(text, findings)
        if objection is not None:
            objections[name] = objection
    if before is not None and not found and not objections:
        objections = _split(texts, before)
    if objections:
        raise Objected(fields=objections | found)
    if found:
        raise Invalid(fields=found)
    return worries


def _split(texts: Mapping[str, tuple[str, Context]], before: str) -> dict[str, object]:
    """What no text shows by itself, said beside the last of them."""
    written = [name for name, (text, _context) in texts.items() if text]
    if not written:
        return {}
    last = written[-1]
    whole = "\n".join([before, *(texts[name][0] for name in written)])
    findings = [one for one in screen(whole, texts[last][1]) if one.end > len(before)]
    objection = guidance.objection(whole, findings)
    return {} if objection is None else {last: objection}


def worry(person_id: int, kind: str, number: int) -> None:
    """Tell the school that somebody should ask this child how they are; not a word of what they wrote."""
    name = session().get_one(Person, person_id).name_for_partners
    label = _("%(name)s写的一段读书的话", name=name)
    safeguarding.worry(person_id, about=(kind, number, label))
