"""``flask lawful``: what an authority asks for by law, with its paper on record."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from penpal.kernel import access, clock, numbers, terminal
from penpal.kernel.access import SYSTEM
from penpal.safeguarding import lawful as requests
from penpal.safeguarding import opening_queries, pictures
from penpal.safeguarding.items import Content
from penpal.safeguarding.opening_models import LawfulPaper

lawful = AppGroup("lawful", help="What an authority asks for by law: opened once, with its paper.")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)


@lawful.command("open")
@click.argument("pointer")
@click.option("--authority", required=True, help="Who asks.")
@click.option("--reference", required=True, help="The number on the paper.")
@click.option("--paper", required=True, type=_FILE, help="The scan: PDF, JPEG or PNG.")
@click.option("--reason", required=True, help="Kept on the record.")
@click.option("--out", required=True, type=_NEW_FILE, help="A new file for the words.")
@click.option("--tell-from", type=terminal.DAY, help="Until this day the children are not told.")
@click.option("--delay-reason", default="", help="Why, as the authority says.")
def open_(
    pointer: str,
    authority: str,
    reference: str,
    paper: Path,
    reason: str,
    out: Path,
    tell_from: Any,
    delay_reason: str,
) -> None:
    """Open POINTER, such as letter:7, and write its words to a new file that only you can read."""
    kind, _colon, typed = pointer.partition(":")
    number = numbers.typed(typed)
    if number is None:
        raise click.ClickException(f"{pointer} names no thing: write letter:7")
    demand = requests.Demand(
        authority=authority,
        reference=reference,
        paper=paper.read_bytes(),
        reason=reason,
        tell_from=terminal.date_of(tell_from),
        delay_reason=delay_reason,
    )
    with terminal.in_words(), _new_file(out) as file:
        opening = requests.open_(kind, number, demand, settings=terminal.settings(), by=SYSTEM)
        content = requests.hand_over(opening, by=SYSTEM)
        file.write(_text(content).encode())
        _write_photos(content, out)
    click.echo(f"opening {opening.id}: {pointer} was written to {out}")
    shown = clock.local(opening.shown_from or opening.asked_at)
    click.echo(f"sha256 of what was read: {opening.digest}")
    click.echo(f"the children are told from {shown:%Y-%m-%d}")


@lawful.command("list")
def list_() -> None:
    """Every lawful request: when, who asked, what for, and the hash of its paper."""
    for paper in opening_queries.lawful():
        opening = paper.opening
        shown = clock.local(opening.shown_from or opening.asked_at)
        click.echo(
            f"{opening.id}  {clock.local(opening.asked_at):%Y-%m-%d}  {opening.kind}:{opening.item_id}"
            f"  {paper.authority}  {paper.reference}  told from {shown:%Y-%m-%d}"
            f"  paper {paper.digest}"
        )


@lawful.command("paper")
@click.argument("number", type=int)
@click.option("--out", required=True, type=_NEW_FILE, help="A new file for the scan.")
def paper_(number: int, out: Path) -> None:
    """Write the paper of a request to a new file that only you can read."""
    with terminal.in_words():
        found = access.load(LawfulPaper, SYSTEM, number)
        with _new_file(out) as file:
            file.write(requests.paper_of(found, settings=terminal.settings(), by=SYSTEM))
    click.echo(f"{found.content_type}, sha256 {found.digest}")


@contextmanager
def _new_file(out: Path) -> Iterator[Any]:
    """A file that was not there before, for its owner alone; gone again when what fills it fails."""
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as problem:
        raise click.ClickException(f"{out}: {problem.strerror}") from problem
    with os.fdopen(handle, "wb") as file:
        try:
            yield file
        except BaseException:
            out.unlink()
            raise


def _write_photos(content: Content, out: Path) -> None:
    """Each beside the words: letter-7.txt, letter-7-photo-1.jpg."""
    for number, photo in enumerate(content.photos, start=1):
        beside = out.with_name(f"{out.stem}-photo-{number}.jpg")
        with _new_file(beside) as file:
            file.write(pictures.picture(content, number))
        click.echo(f"photo {number}, sha256 {photo.digest}: {beside}")


def _text(content: Content) -> str:
    sent = f"{clock.local(content.at):%Y-%m-%d %H:%M}" if content.at else ""
    facts = "".join(f"{name}: {told}\n" for name, told in sorted(content.context.items()))
    return (
        f"{content.kind}:{content.id}\n{content.title}\nsent: {sent}\n"
        f"author: person {content.author_id}\n{facts}\n{content.text}\n"
    )
