"""Verbs of uploads: receive a file, explain, confirm, cancel and forget it; long ones by jobs."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from penpal.accounts import snapshots
from penpal.kernel import clock, html, jobs, sealing, trail
from penpal.kernel.access import Actor, authorize
from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotFound, NotPermitted, PenpalError
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.rosters import files, forbidden, queries, reading, services
from penpal.rosters.headings import Column
from penpal.rosters.models import FILE_NAME_MAX, RosterUpload, Stage
from penpal.rosters.planning import Plan
from penpal.rosters.reading import Question
from penpal.rosters.sheets import Progress, Sheet, in_silence
from penpal.rosters.watching import Stopped, Watch, turn_of

UPLOADS_LIVE = timedelta(days=1)
READ_AT_ONCE = 2 * 1024 * 1024
"""Unpacked bytes that are read while the browser waits; more is read by a job."""
WRITE_AT_ONCE = 2_000
"""Rows that are written while the browser waits."""
PATIENCE = timedelta(minutes=2)
"""How long a job may say nothing before it counts as lost."""
SEALED_LIVES = timedelta(hours=1)

_LOST = _l("读到一半停了，可能是服务器重新启动过。文件没有留下，学校里什么也没变。再传一次就好。")
_WRONG_KEY = _l("这份文件是在另一个浏览器里传的，这里打不开。请再传一次。")
_TWICE = _l("两列不能是同一样东西。留下对的那一列。")


def receive(school: Unit, content: bytes, *, file_name: str, by: Actor) -> tuple[RosterUpload, str]:
    """Take a file in; returns the upload and the key to what is sealed of it.

    A short file is read at once. A long one is sealed and read by a job, and one whose columns have
    to be explained waits sealed. Raises ``Invalid`` in words that say what to do.
    """
    authorize(by, Permission.Roster.IMPORT, school)
    files.refuse_at_sight(content)
    key = sealing.fresh_key()
    if files.weight(content) > READ_AT_ONCE:
        upload = _put(
            school,
            file_name,
            sealed=sealing.seal(content, key),
            queued_at=clock.now(),
            by=by,
        )
        jobs.enqueue("rosters.read", upload_id=upload.id, turn=turn_of(upload), key=key)
        return upload, key
    try:
        sheet = reading.read(content, remembered=queries.remembered(school.id))
    except reading.Unexplained as problem:
        asked = _sealed(problem.question, key)
        return _put(school, file_name, sealed=asked, asked_at=clock.now(), by=by), key
    return keep(school, sheet, file_name=file_name, by=by), key


def keep(school: Unit, sheet: Sheet, *, file_name: str, by: Actor) -> RosterUpload:
    """Keep the cleaned rows of a file until they are confirmed, in place of the last upload."""
    authorize(by, Permission.Roster.IMPORT, school)
    return _put(school, file_name, sheet=sheet.to_json(), by=by)


def _put(school: Unit, file_name: str, *, by: Actor, **facts: object) -> RosterUpload:
    shown = html.line(file_name)[:FILE_NAME_MAX]
    with transaction() as current:
        current.execute(
            sa.delete(RosterUpload).where(
                RosterUpload.school_id == school.id, RosterUpload.made_by_id == by.person_id
            )
        )
        upload = RosterUpload(
            school_id=school.id,
            made_by_id=by.person_id,
            file_name="" if forbidden.is_value(shown) else shown,
            **facts,
        )
        current.add(upload)
        current.flush()
    return upload


def read_sealed(upload_id: int, *, turn: float, key: str) -> None:
    """Read what was sealed, as far as nobody calls it off. Twice the same finds it read."""
    # The reading takes long: the row is let go before it, and asked for again after it.
    with transaction():
        upload = _held(upload_id)
        if upload is None or turn_of(upload) != turn or upload.sealed is None:
            return
        sealed = upload.sealed
        known = queries.remembered(upload.school_id)
    watch = Watch(upload_id, turn)
    asked = sheet = None
    trouble = ""
    try:
        sheet = reading.read(sealing.unseal(sealed, key), remembered=known, progress=watch)
    except reading.Unexplained as problem:
        asked = _sealed(problem.question, key)
    except Invalid as problem:
        trouble = _untranslated(problem)
    except Stopped:
        return
    finally:
        watch.forget()
    with transaction():
        kept = _held(upload_id)
        if kept is not None and turn_of(kept) == turn:
            kept.queued_at = None
            kept.sealed = asked
            kept.asked_at = clock.now() if asked else None
            kept.sheet = sheet.to_json() if sheet else None
            kept.trouble = trouble


def _sealed(question: Question, key: str) -> bytes:
    return sealing.seal(zlib.compress(json.dumps(question.to_json()).encode()), key)


def question(upload: RosterUpload, *, key: str, by: Actor) -> Question:
    """What is to be said about the columns of a file, for whoever holds the key to it."""
    authorize(by, Permission.Roster.IMPORT, upload.school)
    if upload.stage is not Stage.ASKING or upload.sealed is None:
        raise IllegalMove
    try:
        opened = zlib.decompress(sealing.unseal(upload.sealed, key))
    except sealing.WrongKey as problem:
        raise Invalid(_WRONG_KEY) from problem
    return Question.from_json(json.loads(opened))


def explain(upload: RosterUpload, chosen: Mapping[int, Column], *, key: str, by: Actor) -> None:
    """Say what the columns are, by their places; the school's next file is read by the same words.

    Raises ``Invalid`` with words for each column chosen twice, or for the one that still lacks.
    """
    asked = question(upload, key=key, by=by)
    offered = {column.place: column.heading for column in asked.columns}
    said = {place: column for place, column in chosen.items() if place in offered}
    taken = [*asked.located, *said.values()]
    twice = {f"column-{place}": _TWICE for place, c in said.items() if taken.count(c) > 1}
    if twice:
        raise Invalid(fields=twice)
    sheet = reading.explain(asked, said)
    upload_id, school = upload.id, upload.school
    with transaction():
        kept = _held(upload_id)
        if kept is None or kept.stage is not Stage.ASKING:
            raise IllegalMove
        kept.asked_at = kept.sealed = None
        kept.sheet = sheet.to_json()
        for place, column in said.items():
            services.remember_heading(school, offered[place], column, by=by)
        trail.write(school, "explained headings", by=by, reason=str(len(said)))


def confirm(upload: RosterUpload, *, seen: str, by: Actor) -> None:
    """Apply what was uploaded, a long roster by a job. Twice the same counts once."""
    authorize(by, Permission.Roster.IMPORT, upload.school)
    upload_id = upload.id
    if upload.stage is Stage.WRITING:
        return
    if upload.stage is Stage.CHECKED and len((upload.sheet or {})["rows"]) > WRITE_AT_ONCE:
        with transaction():
            kept = _held(upload_id)
            if kept is None or kept.stage is not Stage.CHECKED:
                return
            kept.queued_at = clock.now()
            kept.trouble = ""
        jobs.enqueue(
            "rosters.write",
            upload_id=upload_id,
            turn=turn_of(upload),
            seen=seen,
            person_id=by.person_id,
        )
        return
    _write(upload_id, seen=seen, by=by)


def write_confirmed(upload_id: int, *, turn: float, seen: str, person_id: int) -> None:
    """Apply what a person confirmed, as that person, as far as nobody calls it off."""
    upload = session().get(RosterUpload, upload_id)
    by = snapshots.of(person_id)
    if upload is None or turn_of(upload) != turn or by is None:
        return
    watch = Watch(upload_id, turn)
    try:
        _write(upload_id, seen=seen, by=by, progress=watch)
    except (Stopped, NotFound):
        return
    except (IllegalMove, NotPermitted) as problem:
        with transaction():
            kept = _held(upload_id)
            if kept is not None and turn_of(kept) == turn:
                kept.queued_at, kept.trouble = None, _untranslated(problem)
    finally:
        watch.forget()


def _write(upload_id: int, *, seen: str, by: Actor, progress: Progress = in_silence) -> None:
    with transaction():
        kept = _held(upload_id)
        if kept is None:
            raise NotFound
        if kept.stage is Stage.APPLIED:
            return
        if kept.sheet is None:
            raise IllegalMove
        sheet = Sheet.from_json(kept.sheet)
        plan = services.apply(kept.school, sheet, by=by, seen=seen, progress=progress)
        kept.queued_at = None
        kept.trouble = ""
        kept.applied_at = clock.now()
        kept.figures = plan.to_json()
        kept.sheet = replace(sheet, rows=tuple(line.row for line in plan.refused)).to_json()


def result(upload: RosterUpload, *, by: Actor) -> Plan:
    """What was done with an upload, or would be."""
    authorize(by, Permission.Roster.IMPORT, upload.school)
    if upload.sheet is None:
        raise IllegalMove
    sheet = Sheet.from_json(upload.sheet)
    if upload.figures is None:
        return services.check(upload.school, sheet, by=by)
    return Plan.from_json(upload.figures, sheet.rows)


@dataclass(frozen=True, slots=True)
class HowFar:
    """How far a job is with an upload; ``percent`` is None before it has said a word."""

    stage: Stage
    percent: int | None = None
    lost: bool = False
    """Whether it has said nothing for so long that it will not."""

    @property
    def runs(self) -> bool:
        return self.stage in (Stage.READING, Stage.WRITING) and not self.lost


def how_far(upload: RosterUpload, *, by: Actor) -> HowFar:
    """Where an upload stands. A job that was lost with its process gives it back."""
    authorize(by, Permission.Roster.IMPORT, upload.school)
    if upload.queued_at is None:
        return HowFar(upload.stage)
    word = Watch(upload.id, turn_of(upload)).last_word() or {}
    heard = max(upload.queued_at.timestamp(), word.get("at", 0))
    if clock.now().timestamp() - heard > PATIENCE.total_seconds():
        _give_back(RosterUpload.id == upload.id)
        session().refresh(upload)
        return HowFar(upload.stage, lost=True)
    percent = 100 * word["done"] // max(word["all"], 1) if word else None
    return HowFar(upload.stage, percent)


def _give_back(which: sa.ColumnElement[bool]) -> None:
    """End the waiting for a job: what was read can be confirmed again, what was not is dropped."""
    with transaction() as current:
        lost = sa.update(RosterUpload).where(which, RosterUpload.queued_at.is_not(None))
        current.execute(lost.where(RosterUpload.sheet.is_not(None)).values(queued_at=None))
        current.execute(
            lost.where(RosterUpload.sheet.is_(None)).values(
                queued_at=None, sealed=None, trouble=_untranslated(Invalid(_LOST))
            )
        )


def cancel(upload: RosterUpload, *, by: Actor) -> None:
    """Forget an upload and stop the job that is at it; the school stays as it was.

    Raises ``IllegalMove`` when it is written already.
    """
    authorize(by, Permission.Roster.IMPORT, upload.school)
    upload_id = upload.id
    if upload.queued_at is not None:
        # Said before the row is asked for: the job that writes holds it until it hears this.
        Watch(upload_id, turn_of(upload)).call_off()
    with transaction() as current:
        kept = _held(upload_id)
        if kept is None:
            return
        if kept.stage is Stage.APPLIED:
            raise IllegalMove(_l("这份名册已经写好了，收不回来。有错就改好再传一次。"))
        current.execute(sa.delete(RosterUpload).where(RosterUpload.id == upload_id))


def forget_uploads() -> None:
    """Delete uploads that are older than a day. Safe to run at any time."""
    with transaction() as current:
        current.execute(
            sa.delete(RosterUpload).where(RosterUpload.created_at < clock.now() - UPLOADS_LIVE)
        )


def forget_sealed() -> None:
    """Drop what has been sealed for longer than any job or person takes. Safe to run at any time."""
    before = clock.now() - SEALED_LIVES
    _give_back(RosterUpload.queued_at < before)
    with transaction() as current:
        current.execute(sa.delete(RosterUpload).where(RosterUpload.asked_at < before))


def _held(upload_id: int) -> RosterUpload | None:
    """The upload as it is now, held until the transaction ends."""
    return session().get(RosterUpload, upload_id, populate_existing=True, with_for_update=True)


def _untranslated(problem: PenpalError) -> str:
    """The words as they stand in the code: whoever reads them later has a language of their own."""
    with force_locale("zh_Hans"):
        return str(problem)
