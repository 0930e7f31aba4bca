"""The picture that stands for a piece where somebody passes its address on: title, names, a postmark."""

from __future__ import annotations

from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from penpal.kernel.press import FACES, PACKAGES
from penpal.publishing.special import dates
from penpal.publishing.special.newsstand import Piece

SIZE = (1200, 630)
_PAPER, _INK, _GREY, _RED, _GREEN = "#fbfaf6", "#1c2637", "#5a6473", "#ad3a27", "#11654c"
_EDGE = 80
_SONG = PACKAGES / "@expo-google-fonts" / "noto-serif-sc"
_HEAVY, _PLAIN = (
    _SONG / "700Bold" / "NotoSerifSC_700Bold.ttf",
    _SONG / "400Regular" / "NotoSerifSC_400Regular.ttf",
)
_OTHERS = {
    "\u0600": ("noto-naskh-arabic", "\u06ff"),
    "\u0f00": ("noto-serif-tibetan", "\u0fff"),
    "\u1800": ("noto-sans-mongolian", "\u18af"),
}
_TITLE, _SMALL, _LINES = 76, 30, 3


def png(piece: Piece) -> bytes:
    """1200 × 630, drawn by our own fonts; the same piece always gives the same picture."""
    card = Image.new("RGB", SIZE, _PAPER)
    draw = ImageDraw.Draw(card)
    _masthead(draw)
    below = _title(draw, piece.title)
    names = "　".join(
        f"{who.name}（{who.place}）" if who.place else who.name for who in piece.people[:2]
    )
    draw.text((_EDGE, below + 26), _fitted(names, _SMALL), fill=_GREY, font=_face(names, _SMALL))
    _postmark(draw, piece)
    packed = BytesIO()
    card.quantize(64).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def _masthead(draw: ImageDraw.ImageDraw) -> None:
    draw.text((_EDGE, 60), "结对小伙伴", fill=_INK, font=_font(_HEAVY, 44))
    draw.text((_EDGE + 250, 76), "两地少年书信专页", fill=_GREY, font=_font(_PLAIN, 26))
    draw.rectangle((_EDGE, 132, SIZE[0] - _EDGE, 137), fill=_INK)
    draw.rectangle((_EDGE, 142, SIZE[0] - _EDGE, 143), fill=_INK)


def _title(draw: ImageDraw.ImageDraw, title: str) -> int:
    """In up to three lines; gives where they end."""
    font, at = _face(title, _TITLE, heavy=True), 186
    for line in _lines(title, font):
        draw.text((_EDGE, at), line, fill=_INK, font=font)
        at += 104
    return at


def _lines(title: str, font: ImageFont.FreeTypeFont) -> list[str]:
    """Broken where the paper ends: between any two signs, for such is Chinese, else between words."""
    room = SIZE[0] - 2 * _EDGE
    pieces = title.split(" ") if title.isascii() or _other(title) else list(title)
    joint = " " if pieces != list(title) else ""
    lines: list[str] = []
    for piece in pieces:
        longer = f"{lines[-1]}{joint}{piece}" if lines else piece
        if lines and font.getlength(longer) <= room:
            lines[-1] = longer
        else:
            lines.append(piece)
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], f"{lines[_LINES - 1][:-1]}…"]
    return lines


def _fitted(text: str, size: int) -> str:
    font, room = _face(text, size), SIZE[0] - 2 * _EDGE - 260
    while text and font.getlength(text) > room:
        text = text[:-1]
    return text


def _postmark(draw: ImageDraw.ImageDraw, piece: Piece) -> None:
    """Two rings, the town above, the day in the middle, the waves that cancel a stamp."""
    x, y, radius = SIZE[0] - 200, SIZE[1] - 150, 92
    for inner, width in ((0, 4), (44, 2)):
        reach = radius - inner
        draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline=_GREEN, width=width)
    town = piece.towns[0].name if piece.towns else "结对子"
    moment = piece.entry.published_at
    font = _font(_HEAVY, 24)
    draw.text((x, y - 66), town[:4], fill=_GREEN, font=font, anchor="mm")
    draw.text((x, y - 12), dates.year(moment), fill=_GREEN, font=_font(_PLAIN, 22), anchor="mm")
    draw.text((x, y + 16), dates.day(moment), fill=_GREEN, font=font, anchor="mm")
    for row in range(4):
        at = y - 36 + row * 24
        draw.line((x - radius - 250, at, x - radius - 14, at), fill=_RED, width=3)


def _face(text: str, size: int, *, heavy: bool = False) -> ImageFont.FreeTypeFont:
    """The face for the script in which a line is written."""
    package = _other(text)
    if not package:
        return _font(_HEAVY if heavy else _PLAIN, size)
    folder = next(face for face in FACES if package in str(face))
    return _font(next(folder.glob("*.ttf")), size)


def _other(text: str) -> str:
    for sign in text:
        for first, (package, last) in _OTHERS.items():
            if first <= sign <= last:
                return package
    return ""


@cache
def _font(path: object, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)
