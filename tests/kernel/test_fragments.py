"""What is kept of pages under the values they were made of."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from jinja2 import TemplateAssertionError, meta, nodes

from penpal.config import ROOT
from penpal.kernel import fragments
from penpal.kernel.application import Environment
from tests.cast import Cast
from tests.conftest import SignedIn

TEMPLATES = ROOT / "templates"
KEPT_WHOLE = ("desk/student.html", "letters/mailbox.html")


def environment(app: Flask) -> Environment:
    made = app.jinja_env
    assert isinstance(made, Environment)
    return made._in_language("zh_Hans")


def test_a_part_is_made_once_for_the_same_values(app: Flask) -> None:
    made: list[str] = []

    def tell(name: str) -> str:
        made.append(name)
        return name

    template = environment(app).from_string(
        "{% for name in names %}{% remembered %}<b>{{ tell(name) }}</b>{% endremembered %}{% endfor %}"
    )

    text = template.render(names=["小禾", "小麦", "小禾"], tell=tell)

    assert text == "<b>小禾</b><b>小麦</b><b>小禾</b>"
    assert made == ["小禾", "小麦"]


def test_a_part_escapes_what_it_holds(app: Flask) -> None:
    template = environment(app).from_string("{% remembered %}<i>{{ x }}</i>{% endremembered %}")

    assert template.render(x="<script>") == "<i>&lt;script&gt;</i>"


def test_two_places_of_one_template_are_kept_apart(app: Flask) -> None:
    template = environment(app).from_string(
        "{% remembered %}a{{ x }}{% endremembered %} {% remembered %}b{{ x }}{% endremembered %}"
    )

    assert template.render(x=1) == "a1 b1"


@pytest.mark.parametrize("name", sorted(fragments.PAST_THE_CONTEXT))
def test_a_part_reads_nothing_that_is_in_no_key(app: Flask, name: str) -> None:
    with pytest.raises(TemplateAssertionError):
        environment(app).from_string(f"{{% remembered %}}{{{{ {name} }}}}{{% endremembered %}}")


@pytest.mark.parametrize("part", ["{% include 'ui/icons.html' %}", "{% block x %}{% endblock %}"])
def test_a_part_is_complete_in_itself(app: Flask, part: str) -> None:
    with pytest.raises(TemplateAssertionError):
        environment(app).from_string(f"{{% remembered %}}{part}{{% endremembered %}}")


def pulled_in(environment: Environment, name: str) -> set[str]:
    """A template with all that it extends, includes and imports."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            tree = environment.parse((TEMPLATES / one).read_text(encoding="utf-8"))
            waiting += [other for other in meta.find_referenced_templates(tree) if other]
    return seen


def read_past_the_context(environment: Environment, name: str) -> set[str]:
    tree = environment.parse((TEMPLATES / name).read_text(encoding="utf-8"))
    addresses = {
        id(part.node)
        for part in tree.find_all(nodes.Getattr)
        if isinstance(part.node, nodes.Name)
        and (part.node.name, part.attr) == ("request", "full_path")
    }
    return {
        part.name
        for part in tree.find_all(nodes.Name)
        if part.name in fragments.PAST_THE_CONTEXT and id(part) not in addresses
    }


@pytest.mark.parametrize("name", KEPT_WHOLE)
def test_a_page_that_is_kept_reads_of_the_request_only_what_is_in_its_key(
    app: Flask, name: str
) -> None:
    made = environment(app)
    read = {one: read_past_the_context(made, one) for one in pulled_in(made, name)}

    assert all(names <= {"csrf_token", "get_flashed_messages"} for names in read.values()), read


def test_parts_call_no_macro_that_reads_past_the_context(app: Flask) -> None:
    """A macro's name in a key says nothing of what it reads: files with such macros are not used in parts."""
    made = environment(app)
    for file in sorted(TEMPLATES.rglob("*.html")):
        text = file.read_text(encoding="utf-8")
        if "{% remembered %}" not in text:
            continue
        parts = "".join(
            part.partition("{% endremembered %}")[0] for part in text.split("{% remembered %}")[1:]
        )
        for source in made.parse(text).find_all(nodes.FromImport):
            assert isinstance(source.template, nodes.Const)
            for one in pulled_in(made, source.template.value):
                if read_past_the_context(made, one):
                    names = [n if isinstance(n, str) else n[1] for n in source.names]
                    assert not any(f"{name}(" in parts for name in names), (file, one)


def test_only_those_pages_are_kept_whole() -> None:
    used = [
        path
        for path in Path(ROOT / "penpal").rglob("*.py")
        if "fragments.page(" in path.read_text(encoding="utf-8")
    ]

    assert sorted(path.parent.name for path in used) == ["desk", "letters"]


def test_a_page_is_made_anew_when_anything_in_it_changes(as_: SignedIn, cast: Cast) -> None:
    xiaohe, xiaomai = as_("xiaohe"), as_("xiaomai")
    xiaohe.get("/letters")
    first = xiaohe.get("/letters").get_data(as_text=True)

    assert xiaohe.get("/letters").get_data(as_text=True) == first
    assert xiaomai.get("/letters").get_data(as_text=True) != first

    xiaohe.post("/appearance", data={"theme": "dark", "next": "/letters"})
    dark = xiaohe.get("/letters").get_data(as_text=True)

    assert 'data-bs-theme="dark"' in dark
    assert 'data-bs-theme="dark"' not in first
