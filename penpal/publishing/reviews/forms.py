"""Reading what pages of reviews send: the boxes to be covered in a photo, how far up pieces go."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from penpal.kernel import numbers
from penpal.kernel.errors import Invalid
from penpal.media.blurring import MOST, Box
from penpal.places.models import Level
from penpal.publishing.reviews.paths import HIGHEST, Way

COLUMNS, ROWS = 8, 6
"""Of the grid that covers a photo where no pointer draws."""


def boxes(fields: Any) -> list[Box]:
    """Cells as ``row-column`` in ``cell``, and boxes in thousandths ``left,top,right,bottom`` in ``box``.

    Raises ``Invalid`` for ``cells``.
    """
    found = [_cell(typed) for typed in fields.getlist("cell")]
    found += [_box(typed) for typed in fields.getlist("box") if typed.strip()]
    if not found:
        raise Invalid(fields={"cells": _l("先选要盖住的地方。")})
    if len(found) > MOST or not all(box.is_one for box in found):
        raise Invalid(fields={"cells": _l("有一处没有看懂。重新选一次。")})
    return found


def _cell(typed: str) -> Box:
    row, column = _numbers(typed.split("-"), 2)
    if row >= ROWS or column >= COLUMNS:
        raise Invalid(fields={"cells": _l("有一处没有看懂。重新选一次。")})
    return Box(
        column * 1000 // COLUMNS,
        row * 1000 // ROWS,
        -(-(column + 1) * 1000 // COLUMNS),
        -(-(row + 1) * 1000 // ROWS),
    )


def _box(typed: str) -> Box:
    return Box(*_numbers(typed.split(","), 4))


def _numbers(typed: list[str], how_many: int) -> list[int]:
    read = [int(one) for one in typed if one.strip().isdecimal() and len(one.strip()) <= 4]
    if len(typed) != how_many or len(read) != how_many:
        raise Invalid(fields={"cells": _l("有一处没有看懂。重新选一次。")})
    return read


def way(fields: Any) -> Way:
    """Raises ``Invalid`` for ``highest`` and ``days``."""
    problems: dict[str, object] = {}
    typed = fields.get("highest", "")
    if typed not in HIGHEST:
        problems["highest"] = _l("从这几级里选一级。")
    days = numbers.typed(fields.get("days")) or 0
    if not 1 <= days <= 60:
        problems["days"] = _l("写 1 到 60 天。")
    if problems:
        raise Invalid(fields=problems)
    return Way(Level(typed), days)
