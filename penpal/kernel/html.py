"""The one sanitiser, and the only maker of ``Markup`` from what people write.

Text is cleaned once, when it is written, and stored beside its source with ``VERSION``.
"""

from __future__ import annotations

import html as entities
import re
import unicodedata
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

import bleach
import nh3
from markupsafe import Markup, escape

VERSION = 1
"""Stored with each cleaned text, so that a stricter sanitiser knows what to clean again."""

_RICH_TAGS = frozenset(
    "p br strong em b i u s blockquote ul ol li h2 h3 h4 a hr".split()  # noqa: SIM905
)
_PLAIN_TAGS = frozenset({"p", "br"})
_LINK_SCHEMES = frozenset({"http", "https"})

# Control characters but tab and line feed; lone surrogates; and the marks that turn or hide the
# direction of a line, with which one text can be made to look like another. The isolates and
# joiners that Uyghur, Kazakh or Tibetan writing needs (U+200C, U+200D) stay.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)

_MARK, _MARK_END = Markup("<mark>"), Markup("</mark>")
_ANNOTATIONS = frozenset({"mark", "ins", "del"})
_BLANK_LINES = re.compile(r"\n(?:[ \t\u3000]*\n)+")
_MARKS = re.compile("[&<>\"']")
_TYPED_INDENT = re.compile(r"\A[ \t\u3000]{1,4}(?=\S)")


def normal(text: str) -> str:
    """Unicode NFC, one kind of line end, no control characters."""
    text = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("\u2028", "\n")
        .replace("\u2029", "\n")
    )
    return _UNSAFE.sub("", unicodedata.normalize("NFC", text))


def line(text: str) -> str:
    """One line of plain text (a name, a title): no line ends, no doubled spaces. Templates escape it."""
    return " ".join(normal(text).split())


def plain(text: str) -> Markup:
    """Students' profile: escaped, paragraphs at blank lines, ``<br>`` at single line ends, nothing else.

    The two ideographic spaces that many type before a paragraph go: the paper indents by itself.
    """
    text = normal(text).strip("\n")
    paragraphs = _BLANK_LINES.split(text) if "\n" in text else [text]
    drawn = "".join(
        "<p>"
        + entities.escape(_TYPED_INDENT.sub("", paragraph), quote=True).replace("\n", "<br>")
        + "</p>"
        for paragraph in paragraphs
        if paragraph.strip()
    )
    if not _MARKS.search(text):
        # Nothing in it could be read as a tag or an entity: the one parser would hand it back as it is.
        return Markup(drawn)
    return Markup(bleach.clean(drawn, tags=_PLAIN_TAGS, attributes={}, protocols=[], strip=True))


def rich(source: str) -> Markup:
    """Staff's profile: paragraphs, emphasis, quotes, lists, headings, and links to http or https."""
    # nh3 parses as a browser does; bleach, which the product promises, then has the last word.
    parsed = nh3.clean(
        normal(source),
        tags=set(_RICH_TAGS),
        attributes={"a": {"href"}},
        url_schemes=set(_LINK_SCHEMES),
        link_rel="nofollow noopener noreferrer",
    )
    return Markup(
        bleach.clean(
            parsed, tags=_RICH_TAGS, attributes=_allow, protocols=_LINK_SCHEMES, strip=True
        )
    )


def marked(text: str, spans: Iterable[tuple[int, int]]) -> Markup:
    """A line of plain text, escaped, with ``<mark>`` around some of its slices.

    The spans are in order and do not overlap.
    """
    drawn, last = [], 0
    for begin, end in spans:
        drawn += [escape(text[last:begin]), _MARK, escape(text[begin:end]), _MARK_END]
        last = end
    return Markup("").join([*drawn, escape(text[last:])])


def annotated(
    text: str, spans: Iterable[tuple[int, int, str]], notes: Mapping[int, str] | None = None
) -> Markup:
    """Plain text, escaped, with ``mark``, ``ins`` or ``del`` around its slices; they may overlap.

    ``notes`` are signs that stand behind a place of the text, such as the number of a remark.
    """
    layers = [(begin, end, tag) for begin, end, tag in spans if begin < end]
    if not {tag for _begin, _end, tag in layers} <= _ANNOTATIONS:
        raise ValueError("no such annotation")
    signs = notes or {}
    edges = {0, len(text), *signs}.union(*((begin, end) for begin, end, _tag in layers))
    places = sorted(place for place in edges if 0 <= place <= len(text))
    drawn = []
    for begin, end in zip(places, [*places[1:], len(text)], strict=True):
        if begin in signs:
            drawn.append(Markup('<sup class="mark-n">{}</sup>').format(signs[begin]))
        piece = escape(text[begin:end])
        # In one order always, so that what overlaps nests the same way everywhere.
        for tag in sorted({tag for first, last, tag in layers if first <= begin < last}):
            piece = Markup(f"<{tag}>{{}}</{tag}>").format(piece)
        drawn.append(piece)
    return Markup("").join(drawn)


def stored(cleaned: str) -> Markup:
    """Mark text that was cleaned when it was written as ready for a page."""
    return Markup(cleaned)


def direction(text: str) -> str:
    """``rtl`` or ``ltr``, as the first strong character says (UAX #9, rules P2 and P3)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def _allow(tag: str, name: str, value: str) -> bool:
    if tag != "a":
        return False
    if name == "rel":
        return value == "nofollow noopener noreferrer"
    # bleach lets href="javascript:123" through, taking the number for a port: we look ourselves.
    return name == "href" and _is_web_address(value)


def _is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(entities.unescape(value))
    except ValueError:
        return False
    return parts.scheme in _LINK_SCHEMES and bool(parts.netloc)
