"""The life of a piece, from the first question to the printed page, and the ways in which it ends.

`DOMAIN.md`, 'Publishing', is the law of it. Who still has to agree or to look stands in rows of their
own; a move that needs all of them asks its permission, which asks those rows.
"""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class SubmissionState(StrEnum):
    ASKING = "asking"
    """The other children in it are asked."""
    WITH_TEACHER = "with_teacher"
    WITH_SECRETARY = "with_secretary"
    WITH_EDITOR = "with_editor"
    WITH_AUTHOR = "with_author"
    """The author looks at what the editor would change."""
    READY = "ready"
    """May be printed as it stands."""
    PUBLISHED = "published"
    SENT_BACK = "sent_back"
    """Its author may mend it and try again."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TAKEN_DOWN = "taken_down"


S = SubmissionState
LIVE = (S.ASKING, S.WITH_TEACHER, S.WITH_SECRETARY, S.WITH_EDITOR, S.WITH_AUTHOR, S.READY)
"""On its way: not printed yet and not ended."""

PASS_TO_TEACHER = move("pass to teacher", [S.ASKING], S.WITH_TEACHER, Permission.Submission.PASS_ON)
PASS_TO_SECRETARY = move(
    "pass to secretary",
    [S.ASKING, S.WITH_TEACHER, S.WITH_SECRETARY],
    S.WITH_SECRETARY,
    Permission.Submission.PASS_ON,
)
PASS_TO_EDITOR = move(
    "pass to editor",
    [S.ASKING, S.WITH_TEACHER, S.WITH_SECRETARY],
    S.WITH_EDITOR,
    Permission.Submission.PASS_TO_EDITOR,
)
SEND_BACK = move(
    "send back",
    [S.WITH_TEACHER, S.WITH_SECRETARY],
    S.SENT_BACK,
    Permission.Submission.REVIEW,
    needs_reason=True,
)
DECLINE = move(
    "decline",
    [S.WITH_TEACHER, S.WITH_SECRETARY],
    S.DECLINED,
    Permission.Submission.REVIEW,
    needs_reason=True,
)
TURN_DOWN = move(
    "turn down",
    [S.WITH_EDITOR, S.WITH_AUTHOR, S.READY],
    S.DECLINED,
    Permission.Submission.EDIT,
    needs_reason=True,
)
TRY_AGAIN = move("try again", [S.SENT_BACK], S.ASKING, Permission.Submission.MEND)
OFFER = move("offer", [S.WITH_EDITOR], S.WITH_AUTHOR, Permission.Submission.EDIT)
CALL_BACK = move(
    "call back to desk", [S.WITH_AUTHOR, S.READY], S.WITH_EDITOR, Permission.Submission.EDIT
)
ANSWER = move(
    "answer changes", [S.WITH_AUTHOR], S.WITH_EDITOR, Permission.Submission.ANSWER_CHANGES
)
"""The author does not want all of them."""
ACCEPT = move("accept changes", [S.WITH_AUTHOR], S.READY, Permission.Submission.ANSWER_CHANGES)
TAKE_AS_IT_IS = move("take as it is", [S.WITH_EDITOR], S.READY, Permission.Submission.EDIT)
PUBLISH = move("publish", [S.READY], S.PUBLISHED, Permission.Submission.PUBLISH)
WITHDRAW = move(
    "withdraw",
    [*LIVE, S.SENT_BACK, S.PUBLISHED],
    S.WITHDRAWN,
    Permission.Submission.WITHDRAW,
)
TAKE_DOWN = move(
    "take down",
    [S.PUBLISHED],
    S.TAKEN_DOWN,
    Permission.Submission.TAKE_DOWN,
    needs_reason=True,
)
MOVES = (
    PASS_TO_TEACHER, PASS_TO_SECRETARY, PASS_TO_EDITOR, SEND_BACK, DECLINE, TURN_DOWN, TRY_AGAIN,
    OFFER, CALL_BACK, ANSWER, ACCEPT, TAKE_AS_IT_IS, PUBLISH, WITHDRAW, TAKE_DOWN,
)  # fmt: skip
