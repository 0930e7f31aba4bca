"""Two skies, drawn by our own code out of flat shapes: the photos of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PIL import Image, ImageDraw

_SCALE = 4
_SIZE = (320 * _SCALE, 240 * _SCALE)
Points = Sequence[tuple[float, float]]


def of(name: str) -> bytes:
    """A picture by its name, ``hotan`` or ``beijing``, as a JPEG."""
    drawn = {"hotan": _hotan, "beijing": _beijing}[name]()
    kept = BytesIO()
    drawn.save(kept, "JPEG", quality=88)
    return kept.getvalue()


class Sheet:
    """A sheet of 320 by 240 units, on which shapes are laid one over the other."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", _SIZE, ground)
        self.pen = ImageDraw.Draw(self.image)

    def box(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        corners = (x * _SCALE, y * _SCALE, (x + width) * _SCALE, (y + height) * _SCALE)
        self.pen.rectangle(corners, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        self.oval(x, y, radius, radius, colour)

    def oval(self, x: float, y: float, wide: float, high: float, colour: str) -> None:
        corners = [
            (x - wide) * _SCALE,
            (y - high) * _SCALE,
            (x + wide) * _SCALE,
            (y + high) * _SCALE,
        ]
        self.pen.ellipse(corners, fill=colour)

    def shape(self, points: Points, colour: str) -> None:
        self.pen.polygon([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour)

    def line(self, points: Points, colour: str, width: float) -> None:
        drawn = [(x * _SCALE, y * _SCALE) for x, y in points]
        self.pen.line(drawn, fill=colour, width=round(width * _SCALE), joint="curve")


def _hotan() -> Image.Image:
    """Evening: a low sun, mountains, a row of poplars, a house with lit windows."""
    sheet = Sheet("#b9c3bf")
    for y, colour in ((50, "#d5c3a0"), (84, "#ecc27c"), (116, "#f2b765")):
        sheet.box(0, y, 320, 240 - y, colour)
    sheet.disc(206, 142, 46, "#f7cd85")
    sheet.disc(206, 142, 24, "#fff0c4")
    ridge = [(0, 160), (46, 140), (80, 152), (130, 128), (176, 148), (230, 132), (320, 152)]
    sheet.shape([*ridge, (320, 240), (0, 240)], "#a0724d")
    hills = [(0, 178), (70, 170), (160, 166), (250, 168), (320, 174)]
    sheet.shape([*hills, (320, 240), (0, 240)], "#5c4432")
    for x, top in ((30, 100), (58, 110), (84, 120), (108, 128), (286, 94)):
        sheet.oval(x, (top + 198) / 2, 8, (198 - top) / 2, "#3b2d22")
    sheet.box(150, 174, 100, 26, "#2c231c")
    for x in (162, 184, 206, 228):
        sheet.box(x, 182, 12, 10, "#f7cf84")
    sheet.box(0, 200, 320, 40, "#241d18")
    return sheet.image


def _beijing() -> Image.Image:
    """Night: a moon behind a branch, roofs, windows in which there is light."""
    sheet = Sheet("#22304d")
    for y, colour in ((70, "#2d3f61"), (112, "#44547a"), (146, "#75708c")):
        sheet.box(0, y, 320, 240 - y, colour)
    sheet.disc(238, 52, 26, "#3f4a60")
    sheet.disc(238, 52, 17, "#f5ecd0")
    for x, y in ((60, 34), (110, 60), (170, 28), (290, 90)):
        sheet.disc(x, y, 1.5, "#dfe4ee")
    sheet.line([(320, 10), (280, 26), (236, 50)], "#0f1626", 3)
    sheet.line([(286, 24), (274, 44), (256, 56)], "#0f1626", 3)
    sheet.line([(300, 18), (297, 46), (290, 74)], "#0f1626", 3)
    roofs = [(0, 176), (34, 176), (34, 146), (74, 146), (74, 176), (94, 176), (94, 130)]
    roofs += [(138, 130), (138, 176), (164, 176), (164, 154), (214, 154), (214, 176)]
    roofs += [(244, 176), (244, 136), (280, 136), (280, 176), (320, 176)]
    sheet.shape([*roofs, (320, 240), (0, 240)], "#182238")
    for x, y in ((44, 156), (58, 156), (104, 142), (120, 156), (182, 162), (254, 146), (254, 160)):
        sheet.box(x, y, 8, 7, "#f4c877")
    eaves = ((0, 82, 176), (160, 246, 320))
    for left, ridge, right in eaves:
        sheet.shape([(left, 208), (ridge - 12, 186), (ridge + 12, 186), (right, 208)], "#0f1626")
    sheet.box(0, 208, 320, 32, "#0b111d")
    for x in (40, 70, 230):
        sheet.box(x, 218, 14, 13, "#f0b95c")
    return sheet.image
