"""An issue for the layout people: a Word file whose every paragraph has a style that says what it is."""

from __future__ import annotations

import io
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from flask_babel import gettext as _

from penpal.kernel import clock, html
from penpal.media import services as media
from penpal.media.shapes import Size
from penpal.publishing.issues import copy as copies
from penpal.publishing.issues.copy import Article, Copy

SONG, KAI, HEI = "宋体", "楷体", "黑体"
CINNABAR = RGBColor(0xAD, 0x3A, 0x27)
# Layout programs map styles by their names, so these are the same in every language of the interface.
NAMEPLATE, SECTION, TITLE, STANDFIRST = "刊头", "栏目", "标题", "导语"
BYLINE, SUBTITLE, BODY, QUOTE = "署名", "小标题", "正文", "引语"
CAPTION, NOTE = "图说", "编者注"
_STYLES: dict[str, dict[str, Any]] = {
    NAMEPLATE: {"size": 22, "face": SONG, "bold": True},
    SECTION: {"size": 10.5, "face": HEI, "colour": CINNABAR, "before": 18},
    TITLE: {"size": 18, "face": SONG, "bold": True, "level": 1},
    STANDFIRST: {"size": 11, "face": KAI},
    BYLINE: {"size": 10.5, "face": KAI, "after": 6},
    SUBTITLE: {"size": 11, "face": HEI, "level": 2, "before": 6},
    BODY: {"size": 10.5, "face": SONG, "indent": 21},
    QUOTE: {"size": 14, "face": KAI, "colour": CINNABAR},
    CAPTION: {"size": 9, "face": KAI},
    NOTE: {"size": 10, "face": KAI, "before": 12},
}


def docx(copy: Copy) -> bytes:
    """The whole issue in one file."""
    document = Document()
    for style in _STYLES:
        _define(document, style)
    properties = document.core_properties
    properties.title, properties.author, properties.language = copy.title, copy.column, "zh-CN"
    properties.comments, properties.last_modified_by = "", copy.column
    properties.created = properties.modified = clock.now()
    _add(document, NAMEPLATE, copy.title)
    _add(document, BYLINE, " ".join([copies.numbered(copy), copies.dated(copy)]).strip())
    if copy.headline:
        _add(document, TITLE, copy.headline)
    if copy.standfirst:
        _add(document, STANDFIRST, copy.standfirst)
    if copy.quote:
        _add(document, QUOTE, copy.quote)
    for article in copy.articles:
        _article(document, article)
    for number, text in enumerate(copies.plain_paragraphs(copy.note)):
        _add(document, NOTE, _("编者注　%(text)s", text=text) if not number else text)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def _article(document: Any, article: Article) -> None:
    _add(document, SECTION, article.section)
    _add(document, TITLE, article.title)
    if article.standfirst:
        _add(document, STANDFIRST, article.standfirst)
    _add(document, BYLINE, article.byline)
    for part in article.parts:
        if part.heading or article.has_several:
            _add(document, SUBTITLE, part.heading or copies.person(part.author))
        for text in copies.plain_paragraphs(part.body):
            _add(document, BODY, text)
    for photo in article.photos:
        file = io.BytesIO(media.jpeg(photo.id, Size.LARGE))
        upright = photo.height > photo.width
        document.add_picture(file, **({"height": Cm(10)} if upright else {"width": Cm(12)}))
        if photo.description:
            _add(document, CAPTION, photo.description)


def _define(document: Any, name: str) -> None:
    wanted = _STYLES[name]
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    font = style.font
    font.size, font.bold = Pt(wanted["size"]), wanted.get("bold", False)
    font.name = "Times New Roman"
    # Word takes the face of Chinese signs from a place of its own; without it they come out in any.
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), wanted["face"])
    if "colour" in wanted:
        font.color.rgb = wanted["colour"]
    form = style.paragraph_format
    form.space_before, form.space_after = Pt(wanted.get("before", 0)), Pt(wanted.get("after", 2))
    form.first_line_indent = Pt(wanted["indent"]) if "indent" in wanted else None
    form.line_spacing = 1.4
    if "level" in wanted:
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), str(wanted["level"] - 1))
        style.element.get_or_add_pPr().append(level)
        form.keep_with_next = True


def _add(document: Any, style: str, text: str) -> None:
    paragraph = document.add_paragraph(text, style=style)
    if html.direction(text) == "rtl":
        properties = paragraph._p.get_or_add_pPr()
        properties.append(OxmlElement("w:bidi"))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        for run in paragraph.runs:
            run._r.get_or_add_rPr().append(OxmlElement("w:rtl"))
