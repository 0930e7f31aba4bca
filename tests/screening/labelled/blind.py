"""Texts by the newest writers, which nobody who writes rules reads: what the guard is worth on what it has never seen."""

from __future__ import annotations

import json
from functools import cache

from tests.screening.labelled.cases import PARTS, Case, Expected


@cache
def blind(name: str) -> tuple[Case, ...]:
    """The ``evasions``, the ``ordinary`` sentences or the ``letters`` of it."""
    return read(f"blind_{name}")


def read(file: str) -> tuple[Case, ...]:
    """The cases of ``parts/<file>.jsonl``, one a line."""
    lines = (PARTS / f"{file}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(_case(line) for line in lines)


def _case(line: str) -> Case:
    told = json.loads(line)
    messages = tuple(told.get("messages", ()))
    return Case(
        id=told["id"],
        context=told["context"],
        text=told.get("text", "\n".join(messages)),
        language=told["language"],
        expected=tuple(Expected(*each) for each in told.get("expect", ())),
        messages=messages,
        disguise="said",
    )
