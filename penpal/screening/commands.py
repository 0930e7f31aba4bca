"""``flask screening``: ask the guard from outside, one text a line."""

from __future__ import annotations

import json
import sys
from typing import Any

import click
from flask.cli import AppGroup

from penpal.screening import screen as guard
from penpal.screening.findings import Context, Finding

screening = AppGroup("screening", help="Ask the contact guard about texts.")


@screening.command("check", with_appcontext=False)
def check() -> None:
    """Answer JSON lines of standard input: id, context and text (or messages) in; id and findings out.

    A line that cannot be read is named on standard error and the rest is still answered; the exit
    code is then 1.
    """
    guard.warm_up()
    sound = True
    # Bytes, so that neither the locale nor a lone surrogate decides what a line is.
    for number, line in enumerate(sys.stdin.buffer, start=1):
        if not line.strip():
            continue
        try:
            asked = json.loads(line.decode("utf-8-sig"))
            answer = {"id": asked["id"], "findings": [_told(each) for each in _found(asked)]}
        except (ValueError, KeyError, TypeError) as trouble:
            sound = False
            click.echo(f"line {number}: {type(trouble).__name__}: {trouble}", err=True)
            continue
        sys.stdout.buffer.write(
            json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
        )
        sys.stdout.buffer.flush()
    if not sound:
        raise click.exceptions.Exit(1)


def _found(asked: dict[str, Any]) -> tuple[Finding, ...]:
    context = Context(asked["context"])
    if "messages" in asked:
        if not isinstance(asked["messages"], list) or not all(
            isinstance(each, str) for each in asked["messages"]
        ):
            raise TypeError("messages is a list of strings")
        return guard.screen_messages(asked["messages"])
    if not isinstance(asked["text"], str):
        raise TypeError("text is a string")
    return guard.screen(asked["text"], context)


def _told(finding: Finding) -> dict[str, str | int]:
    return {"kind": finding.kind.value, "start": finding.start, "end": finding.end}
