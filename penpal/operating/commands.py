"""The operator's commands: back up while the server runs, check a backup, bring one back."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from penpal.config import Settings
from penpal.kernel import terminal
from penpal.operating import archives, backups, restoring
from penpal.operating.archives import Manifest, Refused


class _FileFirst(AppGroup):
    """``flask backup FILE`` is ``flask backup make FILE``: what is no command is a file."""

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if words and words[0] not in self.commands:
            words = ["make", *words]
        return super().resolve_command(context, words)


backup = _FileFirst(
    "backup",
    help="Back up into one file: flask backup FILE. Check one: flask backup check FILE.",
)


@backup.command("make")
@click.argument("to", type=click.Path(path_type=Path))
@click.option(
    "--without-key", is_flag=True, help="Leave the signing key out, when you keep it apart."
)
def make(to: Path, without_key: bool) -> None:
    """Write the database and the files into TO, while the server runs."""
    try:
        manifest = backups.make(
            to, settings=terminal.settings(), with_key=not without_key, say=_say
        )
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{to}: {_described(manifest)}")


@backup.command("check")
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Compare every byte of a backup with its digests, and say what is in it."""
    try:
        manifest = archives.check(file)
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"{file}: whole. {_described(manifest)}")
    for part in manifest.members:
        click.echo(f"  {part.sha256}  {part.size:>12,}  {part.name}")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--into",
    multiple=True,
    help="Another folder than PENPAL_DATA, or another address than DATABASE_URL; both if given twice.",
)
@with_appcontext
def restore(file: Path, into: tuple[str, ...]) -> None:
    """Bring a backup back into an empty folder or database, then migrate it."""
    settings = _settings_of(into)
    try:
        done = restoring.restore(file, settings=settings, say=_say)
    except Refused as problem:
        raise click.ClickException(str(problem)) from None
    click.echo(f"Restored {file}: {_described(done.manifest)}")
    click.echo(f"{done.people:,} people, {done.letters:,} letters, in {settings.data.absolute()}")
    if done.revision_now != done.manifest.revision:
        click.echo(f"Migrated from {done.manifest.revision} to {done.revision_now}.")
    if not done.same_key:
        click.echo(
            "The signing key here is another one: everybody signs in anew, printed cards open nothing, "
            "and what was encrypted with the old key stays closed. Put the old key in place if you have it."
        )


def _settings_of(into: tuple[str, ...]) -> Settings:
    settings = terminal.settings()
    changed: dict[str, object] = {}
    for place in into:
        if "://" in place:
            # The settings' own check gives the address its driver.
            changed["database_url"] = Settings(DATABASE_URL=place).database_url
        else:
            changed["data"] = Path(place)
            if settings.database.startswith("sqlite"):
                changed["database_url"] = ""
    return settings.model_copy(update=changed)


def _described(manifest: Manifest) -> str:
    size = sum(part.size for part in manifest.members)
    key = (
        "with"
        if any(p.name == backups.FILES + backups.KEY for p in manifest.members)
        else "without"
    )
    return (
        f"{manifest.database} as of {manifest.made_at}, migration {manifest.revision}, "
        f"{len(manifest.members)} members, {size:,} bytes, {key} the signing key"
    )


def _say(words: str) -> None:
    click.echo(words, err=True)
