"""Proves that the migrations, run on an empty database, make exactly the tables of the models."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="penpal-migrations-") as folder:
        surroundings = {
            **os.environ,
            "FLASK_APP": "app.py",
            "PENPAL_DATA": folder,
            "DATABASE_URL": "",
            "REDIS_URL": "",
        }
        for verb in ("upgrade", "check"):
            # The output is kept back until something fails: Alembic tells every step it takes.
            done = subprocess.run(
                [sys.executable, "-m", "flask", "db", verb],
                env=surroundings,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
            if done.returncode:
                print(done.stdout, file=sys.stderr)
                print(f"flask db {verb} failed on a fresh SQLite database.", file=sys.stderr)
                return 1
    print("Migrations and models agree.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
