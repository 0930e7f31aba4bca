"""No way into print but the whole way: whatever is left out, and whatever happens in between.

The way from a letter to a page is walked with steps left out and disturbances put in, by everybody who
could try. What has truly been said is kept here, in plain sets, and not asked of the product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from penpal.consent import services as consent
from penpal.consent.models import Giver, Purpose
from penpal.kernel import clock, machine
from penpal.kernel.access import NOBODY, SYSTEM, Actor
from penpal.kernel.db import db, session, transaction
from penpal.kernel.errors import PenpalError
from penpal.places import rest
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.publishing.editing import answering
from penpal.publishing.editing import queries as versions
from penpal.publishing.editing import services as desk
from penpal.publishing.editing import versions as editing
from penpal.publishing.editing.answering import Said
from penpal.publishing.editing.models import Change, Verdict
from penpal.publishing.issues import services as issues
from penpal.publishing.issues import signing
from penpal.publishing.issues.models import ColumnIssue
from penpal.publishing.pieces import links, services, states, sweeping, withdrawing
from penpal.publishing.pieces.freezing import Copy
from penpal.publishing.pieces.models import Submission
from penpal.publishing.pieces.services import About, Own
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.reviews import queries as stations
from penpal.publishing.reviews import services as reviews
from penpal.publishing.special import subscribers as special
from tests.cast import STAFF, STUDENTS, Cast
from tests.conftest import Store
from tests.publishing.pieces import submitting
from tests.publishing.reviews import piecework

BOTH = ("xiaohe", "xiaomai")
OFFICES = ("teacher_bj", "teacher_ht", "secretary_bj", "secretary_ht")


@dataclass
class World:
    """One piece, and what has been said of it as the people in it would remember."""

    cast: Cast
    piece: Submission
    agreed: set[tuple[str, Giver, int]] = field(default_factory=set)
    ledger: set[tuple[str, Giver]] = field(default_factory=set)
    approved: set[tuple[str, int]] = field(default_factory=set)
    open_changes: bool = False

    @property
    def revision(self) -> int:
        return self.piece.revision

    def may_be_printed(self) -> bool:
        everyone = {(who, giver, self.revision) for who in BOTH for giver in Giver}
        ledger = {(who, giver) for who in BOTH for giver in Giver}
        offices = {(who, self.revision) for who in OFFICES}
        return (
            everyone <= self.agreed
            and ledger <= self.ledger
            and offices <= self.approved
            and not self.open_changes
        )


Act = Callable[[World], None]


def _agree(world: World) -> None:
    submitting.say_yes(world.cast, world.piece, "xiaomai")
    world.agreed.add(("xiaomai", Giver.STUDENT, world.revision))
    world.ledger.add(("xiaomai", Giver.STUDENT))


def _sign(who: str) -> Act:
    def act(world: World) -> None:
        links.record_paper(
            submitting.party(world.cast, world.piece, who),
            agrees=True,
            with_photos=False,
            revision=world.revision,
            by=world.cast.actor(submitting.TEACHERS[who]),
        )
        world.agreed.add((who, Giver.GUARDIAN, world.revision))

    return act


def _ledger(who: str) -> Act:
    def act(world: World) -> None:
        submitting.ledger(world.cast, who, Purpose.PUBLICATION)
        world.ledger.add((who, Giver.GUARDIAN))

    return act


def _unsay_ledger(who: str) -> Act:
    def act(world: World) -> None:
        consent.withdraw(
            world.cast.person(who), purpose=Purpose.PUBLICATION, by=world.cast.actor(who)
        )
        world.ledger.discard((who, Giver.STUDENT))

    return act


def _approve(who: str) -> Act:
    def act(world: World) -> None:
        actor = world.cast.actor(who)
        for station in stations.standing(world.piece):
            with suppress(PenpalError):
                reviews.approve(station, by=actor)
                world.approved.add((who, world.revision))

    return act


def _send_back(world: World) -> None:
    for station in stations.standing(world.piece):
        with suppress(PenpalError):
            reviews.send_back(station, "再想一想。", by=world.cast.actor("teacher_bj"))


def _mend(world: World) -> None:
    services.mend(
        world.piece,
        revision=world.revision,
        about=About("槐树"),
        copy=Copy(body="看了很久的叶子。"),
        own=Own(),
        by=world.cast.actor("xiaohe"),
    )
    session().refresh(world.piece)
    world.agreed.add(("xiaohe", Giver.STUDENT, world.revision))


def _take(world: World) -> None:
    desk.take(world.piece, by=world.cast.actor("editor"))
    world.open_changes = False


def _offer(world: World) -> None:
    editor = world.cast.actor("editor")
    version = versions.draft_of(world.piece)
    texts = {part.id: f"{part.body}真的。" for part in world.piece.current_parts()}
    saved = version.saved if version is not None and version.offered_at is None else 0
    desk.save(world.piece, desk.Typed("改过的题目", "", texts, saved=saved), by=editor)
    desk.offer(world.piece, by=editor)
    world.open_changes = True


def _say(verdict: Verdict) -> Act:
    def act(world: World) -> None:
        version = versions.newest(world.piece)
        assert version is not None
        changes = session().scalars(sa.select(Change).where(Change.version_id == version.id)).all()
        said = {one.id: Said(verdict, "") for one in changes}
        answering.say(version, said, finish=True, by=world.cast.actor("xiaohe"))
        world.open_changes = verdict is not Verdict.ACCEPTED

    return act


def _plan(world: World) -> None:
    programme = programmes.programme(ProgrammeKey.PEN_PALS)
    issue = session().scalars(sa.select(ColumnIssue)).first()
    issue = issue or issues.plan(programme, by=world.cast.actor("editor"))
    issues.put(issue, world.piece, by=world.cast.actor("editor"))


def _sign_off(world: World) -> None:
    issue = session().scalars(sa.select(ColumnIssue)).first()
    assert issue is not None
    signing.sign_off(issue, clock.now() - timedelta(seconds=1), by=world.cast.actor("editor"))


def _come_out(_world: World) -> None:
    signing.come_out_due()


def _withdraw(who: str) -> Act:
    def act(world: World) -> None:
        withdrawing.withdraw(world.piece, by=world.cast.actor(who))

    return act


def _force(world: World) -> None:
    """Everybody fires every move at it that brings a piece into print or nearer to it."""
    everyone: list[Actor] = [
        SYSTEM,
        NOBODY,
        *(world.cast.actor(who) for who in (*STUDENTS, *STAFF)),
    ]
    for actor in everyone:
        with suppress(PenpalError):
            machine.fire(states.PUBLISH, world.piece, by=actor, published_at=clock.now())


WAY: dict[str, Act] = {
    "the partner agrees": _agree,
    "a guardian signs": _sign("xiaohe"),
    "the other guardian signs": _sign("xiaomai"),
    "the ledger of one": _ledger("xiaohe"),
    "the ledger of the other": _ledger("xiaomai"),
    "a teacher approves": _approve("teacher_bj"),
    "the other teacher approves": _approve("teacher_ht"),
    "a secretary approves": _approve("secretary_bj"),
    "the other secretary approves": _approve("secretary_ht"),
    "the county approves": _approve("county_bj"),
    "the editor takes it": _take,
    "it is planned": _plan,
    "the issue is signed off": _sign_off,
    "it comes out": _come_out,
}
BESIDE: dict[str, Act] = {
    "everybody forces it": _force,
    "a child takes publication back": _unsay_ledger("xiaomai"),
    "it is sent back": _send_back,
    "it is mended": _mend,
    "the editor changes it": _offer,
    "the author accepts": _say(Verdict.ACCEPTED),
    "the author rejects": _say(Verdict.REJECTED),
    "a child withdraws": _withdraw("xiaomai"),
    "a stranger withdraws": _withdraw("xiaoyuan"),
    "the job looks": lambda _world: (sweeping.sweep(), None)[1],
    "it comes out early": _come_out,
}
ACTS = WAY | BESIDE


@pytest.fixture
def sqlite_app(stores: Callable[[str], Store]) -> Iterator[tuple[Store, Flask]]:
    """One engine suffices: it is the rules that are asked, and the same rows."""
    store = stores("sqlite")
    with store.app.app_context():
        yield store, store.app
        db.session.remove()


def walk(store: Store, acts: list[str]) -> World:
    db.session.remove()
    store.restore()
    rest.forget()
    special.forget(store.app)
    cast = Cast()
    world = World(cast, submitting.submit(cast))
    world.agreed.add(("xiaohe", Giver.STUDENT, 1))
    world.ledger.add(("xiaohe", Giver.STUDENT))
    reader = store.app.test_client()
    was_published = False
    for name in acts:
        with suppress(PenpalError, AssertionError):
            ACTS[name](world)
        session().rollback()
        session().refresh(world.piece)
        is_published = world.piece.state is SubmissionState.PUBLISHED
        if is_published and not was_published:
            assert world.may_be_printed(), acts
        if is_published == was_published and name != acts[-1]:
            continue
        was_published = is_published
        answer = reader.get(f"/special/{world.piece.id}")
        assert (answer.status_code == 200) == is_published, (name, acts)
    return world


WHOLE = list(WAY)
CHANGED = [
    *WHOLE[: WHOLE.index("the editor takes it")],
    "the editor changes it",
    "the author accepts",
    *WHOLE[WHOLE.index("it is planned") :],
]


def test_the_whole_way_leads_into_print(sqlite_app: tuple[Store, Flask]) -> None:
    """Else the test below would prove nothing."""
    assert walk(sqlite_app[0], WHOLE).piece.state is SubmissionState.PUBLISHED
    assert walk(sqlite_app[0], CHANGED).piece.state is SubmissionState.PUBLISHED


@settings(
    max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], derandomize=True
)
@given(
    way=st.sampled_from([WHOLE, CHANGED]),
    left_out=st.sets(st.integers(0, len(WHOLE) - 1), max_size=2),
    beside=st.lists(
        st.tuples(st.integers(0, len(WHOLE)), st.sampled_from(sorted(BESIDE))), max_size=4
    ),
)
@example(way=WHOLE, left_out=set(), beside=[(13, "a child takes publication back")])
@example(way=CHANGED, left_out={11}, beside=[(11, "the author rejects")])
@example(way=WHOLE, left_out=set(), beside=[(6, "it is sent back"), (7, "it is mended")])
@example(way=WHOLE, left_out=set(), beside=[(n, "everybody forces it") for n in range(0, 14, 3)])
def test_nothing_is_printed_without_every_yes(
    sqlite_app: tuple[Store, Flask],
    way: list[str],
    left_out: set[int],
    beside: list[tuple[int, str]],
) -> None:
    acts = [name for place, name in enumerate(way) if place not in left_out]
    for place, name in sorted(beside, reverse=True):
        acts.insert(min(place, len(acts)), name)

    walk(sqlite_app[0], acts)


MARK = "一个谁也不该在网上读到的句子"
WORDS = {"section_key": "letters", "theme_key": "seasons", "form": "jpeg", "size": "small"}


def _public_addresses(app: Flask, number: int) -> list[str]:
    """Every page that is open to anybody, asked for with the number of the piece wherever a number goes."""
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        is_open = getattr(view, "permission", "unknown") is None
        if not is_open or "GET" not in (rule.methods or ()):
            continue
        values = {name: WORDS.get(name, number) for name in rule.arguments}
        found.append(app.url_map.bind("").build(rule.endpoint, values))
    return found


def test_no_public_page_shows_a_word_of_what_is_not_in_print(
    sqlite_app: tuple[Store, Flask],
) -> None:
    store, app = sqlite_app
    store.restore()
    piece = piecework.piece(Cast(), body=MARK)
    with transaction():
        piece.title = MARK[:8]
        version = editing.zero(piece)
    reader = app.test_client()
    addresses = _public_addresses(app, piece.id)
    assert f"/special/{piece.id}" in addresses
    for state in SubmissionState:
        if state is SubmissionState.PUBLISHED:
            continue
        with transaction() as current:
            current.execute(
                sa.update(Submission)
                .where(Submission.id == piece.id)
                .values(state=state, version_id=version.id, published_at=clock.now())
            )
        special.forget(app)
        for address in [*addresses, "/special/search?words=一个谁也", "/special/search?q=一个谁也"]:
            answer = reader.get(address)
            told = answer.get_data()
            assert MARK.encode() not in told, (state, address)
            assert MARK[:8].encode() not in told or "search" in address, (state, address)
