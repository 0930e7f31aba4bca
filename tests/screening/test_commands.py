"""``flask screening check``: JSON lines in, JSON lines out."""

import json
from collections.abc import Iterable

from flask import Flask

from penpal.screening.commands import screening


def _lines(*asked: object) -> str:
    return "\n".join(each if isinstance(each, str) else json.dumps(each) for each in asked) + "\n"


def _answers(output: str) -> Iterable[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def test_texts_and_messages_are_answered_line_by_line() -> None:
    runner = Flask(__name__).test_cli_runner()
    asked = _lines(
        {"id": "a", "context": "letter", "text": "电话 13800138000"},
        {"id": 2, "context": "chat", "messages": ["138", "0013", "8000"]},
        {"id": "c", "context": "title", "text": "我的家乡"},
    )

    result = runner.invoke(screening, ["check"], input=asked)

    assert result.exit_code == 0
    assert _answers(result.stdout) == [
        {"id": "a", "findings": [{"kind": "phone_mobile", "start": 3, "end": 14}]},
        {"id": 2, "findings": [{"kind": "phone_mobile", "start": 0, "end": 13}]},
        {"id": "c", "findings": []},
    ]


def test_a_bad_line_is_named_and_the_others_are_answered() -> None:
    runner = Flask(__name__).test_cli_runner()
    asked = _lines(
        "no json",
        {"id": 1, "context": "poem", "text": "x"},
        {"id": 2, "context": "chat", "messages": [3]},
        {"context": "chat", "text": "x"},
        {"id": 4, "context": "chat", "text": "你好"},
    )

    result = runner.invoke(screening, ["check"], input=asked)

    assert result.exit_code == 1
    assert _answers(result.stdout) == [{"id": 4, "findings": []}]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "line 1",
        "line 2",
        "line 3",
        "line 4",
    ]
