"""Letters printed for students without a device: only what its author knows about, only by their teacher."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from penpal.accounts import services as accounts
from penpal.consent import services as consent
from penpal.kernel import clock, trail
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted
from penpal.letters import printing, readers, services
from penpal.letters.models import Envelope, Letter, Printing
from penpal.letters.states import LetterState
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, KEY

OUTSIDERS = ("teacher_bj", "teacher_tj", "secretary_ht", "county_bj", "xiaomai", "xiaohe")


def on_paper(cast: Cast) -> None:
    printing.begin_paper(cast.person("xiaomai"), by=cast.actor("teacher_ht"))


def letter(cast: Cast, *, told: bool = True, key: str = KEY) -> Letter:
    return services.send(
        cast.pair(),
        key=key,
        body=BODY,
        envelope=Envelope.SEALED,
        paper_told=told,
        by=cast.actor("xiaohe"),
    )


def printings() -> int:
    return session().scalar(sa.select(sa.func.count()).select_from(Printing)) or 0


# Who reads on paper.


def test_a_teacher_marks_a_student_and_the_student_ends_it(cast: Cast, as_: SignedIn) -> None:
    xiaomai = cast.person("xiaomai")
    teacher = as_("teacher_ht")

    teacher.post(f"/students/{xiaomai.id}/paper")
    teacher.post(f"/students/{xiaomai.id}/paper")
    assert "信由班主任印出来交给本人" in teacher.get(f"/students/{xiaomai.id}").text
    assert "老师印出来交给你" in as_("xiaomai").get("/paper").text
    as_("xiaomai").post(f"/students/{xiaomai.id}/paper/end")

    assert not readers.reads_on_paper(xiaomai.id)
    assert "自己在设备上读" in as_("xiaomai").get("/paper").text
    assert [(entry.move, entry.actor_id) for entry in trail.of(xiaomai)][-2:] == [
        ("reads on paper", cast.person("teacher_ht").id),
        ("reads on screen", xiaomai.id),
    ]


def test_nobody_else_says_who_reads_on_paper(cast: Cast) -> None:
    for who in OUTSIDERS:
        with pytest.raises(NotPermitted):
            printing.begin_paper(cast.person("xiaomai"), by=cast.actor(who))
    on_paper(cast)

    for who in ("teacher_bj", "secretary_ht", "xiaohe", "xiaoduo"):
        with pytest.raises(NotPermitted):
            printing.end_paper(cast.person("xiaomai"), by=cast.actor(who))

    assert readers.reads_on_paper(cast.person("xiaomai").id)


def test_the_student_and_the_partner_see_it_at_home(cast: Cast, as_: SignedIn) -> None:
    assert "只有你们俩看得到" in as_("xiaomai").get("/").text
    on_paper(cast)

    own, partners = as_("xiaomai").get("/").text, as_("xiaohe").get("/").text

    assert "老师把你的信印出来交给你" in own
    assert "老师把你的信印出来交给你" not in partners
    for page in (own, partners):
        assert "只有你们俩看得到" not in page
    assert "只有小麦读得到" not in as_("xiaohe").get("/letters/new").text


def test_another_school_begins_anew(cast: Cast) -> None:
    on_paper(cast)
    xiaomai = cast.person("xiaomai")
    sent = letter(cast)
    with transaction() as current:
        xiaomai.enrolments[0].until = clock.today()
        current.flush()
        accounts.enrol(xiaomai, cast.unit("tj-class"), number="0042")
    class_, teacher = cast.unit("tj-class"), cast.actor("teacher_tj")

    assert not readers.reads_on_paper(xiaomai.id)
    assert not printing.batch(class_, by=teacher).students
    with pytest.raises(NotPermitted):
        printing.take(class_, [sent.id], by=teacher)

    printing.begin_paper(cast.person("xiaomai"), by=teacher)

    assert printing.batch(class_, by=teacher).waiting == 1


# What an author knows.


def test_the_composer_says_so_before_sending_and_the_letter_remembers(
    cast: Cast, as_: SignedIn
) -> None:
    on_paper(cast)
    page = as_("xiaohe").get("/letters/new").text

    as_("xiaohe").post(
        "/letters",
        data={
            "pair": cast.pair().id,
            "key": KEY,
            "body": BODY,
            "envelope": "sealed",
            "paper_told": "1",
        },
    )

    assert "印的人可能看见" in page
    assert 'name="paper_told" value="1"' in page
    assert session().scalars(sa.select(Letter)).one().paper_known_at is not None


def test_a_page_that_did_not_say_so_leaves_the_author_unasked(cast: Cast, as_: SignedIn) -> None:
    assert "paper_told" not in as_("xiaohe").get("/letters/new").text
    on_paper(cast)

    sent = letter(cast, told=False)
    page = as_("xiaohe").get(f"/letters/{sent.id}").text

    assert sent.paper_known_at is None
    assert "可以印出来给小麦" in page
    with pytest.raises(NotPermitted):
        printing.take(cast.unit("ht-class"), [sent.id], by=cast.actor("teacher_ht"))


def test_a_page_that_said_so_for_nobody_changes_nothing(cast: Cast) -> None:
    assert letter(cast, told=True).paper_known_at is None


def test_the_author_lets_an_earlier_letter_be_printed(cast: Cast, as_: SignedIn) -> None:
    sent = letter(cast, told=False)
    on_paper(cast)
    assert printing.batch(cast.unit("ht-class"), by=cast.actor("teacher_ht")).unasked == 1

    as_("xiaohe").post(f"/letters/{sent.id}/paper")

    waiting = printing.batch(cast.unit("ht-class"), by=cast.actor("teacher_ht"))
    assert (waiting.waiting, waiting.unasked) == (1, 0)
    assert [entry.move for entry in trail.of(sent)][-1] == "let print"


def test_nobody_else_lets_it_be_printed_and_not_for_a_reader_with_a_device(cast: Cast) -> None:
    sent = letter(cast, told=False)
    with pytest.raises(NotPermitted):
        printing.let_print(sent, by=cast.actor("xiaohe"))
    on_paper(cast)

    for who in ("xiaomai", "xiaolin", "teacher_bj", "teacher_ht"):
        with pytest.raises(NotPermitted):
            printing.let_print(sent, by=cast.actor(who))


# The batch.


def test_a_teacher_prints_what_waits_and_records_it(cast: Cast, as_: SignedIn) -> None:
    on_paper(cast)
    sent = letter(cast)
    address = f"/classes/{cast.unit('ht-class').id}/printing"
    teacher = as_("teacher_ht")

    page = teacher.get(address).text
    file = teacher.post(f"{address}/sheets", data={"letter": sent.id})
    told_by_download = as_("xiaohe").get(f"/letters/{sent.id}").text
    again = teacher.get(address).text
    teacher.post(address, data={"letter": sent.id})
    teacher.post(address, data={"letter": sent.id})

    assert f'name="letter" value="{sent.id}"' in page
    assert "老槐树" not in page
    assert "老槐树" in "".join(
        sheet.extract_text() for sheet in PdfReader(io.BytesIO(file.data)).pages
    )
    assert "老师取了要印的文件" in told_by_download
    assert "只有你和小麦读得到" not in told_by_download
    assert f'name="letter" value="{sent.id}"' in again
    assert printings() == 1
    assert sent.state is LetterState.DELIVERED
    assert [entry.move for entry in trail.of(sent)] == ["send", "set for printing", "printed"]
    assert "已经印出来交给老师" in as_("xiaohe").get(f"/letters/{sent.id}").text


def test_what_was_not_taken_is_not_recorded_and_what_was_taken_stays_on_paper(cast: Cast) -> None:
    on_paper(cast)
    sent = letter(cast)
    class_, teacher = cast.unit("ht-class"), cast.actor("teacher_ht")
    assert printing.record(class_, [sent.id], by=teacher) == 0
    printing.take(class_, [sent.id], by=teacher)
    assert readers.state_of(sent).kind == "taken"
    services.open_(sent, by=cast.actor("xiaomai"))

    assert printing.record(class_, [sent.id], by=teacher) == 1
    assert readers.state_of(sent).kind == "printed"


def test_a_letter_that_was_printed_or_opened_comes_in_no_file_by_its_number(
    cast: Cast, as_: SignedIn
) -> None:
    on_paper(cast)
    class_, teacher = cast.unit("ht-class"), cast.actor("teacher_ht")
    printed, opened = letter(cast), letter(cast, key="key-of-another")
    printing.take(class_, [printed.id], by=teacher)
    printing.record(class_, [printed.id], by=teacher)
    services.open_(opened, by=cast.actor("xiaomai"))

    for sent in (printed, opened):
        answer = as_("teacher_ht").post(
            f"/classes/{class_.id}/printing/sheets", data={"letter": sent.id}
        )

        assert answer.status_code == 422
    assert printings() == 1

    services.open_(printed, by=cast.actor("xiaomai"))
    with pytest.raises(NotFound):
        printing.take_again(class_, printed.id, by=teacher)


def test_no_other_staff_and_no_student_prints_for_a_class(cast: Cast, as_: SignedIn) -> None:
    on_paper(cast)
    sent = letter(cast)
    class_ = cast.unit("ht-class")

    for who in OUTSIDERS:
        with pytest.raises(NotPermitted):
            printing.batch(class_, by=cast.actor(who))
        with pytest.raises(NotPermitted):
            printing.take(class_, [sent.id], by=cast.actor(who))
        with pytest.raises(NotPermitted):
            printing.record(class_, [sent.id], by=cast.actor(who))

    # The author's teacher finds the letter in no batch of their own class either.
    with pytest.raises(Invalid):
        printing.take(cast.unit("bj-class"), [sent.id], by=cast.actor("teacher_bj"))
    assert as_("secretary_ht").get(f"/classes/{class_.id}/printing").status_code == 403
    assert as_("teacher_bj").get(f"/classes/{class_.id}/printing").status_code == 404
    assert printings() == 0


def test_nothing_is_printed_once_consent_is_withdrawn_or_paper_has_ended(cast: Cast) -> None:
    on_paper(cast)
    sent = letter(cast)
    class_, teacher = cast.unit("ht-class"), cast.actor("teacher_ht")

    consent.withdraw(cast.person("xiaomai"), by=teacher)
    assert printing.batch(class_, by=teacher).waiting == 0
    with pytest.raises(NotPermitted):
        printing.take(class_, [sent.id], by=teacher)

    consent.record_signatures([cast.person("xiaomai")], by=teacher)
    printing.end_paper(cast.person("xiaomai"), by=teacher)
    with pytest.raises(NotPermitted):
        printing.take(class_, [sent.id], by=teacher)


def test_a_letter_that_was_opened_on_the_screen_waits_no_more(cast: Cast) -> None:
    on_paper(cast)
    sent = letter(cast)

    services.open_(sent, by=cast.actor("xiaomai"))

    assert printing.batch(cast.unit("ht-class"), by=cast.actor("teacher_ht")).waiting == 0


def test_a_lost_print_is_made_again_for_two_weeks(cast: Cast) -> None:
    on_paper(cast)
    sent = letter(cast)
    class_, teacher = cast.unit("ht-class"), cast.actor("teacher_ht")
    with pytest.raises(NotFound):
        printing.take_again(class_, sent.id, by=teacher)
    printing.take(class_, [sent.id], by=teacher)
    printing.record(class_, [sent.id], by=teacher)

    printing.take_again(class_, sent.id, by=teacher)

    assert printings() == 2
    assert [entry.move for entry in trail.of(sent)][-1] == "printed again"
    for who in OUTSIDERS:
        with pytest.raises(NotPermitted):
            printing.take_again(class_, sent.id, by=cast.actor(who))
    with transaction() as current:
        current.execute(
            sa.update(Printing).values(
                confirmed_at=clock.now() - printing.AGAIN - timedelta(hours=1)
            )
        )
    with pytest.raises(NotFound):
        printing.take_again(class_, sent.id, by=teacher)


def test_too_many_letters_for_one_file_are_refused_in_words(cast: Cast) -> None:
    on_paper(cast)

    with pytest.raises(Invalid, match="一次最多"):
        printing.take(cast.unit("ht-class"), range(1, 62), by=cast.actor("teacher_ht"))
    with pytest.raises(Invalid, match="没有要印的信"):
        printing.take(cast.unit("ht-class"), [], by=cast.actor("teacher_ht"))
