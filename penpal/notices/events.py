"""What happened to notices."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticesSent:
    """``sent`` holds a person and the number of their notice, once for each."""

    kind: str
    sent: tuple[tuple[int, int], ...]
