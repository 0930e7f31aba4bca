"""What the forms of the ledger send, parsed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage, MultiDict

from penpal.consent.models import Purpose, Relation
from penpal.consent.papers import LARGEST
from penpal.kernel.errors import Invalid, NotFound

ANSWER = "answer-"


def purpose(text: str) -> Purpose:
    """The purpose that an address names."""
    if text not in set(Purpose):
        raise NotFound
    return Purpose(text)


def purposes(form: MultiDict[str, str]) -> list[Purpose]:
    """What was ticked, in the order of the ledger."""
    ticked = set(form.getlist("purpose"))
    return [one for one in Purpose if one.value in ticked]


def day(text: str) -> date | None:
    """An ISO day; None where nothing was written. Raises ``Invalid`` for the field ``given_on``."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as problem:
        raise Invalid(fields={"given_on": _l("日期没看懂，写成 2026-09-01 这样。")}) from problem


def scan(file: FileStorage | None) -> bytes:
    """What an uploaded file holds; empty where none was chosen."""
    if file is None or not file.filename:
        return b""
    return file.stream.read(LARGEST + 1)


def answers(form: Mapping[str, str]) -> dict[Purpose, bool]:
    """A guardian's yes or no for each purpose that was answered."""
    said = {one: form.get(ANSWER + one.value, "") for one in Purpose}
    return {one: word == "yes" for one, word in said.items() if word in ("yes", "no")}


def relation(text: str) -> Relation | None:
    return Relation(text) if text in set(Relation) else None
