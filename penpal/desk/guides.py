"""The guides: files of docs/guides, drawn once when they are first asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from markdown_it import MarkdownIt
from markdown_it.token import Token

from penpal.accounts.models import Role
from penpal.config import ROOT
from penpal.kernel.access import Actor

FOLDER = ROOT / "docs" / "guides"
PICTURES = FOLDER / "img"
ADDRESS = "static/guides/"
"""Where the pictures are served."""

FILES: Mapping[str, str] = MappingProxyType(
    {"banzhuren": "banzhuren.zh.md", "tuanwei": "tuanwei.zh.md"}
)
"""The class teacher's and the school secretary's, by the last part of their addresses."""

AUDIENCES = ("students", "teachers", "guardians")
"""For whom there is a page on what keeps children safe; each is written in both languages."""


@dataclass(frozen=True)
class Guide:
    """``contents`` are the parts of the guide: the mark to jump to, and the heading."""

    title: str
    body_html: str
    contents: Sequence[tuple[str, str]]


def for_(actor: Actor) -> str:
    """The guide that someone needs first: a class teacher theirs, everybody above the other."""
    return "tuanwei" if set(actor.kinds) - {Role.TEACHER.value} else "banzhuren"


def guide(key: str) -> Guide:
    """A guide for staff as a page."""
    return _drawn(FILES[key])


def safety(audience: str, language: str) -> Guide:
    """What keeps children safe, in the words of those who read it: English, or else Chinese."""
    return _drawn(f"safety-{audience}.{'en' if language == 'en' else 'zh'}.md")


@cache
def _drawn(file: str) -> Guide:
    """A file as a page. Its words are ours, and no markup within them is let through."""
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": False})
    tokens = parser.parse((FOLDER / file).read_text(encoding="utf-8"))
    title = within = ""
    contents: list[tuple[str, str]] = []
    kept: list[Token] = []
    for token in tokens:
        if token.type == "heading_open":
            within = token.tag
        elif token.type == "heading_close":
            was, within = within, ""
            if was == "h1":
                continue
        if within == "h1":
            title = token.content or title
            continue
        if within == "h2" and token.type == "inline":
            mark = f"part-{len(contents) + 1}"
            kept[-1].attrSet("id", mark)
            contents.append((mark, token.content))
        for each in token.children or ():
            _address(each)
        kept.append(token)
    return Guide(title, parser.renderer.render(kept, parser.options, {}), tuple(contents))


def _address(token: Token) -> None:
    """Pictures and links to other guides, from where they lie in the repository to where they are served."""
    if token.type == "image":
        name = str(token.attrGet("src")).removeprefix("img/")
        content = (PICTURES / name).read_bytes()
        width, height = _size(content)
        # The address changes with the picture, so that a browser may keep it for long.
        mark = hashlib.sha256(content).hexdigest()[:8]
        token.attrSet("src", f"/{ADDRESS}{name}?{mark}")
        token.attrSet("width", str(width))
        token.attrSet("height", str(height))
        token.attrSet("loading", "lazy")
        if width < height:
            token.attrSet("class", "is-tall")
    elif token.type == "link_open":
        for key, file in FILES.items():
            if token.attrGet("href") == file:
                token.attrSet("href", f"/guides/{key}")


def _size(webp: bytes) -> tuple[int, int]:
    """Width and height as the extended header of a WebP tells them, less one (RFC 9649, part 2.7)."""
    if webp[8:16] != b"WEBPVP8X":
        raise ValueError("pictures of guides are made by tests/browser/guides.py")
    width, height = (int.from_bytes(webp[at : at + 3], "little") + 1 for at in (24, 27))
    return width, height
