"""Facts about guardians, who are no users: what they may do rests on the link in their hand."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from penpal.consent.models import GuardianLink
from penpal.kernel import clock
from penpal.kernel.access import Actor, fact

GUARDIAN = "guardian"


@fact(_l("凭没有用过的链接"), GUARDIAN)
def holds_open_link(actor: Actor, link: GuardianLink) -> bool:
    return actor.kind == GUARDIAN and link.is_open(clock.now())
