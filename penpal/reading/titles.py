"""What a book is called and known by: its folded title, and its ISBN with thirteen digits."""

from __future__ import annotations

import unicodedata

from flask_babel import lazy_gettext as _l
from stdnum import isbn
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidLength, ValidationError

from penpal.kernel import html

_BRACKETS = "《》〈〉「」『』“”\"'"
_NOT_WORDS = ("P", "Z", "S", "C")


def plain(title: str) -> str:
    """A title without the marks that Chinese sets around one: the page sets them itself."""
    return html.line(title).strip(_BRACKETS + " ")


def folded(title: str) -> str:
    """What two ways of writing one title have in common: width, case, spaces and marks are left out."""
    words = unicodedata.normalize("NFKC", plain(title)).casefold()
    kept = "".join(sign for sign in words if unicodedata.category(sign)[0] not in _NOT_WORDS)
    return (kept or words)[:60]


class BadIsbn(ValueError):
    """What is wrong with it, in words for whoever typed it."""

    def __init__(self, words: object) -> None:
        super().__init__(str(words))
        self.words = words


def isbn13(typed: str) -> str:
    """The number with thirteen digits, '' for nothing typed. Raises ``BadIsbn``."""
    written = unicodedata.normalize("NFKC", html.line(typed)).upper().removeprefix("ISBN")
    written = written.lstrip(" :：-").strip()
    if not written:
        return ""
    try:
        return str(isbn.to_isbn13(isbn.validate(written))).replace("-", "")
    except InvalidLength:
        raise BadIsbn(_l("ISBN 是 10 位或 13 位数字，在书的封底。数一数是不是少了一位。")) from None
    except InvalidChecksum:
        raise BadIsbn(_l("ISBN 有一位对不上。对着封底再看一遍，或者先空着。")) from None
    except InvalidComponent:
        raise BadIsbn(_l("ISBN 以 978 或 979 开头。看看是不是抄了别的号码。")) from None
    except ValidationError:
        raise BadIsbn(_l("ISBN 只有数字，最后一位可能是 X。不知道就先空着。")) from None
