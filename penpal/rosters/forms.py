"""What the upload form sends, parsed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from penpal.kernel.errors import Invalid
from penpal.rosters import files, reading
from penpal.rosters.reading import Sheet


def sheet_of(file: FileStorage | None) -> Sheet:
    """The roster in an uploaded file. Raises ``Invalid`` with words for the field ``file``."""
    if file is None or not file.filename:
        raise Invalid(fields={"file": _l("先选一个文件。")})
    try:
        return reading.read(file.stream.read(files.BYTES_MAX + 1))
    except Invalid as problem:
        raise Invalid(fields={"file": problem.message}) from problem
