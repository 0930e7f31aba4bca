"""What is out, as one process remembers it for one edition of the public pages.

A page that is made anew asks the database nothing: what it shows was loaded once for all pages, and
counts as long as the edition's number stays. Columns bring some hundred pieces a year, so all of them
fit; their texts are loaded when a page first needs them.
"""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from flask import current_app
from flask_babel import force_locale, get_locale

from penpal.kernel import search
from penpal.media.queries import Picture
from penpal.publishing.editing import corrections
from penpal.publishing.editing.corrections import Correction
from penpal.publishing.editing.versions import Printable, PrintedPart
from penpal.publishing.issues import sections
from penpal.publishing.pieces import themes
from penpal.publishing.pieces.models import OF_STAFF, PieceKind
from penpal.publishing.pieces.naming import Printed
from penpal.publishing.special import editions, excerpts, front, queries
from penpal.publishing.special.front import Front
from penpal.publishing.special.queries import Entry, Gone, IssueRow, Stamp

_THINGS = (PieceKind.RECORD, PieceKind.RECORDS, PieceKind.DRAWING)
_FEW = 3
_CORRECTIONS = 500
CHINESE = "zh_Hans"


class Places(NamedTuple):
    """Two towns between which pieces went, and how many are out."""

    here: Stamp
    there: Stamp
    pieces: int

    @property
    def key(self) -> str:
        return f"{self.here.town_id}-{self.there.town_id}"


@dataclass(frozen=True)
class Piece:
    """A piece as the pages show it."""

    entry: Entry
    printed: Printable
    stamps: dict[int, Stamp]
    issue: IssueRow | None
    drawn: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)
    """What was made of it for one page and serves the next one; it goes with the edition."""

    @property
    def id(self) -> int:
        return self.entry.id

    @property
    def title(self) -> str:
        return self.printed.title

    @property
    def section(self) -> str:
        return self.entry.section or sections.section_of(self.entry.kind)

    @property
    def section_name(self) -> str:
        """In the language of the page."""
        return _section_name(self.section, self.entry.kind, str(get_locale()))

    @property
    def is_letter(self) -> bool:
        return self.entry.kind is PieceKind.LETTER

    @property
    def is_of_staff(self) -> bool:
        return self.entry.kind in OF_STAFF

    @property
    def is_of_two(self) -> bool:
        """Two texts that face each other."""
        return len(self.printed.parts) > 1

    @property
    def shows_photos_first(self) -> bool:
        """Where the photo is the thing itself, and the words stand below it."""
        return self.entry.kind in _THINGS

    @cached_property
    def can_stand_upright(self) -> bool:
        """Whether its lines may run from the top down, from the right to the left."""
        return any(
            part.direction == "ltr" and excerpts.begins_with_ideograph(part.body)
            for part in self.printed.parts
        )

    @cached_property
    def drops_capital(self) -> bool:
        """Whether the first sign of what a front shows of it is set large."""
        first = next(iter(self.paragraphs(1)), "")
        return excerpts.begins_large(first)

    @cached_property
    def people(self) -> tuple[Printed, ...]:
        return (*self.printed.by, *self.printed.to)

    def stamp_of(self, who: Printed) -> Stamp | None:
        return self.stamps.get(who.unit_id) if who.unit_id else None

    @cached_property
    def towns(self) -> tuple[Stamp, ...]:
        """The towns of those who stand in it, each once."""
        found = (self.stamp_of(who) for who in self.people)
        return tuple(dict.fromkeys(stamp for stamp in found if stamp is not None))

    @cached_property
    def first_photo(self) -> Picture | None:
        return self.printed.photos[0] if self.printed.photos else None

    @property
    def shows_both_places(self) -> bool:
        """Whether each of two put a photo beside the other's."""
        return sum(bool(part.photos) for part in self.printed.parts) > 1

    def paragraphs(self, most: int) -> list[str]:
        """How it begins, cut to so many characters."""
        part = next((part for part in self.printed.parts if part.body), None)
        return self._beginning(part, most) if part else []

    def begins(self, part: PrintedPart, most: int) -> str:
        """The first lines of one of its texts, as one."""
        return "".join(self._beginning(part, most))

    def _beginning(self, part: PrintedPart, most: int) -> list[str]:
        kept = self.drawn.get((part.part_id, most))
        if kept is None:
            kept = self.drawn[part.part_id, most] = excerpts.beginning(part.body, most)
        return kept

    def form_of(self, part: PrintedPart) -> str:
        """What its style sheet is told of a text: a greeting, a signature, a first sign to set large."""
        body = part.body
        signs = {
            "story__b--greeted": excerpts.has_greeting(body),
            "story__b--signed": excerpts.has_signature(body),
            "story__b--drop": part.direction == "ltr" and excerpts.begins_large(body),
        }
        return " ".join(name for name, holds in signs.items() if holds)

    @property
    def first_part(self) -> PrintedPart | None:
        return self.printed.parts[0] if self.printed.parts else None


@lru_cache(maxsize=64)
def _section_name(key: str, kind: PieceKind, _language: str) -> str:
    return sections.label(key, kind)


class Stand:
    """Everything that is out, of one edition."""

    def __init__(self, number: int, *, takes_words: bool) -> None:
        self.number = number
        self.takes_words = takes_words
        self._pieces: dict[int, Piece] = {}
        self._fronts: dict[int, Front] = {}
        self._loading = threading.RLock()

    @cached_property
    def entries(self) -> list[Entry]:
        return queries.entries()

    @cached_property
    def issues(self) -> list[IssueRow]:
        return queries.issues()

    @cached_property
    def corrections(self) -> list[Correction]:
        return corrections.newest(_CORRECTIONS)

    @cached_property
    def gone(self) -> list[Gone]:
        return queries.gone()

    def issue(self, issue_id: int) -> IssueRow | None:
        return next((each for each in self.issues if each.id == issue_id), None)

    def pieces(self, entries: Iterable[Entry]) -> list[Piece]:
        """These, in their order; what went in the meantime is left out."""
        wanted = list(entries)
        with self._loading:
            missing = [entry for entry in wanted if entry.id not in self._pieces]
            if missing:
                self._load(missing)
        return [self._pieces[entry.id] for entry in wanted if entry.id in self._pieces]

    def piece(self, piece_id: int) -> Piece | None:
        found = next((entry for entry in self.entries if entry.id == piece_id), None)
        return next(iter(self.pieces([found])), None) if found else None

    def of_issue(self, issue_id: int) -> list[Piece]:
        """The lead first."""
        found = [entry for entry in self.entries if entry.issue_id == issue_id]
        return self.pieces(sorted(found, key=lambda entry: (entry.position, entry.id)))

    def title_of(self, piece_id: int) -> str:
        return next((entry.title for entry in self.entries if entry.id == piece_id), "")

    def front(self, issue: IssueRow | None) -> Front:
        """How an issue lies on its page, the same for all who ask."""
        if issue is None:
            return front.laid_out([], None)
        if issue.id not in self._fronts:
            self._fronts[issue.id] = front.laid_out(self.of_issue(issue.id), issue)
        return self._fronts[issue.id]

    def of_section(self, key: str) -> list[Entry]:
        return [
            entry
            for entry in self.entries
            if (entry.section or sections.section_of(entry.kind)) == key
        ]

    def of_theme(self, key: str) -> list[Entry]:
        return [entry for entry in self.entries if entry.theme == key]

    @cached_property
    def themes(self) -> Counter[str]:
        """How many pieces stand under each theme."""
        return Counter(entry.theme for entry in self.entries if entry.theme)

    def near(self, piece: Piece) -> list[Piece]:
        """What to read next: of the same issue first, then of the same theme."""
        rest = [entry for entry in self.entries if entry.id != piece.id]
        rest.sort(
            key=lambda entry: (
                entry.issue_id != piece.entry.issue_id,
                entry.theme != piece.entry.theme,
            )
        )
        return self.pieces(rest[:_FEW])

    @property
    def moments(self) -> list[Piece]:
        """The same moment in two places: things done by two who both show them."""
        found = [
            entry for entry in self.entries if entry.kind in _THINGS or entry.theme == themes.MOMENT
        ]
        return [piece for piece in self.pieces(found) if piece.shows_both_places]

    @cached_property
    def places(self) -> list[Places]:
        """Each two towns once, those with most pieces first."""
        return [
            Places(here, there, len(found))
            for (here, there), found in sorted(
                self._by_places.items(), key=lambda item: (-len(item[1]), item[0])
            )
        ]

    def between(self, here: int, there: int) -> tuple[Places, list[Piece]] | None:
        """The pieces between two towns, named in either order."""
        for places in self.places:
            if {places.here.town_id, places.there.town_id} == {here, there}:
                return places, self._by_places[places.here, places.there]
        return None

    @cached_property
    def _by_places(self) -> dict[tuple[Stamp, Stamp], list[Piece]]:
        found: defaultdict[tuple[Stamp, Stamp], list[Piece]] = defaultdict(list)
        for piece in self.pieces(self.entries):
            if len(piece.towns) == 2:
                here, there = sorted(piece.towns)
                found[here, there].append(piece)
        return dict(found)

    def find(self, words: Sequence[str]) -> list[tuple[Piece, search.Extract]]:
        """The pieces in which all the words stand, the newest first, each with the place in it."""
        found = []
        for piece in self.pieces(self.entries):
            text, folded = self._texts[piece.id]
            if all(word in folded for word in words):
                found.append((piece, search.extract(text, words)))
        return found

    @cached_property
    def _texts(self) -> dict[int, tuple[str, str]]:
        """By piece, all that one can look for in it, as it stands and as it is compared."""
        texts = {
            piece.id: "\n".join(
                line
                for line in (
                    piece.title,
                    piece.printed.standfirst,
                    *(who.name for who in piece.people),
                    *(line for part in piece.printed.parts for line in (part.heading, part.body)),
                )
                if line
            )
            for piece in self.pieces(self.entries)
        }
        return {one: (text, search.folded(text)) for one, text in texts.items()}

    def _load(self, entries: Sequence[Entry]) -> None:
        # One stand serves readers of every language: what is said of people is said in Chinese.
        with force_locale(CHINESE):
            printed = queries.printed([entry.id for entry in entries])
        places = {
            who.unit_id
            for each in printed.values()
            for who in (*each.by, *each.to)
            if who.unit_id is not None
        }
        stamps = queries.stamps(places) if places else {}
        issues = {issue.id: issue for issue in self.issues}
        for entry in entries:
            if entry.id in printed:
                self._pieces[entry.id] = Piece(
                    entry,
                    printed[entry.id],
                    stamps,
                    issues.get(entry.issue_id) if entry.issue_id else None,
                )


class Newsstand:
    """Holds the one stand that counts; begins a new one when the number is another."""

    def __init__(self) -> None:
        self._held: Stand | None = None

    def at(self, number: int | None) -> Stand:
        """The stand of an edition; without a number, of the one that the database names now."""
        held = self._held
        if held is not None and held.number == number:
            return held
        current, takes_words = editions.current()
        if held is None or held.number != current:
            held = self._held = Stand(current, takes_words=takes_words)
        return held

    def forget(self) -> None:
        self._held = None


def here() -> Newsstand:
    """The one of this application."""
    found: Newsstand = current_app.extensions["penpal.newsstand"]
    return found
