"""Verbs of a piece: submit, say yes or no, mend."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts.models import Person, PersonKind
from penpal.consent import services as consent
from penpal.consent.models import Giver, How
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, Invalid
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.publishing.pieces import (
    clearance,
    freezing,
    naming,
    noticing,
    sources,
    strictness,
    themes,
    turns,
    withdrawing,
)
from penpal.publishing.pieces.freezing import Copy
from penpal.publishing.pieces.models import (
    OF_STAFF,
    TITLE_MAX,
    Answer,
    PartyAs,
    PieceKind,
    Submission,
    SubmissionAnswer,
    SubmissionPart,
    SubmissionParty,
)
from penpal.publishing.pieces.saying import About as About
from penpal.publishing.pieces.saying import Own as Own
from penpal.publishing.pieces.sources import Source
from penpal.publishing.pieces.states import LIVE, TRY_AGAIN, SubmissionState
from penpal.safeguarding import block_queries
from penpal.safeguarding.blocking import Paused

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
MOST_NAMED = 12
"""Children in one story of staff."""


def submit(
    source: Source,
    *,
    key: str,
    kind: PieceKind,
    about: About,
    copy: Copy,
    own: Own,
    by: Actor,
) -> Submission:
    """Freeze one's own thing as it is now and ask the partner; the same key gives the same piece.

    Raises ``Invalid`` for ``title``, ``kind``, ``body``, for the field of a finding or of a photo, and
    ``Conflict`` when the very thing is on its way already.
    """
    _check(key)
    with transaction() as current:
        lock(source.pair)
        access.authorize(by, Permission.Submission.SUBMIT, source.pair)
        known = _of_key(key, by)
        if known is not None:
            return known
        if block_queries.is_paused(source.pair.id):
            raise Paused
        if kind not in source.kinds:
            raise Invalid(fields={"kind": _l("这样投不了，选另一种。")})
        if kind is PieceKind.DRAWING and not copy.shown:
            raise Invalid(fields={"photo": _l("投一幅画，要选上画的照片。")})
        _refuse_twice(source)
        both = [
            current.get_one(Person, source.author_id),
            current.get_one(Person, source.pair.partner_id_of(by.person_id)),
        ]
        for person in sorted(both, key=lambda one: one.id):
            naming.draw(person)
        school = people.last_class(both[0].id)
        assert school is not None
        assert school.parent_id is not None
        submission = Submission(
            key=key,
            kind=kind,
            programme_id=source.pair.programme_id,
            author_id=source.author_id,
            pair_id=source.pair.id,
            unit_id=school.parent_id,
            title="",
            revision=1,
        )
        current.add(submission)
        submission.parties = [
            SubmissionParty(person=both[0], stands_as=PartyAs.AUTHOR),
            SubmissionParty(person=both[1], stands_as=PartyAs.PARTNER),
        ]
        current.flush()
        _entitle(submission, about, by=by)
        _lay_out(submission, source)
        current.flush()
        _freeze_own(submission, copy, own, by=by)
        trail.write(submission, "submit", by=by)
        _go_on(submission, by=by)
    return submission


def draw_names(source: Source, *, by: Actor) -> None:
    """A pen name for each of the two who has none."""
    access.authorize(by, Permission.Submission.SUBMIT, source.pair)
    with transaction() as current:
        for person_id in sorted((source.author_id, source.pair.partner_id_of(by.person_id))):
            naming.draw(current.get_one(Person, person_id))


def submit_story(
    unit: Unit,
    *,
    key: str,
    kind: PieceKind,
    about: About,
    body: str,
    named: Sequence[Person] = (),
    keeps: Collection[str] = (),
    by: Actor,
) -> Submission:
    """By staff: what happened at their school or in their county; every child in it is asked.

    Raises ``Invalid`` for ``title``, ``body``, ``kind`` or ``named``.
    """
    _check(key)
    access.authorize(by, Permission.Submission.SUBMIT_STORY, unit)
    with transaction() as current:
        lock(current.get_one(Person, by.person_id))
        known = _of_key(key, by)
        if known is not None:
            return known
        if kind not in OF_STAFF:
            raise Invalid(fields={"kind": _l("选一种：故事，或者做法。")})
        children = list({person.id: person for person in named}.values())
        if len(children) > MOST_NAMED or any(not _may_name(one, by) for one in children):
            raise Invalid(fields={"named": _l("只能选自己负责的学生，最多 12 位。")})
        for person in sorted(children, key=lambda one: one.id):
            naming.draw(person)
        submission = Submission(
            key=key,
            kind=kind,
            programme_id=programmes.programme(ProgrammeKey.PEN_PALS).id,
            author_id=by.person_id,
            unit=unit,
            title="",
            revision=1,
        )
        current.add(submission)
        submission.parties = [
            SubmissionParty(person=person, stands_as=PartyAs.NAMED) for person in children
        ]
        current.flush()
        _entitle(submission, about, by=by)
        part = SubmissionPart(submission=submission, revision=1, author_id=by.person_id)
        current.add(part)
        current.flush()
        freezing.freeze(part, Copy(body=body, keeps=keeps), by=by)
        trail.write(submission, "submit", by=by)
        _go_on(submission, by=by)
    return submission


def agree(
    submission: Submission, *, revision: int, copy: Copy | None = None, own: Own, by: Actor
) -> None:
    """A child's own yes to the copy that their page showed; what they wrote in it is frozen by it.

    Raises ``Conflict`` when it is another copy by now, and ``Invalid`` as ``submit`` does.
    """
    with transaction():
        lock(submission)
        access.authorize(by, Permission.Submission.ANSWER, submission)
        _refuse_older(submission, revision)
        said = copy or Copy()
        if not _takes_photos(submission):
            said = replace(said, shown=())
        _freeze_own(submission, said, own, by=by)
        trail.write(submission, "agree to piece", by=by)
        _go_on(submission, by=by)


def decline(submission: Submission, *, by: Actor) -> None:
    """A child's no while they are asked: it ends here, and nobody is told why."""
    with transaction() as current:
        lock(submission)
        access.authorize(by, Permission.Submission.ANSWER, submission)
        party = freezing.party_of(submission, by.person_id)
        assert party is not None
        current.add(_answer(party, Answer.NO, by=by))
        withdrawing.withdraw(submission, by=by)


def mend(
    submission: Submission, *, revision: int, about: About, copy: Copy, own: Own, by: Actor
) -> None:
    """A new frozen copy of what was sent back. Everybody is asked anew: they said yes to other words."""
    with transaction() as current:
        lock(submission)
        access.authorize(by, Permission.Submission.MEND, submission)
        _refuse_older(submission, revision)
        before = submission.current_parts()
        now = clock.now()
        machine.fire(TRY_AGAIN, submission, by=by, revision=submission.revision + 1, moved_at=now)
        withdrawing.end_links(submission)
        for old in before:
            current.add(
                SubmissionPart(
                    submission=submission,
                    revision=submission.revision,
                    position=old.position,
                    author_id=old.author_id,
                    source_kind=old.source_kind,
                    source_id=old.source_id,
                    heading=old.heading,
                    written_at=old.written_at,
                )
            )
        current.flush()
        current.refresh(submission, ["parts"])
        _entitle(submission, about, by=by)
        if submission.pair_id is None:
            (part,) = submission.current_parts()
            freezing.freeze(part, copy, by=by)
        else:
            _freeze_own(submission, copy, own, by=by)
        _go_on(submission, by=by)


def _check(key: str) -> None:
    if not _KEY.fullmatch(key):
        raise Invalid(_l("这一页太旧了。刷新以后再投一次。"))


def _of_key(key: str, by: Actor) -> Submission | None:
    return session().scalar(
        sa.select(Submission).where(Submission.author_id == by.person_id, Submission.key == key)
    )


def _may_name(person: Person, by: Actor) -> bool:
    return person.kind is PersonKind.STUDENT and access.may(
        by, Permission.Submission.ASK_GUARDIAN, person
    )


def _refuse_twice(source: Source) -> None:
    """The very same thing is not asked for twice at a time, be it by the partner in a piece of both."""
    running = session().scalar(
        sa.select(Submission.id)
        .join(SubmissionPart, SubmissionPart.submission_id == Submission.id)
        .where(
            SubmissionPart.source_kind == source.kind,
            SubmissionPart.source_id == source.id,
            Submission.state.in_([*LIVE, SubmissionState.SENT_BACK, SubmissionState.PUBLISHED]),
        )
        .limit(1)
    )
    if running is not None:
        raise Conflict(_l("这一篇已经投出去了，在“投稿”里看它走到了哪一步。"))


def _refuse_older(submission: Submission, revision: int) -> None:
    if submission.revision != revision:
        raise Conflict(_l("稿子刚才改过了。再看一看，再决定。"))


def _entitle(submission: Submission, about: About, *, by: Actor) -> None:
    title = html.line(about.title)
    if not title:
        raise Invalid(fields={"title": _l("写一个题目。")})
    if len(title) > TITLE_MAX:
        raise Invalid(fields={"title": _l("题目最多 60 个字。")})
    around = freezing.circle(submission)
    objection = strictness.objection(title, around, about.keeps)
    if objection is not None:
        raise Invalid(fields={"title": objection})
    freezing.keep_words(submission, title, about.keeps, around, by=by)
    submission.title = title
    submission.theme = about.theme if about.theme in themes.every() else ""


def _lay_out(submission: Submission, source: Source) -> None:
    """The parts of the first copy, in the order in which they were written; a partner's is empty yet."""
    around = freezing.circle(submission)
    laid = [freezing.part_of(source, submission, around)]
    if submission.kind in sources.TOGETHER.values():
        mate = source.mates[0]
        laid.append(
            SubmissionPart(
                submission=submission,
                revision=submission.revision,
                author_id=source.pair.partner_id_of(source.author_id),
                source_kind=mate.kind,
                source_id=mate.id,
                heading=laid[0].heading if mate.kind != sources.LETTER else "",
                written_at=mate.at,
            )
        )
    for position, part in enumerate(sorted(laid, key=lambda one: one.written_at or clock.now())):
        part.position = position
    session().add_all(laid)


def _freeze_own(submission: Submission, copy: Copy, own: Own, *, by: Actor) -> None:
    """One's own part if there is one, one's yes to all of it, and what the ledger lacks of oneself."""
    party = freezing.party_of(submission, by.person_id)
    assert party is not None
    for part in submission.current_parts():
        if part.author_id == by.person_id and part.frozen_at is None:
            freezing.freeze(part, copy, by=by)
    for purpose in own.purposes:
        consent.agree(by=by, purpose=purpose)
    party.wants_real_name = own.wants_real_name
    session().add(_answer(party, Answer.YES, with_photos=own.with_photos, by=by))
    session().flush()
    # A yes to the words alone: no photo waits for one that will not come.
    says_words_alone = not own.with_photos and party.stands_as is not PartyAs.AUTHOR
    if says_words_alone and freezing.leave_photos_out(submission):
        trail.write(submission, "leave photos out", by=by)


def _takes_photos(submission: Submission) -> bool:
    """Whether nobody who has said yes to the present copy said it without photos."""
    said = clearance.last_answers([party.id for party in submission.parties])
    return all(
        answer.with_photos
        for (_party, _giver, revision), answer in said.items()
        if revision == submission.revision and answer.answer is Answer.YES
    )


def _answer(
    party: SubmissionParty, answer: Answer, *, with_photos: bool = False, by: Actor
) -> SubmissionAnswer:
    return SubmissionAnswer(
        party=party,
        giver=Giver.STUDENT,
        revision=party.submission.revision,
        answer=answer,
        with_photos=with_photos,
        how=How.ON_SCREEN,
        recorded_by_id=by.person_id,
    )


def waits_for(submission: Submission) -> list[SubmissionParty]:
    """The children whose own yes to the present copy is missing."""
    lacking = {
        one.person_id
        for one in clearance.of(submission).missing
        if one.giver is Giver.STUDENT and one.what is clearance.What.PIECE
    }
    return [party for party in submission.parties if party.person_id in lacking]


def _go_on(submission: Submission, *, by: Actor) -> None:
    """To whoever looks at it, once every child has agreed; until then they are asked."""
    session().flush()
    open_ = waits_for(submission)
    if open_:
        noticing.asked(submission, open_, by=by)
        return
    noticing.ask_guardians(submission)
    turns.begin(submission)
