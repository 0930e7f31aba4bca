"""A shared book's life: both have to want it, either can put it aside, and a pause stops what goes between."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from penpal.kernel import clock, trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotPermitted
from penpal.reading import class_queries, notes, parcels, queries, services, steps
from penpal.reading.models import Parcel, ReadingStep, SharedBook
from penpal.reading.note_models import NoteKind
from penpal.reading.proposals import Typed
from penpal.reading.states import BookState
from penpal.safeguarding import blocking
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.models import Report, ReportKind
from penpal.twinning import services as twinning
from penpal.twinning.models import Pair
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.reading.sharing import CHAPTERS, agreed, fresh, noted, proposed, read

STRANGERS = ("xiaolin", "xiaoyuan", "teacher_bj", "secretary_bj", "editor")


def test_both_have_to_want_a_book(cast: Cast) -> None:
    book = proposed(cast)
    with pytest.raises(NotPermitted):
        services.agree(book, version=book.version, by=cast.actor("xiaohe"))
    for who in STRANGERS:
        with pytest.raises(NotPermitted):
            services.agree(book, version=book.version, by=cast.actor(who))

    services.agree(book, version=book.version, by=cast.actor("xiaomai"))

    assert book.state is BookState.READING
    assert len(queries.copies_of(book)) == 2
    assert [entry.move for entry in trail.of(book)] == ["propose book", "agree on book"]
    with pytest.raises(IllegalMove):
        services.decline(book, by=cast.actor("xiaomai"))


def test_the_same_key_proposes_once_and_means_one_book(cast: Cast) -> None:
    key, he = fresh(), cast.actor("xiaohe")
    first = services.propose(cast.pair(), Typed(title="西游记"), key=key, by=he)

    assert services.propose(cast.pair(), Typed(title="《西游记》"), key=key, by=he).id == first.id
    with pytest.raises(Conflict):
        services.propose(cast.pair(), Typed(title="水浒传"), key=key, by=he)
    for who in STRANGERS:
        with pytest.raises(NotPermitted):
            proposed(cast, who)


def test_a_book_is_put_aside_kindly_and_picked_up_by_a_new_yes(cast: Cast) -> None:
    book = agreed(cast)
    note = noted(cast, book, "xiaohe", 1)
    services.put_aside(book, by=cast.actor("xiaomai"))
    with pytest.raises(IllegalMove):
        read(cast, book, "xiaohe", 2)

    services.pick_up(book, by=cast.actor("xiaomai"))
    with pytest.raises(NotPermitted):
        services.agree(book, version=book.version, by=cast.actor("xiaomai"))
    services.agree(book, version=book.version, by=cast.actor("xiaohe"))

    assert book.state is BookState.READING
    assert session().scalars(sa.select(SharedBook.id)).all() == [book.id]
    assert [one.id for one in queries.notes_before(book, cast.actor("xiaohe"))] == [note.id]


def test_it_is_finished_when_both_came_to_the_end_and_not_before(cast: Cast) -> None:
    book = agreed(cast)
    with pytest.raises(IllegalMove):
        services.tell_others(book, tells=True, by=cast.actor("xiaohe"))
    read(cast, book, "xiaohe", 6)
    assert book.state is BookState.READING

    read(cast, book, "xiaomai", 6)
    services.tell_others(book, tells=True, by=cast.actor("xiaohe"))

    assert book.state is BookState.FINISHED
    services.go_on(book, by=cast.actor("xiaohe"))
    read(cast, book, "xiaohe", 4)
    assert book.state.value == "reading"


def test_nobody_says_yes_to_words_that_changed_meanwhile(cast: Cast, as_: SignedIn) -> None:
    book, mai, he = proposed(cast), as_("xiaomai"), cast.actor("xiaohe")
    shown = mai.get(f"/books/{book.id}").text
    address = f"/books/{book.id}/agreement"

    services.edit(book, Typed(title="昆虫记", author="法布尔", chapters=CHAPTERS), by=he)
    same = book.version
    services.edit(book, Typed(title="海底两万里", chapters=CHAPTERS, why="海里更大。"), by=he)
    refused = mai.post(address, data={"version": "1"})

    assert 'name="version" value="1"' in shown
    assert same == 1
    assert refused.status_code == 409
    assert "伙伴刚改过这本书" in refused.text
    assert "海底两万里" in refused.text
    assert 'name="version" value="2"' in refused.text
    assert mai.post(address).status_code == 409
    with pytest.raises(NotPermitted):
        services.agree(book, version=1, by=he)
    assert book.state is BookState.PROPOSED
    assert mai.post(address, data={"version": "2"}).status_code == 302
    session().refresh(book)
    assert book.state is BookState.READING
    services.put_aside(book, by=he)
    services.pick_up(book, by=he)
    assert book.version == 3


def test_a_step_counts_once_and_one_that_comes_late_leads_forward_only(cast: Cast) -> None:
    book, key, he = agreed(cast), fresh(), cast.actor("xiaohe")
    for _turn in range(2):
        steps.log(book, key=key, chapter=3, by=he)
    assert session().scalar(sa.select(sa.func.count()).select_from(ReadingStep)) == 1

    yesterday = clock.today() - timedelta(days=1)
    steps.log(book, key=fresh(), chapter=2, read_on=yesterday, by=he)

    assert queries.copies_of(book)[he.person_id or 0].place == 3
    for chapter in (None, 7):
        with pytest.raises(Invalid):
            steps.log(book, key=fresh(), chapter=chapter, by=he)
    for who in STRANGERS:
        with pytest.raises(NotPermitted):
            steps.log(book, key=fresh(), chapter=4, by=cast.actor(who))


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("title", "", "写上书名"),
        ("isbn", "978-7-02-000220-0", "对不上"),
        ("isbn", "12345", "数一数"),
        ("isbn", "1234567890128", "978"),
        ("why", "加我微信 abc_12345 聊", "像是微信"),
        ("title", "打 13812345678", "像是手机号"),
        ("goal_on", "2020-01-01", "今天以后"),
        ("pages", "很多", "页数写数字"),
        ("chapter_count", "一百", "章数写数字"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    cast: Cast, field: str, typed: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        proposed(cast, **{field: typed, **({"chapters": ""} if field == "chapter_count" else {})})

    assert words in str(refused.value.fields[field])
    assert session().scalars(sa.select(SharedBook)).all() == []


def test_titles_and_numbers_are_kept_in_one_shape(cast: Cast) -> None:
    book = proposed(
        cast, title=" 《西游记》 ", isbn="7-02-000220-X", chapters="第一回 石猴\n2. 拜师"
    )

    assert (book.title, book.isbn) == ("西游记", "9787020002207")
    assert book.chapters == ["石猴", "拜师"]
    noted(cast, agreed(cast, title="水浒传"), "xiaohe", 1)
    with pytest.raises(NotPermitted):
        services.edit(book, Typed(title="别的"), by=cast.actor("xiaomai"))


def test_how_places_count_stays_once_something_was_noted(cast: Cast) -> None:
    book = agreed(cast)
    noted(cast, book, "xiaohe", 1)

    with pytest.raises(Invalid, match="") as refused:
        services.edit(book, Typed(title="昆虫记", chapter_count="9"), by=cast.actor("xiaohe"))

    assert "章数不能再变" in str(refused.value.fields["chapters"])
    assert len(book.chapters) == 6


def test_nothing_goes_between_two_during_a_pause(cast: Cast) -> None:
    book, waiting = agreed(cast), proposed(cast, "xiaomai", title="水浒传")
    note = noted(cast, book, "xiaohe", 4)
    he = cast.actor("xiaohe")
    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    for verb in (
        lambda: proposed(cast),
        lambda: services.agree(waiting, version=waiting.version, by=he),
        lambda: read(cast, book, "xiaohe", 2),
        lambda: noted(cast, book, "xiaohe"),
        lambda: notes.edit(note, notes.Written(chapter=4, body="改"), by=he),
        lambda: parcels.send(book, from_partner=False, sent_on=clock.today(), by=he),
    ):
        with pytest.raises(Paused):
            verb()
    services.put_aside(book, by=he)
    assert book.state is BookState.PUT_ASIDE


def test_a_closed_pair_only_reads(cast: Cast) -> None:
    book = agreed(cast)
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    with pytest.raises(NotPermitted):
        read(cast, book, "xiaohe", 2)
    with pytest.raises(NotPermitted):
        noted(cast, book, "xiaohe", 1)
    assert queries.of_pair(cast.pair(), cast.actor("xiaohe")) == [book]


def test_words_of_despair_are_kept_and_the_school_is_told_of_a_worry(cast: Cast) -> None:
    book = agreed(cast)

    made = notes.write(
        book,
        notes.Written(kind=NoteKind.THOUGHT, chapter=1, body="读到这里，我真的不想活了。"),
        key=fresh(),
        by=cast.actor("xiaohe"),
    )

    assert made.worries
    report = session().scalars(sa.select(Report)).one()
    assert report.kind is ReportKind.WORRY
    assert "不想活" not in report.about_label + report.words


def test_a_parcel_is_sent_and_confirmed_by_either_and_says_whose_turn_it_is(cast: Cast) -> None:
    book = agreed(cast, one_copy=True)
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    assert book.holder_id == he.person_id

    first = parcels.send(book, from_partner=True, sent_on=clock.today(), by=mai)
    again = parcels.send(book, from_partner=False, sent_on=clock.today(), by=he)
    parcels.arrive(book, arrived_on=clock.today(), by=he)
    parcels.arrive(book, arrived_on=clock.today(), by=mai)

    assert again.id == first.id
    assert (first.sent_by_id, first.confirmed_by_id) == (he.person_id, he.person_id)
    assert book.holder_id == mai.person_id
    assert [entry.move for entry in trail.of(first)] == ["sent parcel", "received parcel"]
    later = clock.today() + timedelta(days=1)
    with pytest.raises(Invalid):
        parcels.send(book, from_partner=False, sent_on=later, by=he)
    for who in STRANGERS:
        with pytest.raises(NotPermitted):
            parcels.send(book, from_partner=False, sent_on=clock.today(), by=cast.actor(who))
    assert session().scalar(sa.select(sa.func.count()).select_from(Parcel)) == 1


def test_a_class_sees_titles_that_several_read_and_never_who(cast: Cast) -> None:
    agreed(cast)
    class_id = cast.unit("bj-class").id
    alone = class_queries.read_in(class_id)
    assert (alone.books, alone.others) == ((), 1)

    twinning.tie(
        cast.class_twinning(),
        supported=cast.person("xiaoduo"),
        supporting=cast.person("xiaolin"),
        by=cast.actor("teacher_bj"),
    )
    lin, duo = cast.actor("xiaolin"), cast.actor("xiaoduo")
    other = sorted(session().scalars(sa.select(Pair)), key=lambda pair: pair.id)[-1]
    theirs = services.propose(
        other, Typed(title="《昆虫记》", author="法布尔", chapter_count="2"), key=fresh(), by=lin
    )
    services.agree(theirs, version=theirs.version, by=duo)

    read_now = class_queries.read_in(class_id)
    assert [(one.title, one.pairs) for one in read_now.books] == [("昆虫记", 2)]
    assert read_now.others == 0
    assert class_queries.liked_in(cast.actor("xiaoqiu")) == []


def test_a_number_that_is_split_over_notes_is_found(cast: Cast) -> None:
    book = agreed(cast)
    first = noted(cast, book, "xiaohe", body="记一个数 1380013")

    with pytest.raises(Invalid) as problem:
        noted(cast, book, "xiaohe", body="8000，后半段")
    assert "body" in problem.value.fields
    with pytest.raises(Invalid):
        notes.edit(
            noted(cast, book, "xiaohe", body="蝉在地下四年"),
            notes.Written(chapter=3, body="8000，后半段"),
            by=cast.actor("xiaohe"),
        )
    with pytest.raises(Invalid):
        notes.write(
            book,
            notes.Written(kind=NoteKind.QUOTE, chapter=3, quote="数 1390013", body="9000"),
            key=fresh(),
            by=cast.actor("xiaohe"),
        )

    assert noted(cast, book, "xiaomai", body="8000 只蚂蚁").id > first.id
