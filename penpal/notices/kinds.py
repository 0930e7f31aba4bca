"""The kinds of notices, registered by the rooms that send them, and the topics that people choose by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import current_app
from flask_babel import lazy_gettext as _l

Params = Mapping[str, str | int]
"""What a notice needs for its words: names and numbers. Nothing of what a child wrote."""
Words = Callable[[Params], str]
Address = Callable[[int, Params], str]


class Topic(StrEnum):
    """What one can choose to hear of, or not, while a page is open."""

    LETTERS = "letters"
    READING = "reading"
    TOGETHER = "together"
    CHAT = "chat"
    PAIR = "pair"
    HELP = "help"
    WAITING = "waiting"
    CASES = "cases"
    UNITS = "units"


LABELS: Mapping[Topic, object] = {
    Topic.LETTERS: _l("信"),
    Topic.READING: _l("一起读的书"),
    Topic.TOGETHER: _l("一起做的事"),
    Topic.CHAT: _l("聊天"),
    Topic.PAIR: _l("伙伴"),
    Topic.HELP: _l("老师的回话"),
    Topic.WAITING: _l("等你看的"),
    Topic.CASES: _l("求助"),
    Topic.UNITS: _l("结对和职务"),
}
OF_CHILDREN = (
    Topic.LETTERS,
    Topic.READING,
    Topic.TOGETHER,
    Topic.CHAT,
    Topic.PAIR,
    Topic.HELP,
)
OF_STAFF = (Topic.WAITING, Topic.CASES, Topic.UNITS)


@dataclass(frozen=True)
class Kind:
    """``words`` speaks the language of whoever reads; ``url`` leads to what the notice is about.

    ``shown_at`` is the endpoint of a page on which the thing itself lies open: whoever comes there, by
    whichever way, has seen the notice. What is ``private`` is not named on an open page, for somebody may
    sit beside its reader.
    """

    name: str
    topic: Topic
    icon: str
    words: Words
    url: Address
    shown_at: str
    private: bool


_kinds: dict[str, Kind] = {}


def register(
    name: str,
    *,
    topic: Topic,
    icon: str,
    words: Words,
    url: Address,
    shown_at: str = "",
    private: bool = False,
) -> None:
    """Let notices of a kind be sent and shown."""
    _kinds[name] = Kind(name, topic, icon, words, url, shown_at, private)


def of(name: str) -> Kind | None:
    """The kind of that name, or None for one that this version knows no more."""
    return _kinds.get(name)


def is_shown_at(endpoint: str | None) -> bool:
    """Whether there are notices that lead to this page and no further."""
    return any(kind.shown_at == endpoint for kind in _kinds.values() if kind.shown_at)


def names_of(topic: Topic) -> list[str]:
    """The kinds of a topic."""
    return [kind.name for kind in _kinds.values() if kind.topic is topic]


def topics_for(*, child: bool) -> tuple[Topic, ...]:
    """What there is to choose from, as far as anything of it can come."""
    known = {kind.topic for kind in _kinds.values()}
    return tuple(topic for topic in (OF_CHILDREN if child else OF_STAFF) if topic in known)


def saying(words: object) -> Words:
    """A lazy sentence with the params put in, in the language of the moment."""
    return lambda params: str(words) % params


def address(endpoint: str, **values: object) -> str:
    """The path of a page, outside a request too: jobs and commands send notices as well."""
    built: str = current_app.url_map.bind("").build(endpoint, values)
    return built
