"""The sections of the column, by the keys under which pieces are sorted into them."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l

from penpal.publishing.pieces.models import PieceKind

SECTIONS: Mapping[str, object] = {
    "letters": _l("来信"),
    "replies": _l("回信"),
    "reading": _l("共读"),
    "doing": _l("同做"),
    "places": _l("两地"),
    "stories": _l("感人事例"),
    "practice": _l("好经验"),
}
_OF_KIND: Mapping[PieceKind, str] = {
    PieceKind.LETTER: "letters",
    PieceKind.LETTERS: "letters",
    PieceKind.REFLECTION: "reading",
    PieceKind.REFLECTIONS: "reading",
    PieceKind.RECORD: "doing",
    PieceKind.RECORDS: "doing",
    PieceKind.DRAWING: "places",
    PieceKind.STORY: "stories",
    PieceKind.PRACTICE: "practice",
}


def section_of(kind: PieceKind) -> str:
    """Where a piece of that kind stands if nobody sorts it elsewhere."""
    return _OF_KIND[kind]


def label(key: str, kind: PieceKind) -> str:
    """What is printed above a piece."""
    return str(SECTIONS.get(key) or SECTIONS[section_of(kind)])
