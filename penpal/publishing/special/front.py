"""How the pieces of an issue lie on its front: the lead, what two saw at one moment, the rest in columns."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from penpal.publishing.special.queries import IssueRow

if TYPE_CHECKING:
    from penpal.publishing.special.newsstand import Piece

COLUMNS = 3
_BREAK = re.compile(r"[^，。！？；,.!?;]+[，。！？；,.!?;”」』]*")


@dataclass(frozen=True)
class Quote:
    """Words set upright beside the lead, and whose they are."""

    words: str
    piece: Piece

    @property
    def lines(self) -> Sequence[str]:
        """Broken behind its stops, as one would read it aloud."""
        return _BREAK.findall(self.words)


@dataclass(frozen=True)
class Front:
    lead: Piece | None
    quote: Quote | None
    pictured: Piece | None
    rows: Sequence[Sequence[Piece]]
    drawn: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """The same for each choice of a reader; it goes with the edition."""


def laid_out(pieces: Sequence[Piece], issue: IssueRow | None) -> Front:
    """The first piece leads. A quotation is shown only while its piece stands there and says it so."""
    lead, rest = next(iter(pieces), None), list(pieces[1:])
    pictured = next((piece for piece in rest if piece.shows_both_places), None)
    others = [piece for piece in rest if piece is not pictured]
    return Front(
        lead,
        _quote(pieces, issue),
        pictured,
        [others[at : at + COLUMNS] for at in range(0, len(others), COLUMNS)],
    )


def _quote(pieces: Sequence[Piece], issue: IssueRow | None) -> Quote | None:
    if issue is None or not issue.quote:
        return None
    source = next((piece for piece in pieces if piece.id == issue.quote_of_id), None)
    if source is None or not any(issue.quote in part.body for part in source.printed.parts):
        return None
    return Quote(issue.quote, source)
