"""Pages, and parts of pages, that are kept under the values they were made of.

A key holds every value that the text can depend on and is compared by value: two people are given
the same text only where everything in it is the same, and nothing has to be taken back when
something changes. ``{% remembered %}…{% endremembered %}`` finds out by itself which names its part
reads; what is read past the context, such as ``request``, is refused when the template is compiled.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any

from flask import before_render_template, current_app, request, session, template_rendered
from jinja2 import Template, TemplateAssertionError, meta, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

PARTS, PAGES = 4096, 512
"""What each process keeps of a language: parts of a few kilobytes and pages of up to sixty, some
forty megabytes of both at most; the ones used last stay."""

PAST_THE_CONTEXT = frozenset(
    {"request", "session", "g", "config", "current_user", "csrf_token", "get_flashed_messages"}
)
"""What Flask lets any template or macro read whose value is in no key."""
_places = itertools.count()
_OF_THE_WHOLE = (nodes.Block, nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)


class _Key(tuple[Any, ...]):
    """The values that decide a part's text, and the way to make it, which is not compared."""

    make: Callable[[], str] | None = None


def memory(kept: int) -> Callable[[_Key], str]:
    """Room for the texts of one environment; words are part of its templates, so each language has its own."""

    @lru_cache(maxsize=kept)
    def made(key: _Key) -> str:
        assert key.make is not None
        return key.make()

    return made


def page(name: str, **values: object) -> str:
    """As ``render_template``, for pages that people come back to: it is made anew where a value differs.

    Of the request, such a page reads its address, the token of its forms and what is to be flashed.
    All values must be hashable.
    """
    context: dict[str, Any] = dict(values)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    app.update_template_context(context)
    template = app.jinja_env.get_or_select_template(name)
    if "_flashes" in session:
        return _rendered(template, context)
    told = tuple(sorted(item for item in context.items() if item[0] not in PAST_THE_CONTEXT))
    key = _Key((name, request.full_path, context["form_token"], told))
    key.make = partial(_rendered, template, context)
    environment: Any = template.environment
    return _recall(environment.pages, key)


def _rendered(template: Template, context: dict[str, Any]) -> str:
    """With the signals that Flask sends."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    before_render_template.send(app, template=template, context=context)
    text = template.render(context)
    template_rendered.send(app, template=template, context=context)
    return text


def _recall(kept: Callable[[_Key], str], key: _Key) -> str:
    try:
        return kept(key)
    finally:
        # The key lives on with what was made; the request that it was made in does not.
        key.make = None


class Remembered(Extension):
    """``{% remembered %}``: the values must be hashable, which frozen records of tuples are."""

    tags = {"remembered"}  # noqa: RUF012 - as Jinja declares it

    def parse(self, parser: Parser) -> nodes.Node:
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endremembered",), drop_needle=True)
        whole = nodes.Template(body, lineno=line)
        # Names of globals are read as well: a value of the context may go by one of them.
        bare = self.environment.overlay()
        bare.globals = {}
        # Only names are looked for, and the collector of texts to translate knows no filters.
        bare.filters = {used.name: str for used in whole.find_all(nodes.Filter)}
        whole.set_environment(bare)
        for part in whole.find_all(_OF_THE_WHOLE):
            raise TemplateAssertionError(
                "a remembered part is complete in itself", part.lineno, parser.name
            )
        read = sorted(meta.find_undeclared_variables(whole))
        for name in PAST_THE_CONTEXT.intersection(read):
            raise TemplateAssertionError(f"{name} is in no key", line, parser.name)
        values = [nodes.Name(name, "load", lineno=line) for name in read]
        place = nodes.Const(next(_places), lineno=line)
        call = self.call_method("_part", [place, *values], lineno=line)
        return nodes.CallBlock(call, [], [], body, lineno=line)

    def _part(self, place: int, *values: Any, caller: Callable[[], Markup]) -> Markup:
        key = _Key((place, *values))
        key.make = caller
        environment: Any = self.environment
        text = _recall(environment.parts, key)
        assert isinstance(text, Markup)
        return text
