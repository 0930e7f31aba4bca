"""When figures are worked out."""

from __future__ import annotations

from penpal.kernel.jobs import job
from penpal.statistics import services


@job("statistics.count_schools", minute="7")
def count_schools() -> None:
    services.count_schools()
