"""What the forms of rosters send, parsed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from penpal.kernel.errors import Invalid
from penpal.rosters import files, forbidden
from penpal.rosters.headings import Column

_CHOICE = "column-"


def bytes_of(file: FileStorage | None) -> bytes:
    """What an uploaded file holds. Raises ``Invalid`` with words for the field ``file``."""
    if file is None or not file.filename:
        raise Invalid(fields={"file": _l("先选一个文件。")})
    return file.stream.read(files.BYTES_MAX + 1)


def chosen_columns(form: Mapping[str, str]) -> dict[int, Column]:
    """What was said of each column, by its place; columns that are not used are left out."""
    return {
        int(name.removeprefix(_CHOICE)): Column(value)
        for name, value in form.items()
        if name.startswith(_CHOICE)
        and name.removeprefix(_CHOICE).isdecimal()
        and value in set(Column)
    }


def birth(form: Mapping[str, str]) -> str:
    """Year and month as two lists send them; empty where neither was chosen."""
    year, month = form.get("birth_year", "").strip(), form.get("birth_month", "").strip()
    return f"{year}-{month}" if year or month else ""


def day(typed: str) -> date:
    """Raises ``Invalid`` with words for the field ``day``."""
    try:
        return date.fromisoformat(typed)
    except ValueError as unreadable:
        raise Invalid(fields={"day": _l("选一个日期。")}) from unreadable


def to_show_again(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, for the form that comes back; what we never keep is not even shown again."""
    return {name: "" if forbidden.is_value(text) else text for name, text in form.items()}
