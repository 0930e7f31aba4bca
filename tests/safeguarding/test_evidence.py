"""A report freezes the evidence: what stood there at that moment, whatever happens afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from penpal.accounts import disabling
from penpal.kernel import clock, jobs, trail
from penpal.kernel.access import visible
from penpal.kernel.db import session, transaction
from penpal.letters.models import Envelope, Letter
from penpal.profiles import services as profiles
from penpal.profiles.models import Profile
from penpal.rosters import leaving
from penpal.rosters.models import Leaving
from penpal.safeguarding import canonical, evidence, items, services
from penpal.safeguarding.evidence_models import Evidence
from penpal.safeguarding.models import Outcome, Report
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import send
from tests.safeguarding.telling import post, reports, tell

BODY = "小禾：\n\n院子的地址改了，我说的悄悄话只给你看。\n\n小麦"
STAFF = ("teacher_bj", "secretary_bj", "teacher_ht", "secretary_ht", "county_bj")


def told_of_a_letter(cast: Cast) -> tuple[Report, Letter]:
    letter = send(cast, "xiaomai", body=BODY)
    return tell(cast, words="", about=("letter", letter.id, "小麦的第一封信")), letter


def frozen() -> Evidence:
    return session().scalars(sa.select(Evidence)).one()


def behind_our_back(statement: str, **values: object) -> None:
    """What whoever holds the database can do."""
    with transaction() as current:
        current.execute(sa.text(statement), values)
    session().expire_all()


def verified(app: Flask) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["evidence", "verify"])
    return done.exit_code, done.output


def test_a_report_freezes_what_stands_in_a_letter_with_its_context_and_a_hash(cast: Cast) -> None:
    report, letter = told_of_a_letter(cast)

    row = frozen()

    content = evidence.content(row, title=report.about_label)
    assert (content.text, content.at) == (BODY, letter.delivered_at)
    assert content.parties == (cast.person("xiaomai").id, cast.person("xiaohe").id)
    assert content.context["pair"] == cast.pair().id
    assert row.is_sealed
    assert row.digest == canonical.digest(row.canonical)
    assert evidence.verify(row)
    noted = [entry for entry in trail.of(report) if entry.move == evidence.FROZE]
    assert [(entry.actor_kind, entry.reason) for entry in noted] == [("system", row.digest)]


def test_evidence_survives_edit_deletion_and_the_closing_of_the_account(
    app: Flask, cast: Cast
) -> None:
    """DOMAIN, 'Help is near': editing, deleting or closing the account does not change it."""
    told_of_a_letter(cast)
    before = frozen().canonical

    behind_our_back("UPDATE letter SET body = 'nothing bad', body_html = 'nothing bad'")
    behind_our_back("DELETE FROM letter")
    secretary = cast.actor("secretary_ht")
    disabling.disable(cast.person("xiaomai"), reason="account closed", by=secretary)
    leaving.leave(cast.person("xiaomai"), why=Leaving.LEFT, day=clock.today(), by=secretary)

    assert frozen().canonical == before
    assert BODY in evidence.content(frozen(), title="").text
    assert verified(app) == (0, "evidence that matches: 1\n")


def test_the_database_refuses_to_change_evidence_or_to_let_it_go_early(cast: Cast) -> None:
    report, _letter = told_of_a_letter(cast)

    for statement in ("UPDATE evidence SET digest = 'x'", "DELETE FROM evidence"):
        with pytest.raises(DBAPIError, match=r"kept|never changed"):
            behind_our_back(statement)
    services.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))
    with pytest.raises(DBAPIError, match="kept"):
        behind_our_back("DELETE FROM evidence")

    assert evidence.verify(frozen())


def test_tampering_past_the_guards_of_the_table_is_found(app: Flask, cast: Cast) -> None:
    told_of_a_letter(cast)
    sqlite = session().get_bind().dialect.name == "sqlite"
    drop = "DROP TRIGGER evidence_no_update" + ("" if sqlite else " ON evidence")
    text = canonical.text_of(evidence.content(frozen(), title="")).replace("地址", "名字")
    with session().get_bind().connect() as connection:
        outer = connection.begin()
        try:
            if sqlite:
                connection.execute(sa.text(drop))
            else:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            _check_tampered(connection, text)
        finally:
            outer.rollback()

    assert verified(app)[0] == 0


def _check_tampered(connection: sa.Connection, text: str) -> None:
    """A changed copy does not match its digest; with a new digest it does not match the trail."""
    for digest in (None, canonical.digest(text)):
        values: dict[str, object] = {"canonical": text}
        if digest:
            values["digest"] = digest
        connection.execute(sa.update(Evidence).values(**values))
        row = connection.execute(sa.select(Evidence.canonical, Evidence.digest)).one()
        noted = connection.execute(
            sa.select(trail.TrailEntry.reason).where(trail.TrailEntry.move == evidence.FROZE)
        ).scalar_one()
        assert not canonical.digest(row.canonical) == row.digest == noted


def test_sealed_evidence_is_on_no_page_of_staff_and_an_open_profile_is(
    as_: SignedIn, cast: Cast
) -> None:
    profiles.edit(
        display_name="小麦",
        interests="",
        introduction="我最近喜欢在楼顶放风筝",
        question="",
        by=cast.actor("xiaomai"),
    )
    told_of_a_letter(cast)
    post(as_("xiaohe"), key="key-of-the-profile", about=f"profile:{cast.person('xiaomai').id}")
    with transaction():
        profile = session().get_one(Profile, cast.person("xiaomai").id)
        profile.introduction = profile.introduction_html = "什么也没有"

    teacher = as_("teacher_bj")
    sealed_report, report = reports()
    page = teacher.get("/reports").text

    assert "风筝" not in page
    assert f"/reports/{report.id}/evidence" in page
    assert "风筝" in teacher.get(f"/reports/{report.id}/evidence").text
    assert teacher.get(f"/reports/{sealed_report.id}/evidence").status_code == 404
    for who in ("xiaohe", "xiaomai", "teacher_ht", "secretary_ht", "county_bj"):
        assert as_(who).get(f"/reports/{report.id}/evidence").status_code in (403, 404), who
    assert "你的介绍" in as_("xiaomai").get("/letters/readers").text
    assert "悄悄话" not in page
    assert "密封的信。孩子没有说要给老师看" in page
    for who in STAFF:
        seen = session().scalars(visible(Evidence, cast.actor(who))).all()
        assert [row.kind for row in seen] == (
            ["profile"] if who.endswith("_bj") and who != "county_bj" else []
        )
    assert session().scalars(visible(Evidence, cast.actor("xiaomai"))).all() == []


def test_reading_an_open_letter_of_a_report_stands_on_record_and_its_author_learns_no_name(
    as_: SignedIn, cast: Cast
) -> None:
    letter = send(cast, body="一句很特别的话", envelope=Envelope.OPEN)
    report = tell(cast, "xiaomai", about=("letter", letter.id, "一封信"))
    secretary = as_("secretary_ht")
    assert "一句很特别的话" not in secretary.get("/reports").text
    assert "看过的" not in as_("xiaohe").get("/letters/readers").text

    for _again in range(2):
        assert "一句很特别的话" in secretary.get(f"/reports/{report.id}/evidence").text

    me = cast.person("secretary_ht").id
    stands = [entry.actor_id for entry in trail.of(report) if entry.move == evidence.READ]
    assert stands == [me]
    page = as_("xiaohe").get("/letters/readers").text
    assert "负责孩子安全的老师看过的" in page
    assert "书记" not in page.split("<main")[1]
    assert "看过的" not in as_("xiaomai").get("/letters/readers").text


def test_what_is_gone_already_leaves_a_report_that_says_so(as_: SignedIn, cast: Cast) -> None:
    report = tell(cast, words="", about=("letter", 999_999, "一封不在了的信"))

    assert session().scalars(sa.select(Evidence)).all() == []
    assert "没有留下那一刻的样子" in as_("teacher_bj").get("/reports").text
    assert reports() == [report]


def test_a_further_kind_is_reported_and_frozen_once_it_is_registered(
    as_: SignedIn, cast: Cast
) -> None:
    author = cast.person("xiaomai").id
    photo = items.Content(
        kind="drawing",
        id=3,
        title="小麦的画",
        author_id=author,
        parties=(author, cast.person("xiaohe").id),
        text="院子里的葡萄架",
        html="<p>院子里的葡萄架</p>",
    )
    items.register("drawing", items.Handler(lambda _id, _actor: photo.title, lambda _id: photo))
    xiaohe = as_("xiaohe")

    page = xiaohe.get("/tell?about=drawing:3").text
    post(xiaohe, words="", about="drawing:3", shown="1")

    del items._handlers["drawing"]
    assert "给老师看这一件" in page
    assert evidence.verify(frozen())
    assert (frozen().kind, reports()[0].shown, reports()[0].about_label) == (
        "drawing",
        True,
        "小麦的画",
    )


def test_evidence_is_kept_until_the_term_of_the_case_is_over_and_then_goes_on_record(
    app: Flask, cast: Cast
) -> None:
    report, _letter = told_of_a_letter(cast)
    digest = frozen().digest
    jobs.run("safeguarding.forget_evidence")
    assert report.evidence_until is None
    services.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))
    assert report.evidence_until == (clock.now() + timedelta(days=365)).date()
    jobs.run("safeguarding.forget_evidence")
    assert evidence.verify(frozen())
    with transaction():
        report.evidence_until = clock.now().date() - timedelta(days=1)

    for _turn in range(2):
        jobs.run("safeguarding.forget_evidence")

    assert session().scalars(sa.select(Evidence)).all() == []
    assert [(e.move, e.reason) for e in trail.of(report)][-1] == (evidence.FORGOT, digest)
    assert [e.move for e in trail.of(report)].count(evidence.FORGOT) == 1
    assert verified(app) == (0, "evidence that matches: 0\n")


def test_evidence_that_was_taken_away_is_missed(app: Flask, cast: Cast) -> None:
    report, _letter = told_of_a_letter(cast)
    services.answer(report, words="谈过了。", outcome=Outcome.TALKED, by=cast.actor("teacher_bj"))
    with transaction():
        report.evidence_until = clock.now().date() - timedelta(days=1)
    behind_our_back("DELETE FROM evidence")

    code, said = verified(app)

    assert code == 1
    assert f"evidence of report {report.id} is gone" in said
