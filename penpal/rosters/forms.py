"""What the forms of rosters send, parsed."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from penpal.kernel.errors import Invalid
from penpal.rosters import files
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
