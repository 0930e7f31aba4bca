"""Every endpoint names its permission or is public; every permission is ruled and used."""

from __future__ import annotations

import re

from flask import Flask

from penpal.config import ROOT
from penpal.desk import matrix
from penpal.kernel import access
from penpal.permissions import Permission, every

PUBLIC_PAGES = (
    *("home", "issue", "piece", "section", "themes", "theme", "places", "place", "moments"),
    *("archive", "find", "about", "take_part", "corrections"),
)
PUBLIC = {
    "accounts.sign_in",
    "accounts.begin_session",
    "accounts.activation",
    "accounts.activate",
    "accounts.agreement",
    "factor.check",
    "factor.set_up_at_the_door",
    "factor.start_over",
    "guardians.door",
    "safety.page",
    "guardians.questions",
    "guardians.answer",
    # The links of a mail carry their own proof.
    "mail.confirm",
    "mail.confirmed",
    "mail.stop",
    "mail.stopped",
    "appearance.update",
    "offline.worker",
    "offline.manifest",
    "offline.page",
    # A guardian's link to a piece.
    *(f"piece_guardians.{name}" for name in ("door", "read", "answer", "withdraw", "photo")),
    # What is out, for everybody.
    *(f"special.{name}" for name in PUBLIC_PAGES),
    "special_files.atom",
    "special_files.sitemap",
    "special_files.robots",
    "special_files.card",
    "special_files.photo",
    "special_words.write",
    "special_words.leave",
    "special_words.left",
    "operating.healthz",
    "operating.readyz",
}


def test_every_endpoint_names_its_permission_or_is_public(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]

        assert hasattr(view, "permission"), f"{rule.endpoint} declares neither needs() nor public"
        permission = view.permission
        assert permission is None or permission in every(), rule.endpoint


def test_what_is_open_to_anyone_is_this_and_no_more(app: Flask) -> None:
    found = {name for name, view in app.view_functions.items() if view.permission is None}  # type: ignore[attr-defined]

    assert found == PUBLIC


def test_what_changes_something_is_never_a_get(app: Flask) -> None:
    changing = re.compile(r"/(opening|discard|taking|answer|closure|agreement|signatures|end)$")
    for rule in app.url_map.iter_rules():
        if changing.search(rule.rule) and rule.rule != "/agreement":
            assert "GET" not in (rule.methods or ()), rule.rule


def test_every_permission_has_a_rule_and_every_rule_a_permission() -> None:
    assert set(access.book().rules) == set(every())
    assert all(access.book().rules[permission] for permission in every())


def test_every_permission_is_asked_for_somewhere() -> None:
    code = "".join(
        file.read_text(encoding="utf-8")
        for file in (ROOT / "penpal").rglob("*.py")
        if file.name not in ("permissions.py", "rulebook.py", "matrix.py")
    )

    for permission in every():
        assert f"Permission.{type(permission).__name__}.{permission.name}" in code, permission


def test_every_predicate_says_in_words_for_whom_it_can_hold() -> None:
    for permission, clauses in access.book().rules.items():
        for predicate in (predicate for clause in clauses for predicate in clause):
            assert hasattr(predicate, "words"), f"{permission}: {predicate}"
            assert predicate.kinds, f"{permission}: {predicate}"


def test_without_consent_a_student_reaches_their_account_help_and_consent_alone() -> None:
    reached = {
        permission
        for permission in every()
        if matrix.cell(permission, "student_without_consent") != matrix.NEVER
    }

    assert reached - set(Permission.Account) == {
        Permission.Consent.AGREE,
        Permission.Consent.WITHDRAW,
        Permission.Consent.SEE,
        Permission.Report.MAKE,
        Permission.Report.READ,
        # What a teacher answered is told to whoever asked for help.
        Permission.Notice.SEE,
        Permission.Notice.CHOOSE,
        # Who once took part goes on to see who read their letters.
        Permission.Opening.SEE_OWN,
        # And may take back what they gave to print.
        Permission.Submission.LIST,
        Permission.Submission.READ,
        Permission.Submission.WITHDRAW,
    }
    assert Permission.Account.RESET not in reached
