"""``flask trail``: heads to be noted, chains that fit, and what is said when one does not."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from penpal.kernel import chain, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from tests.cast import Cast
from tests.kernel.chains import behind_the_guards, links, tell


def run(app: Flask, *words: str) -> tuple[int, str]:
    answer = app.test_cli_runner().invoke(args=["trail", *words])
    return answer.exit_code, answer.output


def test_the_heads_are_printed_by_school(app: Flask, cast: Cast) -> None:
    tell(cast, "teacher_bj", "xiaohe")

    status, told = run(app, "heads")

    assert status == 0
    last = links(cast.unit("bj-school").id)[-1]
    assert f"bj-school {last.number} {last.hash}" in told.splitlines()
    assert [line for line in told.splitlines() if line.startswith("- ")]


def test_chains_that_fit_are_said_to(app: Flask, cast: Cast) -> None:
    tell(cast, "teacher_bj", "xiaohe")

    status, told = run(app, "verify")

    assert status == 0
    *lines, last = told.splitlines()
    assert lines == run(app, "heads")[1].splitlines()
    assert last == f"chains that fit: {len(lines)}"


def test_a_changed_act_ends_it_with_one(app: Flask, cast: Cast) -> None:
    tell(cast, "teacher_bj", "xiaohe")
    changed = links(cast.unit("bj-school").id)[-1]
    number, entry_id = changed.number, changed.entry_id
    with behind_the_guards() as execute:
        execute(f"UPDATE trail SET reason = 'x' WHERE id = {entry_id}")

    status, told = run(app, "verify")
    alone = run(app, "verify", "--school", "bj-school")
    elsewhere = run(app, "verify", "--school", "ht-school")

    words = f"bj-school: link {number} does not fit act {entry_id}: one of them was changed"
    assert (status, alone[0], elsewhere[0]) == (1, 1, 0)
    assert words in told
    assert words in alone[1]
    assert "chains that fit" not in told
    assert elsewhere[1].splitlines()[-1] == "chains that fit: 1"


def test_an_act_of_staff_in_no_chain_is_found(app: Flask, cast: Cast) -> None:
    with transaction() as current:
        current.execute(
            trail.TrailEntry.__table__.insert().values(  # type: ignore[attr-defined]
                at=cast.person("xiaohe").created_at,
                actor_kind="staff",
                actor_id=1,
                subject_kind="person",
                subject_id=1,
                move="slipped in",
                from_state="",
                to_state="",
                reason="",
            )
        )

    status, told = run(app, "verify")

    assert status == 1
    assert "acts in no chain: 1, the first is act " in told


def test_noted_heads_prove_what_came_before(app: Flask, cast: Cast, tmp_path: Path) -> None:
    tell(cast, "teacher_bj", "xiaohe")
    noted = tmp_path / "heads.txt"
    noted.write_text("# noted on paper, too\n" + run(app, "heads")[1], encoding="utf-8")
    tell(cast, "teacher_bj", "xiaolin")

    assert run(app, "verify", "--against", str(noted))[0] == 0

    with behind_the_guards() as execute:
        school_id = cast.unit("bj-school").id
        execute(f"DELETE FROM trail_link WHERE school_id = {school_id}")
        execute(f"DELETE FROM trail_head WHERE school_id = {school_id}")
    assert run(app, "verify", "--school", "bj-school")[0] == 0

    status, told = run(app, "verify", "--against", str(noted))

    assert status == 1
    assert "bj-school: it never had the noted head at link" in told


def test_what_holds_no_heads_and_a_school_that_is_none_are_refused(
    app: Flask, cast: Cast, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text("nothing\n", encoding="utf-8")

    assert run(app, "verify", "--against", str(empty)) == (
        1,
        "Error: empty.txt holds no line of `flask trail heads`\n",
    )
    assert run(app, "verify", "--school", "nowhere") == (
        1,
        "Error: no school has the code nowhere\n",
    )


def test_a_school_without_a_code_is_called_by_its_number(app: Flask, cast: Cast) -> None:
    with transaction():
        school = cast.unit("tj-school")
        school.code = None
        trail.write(school, "looked", by=SYSTEM)
    number = school.id
    assert session().get_one(type(school), number).code is None

    heads = run(app, "heads")[1]
    status, told = run(app, "verify", "--school", f"#{number}")

    assert any(line.startswith(f"#{number} ") for line in heads.splitlines())
    assert (status, told.splitlines()[-1]) == (0, "chains that fit: 1")
    assert chain.NO_SCHOOL == 0
