"""A data folder with the cast and many pieces on the desk: ``python -m tests.publishing.issues.many FOLDER COUNT``."""

from __future__ import annotations

import sys
from pathlib import Path

from flask_migrate import upgrade

from penpal import create_app
from penpal.config import Settings
from penpal.publishing.pieces.states import SubmissionState as S
from tests import cast as casting
from tests.cast import Cast
from tests.publishing.issues import ready


def fill(folder: Path, count: int) -> None:
    """One in three is ready for print; the others wait for an editor."""
    app = create_app(
        Settings(data=folder, DATABASE_URL="", REDIS_URL="", demo=False, log_level="WARNING")
    )
    with app.app_context():
        upgrade()
        casting.build()
        for piece in ready.pieces(Cast(), count):
            if piece.id % 3:
                ready.move(piece, S.WITH_EDITOR)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), int(sys.argv[2]))
