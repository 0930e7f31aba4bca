"""How long the contact guard takes for a letter and for a chat line, beside one pass over the same text.

    python -m bench.screening

The yardstick translates the text once and searches it once with one pattern: nothing that reads a
text can do with less. Times are those of the processor, which a busy machine stretches less.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from penpal.screening import characters, weighing
from penpal.screening import screen as guard
from penpal.screening.findings import Context

LETTER_LIMIT, LINE_LIMIT = 20.0, 2.0
"""Milliseconds that a letter of 20,000 characters and a chat line may take."""
LENGTH = 20_000
CHINESE = (
    "早上路过操场，旗杆底下落了一层霜，踩上去有声音。上课的时候我一直想着要把这件事告诉你。\n"
    "外婆说，霜降以后的白菜才甜；我们家院子里还有三十七棵，数到最后总是数错。你那边下雪了吗？\n"
    "语文老师让我们背《木兰诗》，我背到“万里赴戎机”就卡住了，同桌小声提醒我，结果两个人一起站着。\n"
    "上周运动会，我跑了八百米，3分12秒，第五名。妈妈说她小时候上学要走5公里山路，家里没有钟，听鸡叫起床。\n"
)
ENGLISH = (
    "The old tree by the window dropped its leaves again, and I thought of your poplars. "
    "On Sunday my grandfather and I walked to the river, where he taught me to skip stones. "
    "Our teacher says that a good letter begins with a question, so here is mine: what do you eat "
    "for breakfast? I read 42 pages of the book and liked the part about the lighthouse best.\n"
)
UYGHUR = "بۈگۈن ھاۋا سوغۇق، بىز مەكتەپكە پىيادە باردۇق. دوستۇم، سەن ياخشىمۇ؟ ماڭا خەت يازغىن.\n"
LINE = "好呀，周末我写完作业就给你回信，你那边下雪了吗？"
BUSY = "加我微信 hehe_2012 吧，别告诉老师，电话一三八零零一三八零零零。"
_ONCE = re.compile(r"\d{11}|[a-z]+@[a-z]+")


def main() -> None:
    guard.warm_up()
    texts = {
        "letter, Chinese": (_long(CHINESE), Context.LETTER, LETTER_LIMIT),
        "letter, English": (_long(ENGLISH), Context.LETTER, LETTER_LIMIT),
        "letter, Uyghur": (_long(UYGHUR), Context.LETTER, LETTER_LIMIT),
        "letter, mixed": (_long(CHINESE + ENGLISH + UYGHUR), Context.LETTER, LETTER_LIMIT),
        "letter, all weighed": (
            _long(CHINESE, weighing.LONGEST_TEXT),
            Context.LETTER,
            LETTER_LIMIT,
        ),
        "chat line": (LINE, Context.CHAT, LINE_LIMIT),
        "chat line, findings": (BUSY, Context.CHAT, LINE_LIMIT),
    }
    print(f"{'':22}{'ms':>8}{'one pass':>10}{'ratio':>8}{'limit':>8}")
    for name, (text, context, limit) in texts.items():
        ours = _fastest(lambda text=text, context=context: guard.screen(text, context))  # type: ignore[misc]
        once = _fastest(lambda text=text: _pass(text))  # type: ignore[misc]
        held = "held" if ours <= limit else "MISSED"
        print(f"{name:22}{ours:8.2f}{once:10.3f}{ours / once:8.1f}{limit:8.0f}  {held}")


def _long(text: str, length: int = LENGTH) -> str:
    return (text * (length // len(text) + 1))[:length]


def _pass(text: str) -> int:
    one, _ = characters.tables()
    return sum(1 for _ in _ONCE.finditer(text.translate(one)))


def _fastest(work: Callable[[], object], times: int = 15) -> float:
    """Milliseconds of the fastest of several runs: the others waited for somebody else."""
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        work()
        best = min(best, time.process_time() - begun)
    return best * 1000


if __name__ == "__main__":
    main()
