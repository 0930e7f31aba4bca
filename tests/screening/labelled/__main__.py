"""Prints what the guard finds of the labelled set: ``python -m tests.screening.labelled [--blind] [--open [--kind qq]] [--disguises]``."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from functools import partial

from tests.screening.labelled import evasions, letters, ordinary
from tests.screening.labelled.blind import blind
from tests.screening.labelled.cases import CONTACT, KINDS, Case
from tests.screening.labelled.measuring import Answer, Tally, ask, false_alarms, recall, touched

UNDISGUISED = ("plain", "said", "said_messages", "in_title", "in_profile", "inside")
Count = Callable[[list[Answer]], Tally]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", action="store_true", help="list the failures of the open part")
    parser.add_argument(
        "--kind", help="of these failures, those of one kind; 'none' is a false alarm"
    )
    parser.add_argument("--disguises", action="store_true", help="recall by disguise as well")
    parser.add_argument(
        "--blind", action="store_true", help="count the texts that no writer of rules has read"
    )
    options = parser.parse_args()
    sets = [blind(name) for name in ("evasions", "ordinary", "letters")]
    if not options.blind:
        sets = [evasions(), ordinary(), letters()]
    if options.open and not options.blind:
        failures([ask(case) for each in sets for case in each], kind=options.kind)
        return
    names = ("blind",) if options.blind else ("open", "held", "all")
    table(sets, names, disguises=options.disguises)


def table(sets: Sequence[Sequence[Case]], names: Sequence[str], *, disguises: bool = False) -> None:
    """Print what is found of evasions, and of ordinary sentences and letters for nothing."""
    started = time.perf_counter()
    hidden, sentences, whole = ([ask(case) for case in each] for each in sets)
    took = time.perf_counter() - started
    print(f"{'':24}" + "".join(f"{name:^19}" for name in names))
    recalls(hidden)
    if disguises:
        by_disguise(hidden)
    alarms("ordinary sentences", sentences)
    alarms("whole letters", whole)
    print(f"\n{len(hidden) + len(sentences) + len(whole)} texts in {took:.1f} s")


def row(name: str, answers: Sequence[Answer], count: Count) -> None:
    parts = [[a for a in answers if a.case.part == part] for part in ("open", "held")]
    several = [*parts, list(answers)] if any(parts) else [list(answers)]
    tallies = [count(part) for part in several]
    if tallies[-1].all:
        print(f"{name:<24}" + " ".join(str(tally) for tally in tallies))


def recalls(answers: Sequence[Answer]) -> None:
    others = [kind for kind in KINDS if kind not in CONTACT]
    print("\nrecall, by kind")
    for kind in KINDS:
        row(kind, answers, partial(recall, kinds=[kind]))
    print("\nrecall, together")
    row("contact details", answers, partial(recall, kinds=CONTACT))
    row("other kinds", answers, partial(recall, kinds=others))
    plain = [answer for answer in answers if answer.case.disguise in UNDISGUISED]
    row("contact, undisguised", plain, partial(recall, kinds=CONTACT))
    row("others, undisguised", plain, partial(recall, kinds=others))
    for title, kinds in (("contact details", CONTACT), ("other kinds", others)):
        print(f"\nrecall of {title}, by language")
        for language in languages(answers):
            of_it = [answer for answer in answers if answer.case.language == language]
            row(language, of_it, partial(recall, kinds=kinds))
    print("\nany overlap at all: what is more than above is a matter of how much was underlined")
    for kind in others:
        row(kind, answers, partial(touched, kinds=[kind]))
    row("contact details", answers, partial(touched, kinds=CONTACT))
    row("other kinds", answers, partial(touched, kinds=others))


def by_disguise(answers: Sequence[Answer]) -> None:
    print("\nrecall, by disguise")
    for disguise in sorted({answer.case.disguise for answer in answers}):
        of_it = [answer for answer in answers if answer.case.disguise == disguise]
        row(disguise, of_it, partial(recall, kinds=KINDS))


def alarms(title: str, answers: Sequence[Answer]) -> None:
    print(f"\nfalse alarms, {title}")
    row("together", answers, false_alarms)
    for language in languages(answers):
        row(language, [a for a in answers if a.case.language == language], false_alarms)


def languages(answers: Sequence[Answer]) -> list[str]:
    return sorted({answer.case.language for answer in answers})


def failures(answers: Sequence[Answer], *, kind: str | None) -> None:
    for answer in answers:
        case = answer.case
        if case.part != "open" or not (answer.missed or answer.false_alarm):
            continue
        wanted = answer.missed or ("none",)
        if kind is None or kind in wanted:
            print(f"{case.id} ({case.context})\n  {text_of(case)!r}")
            for missed in case.expected:
                if missed.kind in answer.missed:
                    print(f"  missed {missed.kind} {case.text[missed.start : missed.end]!r}")
            for found in answer.findings:
                print(f"  found {found.kind} {case.text[found.start : found.end]!r}")


def text_of(case: Case) -> str | tuple[str, ...]:
    return case.messages or case.text


if __name__ == "__main__":
    main()
