"""What two children, and the committees of two sides, are told of being tied to each other."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.accounts import queries as people
from penpal.accounts import snapshots
from penpal.accounts.models import Person, Role
from penpal.kernel import access
from penpal.kernel.access import Actor
from penpal.kernel.db import session
from penpal.notices import kinds
from penpal.notices import services as notices
from penpal.notices.kinds import Topic
from penpal.permissions import Permission
from penpal.twinning.models import Pair, Twinning

TIED, CLOSED = "pair.tied", "pair.closed"
PROPOSED, CONFIRMED = "twinning.proposed", "twinning.confirmed"
_LEADERS = (
    Role.SCHOOL_SECRETARY,
    Role.COUNTY_SECRETARY,
    Role.PROVINCE_SECRETARY,
    Role.CORPS_SECRETARY,
    Role.CENTRE_SECRETARY,
)


def tied(pair: Pair) -> None:
    """Each of the two has a partner now."""
    _tell_both(pair, TIED)


def closed(pair: Pair) -> None:
    """The two belong together no more; nobody is told why or by whom."""
    _tell_both(pair, CLOSED)


def _tell_both(pair: Pair, kind: str) -> None:
    for student_id in (pair.supported_student_id, pair.supporting_student_id):
        partner = session().get_one(Person, pair.partner_id_of(student_id))
        notices.send(
            [student_id], kind, about=("pair", pair.id), params={"name": partner.name_for_partners}
        )


def proposed(twinning: Twinning, *, by: Actor) -> None:
    """Whoever could confirm it is asked: on each side those nearest to its end."""
    notices.send(
        [person_id for person_id in _able(twinning) if person_id != by.person_id],
        PROPOSED,
        about=("twinning", twinning.id),
        params=_names(twinning),
    )


def confirmed(twinning: Twinning, *, by: Actor) -> None:
    """Whoever proposed it learns of the answer, and nobody is asked for one any more."""
    about = ("twinning", twinning.id)
    notices.settle(about, PROPOSED)
    if twinning.proposed_by_id is not None and twinning.proposed_by_id != by.person_id:
        notices.send([twinning.proposed_by_id], CONFIRMED, about=about, params=_names(twinning))


def ended(twinning: Twinning) -> None:
    """What has ended waits for nobody."""
    notices.settle(("twinning", twinning.id), PROPOSED)


def _able(twinning: Twinning) -> list[int]:
    """Who may confirm it, by the rulebook; of several levels that could, the lowest alone is asked."""
    found: dict[int, None] = {}
    for unit in (twinning.supported, twinning.supporting):
        for role in _LEADERS:
            held = [person.id for person in people.staff_over(unit.path, role)]
            able = [
                person_id
                for person_id in held
                if (other := snapshots.of(person_id)) is not None
                and access.may(other, Permission.Twinning.CONFIRM, twinning)
            ]
            if able:
                found |= dict.fromkeys(able)
                break
    return list(found)


def _names(twinning: Twinning) -> dict[str, str | int]:
    return {"one": twinning.supported.name, "other": twinning.supporting.name}


def register() -> None:
    for kind, words, endpoint in (
        (TIED, _l("你有伙伴了：%(name)s。去打个招呼吧。"), "desk.home"),
        (
            CLOSED,
            _l("你和%(name)s的结对到这里了，写过的都还在。有了新的伙伴，会在这里告诉你。"),
            "letters.mailbox",
        ),
    ):
        kinds.register(
            kind,
            topic=Topic.PAIR,
            icon="users-round",
            words=kinds.saying(words),
            url=_at(endpoint),
        )
    for kind, words in (
        (PROPOSED, _l("有一个结对等你们确认：%(one)s 和 %(other)s。")),
        (CONFIRMED, _l("%(one)s 和 %(other)s 的结对确认了。")),
    ):
        kinds.register(
            kind,
            topic=Topic.UNITS,
            icon="link",
            words=kinds.saying(words),
            url=lambda number, _params: kinds.address("twinnings.show", twinning_id=number),
            shown_at="twinnings.show",
        )


def _at(endpoint: str) -> kinds.Address:
    return lambda _number, _params: kinds.address(endpoint)
