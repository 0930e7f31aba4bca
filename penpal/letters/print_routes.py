"""Letters for the printer: one's own to keep, and the batch of a class for students without a device."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.kernel import access, clock, numbers
from penpal.kernel.access import needs
from penpal.kernel.db import session
from penpal.kernel.errors import NotFound
from penpal.kernel.press import press
from penpal.letters import dates, enclosing, paper, printing, typesetting
from penpal.letters import readers as paper_readers
from penpal.letters.models import Letter
from penpal.letters.printing import Sheet
from penpal.letters.typesetting import Choices, Correspondent, Slip, TitlePage, Way
from penpal.media.queries import Picture
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit
from penpal.twinning import queries as pairs
from penpal.twinning.models import Pair
from penpal.twinning.queries import PairCard, Side

blueprint = Blueprint("prints", __name__, url_prefix="/letters")
batches = Blueprint("printing", __name__, url_prefix="/classes/<int:class_id>/printing")
readers = Blueprint("paper", __name__)


@blueprint.get("/<int:letter_id>/print")
@needs(Permission.Letter.PRINT)
def letter(letter_id: int) -> str:
    """One letter as a page for the browser's printer, with the ways in which it can be set."""
    found = _letter(letter_id)
    return render_template(
        "letters/print/letter.html",
        letter=found,
        card=_card(found.pair),
        choices=_choices(),
        sheet=_drawn(found, _card(found.pair), enclosing.of(found)),
    )


@blueprint.get("/<int:letter_id>/print.pdf")
@needs(Permission.Letter.PRINT)
def letter_pdf(letter_id: int) -> Response:
    found = _letter(letter_id)
    card = _card(found.pair)
    with _in_line():
        described = _described(found, card, enclosing.of(found))
        made = _pressed(described["title"], [described], _choices())
    return _file(made, described["title"])


@blueprint.get("/print")
@needs(Permission.Letter.LIST)
def correspondence() -> str:
    """All letters of a pair, its title page first, by parts where they are many."""
    card = _asked_pair()
    parts, part = _parts(card)
    letters = printing.of_pair(card.pair.id, actor(), parts[part - 1])
    pictures = enclosing.of_many(parts[part - 1])
    return render_template(
        "letters/print/correspondence.html",
        card=card,
        choices=_choices(),
        title=_title_page(card, letters),
        sheets=[_drawn(found, card, pictures.get(found.id, ())) for found in letters],
        part=part,
        parts=len(parts),
    )


@blueprint.get("/print.pdf")
@needs(Permission.Letter.LIST)
def correspondence_pdf() -> Response:
    card = _asked_pair()
    parts, part = _parts(card)
    letters = printing.of_pair(card.pair.id, actor(), parts[part - 1])
    if not letters:
        raise NotFound
    title = _("%(me)s和%(partner)s的信", me=card.me.display_name, partner=card.partner.display_name)
    with _in_line():
        pictures = enclosing.of_many([found.id for found in letters])
        described = [_described(found, card, pictures.get(found.id, ())) for found in letters]
        made = _pressed(title, described, _choices(), title_page=_title_page(card, letters))
    return _file(made, f"{title} {part}" if len(parts) > 1 else title)


@blueprint.post("/<int:letter_id>/paper")
@needs(Permission.Letter.LET_PRINT)
def let_print(letter_id: int) -> AnyResponse:
    found = access.load(Letter, actor(), letter_id)
    printing.let_print(found, by=actor())
    flash(_("好了，老师可以把这封信印出来。"), "ok")
    return redirect(url_for("letters.read", letter_id=found.id))


@batches.get("")
@needs(Permission.Unit.PRINT_LETTERS)
def index(class_id: int) -> str:
    """Who waits for how many letters; nothing of them is shown."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    return render_template(
        "letters/print/batch.html",
        class_=class_,
        batch=printing.batch(class_, by=actor()),
        days=printing.AGAIN.days,
    )


@batches.post("/sheets")
@needs(Permission.Unit.PRINT_LETTERS)
def sheets(class_id: int) -> Response:
    """The file for the printer. It counts as printed when the teacher says so."""
    class_ = places.load(actor(), Level.CLASS, class_id)
    with _in_line():
        return _batch_file(class_, printing.take(class_, _ticked(), by=actor()))


@batches.post("/sheets/<int:letter_id>")
@needs(Permission.Unit.PRINT_LETTERS)
def again(class_id: int, letter_id: int) -> Response:
    class_ = places.load(actor(), Level.CLASS, class_id)
    with _in_line():
        return _batch_file(class_, printing.take_again(class_, letter_id, by=actor()))


@batches.post("")
@needs(Permission.Unit.PRINT_LETTERS)
def record(class_id: int) -> AnyResponse:
    class_ = places.load(actor(), Level.CLASS, class_id)
    done = printing.record(class_, _ticked(), by=actor())
    if done:
        flash(
            ngettext("记下了，%(num)s 封信已经印好。", "记下了，%(num)s 封信已经印好。", done),
            "ok",
        )
    else:
        flash(_("没有要记的：文件还没下载，或者已经记下了。"), "info")
    return redirect(url_for(".index", class_id=class_.id))


@readers.get("/paper")
@needs(Permission.Paper.END)
def own() -> str:
    """How one's own letters reach one."""
    me = access.load(Person, actor(), actor().person_id or 0)
    access.authorize(actor(), Permission.Paper.END, me)
    row = paper_readers.running(me.id)
    return render_template("letters/print/paper.html", since=row.since if row else None)


@readers.post("/students/<int:person_id>/paper")
@needs(Permission.Paper.BEGIN)
def begin(person_id: int) -> AnyResponse:
    student = access.load(Person, actor(), person_id)
    printing.begin_paper(student, by=actor())
    flash(_("记下了：%(name)s在纸上读信。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=student.id))


@readers.post("/students/<int:person_id>/paper/end")
@needs(Permission.Paper.END)
def end(person_id: int) -> AnyResponse:
    student = access.load(Person, actor(), person_id)
    printing.end_paper(student, by=actor())
    if actor().is_student:
        flash(_("好了，以后的信不再印出来。"), "ok")
        return redirect(url_for(".own"))
    flash(_("记下了：%(name)s的信不再印出来。", name=student.name), "ok")
    return redirect(url_for("desk.student_page", person_id=student.id))


def _letter(letter_id: int) -> Letter:
    found = access.load(Letter, actor(), letter_id)
    access.authorize(actor(), Permission.Letter.PRINT, found)
    return found


def _card(pair: Pair) -> PairCard:
    card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def _asked_pair() -> PairCard:
    """The pair that the address names, else the active one."""
    access.authorize(actor(), Permission.Letter.LIST)
    asked = numbers.typed(request.args.get("pair"))
    if asked is None:
        card = pairs.card_of(actor())
    else:
        pair = access.load(Pair, actor(), asked)
        access.authorize(actor(), Permission.Pair.SEE, pair)
        card = pairs.card(pair, actor())
    if card is None:
        raise NotFound
    return card


def _parts(card: PairCard) -> tuple[list[list[int]], int]:
    parts = printing.parts(card.pair.id, actor())
    part = numbers.typed(request.args.get("part")) or 1
    if part > len(parts):
        raise NotFound
    return parts, part


def _choices() -> Choices:
    """What the address asks for; anything unknown is rows in the usual size."""
    return Choices(
        way=Way.COLUMNS if request.args.get("way") == Way.COLUMNS else Way.ROWS,
        large=request.args.get("size") == "large",
    )


def _described(found: Letter, card: PairCard, pictures: Sequence[Picture]) -> dict[str, Any]:
    author, reader = _sides(found, card)
    return typesetting.described(
        found,
        _correspondent(author),
        reader.display_name,
        _choices(),
        plates=enclosing.plates(pictures),
    )


def _sides(found: Letter, card: PairCard) -> tuple[Side, Side]:
    """Who wrote, and who was written to."""
    mine = found.author_id == card.me.person_id
    return (card.me, card.partner) if mine else (card.partner, card.me)


def _correspondent(side: Side) -> Correspondent:
    return Correspondent(side.display_name, side.town_name, side.stamp_name, side.stamp)


def _drawn(found: Letter, card: PairCard, pictures: Sequence[Picture]) -> dict[str, Any]:
    """One letter as the page for the browser's printer needs it."""
    author, reader = _sides(found, card)
    body, signature = paper.set_out(found)
    return {
        "letter": found,
        "author": author,
        "reader": reader,
        "body": body,
        "signature": signature,
        "pages": typesetting.in_columns(found, _choices()),
        "dated": dates.line_of(found),
        "pictures": pictures,
    }


def _title_page(card: PairCard, letters: Sequence[Letter]) -> TitlePage:
    days = [dates.written(found.delivered_at) for found in letters if found.delivered_at]
    towns = [side.town_name for side in (card.me, card.partner) if side.town_name]
    return TitlePage(
        names=_(
            "%(me)s和%(partner)s的信",
            me=card.me.display_name,
            partner=card.partner.display_name,
        ),
        towns=" · ".join(towns),
        dates=" — ".join(dict.fromkeys((days[0], days[-1]))) if days else "",
        count=typesetting.count_of(len(letters)),
    )


def _ticked() -> list[int]:
    """The letters that the page listed: what came in the meantime waits for the next time."""
    asked = (numbers.typed(value) for value in request.form.getlist("letter"))
    return [number for number in asked if number]


def _in_line() -> AbstractContextManager[None]:
    """The one place that whoever asks has at the press, taken before anything is read or written for it."""
    return press.place(actor().person_id or 0)


def _pressed(title: str, letters: Sequence[dict[str, Any]], choices: Choices, **more: Any) -> bytes:
    """Set what was described; the connection goes back first, for the press may take its time."""
    session().close()
    return typesetting.pdf(title, letters, choices, **more)


def _batch_file(class_: Unit, found: Sequence[Sheet]) -> Response:
    title = _("%(name)s要印的信", name=class_.name)
    pictures = enclosing.of_many([sheet.letter.id for sheet in found])
    made = _pressed(
        title,
        [
            typesetting.described(
                sheet.letter,
                sheet.author,
                sheet.to_name,
                Choices(),
                slip=Slip(sheet.to, sheet.class_name, sheet.number, _address(sheet.letter)),
                plates=enclosing.plates(pictures.get(sheet.letter.id, ())),
            )
            for sheet in found
        ],
        Choices(),
        duplex=request.form.get("sides") != "one",
    )
    return _file(made, f"{title} {clock.today():%Y-%m-%d}")


def _address(found: Letter) -> str:
    """The letter's address for a code on paper: the public one where the operator set it."""
    settings: Settings = current_app.extensions["penpal.settings"]
    if settings.public_url:
        return settings.public_url.rstrip("/") + url_for("letters.read", letter_id=found.id)
    return url_for("letters.read", letter_id=found.id, _external=True)


def _file(content: bytes, name: str) -> Response:
    """A download under a readable name, in any script (RFC 5987)."""
    answer = send_file(
        io.BytesIO(content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{name}.pdf",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
