"""Files with the names of children as answers: to be saved, and kept out of every cache."""

from __future__ import annotations

import io
from collections.abc import Callable

from flask import Response, send_file
from flask_babel import gettext as _

from penpal.accounts.signed_in import actor
from penpal.kernel import clock
from penpal.places.models import Unit
from penpal.rosters import queries, services

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def file(content: bytes, mimetype: str, name: str) -> Response:
    return private(send_file(io.BytesIO(content), mimetype, as_attachment=True, download_name=name))


def private(answer: Response) -> Response:
    """Names and codes of children stay out of every cache."""
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def roster(
    unit: Unit, make: Callable[[list[queries.RosterLine]], bytes], mimetype: str, ending: str
) -> Response:
    """The roster of a school or of a class, named after it and the day."""
    lines = services.outgoing(unit, by=actor())
    return file(make(lines), mimetype, f"{unit.name} {_('名册')} {clock.today()}.{ending}")
