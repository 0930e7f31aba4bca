"""Why a line does not go out, each with words for whoever wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l

from penpal.kernel.errors import Invalid, PenpalError
from penpal.screening.findings import Finding


class Screened(Invalid):
    """The guard found something; ``findings`` are places in the line as it was typed."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(fields={"body": _l("这句话里有几处要先看一看，再发出去。你写的都留着。")})
        self.findings = tuple(findings)


class RoomClosed(PenpalError):
    """Chat is switched off, or this is not its hour. ``opens_at`` is when it is, where that is known."""

    status = 409
    message = _l("现在不是聊天的时间。你写的先留着，也可以写成一封信。")

    def __init__(self, opens_at: datetime | None = None, message: object | None = None) -> None:
        super().__init__(message)
        self.opens_at = opens_at
