"""The press: a program of its own that turns data into a PDF, one job after another.

It is started by its path and imports nothing of ours, so that it is warm in a tenth of a second, and
so that a job that does not end can be ended from outside. Jobs come on standard input, answers go to
standard output, each as its length in four bytes and then the bytes; an answer begins with ``+`` or
``-``. After a while without work it goes home.
"""

from __future__ import annotations

import json
import select
import struct
import sys
from typing import BinaryIO

import typst

IDLE = 120.0
"""Seconds without a job."""


def main(root: str, *font_folders: str) -> None:
    """Serve jobs until there are none."""
    # Only the faces that we bring along: what the machine happens to have would change the pages.
    compiler = typst.Compiler(root=root, font_paths=list(font_folders), ignore_system_fonts=True)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while select.select([source], [], [], IDLE)[0]:
        job = receive(source)
        if job is None:
            return
        try:
            told = json.loads(job)
            made = compiler.compile(
                input=f"{root}/{told['template']}",
                format="pdf",
                sys_inputs={"data": json.dumps(told["data"])},
            )
        except (typst.TypstError, ValueError, KeyError) as problem:
            send(target, b"-" + str(problem).encode())
        else:
            assert isinstance(made, bytes)
            send(target, b"+" + made)


def receive(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:
        return None
    return source.read(struct.unpack("!I", head)[0])


def send(target: BinaryIO, words: bytes) -> None:
    target.write(struct.pack("!I", len(words)) + words)
    target.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
