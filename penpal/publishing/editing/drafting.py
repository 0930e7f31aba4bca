"""How a version comes about: from the frozen copy or from what its author said, and what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from penpal.kernel import clock, html, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid
from penpal.publishing.editing import changes, queries, versions
from penpal.publishing.editing.changes import Edit
from penpal.publishing.editing.models import Change, PieceVersion, Verdict, VersionText
from penpal.publishing.pieces import edition
from penpal.publishing.pieces.models import Submission, SubmissionPart

TITLE, STANDFIRST, BODY = "title", "standfirst", "body"


@dataclass(frozen=True)
class Words:
    """All words of a version; those of the parts by their numbers."""

    title: str
    standfirst: str
    bodies: Mapping[int, str] = field(default_factory=dict)
    corrects: str = ""


@dataclass(frozen=True)
class Field:
    """One text of a piece before and after; a part's heading stays what it was."""

    name: str
    part_id: int
    frozen: str
    edited: str

    @property
    def edits(self) -> list[Edit]:
        """A title is taken or left as a whole; a body change by change."""
        if self.name != BODY:
            whole = Edit(0, self.frozen, self.edited)
            return [whole] if self.frozen != self.edited else []
        return changes.between(self.frozen, self.edited)


def parts_of(submission: Submission) -> list[SubmissionPart]:
    return [part for part in submission.current_parts() if part.frozen_at is not None]


def frozen(submission: Submission) -> Words:
    """What was submitted."""
    return Words(submission.title, "", {part.id: part.body for part in parts_of(submission)})


def of(version: PieceVersion) -> Words:
    bodies = {text.part_id: text.body for text in version.texts}
    return Words(version.title, version.standfirst, bodies, version.corrects)


def base(submission: Submission) -> Words:
    """Where the next version begins: with the newest one, without what its author did not want."""
    newest = queries.newest(submission)
    if newest is None:
        return frozen(submission)
    if newest.offered_at is None:
        return of(newest)
    copy = frozen(submission)
    kept = [one for one in queries.changes_of(newest) if one.verdict is not Verdict.REJECTED]

    def text(name: str, part_id: int | None, words: str) -> str:
        own = [one for one in kept if one.field == name and part_id in (None, one.part_id)]
        return changes.applied(words, sorted(own, key=lambda one: one.start))

    return Words(
        text(TITLE, None, copy.title),
        text(STANDFIRST, None, copy.standfirst),
        {part_id: text(BODY, part_id, body) for part_id, body in copy.bodies.items()},
    )


def fields(submission: Submission, words: Words) -> Iterator[Field]:
    """Each text of the piece beside what it would become, in the order in which they are printed."""
    copy, parts = frozen(submission), parts_of(submission)
    first = parts[0].id
    yield Field(TITLE, first, copy.title, words.title)
    yield Field(STANDFIRST, first, copy.standfirst, words.standfirst)
    for part in parts:
        yield Field(BODY, part.id, part.body, words.bodies.get(part.id, part.body))


def trimmed(typed: str, before: str) -> str:
    """A text as typed; spaces around it that a form adds or eats are no change."""
    whole, inner = html.normal(typed), before.strip()
    if whole.strip() == inner:
        return before
    head, _inner, tail = before.partition(inner) if inner else ("", "", "")
    return head + whole.strip() + tail


def says_the_same(version: PieceVersion, words: Words) -> bool:
    return of(version) == words


def begin(submission: Submission, words: Words, *, by: Actor) -> PieceVersion:
    """A new version with these words. The first one has the frozen copy beside it as number 0."""
    versions.zero(submission)
    newest = queries.newest(submission)
    assert newest is not None
    made = PieceVersion(
        submission_id=submission.id,
        revision=submission.revision,
        number=newest.number + 1,
        made_by_id=by.person_id,
        title=words.title,
        corrects=words.corrects,
    )
    made.texts = [VersionText(part_id=part.id) for part in parts_of(submission)]
    write(made, words)
    session().add(made)
    session().flush()
    return made


def write(version: PieceVersion, words: Words) -> None:
    version.title, version.standfirst = words.title, words.standfirst
    for text in version.texts:
        text.body = words.bodies[text.part_id]
        text.body_html = html.plain(text.body)
        text.direction = html.direction(text.body)
        text.sanitiser = html.VERSION


def note_changes(submission: Submission, version: PieceVersion) -> list[Change]:
    """Write down each change, with the yes that its author gave to the same one before."""
    known, now = queries.said_yes_before(submission), clock.now()
    found: list[Change] = []
    for each in fields(submission, of(version)):
        for edit in each.edits:
            key = (each.part_id, each.name, edit.start, edit.before, edit.after)
            change = Change(
                version_id=version.id,
                part_id=each.part_id,
                field=each.name,
                position=len(found),
                start=edit.start,
                before=edit.before,
                after=edit.after,
            )
            if key in known:
                change.verdict, change.said_at = Verdict.ACCEPTED, now
            found.append(change)
    session().add_all(found)
    session().flush()
    return found


def as_it_stands(submission: Submission, *, by: Actor) -> PieceVersion:
    """The version that could be printed without asking anybody anything more.

    Raises ``Invalid`` while some change in it has nobody's yes.
    """
    newest = queries.newest(submission)
    if newest is not None and newest.accepted_at is not None and newest.number:
        return newest
    words = base(submission)
    if not any(each.frozen != each.edited for each in fields(submission, words)):
        return versions.zero(submission)
    draft = queries.draft_of(submission) or begin(submission, words, by=by)
    if any(change.verdict is not Verdict.ACCEPTED for change in note_changes(submission, draft)):
        raise Invalid(_l("有改动作者还没有同意。先请作者看，或者把它改回原样。"))
    return draft


def close(version: PieceVersion) -> None:
    """Everything in it has its author's yes."""
    now = clock.now()
    if version.number:
        version.offered_at = version.offered_at or now
        version.answered_at = version.answered_at or now
    version.accepted_at = version.accepted_at or now


def take_question_back(version: PieceVersion) -> None:
    """Nobody is asked about it any more; choices that were only kept so far are gone with the question."""
    version.answered_at = clock.now()
    for change in queries.changes_of(version):
        change.verdict = change.said_at = change.said_by_id = None
        change.words = change.words_html = ""


def print_instead(submission: Submission, version: PieceVersion, *, by: Actor) -> None:
    """A correction that its author agreed to takes the place of what was printed, at once."""
    submission.version_id = version.id
    session().flush()
    trail.write(submission, "correct", by=by, reason=version.corrects)
    edition.bump(submission.id)
