"""What the tests of activities share: things between 小禾 and 小麦, made by the product's own verbs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from penpal.activities import recording, services
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.states import IdeaKind, Seal
from penpal.activities.typed import Wording, Written
from penpal.kernel import clock
from tests.cast import Cast

KEY = "key-of-the-proposal"
PLAN = "周五傍晚，各拍自己窗外的天空。"


def wording(**changes: object) -> Wording:
    said = {
        "idea": IdeaKind.OWN,
        "title": "同一刻的天空",
        "plan": PLAN,
        "do_by": clock.today() + timedelta(days=10),
    }
    return Wording(**(said | changes))  # type: ignore[arg-type]


def propose(cast: Cast, who: str = "xiaomai", *, key: str = KEY, **changes: Any) -> Activity:
    return services.propose(cast.pair(), wording(**changes), key=key, by=cast.actor(who))


def agreed(cast: Cast, *, key: str = KEY, **changes: Any) -> Activity:
    """小麦 proposed it and 小禾 nodded."""
    activity = propose(cast, key=key, **changes)
    services.nod(activity, version=1, by=cast.actor("xiaohe"))
    return activity


def finish(
    cast: Cast,
    activity: Activity,
    who: str = "xiaohe",
    *,
    text: str = "月亮已经上来了。",
    gave: str = "",
    seal: Seal = Seal.SEALED,
) -> ActivityRecord:
    written = Written(text, gave, None, seal, revision=9)
    return recording.finish(activity, written, by=cast.actor(who))


def done(cast: Cast, *, key: str = KEY, seal: Seal = Seal.SEALED) -> Activity:
    """Both have done it."""
    activity = agreed(cast, key=key)
    finish(cast, activity, "xiaomai", text="太阳停在白杨树中间。", seal=seal)
    finish(cast, activity, "xiaohe", seal=seal)
    return activity
