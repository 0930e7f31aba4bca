"""What is typed of a book: cleaned, looked through by the guard, and told field by field what is wrong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from penpal.kernel import clock, html, numbers
from penpal.kernel.errors import Invalid
from penpal.reading import guarding, titles
from penpal.reading.models import (
    AUTHOR_MAX,
    CHAPTER_MAX,
    CHAPTERS_MAX,
    EDITION_MAX,
    PAGES_MAX,
    TITLE_MAX,
    WHY_MAX,
)
from penpal.screening.findings import Context

# Leading numbers of a chapter list that was copied from a book: 第一章, 1. or (3).
_NUMBERED = re.compile(
    r"^\s*(?:第\s*[0-9〇零一二三四五六七八九十百两]{1,5}\s*[章回节篇卷课]"
    r"|[\(（]?[0-9]{1,3}[\)）]?[\.．、:：])\s*"
)
_FAR = timedelta(days=730)


@dataclass(frozen=True)
class Typed:
    """A book as it came from a form. ``chapters`` is one title a line, ``chapter_count`` their number."""

    title: str = ""
    author: str = ""
    isbn: str = ""
    edition: str = ""
    chapters: str = ""
    chapter_count: str = ""
    pages: str = ""
    goal_on: str = ""
    why: str = ""
    one_copy: bool = False


@dataclass(frozen=True)
class Clean:
    title: str
    folded: str
    author: str
    isbn: str
    edition: str
    chapters: list[str]
    pages: int | None
    goal_on: date | None
    why: str
    worries: bool


def clean(typed: Typed) -> Clean:
    """Everything in its stored shape. Raises ``Invalid`` with words for each field."""
    problems: dict[str, object] = {}
    title, author = titles.plain(typed.title), html.line(typed.author)
    edition, why = html.line(typed.edition), html.normal(typed.why).strip()
    if not 1 <= len(title) <= TITLE_MAX:
        problems["title"] = _l("写上书名，最多 60 个字。")
    if len(author) > AUTHOR_MAX:
        problems["author"] = _l("作者最多 60 个字，写第一位就行。")
    if len(edition) > EDITION_MAX:
        problems["edition"] = _l("版本最多 60 个字。")
    if len(why) > WHY_MAX:
        problems["why"] = _l("最多 500 个字，多的话写进信里。")
    isbn = _isbn(typed.isbn, problems)
    chapters = _chapters(typed, problems)
    worries = guarding.look(
        {
            "title": (title, Context.TITLE),
            "author": (author, Context.TITLE),
            "edition": (edition, Context.TITLE),
            "chapters": ("\n".join(chapters), Context.TITLE),
            "why": (why, Context.LETTER),
        },
        _further(typed, problems),
    )
    pages, goal_on = pages_of(typed.pages), _day(typed.goal_on)
    folded = titles.folded(title)
    return Clean(title, folded, author, isbn, edition, chapters, pages, goal_on, why, worries)


def pages_of(typed: str) -> int | None:
    """How many pages an edition has; None for nothing typed. Raises ``Invalid``."""
    if not typed.strip():
        return None
    pages = numbers.typed(typed.strip())
    if pages is None or pages > PAGES_MAX:
        raise Invalid(fields={"pages": _l("页数写数字，比如 320。")})
    return pages


def _further(typed: Typed, problems: dict[str, object]) -> dict[str, object]:
    try:
        pages_of(typed.pages)
    except Invalid as problem:
        problems.update(problem.fields)
    if typed.goal_on.strip():
        day = _day(typed.goal_on)
        if day is None or not clock.today() <= day <= clock.today() + _FAR:
            problems["goal_on"] = _l("选今天以后的一天，两年以内。也可以不约日子。")
    return problems


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        return None


def _isbn(typed: str, problems: dict[str, object]) -> str:
    try:
        return titles.isbn13(typed)
    except titles.BadIsbn as bad:
        problems["isbn"] = bad.words
        return ""


def _chapters(typed: Typed, problems: dict[str, object]) -> list[str]:
    """Titles where any were typed, else as many empty ones as there are chapters."""
    lines = [html.line(line) for line in html.normal(typed.chapters).splitlines()]
    named = [_NUMBERED.sub("", line) or line for line in lines if line]
    if len(named) > CHAPTERS_MAX or any(len(name) > CHAPTER_MAX for name in named):
        problems["chapters"] = _l("一行一章，每行最多 40 个字，最多 200 章。")
        return []
    if named or not typed.chapter_count.strip():
        return named
    count = numbers.typed(typed.chapter_count.strip())
    if count is None or count > CHAPTERS_MAX:
        problems["chapter_count"] = _l("章数写数字，最多 200。")
        return []
    return [""] * count
