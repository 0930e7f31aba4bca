"""What letters bring to a pair's home: their lines on the timeline, the next step, and that somebody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext as _

from penpal.kernel import clock
from penpal.letters import night, queries, wording
from penpal.letters.queries import LETTER
from penpal.letters.states import LetterState
from penpal.safeguarding.hold_models import Hold
from penpal.twinning import participation, steps, timeline
from penpal.twinning.participation import Kind
from penpal.twinning.queries import PairCard
from penpal.twinning.steps import Beside, Known, Rank, Standing, Step
from penpal.twinning.timeline import PAIR, READER, Line, Mark, Row

ROOM = "letters"
_START = 240
_ON_ITS_WAY = timedelta(days=2)

_is_draft, _is_delivered = queries.is_draft, queries.is_delivered
_is_closed = sa.and_(LETTER.state == LetterState.DELIVERED, LETTER.author_id != READER)
_beginning = sa.func.substr(LETTER.body, 1, _START)


def register() -> None:
    timeline.register(_lines(), letter=_line)
    steps.register(ROOM, _facts(), ask=_ask, stand=_stand)
    participation.register(
        Kind.LETTER,
        participation.part(LETTER.author_id, LETTER.delivered_at).where(_is_delivered),
    )


def _lines() -> sa.Select[Any]:
    """All delivered letters; one that the reader has not opened shows no words."""
    return timeline.part(
        at=LETTER.delivered_at,
        kind="letter",
        id=LETTER.id,
        author_id=LETTER.author_id,
        title=LETTER.number,
        excerpt=sa.case((_is_closed, ""), else_=_beginning),
        state=LETTER.state,
    ).where(LETTER.pair_id == PAIR, _is_delivered)


def _line(row: Row, card: PairCard) -> Line:
    mine = row.author_id == card.me.person_id
    closed = row.state == LetterState.DELIVERED and not mine
    mark = None
    if closed:
        mark = Mark("wait", "mail", _("未拆"))
    elif mine and row.state == LetterState.OPENED:
        mark = Mark("ok", "check-check", _("%(name)s读过了", name=card.partner.display_name))
    elif mine:
        mark = Mark("", "mail", _("已经送到"))
    return Line(
        icon="mail",
        title=wording.short_title(int(row.title)),
        excerpt=_("封口还没拆开。") if closed else queries.excerpt(row.excerpt),
        url=url_for("letters.read", letter_id=row.id),
        mark=mark,
        is_closed=closed,
    )


def _facts() -> list[sa.Select[Any]]:
    """The last letter of each side, the one to open first, and the draft written in last."""
    of_pair = LETTER.pair_id == PAIR
    mine = LETTER.author_id == READER

    def one(what: str, at: Any, *which: Any, first: Any, text: Any = "") -> sa.Select[Any]:
        return (
            steps.part(
                ROOM,
                what,
                id=LETTER.id,
                at=at,
                author_id=LETTER.author_id,
                number=LETTER.number,
                title=sa.cast(LETTER.sequence, sa.String),
                text=text,
            )
            .where(of_pair, *which)
            .order_by(first)
            .limit(1)
        )

    sent, newest = LETTER.delivered_at, LETTER.sequence.desc()
    return [
        one("mine", sent, _is_delivered, mine, first=newest, text=_beginning),
        one(
            "theirs",
            sent,
            _is_delivered,
            ~mine,
            first=newest,
            text=sa.case((_is_closed, ""), else_=_beginning),
        ),
        one("unopened", sent, _is_closed, first=LETTER.sequence),
        one(
            "posted",
            LETTER.deliver_at,
            queries.is_posted,
            mine,
            first=LETTER.posted_at.desc(),
            text=_beginning,
        ),
        one("draft", LETTER.saved_at, _is_draft, mine, first=LETTER.id.desc(), text=_beginning),
        _asked(),
    ]


def _asked() -> sa.Select[Any]:
    """What became of the last request to release the draft that was written in last."""
    hold = sa.inspect(Hold).local_table.c
    draft = (
        sa.select(LETTER.id)
        .where(LETTER.pair_id == PAIR, _is_draft, LETTER.author_id == READER)
        .order_by(LETTER.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        steps.part(ROOM, "asked", id=hold.item_id, text=hold.state)
        .where(hold.kind == sa.literal_column("'letter'"), hold.item_id == draft)
        .order_by(hold.id.desc())
        .limit(1)
    )


def _ask(known: Sequence[Known], card: PairCard) -> Step | None:
    """What is next among the letters of two."""
    told = {fact.what: fact for fact in known}
    mine, theirs, draft = told.get("mine"), told.get("theirs"), told.get("draft")
    unopened, posted = told.get("unopened"), told.get("posted")
    owes = (
        theirs is not None
        and posted is None
        and (mine is None or int(mine.title) < int(theirs.title))
    )
    if unopened is not None:
        return _open(unopened, draft, card)
    if draft is not None:
        return _finish(draft, told.get("asked"), card, owes=owes)
    if posted is not None:
        return _wait(posted, card)
    if theirs is not None and owes:
        return _answer(theirs, card)
    if mine is None:
        return Step(
            Rank.FIRST,
            _("给%(name)s写第一封信", name=card.partner.display_name),
            url_for("letters.new"),
            _("写第一封信"),
            "pen-line",
            quote=card.partner.question,
        )
    return _write_again(mine, card)


def _open(unopened: Known, draft: Known | None, card: PairCard) -> Step:
    return Step(
        Rank.UNOPENED,
        _("%(title)s到了", title=wording.title(card.partner.display_name, unopened.number or 1)),
        url_for("letters.open_", letter_id=unopened.id),
        _("拆信"),
        "mail-open",
        method="post",
        postmark=unopened.at,
        beside=_go_on(draft) if draft else None,
    )


def _finish(draft: Known, asked: Known | None, card: PairCard, *, owes: bool) -> Step:
    """The letter that was begun, perhaps shown to a teacher meanwhile."""
    name = card.partner.display_name
    title = {
        "asked": _("写给%(name)s的信，在等老师放行", name=name),
        "returned": _("老师写了一句话，改一改就能寄出"),
    }.get(asked.text if asked else "", _("写给%(name)s的信，还差几句", name=name))
    go_on = _go_on(draft)
    return Step(
        Rank.REPLY if owes else Rank.DRAFT,
        title,
        go_on.url,
        go_on.label,
        go_on.icon,
        quote=queries.excerpt(draft.text),
    )


def _wait(posted: Known, card: PairCard) -> Step:
    assert posted.at is not None
    when = night.words_of(posted.at, card.me)
    return Step(
        Rank.ON_ITS_WAY,
        _("写给%(name)s的信在路上，%(when)s 送到", name=card.partner.display_name, when=when),
        url_for("letters.read", letter_id=posted.id),
        _("看看这封信"),
        "moon",
        quote=queries.excerpt(posted.text),
    )


def _answer(theirs: Known, card: PairCard) -> Step:
    return Step(
        Rank.REPLY,
        _("%(name)s在等你的回信", name=card.partner.display_name),
        url_for("letters.new", reply_to=theirs.id),
        _("回信"),
        "pen-line",
        quote=queries.excerpt(theirs.text),
        postmark=theirs.at,
        beside=Beside(url_for("letters.read", letter_id=theirs.id), _("再读一遍"), "mail-open"),
    )


def _write_again(mine: Known, card: PairCard) -> Step:
    """Nobody owes anything: the last letter is with the partner."""
    assert mine.at is not None
    fresh = clock.local(mine.at).date() >= clock.today() - _ON_ITS_WAY
    return Step(
        Rank.ON_ITS_WAY if fresh else Rank.REST,
        _("信在%(name)s那里了", name=card.partner.display_name),
        url_for("letters.new"),
        _("想到什么，再写一封"),
        "pen-line",
        quote=queries.excerpt(mine.text),
    )


def _go_on(draft: Known) -> Beside:
    return Beside(url_for("letters.edit", letter_id=draft.id), _("接着写草稿"), "pen-line")


def _stand(known: Sequence[Known], card: PairCard) -> Standing:
    """How many letters went back and forth, and whose turn it is."""
    told = {fact.what: int(fact.title) for fact in _sent(known)}
    mine, theirs = told.get("mine", 0), told.get("theirs", 0)
    name = card.partner.display_name
    number = max(mine, theirs)
    if not number:
        is_posted = any(fact.what == "posted" and fact.room == ROOM for fact in known)
        text = _("第一封信在路上") if is_posted else _("还没有信")
    elif any(fact.what == "unopened" for fact in known):
        text = _("来往 %(number)s 封，有一封等你拆", number=number)
    elif any(fact.what == "posted" and fact.room == ROOM for fact in known):
        text = _("来往 %(number)s 封，你的一封在路上", number=number)
    elif theirs > mine:
        text = _("来往 %(number)s 封，该你回了", number=number)
    else:
        text = _("来往 %(number)s 封，最近一封在%(name)s那里", number=number, name=name)
    return Standing("mail", _("经常通书信"), text, url_for("letters.mailbox"))


def exchanged(known: Sequence[Known]) -> int:
    """How many letters the two sent each other."""
    return max((int(fact.title) for fact in _sent(known)), default=0)


def number_of(known: Sequence[Known], person_id: int) -> int:
    """How many of them this one wrote; 0 before the first."""
    own = (fact.number or 0 for fact in _sent(known) if fact.author_id == person_id)
    return max(own, default=0)


def _sent(known: Sequence[Known]) -> list[Known]:
    return [fact for fact in known if fact.room == ROOM and fact.what in ("mine", "theirs")]
