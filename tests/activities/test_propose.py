"""A proposal: laid before the partner, changed, agreed to in one version, declined, taken back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from penpal.activities import services
from penpal.activities.models import MOST_PROPOSED, Activity, ActivityNod
from penpal.activities.states import ActivityState, IdeaKind
from penpal.kernel import clock, trail
from penpal.kernel.db import db, session
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, NotPermitted
from penpal.safeguarding import blocking
from penpal.safeguarding.blocking import Paused
from penpal.safeguarding.models import Report, ReportKind
from penpal.twinning import services as twinning
from tests.activities.doing import KEY, PLAN, agreed, propose, wording
from tests.cast import Cast


def nods() -> list[tuple[int, int]]:
    rows = session().execute(sa.select(ActivityNod.version, ActivityNod.person_id))
    return sorted((row[0], row[1]) for row in rows)


def moves(activity: Activity) -> list[str]:
    return [entry.move for entry in trail.of(activity)]


def test_a_proposal_waits_for_the_partner_and_pressing_twice_makes_one(cast: Cast) -> None:
    activity = propose(cast)
    again = propose(cast)

    assert again.id == activity.id
    assert activity.state is ActivityState.PROPOSED
    assert activity.plan_html == f"<p>{PLAN}</p>"
    assert nods() == [(1, cast.person("xiaomai").id)]
    assert moves(activity) == ["propose activity"]


@pytest.mark.parametrize("who", ["xiaolin", "xiaoyuan", "xiaoman", "teacher_bj", "editor"])
def test_an_outsider_proposes_nods_changes_and_talks_nowhere(cast: Cast, who: str) -> None:
    activity = propose(cast)
    stranger = cast.actor(who)

    for verb in (
        lambda: services.propose(cast.pair(), wording(), key="another-key", by=stranger),
        lambda: services.nod(activity, version=1, by=stranger),
        lambda: services.change(activity, wording(title="别的"), version=1, by=stranger),
        lambda: services.decline(activity, by=stranger),
        lambda: services.withdraw(activity, by=stranger),
        lambda: services.talk(activity, key="key-of-a-word", words="你好", by=stranger),
        lambda: services.step_out(activity, by=stranger),
    ):
        with pytest.raises(NotPermitted):
            verb()

    assert moves(activity) == ["propose activity"]


def test_both_have_nodded_to_the_same_words_when_it_is_agreed(cast: Cast) -> None:
    activity = propose(cast)

    services.change(activity, wording(title="下雨的天空"), version=1, by=cast.actor("xiaohe"))
    with pytest.raises(NotPermitted):
        services.nod(activity, version=2, by=cast.actor("xiaohe"))
    with pytest.raises(Conflict, match="刚改过"):
        services.nod(activity, version=1, by=cast.actor("xiaomai"))
    services.nod(activity, version=2, by=cast.actor("xiaomai"))
    services.nod(activity, version=2, by=cast.actor("xiaomai"))

    he, mai = (cast.person(who).id for who in ("xiaohe", "xiaomai"))
    assert activity.state is ActivityState.AGREED
    assert (activity.agreed_version, activity.title) == (2, "下雨的天空")
    assert nods() == sorted([(1, mai), (2, he), (2, mai)])
    assert moves(activity) == ["propose activity", "change activity", "agree on activity"]
    with pytest.raises(IllegalMove):
        services.change(activity, wording(title="又改"), version=2, by=cast.actor("xiaohe"))


def test_one_does_not_nod_to_ones_own_words(cast: Cast) -> None:
    activity = propose(cast)

    with pytest.raises(NotPermitted):
        services.nod(activity, version=1, by=cast.actor("xiaomai"))

    assert activity.state is ActivityState.PROPOSED


def test_a_change_from_an_older_page_overwrites_nothing(cast: Cast) -> None:
    activity = propose(cast)
    services.change(activity, wording(title="下雨的天空"), version=1, by=cast.actor("xiaohe"))

    with pytest.raises(Conflict):
        services.change(activity, wording(title="下雪的天空"), version=1, by=cast.actor("xiaomai"))
    services.change(activity, wording(title="下雨的天空"), version=2, by=cast.actor("xiaomai"))

    assert (activity.title, activity.version) == ("下雨的天空", 2)


def _at_once(app: Flask, *verbs: Callable[[], None]) -> list[Exception]:
    """Run all of them at the same moment, each on a connection of its own; gives what was refused."""
    refused: list[Exception] = []
    start = threading.Barrier(len(verbs))

    def run(verb: Callable[[], None]) -> None:
        with app.app_context():
            start.wait()
            try:
                verb()
            except (Conflict, IllegalMove, NotPermitted) as problem:
                refused.append(problem)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    session().rollback()
    return refused


def test_a_nod_and_a_change_at_once_never_agree_on_words_that_nobody_saw(
    app: Flask, cast: Cast
) -> None:
    for turn in range(4):
        number = propose(cast, key=f"{KEY}-{turn}").id

        refused = _nod_and_change_at_once(app, cast, number)

        activity = session().get_one(Activity, number)
        assert len(refused) == 1
        if activity.state is ActivityState.AGREED:
            assert (activity.title, activity.agreed_version, activity.version) == (
                "同一刻的天空",
                1,
                1,
            )
        else:
            assert (activity.title, activity.agreed_version, activity.version) == (
                "改过的",
                None,
                2,
            )
        if activity.is_proposed:
            services.withdraw(activity, by=cast.actor("xiaomai"))


def _nod_and_change_at_once(app: Flask, cast: Cast, number: int) -> list[Exception]:
    he, mai = cast.actor("xiaohe"), cast.actor("xiaomai")
    db.session.remove()

    def found() -> Activity:
        return session().get_one(Activity, number)

    return _at_once(
        app,
        lambda: services.nod(found(), version=1, by=he),
        lambda: services.change(found(), wording(title="改过的"), version=1, by=mai),
    )


def test_two_nods_at_once_agree_once(app: Flask, cast: Cast) -> None:
    number = propose(cast).id
    he = cast.actor("xiaohe")
    db.session.remove()

    def nod() -> None:
        services.nod(session().get_one(Activity, number), version=1, by=he)

    refused = _at_once(app, nod, nod)

    assert refused == []
    assert len(nods()) == 2
    assert moves(session().get_one(Activity, number)) == ["propose activity", "agree on activity"]


def test_declining_is_kind_and_ends_it_and_the_proposer_withdraws(cast: Cast) -> None:
    first, second = propose(cast), propose(cast, key="the-second-key")

    with pytest.raises(NotPermitted):
        services.decline(first, by=cast.actor("xiaomai"))
    with pytest.raises(NotPermitted):
        services.withdraw(second, by=cast.actor("xiaohe"))
    services.decline(first, words="这次我想换一件", by=cast.actor("xiaohe"))
    services.withdraw(second, by=cast.actor("xiaomai"))

    assert first.state is ActivityState.DECLINED
    assert first.ended_by_id == cast.person("xiaohe").id
    assert second.state is ActivityState.WITHDRAWN
    for over in (first, second):
        with pytest.raises(IllegalMove):
            services.nod(over, version=1, by=cast.actor("xiaohe"))


def test_either_steps_out_with_a_word_that_the_other_reads(cast: Cast) -> None:
    activity = agreed(cast)

    services.step_out(activity, words="最近要考试，下次再做", by=cast.actor("xiaohe"))

    assert activity.state is ActivityState.STEPPED_OUT
    assert moves(activity)[-1] == "step out"
    with pytest.raises(IllegalMove):
        services.step_out(activity, by=cast.actor("xiaomai"))
    with pytest.raises(IllegalMove):
        services.talk(activity, key="key-of-a-word", words="好的", by=cast.actor("xiaomai"))


def test_the_day_moves_when_both_want_it(cast: Cast) -> None:
    activity = agreed(cast)
    first, later = activity.do_by, clock.today() + timedelta(days=30)

    services.ask_for_date(activity, day=later, by=cast.actor("xiaohe"))
    assert activity.do_by == first
    with pytest.raises(IllegalMove):
        services.nod_to_date(activity, day=later, by=cast.actor("xiaohe"))
    with pytest.raises(Conflict):
        services.nod_to_date(activity, day=first, by=cast.actor("xiaomai"))
    services.nod_to_date(activity, day=later, by=cast.actor("xiaomai"))

    assert (activity.do_by, activity.asked_date) == (later, None)
    assert moves(activity)[-2:] == ["ask for another day", "agree on another day"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "字" * 31}, "title"),
        ({"title": "我的微信 abc12345"}, "title"),
        ({"plan": "加我 QQ 123456789 再商量"}, "plan"),
        ({"plan": "字" * 601}, "plan"),
        ({"do_by": None}, "do_by"),
        ({"do_by": clock.today() - timedelta(days=1)}, "do_by"),
        ({"do_by": clock.today() + timedelta(days=400)}, "do_by"),
    ],
)
def test_what_cannot_stand_is_said_field_by_field(
    cast: Cast, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        propose(cast, **changes)

    assert set(refused.value.fields) == {field}
    assert session().scalar(sa.select(sa.func.count(Activity.id))) == 0


def test_words_of_despair_are_kept_and_the_school_is_told_without_them(cast: Cast) -> None:
    activity = propose(cast, plan="我不想活了，什么都不想做")

    report = session().scalars(sa.select(Report)).one()
    assert activity.is_proposed
    assert report.kind is ReportKind.WORRY
    assert report.reporter_id == cast.person("xiaomai").id
    assert "不想活" not in report.words + report.about_label


def test_while_the_pair_rests_nothing_new_reaches_the_partner(cast: Cast) -> None:
    waiting, running = propose(cast), agreed(cast, key="the-second-key")
    blocking.pause(cast.pair(), by=cast.actor("xiaohe"))

    for verb in (
        lambda: propose(cast, key="the-third-key"),
        lambda: services.nod(waiting, version=1, by=cast.actor("xiaohe")),
        lambda: services.change(waiting, wording(title="别的"), version=1, by=cast.actor("xiaohe")),
        lambda: services.decline(waiting, by=cast.actor("xiaohe")),
        lambda: services.talk(running, key="a-word-key", words="在吗", by=cast.actor("xiaomai")),
        lambda: services.step_out(running, by=cast.actor("xiaomai")),
    ):
        with pytest.raises(Paused):
            verb()
    services.withdraw(waiting, by=cast.actor("xiaomai"))

    assert waiting.state is ActivityState.WITHDRAWN


def test_after_the_farewell_it_can_only_be_read(cast: Cast) -> None:
    activity = propose(cast)
    twinning.close(cast.pair(), reason="转学", by=cast.actor("teacher_bj"))

    with pytest.raises(NotPermitted):
        services.nod(activity, version=1, by=cast.actor("xiaohe"))
    with pytest.raises(NotPermitted):
        propose(cast, key="the-second-key")


def test_talking_it_over_is_looked_at_line_by_line_and_over_several_lines(cast: Cast) -> None:
    activity, mai = propose(cast), cast.actor("xiaomai")

    one = services.talk(activity, key="word-number-1", words=" 要是下雨呢？ ", by=mai)
    again = services.talk(activity, key="word-number-1", words="要是下雨呢？", by=mai)
    services.talk(activity, key="word-number-2", words="先记一下 1381", by=mai)
    with pytest.raises(Invalid) as refused:
        services.talk(activity, key="word-number-3", words="2345678", by=mai)

    assert (one.id, one.text) == (again.id, "要是下雨呢？")
    assert set(refused.value.fields) == {"words"}


def test_a_parting_line_is_looked_at_with_the_lines_before_it(cast: Cast) -> None:
    activity, mai = agreed(cast), cast.actor("xiaomai")
    services.talk(activity, key="word-number-1", words="先记一下 1381", by=mai)

    with pytest.raises(Invalid) as refused:
        services.step_out(activity, words="2345678", by=mai)

    assert set(refused.value.fields) == {"words"}
    assert activity.is_agreed


def test_a_child_has_a_few_proposals_at_a_time(cast: Cast) -> None:
    for number in range(MOST_PROPOSED):
        propose(cast, key=f"proposal-{number:03}")

    with pytest.raises(Invalid, match="等一等"):
        propose(cast, key="one-too-many")
    propose(cast, "xiaohe", key="of-the-other-one", idea=IdeaKind.CLUB)
