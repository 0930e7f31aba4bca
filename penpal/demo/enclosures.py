"""Photos in the letters of the demo's first pair and on one profile, drawn by our own code out of flat shapes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import NamedTuple

import sqlalchemy as sa
from PIL import Image

from penpal.accounts import snapshots
from penpal.accounts.models import Person
from penpal.demo.pictures import Sheet
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.letters import enclosing
from penpal.letters.models import Letter
from penpal.media import services as media
from penpal.media.services import Chosen
from penpal.profiles import services as profiles


class _Enclosed(NamedTuple):
    who: str
    day: date
    draw: Callable[[], Image.Image]
    words: str


def take_pictures() -> None:
    """After the load: they come in by the same way as a child's, decoded and stripped."""
    for told in _LETTERS:
        letter = _letter(told.who, told.day)
        number, author = letter.id, _actor(letter.author_id)
        photo = _taken(told.draw, f"demo-letter-{told.day:%m%d}", author)
        with transaction():
            media.attach(enclosing.KIND, number, [Chosen(photo, told.words)], by=author)
    person = session().scalars(sa.select(Person).where(Person.login_name == "xiaomai")).one()
    owner = _actor(person.id)
    photo = _taken(_tree, "demo-profile", owner)
    with transaction():
        tree = Chosen(photo, "爷爷园子里叫“慢”的那棵核桃树")
        media.attach(profiles.KIND, owner.person_id or 0, [tree], by=owner)


def _letter(login: str, day: date) -> Letter:
    """What that child sent on that day."""
    sent = session().scalars(
        sa.select(Letter)
        .join(Person, Person.id == Letter.author_id)
        .where(Person.login_name == login, Letter.delivered_at.is_not(None))
    )
    return next(
        letter
        for letter in sent
        if letter.delivered_at and clock.local(letter.delivered_at).date() == day
    )


def _actor(person_id: int) -> Actor:
    actor = snapshots.of(person_id)
    assert actor is not None
    return actor


def _taken(draw: Callable[[], Image.Image], key: str, author: Actor) -> int:
    drawn = BytesIO()
    draw().save(drawn, "JPEG", quality=88)
    return media.keep(drawn.getvalue(), key=key, by=author).id


def _walnut(sheet: Sheet, x: float, y: float) -> None:
    sheet.oval(x, y + 3, 22, 18, "#8a6840")
    sheet.oval(x, y, 21, 18, "#a87f4f")
    sheet.line([(x, y - 18), (x - 2, y), (x, y + 18)], "#7a5a35", 2)
    for side in (-1, 1):
        sheet.line([(x + side * 6, y - 13), (x + side * 11, y - 2)], "#8c683d", 1.5)
        sheet.line([(x + side * 8, y + 3), (x + side * 12, y + 10)], "#8c683d", 1.5)


def _sock() -> Image.Image:
    """A sock on a table, walnuts rolling out of it."""
    sheet = Sheet("#d9c9a8")
    sheet.box(0, 150, 320, 90, "#b98f5e")
    for y in (168, 196, 224):
        sheet.line([(0, y), (320, y)], "#a77f50", 1.5)
    leg = [
        (24, 92),
        (120, 78),
        (132, 132),
        (190, 148),
        (204, 176),
        (184, 196),
        (96, 196),
        (44, 172),
    ]
    sheet.shape([(x + 4, y + 6) for x, y in leg], "#9a7447")
    sheet.shape(leg, "#3f6f8f")
    sheet.shape([(24, 92), (48, 88), (64, 178), (44, 172)], "#e9e2d0")
    sheet.shape([(58, 87), (70, 85), (84, 190), (72, 184)], "#c8553d")
    sheet.oval(184, 174, 24, 23, "#e9e2d0")
    for x, y in ((236, 150), (282, 162), (254, 190), (214, 208), (292, 208), (152, 214)):
        _walnut(sheet, x, y)
    return sheet.image


def _ginkgos() -> Image.Image:
    """A road beside the moat between two rows of ginkgos, the ground all yellow."""
    sheet = Sheet("#c9d8e2")
    sheet.box(0, 60, 320, 70, "#dbe3e2")
    for x, top in ((20, 84), (70, 92), (250, 90), (296, 80)):
        sheet.box(x, top, 34, 50, "#b4b3ad")
    sheet.box(0, 130, 320, 110, "#d8b04a")
    sheet.shape([(0, 150), (110, 132), (130, 132), (60, 240), (0, 240)], "#6f93a3")
    sheet.shape([(0, 156), (108, 134), (112, 134), (0, 170)], "#86a8b5")
    sheet.shape([(150, 132), (170, 132), (240, 240), (96, 240)], "#c99a35")
    rows = ((132, 12), (122, 20), (104, 34), (190, 12), (204, 20), (230, 34), (276, 52))
    for x, size in rows:
        foot = 128 + size * 1.6
        sheet.box(x - size / 14, foot - size * 1.6, size / 7, size * 1.6, "#5d4630")
        sheet.oval(x, foot - size * 2.1, size * 0.8, size * 1.1, "#e0a92c")
        sheet.oval(x - size * 0.3, foot - size * 2.4, size * 0.5, size * 0.7, "#f0c34a")
    for number in range(70):
        x, y = (number * 53) % 300 + 10, 150 + (number * 37) % 86
        if x > 90 + (240 - y) * 0.3:
            sheet.oval(x, y, 2.5, 1.4, "#f2cf66" if number % 3 else "#b98423")
    return sheet.image


def _tree() -> Image.Image:
    """One walnut tree in an orchard, green nuts on it, a basket below."""
    sheet = Sheet("#bcd3dd")
    sheet.shape(
        [(0, 120), (80, 96), (170, 118), (250, 92), (320, 116), (320, 240), (0, 240)], "#c2b79a"
    )
    sheet.box(0, 158, 320, 82, "#b99f6c")
    for x in (24, 296):
        sheet.box(x - 4, 120, 8, 46, "#6b5439")
        sheet.oval(x, 110, 28, 30, "#7d9a5b")
    sheet.shape([(150, 206), (156, 120), (172, 120), (180, 206)], "#6b5439")
    sheet.line([(162, 136), (124, 100)], "#6b5439", 8)
    sheet.line([(166, 128), (206, 92)], "#6b5439", 8)
    for x, y, size in ((164, 60, 52), (112, 86, 42), (216, 82, 44), (164, 96, 46)):
        sheet.oval(x, y, size, size * 0.78, "#5f8449")
    for x, y, size in ((146, 48, 30), (204, 70, 26), (108, 76, 24)):
        sheet.oval(x, y, size, size * 0.7, "#76995a")
    for x, y in ((104, 98), (134, 66), (160, 88), (188, 56), (212, 94), (236, 78), (176, 112)):
        sheet.disc(x, y, 6, "#a9c46c")
    sheet.shape([(224, 192), (272, 192), (264, 222), (232, 222)], "#8b6a3e")
    sheet.oval(248, 192, 24, 6, "#6d5230")
    for x, y in ((238, 190), (250, 187), (260, 191)):
        sheet.disc(x, y, 6, "#a9c46c")
    return sheet.image


_LETTERS = (
    _Enclosed("xiaomai", date(2026, 10, 12), _sock, "一只洗过的袜子，里面的六个核桃都是“慢”的"),
    _Enclosed("xiaohe", date(2026, 11, 9), _ginkgos, "护城河边故意骑慢的那一段，银杏全黄了"),
)
