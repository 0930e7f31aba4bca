"""The ordinary sentences of the labelled set: hand-written ones, and templates with drawn words."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import pairwise
from typing import Any

from tests.screening.labelled import wording
from tests.screening.labelled.cases import PARTS, Case, parts

COUNT = 5_000
SLOT = re.compile(r"\{(?:(cn) )?(?:(\d+)-(\d+)|(\w+))\}")
ZODIAC = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
# A draw can repeat itself in small templates; after this many the next template has its turn.
TRIES = 400


@cache
def ordinary() -> tuple[Case, ...]:
    """``COUNT`` sentences in which a guard must find nothing; the hand-written ones come first."""
    cases = list(written())
    seen = {case.text for case in cases}
    missing = COUNT - len(cases)
    for case in drawn(missing, seen):
        cases.append(case)
    return tuple(cases)


def written() -> Iterator[Case]:
    for file in sorted(PARTS.glob("ordinary_*.toml")):
        for group in parts(file.stem).get("group", ()):
            yield from of_group(file.stem, group)


def of_group(file: str, group: dict[str, Any]) -> Iterator[Case]:
    lines = group.get("sentences", "").strip().splitlines()
    lines += [text.strip("\n") for text in group.get("texts", ())]
    texts = [(line,) for line in lines] + [tuple(run) for run in group.get("messages", ())]
    for number, messages in enumerate(texts):
        yield Case(
            id=f"{file}-{group['name']}-{number:03}",
            context=group.get("context", "letter"),
            text="\n".join(messages),
            language=group["language"],
            messages=messages if len(messages) > 1 else (),
        )


def drawn(count: int, seen: set[str]) -> Iterator[Case]:
    """Goes round the templates, each by its share, until there are enough distinct sentences."""
    templates = [
        template
        for file in sorted(PARTS.glob("ordinary_*.toml"))
        for template in parts(file.stem).get("template", ())
    ]
    shares = [template["count"] for template in templates]
    for template, share in zip(templates, shared(count, shares), strict=True):
        yield from of_template(template, share, seen)


def shared(count: int, shares: list[int]) -> list[int]:
    """The count cut up in proportion to the shares, without a remainder."""
    whole, edges, total = sum(shares), [0], 0
    for share in shares:
        total += share
        edges.append(count * total // whole)
    return [end - start for start, end in pairwise(edges)]


def of_template(template: dict[str, Any], count: int, seen: set[str]) -> Iterator[Case]:
    """The forms take turns; variants of one form are one family, so they share their part."""
    forms = template["text"]
    name = template["name"]
    dice = random.Random(name)
    number = 0
    for attempt in range(count * TRIES):
        if number == count:
            return
        turn = attempt % len(forms)
        text = filled(forms[turn], dice)
        if template.get("convert"):
            text = wording.traditional(text, 0)
        if text in seen:
            continue
        seen.add(text)
        context = template.get("context", "letter")
        lines = tuple(text.split("\n")) if context == "chat" else ()
        yield Case(
            id=f"ordinary-{name}-{turn}#{number:03}",
            context=context,
            text=text,
            language=template["language"],
            messages=lines if len(lines) > 1 else (),
        )
        number += 1
    raise ValueError(f"The template {name} has too few words for {count} sentences.")


def filled(form: str, dice: random.Random) -> str:
    used: set[str] = set()

    def draw(match: re.Match[str]) -> str:
        chinese, low, high, word = match.groups()
        if low:
            number = dice.randint(int(low), int(high))
            return in_chinese(number) if chinese else str(number)
        if word in MAKERS:
            return MAKERS[word](dice)
        return picked(word, used, dice)

    return SLOT.sub(draw, form)


def picked(word: str, used: set[str], dice: random.Random) -> str:
    """One of the list, unlike those already in the sentence; a capital asks for a capital."""
    choice = dice.choice([one for one in lists()[word.lower()] if one not in used])
    used.add(choice)
    return str(choice[0].upper() + choice[1:] if word[0].isupper() else choice)


@cache
def lists() -> dict[str, list[str]]:
    return {
        word: choices
        for file in PARTS.glob("ordinary_*.toml")
        for word, choices in parts(file.stem).get("lists", {}).items()
    }


def in_chinese(number: int) -> str:
    """A number under ten thousand as it is said aloud."""
    said, zero = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // unit % 10
        if digit:
            said += ("零" if zero and said else "") + "零一二三四五六七八九"[digit] + name
            zero = False
        else:
            zero = bool(said)
    return said.removeprefix("一") if 10 <= number < 20 else said or "零"


def isbn(dice: random.Random) -> str:
    """An ISBN-13 of mainland China with its right check digit, with or without its hyphens."""
    publisher, title = f"{dice.randint(2, 5300):04}", f"{dice.randint(0, 9999):04}"
    body = f"9787{publisher}{title}"
    check = -sum(int(sign) * (1, 3)[place % 2] for place, sign in enumerate(body)) % 10
    plain = dice.random() < 0.5
    return f"{body}{check}" if plain else f"978-7-{publisher}-{title}-{check}"


def digits(dice: random.Random) -> str:
    """A long number of a sum: it begins as no telephone number, year or account would be told."""
    return dice.choice(("20", "90", "70", "48", "31")) + "".join(
        dice.choice("0123456789") for _ in range(dice.randint(5, 10))
    )


def date(dice: random.Random) -> str:
    year, month, day = dice.randint(2018, 2026), dice.randint(1, 12), dice.randint(1, 28)
    return dice.choice(
        (
            f"{year}年{month}月{day}日",
            f"{year}-{month:02}-{day:02}",
            f"{year}.{month}.{day}",
            f"{in_chinese(month)}月{in_chinese(day)}日",
            f"{year}/{month}/{day}",
        )
    )


def train(dice: random.Random) -> str:
    return f"{dice.choice('GDKTZ')}{dice.randint(2, 9800)}"


MAKERS: dict[str, Callable[[random.Random], str]] = {
    "bike": lambda dice: (
        f"{dice.randint(5000, 8999)} {dice.randint(1000, 9999)} {dice.randint(100, 999)}"
    ),
    "cmtail": lambda dice: dice.choice("四五六七") + dice.choice(("", *"一二三四五六七八九")),
    "cny": lambda dice: dice.choice("一二") + dice.choice("〇一二三四五六"),
    "date": date,
    "dateshort": lambda dice: f"{dice.randint(1, 12)}月{dice.randint(1, 28)}日",
    "digits": digits,
    "early": lambda dice: f"{dice.randint(5, 6)}:{dice.randint(0, 59):02}",
    "eye": lambda dice: f"{dice.choice((4, 5))}.{dice.randint(0, 3)}",
    "height": lambda dice: f"1.{dice.randint(38, 78)}",
    "isbn": isbn,
    "meter": lambda dice: f"{dice.randint(1000, 20000):06}",
    "model": lambda dice: (
        f"{dice.choice(('WX', 'A', 'QV', 'HB', 'K'))}{dice.randint(1, 99)}-{dice.randint(10, 9999):04}"
    ),
    "morning": lambda dice: f"{dice.randint(7, 9)}:{dice.randint(0, 59):02}",
    "noon": lambda dice: f"{dice.randint(10, 12)}:{dice.randint(0, 59):02}",
    "parcel": lambda dice: f"{dice.choice(('YT', 'SF', '77'))}{dice.randint(10**11, 10**12 - 1)}",
    "price": lambda dice: (
        f"{dice.randint(3, 199)}.{dice.randint(0, 9)}{dice.choice(('', '0', '8'))}"
    ),
    "race": lambda dice: f"1分{dice.randint(5, 59)}秒",
    "screen": lambda dice: str(dice.randint(1_600_000_000_000, 1_790_000_000_000)),
    "serial": lambda dice: (
        f"SN{dice.randint(2008, 2025)}{dice.randint(1, 12):02}{dice.randint(1, 999999):06}"
    ),
    "stamp": lambda dice: (
        f"{dice.randint(2019, 2026)}{dice.randint(1, 12):02}{dice.randint(1, 28):02}_{dice.randint(70000, 220000):06}"
    ),
    "time": lambda dice: f"{dice.randint(6, 22)}:{dice.randint(0, 59):02}",
    "train": train,
    "year": lambda dice: str(dice.randint(1920, 2020)),
    "zodiac": lambda dice: dice.choice(ZODIAC),
}
