"""The guard at the door of a room: over the line, and over what the same author said just before."""

from __future__ import annotations

from collections.abc import Sequence

from penpal.chat.refusals import Screened
from penpal.screening.findings import Context, Finding
from penpal.screening.guidance import in_the_way
from penpal.screening.screen import screen, screen_messages


def look(body: str, before: Sequence[str]) -> tuple[Finding, ...]:
    """What the guard finds in a line, and in it as the end of what its author said ``before``.

    The line is read alone as well, for what stands before it may excuse nothing.
    """
    if not body:
        return ()
    alone = screen(body, Context.CHAT)
    return _distinct([*alone, *_across(before, body)])


def insist(findings: Sequence[Finding]) -> None:
    """Raise when something is in the way; words of despair never are."""
    if in_the_way(findings):
        raise Screened(findings)


def _across(said: Sequence[str], body: str) -> list[Finding]:
    """What ends in this line, cut to it: what stands before was looked at when it was said."""
    if not said:
        return []
    begins = sum(len(one) + 1 for one in said)
    return [
        Finding(found.kind, max(found.start - begins, 0), found.end - begins)
        for found in screen_messages([*said, body])
        if found.end > begins
    ]


def _distinct(found: Sequence[Finding]) -> tuple[Finding, ...]:
    """Each passage once, in the order of the line."""
    kept: list[Finding] = []
    for one in sorted(found, key=lambda each: (each.start, -each.end)):
        if not any(
            one.kind is other.kind and other.start <= one.start and one.end <= other.end
            for other in kept
        ):
            kept.append(one)
    return tuple(kept)
