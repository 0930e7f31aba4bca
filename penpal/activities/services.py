"""Verbs of what two do together: propose, change, nod, decline, talk it over, move the day, step out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from penpal.activities import guarding, noticing, queries
from penpal.activities.events import News
from penpal.activities.guarding import Text
from penpal.activities.models import (
    MOST_PROPOSED,
    MOST_WORDS,
    PLAN_MAX,
    TITLE_MAX,
    WORD_MAX,
    Activity,
    ActivityNod,
    ActivityWord,
)
from penpal.activities.states import AGREE, DECLINE, STEP_OUT, WITHDRAW
from penpal.activities.theme_models import Theme
from penpal.activities.typed import Wording
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import lock, session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid
from penpal.permissions import Permission
from penpal.safeguarding import block_queries
from penpal.safeguarding import held as waiting
from penpal.safeguarding.blocking import Paused
from penpal.screening.findings import Context
from penpal.twinning.models import Pair

_CHANGED = _l("伙伴刚改过这个提议。看看现在的样子，再决定。")
_SPLIT = 4
"""So many of one's own last lines are looked at together with the new one."""


def propose(
    pair: Pair, wording: Wording, *, key: str, theme: Theme | None = None, by: Actor
) -> Activity:
    """Lay a thing to do before the partner; the same key proposes once.

    Raises ``Invalid`` with words for each field, the guard's too, and ``Paused``.
    """
    guarding.check_key(key)
    access.authorize(by, Permission.Activity.PROPOSE, pair)
    said, do_by, worries = _look(wording)
    with transaction() as current:
        lock(pair)
        access.authorize(by, Permission.Activity.PROPOSE, pair)
        known = queries.of_key(by.person_id, key)
        if known is not None:
            # A page that was gone back to has its old key; new words must not vanish behind it.
            if known.version == 1 and (known.title, known.plan) != (said.title, said.plan):
                raise Conflict(_l("这件事已经提过了。你刚才写的还在下面，可以另提一件。"))
            return known
        insist_on_contact(pair.id)
        if queries.waiting_proposals(pair, by.person_id) >= MOST_PROPOSED:
            raise Invalid(_l("你提议的有几件还在等伙伴点头。先等一等，或者收回一件。"))
        activity = Activity(
            key=key,
            pair_id=pair.id,
            proposed_by_id=by.person_id,
            worded_by_id=by.person_id,
            theme_id=theme.id if theme else None,
            do_by=do_by,
        )
        _fill(activity, said)
        current.add(activity)
        current.flush()
        _nod(activity, by)
        trail.write(activity, "propose activity", by=by, to_state=activity.state.value)
        tell(activity, News.PROPOSED, by)
        if worries:
            guarding.worry(by.person_id, "activity", activity.id)
    return activity


def change(activity: Activity, wording: Wording, *, version: int, by: Actor) -> None:
    """Other words for a proposal: a new version, to which only whoever words it has nodded.

    ``version`` is the one that the page showed. Raises ``Conflict`` when it is another by now.
    """
    access.authorize(by, Permission.Activity.CHANGE, activity)
    said, do_by, worries = _look(wording)
    with held(activity):
        access.authorize(by, Permission.Activity.CHANGE, activity)
        if not activity.is_proposed:
            raise IllegalMove
        if activity.version != version:
            raise Conflict(_CHANGED)
        insist_on_contact(activity.pair_id)
        before = (activity.idea, activity.title, activity.plan, activity.do_by)
        if before == (said.idea, said.title, said.plan, do_by):
            return
        _fill(activity, said)
        activity.do_by = do_by
        activity.version += 1
        activity.worded_by_id, activity.worded_at = _person(by), clock.now()
        _nod(activity, by)
        trail.write(activity, "change activity", by=by)
        tell(activity, News.CHANGED, by)
        if worries:
            guarding.worry(by.person_id, "activity", activity.id)


def nod(activity: Activity, *, version: int, by: Actor) -> None:
    """Say yes to what the other worded: from now on both have nodded to the same words.

    Raises ``Conflict`` when these are no longer the words that the page showed.
    """
    with held(activity):
        # A second press finds it agreed and asks for nothing more.
        if activity.agreed_version == version and activity.pair.has(by.person_id):
            return
        if activity.is_proposed and activity.version != version:
            raise Conflict(_CHANGED)
        access.authorize(by, Permission.Activity.NOD, activity)
        insist_on_contact(activity.pair_id)
        machine.fire(AGREE, activity, by=by, agreed_version=version, agreed_at=clock.now())
        _nod(activity, by)
        tell(activity, News.AGREED, by)


def decline(activity: Activity, *, words: str = "", by: Actor) -> None:
    """Kindly say no to a proposal, with a word or without."""
    _end(DECLINE, activity, words, by)


def step_out(activity: Activity, *, words: str = "", by: Actor) -> None:
    """Either leaves what was agreed, with a word or without; what each wrote stays with its author."""
    _end(STEP_OUT, activity, words, by, asked_date=None, asked_date_by_id=None)


def withdraw(activity: Activity, *, by: Actor) -> None:
    """Take one's own proposal back; that is possible in a pause as well."""
    with held(activity):
        machine.fire(WITHDRAW, activity, by=by, ended_at=clock.now(), ended_by_id=by.person_id)
        if not block_queries.is_paused(activity.pair_id):
            tell(activity, News.ENDED, by)


def talk(
    activity: Activity, *, key: str, words: str, released_by: Actor | None = None, by: Actor
) -> ActivityWord:
    """A line to the other about a thing that is proposed or agreed; the same key says it once.

    ``released_by`` lets go what its author asked for: the guard has been heard, and it is open.
    """
    guarding.check_key(key)
    access.authorize(by, Permission.Activity.TALK, activity)
    said = html.line(words)
    worries = False
    if released_by is None:
        before = lines_before(activity, by)
        worries = guarding.look(
            {"words": Text(said, WORD_MAX, Context.CHAT, _l("写一句再发。"), before)}
        )
    with held(activity) as current:
        access.authorize(by, Permission.Activity.TALK, activity)
        known = queries.word_of_key(by.person_id, key)
        if known is not None:
            if known.text != said or known.activity_id != activity.id:
                raise Conflict(_l("这一句已经说过了。你刚才写的还在下面，再发一次就行。"))
            return known
        insist_on_talk(activity)
        if released_by is None:
            waiting.take_out("activity_word", key, by=by)
        word = ActivityWord(key=key, activity_id=activity.id, author_id=by.person_id, text=said)
        word.is_open = released_by is not None
        current.add(word)
        current.flush()
        tell(activity, News.SAID, by)
        if worries:
            guarding.worry(by.person_id, "activity_word", word.id)
    return word


def ask_for_date(activity: Activity, *, day: date | None, by: Actor) -> None:
    """Ask the other for a later day; the one that was agreed holds until they nod."""
    access.authorize(by, Permission.Activity.CHANGE, activity)
    wanted = _day(day, {})
    with held(activity):
        access.authorize(by, Permission.Activity.CHANGE, activity)
        if not activity.is_agreed:
            raise IllegalMove
        insist_on_contact(activity.pair_id)
        if wanted == activity.do_by:
            raise Invalid(fields={"do_by": _l("这就是现在约好的日子。")})
        activity.asked_date, activity.asked_date_by_id = wanted, by.person_id
        trail.write(activity, "ask for another day", by=by)
        tell(activity, News.CHANGED, by)


def nod_to_date(activity: Activity, *, day: date | None, by: Actor) -> None:
    """The other day is agreed. Raises ``Conflict`` when it is not the one that the page showed."""
    with held(activity):
        access.authorize(by, Permission.Activity.CHANGE, activity)
        if activity.asked_date is None or activity.asked_date_by_id == by.person_id:
            raise IllegalMove
        if activity.asked_date != day:
            raise Conflict(_CHANGED)
        insist_on_contact(activity.pair_id)
        activity.do_by = activity.asked_date
        activity.asked_date = activity.asked_date_by_id = None
        trail.write(activity, "agree on another day", by=by)
        tell(activity, News.AGREED, by)


@contextmanager
def held(activity: Activity) -> Iterator[Session]:
    """One after the other: whoever pauses the pair or moves this thing waits."""
    with transaction() as current:
        lock(activity.pair)
        lock(activity)
        yield current


def insist_on_talk(activity: Activity) -> None:
    """Whether there is anything to talk over yet, and room for one more line. The caller holds it."""
    if not (activity.is_proposed or activity.is_agreed):
        raise IllegalMove
    insist_on_contact(activity.pair_id)
    if len(queries.words_of(activity)) >= MOST_WORDS:
        raise Invalid(fields={"words": _l("这里已经商量了很多，剩下的写进信里吧。")})


def lines_before(activity: Activity, by: Actor) -> str:
    """The last lines of the same author: what is split over several is still found."""
    own = [one.text for one in queries.words_of(activity) if one.author_id == by.person_id]
    return "".join(f"{line}\n" for line in own[-_SPLIT:])


def _end(step: machine.Move, activity: Activity, words: str, by: Actor, **also: Any) -> None:
    access.authorize(by, step.permission, activity)
    said = html.line(words)
    worries = guarding.look(
        {"words": Text(said, WORD_MAX, Context.CHAT, before=lines_before(activity, by))}
    )
    with held(activity) as current:
        insist_on_contact(activity.pair_id)
        machine.fire(
            step,
            activity,
            by=by,
            ended_at=clock.now(),
            ended_by_id=by.person_id,
            **also,
        )
        if said:
            key = f"end-of-activity-{activity.id}"
            current.add(
                ActivityWord(key=key, activity_id=activity.id, author_id=by.person_id, text=said)
            )
        tell(activity, News.ENDED, by)
        if worries:
            guarding.worry(by.person_id, "activity", activity.id)


def _look(wording: Wording) -> tuple[Wording, date, bool]:
    """The words as they are to be kept, the day, and whether somebody should ask the child how they are."""
    said = Wording(
        wording.idea, html.line(wording.title), html.normal(wording.plan).strip(), wording.do_by
    )
    problems: dict[str, object] = {}
    day = _day(wording.do_by, problems, keep=True)
    try:
        worries = guarding.look(
            {
                "title": Text(said.title, TITLE_MAX, Context.TITLE, _l("给这件事起个名字。")),
                "plan": Text(said.plan, PLAN_MAX, Context.LETTER),
            }
        )
    except Invalid as found:
        problems = {**found.fields, **problems}
    if problems:
        raise Invalid(fields=problems)
    return said, day, worries


def _day(day: date | None, problems: dict[str, object], *, keep: bool = False) -> date:
    """A day from today on, within the year; ``keep`` collects what is wrong instead of raising it."""
    today = clock.today()
    wrong: object = ""
    if day is None:
        wrong = _("选一天：两个人都在这一天以前做完。")
    elif day < today:
        wrong = _("这一天已经过去了，选今天或者以后的一天。")
    elif (day - today).days > 366:
        wrong = _("太远了，选一年以内的一天。")
    if wrong and not keep:
        raise Invalid(fields={"do_by": wrong})
    if wrong:
        problems["do_by"] = wrong
    return day or today


def _fill(activity: Activity, said: Wording) -> None:
    activity.idea, activity.title, activity.plan = said.idea, said.title, said.plan
    activity.plan_html = html.plain(said.plan)
    activity.direction = html.direction(said.plan or said.title)
    activity.sanitiser = html.VERSION


def _nod(activity: Activity, by: Actor) -> None:
    session().add(
        ActivityNod(activity_id=activity.id, version=activity.version, person_id=by.person_id)
    )


def _person(by: Actor) -> int:
    assert by.person_id is not None
    return by.person_id


def insist_on_contact(pair_id: int) -> None:
    """Nothing new reaches the other while a pause runs. The caller holds the pair."""
    if block_queries.is_paused(pair_id):
        raise Paused


def tell(activity: Activity, news: News, by: Actor) -> None:
    """Leave word for the other, in the transaction of the act itself."""
    other = activity.pair.partner_id_of(by.person_id)
    noticing.moved(activity, news, reader_id=other, name=by.display_name)
