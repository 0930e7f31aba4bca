"""What is out, for those who do not come by: an Atom feed and a map of all pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from penpal.publishing.special import page
from penpal.publishing.special.newsstand import Piece, Stand

_ATOM = "http://www.w3.org/2005/Atom"
_MAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_TITLE, _SUBTITLE = "结对小伙伴", "两地少年书信专页"
_PAGES = ("", "/themes", "/places", "/moments", "/archive", "/about", "/take-part", "/corrections")
_BEGINNING = 240
# What XML 1.0 cannot hold at all, however it is written (section 2.2).
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def atom(pieces: Sequence[Piece]) -> bytes:
    """RFC 4287: the newest pieces, each with how it begins; who wants the rest comes to the page."""
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": "zh-Hans"})
    _put(feed, "id", _urn(page.TOP))
    _put(feed, "title", _TITLE)
    _put(feed, "subtitle", _SUBTITLE)
    _link(feed, page.TOP, "alternate")
    _link(feed, f"{page.TOP}/feed.atom", "self")
    newest = max((piece.entry.published_at for piece in pieces), default=_NEVER)
    _put(feed, "updated", newest.isoformat())
    for piece in pieces:
        entry = SubElement(feed, "entry")
        where = f"{page.TOP}/{piece.id}"
        _put(entry, "id", _urn(where))
        _put(entry, "title", piece.title)
        _link(entry, where, "alternate")
        _put(entry, "published", piece.entry.published_at.isoformat())
        _put(entry, "updated", piece.entry.published_at.isoformat())
        for who in piece.printed.by:
            _put(SubElement(entry, "author"), "name", who.name)
        _put(entry, "summary", piece.printed.standfirst or "\n".join(piece.paragraphs(_BEGINNING)))
    return _written(feed)


def sitemap(stand: Stand) -> bytes:
    """sitemaps.org, 0.9."""
    places = Element("urlset", {"xmlns": _MAP})
    for path in _PAGES:
        _put(SubElement(places, "url"), "loc", page.address(page.TOP + path))
    for issue in stand.issues:
        url = SubElement(places, "url")
        _put(url, "loc", page.address(f"{page.TOP}/issues/{issue.id}"))
        _put(url, "lastmod", issue.came_out_at.date().isoformat())
    for entry in stand.entries:
        url = SubElement(places, "url")
        _put(url, "loc", page.address(f"{page.TOP}/{entry.id}"))
        _put(url, "lastmod", entry.published_at.date().isoformat())
    return _written(places)


def robots() -> str:
    """The public pages are for everybody; what lies behind the door is no searcher's business."""
    lines = ["User-agent: *", f"Allow: {page.TOP}", "Allow: /static/"]
    lines += [f"Disallow: {page.TOP}/search", "Disallow: /"]
    if page.address(""):
        # A map is named by its whole address or not at all.
        lines.append(f"Sitemap: {page.address(f'{page.TOP}/sitemap.xml')}")
    return "\n".join([*lines, ""])


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = _NO_XML.sub("", text)


def _link(parent: Element, path: str, rel: str) -> None:
    SubElement(parent, "link", {"rel": rel, "href": page.address(path)})


def _urn(path: str) -> str:
    """An identity that stays when the pages move to another address."""
    return uuid5(NAMESPACE_URL, f"penpal:{path}").urn


def _written(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + written


_NEVER = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
