"""How long the press takes: ``python -m bench.print`` sets 60 letters, then a batch of 40 with covers.

Each is set cold, by a press that has just been started, and warm. Chinese and Uyghur stand in every
letter, on the four papers in turn and in both hands. Beside the time on the clock stands that of the
press's processors, which a busy machine does not stretch.
"""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime

from flask import Flask
from flask_babel import Babel

from bench.measuring import cpu_of
from penpal.kernel import html
from penpal.kernel import press as presswork
from penpal.letters import typesetting
from penpal.letters.models import Hand, Letter, Paper
from penpal.letters.typesetting import Choices, Correspondent, Slip, Way

CHINESE = (
    "早上路过操场，旗杆底下落了一层霜，踩上去有声音。上课的时候我一直想着要把这件事告诉你。"
    "外婆说，霜降以后的白菜才甜；我们家院子里还有三十七棵，数到最后总是数错。"
)
UYGHUR = "بۈگۈن ھاۋا سوغۇق، بىز مەكتەپكە پىيادە باردۇق. دوستۇم، سەن ياخشىمۇ؟ ماڭا خەت يازغىن."
HE = Correspondent("小禾", "北京", "北京", "beijing")


def letters(number: int, chance: random.Random) -> list[Letter]:
    """About 900 characters each; half of the signs are drawn from three thousand."""
    return [_letter(place, chance) for place in range(number)]


def _letter(place: int, chance: random.Random) -> Letter:
    drawn = ["".join(map(chr, chance.choices(range(0x4E00, 0x59B8), k=80))) for _ in range(5)]
    middle = [f"{CHINESE}{signs}。" for signs in drawn]
    body = "\n\n".join(["小麦：", *middle, f"{UYGHUR} {UYGHUR}", "祝你\n天天高兴", "小禾\n十一月"])
    return Letter(
        body=body,
        body_html=html.plain(body),
        direction="ltr",
        number=place + 1,
        paper=list(Paper)[place % 4],
        hand=list(Hand)[place % 2],
        lunar=place % 2 == 0,
        delivered_at=datetime(2026, 11, 16, tzinfo=UTC),
    )


def measure(name: str, number: int, choices: Choices, slip: Slip | None = None) -> None:
    chance = random.Random(7)
    for state in ("cold", "warm"):
        if state == "cold":
            presswork.press.stop()
        found = letters(number, chance)
        begun = time.perf_counter()
        described = [
            typesetting.described(letter, HE, "小麦", choices, slip=slip) for letter in found
        ]
        spent = _spent()
        made = typesetting.pdf("信", described, choices, duplex=slip is not None)
        took = time.perf_counter() - begun
        cpu = _spent() - (spent if state == "warm" else 0)
        size = len(made) / 1_000_000
        print(f"{name:<34} {state}  {took:5.2f} s  {cpu:5.2f} CPU s  {size:4.1f} MB")


def _spent() -> float:
    program = presswork.press._program
    return cpu_of(program.pid) if program else 0.0


def main() -> None:
    app = Flask(__name__)
    Babel(app, default_locale="zh_Hans")
    slip = Slip("麦小麦", "八年级(2)班", "20250107", "https://penpal.example/letters/7")
    with app.test_request_context("/"):
        measure("60 letters in rows", 60, Choices())
        measure("60 letters in rows, large type", 60, Choices(large=True))
        measure("60 letters, columns where they can", 60, Choices(Way.COLUMNS))
        measure("a batch of 40 letters with covers", 40, Choices(), slip)
    presswork.press.stop()


if __name__ == "__main__":
    main()
