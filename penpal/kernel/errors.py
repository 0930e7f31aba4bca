"""The small family of errors that services raise and one handler turns into an answer."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

Text = object
"""A sentence for the person: a string or a lazy translation of one."""


class PenpalError(Exception):
    """What went wrong, in words for the person who asked."""

    status = 500
    message: Text = _l("这边出了点问题，你写的字没有丢。过一会儿再试。")

    def __init__(self, message: Text | None = None) -> None:
        super().__init__()
        if message is not None:
            self.message = message

    def __str__(self) -> str:
        return str(self.message)


class NotFound(PenpalError):
    """It is not there, or not there for this person: the two must look alike."""

    status = 404
    message = _l("这一页不在这里。可能是地址写错了，也可能是它已经搬走了。")


class NotPermitted(PenpalError):
    status = 403
    message = _l("这一步不归你做。要是你觉得应该可以，问问老师。")


class IllegalMove(PenpalError):
    """The thing is no longer in a state from which this can be done."""

    status = 409
    message = _l("这件事已经有了新的进展。刷新看看现在到了哪一步。")


class Conflict(PenpalError):
    """The same key came again with something else in it."""

    status = 409


class Invalid(PenpalError):
    """Input that cannot be taken; ``fields`` tells which words belong to which field."""

    status = 422
    message = _l("有几处要改一改。")

    def __init__(
        self, message: Text | None = None, *, fields: Mapping[str, Text] | None = None
    ) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class Objected(Invalid):
    """The guard found something: its author mends it, or asks a teacher to release it as it is."""


class TooMany(PenpalError):
    status = 429
    message = _l("试得太快了。歇几分钟再来，你写的都还在。")
