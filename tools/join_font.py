"""Joins the parts of the Kai face into one TrueType file: browsers load it by parts, the press wants it whole.

``python tools/join_font.py node_modules/lxgw-wenkai-webfont node_modules/.fonts/LXGWWenKai-Regular.ttf``
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._c_m_a_p import CmapSubtable

KEPT = {"GlyphOrder", "head", "hhea", "maxp", "OS/2", "hmtx", "cmap", "loca", "glyf", "name"}


def join(parts: list[Path], target: Path) -> None:
    """Write one font with the glyphs of all parts; every part has the same metrics and units."""
    whole = TTFont(parts[0])
    order, glyphs, widths = [".notdef"], {}, {}
    signs: dict[int, str] = {}
    for number, path in enumerate(parts):
        part = TTFont(path)
        outlines = part["glyf"]
        # Each part names its glyphs for itself: the number keeps two of one name apart.
        names = {name: f"{name}.{number}" for name in part.getGlyphOrder()}
        if number == 0:
            names[".notdef"] = ".notdef"
        for name, new in names.items():
            glyph = outlines[name]
            if glyph.isComposite():
                for component in glyph.components:
                    component.glyphName = names[component.glyphName]
            if new != ".notdef":
                order.append(new)
            glyphs[new], widths[new] = glyph, part["hmtx"][name]
        for sign, name in (part.getBestCmap() or {}).items():
            signs.setdefault(sign, names[name])
    for tag in set(whole.keys()) - KEPT:
        del whole[tag]
    whole.setGlyphOrder(order)
    whole["glyf"].glyphs, whole["glyf"].glyphOrder = glyphs, order
    whole["hmtx"].metrics = widths
    whole["cmap"].tables = [_table(4, 1, signs), _table(12, 10, signs)]
    whole.flavor = None
    whole.recalcBBoxes = False
    target.parent.mkdir(parents=True, exist_ok=True)
    # Under another name until it is whole, so that an interrupted run is not taken for a font.
    unfinished = target.with_suffix(".part")
    whole.save(unfinished)
    unfinished.rename(target)


def _table(kind: int, encoding: int, signs: dict[int, str]) -> Any:
    table: Any = CmapSubtable.newSubtable(kind)
    table.platformID, table.platEncID, table.language = 3, encoding, 0
    table.cmap = signs if kind == 12 else {s: name for s, name in signs.items() if s < 0x10000}
    return table


if __name__ == "__main__":
    package, joined = (Path(argument) for argument in sys.argv[1:])
    join(sorted((package / "files").glob("lxgwwenkai-regular-subset-*.woff2")), joined)
