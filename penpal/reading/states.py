"""The life of a shared book, which both have to want, and of a reflection, its author's until finished."""

from __future__ import annotations

from enum import StrEnum

from penpal.kernel.machine import move
from penpal.permissions import Permission


class BookState(StrEnum):
    PROPOSED = "proposed"
    READING = "reading"
    FINISHED = "finished"
    DECLINED = "declined"
    PUT_ASIDE = "put_aside"


AGREE = move("agree on book", [BookState.PROPOSED], BookState.READING, Permission.Book.DECIDE)
DECLINE = move("decline book", [BookState.PROPOSED], BookState.DECLINED, Permission.Book.DECIDE)
TAKE_BACK = move("take book back", [BookState.PROPOSED], BookState.PUT_ASIDE, Permission.Book.EDIT)
PUT_ASIDE = move("put book aside", [BookState.READING], BookState.PUT_ASIDE, Permission.Book.KEEP)
# Picking a book up again is a proposal: what both once wanted, both have to want anew.
PICK_UP = move(
    "pick book up",
    [BookState.DECLINED, BookState.PUT_ASIDE],
    BookState.PROPOSED,
    Permission.Book.KEEP,
)
FINISH = move("finish book", [BookState.READING], BookState.FINISHED, Permission.Book.KEEP)
GO_ON = move("go on with book", [BookState.FINISHED], BookState.READING, Permission.Book.KEEP)
BOOK_MOVES = (AGREE, DECLINE, TAKE_BACK, PUT_ASIDE, PICK_UP, FINISH, GO_ON)


class ReflectionState(StrEnum):
    DRAFT = "draft"
    FINISHED = "finished"


CONCLUDE = move(
    "finish reflection",
    [ReflectionState.DRAFT],
    ReflectionState.FINISHED,
    Permission.Reflection.SHARE,
)
REFLECTION_MOVES = (CONCLUDE,)
