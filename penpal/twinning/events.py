"""What happened to pairs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PairTied:
    pair_id: int
    supported_student_id: int
    supporting_student_id: int


@dataclass(frozen=True)
class PairClosed:
    pair_id: int
    supported_student_id: int
    supporting_student_id: int
