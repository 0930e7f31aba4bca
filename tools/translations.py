"""Proves that every text a person meets can be translated, is, and that no translation is stale.

With ``--update`` it brings new texts into the catalogue instead, to be translated by hand.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeGuard

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, TemplateSyntaxError, nodes

from penpal.kernel.fragments import Remembered

TOP = Path(__file__).resolve().parent.parent
CATALOGUE = TOP / "penpal" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
TEMPLATES = TOP / "templates"

KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "_n": (1, 2), "lazy_gettext": None}
TRANSLATORS = set(KEYWORDS) | {"lazy_ngettext"}

# A catalogue wants two dates; these stay as they are, so that only texts make a difference.
BEGUN = datetime(2026, 11, 1, tzinfo=UTC)

# Ideographs, and the punctuation that comes with them: a full-width colon is Chinese text too.
CHINESE = re.compile(r"[\u3001-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff60]")


def empty() -> Catalog:
    """Begin the English catalogue. Who changed what and when is told by the repository."""
    return Catalog(
        locale="en",
        project="Penpal",
        version="0.1.0",
        copyright_holder="Penpal contributors",
        msgid_bugs_address="see CONTRIBUTING.md",
        last_translator="Penpal contributors",
        language_team="English",
        charset="utf-8",
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
        header_comment="# English texts of Penpal. The originals are Chinese.",
    )


def collect() -> Catalog:
    """Read the texts out of code and templates, each with the places where it stands."""
    with (TOP / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = empty()
    for name, line, message, comments, context in extract_from_dir(
        TOP,
        methods,
        options,
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=is_ours,
    ):
        found.add(message, None, [(name, line)], auto_comments=comments, context=context)
    return found


def is_ours(folder: str | os.PathLike[str]) -> bool:
    """Keep the search out of environments and packages, which would take half a minute."""
    return Path(folder).relative_to(TOP).parts[0] in {"penpal", "templates"}


def update(found: Catalog) -> None:
    """Write the catalogue anew: known translations stay, unused ones go, nothing is guessed."""
    kept = stored() or empty()
    kept.update(found, no_fuzzy_matching=True)
    kept.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        # Line numbers would change with every edit of the code.
        write_po(file, kept, width=0, include_lineno=False)


def stored() -> Catalog | None:
    """Read the catalogue, if there is one."""
    if not CATALOGUE.exists():
        return None
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def text_of(message: Message) -> str:
    """Name a message by its singular form."""
    return message.id if isinstance(message.id, str) else message.id[0]


def catalogue_faults(found: Catalog, kept: Catalog) -> Iterator[str]:
    """Compare what the product says with what the catalogue knows."""
    for message in found:
        if not message.id:
            continue
        known = kept.get(message.id, message.context)
        name, line = message.locations[0]
        where = f"{name}:{line}: {text_of(message)}"
        if known is None:
            yield f"{where}: not in the catalogue (make messages)"
        elif known.fuzzy:
            yield f"{where}: marked fuzzy"
        elif not all(forms_of(known)):
            yield f"{where}: not translated"
        elif known.pluralizable != message.pluralizable:
            yield f"{where}: singular and plural do not match the catalogue's entry"
    for message in kept:
        if message.id and found.get(message.id, message.context) is None:
            yield f"{CATALOGUE.name}: {text_of(message)}: no longer used"
    for message in kept.obsolete.values():
        yield f"{CATALOGUE.name}: {text_of(message)}: obsolete"
    for message, errors in kept.check():
        for error in errors:
            yield f"{CATALOGUE.name}: {text_of(message)}: {error}"


def forms_of(message: Message) -> tuple[str, ...]:
    """List the translation's forms, singular first; an empty one is not translated."""
    if isinstance(message.string, str):
        return (message.string,)
    return tuple(str(form or "") for form in message.string or ("",))


def template_faults(folder: Path) -> Iterator[str]:
    """Find Chinese that stands in a template without being handed to a translator."""
    environment = Environment(
        autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do", Remembered]
    )
    for path in sorted([*folder.rglob("*.html"), *folder.rglob("*.txt")]):
        name = path.relative_to(folder.parent)
        try:
            tree = environment.parse(path.read_text(encoding="utf-8"), str(name))
        except TemplateSyntaxError as error:
            yield f"{name}:{error.lineno}: {error.message}"
            continue
        for line, text in untranslated(tree):
            yield f"{name}:{line}: {text}: Chinese outside _()"


def untranslated(node: nodes.Node) -> Iterator[tuple[int, str]]:
    """Yield the line and the text of every Chinese literal below a node."""
    if hands_to_translator(node):
        # Literal arguments are the texts themselves; values put into them are looked at.
        for value in node.kwargs:
            yield from untranslated(value)
        return
    if isinstance(node, nodes.TemplateData):
        for offset, text in enumerate(node.data.split("\n")):
            if CHINESE.search(text):
                yield node.lineno + offset, text.strip()
    elif isinstance(node, nodes.Const) and CHINESE.search(str(node.value)):
        yield node.lineno, str(node.value)
    for child in node.iter_child_nodes():
        yield from untranslated(child)


def hands_to_translator(node: nodes.Node) -> TypeGuard[nodes.Call]:
    return (
        isinstance(node, nodes.Call)
        and isinstance(node.node, nodes.Name)
        and node.node.name in TRANSLATORS
    )


def main(arguments: list[str]) -> int:
    found = collect()
    updating = arguments == ["--update"]
    if updating:
        update(found)
    kept = stored()
    if kept is None:
        print(f"{CATALOGUE.relative_to(TOP)} does not exist (make messages).", file=sys.stderr)
        return 1
    faults = [*catalogue_faults(found, kept), *template_faults(TEMPLATES)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if faults:
        print(f"{len(faults)} faults in the translations.", file=sys.stderr)
        return 0 if updating else 1
    print(f"{len(found)} texts, all translated.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
