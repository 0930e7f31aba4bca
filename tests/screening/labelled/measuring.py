"""What the guard found of the labelled set, counted: recall by kind, false alarms by sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from penpal.screening.findings import Context, Finding
from penpal.screening.screen import screen, screen_messages
from tests.screening.labelled.cases import Case, Expected


@dataclass(frozen=True, slots=True)
class Answer:
    case: Case
    findings: tuple[Finding, ...]

    @property
    def expected(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.kind for one in self.case.expected))

    @property
    def missed(self) -> tuple[str, ...]:
        return tuple(kind for kind in self.expected if self.covered(kind) < 0.5)

    @property
    def false_alarm(self) -> bool:
        return not self.case.expected and bool(self.findings)

    def covered(self, kind: str) -> float:
        """How much of what is marked findings of the kind cover; a number told in pieces is one."""
        marked = places(one for one in self.case.expected if one.kind == kind)
        return len(marked & places(one for one in self.findings if one.kind == kind)) / len(marked)


def places(spans: Iterable[Expected | Finding]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


def ask(case: Case) -> Answer:
    if case.messages:
        return Answer(case, tuple(screen_messages(case.messages)))
    return Answer(case, tuple(screen(case.text, Context(case.context))))


@dataclass(slots=True)
class Tally:
    """How many of how many."""

    hits: int = 0
    all: int = 0

    def count(self, hit: bool) -> None:
        self.hits += hit
        self.all += 1

    @property
    def share(self) -> float:
        return self.hits / self.all if self.all else 0.0

    def __str__(self) -> str:
        return f"{self.hits:>5}/{self.all:<5} {self.share:>6.1%}" if self.all else " " * 18


def recall(answers: Iterable[Answer], *, kinds: Iterable[str]) -> Tally:
    """A kind in a case counts once, and as found when at least half of what is marked is covered."""
    tally, wanted = Tally(), set(kinds)
    for answer in answers:
        for kind in wanted.intersection(answer.expected):
            tally.count(kind not in answer.missed)
    return tally


def touched(answers: Iterable[Answer], *, kinds: Iterable[str]) -> Tally:
    """As recall, but any overlap counts: what is lost between the two is a matter of length."""
    tally, wanted = Tally(), set(kinds)
    for answer in answers:
        for kind in wanted.intersection(answer.expected):
            tally.count(answer.covered(kind) > 0)
    return tally


def false_alarms(answers: Iterable[Answer]) -> Tally:
    tally = Tally()
    for answer in answers:
        tally.count(answer.false_alarm)
    return tally
