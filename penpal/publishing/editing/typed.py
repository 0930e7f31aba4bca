"""What an editor typed into the page of a piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Typed:
    """What came from the page. ``saved`` is how often the draft had been saved when the page was drawn; 0 is none."""

    title: str
    standfirst: str
    bodies: Mapping[int, str] = field(default_factory=dict)
    corrects: str = ""
    saved: int = 0
