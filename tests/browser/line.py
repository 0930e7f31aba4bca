"""A line between a browser and the server that can be cut at any moment, even after the request is through."""

from __future__ import annotations

import contextlib
import socket
import threading

_CHUNK = 65_536


class Line:
    """Listens on a port of its own and passes everything on, until it is cut."""

    def __init__(self, port: int) -> None:
        self._server = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._up = True
        self._swallowing = self._deaf = False
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """From now on nothing comes through, and what is on its way is lost."""
        self._up = False
        self._hang_up()

    def restore(self) -> None:
        self._up, self._swallowing, self._deaf = True, False, False

    def swallow(self) -> None:
        """What is asked still reaches the server; whose answer is due is hung up on instead."""
        self._swallowing = True

    def deafen(self) -> None:
        """What is said still reaches the server, as often as it is said; nothing is heard of it.

        A socket that is always open must not be swallowed: news that came just then would cut it
        before anything is asked.
        """
        self._deaf = True

    def close(self) -> None:
        self._listening.close()
        self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            ends, self._open = self._open, set()
        for end in ends:
            _end(end)

    def _accept(self) -> None:
        while True:
            try:
                browser, _address = self._listening.accept()
            except OSError:
                return
            if not self._up:
                _end(browser)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self._server))
            except OSError:
                _end(browser)
                continue
            with self._lock:
                self._open |= {browser, server}
            for one, other, is_answer in ((browser, server, False), (server, browser, True)):
                threading.Thread(
                    target=self._pass, args=(one, other, is_answer), daemon=True
                ).start()

    def _pass(self, one: socket.socket, other: socket.socket, is_answer: bool) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(_CHUNK):
                if is_answer and self._swallowing:
                    break
                if not (is_answer and self._deaf):
                    other.sendall(data)
        _end(one)
        _end(other)
        with self._lock:
            self._open -= {one, other}


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
