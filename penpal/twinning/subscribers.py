"""What twinnings and pairs leave word of, and boards that change while somebody looks at them."""

from __future__ import annotations

from penpal.kernel.events import subscribe
from penpal.twinning import looking, noticing
from penpal.twinning.events import PairClosed, PairTied


def _boards(event: PairTied | PairClosed) -> None:
    looking.changed((event.supported_student_id, event.supporting_student_id))


def register() -> None:
    noticing.register()
    subscribe(PairTied, _boards)
    subscribe(PairClosed, _boards)
