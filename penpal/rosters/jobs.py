"""Long files are read and written behind the page; what stayed behind is swept out."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.rosters import uploads


@job("rosters.read")
def read(upload_id: int, turn: float, key: str) -> None:
    uploads.read_sealed(upload_id, turn=turn, key=key)


@job("rosters.write")
def write(upload_id: int, turn: float, seen: str, person_id: int) -> None:
    uploads.write_confirmed(upload_id, turn=turn, seen=seen, person_id=person_id)


@job("rosters.forget_sealed", minute="*/10")
def forget_sealed() -> None:
    uploads.forget_sealed()


@job("rosters.forget_uploads", minute="23", hour="19")
def forget_uploads() -> None:
    """At 03:23 Beijing time, when schools sleep."""
    uploads.forget_uploads()
