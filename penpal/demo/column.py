"""Letters of the demo on their way to the column: two issues that came out, one in the making, a piece at each station.

Everything goes by the verbs of the product, so that nothing stands here that its rules would not allow.
Only the days are set back afterwards: nobody waits a month for a demo.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.accounts import snapshots
from penpal.accounts.models import Person, Role, RoleGrant
from penpal.consent import services as consent
from penpal.consent.models import Giver, How, Purpose
from penpal.consent.services import Origin
from penpal.demo import library
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.letters.models import Letter
from penpal.media import queries as photos
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.publishing.editing import answering, queries
from penpal.publishing.editing import services as editing
from penpal.publishing.editing.answering import Said
from penpal.publishing.editing.models import Verdict
from penpal.publishing.editing.services import Typed
from penpal.publishing.issues import services as issues
from penpal.publishing.issues import signing
from penpal.publishing.issues.models import ColumnIssue
from penpal.publishing.issues.services import Around
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces import freezing, links, naming, sources, strictness, withdrawing
from penpal.publishing.pieces import services as pieces
from penpal.publishing.pieces.freezing import Copy, Shown
from penpal.publishing.pieces.models import Faces, PieceKind, Submission
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import queries as reviews
from penpal.publishing.reviews import services as reviewing
from penpal.publishing.reviews.looking_at_photos import Say
from penpal.publishing.reviews.models import ReviewStation

EDITOR = "bianji"
_AT_EIGHT = time(0, 0, tzinfo=UTC)
"""Eight in the morning in Beijing."""
_TO_PUBLISH = (Purpose.PUBLICATION, Purpose.PHOTOS)
_BEFORE = timedelta(days=9)
"""So long before it came out a piece was submitted."""


def lay() -> None:
    """Take each listed letter as far as it stands, and let the issues come out."""
    told = library.column()
    by_issue: dict[int, list[Submission]] = {}
    withdrawn = []
    for row in told["pieces"]:
        found = _letter(row["words"])
        if found is None:
            continue
        piece = _taken(found, row)
        stands, _, number = row["stands"].partition(" ")
        if stands in ("issue", "withdrawn"):
            by_issue.setdefault(int(number), []).append(piece)
        if stands == "withdrawn":
            withdrawn.append(piece)
    for issue in told["issues"]:
        _come_out(issue, by_issue[issue["number"]])
    for piece in withdrawn:
        withdrawing.withdraw(piece, by=_actor(piece.author_id), reason="")
    _plan_next()


def _letter(words: str) -> Letter | None:
    """The first letter in which these words stand, if both of its pair have come in."""
    return session().scalar(
        sa.select(Letter)
        .where(Letter.body.contains(words, autoescape=True), Letter.delivered_at.is_not(None))
        .order_by(Letter.pair_id, Letter.sequence)
        .limit(1)
    )


def _taken(letter: Letter, row: dict[str, Any]) -> Submission:
    """One letter, submitted and led from station to station until it stands where it should."""
    stands = row["stands"].split(" ")[0]
    piece = _submitted(letter, row)
    if stands == "asking":
        return piece
    pieces.agree(
        piece,
        revision=piece.revision,
        own=Own(with_photos=True, purposes=_TO_PUBLISH),
        by=_actor(letter.recipient_id),
    )
    _ask_guardians(piece)
    if stands == "teacher":
        return piece
    if stands == "back":
        station = _waiting(piece)[0]
        reviewing.send_back(station, row["reason"], by=_holder(station))
        return piece
    _approve(piece, schools=stands != "secretary")
    if stands in ("secretary", "editor"):
        return piece
    _edit(piece, row, is_answered=stands != "author")
    return piece


def _submitted(letter: Letter, row: dict[str, Any]) -> Submission:
    by = _actor(letter.author_id)
    source = sources.find(f"letter:{letter.id}", by=by)
    with transaction():
        _ledger(letter)
        for person in (letter.author, letter.recipient):
            naming.draw(person)
    around = strictness.circle_of([letter.author, letter.recipient])
    found = strictness.look(source.body, around)
    # The invented children are called after plants and weather: their letters mean the plants.
    words = {one.quote for one in found if one.may_be_kept}
    titled = {one.quote for one in strictness.look(row["title"], around) if one.may_be_kept}
    shown = [
        Shown(picture.id, Faces.NONE, picture.description)
        for picture in photos.of("letter", [letter.id]).get(letter.id, ())
    ]
    return pieces.submit(
        source,
        key=f"demo-column-{letter.id}",
        kind=PieceKind.LETTER,
        about=About(row["title"], row["theme"], keeps=sorted(titled)),
        copy=Copy(
            mends={one.field: one.suggestion for one in found if not one.may_be_kept},
            shown=shown,
            keeps=sorted(words),
        ),
        own=Own(with_photos=True, purposes=_TO_PUBLISH),
        by=by,
    )


def _ledger(letter: Letter) -> None:
    """What the guardians of the two signed at the beginning of the year."""
    origin = Origin(Giver.GUARDIAN, How.PAPER, given_on=clock.today() - timedelta(days=60))
    for person_id in (letter.author_id, letter.recipient_id):
        for purpose in _TO_PUBLISH:
            consent.say_yes([person_id], purpose, origin, by=_teacher_of(person_id))


def _ask_guardians(piece: Submission) -> None:
    for party in piece.parties:
        links.record_paper(
            party,
            agrees=True,
            with_photos=True,
            revision=piece.revision,
            by=_teacher_of(party.person_id),
        )


def _approve(piece: Submission, *, schools: bool) -> None:
    """By each whose turn it is, until nobody is left; without ``schools`` by the teachers alone."""
    said = {
        picture.id: Say.NOBODY
        for pictures in freezing.pictures_of(piece.current_parts()).values()
        for picture in pictures
    }
    while piece.state in (SubmissionState.WITH_TEACHER, SubmissionState.WITH_SECRETARY):
        if piece.state is SubmissionState.WITH_SECRETARY and not schools:
            return
        station = _waiting(piece)[0]
        reviewing.approve(station, by=_holder(station), photos=said)
        session().refresh(piece)


def _waiting(piece: Submission) -> list[ReviewStation]:
    return [
        station
        for station in reviews.standing(piece)
        if station.begun_at is not None and station.decision is None
    ]


def _edit(piece: Submission, row: dict[str, Any], *, is_answered: bool) -> None:
    by = _editor()
    bodies = {
        part.id: part.body.replace(row.get("before", ""), row.get("after", ""))
        if row.get("before")
        else part.body
        for part in piece.current_parts()
    }
    if not row["standfirst"] and "before" not in row:
        editing.take(piece, by=by)
        return
    editing.save(piece, Typed(row["title"], row["standfirst"], bodies), by=by)
    version = editing.offer(piece, by=by)
    if not is_answered:
        return
    said = {change.id: Said(Verdict.ACCEPTED) for change in queries.changes_of(version)}
    answering.say(version, said, finish=True, by=_actor(piece.author_id))
    session().refresh(piece)


def _come_out(row: dict[str, Any], held: list[Submission]) -> None:
    by = _editor()
    day: date = row["comes_out"]
    moment = datetime.combine(day, _AT_EIGHT)
    issue = issues.plan(programmes.programme(ProgrammeKey.PEN_PALS), comes_out_at=moment, by=by)
    for piece in held:
        issues.put(issue, piece, by=by)
    _write(issue, row, by)
    signing.sign_off(issue, moment, by=by)
    signing.come_out_due()
    with transaction() as current:
        current.execute(
            sa.update(ColumnIssue)
            .where(ColumnIssue.id == issue.id, ColumnIssue.state == IssueState.PUBLISHED)
            .values(came_out_at=moment, comes_out_at=moment)
        )
        for piece in held:
            current.execute(
                sa.update(Submission)
                .where(Submission.id == piece.id)
                .values(published_at=moment, made_at=moment - _BEFORE)
            )


def _write(issue: ColumnIssue, row: dict[str, Any], by: Actor) -> None:
    around = Around(
        headline=row["headline"],
        standfirst=row["standfirst"],
        note=row["note"],
        quote=row["quote"],
    )
    issues.write(issue, around, saved=issue.saved, by=by)


def _plan_next() -> None:
    """An issue in the making with what is ready, so that the desk has something to close."""
    by = _editor()
    ready = session().scalars(
        sa.select(Submission)
        .where(Submission.state == SubmissionState.READY)
        .order_by(Submission.id)
    )
    issue = issues.plan(programmes.programme(ProgrammeKey.PEN_PALS), by=by)
    for piece in ready.all()[:1]:
        issues.put(issue, piece, by=by)


def _actor(person_id: int) -> Actor:
    found = snapshots.of(person_id)
    assert found is not None
    return found


def _editor() -> Actor:
    return _actor(session().scalars(sa.select(Person.id).where(Person.login_name == EDITOR)).one())


def _teacher_of(student_id: int) -> Actor:
    student = session().get_one(Person, student_id)
    class_id = next(row.class_id for row in student.enrolments if row.until is None)
    return _at(class_id, Role.TEACHER)


def _holder(station: ReviewStation) -> Actor:
    return _at(station.unit_id, *Role)


def _at(unit_id: int, *roles: Role) -> Actor:
    """Whoever holds one of these offices at a place."""
    found = session().scalars(
        sa.select(RoleGrant.person_id)
        .where(RoleGrant.unit_id == unit_id, RoleGrant.role.in_(roles))
        .order_by(RoleGrant.id)
        .limit(1)
    )
    return _actor(found.one())
