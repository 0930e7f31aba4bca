"""Verbs of a report: tell, take up, answer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import transaction
from penpal.kernel.errors import Invalid, NotPermitted
from penpal.permissions import Permission
from penpal.safeguarding import queries
from penpal.safeguarding.models import WORDS_MAX, Addressee, Report
from penpal.safeguarding.states import ANSWER, TAKE


def tell(
    *,
    key: str,
    words: str,
    addressee: Addressee,
    by: Actor,
    about: tuple[str, int, str] | None = None,
) -> Report:
    """Tell a grown-up. ``about`` is the kind, number and label of what it concerns.

    Words may be empty: pointing at something is telling enough. The same key tells once.
    """
    access.authorize(by, Permission.Report.MAKE)
    written = html.normal(words).strip()
    if len(written) > WORDS_MAX:
        raise Invalid(fields={"words": _l("最多写 2000 个字。先说最要紧的，其余当面讲。")})
    if not written and about is None:
        raise Invalid(fields={"words": _l("写一句也行：发生了什么，或者你想找谁聊聊。")})
    kind, number, label = about or ("", None, "")
    with transaction() as current:
        told = queries.of_key(by, key)
        if told is not None:
            return told
        report = Report(
            key=key,
            reporter_id=by.person_id,
            class_id=_class_id(by),
            addressee=addressee,
            about_kind=kind,
            about_id=number,
            about_label=label,
            words=written,
            words_html=html.plain(written),
        )
        current.add(report)
        current.flush()
        trail.write(report, "tell", by=by, to_state=report.state.value)
    return report


def _class_id(by: Actor) -> int:
    """Whose staff answer: of the class of today or, for a child who has left, of the last one."""
    if by.unit_id is not None:
        return by.unit_id
    assert by.person_id is not None
    class_ = people.last_class(by.person_id)
    if class_ is None:
        raise NotPermitted
    return class_.id


def take(report: Report, *, by: Actor) -> None:
    """Say that one looks after it."""
    with transaction():
        machine.fire(TAKE, report, by=by, taken_by_id=by.person_id)


def answer(report: Report, *, words: str, by: Actor) -> None:
    """Tell the child what came of it."""
    written = html.normal(words).strip()
    if not written or len(written) > WORDS_MAX:
        raise Invalid(fields={"answer": _l("写一句回话，让孩子知道你做了什么。")})
    with transaction():
        machine.fire(
            ANSWER,
            report,
            by=by,
            taken_by_id=report.taken_by_id or by.person_id,
            answered_at=clock.now(),
            answer=written,
            answer_html=str(html.plain(written)),
        )
