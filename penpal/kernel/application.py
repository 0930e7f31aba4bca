"""Flask with detours cut: texts are translated when a template is compiled, addresses built from their one rule."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any, cast

import flask.templating
import jinja2
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_babel import get_locale, get_translations
from itsdangerous import SignatureExpired, URLSafeTimedSerializer
from jinja2 import nodes, runtime
from jinja2.visitor import NodeTransformer

from penpal.kernel import clock, fragments


class _Settled(NodeTransformer):
    """Puts in what cannot change between two renderings in one language: texts, addresses of files."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.translate = get_translations().ugettext

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        called = node.node
        if not isinstance(called, nodes.Name) or node.dyn_args or node.dyn_kwargs:
            return node
        if len(node.args) != 1 or not isinstance(node.args[0], nodes.Const):
            return node
        written = node.args[0].value
        if called.name in ("_", "gettext"):
            return self._text(self.translate(written), node)
        if called.name == "asset" and not node.kwargs:
            address = cast(Any, self.environment.globals["asset"])(written)
            return nodes.Const(address, lineno=node.lineno)
        return node

    def _text(self, words: str, call: nodes.Call) -> nodes.Node:
        """The translation as it stands, with what it names filled in at the time of rendering."""
        line = call.lineno
        if not call.kwargs:
            return nodes.MarkSafeIfAutoescape(nodes.Const(words % {}, lineno=line), lineno=line)
        named = [
            nodes.Pair(nodes.Const(keyword.key, lineno=line), keyword.value, lineno=line)
            for keyword in call.kwargs
        ]
        pattern = nodes.MarkSafeIfAutoescape(nodes.Const(words, lineno=line), lineno=line)
        return nodes.Mod(pattern, nodes.Dict(named, lineno=line), lineno=line)


class _Context(runtime.Context):
    def call(self, called: Any, *args: Any, **values: Any) -> Any:
        """Macros are most of what pages call: they need none of the questions asked of other callables."""
        if type(called) is not runtime.Macro:
            return super().call(called, *args, **values)
        values.pop("_block_vars", None)
        values.pop("_loop_vars", None)
        return called(self.eval_ctx, *args, **values)


class _Template(jinja2.Template):
    def _get_default_module(self, ctx: runtime.Context | None = None) -> Any:
        """The macros of a file, made once: no page here is rendered with globals of its own."""
        if self._module is None:
            self._module = self.make_module()
        return self._module


class Environment(flask.templating.Environment):
    """One environment for each language: a page's forty texts are part of its code there, not looked up."""

    context_class = _Context
    template_class = _Template

    def __init__(self, app: Flask, **options: Any) -> None:
        super().__init__(app, **options)
        self.add_extension(fragments.Remembered)
        self._begin_to_remember()
        self.languages: dict[str, Environment] = {}
        self.language = ""

    def _begin_to_remember(self) -> None:
        self.parts = fragments.memory(fragments.PARTS)
        self.pages = fragments.memory(fragments.PAGES)

    def get_or_select_template(self, *names: Any, **options: Any) -> jinja2.Template:
        if self.language:
            return super().get_or_select_template(*names, **options)
        return self._in_language(str(get_locale())).get_or_select_template(*names, **options)

    def _in_language(self, language: str) -> Environment:
        if language not in self.languages:
            environment = self.overlay()
            environment.language = language
            environment._begin_to_remember()
            self.languages[language] = environment
        return self.languages[language]

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if self.language:
            tree = _Settled(self).visit(tree)
            tree.set_environment(self)
        return tree


class _Sessions(SecureCookieSessionInterface):
    def get_signing_serializer(self, app: Flask) -> Any:
        return _seal(super().get_signing_serializer, app, app.secret_key)


class _Seal:
    """Signs and opens cookies as Flask does, but checks the same cookie's signature once, not for every page."""

    def __init__(self, serializer: URLSafeTimedSerializer) -> None:
        self.dumps = serializer.dumps
        self._checked = lru_cache(maxsize=4096)(partial(serializer.loads, return_timestamp=True))

    def loads(self, cookie: str, max_age: int) -> Any:
        content, signed_at = self._checked(cookie)
        if clock.now() - signed_at > timedelta(seconds=max_age):
            raise SignatureExpired("the cookie is too old", date_signed=signed_at)
        return deepcopy(content)


@lru_cache(maxsize=8)
def _seal(
    make: Callable[[Flask], URLSafeTimedSerializer | None], app: Flask, _secret: object
) -> _Seal | None:
    serializer = make(app)
    return _Seal(serializer) if serializer else None


class Application(Flask):
    jinja_environment = Environment  # type: ignore[assignment]
    session_interface = _Sessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Nothing here is a coroutine, so nothing is asked eighteen times a page whether it is one."""
        return func

    def url_for(self, endpoint: str, **values: Any) -> str:
        """As Flask's, but far quicker for what pages ask many times: the path of an endpoint's one rule."""
        try:
            rules = list(self.url_map.iter_rules(endpoint))
        except KeyError:
            rules = []
        if len(rules) == 1 and not any(name.startswith("_") for name in values):
            given = {name: value for name, value in values.items() if value is not None}
            if rules[0].arguments <= given.keys():
                built = rules[0].build(given)
                if built is not None:
                    return built[1]
        return super().url_for(endpoint, **values)
