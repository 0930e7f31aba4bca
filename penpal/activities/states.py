"""The life of an activity, of each one's record of it, and of a theme that a student puts up."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class IdeaKind(StrEnum):
    """The six things that the notice names (notice, 'the three ones'), and whatever two think of."""

    GOOD_DEED = "good_deed"
    PUBLIC_SERVICE = "public_service"
    CLUB = "club"
    ESSAY = "essay"
    DRAWING = "drawing"
    RADIO = "radio"
    OWN = "own"


class ShownTo(StrEnum):
    """Who sees what two have done, once both of them chose the same."""

    US = "us"
    CLASSES = "classes"


class Seal(StrEnum):
    """Who may read a record: only the partner, or the author's class teacher as well."""

    SEALED = "sealed"
    OPEN = "open"


class ActivityState(StrEnum):
    """``done`` when both have done it; ``shared`` when both chose the same eyes for it."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DONE = "done"
    SHARED = "shared"
    STEPPED_OUT = "stepped_out"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


AGREE = move(
    "agree on activity", [ActivityState.PROPOSED], ActivityState.AGREED, Permission.Activity.NOD
)
DECLINE = move(
    "decline activity",
    [ActivityState.PROPOSED],
    ActivityState.DECLINED,
    Permission.Activity.DECLINE,
)
WITHDRAW = move(
    "withdraw activity",
    [ActivityState.PROPOSED],
    ActivityState.WITHDRAWN,
    Permission.Activity.WITHDRAW,
)
STEP_OUT = move(
    "step out", [ActivityState.AGREED], ActivityState.STEPPED_OUT, Permission.Activity.STEP_OUT
)
COMPLETE = move(
    "both have done it", [ActivityState.AGREED], ActivityState.DONE, Permission.Activity.COMPLETE
)
SHARE = move(
    "decide who sees it", [ActivityState.DONE], ActivityState.SHARED, Permission.Activity.SHARE
)
KEEP = move(
    "decide anew who sees it", [ActivityState.SHARED], ActivityState.DONE, Permission.Activity.KEEP
)
ACTIVITY_MOVES = (AGREE, DECLINE, WITHDRAW, STEP_OUT, COMPLETE, SHARE, KEEP)


class RecordState(StrEnum):
    DRAFT = "draft"
    DONE = "done"


FINISH = move(
    "finish record", [RecordState.DRAFT], RecordState.DONE, Permission.ActivityRecord.FINISH
)
REOPEN = move(
    "take up record", [RecordState.DONE], RecordState.DRAFT, Permission.ActivityRecord.REOPEN
)
RECORD_MOVES = (FINISH, REOPEN)


class ThemeState(StrEnum):
    """``put_up`` for the author's class; ``opened`` for their school and the one twinned with it."""

    PUT_UP = "put_up"
    OPENED = "opened"
    TAKEN_DOWN = "taken_down"


OPEN = move("open theme", [ThemeState.PUT_UP], ThemeState.OPENED, Permission.Theme.OPEN)
TAKE_DOWN = move(
    "take down theme",
    [ThemeState.PUT_UP, ThemeState.OPENED],
    ThemeState.TAKEN_DOWN,
    Permission.Theme.TAKE_DOWN,
)
THEME_MOVES = (OPEN, TAKE_DOWN)
