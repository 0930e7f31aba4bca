"""What commands share: refusals told in a sentence, days as they are typed, and the settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import click
from flask import current_app

from penpal.config import Settings
from penpal.kernel.errors import Invalid, PenpalError

DAY = click.DateTime(["%Y-%m-%d"])


@contextmanager
def in_words() -> Iterator[None]:
    """What the rules forbid is told in a sentence, not as a trace."""
    try:
        yield
    except Invalid as problem:
        said = [str(words) for words in problem.fields.values()] or [str(problem)]
        raise click.ClickException(" ".join(said)) from problem
    except PenpalError as problem:
        raise click.ClickException(str(problem)) from problem


def date_of(typed: Any) -> date | None:
    """The day of an option of the type ``DAY``, which click hands over as a midnight."""
    found: date | None = typed.date() if typed else None
    return found


def settings() -> Settings:
    found: Settings = current_app.extensions["penpal.settings"]
    return found
