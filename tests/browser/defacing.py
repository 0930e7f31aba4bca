"""Texts of others in what two read and do together: through the forms, and past them where templates escape."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from secrets import token_urlsafe

from penpal.kernel import clock
from tests.browser.client import Answer, Client
from tests.browser.server import Server

Fitting = Callable[[Sequence[str], int], str]

PLACES = {
    "xiaohe": (
        *("/books", "/books/{book}", "/books/{book}/details"),
        *("/books/notes/{note}/edit", "/books/{unread}/reflection", "/books/class"),
        *("/together", "/together/others", "/together/{done}", "/together/{proposed}"),
        *("/together/{proposed}/wording", "/together/{agreed}/record"),
    ),
    "banzhuren.bj": (
        *("/classes/{class_}/books", "/classes/{class_}/together"),
        *("/books/notes/{note}", "/books/reflections/{reflection}", "/together/{done}"),
    ),
}
LINES = (
    *("shared_book.title", "shared_book.author", "shared_book.edition", "activity.title"),
    *("theme.title", "class_book.title", "class_book.author", "photo.description"),
)


def write(
    server: Server, texts: Sequence[str], fitting: Fitting, *, by_forms: Sequence[str]
) -> dict[str, object]:
    """Two books and three things done together, full of the texts; returns their numbers.

    ``by_forms`` are those that the guard lets through.
    """
    xiaohe, xiaomai = Client(server), Client(server)
    xiaohe.sign_in("xiaohe")
    xiaomai.sign_in("xiaomai")
    ids = _read(xiaohe, xiaomai, by_forms, fitting) | _do(xiaohe, xiaomai, by_forms, fitting)
    _past_forms(server, texts)
    note, reflection = (
        server.rows(f"SELECT max(id) FROM {table} WHERE author_id = {_XIAOHE}")[0][0]
        for table in ("reading_note", "reflection")
    )
    return ids | {"note": note, "reflection": reflection}


_XIAOHE = "(SELECT id FROM person WHERE login_name = 'xiaohe')"


def _read(
    xiaohe: Client, xiaomai: Client, texts: Sequence[str], fitting: Fitting
) -> dict[str, object]:
    book, unread = (
        _post(
            xiaohe,
            "/books/new",
            "/books",
            title=f"一本书{token_urlsafe(6)}",
            chapters="第一章\n第二章",
            why=fitting(texts, 500),
        )
        for _turn in range(2)
    )
    for number in (book, unread):
        _post(xiaomai, f"/books/{number}", f"/books/{number}/agreement", version="1")
    written = {"body": fitting(texts, 2_000), "quote": fitting(texts, 300), "envelope": "open"}
    for who in (xiaomai, xiaohe):
        _post(who, f"/books/{book}", f"/books/{book}/steps", chapter="2")
        _post(who, f"/books/{book}", f"/books/{book}/notes", chapter="1", **written)
        reflection = {"body": "\n\n".join(texts), "envelope": "open"}
        _post(who, f"/books/{book}", f"/books/{book}/reflection", action="finish", **reflection)
    # Still ahead of the partner, so its author may change it.
    _post(xiaohe, f"/books/{unread}", f"/books/{unread}/notes", chapter="2", **written)
    return {"book": book, "unread": unread}


def _do(
    xiaohe: Client, xiaomai: Client, texts: Sequence[str], fitting: Fitting
) -> dict[str, object]:
    wording = {
        "idea": "own",
        "title": "一件事",
        "plan": fitting(texts, 600),
        "do_by": (clock.today() + timedelta(days=30)).isoformat(),
    }
    done, agreed, proposed = (
        _post(xiaohe, "/together/new", "/together", **wording) for _turn in range(3)
    )
    _post(
        xiaomai, f"/together/{proposed}", f"/together/{proposed}/words", words=fitting(texts, 200)
    )
    for number in (done, agreed):
        _post(xiaomai, f"/together/{number}", f"/together/{number}/nod")
    record = {"text": fitting(texts, 5_000), "gave": fitting(texts, 500), "seal": "open"}
    _post(xiaohe, f"/together/{agreed}/record", f"/together/{agreed}/record", **record)
    for who in (xiaohe, xiaomai):
        page = f"/together/{done}/record"
        _post(who, page, page, action="finish", **record)
    theme = {"idea": "essay", "title": "题目", "words": fitting(texts, 300)}
    _post(xiaohe, "/together/themes/new", "/together/themes", **theme)
    return {"done": done, "agreed": agreed, "proposed": proposed}


def _past_forms(server: Server, texts: Sequence[str]) -> None:
    """One-line fields, which templates escape: no limit on their length keeps a text from being tried."""
    for index, place in enumerate(LINES):
        table, column = place.split(".")
        server.write(f"UPDATE {table} SET {column} = ?", texts[index % len(texts)])


def _post(client: Client, page: str, path: str, **fields: str) -> str:
    """The number of what the answer leads to, if it leads to something with a number."""
    form = client.form(page)
    answer: Answer = client.post(path, form | {"key": token_urlsafe(12)} | fields)
    assert answer.status == 302, (
        path,
        re.findall(r'class="errors".*?</div>', answer.text, re.DOTALL),
    )
    return answer.location.partition("?")[0].partition("#")[0].rpartition("/")[2]
