"""Chinese numerals for letters: 四 in a heading, 肆 on a stamp."""

from __future__ import annotations

_PLAIN = ("零一二三四五六七八九", "十百千")
_FORMAL = ("零壹贰叁肆伍陆柒捌玖", "拾佰仟")


def plain(number: int) -> str:
    """1 to 9,999 as one says it: 四, 十二, 一百零五."""
    written = _written(number, *_PLAIN)
    return written.removeprefix("一") if 10 <= number < 20 else written


def formal(number: int) -> str:
    """1 to 9,999 in the numerals that cannot be altered: 肆, 壹拾贰."""
    return _written(number, *_FORMAL)


def _written(number: int, digits: str, units: str) -> str:
    if not 1 <= number <= 9999:
        return str(number)
    signs: list[str] = []
    for place, figure in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True):
        if figure != "0":
            signs.append(digits[int(figure)] + (units[place - 1] if place else ""))
        elif signs and signs[-1] != digits[0]:
            signs.append(digits[0])
    return "".join(signs).rstrip(digits[0])
