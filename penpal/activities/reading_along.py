"""Records that their authors left open, as their teacher reads them along."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext as _

from penpal.activities import eyes, queries, recording
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.permissions import Permission
from penpal.safeguarding.along import Kind


def _title(name: str, about: str) -> str:
    return _("%(name)s记下的“%(title)s”", name=name, title=about)


def _about(record: ActivityRecord) -> str:
    return record.activity.title


def _of_record(record: ActivityRecord) -> Mapping[str, object]:
    return {"record": record}


RECORDS = Kind(
    name=recording.KIND,
    model=ActivityRecord,
    permission=Permission.ActivityRecord.READ,
    open=eyes.left_open,
    at=ActivityRecord.done_at,
    about=Activity.title,
    belongs=ActivityRecord.activity_id,
    title=_title,
    about_of=_about,
    template="together/_along.html",
    data=_of_record,
    read=recording.read_along,
    reading=queries.READ_ALONG,
    put_away=recording.put_away,
    away="put record away",
    icon="heart-handshake",
)
