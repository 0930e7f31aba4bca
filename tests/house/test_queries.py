"""How often a page asks the database: little, and no more as the lists grow."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from penpal.accounts import appointing
from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.activities import queries as activities
from penpal.config import Settings
from penpal.consent import services as consent
from penpal.demo import pictures
from penpal.kernel import clock
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope
from penpal.media import services as media
from penpal.media.services import Chosen
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee
from penpal.twinning import services as twinning
from tests.activities import doing
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.house.conftest import counted
from tests.reading import sharing

MOST, WITH_PHOTOS = 4, 6


def write(cast: Cast, first: int, last: int) -> None:
    """Letters back and forth; the last ones wait unopened."""
    with transaction():
        for number in range(first, last):
            author, reader = ("xiaohe", "xiaomai") if number % 2 else ("xiaomai", "xiaohe")
            letter = letters.send(
                cast.pair(),
                key=f"letter-{number:04}",
                body=f"这是第 {number} 封信，写得不长也不短。",
                envelope=Envelope.SEALED,
                by=cast.actor(author),
            )
            if number < last - 3:
                letters.open_(letter, by=cast.actor(reader))


def do_together(cast: Cast, number: int) -> None:
    """Books with notes, things done by both, and a photo of the last one."""
    for turn in range(number):
        book = sharing.agreed(cast, title=f"第{number}{turn}本书")
        sharing.read(cast, book, "xiaohe", 3)
        sharing.noted(cast, book, chapter=2)
        thing = doing.done(cast, key=f"thing-{number}-{turn}")
    record = activities.record_of(thing, cast.person("xiaohe").id)
    assert record is not None
    photo = media.keep(
        pictures.of("beijing"), key=f"key-of-the-photo-{number}", by=cast.actor("xiaohe")
    )
    with transaction():
        chosen = [Chosen(photo.id, "窗外")]
        media.attach("activity_record", record.id, chosen, by=cast.actor("xiaohe"))


def enrol(cast: Cast, first: int, last: int) -> None:
    """More students on both sides, every second two of them a pair, and each told a teacher something."""
    with transaction():
        for number in range(first, last):
            pair = {}
            for side in ("bj", "ht"):
                person = accounts.add_person(
                    PersonKind.STUDENT,
                    f"同学{number}",
                    login_name=f"{side}{number}",
                    display_name=f"同学{number}",
                )
                person.password_hash, person.activated_at = "x", clock.now()
                accounts.enrol(person, cast.unit(f"{side}-class"), number=f"7{number:04}")
                consent.record_many([person.id], by=SYSTEM)
                pair[side] = person
            if number % 2:
                twinning.tie(
                    cast.class_twinning(), supported=pair["ht"], supporting=pair["bj"], by=SYSTEM
                )
            reports.tell(
                key=f"report-{number}",
                words=f"第 {number} 件事",
                addressee=Addressee.TEACHER,
                by=cast.actor(f"bj{number}"),
            )


def invite(cast: Cast, settings: Settings, first: int, last: int) -> None:
    """More teachers, who hold a card and have not come in yet."""
    with transaction():
        for number in range(first, last):
            appointing.invite(
                f"老师{number}",
                Role.TEACHER,
                cast.unit("bj-class"),
                settings=settings,
                by=cast.actor("secretary_bj"),
            )


def asked_by(browser: FlaskClient, address: str) -> list[str]:
    with counted() as asked:
        answer = browser.get(address)

    assert answer.status_code == 200, address
    return asked


@pytest.mark.parametrize("address", ["/", "/letters"])
def test_home_and_mailbox_take_four_queries_at_most(
    cast: Cast, as_: SignedIn, address: str
) -> None:
    for first, last in ((0, 0), (0, 2), (2, 60)):
        write(cast, first, last)
        for who in ("xiaohe", "xiaomai"):
            asked = asked_by(as_(who), address)

            assert len(asked) <= MOST, "\n\n".join(asked)


def test_home_and_the_months_stay_within_six_with_letters_books_things_and_photos(
    cast: Cast, as_: SignedIn
) -> None:
    pages = ("/", f"/us/{clock.today():%Y-%m}", "/us/year")
    write(cast, 0, 2)
    do_together(cast, 1)
    few = [len(asked_by(as_("xiaohe"), page)) for page in pages]
    write(cast, 2, 30)
    do_together(cast, 6)

    many = [len(asked_by(as_("xiaohe"), page)) for page in pages]

    assert many[0] <= WITH_PHOTOS
    assert many == few


def test_a_student_who_waits_for_a_partner_costs_no_more(cast: Cast, as_: SignedIn) -> None:
    for address in ("/", "/letters", "/letters/search?words=封"):
        assert len(asked_by(as_("xiaolin"), address)) <= MOST


def test_pages_of_staff_ask_as_often_for_thirty_students_as_for_five(
    cast: Cast, as_: SignedIn
) -> None:
    class_id, school_id = cast.unit("bj-class").id, cast.unit("bj-school").id
    pages = [
        ("teacher_bj", "/"),
        ("teacher_bj", f"/classes/{class_id}"),
        ("teacher_bj", f"/classes/{class_id}/pairs"),
        ("teacher_bj", f"/classes/{class_id}/slips"),
        ("teacher_bj", f"/classes/{class_id}/students"),
        ("secretary_bj", f"/schools/{school_id}/students"),
        ("secretary_bj", f"/schools/{school_id}/classes"),
        ("secretary_bj", f"/classes/{class_id}/left"),
        ("teacher_bj", "/reports"),
        ("teacher_bj", "/queue"),
        ("secretary_bj", "/queue"),
        ("secretary_bj", "/"),
        ("secretary_bj", f"/schools/{school_id}"),
        ("secretary_bj", f"/schools/{school_id}/roster"),
        ("secretary_bj", "/reports"),
    ]
    enrol(cast, 0, 4)
    few = {page: asked_by(as_(page[0]), page[1]) for page in pages}
    enrol(cast, 4, 30)

    for page in pages:
        many = asked_by(as_(page[0]), page[1])
        assert len(many) == len(few[page]), f"{page}\n" + "\n\n".join(many)


def test_the_staff_and_their_cards_ask_as_often_for_thirty_teachers_as_for_five(
    cast: Cast, as_: SignedIn, settings: Settings
) -> None:
    staff = f"/units/{cast.unit('bj-school').id}/staff"
    pages = [staff, f"{staff}/slips"]
    invite(cast, settings, 0, 5)
    few = [len(asked_by(as_("secretary_bj"), page)) for page in pages]
    invite(cast, settings, 5, 30)

    many = [asked_by(as_("secretary_bj"), page) for page in pages]

    assert [len(asked) for asked in many] == few, "\n\n".join(many[1])
    assert as_("secretary_bj").get(pages[1]).text.count('class="slip"') == 30


def test_pages_of_letters_ask_as_often_late_in_the_year(cast: Cast, as_: SignedIn) -> None:
    write(cast, 0, 6)
    pages = [
        *("/letters/new?another=1", "/letters/3", "/letters?before=4", "/tell"),
        *("/letters?show=unanswered", "/letters?month=2040-01", "/letters/search?words=封"),
        "/letters/search?words=封&past=1",
    ]
    # Whoever comes to a letter for the first time puts aside what told them of it.
    as_("xiaohe").get("/letters/3")
    few = [len(asked_by(as_("xiaohe"), page)) for page in pages]
    write(cast, 6, 40)

    assert [len(asked_by(as_("xiaohe"), page)) for page in pages] == few
