"""Before consent is on file there is one page, the account, and help: nothing else."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from penpal.consent.models import Consent
from penpal.kernel import clock
from penpal.kernel.db import session, transaction
from penpal.letters.models import Letter
from penpal.permissions import Permission
from tests.cast import Cast
from tests.conftest import SignedIn

OPEN = {
    Permission.Account.SEE,
    Permission.Account.SIGN_OUT,
    Permission.Account.CHANGE_PASSWORD,
    Permission.Account.END_SESSIONS,
    Permission.Account.CONFIRM,
    Permission.Consent.AGREE,
    Permission.Consent.WITHDRAW,
    Permission.Consent.SEE,
    Permission.Report.MAKE,
    Permission.Report.READ,
    Permission.Opening.SEE_OWN,
    Permission.Notice.SEE,
    Permission.Notice.CHOOSE,
    # Whoever stands in a piece takes it back whatever became of their consent, and sees where it is.
    Permission.Submission.LIST,
    Permission.Submission.READ,
    Permission.Submission.WITHDRAW,
}
"""The account, one's own page of the ledger with each yes and no, help, who has read one's letters, and news: written down here once more, so that no rule opens another door."""


def test_every_page_behind_the_door_leads_to_the_waiting_page(app: Flask, as_: SignedIn) -> None:
    xiaoman = as_("xiaoman")
    asked = 0

    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "permission", None)
        if permission is None or permission in OPEN:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}):
            answer = xiaoman.open(address(rule), method=method)
            assert (answer.status_code, answer.location) == (302, "/welcome"), rule
            asked += 1

    assert asked > 20


def address(rule: Rule) -> str:
    """An address of the rule, with 1 for each number and a word for each text."""
    values = {
        name: 1 if type(converter).__name__ == "IntegerConverter" else "key-of-nothing"
        for name, converter in rule._converters.items()
    }
    built = rule.build(values)
    assert built is not None
    return built[1]


@pytest.mark.parametrize("address", ["/welcome", "/account", "/tell", "/agreement"])
def test_these_pages_open_without_consent(as_: SignedIn, address: str) -> None:
    assert as_("xiaoman").get(address).status_code == 200


def test_no_draft_is_kept_of_a_child_without_consent(as_: SignedIn) -> None:
    as_("xiaoman").put("/letters/drafts/key-of-a-draft", data={"body": "小麦：", "revision": "0"})

    assert session().query(Letter).count() == 0


def test_the_waiting_page_says_what_is_missing(as_: SignedIn) -> None:
    page = as_("xiaoman").get("/welcome").text

    assert "你还不满 14 岁" in page
    assert "交给班主任" in page
    assert "我愿意参加" not in page


def test_taking_the_yes_back_closes_the_pages_at_once(as_: SignedIn, cast: Cast) -> None:
    xiaohe = as_("xiaohe")
    assert xiaohe.get("/").status_code == 200
    with transaction() as current:
        [row] = current.query(Consent).filter_by(person_id=cast.person("xiaohe").id)
        row.withdrawn_at = clock.now()

    assert xiaohe.get("/").location == "/welcome"
    assert xiaohe.get("/letters").location == "/welcome"


@pytest.mark.parametrize("who", ["xiaohe", "teacher_bj"])
def test_whoever_waits_for_nothing_is_sent_home(as_: SignedIn, who: str) -> None:
    assert as_(who).get("/welcome").location == "/"
