"""What pages of the pairing board say while they are open: that they show it, and that they leave it."""

from __future__ import annotations

from pydantic import Field

from penpal.accounts.hearing import Said, on
from penpal.kernel import access, looking, numbers
from penpal.kernel.access import Actor
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.twinning import looking as boards


class Board(Said):
    board: int = Field(gt=0, le=numbers.LARGEST)


@on("board.look", Permission.Pair.TIE, Board, at_most="120 per minute")
def look(said: Board, by: Actor) -> None:
    """A page shows the board from now on; the others answer that they are there, too."""
    _here(said, by, "board.look")


@on("board.here", Permission.Pair.TIE, Board, at_most="120 per minute")
def here(said: Board, by: Actor) -> None:
    _here(said, by, "board.here")


@on("board.left", Permission.Pair.TIE, Board, at_most="120 per minute")
def left(said: Board, by: Actor) -> None:
    class_ = _class(said, by)
    assert by.person_id is not None
    looking.left(boards.thing(class_.id), by.person_id)
    boards.tell("board.left", class_, by)


def _here(said: Board, by: Actor, event: str) -> None:
    class_ = _class(said, by)
    assert by.person_id is not None
    looking.note(boards.thing(class_.id), by.person_id, by.display_name)
    boards.tell(event, class_, by)


def _class(said: Board, by: Actor) -> Unit:
    """Asked anew at each event: whoever may not see the class says nothing here."""
    class_ = places.load(by, Level.CLASS, said.board)
    access.authorize(by, Permission.Unit.SEE_CLASS, class_)
    return class_
