"""Patterns that are compiled when they are first tried: few texts wake more than a few of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping


class Pattern:
    """What ``re`` compiles, later. Raises ``ValueError`` with the name of its rule where it cannot be."""

    __slots__ = ("_made", "_prepare", "_rule", "written")

    def __init__(
        self, written: str, rule: str, prepare: Callable[[str], str] | None = None
    ) -> None:
        self.written, self._rule, self._prepare = written, rule, prepare
        self._made: re.Pattern[str] | None = None

    @property
    def made(self) -> re.Pattern[str]:
        if self._made is None:
            text = self._prepare(self.written) if self._prepare else self.written
            try:
                self._made = re.compile(text)
            except re.error as trouble:
                place = max(0, (trouble.pos or 0) - 60)
                raise ValueError(
                    f"rule {self._rule!r}: {trouble}: {text[place : place + 90]}"
                ) from trouble
        return self._made

    def search(self, text: str, since: int, until: int) -> re.Match[str] | None:
        return self.made.search(text, since, until)

    def finditer(self, text: str, since: int, until: int) -> Iterator[re.Match[str]]:
        return self.made.finditer(text, since, until)

    @property
    def groupindex(self) -> Mapping[str, int]:
        return self.made.groupindex

    def changed(self, prepare: Callable[[str], str]) -> Pattern:
        """The same pattern after a change of its text, which is made as late."""
        first = self._prepare
        return Pattern(
            self.written,
            self._rule,
            (lambda text: prepare(first(text))) if first else prepare,
        )
