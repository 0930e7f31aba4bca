"""The application; ``python app.py`` prepares the database and serves it embedded."""

from __future__ import annotations

from penpal import create_app

app = create_app()

if __name__ == "__main__":
    from penpal import embedded

    embedded.serve(app)
