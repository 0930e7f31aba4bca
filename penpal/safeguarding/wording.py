"""What came of a report, to whom it was passed on, and where it was raised to, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from penpal.safeguarding.models import Authority, Outcome, Raised


@dataclass(frozen=True)
class Words:
    """``label`` is what staff choose, ``sentence`` what the child reads."""

    label: object
    sentence: object


OUTCOMES: Mapping[Outcome, Words] = {
    Outcome.TALKED: Words(_l("和两边都谈过了"), _l("老师和你们两边都谈过了。")),
    Outcome.PAUSED: Words(
        _l("信停了，或者解开了这一对"), _l("你们之间的信停了，这位伙伴现在不能给你写信。")
    ),
    Outcome.TOLD_SCHOOL: Words(
        _l("告诉了对方学校"), _l("老师把这件事告诉了对方的学校，那边也有人在管。")
    ),
    Outcome.HELP_FOUND: Words(_l("找到了帮忙的人"), _l("老师给你找到了能帮忙的人。")),
    Outcome.NOTHING_WRONG: Words(
        _l("弄清楚了，没有人做错什么"),
        _l("老师弄清楚了，没有人做错什么。你说出来是对的，以后也可以说。"),
    ),
    Outcome.PASSED_ON: Words(
        _l("交给了校外的部门"), _l("老师把这件事交给了专门保护孩子的部门，他们会接着管。")
    ),
}

AUTHORITIES: Mapping[Authority, object] = {
    Authority.POLICE: _l("公安"),
    Authority.CIVIL_AFFAIRS: _l("民政"),
    Authority.EDUCATION: _l("教育部门"),
    Authority.OTHER: _l("别的部门"),
}

RAISED: Mapping[Raised, object] = {
    Raised.SCHOOL_SECRETARY: _l("校团委书记"),
    Raised.COUNTY: _l("县团委书记"),
    Raised.PROVINCE: _l("省（兵团）团委书记"),
}

PAUSED = _l("写给这位伙伴的信先停一停，你的老师知道。你写的都留着。")
"""The same for both of a pair: nobody is told who asked."""
