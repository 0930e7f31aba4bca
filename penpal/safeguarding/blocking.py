"""Verbs of a pause: one of two asks for it and lifts it; the teachers of both say that they know."""

from __future__ import annotations

from collections.abc import Collection

from penpal.accounts import queries as people
from penpal.kernel import access, clock, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Invalid
from penpal.kernel.events import announce
from penpal.permissions import Permission
from penpal.safeguarding import block_queries, wording
from penpal.safeguarding.block_models import Block, BlockNote
from penpal.safeguarding.events import LettersPaused, LettersResumed
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair


class Paused(Invalid):
    """Nothing is sent between the two until the pause is lifted; what was written stays with whoever wrote it."""

    message = wording.PAUSED


def pause(pair: Pair, *, by: Actor) -> Block:
    """Stop what goes between the two, at once and both ways. Asking again changes nothing."""
    access.authorize(by, Permission.Block.ASK, pair)
    with transaction() as current:
        # Whoever sends holds the pair as well: nothing slips through in between.
        lock(pair)
        access.authorize(by, Permission.Block.ASK, pair)
        running = block_queries.asked_by(pair, by.person_id)
        if running is not None:
            return running
        block = Block(pair_id=pair.id, asked_by_id=by.person_id)
        current.add(block)
        current.flush()
        _tell_teachers(block, pair)
        trail.write(block, "pause letters", by=by)
        announce(current, LettersPaused(pair.id))
    return block


def _tell_teachers(block: Block, pair: Pair) -> None:
    for student_id in (pair.supported_student_id, pair.supporting_student_id):
        class_ = people.last_class(student_id)
        if class_ is not None:
            session().add(
                BlockNote(
                    block_id=block.id,
                    class_id=class_.id,
                    student_id=student_id,
                    tells_who=student_id == block.asked_by_id,
                )
            )


def lift(block: Block, *, by: Actor) -> None:
    """End one's own pause; it ends once. Another's goes on, if there is one."""
    with transaction() as current:
        lock(block.pair)
        access.authorize(by, Permission.Block.LIFT, block)
        if block.lifted_at is not None:
            return
        block.lifted_at = clock.now()
        trail.write(block, "resume letters", by=by)
        if not block_queries.is_paused(block.pair_id):
            announce(current, LettersResumed(block.pair_id))


def acknowledge(note: BlockNote, *, by: Actor) -> None:
    """Say that one knows; the first one counts."""
    with transaction():
        access.authorize(by, Permission.Block.NOTE, note)
        if note.seen_at is None:
            note.seen_at, note.seen_by_id = clock.now(), by.person_id
            trail.write(note, "noted pause", by=by)


def pair_to_pause(by: Actor, parties: Collection[int] = ()) -> Pair | None:
    """The running pair that a pause would be for: the one with a party to the thing, else the only one."""
    if by.person_id is None or not by.is_student:
        return None
    running = [
        pair
        for pair in pairs.active_pairs_of([by.person_id])
        if access.may(by, Permission.Block.ASK, pair)
    ]
    if parties:
        running = [pair for pair in running if pair.partner_id_of(by.person_id) in parties]
    return running[0] if len(running) == 1 else None
