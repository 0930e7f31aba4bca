"""Each one's record: the author's alone until both are done or its author shows it, and who else may read it."""

from __future__ import annotations

import pytest

from penpal.activities import recording, services
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import ActivityState, Seal, ShownTo
from penpal.activities.typed import Written
from penpal.kernel import access, trail
from penpal.kernel.db import session
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotFound, NotPermitted
from penpal.permissions import Permission
from penpal.safeguarding import blocking, items
from penpal.safeguarding.blocking import Paused
from tests.activities.doing import agreed, done, finish, propose
from tests.cast import STAFF, Cast

READ = Permission.ActivityRecord.READ
EVERYBODY = ("xiaohe", "xiaomai", "xiaolin", "xiaoduo", "xiaoman", "xiaoyuan", *STAFF)


def readers(cast: Cast, record: ActivityRecord) -> set[str]:
    """Whoever may read it, by the rulebook and by its scope, which must say the same."""
    found = set()
    for who in EVERYBODY:
        actor = cast.actor(who)
        may = access.may(actor, READ, record)
        try:
            access.load(ActivityRecord, actor, record.id)
            there = True
        except NotFound:
            there = False
        assert may == there, who
        pointed = items.resolve(f"activity_record:{record.id}", actor)
        assert (pointed is not None) == there, who
        if may:
            found.add(who)
    return found


def moves(record: ActivityRecord | Activity) -> list[str]:
    return [entry.move for entry in trail.of(record)]


def test_a_draft_is_its_authors_and_is_saved_again_and_again(cast: Cast) -> None:
    activity, he = agreed(cast), cast.actor("xiaohe")

    record = recording.save(activity, Written("先写一点", "", None, Seal.OPEN), by=he)
    recording.save(activity, Written("先写一点，再写一点", "", None, Seal.OPEN, 1), by=he)

    assert (record.text, record.revision) == ("先写一点，再写一点", 2)
    assert readers(cast, record) == {"xiaohe"}
    with pytest.raises(Conflict):
        recording.save(activity, Written("别处写的", "", None, revision=1), by=he)
    assert record.text == "先写一点，再写一点"


def test_done_by_one_is_still_the_authors_until_the_other_is_done_too(cast: Cast) -> None:
    activity = agreed(cast)

    first = finish(cast, activity, "xiaomai")
    assert readers(cast, first) == {"xiaomai"}
    assert activity.is_agreed
    second = finish(cast, activity, "xiaohe")

    assert activity.is_done
    for record in (first, second):
        assert readers(cast, record) == {"xiaohe", "xiaomai"}
    assert moves(activity)[-1] == "both have done it"
    assert moves(second) == ["finish record"]
    assert finish(cast, activity, "xiaohe").id == second.id


def test_its_author_shows_it_earlier_or_takes_it_up_again(cast: Cast) -> None:
    activity, he = agreed(cast), cast.actor("xiaohe")
    record = finish(cast, activity)

    recording.reopen(record, by=he)
    with pytest.raises(IllegalMove):
        recording.share(record, by=he)
    finish(cast, activity, text="改好了的话")
    with pytest.raises(NotPermitted):
        recording.share(record, by=cast.actor("xiaomai"))
    recording.share(record, by=he)

    assert readers(cast, record) == {"xiaohe", "xiaomai"}
    assert moves(record) == ["finish record", "take up record", "finish record", "share record"]
    with pytest.raises(NotPermitted):
        recording.reopen(record, by=he)


def test_a_teacher_reads_what_its_author_leaves_open_and_that_stands_on_the_trail(
    cast: Cast,
) -> None:
    activity, teacher = agreed(cast), cast.actor("teacher_bj")
    record = finish(cast, activity, seal=Seal.OPEN)

    assert readers(cast, record) == {"xiaohe", "teacher_bj"}
    recording.read_along(record, by=teacher)
    recording.read_along(record, by=teacher)
    recording.reseal(record, seal=Seal.SEALED, by=cast.actor("xiaohe"))

    assert readers(cast, record) == {"xiaohe"}
    assert moves(record) == ["finish record", "read record along", "choose who reads record"]
    with pytest.raises(NotPermitted):
        recording.read_along(record, by=teacher)
    with pytest.raises(NotPermitted):
        recording.reseal(record, seal=Seal.OPEN, by=cast.actor("xiaomai"))


def test_two_classes_see_it_only_while_both_want_it(cast: Cast) -> None:
    activity = done(cast)
    record = session().query(ActivityRecord).filter_by(author_id=cast.person("xiaohe").id).one()
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")

    recording.wish(activity, to=ShownTo.CLASSES, by=he)
    assert readers(cast, record) == {"xiaohe", "xiaomai"}
    recording.wish(activity, to=ShownTo.CLASSES, by=mai)
    assert readers(cast, record) == {"xiaohe", "xiaomai", "teacher_bj", "teacher_ht"}
    assert activity.shown_to is ShownTo.CLASSES
    blocking.pause(cast.pair(), by=he)
    recording.wish(activity, to=ShownTo.US, by=mai)

    assert readers(cast, record) == {"xiaohe", "xiaomai"}
    assert activity.state is ActivityState.DONE
    with pytest.raises(Paused):
        recording.wish(activity, to=ShownTo.CLASSES, by=mai)
    with pytest.raises(NotPermitted):
        recording.wish(activity, to=ShownTo.US, by=cast.actor("teacher_bj"))


def test_nothing_is_wished_before_both_have_done_it(cast: Cast) -> None:
    activity = agreed(cast)
    finish(cast, activity)

    with pytest.raises(IllegalMove):
        recording.wish(activity, to=ShownTo.CLASSES, by=cast.actor("xiaohe"))


@pytest.mark.parametrize(
    ("text", "gave", "field"),
    [
        ("", "想了很多", "text"),
        ("打我电话 13812345678", "", "text"),
        ("好", "我住在幸福路 12 号 3 单元", "gave"),
    ],
)
def test_what_cannot_go_to_the_partner_stays_a_draft_in_the_hands_of_its_author(
    cast: Cast, text: str, gave: str, field: str
) -> None:
    activity = agreed(cast)

    with pytest.raises(Invalid) as refused:
        finish(cast, activity, text=text, gave=gave)
    kept = recording.save(activity, Written(text, gave, None), by=cast.actor("xiaohe"))

    assert set(refused.value.fields) == {field}
    assert kept.is_draft


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "teacher_bj"])
def test_an_outsider_writes_no_record(cast: Cast, who: str) -> None:
    with pytest.raises(NotPermitted):
        finish(cast, agreed(cast), who)


def test_records_wait_for_the_agreement_and_end_with_it(cast: Cast) -> None:
    proposed = propose(cast, key="only-proposed")
    activity = agreed(cast)
    recording.save(activity, Written("写了一半", "", None), by=cast.actor("xiaohe"))
    services.step_out(activity, by=cast.actor("xiaomai"))

    for over in (proposed, activity):
        with pytest.raises(IllegalMove):
            finish(cast, over)


def test_in_a_pause_a_draft_goes_on_and_nothing_is_finished(cast: Cast) -> None:
    activity, he = agreed(cast), cast.actor("xiaohe")
    blocking.pause(cast.pair(), by=cast.actor("xiaomai"))

    kept = recording.save(activity, Written("慢慢写", "", None), by=he)
    with pytest.raises(Paused):
        finish(cast, activity)

    assert kept.is_draft


def test_two_pages_that_both_began_empty_do_not_overwrite_each_other(cast: Cast) -> None:
    activity, he = agreed(cast), cast.actor("xiaohe")
    record = recording.save(activity, Written("电脑上写的作文", "", None), by=he)

    for verb in (recording.save, recording.finish):
        with pytest.raises(Conflict):
            verb(activity, Written("手机上的一句", "", None), by=he)

    assert (record.text, record.is_draft) == ("电脑上写的作文", True)
