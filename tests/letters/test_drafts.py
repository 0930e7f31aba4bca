"""Drafts: kept while one types, never overwritten by an older page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from penpal.kernel.access import visible
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, Invalid, NotPermitted
from penpal.letters import queries, services
from penpal.letters.models import LONGEST, Envelope, Letter
from penpal.letters.states import LetterState
from penpal.twinning import services as twinning
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.letters.writing import BODY, KEY, composed, save, send


def letters() -> list[Letter]:
    return session().query(Letter).order_by(Letter.id).all()


def put(client: FlaskClient, key: str = KEY, **fields: object) -> TestResponse:
    return client.put(f"/letters/drafts/{key}", data=composed() | fields)


def test_a_draft_is_kept_and_has_no_number(cast: Cast) -> None:
    saved = save(cast)

    assert not saved.forked
    assert saved.letter.state is LetterState.DRAFT
    assert (saved.letter.number, saved.letter.sequence, saved.letter.delivered_at) == (None,) * 3
    assert saved.letter.revision == 1
    assert queries.latest_draft(cast.pair(), cast.actor("xiaohe")) is saved.letter


def test_each_save_is_a_revision_of_the_same_draft(cast: Cast) -> None:
    first = save(cast)
    second = save(cast, body=BODY + "再见", revision=first.letter.revision)

    assert second.letter.id == first.letter.id
    assert second.letter.revision == 2
    assert second.letter.body.endswith("再见")
    assert len(letters()) == 1


def test_an_empty_draft_may_be_kept(cast: Cast) -> None:
    assert save(cast, body="").letter.is_draft


def test_an_older_page_forks_and_both_texts_stay(cast: Cast) -> None:
    save(cast, body="在家里写的")
    save(cast, body="在家里写的，又写了一段", revision=1)

    older = save(cast, body="在机房里写的", revision=1)

    assert older.forked
    assert [letter.body for letter in letters()] == ["在家里写的，又写了一段", "在机房里写的"]
    assert older.letter.key != KEY

    onwards = save(
        cast, key=older.letter.key, body="在机房里接着写", revision=older.letter.revision
    )

    assert not onwards.forked
    assert len(letters()) == 2


def test_saving_the_same_words_from_an_older_page_is_no_fork(cast: Cast) -> None:
    save(cast, body="一样的话")
    save(cast, body="一样的话", revision=1)
    save(cast, body="一样的话", revision=2)

    again = save(cast, body="一样的话", revision=1)

    assert not again.forked
    assert len(letters()) == 1


def test_a_save_that_is_sent_again_after_a_timeout_changes_nothing(cast: Cast) -> None:
    save(cast)

    again = save(cast)

    assert not again.forked
    assert [letter.body for letter in letters()] == [BODY]


def test_a_late_save_after_sending_is_harmless_when_the_words_are_those_sent(cast: Cast) -> None:
    sent = send(cast)

    assert save(cast, revision=3).letter.id == sent.id
    assert [letter.state for letter in letters()] == [LetterState.DELIVERED]


def test_a_letter_that_was_sent_takes_no_other_words(cast: Cast) -> None:
    send(cast)

    with pytest.raises(Conflict, match="已经寄出"):
        save(cast, body="别的话", revision=1)

    assert [letter.body for letter in letters()] == [BODY]


def test_sending_takes_the_draft_along(cast: Cast) -> None:
    draft = save(cast, body="还没写完").letter

    sent = send(cast)

    assert sent.id == draft.id
    assert sent.body == BODY
    assert len(letters()) == 1


def test_a_draft_is_there_for_its_author_alone(as_: SignedIn, cast: Cast) -> None:
    draft = save(cast, envelope=Envelope.OPEN).letter
    others = (
        "xiaomai",
        "xiaolin",
        "teacher_bj",
        "teacher_ht",
        "secretary_bj",
        "county_bj",
        "editor",
    )

    for who in others:
        assert as_(who).get(f"/letters/{draft.id}").status_code in (403, 404)
        assert as_(who).get(f"/letters/{draft.id}/edit").status_code in (403, 404)
        assert session().scalars(visible(Letter, cast.actor(who))).all() == []
    assert as_("xiaohe").get(f"/letters/{draft.id}").location == f"/letters/{draft.id}/edit"


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "xiaoman", "teacher_bj", "editor"])
def test_an_outsider_keeps_no_draft_in_a_pair(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        save(cast, who)

    assert letters() == []


def test_two_may_use_the_same_key_without_meeting(cast: Cast) -> None:
    save(cast)
    save(cast, "xiaomai", body="别人的草稿")

    assert {letter.author_id for letter in letters()} == {
        cast.person("xiaohe").id,
        cast.person("xiaomai").id,
    }


@pytest.mark.parametrize(
    "key", ["", "short", "x" * 65, "key with spaces", "../../etc/passwd", "钥匙钥匙钥匙钥匙"]
)
def test_a_key_that_no_page_made_is_refused(cast: Cast, key: str) -> None:
    with pytest.raises(Invalid, match="这一页太旧了"):
        save(cast, key=key)


def test_a_draft_that_is_too_long_is_refused_in_words(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        save(cast, body="字" * (LONGEST + 1))

    assert "最多两万字" in str(refused.value.fields["body"])


def test_nothing_new_is_kept_once_the_pair_is_closed(cast: Cast) -> None:
    save(cast)
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    with pytest.raises(NotPermitted):
        save(cast, body="迟到的话", revision=1)

    assert [letter.body for letter in letters()] == [BODY]


def test_the_composer_saves_while_one_types(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")

    first = put(xiaohe)
    second = put(xiaohe, body=BODY + "再见", revision="1")
    older = put(xiaohe, body="别处写的", revision="1")

    assert first.status_code == 200
    assert first.json is not None
    assert (first.json["key"], first.json["revision"], first.json["forked"]) == (KEY, 1, False)
    assert second.json is not None
    assert second.json["revision"] == 2
    assert older.json is not None
    assert older.json["forked"] is True
    assert older.json["key"] != KEY
    assert older.json["url"].endswith("/edit")
    assert older.json["beside"].endswith("/beside")
    assert len(letters()) == 2


def test_the_composer_is_told_in_json_what_is_wrong(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")
    send(cast)

    changed = put(xiaohe, body="别的话")
    endless = put(xiaohe, key="another-key-then", body="字" * (LONGEST + 1))
    waiting = put(as_("xiaolin"))
    staff = put(as_("teacher_bj"))

    assert changed.status_code == 409
    assert "已经寄出" in changed.json["error"]  # type: ignore[index]
    assert endless.status_code == 422
    assert "最多两万字" in endless.json["fields"]["body"]  # type: ignore[index]
    assert waiting.status_code == 404
    assert staff.status_code in (403, 404)


def test_whoever_comes_back_goes_on_with_the_draft(as_: SignedIn, cast: Cast) -> None:
    draft = save(cast).letter
    xiaohe = as_("xiaohe")

    home = xiaohe.get("/").text
    new = xiaohe.get("/letters/new")
    page = xiaohe.get(new.location).text
    fresh = xiaohe.get("/letters/new?another=1").text

    assert "接着写草稿" in home
    assert new.location == f"/letters/{draft.id}/edit"
    assert "老槐树" in page
    assert f'name="key" value="{KEY}"' in page
    assert "已存好" in page
    assert "老槐树" not in fresh


def test_saving_by_the_form_works_without_a_script(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")
    fields = composed(envelope="open", action="save")

    saved = xiaohe.post("/letters", data=fields)
    page = xiaohe.get(saved.location).text
    xiaohe.post("/letters", data=fields | {"revision": "1", "body": "第二稿"})
    older = xiaohe.post("/letters", data=fields | {"revision": "1", "body": "旧页面上的话"})
    fork = xiaohe.get(older.location).text

    assert saved.status_code == 302
    assert "草稿存好了" in page
    assert "老槐树" in page
    assert letters()[0].envelope is Envelope.OPEN
    assert "两份都留着" in fork
    assert "旧页面上的话" in fork
    assert [letter.body for letter in letters()] == ["第二稿", "旧页面上的话"]


def test_a_draft_of_a_closed_pair_can_be_read_but_not_sent(as_: SignedIn, cast: Cast) -> None:
    draft = save(cast).letter
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))
    xiaohe = as_("xiaohe")

    page = xiaohe.get(f"/letters/{draft.id}/edit")
    sent = xiaohe.post("/letters", data={"key": KEY, "body": BODY, "envelope": "sealed"})

    assert page.status_code == 200
    assert "老槐树" in page.text
    assert "寄不出去了" in page.text
    assert sent.status_code == 403
    assert "老槐树" in sent.text
    with pytest.raises(NotPermitted):
        services.send(
            cast.pair(), key=KEY, body=BODY, envelope=Envelope.SEALED, by=cast.actor("xiaohe")
        )
