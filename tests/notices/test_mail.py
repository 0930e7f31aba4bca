"""Mail for staff: asked for, confirmed, sent once, with numbers and links alone; ended by one click."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from penpal.accounts.models import RoleGrant
from penpal.config import Settings
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Invalid, NotFound, NotPermitted, TooMany
from penpal.notices import digests, mailing, services, smtp
from penpal.notices.models import Mail, MailAddress, Notice, Rhythm
from penpal.operating import metrics
from penpal.safeguarding import services as reports
from penpal.safeguarding.models import Addressee
from tests import servers
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.notices import post
from tests.notices.post import Box, body_of

ADDRESS = "teacher@example.cn"


@pytest.fixture
def box() -> Iterator[Box]:
    with post.running() as found:
        yield found


@pytest.fixture
def mailed(app: Flask, settings: Settings, box: Box) -> Iterator[Settings]:
    """The settings of a server that sends mail."""
    with_mail = settings.model_copy(
        update={"smtp_url": type(settings.smtp_url)(box.url), "public_url": "https://penpal.test"}
    )
    app.extensions["penpal.settings"] = with_mail
    yield with_mail
    app.extensions["penpal.settings"] = settings


@pytest.fixture
def morning(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Monday, eight in the morning in Beijing; whatever happens now happens then."""
    moment = clock.now() + timedelta(days=7)
    while moment.isoweekday() != 1:
        moment += timedelta(days=1)
    moment = moment.replace(hour=0, minute=5)
    monkeypatch.setattr(clock, "now", lambda: moment)


def give(cast: Cast, settings: Settings, who: str = "teacher_bj", address: str = ADDRESS) -> None:
    mailing.give(address, Rhythm.DAILY, language="zh_Hans", settings=settings, by=cast.actor(who))


def confirmed(cast: Cast, rhythm: Rhythm = Rhythm.DAILY, language: str = "zh_Hans") -> None:
    with transaction() as current:
        current.add(
            MailAddress(
                person_id=cast.person("teacher_bj").id,
                address=ADDRESS,
                rhythm=rhythm,
                language=language,
                confirmed_at=clock.now(),
            )
        )


def tell(cast: Cast) -> None:
    reports.tell(
        key="told-for-the-mail",
        words="谁也不该在邮件里读到的话",
        addressee=Addressee.TEACHER,
        by=cast.actor("xiaohe"),
    )


def states() -> list[tuple[str, bool, bool, int]]:
    session().expire_all()
    found = session().scalars(sa.select(Mail).order_by(Mail.id))
    return [
        (row.name.split()[0], row.sent_at is not None, row.given_up_at is not None, row.attempts)
        for row in found
    ]


def test_an_address_counts_when_its_owner_has_said_so(
    cast: Cast, mailed: Settings, box: Box, client: FlaskClient
) -> None:
    give(cast, mailed)
    digests.post(mailed)
    asked = body_of(box.mails[0])
    link = re.search(r"https://penpal\.test(/mail/\S+)", asked)
    assert link is not None
    looked = client.get(link[1])
    before = session().get_one(MailAddress, cast.person("teacher_bj").id).confirmed_at

    pressed = client.post(link[1])

    session().expire_all()
    after = session().get_one(MailAddress, cast.person("teacher_bj").id).confirmed_at
    assert (looked.status_code, pressed.status_code) == (200, 200)
    assert before is None
    assert after is not None
    assert box.mails[0]["To"] == ADDRESS
    assert client.get(link[1][:-3] + "xyz").status_code == 404
    give(cast, mailed, address="other@example.cn")
    assert client.post(link[1]).status_code == 404


def test_only_staff_of_a_server_with_mail_give_an_address(
    cast: Cast, settings: Settings, mailed: Settings, as_: SignedIn
) -> None:
    with pytest.raises(NotPermitted):
        give(cast, mailed, "xiaohe")
    with pytest.raises(Invalid):
        give(cast, settings)
    for wrong in ("", "x", "a@b", "a b@example.cn", "a@example.cn\nBcc: b@example.cn", "@x.cn"):
        with pytest.raises(Invalid):
            give(cast, mailed, address=wrong)

    for number in range(5):
        give(cast, mailed, address=f"a{number}@example.cn")
    with pytest.raises(TooMany):
        give(cast, mailed, address="a6@example.cn")

    assert as_("xiaohe").post("/account/notices/mail", data={"address": ADDRESS}).status_code == 403
    assert "邮箱" not in as_("xiaohe").get("/account/notices").get_data(as_text=True)


@pytest.mark.usefixtures("morning")
def test_a_digest_tells_numbers_and_links_and_nothing_of_a_child(
    cast: Cast, mailed: Settings, box: Box
) -> None:
    confirmed(cast, language="en")
    tell(cast)

    planned, again = digests.plan(), digests.plan()
    sent = digests.post(mailed), digests.post(mailed)

    mail = box.mails[0]
    whole = mail.as_string() + body_of(mail) + body_of(mail, "html") + str(mail["Subject"])
    assert (planned, again) == (1, 0)
    assert sent == (1, 0)
    assert len(box.mails) == 1
    assert "https://penpal.test/notices?topic=cases" in body_of(mail)
    assert "小禾" not in whole
    assert "谁也不该" not in whole
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert states() == [("daily", True, False, 1)]


@pytest.mark.usefixtures("morning")
def test_where_nothing_is_new_no_mail_goes_out(cast: Cast, mailed: Settings, box: Box) -> None:
    confirmed(cast, Rhythm.WEEKLY)

    digests.plan()
    digests.post(mailed)

    assert box.mails == []
    assert states() == [("weekly", True, False, 1)]


@pytest.mark.usefixtures("morning")
def test_one_click_ends_mail_without_signing_in(
    app: Flask, cast: Cast, mailed: Settings, box: Box, client: FlaskClient
) -> None:
    confirmed(cast)
    tell(cast)
    digests.plan()
    digests.post(mailed)
    path = str(box.mails[0]["List-Unsubscribe"]).strip("<>").removeprefix("https://penpal.test")
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        looked = client.get(path)
        kept = session().get_one(MailAddress, cast.person("teacher_bj").id).rhythm
        pressed = client.post(path, data={"List-Unsubscribe": "One-Click"})
        refused = client.post(path.replace("/unsubscription", "/confirmation"))
    finally:
        app.config["WTF_CSRF_ENABLED"] = False

    session().expire_all()
    assert (looked.status_code, pressed.status_code, refused.status_code) == (200, 200, 400)
    assert kept is Rhythm.DAILY
    assert session().get_one(MailAddress, cast.person("teacher_bj").id).rhythm is Rhythm.NEVER
    with pytest.raises(NotFound):
        mailing.stop("made-up")


@pytest.mark.usefixtures("morning")
def test_a_server_that_is_away_is_asked_again_later_and_one_that_refuses_is_not(
    app: Flask, cast: Cast, mailed: Settings, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(cast)
    tell(cast)
    digests.plan()
    box.answer = "451 come back later"

    sent = digests.post(mailed)
    at_once = digests.post(mailed)

    mail = session().scalars(sa.select(Mail)).one()
    assert (sent, at_once, mail.attempts) == (0, 0, 1)
    assert mail.due_at > clock.now()
    assert mail.trouble == "SMTPDataError 451"
    assert ADDRESS not in mail.trouble
    metrics.of(app).text()
    assert metrics.of(app).registry.get_sample_value("penpal_mails_failing") == 1
    later = clock.now() + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    box.answer = "550 nobody of that name"
    digests.post(mailed)
    assert states() == [("daily", False, True, 2)]


@pytest.mark.usefixtures("morning")
def test_a_crash_before_it_is_written_down_sends_the_same_mail_once_more_and_loses_none(
    cast: Cast, mailed: Settings, box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed(cast)
    tell(cast)
    digests.plan()

    class Crash(BaseException):
        pass

    def crash(*_said: object) -> None:
        raise Crash

    with monkeypatch.context() as broken:
        broken.setattr(digests, "_done", crash)
        with pytest.raises(Crash):
            digests.post(mailed)
    meanwhile = digests.post(mailed)
    later = clock.now() + digests.HELD * 1.1
    monkeypatch.setattr(clock, "now", lambda: later)
    digests.post(mailed)

    assert meanwhile == 0
    assert len({mail["Message-ID"] for mail in box.mails}) == 1
    assert len(box.mails) == 2
    assert states() == [("daily", True, False, 2)]


@pytest.mark.usefixtures("morning")
def test_whoever_left_or_took_the_address_back_gets_no_mail(
    cast: Cast, mailed: Settings, box: Box
) -> None:
    confirmed(cast)
    tell(cast)
    digests.plan()
    with transaction() as current:
        grant = current.scalars(
            sa.select(RoleGrant).where(RoleGrant.person_id == cast.person("teacher_bj").id)
        ).one()
        grant.until = clock.today() - timedelta(days=8)
        grant.since = grant.until

    digests.post(mailed)

    assert box.mails == []
    assert states() == [("daily", True, False, 1)]
    assert digests.forget() == 0


def test_the_page_offers_what_the_server_can_do(
    cast: Cast, as_: SignedIn, mailed: Settings, box: Box
) -> None:
    teacher = as_("teacher_bj")

    wrong = teacher.post("/account/notices/mail", data={"address": "x", "rhythm": "daily"})
    given = teacher.post(
        "/account/notices/mail",
        data={"address": ADDRESS, "rhythm": "weekly"},
        follow_redirects=True,
    )
    silent = teacher.post("/account/notices/topics", data={"cases": "1"}, follow_redirects=True)
    taken_back = teacher.post("/account/notices/mail", data={"address": ""}, follow_redirects=True)

    assert wrong.status_code == 422
    assert "还没有确认" in given.get_data(as_text=True)
    page = silent.get_data(as_text=True)
    assert re.search(r'name="cases"[^>]*checked', page)
    assert not re.search(r'name="waiting"[^>]*checked', page)
    assert "不再寄邮件了" in taken_back.get_data(as_text=True)
    assert mailing.of(cast.person("teacher_bj").id) is None


def test_a_password_is_never_said_in_the_open(settings: Settings) -> None:
    for url in ("smtp://me:secret@192.0.2.1", "ftp://x", "smtp://"):
        unsafe = settings.model_copy(update={"smtp_url": type(settings.smtp_url)(url)})
        with pytest.raises((ValueError, OSError)), smtp.line(unsafe):
            pass


@pytest.mark.usefixtures("morning")
def test_a_server_that_is_not_there_costs_one_try_a_round(
    cast: Cast, mailed: Settings, settings: Settings, box: Box
) -> None:
    confirmed(cast)
    tell(cast)
    digests.plan()
    with transaction() as current:
        current.add(
            Mail(
                person_id=cast.person("teacher_bj").id,
                name="daily later",
                address=ADDRESS,
                since=clock.now() - timedelta(days=1),
                due_at=clock.now(),
            )
        )
    away = mailed.model_copy(
        update={"smtp_url": type(settings.smtp_url)(f"smtp://127.0.0.1:{servers.free_port()}")}
    )

    assert digests.post(away) == 0
    assert sorted(attempts for *_rest, attempts in states()) == [0, 1]
    assert digests.post(mailed) == 1
    assert len(box.mails) == 1


def test_what_is_new_for_nobody_else_stays_that_way(cast: Cast, as_: SignedIn) -> None:
    with transaction():
        services.send([cast.person("teacher_bj").id], "report.told", about=("report", 1))
    number = (
        session()
        .scalars(sa.select(Notice.id).where(Notice.person_id == cast.person("teacher_bj").id))
        .all()[-1]
    )

    assert as_("secretary_bj").get(f"/notices/{number}/line").status_code == 404
    assert as_("teacher_bj").get(f"/notices/{number}/line").get_json()["unseen"] == 1
