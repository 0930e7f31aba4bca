"""Letters that are sent while their recipient's school rests: on their way until its morning.

What is due stands in the rows alone. The job that delivers asks them each minute, so after hours
without a server it goes on where it was, and run twice it finds nothing left to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from penpal.accounts.models import Enrolment
from penpal.consent import queries as consent
from penpal.kernel import access, clock, machine
from penpal.kernel.access import SYSTEM, Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.events import announce
from penpal.letters import noticing, wording
from penpal.letters.events import LetterDelivered
from penpal.letters.models import Letter
from penpal.letters.states import BRING_BACK, DELIVER, TAKE_BACK, LetterState
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places import rest
from penpal.places.events import HoursChanged
from penpal.safeguarding import block_queries
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard, Side
from penpal.twinning.states import PairState

BATCH = 500
"""Letters in one transaction: others who write wait for no more than these."""


def wakes(recipient_id: int, now: datetime) -> datetime | None:
    """When a letter that is sent to this person now comes to them; None where it comes at once."""
    school_id = _schools([recipient_id]).get(recipient_id)
    if school_id is None:
        return None
    school = rest.of(school_id)
    return school.wakes(now) if school.is_quiet(now) else None


def words_of(moment: datetime, author: Side) -> str:
    """When that is, on the clock of the author's school."""
    zone = rest.of(_school(author)).zone
    return wording.coming(moment, clock.now(), zone)


def coming(card: PairCard) -> str:
    """When a letter sent now would come to the partner, in words; empty where it comes at once."""
    school, now = rest.of(_school(card.partner)), clock.now()
    return words_of(school.wakes(now), card.me) if school.is_quiet(now) else ""


def _school(side: Side) -> int | None:
    ids = places.ids_on(side.class_path)
    return ids[-2] if len(ids) > 1 else None


def take_back(letter: Letter, *, by: Actor) -> None:
    """The author wants a letter back that is on its way still; it is a draft again.

    A request to release it that was granted is spent: what is sent again is looked at again.
    """
    access.authorize(by, Permission.Letter.TAKE_BACK, letter)
    with transaction():
        lock(letter.pair)
        machine.fire(
            TAKE_BACK,
            letter,
            by=by,
            deliver_at=None,
            posted_at=None,
            paper_known_at=None,
            revision=letter.revision + 1,
            taken_back_revision=letter.revision + 1,
        )


def deliver_due() -> int:
    """Deliver every letter whose morning has come, some hundreds at a time. Returns how many came.

    What may not come any more, because the two were paused or parted meanwhile, is a draft again.
    """
    delivered = 0
    while due := _due(clock.now()):
        delivered += _settle(due)
    return delivered


def deliver_earlier(pair: Pair, author_id: int) -> None:
    """Whatever this author has on the way to the partner comes before what comes now.

    The caller holds the pair, and asks where the school does not rest: it may have rested longer when
    the earlier letters were sent.
    """
    earlier = sa.select(Letter.id).where(
        Letter.pair_id == pair.id,
        Letter.author_id == author_id,
        Letter.state == LetterState.POSTED,
    )
    _deliver(session().scalars(earlier.order_by(Letter.posted_at, Letter.id)).all())


def set_anew(event: HoursChanged) -> None:
    """A school rests at other hours: what is on the way to its students comes at the new end of them.

    A crash may lose this; then it comes at the end that was told before, if the school is awake.
    """
    school, now = rest.of(event.school_id), clock.now()
    with transaction() as current:
        current.execute(
            sa.update(Letter)
            .where(
                Letter.state == LetterState.POSTED,
                Letter.recipient_id.in_(
                    sa.select(Enrolment.person_id).where(
                        Enrolment.school_id == event.school_id, Enrolment.until.is_(None)
                    )
                ),
            )
            .values(deliver_at=school.wakes(now)),
            execution_options={"synchronize_session": False},
        )


def _schools(person_ids: Collection[int]) -> dict[int, int]:
    """In which school each of them is now."""
    found = session().execute(
        sa.select(Enrolment.person_id, Enrolment.school_id).where(
            Enrolment.person_id.in_(person_ids), Enrolment.until.is_(None)
        )
    )
    return {row.person_id: row.school_id for row in found}


def _due(now: datetime) -> Sequence[int]:
    """The next letters whose morning has come, those that were sent first before the others."""
    return (
        session()
        .scalars(
            sa.select(Letter.id)
            .where(Letter.state == LetterState.POSTED, Letter.deliver_at <= now)
            .order_by(Letter.deliver_at, Letter.posted_at, Letter.id)
            .limit(BATCH)
        )
        .all()
    )


def _settle(letter_ids: Sequence[int]) -> int:
    """Deliver these, leave those until later whose school rests longer by now, give the others back."""
    with transaction() as current:
        pairs = sa.select(Letter.pair_id).where(Letter.id.in_(letter_ids))
        # Whoever writes to such a pair numbers letters too; one order for all, so nobody waits in a ring.
        current.execute(
            sa.select(Pair.id).where(Pair.id.in_(pairs)).order_by(Pair.id).with_for_update()
        )
        open_ = sa.and_(Pair.state == PairState.ACTIVE, ~block_queries.running(Pair.id))
        found = current.execute(
            sa.select(Letter.id, Letter.author_id, Letter.recipient_id, open_.label("is_open"))
            .join(Pair, Pair.id == Letter.pair_id)
            .where(Letter.id.in_(letter_ids), Letter.state == LetterState.POSTED)
            .order_by(Letter.deliver_at, Letter.posted_at, Letter.id)
        ).all()
        takes_part = consent.taking_part_of({row.author_id for row in found})
        stopped = [row.id for row in found if not row.is_open or not takes_part[row.author_id][0]]
        _bring_back(stopped)
        going = [row for row in found if row.id not in set(stopped)]
        later = _later({row.id: row.recipient_id for row in going})
        for moment, ids in later.items():
            current.execute(
                sa.update(Letter).where(Letter.id.in_(ids)).values(deliver_at=moment),
                execution_options={"synchronize_session": False},
            )
        waiting = {letter_id for ids in later.values() for letter_id in ids}
        return _deliver([row.id for row in going if row.id not in waiting])


def _later(recipients: dict[int, int]) -> dict[datetime, list[int]]:
    """Letters to students whose school has chosen to rest longer, by when it wakes now."""
    schools, now = _schools(set(recipients.values())), clock.now()
    rests = rest.of_many(set(schools.values()))
    found: defaultdict[datetime, list[int]] = defaultdict(list)
    for letter_id, person_id in recipients.items():
        school = rests.get(schools.get(person_id, 0))
        if school is not None and school.is_quiet(now):
            found[school.wakes(now)].append(letter_id)
    return found


def _bring_back(letter_ids: Sequence[int]) -> None:
    machine.fire_many(
        BRING_BACK,
        Letter,
        letter_ids,
        by=SYSTEM,
        deliver_at=None,
        posted_at=None,
        paper_known_at=None,
        revision=Letter.revision + 1,
        taken_back_revision=Letter.revision + 1,
    )


def _deliver(letter_ids: Sequence[int]) -> int:
    """Number these letters and put them into their mailboxes. The caller holds the pairs."""
    if not letter_ids:
        return 0
    for wave in _waves(letter_ids):
        machine.fire_many(
            DELIVER,
            Letter,
            wave,
            by=SYSTEM,
            number=_next(Letter.number, aliased(Letter), of_author=True),
            sequence=_next(Letter.sequence, aliased(Letter), of_author=False),
            delivered_at=clock.now(),
            deliver_at=None,
        )
    letters = session().scalars(
        sa.select(Letter)
        .where(Letter.id.in_(letter_ids), Letter.delivered_at.is_not(None))
        .options(joinedload(Letter.author))
        .order_by(Letter.sequence)
        .execution_options(populate_existing=True)
    )
    return tell(letters.all())


def tell(letters: Sequence[Letter]) -> int:
    """Leave word of letters that were just delivered, in the transaction that delivers them."""
    for letter in letters:
        assert letter.number is not None
        author = letter.author.name_for_partners
        announce(session(), LetterDelivered(letter.id, letter.recipient_id, author, letter.number))
    noticing.delivered([letter.id for letter in letters])
    return len(letters)


def _waves(letter_ids: Sequence[int]) -> list[list[int]]:
    """The letters in their order, no two of one pair in the same wave: each is numbered after the other."""
    found = session().execute(sa.select(Letter.id, Letter.pair_id).where(Letter.id.in_(letter_ids)))
    pair_of = {row.id: row.pair_id for row in found}
    waves: list[list[int]] = []
    seen: defaultdict[int, int] = defaultdict(int)
    for letter_id in letter_ids:
        place = seen[pair_of[letter_id]]
        seen[pair_of[letter_id]] += 1
        if place == len(waves):
            waves.append([])
        waves[place].append(letter_id)
    return waves


def _next(column: Any, other: Any, *, of_author: bool) -> Any:
    """SQL for: the number after the last of the pair, or of the author in the pair."""
    last = sa.select(sa.func.coalesce(sa.func.max(getattr(other, column.key)), 0) + 1).where(
        other.pair_id == Letter.pair_id
    )
    if of_author:
        last = last.where(other.author_id == Letter.author_id)
    return last.correlate(Letter).scalar_subquery()
