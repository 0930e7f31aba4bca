"""Verbs of one's own record: keep, finish, take up again, show earlier, choose who reads it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from penpal.activities import guarding, queries
from penpal.activities import services as activities
from penpal.activities.events import News
from penpal.activities.guarding import Text
from penpal.activities.models import Activity
from penpal.activities.record_models import GAVE_MAX, TEXT_MAX, ActivityRecord
from penpal.activities.states import COMPLETE, FINISH, KEEP, REOPEN, SHARE, Seal, ShownTo
from penpal.activities.typed import Written
from penpal.kernel import access, clock, html, machine, trail
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import Conflict, IllegalMove, Invalid, Objected
from penpal.media import queries as pictures
from penpal.media import services as media
from penpal.media.services import Chosen
from penpal.permissions import Permission
from penpal.safeguarding import hold_queries, items, releasing
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.hold_states import HoldState
from penpal.screening.findings import Context

KIND = "activity_record"
_NOT_YET = _l("这一天还没有到。")


def save(activity: Activity, written: Written, *, by: Actor) -> ActivityRecord:
    """Keep what is there so far; it is its author's alone, and goes on in a pause as well.

    Raises ``Conflict`` when it has been written in elsewhere since.
    """
    return _keep(activity, written, False, by)


def finish(activity: Activity, written: Written, *, by: Actor) -> ActivityRecord:
    """It is done. When the other's is done too, each reads the other's from this moment."""
    return _keep(activity, written, True, by)


def ask(activity: Activity, written: Written, *, words: str = "", by: Actor) -> tuple[Hold, bool]:
    """Keep it as a draft and ask the author's teacher to release it as it is: then it is done, and open.

    Gives whether there are words of despair in it. Raises ``Invalid`` where the guard finds nothing.
    """
    day = written.done_on or clock.today()
    if day > clock.today():
        raise Invalid(fields={"done_on": _NOT_YET})
    with activities.held(activity):
        activities.insist_on_contact(activity.pair_id)
        record = _keep(activity, replace(written, done_on=day), False, by)
        said = releasing.whole(
            [
                (record.text, Context.LETTER),
                (record.gave, Context.LETTER),
                *releasing.descriptions(releasing.kept(KIND, record.id)),
            ]
        )
        content = items.read(KIND, record.id)
        assert content is not None
        hold = releasing.ask(content, said, words=words, by=by)
        if said.worries:
            guarding.worry(by.person_id, KIND, record.id)
    return hold, said.worries


def release(record: ActivityRecord, *, by: Actor) -> None:
    """A teacher lets go what its author asked them to release; it is done now, and open."""
    written = Written(record.text, record.gave, record.done_on, Seal.OPEN, revision=record.revision)
    with transaction(), releasing.in_the_name_of(record.author_id) as author:
        _keep(record.activity, written, True, author, is_released=True)
        trail.write(record, "release", by=by)


def release_of(record: ActivityRecord) -> Hold | None:
    """The request because of which a teacher let it go, unless it was taken up again since."""
    asked = hold_queries.last(KIND, record.id)
    if asked is None or asked.state is not HoldState.RELEASED or record.done_at is None:
        return None
    return asked if asked.settled_at and record.done_at <= asked.settled_at else None


def reopen(record: ActivityRecord, *, by: Actor) -> None:
    """Take it up again, as long as the partner cannot read it."""
    with activities.held(record.activity):
        machine.fire(REOPEN, record, by=by, done_at=None)


def share(record: ActivityRecord, *, by: Actor) -> None:
    """Let the partner read it already, though theirs is not done."""
    with activities.held(record.activity):
        session().refresh(record)
        access.authorize(by, Permission.ActivityRecord.SHARE, record)
        if record.is_shared:
            return
        if record.is_draft:
            raise IllegalMove
        activities.insist_on_contact(record.activity.pair_id)
        record.shared_at = clock.now()
        trail.write(record, "share record", by=by)
        activities.tell(record.activity, News.SHARED, by)


def reseal(record: ActivityRecord, *, seal: Seal, by: Actor) -> None:
    """Choose anew whether the class teacher may read it; possible at any time.

    What a teacher released was released as an open one, and stays so as long as it says the same.
    """
    with activities.held(record.activity):
        session().refresh(record)
        access.authorize(by, Permission.ActivityRecord.SEAL, record)
        if seal is Seal.SEALED and release_of(record) is not None:
            raise IllegalMove(_l("这一份是老师放行的，所以老师也可以看。"))
        if record.seal is not seal:
            record.seal = seal
            trail.write(record, "choose who reads record", by=by)


def wish(activity: Activity, *, to: ShownTo, by: Actor) -> None:
    """Say whom one would show what the two did. It counts when both say the same.

    Going back to 'for us two' takes effect at once, in a pause and after the farewell too.
    """
    wider = to is not ShownTo.US
    permission = Permission.Activity.SHARE if wider else Permission.Activity.KEEP
    access.authorize(by, permission, activity)
    with activities.held(activity):
        access.authorize(by, permission, activity)
        mine = queries.record_of(activity, by.person_id)
        other = queries.record_of(activity, activity.pair.partner_id_of(by.person_id))
        if not activity.is_done or mine is None or other is None:
            raise IllegalMove
        if wider:
            activities.insist_on_contact(activity.pair_id)
        if mine.wish is to:
            return
        mine.wish = to
        trail.write(mine, "wish who sees it", by=by, reason=to.value)
        if activity.shown_to is not None:
            machine.fire(KEEP, activity, by=by, shown_to=None)
        # Nobody asks for anything by keeping to the two: that needs no running pair.
        if mine.wish is other.wish and access.may(by, Permission.Activity.SHARE, activity):
            machine.fire(SHARE, activity, by=by, shown_to=to)


def read_along(record: ActivityRecord, *, by: Actor) -> None:
    """A teacher reads what is open to them; the first time since it was done stands on the trail."""
    access.authorize(by, Permission.ActivityRecord.READ, record)
    since: datetime | None = record.done_at
    if since and not trail.is_told(record, "read record along", by=by, since=since):
        with activities.held(record.activity):
            trail.write(record, "read record along", by=by)


def put_away(record: ActivityRecord, *, by: Actor) -> None:
    """A teacher has read it along and wants to be reminded of it no more."""
    access.authorize(by, Permission.ActivityRecord.READ, record)
    with transaction():
        trail.write(record, "put record away", by=by)


def _keep(
    activity: Activity, written: Written, is_done: bool, by: Actor, *, is_released: bool = False
) -> ActivityRecord:
    access.authorize(by, Permission.ActivityRecord.WRITE, activity)
    text, gave = html.normal(written.text).strip(), html.normal(written.gave).strip()
    day, worries = _look(text, gave, written, is_done and not is_released)
    with activities.held(activity) as current:
        access.authorize(by, Permission.ActivityRecord.WRITE, activity)
        record = queries.record_of(activity, by.person_id)
        if record is not None and not record.is_draft:
            if is_done and (record.text, record.gave) == (text, gave):
                return record
            raise IllegalMove(_l("这份记录已经做完了。想再改，先点“再改一改”。"))
        if not activity.is_agreed:
            raise IllegalMove
        if is_done:
            activities.insist_on_contact(activity.pair_id)
        if record is None:
            record = ActivityRecord(activity_id=activity.id, author_id=by.person_id, revision=0)
            current.add(record)
        elif record.revision > written.revision and (record.text, record.gave) != (
            text,
            gave,
        ):
            raise Conflict(_l("这份记录在别处刚写过。你写的还在下面，先复制下来，再刷新看看。"))
        if record.id is not None and not is_released:
            _take_back_other(record, text, gave, written.photos, by)
        _fill(record, text, gave, day, written.seal)
        record.revision += 1
        current.flush()
        chosen = _chosen(record, written.photos)
        if is_done and not text and not chosen:
            raise Invalid(fields={"text": _l("写几句，或者放一张照片。")})
        media.attach(KIND, record.id, chosen, by=by, look=is_done and not is_released)
        if is_done:
            _finish(activity, record, by)
            if worries:
                guarding.worry(by.person_id, KIND, record.id)
    return record


def _take_back_other(
    record: ActivityRecord, text: str, gave: str, photos: Sequence[Chosen] | None, by: Actor
) -> None:
    """A teacher who was asked to release it read other words, or saw other photos."""
    if (record.text, record.gave) != (text, gave) or not releasing.are_kept(
        KIND, record.id, photos
    ):
        releasing.take_back(KIND, record.id, by=by)


def _chosen(record: ActivityRecord, photos: Sequence[Chosen] | None) -> Sequence[Chosen]:
    """What the page chose or, where it said nothing of photos, what is there."""
    if photos is not None:
        return photos
    kept = pictures.of(KIND, [record.id]).get(record.id, ())
    return [Chosen(one.id, one.description) for one in kept]


def _look(text: str, gave: str, written: Written, is_done: bool) -> tuple[date | None, bool]:
    """The day, and whether there are words of despair. A draft is not looked through, only measured."""
    day = written.done_on
    if not is_done:
        for name, words, most in (("text", text, TEXT_MAX), ("gave", gave, GAVE_MAX)):
            if len(words) > most:
                raise Invalid(fields={name: _l("太长了，先存前面的。")})
        return day, False
    problems: dict[str, object] = {}
    if day is not None and day > clock.today():
        problems["done_on"] = _NOT_YET
    worries = False
    try:
        worries = guarding.look(
            {
                "text": Text(text, TEXT_MAX, Context.LETTER),
                "gave": Text(gave, GAVE_MAX, Context.LETTER),
            }
        )
    except Objected as found:
        raise Objected(fields={**found.fields, **problems}) from found
    except Invalid as found:
        problems = {**found.fields, **problems}
    if problems:
        raise Invalid(fields=problems)
    return day or clock.today(), worries


def _finish(activity: Activity, record: ActivityRecord, by: Actor) -> None:
    now = clock.now()
    machine.fire(FINISH, record, by=by, done_at=now)
    other = queries.record_of(activity, activity.pair.partner_id_of(by.person_id))
    if other is None or other.is_draft:
        activities.tell(activity, News.DONE, by)
        return
    for each in (record, other):
        each.shared_at = each.shared_at or now
    machine.fire(COMPLETE, activity, by=by, done_at=now, asked_date=None, asked_date_by_id=None)
    activities.tell(activity, News.SHARED, by)


def _fill(record: ActivityRecord, text: str, gave: str, day: date | None, seal: Seal) -> None:
    record.text, record.gave = text, gave
    record.text_html, record.gave_html = html.plain(text), html.plain(gave)
    record.direction = html.direction(text or gave)
    record.sanitiser = html.VERSION
    record.done_on, record.seal = day, seal
    record.saved_at = clock.now()
