"""One process of the grown form: ``python grown.py pages``, ``sockets`` or ``prepare`` (docs/operations.md)."""

from __future__ import annotations

import sys

if sys.argv[1:] == ["sockets"]:
    # Before anything else is imported: what took hold of a lock or a socket earlier would block all.
    from gevent import monkey

    monkey.patch_all()

from penpal import grown

if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            grown.prepare()
        case ["pages"]:
            grown.serve("pages")
        case ["sockets"]:
            grown.serve("sockets")
        case _:
            raise SystemExit(__doc__)
