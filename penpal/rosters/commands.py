"""``flask roster import``: the operator's way to bring a school in."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from penpal.kernel.access import SYSTEM
from penpal.kernel.errors import Invalid
from penpal.places import queries as places
from penpal.places.models import Level
from penpal.rosters import exports, files, queries, reading, services, wording
from penpal.rosters.planning import Outcome, Plan
from penpal.rosters.sheets import Sheet

roster = AppGroup("roster", help="Bring rosters in.")


@roster.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--school", "code", required=True, help="The code of the school.")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--refused",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the refused rows here as CSV.",
)
def import_(file: Path, code: str, dry_run: bool, refused: Path | None) -> None:
    """Bring the students of FILE (XLSX or CSV) into a school."""
    school = places.by_code(code)
    if school is None or school.level is not Level.SCHOOL:
        raise click.ClickException(_("没有代码是 %(code)s 的学校。", code=code))
    try:
        with file.open("rb") as content:
            sheet = reading.read(
                content.read(files.BYTES_MAX + 1), remembered=queries.remembered(school.id)
            )
    except Invalid as problem:
        raise click.ClickException(str(problem)) from problem
    act = services.check if dry_run else services.apply
    plan = act(school, sheet, by=SYSTEM)
    _print(sheet, plan, dry_run=dry_run)
    if refused is not None:
        refused.write_bytes(exports.refused_csv(plan.refused))


def _print(sheet: Sheet, plan: Plan, *, dry_run: bool) -> None:
    click.echo(_("试算，什么也没有写入。") if dry_run else _("已经写入。"))
    click.echo(
        "  ".join(f"{wording.OUTCOMES[outcome]} {plan.counts[outcome]}" for outcome in Outcome)
    )
    if plan.new_classes:
        click.echo(_("新的班级：%(names)s", names=" · ".join(plan.new_classes)))
    if plan.consents:
        click.echo(_("监护人同意：%(number)s", number=plan.consents))
    if plan.absent:
        click.echo(_("不在这个文件里、保持原样的学生：%(number)s", number=plan.absent))
    if sheet.ignored:
        click.echo(_("没有用到的列：%(names)s", names=" · ".join(sheet.ignored)))
    if sheet.dropped or sheet.dropped_values:
        click.echo(
            _(
                "不收的内容已经丢掉：%(number)s 处。%(names)s",
                number=sheet.dropped_values,
                names=" · ".join(sheet.dropped),
            )
        )
    for line in plan.refused:
        if line.reason:
            click.echo(
                _(
                    "第 %(line)s 行没有收：%(reason)s",
                    line=line.row.line,
                    reason=wording.REASONS[line.reason],
                )
            )
