"""What a page costs: CPU of home, month, year, mailbox, letter and searches beside the same page from bare Flask.

    python -m bench.pages [--letters 20000]

The database's own CPU counts on SQLite, which runs in the server, and not on PostgreSQL.
"""

from __future__ import annotations

import argparse
from urllib.parse import quote

from bench import bare, corpus
from bench.corpus import Filled
from bench.measuring import Visitor, compare, count_queries
from penpal.kernel import clock

PAGES = {
    "home": "/",
    "home, at an address that is new each time": "/?visit={}",
    "mailbox, 20 letters": "/letters",
    "mailbox, at an address that is new each time": "/letters?visit={}",
    "a month of the two": "/us/{month}",
    "our year": "/us/year",
    "letter": "/letters/1",
    "search: one character, every letter": "/letters/search?words=雨",
    "search: a rare word": "/letters/search?words=第7封",
    "search: two words": "/letters/search?words=白杨+水",
    "search: nothing found": "/letters/search?words=雪山",
    "search: Latin, no hit": "/letters/search?words=zebra",
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--letters", type=int, default=20_000, help="letters of the others")
    arguments.add_argument(
        "--own", type=int, default=60, help="letters of the pair that is measured"
    )
    chosen = arguments.parse_args()
    print(
        f"{chosen.own} own letters, {chosen.letters:,} of others; CPU of a request in microseconds"
    )
    with corpus.databases() as databases:
        for name, address in databases.items():
            print(f"\n{name:44}{'ours':>8}{'bare':>8}{'ratio':>8}{'queries':>9}{'bytes':>9}")
            with corpus.filled(address, crowd=chosen.letters, own=chosen.own) as filled:
                visitor = filled.visitor()
                for title, path in PAGES.items():
                    _measure(title, path, visitor, filled)


def _measure(title: str, path: str, visitor: Visitor, filled: Filled) -> None:
    path = quote(path.replace("{month}", f"{clock.today():%Y-%m}"), safe="/?=+{}")
    # After a pause the server may have let the connection go.
    visitor.connection.close()
    status, rendered = visitor.get(path)
    assert status == 200, (path, status)
    with bare.served(rendered) as plain:
        found = compare(lambda: visitor.cpu(path), lambda: plain.cpu("/"))
    ours, theirs = round(found.ours * 1e6), round(found.theirs * 1e6)
    queries = count_queries(filled.app, visitor.cookies, path)
    size = len(rendered.encode())
    print(f"{title:44}{ours:8}{theirs:8}{found.ratio:8.2f}{queries:9}{size:9}", flush=True)


if __name__ == "__main__":
    main()
