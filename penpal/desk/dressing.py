"""What every template may use: who is signed in, the navigation, files by name, dates by locale."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from flask import Flask, g
from flask_wtf import FlaskForm
from jinja2 import pass_context, pass_environment
from jinja2.runtime import Context

from penpal.accounts import signed_in, sockets
from penpal.accounts.signed_in import actor
from penpal.desk import appearance, figures, hats, navigation, notices_routes
from penpal.kernel import clock, html
from penpal.kernel.application import Environment
from penpal.letters import wording


def register(app: Flask, dist: Path) -> None:
    names = _manifest(dist)

    def asset(name: str) -> str:
        """The address of a built file; its name carries a hash of its content."""
        return f"/static/dist/{names[name]}"

    app.context_processor(_context)
    app.jinja_env.globals.update(
        asset=asset,
        csrf_token=signed_in.form_token,
        stamp_url=lambda slug: asset(f"stamps/{slug or 'default'}.svg"),
        letter_title=wording.title,
        letter_short_title=_short_title,
        formal_numeral=wording.formal,
    )
    app.jinja_env.filters.update(
        iso=_iso,
        local_date=_local_date,
        local_month=_local_month,
        local_time=_local_time,
        number=_number,
        numeral=wording.numeral,
        problems=_problems,
        stored=html.stored,
        ternary=lambda condition, yes, no: yes if condition else no,
    )
    app.jinja_env.globals["ngettext"] = _counted(app.jinja_env.globals["ngettext"])
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _iso(moment: date) -> str:
    """A day or a moment for machines that read the page: they know no millionths of a second."""
    if isinstance(moment, datetime):
        return moment.isoformat(timespec="seconds")
    return moment.isoformat()


def _manifest(dist: Path) -> dict[str, str]:
    try:
        names: dict[str, str] = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SystemExit("static/dist is not built yet: `make run` builds it.") from None
    return names


def _context() -> dict[str, object]:
    """Loaded before the template begins: no SQL runs while it renders."""
    today = clock.today()
    shared: dict[str, object] = {
        "page": appearance.page(),
        "front_date": (f"{today:%Y}", f"{today.month}.{today.day}"),
        "me": None,
        "nav": (),
        "live_token": "",
        "hats": (),
        "hat": "",
        "bell": None,
        "form_token": signed_in.form_token(),
    }
    if g.get("without_person"):
        # The database may be what failed: the page that says so asks nothing of it.
        return shared
    person = actor()
    if person.person_id is not None:
        shared |= {"me": person, "nav": navigation.of(person), "live_token": sockets.token(person)}
        shared["bell"] = notices_routes.bell()
        shared["hats"], shared["hat"] = hats.offered(person) if person.is_staff else ((), "")
    return shared


@pass_environment
def _local_date(environment: Environment, day: date, shape: str) -> str:
    return figures.day(day, shape, environment.language)


@pass_environment
def _local_month(environment: Environment, day: date) -> str:
    return figures.month(day, environment.language)


@pass_environment
def _short_title(environment: Environment, number: int) -> str:
    return _short_title_in(number, environment.language)


@lru_cache(maxsize=512)
def _short_title_in(number: int, _language: str) -> str:
    return wording.short_title(number)


def _local_time(moment: datetime) -> str:
    return f"{clock.local(moment):%H:%M}"


@pass_environment
def _number(environment: Environment, value: int) -> str:
    return figures.number(value, environment.language)


def _counted(translate: Any) -> Callable[..., str]:
    """The plural forms of templates, their count written as the language writes numbers."""

    @pass_context
    def ngettext(context: Context, one: str, many: str, count: int, **values: object) -> str:
        written = _number(cast(Environment, context.environment), count)
        said: str = translate(context, one, many, count, **{"num": written} | values)
        return said

    return ngettext


def _problems(form: FlaskForm) -> list[tuple[str, str]]:
    """All that is to be mended, as (id of the field, words)."""
    fields = [(field.id, str(words)) for field in form for words in field.errors]
    return [("", str(words)) for words in form.form_errors] + fields
