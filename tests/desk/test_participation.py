"""Whether letters go back and forth, for the school without a word of them: numbers, and who owes a reply."""

from __future__ import annotations

import re
from datetime import timedelta

import sqlalchemy as sa

from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.letters import services as letters
from penpal.letters.models import Envelope, Letter
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import exchange, save


def sent_ago(*days: int) -> None:
    """The letters there are were delivered so many days ago, the first one first."""
    with transaction():
        sent = session().scalars(
            sa.select(Letter).where(Letter.sequence.is_not(None)).order_by(Letter.sequence)
        )
        for letter, ago in zip(sent, days, strict=True):
            letter.delivered_at = clock.now() - timedelta(days=ago)


def figure(page: str, label: str) -> str:
    found = re.search(rf"<dt>{label}</dt><dd>(\d+)</dd>", page)
    assert found is not None
    return found[1]


def row(page: str, class_name: str) -> list[str]:
    """Paired, have written, owe a reply."""
    cells = page.split(f'<th scope="row">{class_name}</th>')[1].split("</tr>")[0]
    return re.findall(r'<td class="n[^"]*">(\d+)</td>', cells)


def test_the_teacher_of_who_owes_a_reply_reads_who_and_since_when(
    as_: SignedIn, cast: Cast
) -> None:
    exchange(cast, 2)
    sent_ago(40, 20)
    last = session().scalars(sa.select(Letter).where(Letter.sequence == 2)).one()
    owing, other = ("bj", "ht") if last.recipient_id == cast.person("xiaohe").id else ("ht", "bj")
    name = {"bj": "小禾", "ht": "小麦"}[owing]

    page = as_(f"teacher_{owing}").get(f"/classes/{cast.unit(f'{owing}-class').id}").text
    beside = as_(f"teacher_{other}").get(f"/classes/{cast.unit(f'{other}-class').id}").text
    led = as_(f"secretary_{owing}").get(f"/classes/{cast.unit(f'{owing}-class').id}").text
    school = as_(f"secretary_{owing}").get(f"/schools/{cast.unit(f'{owing}-school').id}").text

    part = page.split("有信等着他们回")[1].split("</section>")[0]
    assert name in part
    assert "来往里的一封信" not in page
    assert figure(page, "写过第一封信") == figure(page, "有信等着回，超过 14 天") == "1"
    assert "有信等着他们回" not in beside
    assert figure(beside, "有信等着回，超过 14 天") == "0"
    # The school counts; names are the class teacher's.
    assert "有信等着他们回" not in led
    assert figure(led, "有信等着回，超过 14 天") == "1"
    assert row(school, cast.unit(f"{owing}-class").name)[:3] == ["1", "1", "1"]
    assert name not in school


def test_a_fresh_letter_a_draft_and_a_closed_pair_press_nobody(as_: SignedIn, cast: Cast) -> None:
    def owed() -> list[str]:
        return [
            figure(
                as_(f"teacher_{side}").get(f"/classes/{cast.unit(f'{side}-class').id}").text,
                "有信等着回，超过 14 天",
            )
            for side in ("bj", "ht")
        ]

    nothing = owed()
    exchange(cast, 2)
    sent_ago(30, 13)
    fresh = owed()
    sent_ago(30, 15)
    late = owed()
    last = session().scalars(sa.select(Letter).where(Letter.sequence == 2)).one()
    save(cast, "xiaohe" if last.recipient_id == cast.person("xiaohe").id else "xiaomai")
    still_late = owed()
    twinning.close(cast.pair(), reason="毕业", by=cast.actor("teacher_bj"))

    assert nothing == fresh == owed() == ["0", "0"]
    assert sorted(late) == ["0", "1"]
    assert still_late == late


def test_two_letters_that_wait_count_from_the_first(as_: SignedIn, cast: Cast) -> None:
    for key in ("first-of-two", "second-of-two"):
        letters.send(
            cast.pair(), key=key, body="等回信", envelope=Envelope.SEALED, by=cast.actor("xiaohe")
        )
    sent_ago(20, 3)

    page = as_("teacher_ht").get(f"/classes/{cast.unit('ht-class').id}").text

    day = clock.local(clock.now() - timedelta(days=20)).date()
    assert f"{day.month}月{day.day}日 起" in page
