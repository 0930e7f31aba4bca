"""Passwords: hashed with Argon2id, refused when others would guess them."""

from __future__ import annotations

import pytest

from penpal.accounts import passwords

KNOWN = ["xiaohe", "小禾", "penpal"]


def test_a_hash_is_argon2id_and_never_the_same_twice() -> None:
    first, second = (
        passwords.hashed("walnut river lantern"),
        passwords.hashed("walnut river lantern"),
    )

    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert passwords.matches(first, "walnut river lantern")
    assert passwords.matches(second, "walnut river lantern")
    assert not passwords.matches(first, "walnut river lanterns")


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$broken", None])
def test_what_is_no_hash_matches_nothing(stored: str | None) -> None:
    assert not passwords.matches(stored, "")
    assert not passwords.matches(stored, "plain text")


@pytest.mark.parametrize(
    "password",
    [
        "walnut river lantern",
        "三棵安静的白杨树",
        "kT7#mQ2$vX",
        "春眠不觉晓处处闻啼鸟",
        "correct-horse-7-staple",
    ],
)
def test_a_password_that_nobody_guesses_is_taken(password: str) -> None:
    assert passwords.objection(password, known=KNOWN) is None


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("", "至少要 8 位"),
        ("1234567", "至少要 8 位"),
        ("x" * 129, "最多 128 位"),
        ("password", "太常见"),
        ("P@ssw0rd", "太常见"),
        ("iloveyou1", "太常见"),
        ("woaini1314", "太常见"),
        ("woaini520", "太常见"),
        ("xinjiang123", "太常见"),
        ("88888888", "太常见"),
        ("abcdefgh", "太常见"),
        ("20120501", "太常见"),
        ("1qaz2wsx", "太常见"),
        ("my XiaoHe password", "名字或登录名"),
        ("小禾的口令就是这个", "名字或登录名"),
        ("penpal-is-great", "名字或登录名"),
    ],
)
def test_a_weak_or_breached_password_is_refused_in_words(password: str, words: str) -> None:
    objection = passwords.objection(password, known=KNOWN)

    assert words in str(objection)


def test_a_name_not_chosen_yet_forbids_nothing() -> None:
    assert passwords.objection("walnut river lantern", known=["", ""]) is None
