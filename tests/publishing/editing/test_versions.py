"""What an editor writes is visible word for word, and is printed only with the author's yes to all of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from penpal.kernel import clock, trail
from penpal.kernel.access import SYSTEM
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotPermitted
from penpal.notices.models import Notice
from penpal.publishing.editing import (
    answering,
    corrections,
    predicates,
    queries,
    reminding,
    services,
    versions,
)
from penpal.publishing.editing.answering import Said
from penpal.publishing.editing.models import DeskPlace, Verdict
from penpal.publishing.pieces import edition
from penpal.publishing.pieces.states import SubmissionState as S
from penpal.safeguarding.models import Report, ReportKind
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.publishing.editing import bench

YES, NO = Said(Verdict.ACCEPTED), Said(Verdict.REJECTED)


def moves(submission: object) -> list[str]:
    return [entry.move for entry in trail.of(submission)]  # type: ignore[arg-type]


def kinds_for(cast: Cast, who: str) -> set[str]:
    return {
        notice.kind for notice in session().query(Notice).filter_by(person_id=cast.person(who).id)
    }


def test_an_author_agrees_to_every_change_and_the_piece_is_ready(cast: Cast) -> None:
    piece = bench.letter(cast)

    version = bench.offered(cast, piece)
    asked = queries.changes_of(version)
    waits = (piece.state, kinds_for(cast, "xiaomai"), queries.place_of(piece))
    answering.say(
        version,
        {change.id: YES for change in asked},
        finish=True,
        by=cast.actor("xiaomai"),
    )

    assert waits == (S.WITH_AUTHOR, {"pair.tied", "editing.asked"}, None)
    assert [(change.before, change.after) for change in asked][1:] == [
        ("你好！", ""), ("是", ""), ("的", "了"), ("有", ""),
    ]  # fmt: skip
    assert piece.state is S.READY
    assert piece.version_id == version.id
    assert predicates.is_accepted(SYSTEM, piece)
    assert versions.printable(piece).title == "我的天比你的天后黑"
    assert "你的信星期二到了。" in versions.printable(piece).parts[0].body_html
    assert "editing.answered" in kinds_for(cast, "editor")
    assert moves(piece)[-3:] == ["begin version", "offer", "accept changes"]


def test_one_no_brings_it_back_and_only_what_is_new_is_asked_again(cast: Cast) -> None:
    piece, editor, author = bench.letter(cast), cast.actor("editor"), cast.actor("xiaomai")
    version = bench.offered(cast, piece)
    title, *others = queries.changes_of(version)
    said = {change.id: YES for change in others} | {title.id: NO}

    answering.say(version, said, finish=True, by=author)
    came_back = piece.state
    taken = services.take(piece, by=editor)

    assert came_back is S.WITH_EDITOR
    assert moves(piece)[-2:] == ["answer changes", "take as it is"]
    assert piece.state is S.READY
    assert taken.number == 2
    assert taken.title == piece.title
    assert "我没见过银杏" in taken.texts[0].body
    assert predicates.is_accepted(SYSTEM, piece)


def test_nothing_is_ready_with_a_change_that_nobody_agreed_to(cast: Cast) -> None:
    piece, editor = bench.letter(cast), cast.actor("editor")
    services.save(piece, bench.typed(piece, bench.shorter), by=editor)

    with pytest.raises(Invalid):
        services.take(piece, by=editor)
    version = services.offer(piece, by=editor)
    some = queries.changes_of(version)[0]
    with pytest.raises(Invalid):
        answering.say(version, {some.id: YES}, finish=True, by=cast.actor("xiaomai"))
    answering.say(version, {some.id: YES}, by=cast.actor("xiaomai"))
    services.call_back(piece, by=editor)
    assert {change.verdict for change in queries.changes_of(version)} == {None}
    with pytest.raises(Invalid):
        services.take(piece, by=editor)

    assert piece.state is S.WITH_EDITOR
    assert piece.version_id is None
    assert not predicates.is_accepted(SYSTEM, piece)
    with pytest.raises(NotPermitted):
        answering.say(version, {some.id: NO}, by=cast.actor("xiaomai"))


def test_a_text_that_came_about_in_any_other_way_is_not_printed(cast: Cast) -> None:
    piece = bench.letter(cast)
    version = services.take(piece, by=cast.actor("editor"))
    assert version.number == 0
    assert predicates.is_accepted(SYSTEM, piece)

    with transaction():
        version.texts[0].body = version.texts[0].body.replace("数学题", "物理题")

    assert not predicates.is_accepted(SYSTEM, piece)


def test_only_whoever_wrote_the_words_answers_for_them(cast: Cast) -> None:
    piece = bench.both_letters(cast)
    editor = cast.actor("editor")
    services.save(piece, bench.typed(piece, lambda body: body.replace("很", "")), by=editor)
    version = services.offer(piece, by=editor)
    whole = queries.changes_of(version)
    assert len(whole) == 2

    everything = {change.id: YES for change in whole}
    is_done = answering.say(version, everything, finish=True, by=cast.actor("xiaohe"))
    first = [change.verdict for change in queries.changes_of(version)]
    for stranger in ("xiaolin", "teacher_bj", "editor"):
        with pytest.raises(NotPermitted):
            answering.say(version, everything, finish=True, by=cast.actor(stranger))
    answering.say(version, everything, finish=True, by=cast.actor("xiaomai"))

    assert not is_done
    assert first == [Verdict.ACCEPTED, None]
    assert piece.state is S.READY
    assert predicates.is_accepted(SYSTEM, piece)


def test_a_child_says_no_way_to_reach_them_to_an_editor(cast: Cast) -> None:
    piece = bench.letter(cast)
    version = bench.offered(cast, piece)
    change = queries.changes_of(version)[0]

    with pytest.raises(Invalid) as refused:
        answering.say(
            version, {change.id: Said(None, "打我电话 13812345678")}, by=cast.actor("xiaomai")
        )

    assert f"words-{change.id}" in refused.value.fields
    assert queries.changes_of(version)[0].words == ""


def test_words_of_despair_to_an_editor_show_help_and_tell_the_school(
    cast: Cast, as_: SignedIn
) -> None:
    piece = bench.letter(cast)
    version = bench.offered(cast, piece)
    change = queries.changes_of(version)[0]

    answer = as_("xiaomai").post(
        f"/publishing/changes/{version.id}",
        data={f"words-{change.id}": "我不想活了", "action": "keep"},
    )

    assert answer.location.endswith("/help")
    worry = session().query(Report).one()
    assert (worry.kind, worry.about_label) == (ReportKind.WORRY, "写给编辑的话")
    assert "不想活" not in worry.words


def test_a_second_editor_neither_writes_nor_overwrites(cast: Cast) -> None:
    piece, editor = bench.letter(cast), cast.actor("editor")
    other = bench.second_editor(cast)
    mine = bench.typed(piece, bench.shorter)
    services.take_in_hand(piece, by=editor)

    for verb in (
        lambda: services.take_in_hand(piece, by=other),
        lambda: services.save(piece, mine, by=other),
        lambda: services.turn_down(piece, "不合适", by=other),
    ):
        with pytest.raises(IllegalMove, match="编辑正在改这一篇"):
            verb()
    services.save(piece, mine, by=editor)
    with transaction() as current:
        current.get_one(DeskPlace, piece.id).until = clock.now()
    with pytest.raises(Conflict):
        services.save(
            piece, replace(bench.typed(piece, lambda body: body + "别的"), saved=0), by=other
        )
    kept = queries.draft_of(piece)
    services.save(piece, bench.typed(piece, str.strip), by=other)

    assert kept is not None
    assert "我没见过" in kept.texts[0].body
    place = queries.place_of(piece)
    assert place is not None
    assert place.editor_id == other.person_id


def test_nobody_but_an_editor_touches_the_desk(cast: Cast) -> None:
    piece = bench.letter(cast)
    for who in ("xiaomai", "xiaohe", "teacher_ht", "secretary_ht", "county_bj"):
        actor = cast.actor(who)
        for verb in (
            lambda actor=actor: services.take_in_hand(piece, by=actor),
            lambda actor=actor: services.save(piece, bench.typed(piece, bench.shorter), by=actor),
            lambda actor=actor: services.offer(piece, by=actor),
            lambda actor=actor: services.take(piece, by=actor),
            lambda actor=actor: services.call_back(piece, by=actor),
            lambda actor=actor: services.turn_down(piece, "不", by=actor),
            lambda actor=actor: services.take_down(piece, "不", by=actor),
        ):
            with pytest.raises(NotPermitted):
                verb()

    assert piece.state is S.WITH_EDITOR
    assert queries.newest(piece) is None


def test_an_editor_turns_a_piece_down_and_its_author_is_told(cast: Cast) -> None:
    piece, editor = bench.letter(cast), cast.actor("editor")
    with pytest.raises(Invalid):
        services.turn_down(piece, " ", by=editor)

    services.turn_down(piece, "这一期已有同题的一篇", by=editor)

    assert piece.state is S.DECLINED
    assert piece.ended_at is not None
    assert trail.of(piece)[-1].reason == "这一期已有同题的一篇"
    assert "editing.turned_down" in kinds_for(cast, "xiaomai")
    with pytest.raises(NotPermitted):
        services.save(piece, bench.typed(piece, bench.shorter), by=editor)


def test_a_printed_piece_is_corrected_with_its_authors_yes(cast: Cast) -> None:
    piece, editor = bench.printed(cast), cast.actor("editor")
    before, number = piece.version_id, edition.number()
    services.save(piece, bench.typed(piece, bench.shorter), by=editor)
    with pytest.raises(Invalid) as refused:
        services.offer(piece, by=editor)

    services.save(
        piece, bench.typed(piece, bench.shorter, corrects="“没有见过”更正为“没见过”。"), by=editor
    )
    version = services.offer(piece, by=editor)
    unanswered = (piece.version_id, corrections.of(piece))
    answering.say(
        version,
        {change.id: YES for change in queries.changes_of(version)},
        finish=True,
        by=cast.actor("xiaomai"),
    )

    assert "corrects" in refused.value.fields
    assert unanswered == (before, [])
    assert piece.state is S.PUBLISHED
    assert piece.version_id == version.id
    assert predicates.is_accepted(SYSTEM, piece)
    assert [each.words for each in corrections.of(piece)] == ["“没有见过”更正为“没见过”。"]
    assert edition.number() > number
    assert moves(piece)[-1] == "correct"


def test_a_correction_that_its_author_does_not_want_changes_nothing(cast: Cast) -> None:
    piece, editor = bench.printed(cast), cast.actor("editor")
    before, number = piece.version_id, edition.number()
    services.save(piece, bench.typed(piece, bench.shorter, corrects="改几个字"), by=editor)
    version = services.offer(piece, by=editor)

    answering.say(
        version,
        {change.id: NO for change in queries.changes_of(version)},
        finish=True,
        by=cast.actor("xiaomai"),
    )

    assert (piece.version_id, edition.number()) == (before, number)
    services.save(
        piece,
        bench.typed(piece, lambda body: body.replace("数学题", "题"), corrects="少两个字"),
        by=editor,
    )
    services.offer(piece, by=editor)
    services.call_back(piece, by=editor)
    assert moves(piece)[-1] == "call back correction"
    with pytest.raises(IllegalMove):
        services.call_back(piece, by=editor)
    assert corrections.newest() == []
    assert piece.state is S.PUBLISHED


def test_taking_down_takes_a_reason_and_all_in_it_are_told(cast: Cast) -> None:
    piece, number = bench.printed(cast), edition.number()
    with pytest.raises(Invalid):
        services.take_down(piece, "", by=cast.actor("editor"))

    services.take_down(piece, "照片里认得出学校", by=cast.actor("editor"))

    assert piece.state is S.TAKEN_DOWN
    assert edition.number() > number
    for who in ("xiaomai", "xiaohe"):
        assert "editing.taken_down" in kinds_for(cast, who)
    assert trail.of(piece)[-1].reason == "照片里认得出学校"


def test_an_author_who_does_not_answer_is_told_again_some_times_and_then_left_alone(
    cast: Cast,
) -> None:
    piece = bench.letter(cast)
    version = bench.offered(cast, piece)
    first, *others = queries.changes_of(version)
    answering.say(version, {first.id: YES}, by=cast.actor("xiaomai"))

    told = []
    for days in range(25):
        with transaction():
            for notice in session().query(Notice).filter_by(kind="editing.asked"):
                notice.seen_at = clock.now()
            version.offered_at = clock.now() - timedelta(days=days)
        reminding.remind()
        if session().query(Notice).filter_by(kind="editing.asked", seen_at=None).count():
            told.append(days)
    with transaction():
        version.offered_at = clock.now() - timedelta(days=reminding.EVERY)
    answering.say(
        version, {change.id: YES for change in others}, finish=True, by=cast.actor("xiaomai")
    )

    assert told == [7, 14]
    assert reminding.remind() == 0
