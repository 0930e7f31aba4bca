"""What machines are told of a piece: schema.org's words, as data that no browser runs."""

from __future__ import annotations

from penpal.publishing.special import page
from penpal.publishing.special.newsstand import Piece


def article(piece: Piece) -> dict[str, object]:
    """https://schema.org/Article. The names are those that are printed."""
    told: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": piece.title,
        "inLanguage": "zh-Hans",
        "isAccessibleForFree": True,
        "datePublished": piece.entry.published_at.isoformat(),
        "author": [{"@type": "Person", "name": who.name} for who in piece.printed.by],
        "publisher": {"@type": "Organization", "name": "结对小伙伴"},
        "url": page.address(f"{page.TOP}/{piece.id}"),
        "image": page.address(page.card_path(piece.id)),
    }
    if piece.printed.standfirst:
        told["description"] = piece.printed.standfirst
    return told
