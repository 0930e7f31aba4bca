"""The application; ``python app.py`` prepares the database and serves it embedded."""

from __future__ import annotations

import gc

# All that loading makes stays: to look among it for garbage, again and again, was a third of a start.
gc.disable()

from penpal import create_app  # noqa: E402 - the import is most of what is loaded

app = create_app()
gc.freeze()
gc.enable()

if __name__ == "__main__":
    from penpal import embedded

    embedded.serve(app)
