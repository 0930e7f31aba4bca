"""Words in one's own letters: how a text is folded so that search finds it in any script."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    """The form in which texts are compared: full and half width, and large and small letters, alike.

    Compatibility forms (NFKC) and case go; accents and vowel signs stay, for they make other words.
    """
    return unicodedata.normalize("NFKC", text).casefold()
