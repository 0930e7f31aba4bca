"""What two do and read together in the small world: in every state, sealed and open."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from penpal.activities import recording, theming
from penpal.activities import services as activities
from penpal.activities.models import Activity
from penpal.activities.states import IdeaKind, Seal, ShownTo
from penpal.activities.typed import Wording, Written
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.reading import class_lists, note_asking, notes, reflections
from penpal.reading import services as books
from penpal.reading import steps as reading_log
from penpal.reading.models import SharedBook
from penpal.reading.note_models import Envelope, Reflection
from penpal.reading.proposals import Typed

if TYPE_CHECKING:
    from tests.house.conftest import World

THING_PROPOSED = "jointone 小麦提议的一件事"
THING_UNSHARED = "jointtwo 做完了、还没有给伙伴看的记录"
THING_DRAFT = "jointthree 还没有写完的记录"
THING_OPEN = "jointfour 愿意给老师看的记录"
THING_SEALED = "jointfive 只给伙伴看的记录"
THING_SHOWN = "jointsix 两个人都愿意给两个班看的记录"
THING_WORD = "jointseven 商量的时候说的一句话"
THEME = "jointeight 挂在班里的题目"
BOOK_WHY = "bookone 为什么想读这一本"
NOTE_READ = "booktwo 伙伴已经读到的一条"
NOTE_HELD = "bookthree 伙伴还没有读到的一条"
NOTE_OPEN = "bookfour 老师也可以看的一条"
REFLECTION_DRAFT = "bookfive 还没有写完的心得"
REFLECTION_OPEN = "booksix 写完了、老师也可以看的心得"
NOTE_ASKED = "bookseven 请老师放行的一条，写着 13812345678"


def read(made: World) -> None:
    """A book that two read and one that waits for a yes, notes before and ahead of the partner, a list."""
    cast = made.cast
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    teacher, class_ = cast.actor("teacher_bj"), cast.unit("bj-class")
    listed = class_lists.add(class_, title="书单上的书", author="", isbn="", why="", by=teacher)
    asked = class_lists.ask(listed, chapter=2, words="老师留在第二章的一问", by=teacher)
    made.listed, made.question = listed.id, asked.id
    for name, title, by in (("running", "书单上的书", he), ("waiting", "等着点头的书", mai)):
        typed = Typed(title=title, chapter_count="6", why=BOOK_WHY)
        made.books[name] = books.propose(cast.pair(), typed, key=f"world-{name}", by=by).id
    running = session().get_one(SharedBook, made.books["running"])
    books.agree(running, version=1, by=mai)
    reading_log.log(running, key="world-step", chapter=2, by=mai)
    for name, by, chapter, words, envelope in (
        ("read", he, 1, NOTE_READ, Envelope.SEALED),
        ("held", he, 5, NOTE_HELD, Envelope.SEALED),
        ("open", he, 1, NOTE_OPEN, Envelope.OPEN),
        ("theirs", mai, 6, "伙伴留在后面的一条", Envelope.SEALED),
    ):
        written = notes.Written(chapter=chapter, body=words, envelope=envelope)
        made.notes[name] = notes.write(running, written, key=f"world-{name}", by=by).note.id
    asked_note = notes.Written(chapter=1, body=NOTE_ASKED)
    made.asked = note_asking.ask(running, asked_note, key="world-asked", by=he)[0].id
    reflections.save(running, body=REFLECTION_DRAFT, envelope=Envelope.SEALED, by=mai)
    reflections.finish(running, body=REFLECTION_OPEN, envelope=Envelope.OPEN, by=he)
    own = sa.select(Reflection.id).where(Reflection.author_id == he.person_id)
    made.reflection = session().scalars(own).one()


def do(made: World) -> None:
    """What two do together in every state, sealed and open, and a theme on the wall of a class."""
    cast = made.cast
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    later = clock.today() + timedelta(days=30)

    def propose(name: str, by: Actor, plan: str = "") -> Activity:
        said = Wording(IdeaKind.OWN, "同做的一件事", plan, later)
        made_now = activities.propose(cast.pair(), said, key=f"world-{name}", by=by)
        made.activities[name] = made_now.id
        return made_now

    def agree(name: str) -> Activity:
        agreed = propose(name, he)
        activities.nod(agreed, version=1, by=mai)
        return agreed

    def finish(name: str, activity: Activity, by: Actor, text: str, seal: Seal) -> None:
        kept = recording.finish(activity, Written(text, "", None, seal), by=by)
        made.records[name] = kept.id

    activities.talk(
        propose("proposed", mai, THING_PROPOSED), key="world-word", words=THING_WORD, by=mai
    )
    propose("waiting", he)
    agreed = agree("agreed")
    finish("unshared", agreed, he, THING_UNSHARED, Seal.SEALED)
    draft = recording.save(agreed, Written(THING_DRAFT, "", None), by=mai)
    made.records["draft"] = draft.id
    done = agree("done")
    finish("open", done, he, THING_OPEN, Seal.OPEN)
    finish("sealed", done, mai, THING_SEALED, Seal.SEALED)
    shown = agree("shown")
    finish("shown", shown, he, THING_SHOWN, Seal.SEALED)
    finish("shown too", shown, mai, THING_SHOWN, Seal.SEALED)
    for by in (he, mai):
        recording.wish(shown, to=ShownTo.CLASSES, by=by)
    theme = theming.put_up(key="world-theme", idea=IdeaKind.ESSAY, title="题目", words=THEME, by=he)
    made.theme = theme.id
