"""The record as a file for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.record.telling import Act
from penpal.rosters import exports


def as_csv(acts: Iterable[Act]) -> bytes:
    """One line an act, with its place in the chain and the hash by which it can be proved."""
    heading = [
        _("序号"),
        _("时间"),
        _("谁"),
        _("做了什么"),
        _("关于"),
        _("为什么"),
        _("校验值"),
    ]
    return exports.text_csv([heading, *(_line(act) for act in acts)])


def _line(act: Act) -> list[str]:
    moment = clock.local(act.at).strftime("%Y-%m-%d %H:%M:%S")
    why = act.kept or act.why
    return [str(act.number), moment, act.who, act.what, act.about, why, act.hash]
