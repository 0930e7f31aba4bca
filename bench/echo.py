"""The yardstick for chat: bare Flask-SocketIO that echoes to a room, and the same with lines kept on the way.

    python -m bench.echo PORT gevent|threads none|batch|each

``none`` is the bare echo. ``batch`` keeps each line before it is acknowledged, as the product does, with
nothing else of the product around it; ``each`` gives every line a commit of its own. The database is
that of the environment.
"""

from __future__ import annotations

import sys

if "gevent" in sys.argv[2:3]:
    from gevent import monkey

    monkey.patch_all()

from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO, emit, join_room

from penpal.chat import keeping
from penpal.chat.keeping import NewLine
from penpal.config import Settings
from penpal.grown import Server
from penpal.kernel import db


def application(form: str, keeps: str) -> Flask:
    app = Flask("echo")
    sockets = SocketIO(
        app,
        async_mode="gevent" if form == "gevent" else "threading",
        transports=["websocket"],
        manage_session=False,
    )
    if keeps != "none":
        db.configure(app, Settings())

    def come() -> None:
        join_room(request.args["room"])

    def say(said: dict[str, Any]) -> dict[str, Any]:
        if keeps == "batch":
            keeping.submit(_line(said))
        elif keeps == "each":
            keeping.keep_batch([_line(said)])
        line = {"pair": said["pair"], "text": said["body"]}
        emit("line", line, to=str(said["pair"]))
        return {"ok": True, "line": line}

    sockets.on_event("connect", come)
    sockets.on_event("say", say)
    return app


def _line(said: dict[str, Any]) -> NewLine:
    body = said["body"]
    author = int(request.args["author"])
    return NewLine(said["pair"], author, said["key"], body, f"<p>{body}</p>", "ltr", body)


if __name__ == "__main__":
    port, form, keeps = sys.argv[1:4]
    Server(
        Settings(PORT=int(port), log_level="WARNING"),
        worker="gevent" if form == "gevent" else "gthread",
        load=lambda: application(form, keeps),
    ).run()
