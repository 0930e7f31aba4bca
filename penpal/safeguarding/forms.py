"""Parsing of what a child tells, and of what staff answer and record."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from penpal.kernel import clock
from penpal.kernel.errors import Invalid
from penpal.safeguarding.models import Addressee, Authority, Outcome


@dataclass(frozen=True)
class TellForm:
    """``about`` is a pointer such as ``letter:7``, or empty. ``key`` makes pressing twice tell once."""

    key: str
    words: str
    addressee: Addressee
    about: str
    shown: bool = False
    pauses: bool = False

    @classmethod
    def fresh(cls, about: str) -> TellForm:
        return cls(secrets.token_urlsafe(18), "", Addressee.TEACHER, about[:64])

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> TellForm:
        chosen = fields.get("addressee", "")
        return cls(
            key=fields.get("key", "")[:64] or secrets.token_urlsafe(18),
            words=fields.get("words", ""),
            addressee=Addressee(chosen) if chosen in set(Addressee) else Addressee.TEACHER,
            about=fields.get("about", "")[:64],
            shown=fields.get("shown") == "1",
            pauses=fields.get("pauses") == "1",
        )


@dataclass(frozen=True)
class AnswerForm:
    """What staff tell the child."""

    words: str
    outcome: Outcome | None

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> AnswerForm:
        chosen = fields.get("outcome", "")
        return cls(fields.get("answer", ""), Outcome(chosen) if chosen in set(Outcome) else None)


@dataclass(frozen=True)
class DutyForm:
    authority: Authority
    reported_on: date
    reference: str

    @classmethod
    def parse(cls, fields: Mapping[str, str]) -> DutyForm:
        """Raises ``Invalid`` with words for each field."""
        problems: dict[str, object] = {}
        chosen, typed = fields.get("authority", ""), fields.get("reported_on", "").strip()
        if chosen not in set(Authority):
            problems["authority"] = _l("选一个部门。")
        day = clock.today()
        if typed:
            try:
                day = date.fromisoformat(typed)
            except ValueError:
                problems["reported_on"] = _l("日期这样写：2026-11-22。")
        if problems:
            raise Invalid(fields=problems)
        return cls(Authority(chosen), day, fields.get("reference", ""))
