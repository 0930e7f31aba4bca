"""Verbs of an author: yes or no to each change of their own words, a word to it, and done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l

from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, Objected
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.publishing.editing import drafting, guarding, noticing, queries
from penpal.publishing.editing.models import NOTE_MAX, Change, PieceVersion, Verdict
from penpal.publishing.pieces.events import SubmissionMoved
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.states import ACCEPT, ANSWER
from penpal.publishing.pieces.states import SubmissionState as S


class Said(NamedTuple):
    """``verdict`` None leaves it open for now."""

    verdict: Verdict | None
    words: str = ""


def say(
    version: PieceVersion, said: Mapping[int, Said], *, finish: bool = False, by: Actor
) -> bool:
    """Keep what its author says to changes, by their numbers. Gives whether the whole version is answered now.

    Others' changes are left alone. With ``finish`` each of one's own needs a yes or a no; once the last
    of its authors has finished, the piece goes on: ready where all said yes, else back to the desk.
    """
    submission = version.submission
    access.authorize(by, Permission.Submission.ANSWER_CHANGES, submission)
    with transaction() as current:
        submission = current.get_one(Submission, version.submission_id)
        lock(submission)
        current.refresh(version)
        access.authorize(by, Permission.Submission.ANSWER_CHANGES, submission)
        if version.offered_at is None or version.answered_at is not None:
            raise IllegalMove(_l("编辑又有了新的改动。看看最新的一版。"))
        assert by.person_id is not None
        own = queries.asked_of(version, by.person_id)
        _keep(own, said, by)
        guarding.worry(all_words(said), submission, by=by)
        if not finish:
            return False
        left = [change for change in own if change.verdict is None]
        if left:
            raise Invalid(fields={f"verdict-{left[0].id}": _l("这一处还没有选。")})
        current.flush()
        whole = queries.changes_of(version)
        if any(change.verdict is None for change in whole):
            trail.write(submission, "answer own changes", by=by)
            return False
        _close(submission, version, whole, by)
        return True


def _keep(own: list[Change], said: Mapping[int, Said], by: Actor) -> None:
    now = clock.now()
    problems: dict[str, object] = {}
    is_objected = False
    for change in own:
        answer = said.get(change.id)
        if answer is None:
            continue
        words = html.normal(answer.words).strip()
        if len(words) > NOTE_MAX:
            problems[f"words-{change.id}"] = _l("最多 %(number)s 个字。", number=NOTE_MAX)
        # What leads past the school is looked for here as it is in a letter.
        objection = guarding.objection(words)
        if objection is not None:
            problems[f"words-{change.id}"] = objection
            is_objected = True
        if change.verdict is not answer.verdict:
            change.verdict = answer.verdict
            change.said_at = now if answer.verdict else None
            change.said_by_id = by.person_id if answer.verdict else None
        change.words, change.words_html = words, html.plain(words)
    if problems:
        raise (Objected if is_objected else Invalid)(fields=problems)


def _close(submission: Submission, version: PieceVersion, whole: list[Change], by: Actor) -> None:
    is_yes = all(change.verdict is Verdict.ACCEPTED for change in whole)
    if submission.state is S.PUBLISHED:
        if is_yes:
            drafting.print_instead(submission, version, by=by)
            noticing.corrected(submission)
        else:
            trail.write(submission, "reject correction", by=by)
    else:
        # The question is still open while the move asks whether its author may answer it.
        also: dict[str, Any] = {"version_id": version.id} if is_yes else {}
        step = ACCEPT if is_yes else ANSWER
        machine.fire(step, submission, by=by, moved_at=clock.now(), **also)
        announce(session(), SubmissionMoved(submission.id, submission.state.value))
    version.answered_at = clock.now()
    if is_yes:
        drafting.close(version)
    session().flush()
    noticing.answered(version)


def all_words(said: Mapping[int, Said]) -> str:
    """What was written to all changes, one below the other."""
    return "\n".join(answer.words for answer in said.values())
