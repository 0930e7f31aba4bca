"""Where somebody is in a book, as one number that can be compared between two editions.

In a book with chapters it is the number of chapters that are finished. Where only pages are known it is
the share of the book in hundred-millionths, rounded down: two editions of up to 5,000 pages are never
closer to each other than that, so that being at the same share, or before it, is told exactly.
"""

from __future__ import annotations

WHOLE = 100_000_000


def of_page(page: int, pages: int) -> int:
    """The place of a page in an edition of so many pages."""
    return page * WHOLE // pages


def end(chapters: int) -> int:
    """The place at which a book of so many chapters is finished; 0 chapters where pages count."""
    return chapters or WHOLE


def share(place: int, chapters: int) -> int:
    """How much of the book lies behind a place, in whole percent."""
    return place * 100 // end(chapters)
