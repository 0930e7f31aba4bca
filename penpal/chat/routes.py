"""The room of two: what was said in it, and the plain form, which works without scripts."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import limits
from penpal.accounts.signed_in import actor
from penpal.chat import (
    answers,
    finding,
    forms,
    opening,
    pages,
    queries,
    releasing,
    services,
    showing,
)
from penpal.chat.answers import Answer
from penpal.chat.forms import Typed
from penpal.chat.models import ChatLine
from penpal.chat.services import Said
from penpal.kernel import access, numbers, search
from penpal.kernel.access import needs
from penpal.kernel.errors import Invalid, NotFound, PenpalError
from penpal.media import uploads
from penpal.permissions import Permission
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair

blueprint = Blueprint("chat", __name__, url_prefix="/chat")

Reply = str | Response | Answer | tuple[str, int]


@blueprint.get("")
@needs(Permission.Chat.LIST)
def own() -> str | Response:
    """To the room of one's partner of today; without one, to what was said with those before."""
    asking = actor()
    access.authorize(asking, Permission.Chat.LIST)
    card = pairs.card_of(asking)
    if card is not None:
        return redirect(url_for("chat.room", pair_id=card.pair.id))
    return render_template("chat/partners.html", past=pairs.past_pairs(asking))


@blueprint.get("/<int:pair_id>")
@needs(Permission.Chat.READ)
def room(pair_id: int) -> str:
    return pages.room(pages.load(pair_id))


@blueprint.post("/<int:pair_id>/say")
@needs(Permission.Chat.SAY)
def say(pair_id: int) -> Reply:
    pair = pages.load(pair_id)
    typed = forms.parse(request.form)
    try:
        limits.count_line(actor().person_id or 0)
        # Files of a form without scripts are kept first: should the words not go out, the photos stay.
        chosen = uploads.take(request.form, request.files, by=actor())
        typed = replace(typed, photos=tuple(chosen))
        if len(chosen) > forms.PHOTOS_MOST:
            raise Invalid(fields={"photo": _("一句话最多带三张照片。")})
        kept = services.send(
            pair,
            key=typed.key,
            body=typed.body,
            sticker=typed.sticker,
            quotes=typed.quotes,
            photos=typed.photos,
            by=actor(),
        )
    except PenpalError as problem:
        return _refused(pair, typed, problem)
    if _wants_json():
        return answers.said(kept, by=actor())
    return redirect(
        url_for(
            "chat.room",
            pair_id=pair.id,
            help=1 if kept.worries else None,
            _anchor=f"line-{kept.line.id}",
        )
    )


@blueprint.post("/<int:pair_id>/ask")
@needs(Permission.Chat.SAY)
def ask(pair_id: int) -> Reply:
    """Ask a teacher to release the line as it is."""
    pair = pages.load(pair_id)
    typed = forms.parse(request.form)
    try:
        limits.count_line(actor().person_id or 0)
        hold = releasing.ask(
            pair,
            key=typed.key,
            body=typed.body,
            quotes=typed.quotes,
            words=typed.words,
            by=actor(),
        )
    except PenpalError as problem:
        return _refused(pair, typed, problem)
    if _wants_json():
        line = queries.line(hold.item_id)
        assert line is not None
        kept = Said(line, opening.zone_of(pair, by=actor()), is_new=True)
        return answers.said(kept, by=actor())
    flash(_("请老师看了。放行以后，这句话马上就发出。"), "ok")
    return redirect(url_for("chat.room", pair_id=pair.id, _anchor=f"line-{hold.item_id}"))


def _refused(pair: Pair, typed: Typed, problem: PenpalError) -> Reply:
    """The same page with all that was typed, or for a script what is in the way."""
    if _wants_json():
        return answers.refused(problem, typed.body)
    if isinstance(problem, uploads.NotAllTaken):
        typed = replace(typed, photos=tuple(problem.chosen))
    return pages.room(pair, typed, problem), problem.status


@blueprint.get("/<int:pair_id>/lines")
@needs(Permission.Chat.READ)
def lines(pair_id: int) -> Answer:
    """Lines before or after one, for a script: in their order, the newest ones where none is named."""
    pair, asking = pages.load(pair_id), actor()
    assert asking.person_id is not None
    before, after = (numbers.typed(request.args.get(name)) for name in ("before", "after"))
    if before:
        stretch = queries.before(pair, before)
    elif "after" in request.args:
        stretch = queries.after(pair, after or 0)
    else:
        stretch = queries.newest(pair)
    found = pages.in_order(pair, stretch, asking, with_kept_back=before is None)
    hours = opening.card(pair, by=asking)
    return {
        "lines": showing.wires(found, asking.person_id, hours.zone, answers=pages.said_to(found)),
        "more": stretch.more,
        "room": hours.wire,
        "got": queries.seats(pair, asking).partner_got,
    }


@blueprint.get("/<int:pair_id>/search", endpoint="search")
@needs(Permission.Chat.READ)
def found(pair_id: int) -> str:
    """Words in what was said in this room, the newest first."""
    pair, asking = pages.load(pair_id), actor()
    asked = search.asked(request.args.get("q", ""))
    before = numbers.typed(request.args.get("before"))
    return render_template(
        "chat/search.html",
        pair_id=pair.id,
        card=pages.card_of(pair),
        asked=asked,
        hits=finding.find(pair, asked.words, opening.zone_of(pair, by=asking), before=before),
        begun=bool(before),
    )


@blueprint.post("/<int:pair_id>/lines/<int:line_id>/unsend")
@needs(Permission.ChatLine.UNSEND)
def unsend(pair_id: int, line_id: int) -> Reply:
    """Take back one's own line; one that waits for a teacher, too."""
    pair, line = _line(pair_id, line_id)
    try:
        services.unsend(line, by=actor())
    except PenpalError as problem:
        if _wants_json():
            return answers.refused(problem, "")
        flash(str(problem), "wait")
        return redirect(url_for("chat.room", pair_id=pair.id, _anchor=f"line-{line_id}"))
    if _wants_json():
        return {"ok": True}
    flash(_("收回了。"), "ok")
    return redirect(url_for("chat.room", pair_id=pair.id))


@blueprint.post("/<int:pair_id>/lines/<int:line_id>/discard")
@needs(Permission.ChatLine.DISCARD)
def discard(pair_id: int, line_id: int) -> Response | Answer:
    """Throw away a line that never left."""
    pair, line = _line(pair_id, line_id)
    services.discard(line, by=actor())
    return {"ok": True} if _wants_json() else redirect(url_for("chat.room", pair_id=pair.id))


def _line(pair_id: int, line_id: int) -> tuple[Pair, ChatLine]:
    pair = pages.load(pair_id)
    line = access.load(ChatLine, actor(), line_id)
    if line.pair_id != pair.id:
        raise NotFound
    return pair, line


@blueprint.post("/<int:pair_id>/settings")
@needs(Permission.Chat.READ)
def settings(pair_id: int) -> Response | Answer:
    """Whether the partner sees that one is writing."""
    pair = pages.load(pair_id)
    services.set_typing(pair, request.form.get("shows_typing") == "yes", by=actor())
    return {"ok": True} if _wants_json() else redirect(url_for("chat.room", pair_id=pair.id))


@blueprint.post("/<int:pair_id>/letter")
@needs(Permission.Chat.READ)
def letter(pair_id: int) -> str | Response:
    """Lines that were picked, as the beginning of a letter that is to be written out of them."""
    pair = pages.load(pair_id)
    picked = queries.picked(pair, forms.picked(request.form.getlist("line")))
    if not picked:
        flash(_("先勾上几句，再写成信。"), "wait")
        return redirect(url_for("chat.room", pair_id=pair.id, choose=1))
    card = pages.card_of(pair)
    return render_template(
        "chat/letter.html",
        pair_id=pair.id,
        card=card,
        key=forms.fresh_key(),
        body=finding.as_letter(
            picked,
            {side.person_id: side.display_name for side in (card.me, card.partner)},
            actor().person_id,
        ),
    )


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
