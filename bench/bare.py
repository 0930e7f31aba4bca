"""The yardstick for pages: the same page, byte for byte, from Flask and Jinja and nothing else.

The page's HTML becomes one flat template. Every text of its main part is a value that Jinja escapes,
every address of a letter is made by ``url_for``; there is no database, no session, no sign-in, no
translation, no header but Flask's own. It is served as the product is.

    python -m bench.bare PAGE.html PORT
"""

from __future__ import annotations

import html
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, render_template

from bench.measuring import Visitor
from penpal.config import Settings
from penpal.embedded import Server
from tests.servers import free_port

_MAIN = re.compile(r"(.*<main[^>]*>)(.*)(</main>.*)", re.DOTALL)
_PART = re.compile(r'href="/letters/(\d+)"|(?<=>)([^<>]*[^<>\s][^<>]*)(?=<)')


def page(rendered: str) -> Flask:
    """An application whose one page is that HTML."""
    app = Flask("bare")
    found = _MAIN.fullmatch(rendered)
    assert found is not None, "a page without a main part"
    values: list[str] = []
    letters: list[int] = []

    def cut(part: re.Match[str]) -> str:
        if part[1]:
            letters.append(int(part[1]))
            return f"href=\"{{{{ url_for('letter', letter_id=letters[{len(letters) - 1}]) }}}}\""
        values.append(html.unescape(part[2]))
        return f"{{{{ values[{len(values) - 1}] }}}}"

    def raw(fixed: str) -> str:
        return "{% raw %}" + fixed + "{% endraw %}"

    middle = _PART.sub(cut, found[2])
    # A template from a string has no name that tells of HTML, so escaping is turned on by hand.
    made = app.jinja_env.overlay(autoescape=True)
    template = made.from_string(raw(found[1]) + middle + raw(found[3]))

    @app.get("/")
    def bare() -> str:
        return render_template(template, values=values, letters=letters)

    @app.get("/letters/<int:letter_id>")
    def letter(letter_id: int) -> str:
        raise NotImplementedError(letter_id)

    return app


@contextmanager
def served(rendered: str) -> Iterator[Visitor]:
    """A visitor to that page, on a server of its own."""
    port = free_port()
    with tempfile.NamedTemporaryFile("w", suffix=".html") as file:
        file.write(rendered)
        file.flush()
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.bare", file.name, str(port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield reached(Visitor(port, process.pid))
        finally:
            process.terminate()
            process.wait()


def reached(visitor: Visitor) -> Visitor:
    """The same, once its server answers."""
    for _ in range(1200):
        try:
            visitor.get("/")
        except OSError:
            visitor.connection.close()
            time.sleep(0.05)
        else:
            return visitor
    raise TimeoutError("the yardstick does not answer")


if __name__ == "__main__":
    app = page(Path(sys.argv[1]).read_text(encoding="utf-8"))
    Server(app, Settings(PORT=int(sys.argv[2]), jobs="worker"), "").run()
