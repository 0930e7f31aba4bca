"""The school's side of the ledger: who of a class is missing what, forms and links, signed papers."""

from __future__ import annotations

import io
from collections.abc import Sequence

from flask import (
    Blueprint,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import qr
from penpal.accounts.models import Person
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.consent import forms, ledger, links, papers, queries, scans, services, wording
from penpal.consent.models import GuardianLink, Purpose, SignedPaper
from penpal.kernel import access, clock, trail
from penpal.kernel.access import needs
from penpal.kernel.db import transaction
from penpal.kernel.errors import Invalid, NotFound
from penpal.permissions import Permission
from penpal.places import queries as places
from penpal.places.models import Level, Unit

blueprint = Blueprint("class_consent", __name__)

ENDINGS = {scans.PDF: "pdf", scans.JPEG: "jpg", scans.PNG: "png"}


@blueprint.get("/classes/<int:class_id>/consent")
@needs(Permission.Consent.SEE_CLASS)
def index(class_id: int) -> str:
    """Who of a class is missing what."""
    return _class_page(_class(class_id))


@blueprint.post("/classes/<int:class_id>/consent/papers")
@needs(Permission.Consent.RECORD)
def record_papers(class_id: int) -> Response | tuple[str, int]:
    """Several children's forms came back signed: one act for each child."""
    class_ = _class(class_id)
    students = [
        access.load(Person, actor(), person_id)
        for person_id in request.form.getlist("student", type=int)
    ]
    purposes = forms.purposes(request.form)
    if not students or not purposes:
        flash(_("先勾选同学，再勾选他们的家长同意了哪几件事。"), "wait")
        return redirect(url_for(".index", class_id=class_.id))
    try:
        given_on = forms.day(request.form.get("given_on", ""))
        recorded = services.record_signatures(
            students, purposes=purposes, given_on=given_on, by=actor()
        )
    except Invalid as problem:
        return _class_page(class_, errors=problem.fields), 422
    return _answer(class_, students, purposes, recorded)


def _answer(
    class_: Unit, students: Sequence[Person], purposes: Sequence[Purpose], recorded: int
) -> Response:
    """To the page of the class, which names the children whose guardians said no later than the paper."""
    left_out = ledger.left_out(students, purposes)
    if recorded or not left_out:
        flash(
            ngettext(
                "记下了 %(num)s 位同学的家长同意。", "记下了 %(num)s 位同学的家长同意。", recorded
            )
            if recorded
            else _("这几位的都已经记过了。"),
            "ok",
        )
    about = [purpose.value for purpose in purposes] if left_out else []
    return redirect(url_for(".index", class_id=class_.id, unmoved=left_out, about=about))


@blueprint.post("/classes/<int:class_id>/consent/forms")
@needs(Permission.Consent.SEE_CLASS)
def prepare_forms(class_id: int) -> Response:
    """Make the links that stand on the forms of a class, then show the forms."""
    class_ = _class(class_id)
    purposes = forms.purposes(request.form)
    table = ledger.of_class(class_)
    prepared = links.prepare_forms(table.rows, purposes, settings=_settings(), by=actor())
    if not prepared:
        flash(_("要问的都问过了，没有要打印的。"), "ok")
        return redirect(url_for(".index", class_id=class_.id))
    with transaction():
        trail.write(class_, "printed consent forms", by=actor(), reason=str(prepared))
    return redirect(url_for(".sheets", class_id=class_.id))


@blueprint.get("/classes/<int:class_id>/consent/forms")
@needs(Permission.Consent.SEE_CLASS)
def sheets(class_id: int) -> str:
    """The forms of a class for the printer, a page for each child with an open link."""
    class_ = _class(class_id)
    pages = [
        {
            "name": row.person.name,
            "number": row.number,
            "purposes": [p for p in Purpose if p.value in row.link.purposes],
            "drawing": qr.draw(_address(row.link)),
            "until": clock.local(row.link.expires_at).date(),
        }
        for row in ledger.of_class(class_).rows
        if row.link is not None
    ]
    return render_template(
        "consent/sheets.html",
        class_=class_,
        school=class_.parent.name if class_.parent else "",
        pages=pages,
        languages=_languages(class_),
    )


@blueprint.post("/schools/<int:school_id>/consent/language")
@needs(Permission.Consent.CHOOSE_LANGUAGE)
def choose_language(school_id: int) -> Response:
    school = access.load(Unit, actor(), school_id)
    services.choose_language(school, request.form.get("language", ""), by=actor())
    flash(_("记下了。以后打印的同意书和家长的页面都用这两种语言。"), "ok")
    class_id = request.form.get("class_id", type=int)
    if class_id:
        return redirect(url_for(".index", class_id=class_id))
    return redirect(url_for("desk.school", school_id=school.id))


@blueprint.get("/students/<int:person_id>/consent")
@needs(Permission.Unit.SEE_STUDENT)
def student(person_id: int) -> str:
    """One student's ledger, their guardian's link, and the scans."""
    return _student_page(_student(person_id))


@blueprint.post("/students/<int:person_id>/consent/papers")
@needs(Permission.Consent.RECORD)
def record_paper(person_id: int) -> Response | tuple[str, int]:
    """A guardian's signed form, with a scan of it where there is one."""
    found = _student(person_id)
    purposes = forms.purposes(request.form)
    content = forms.scan(request.files.get("scan"))
    if not purposes and not content:
        flash(_("先勾选家长同意了哪几件事，或者选一份扫描件。"), "wait")
        return redirect(url_for(".student", person_id=found.id))
    try:
        given_on = forms.day(request.form.get("given_on", ""))
        with transaction():
            services.record_signatures([found], purposes=purposes, given_on=given_on, by=actor())
            if content:
                papers.keep(found, content, settings=_settings(), by=actor())
    except Invalid as problem:
        return _student_page(_student(person_id), errors=problem.fields), 422
    left_out = ledger.stood_firm(ledger.of_person(found), purposes)
    if content or len(left_out) < len(purposes):
        flash(_("记下了。"), "ok")
    about = [state.purpose.value for state in left_out]
    return redirect(url_for(".student", person_id=person_id, about=about))


@blueprint.post("/students/<int:person_id>/consent/papers/<int:paper_id>/looks")
@needs(Permission.Consent.SEE_PAPER)
def look(person_id: int, paper_id: int) -> Response:
    """A scan, as a file to be saved; that somebody looked stands in the trail."""
    paper = access.load(SignedPaper, actor(), paper_id)
    if paper.person_id != person_id:
        raise NotFound
    kind = paper.content_type
    content = papers.look(paper, settings=_settings(), by=actor())
    answer = send_file(
        io.BytesIO(content),
        kind,
        as_attachment=True,
        download_name=f"{_('同意书')}-{paper_id}.{ENDINGS[kind]}",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/students/<int:person_id>/consent/link")
@needs(Permission.Consent.INVITE)
def make_link(person_id: int) -> Response:
    found = _student(person_id)
    try:
        links.make(found, forms.purposes(request.form), settings=_settings(), by=actor())
    except Invalid:
        flash(_("先勾选要问家长的事。"), "wait")
    else:
        flash(_("链接做好了。以前的链接不能用了。"), "ok")
    return redirect(url_for(".student", person_id=person_id, _anchor="link"))


@blueprint.post("/students/<int:person_id>/consent/link/end")
@needs(Permission.Consent.INVITE)
def end_link(person_id: int) -> Response:
    links.end(_student(person_id), by=actor())
    flash(_("链接不能用了。"), "ok")
    return redirect(url_for(".student", person_id=person_id))


@blueprint.post("/students/<int:person_id>/consent/<purpose>/withdrawal")
@needs(Permission.Consent.WITHDRAW)
def withdraw(person_id: int, purpose: str) -> Response:
    """A guardian took one consent back; it acts at once."""
    found = _student(person_id)
    services.withdraw(found, purpose=forms.purpose(purpose), by=actor())
    flash(_("记下了，马上生效。"), "ok")
    return redirect(url_for(".student", person_id=person_id))


def _class_page(class_: Unit, errors: object = None) -> str:
    table = ledger.of_class(class_)
    wanted = request.args.get("purpose", "")
    purpose = Purpose(wanted) if wanted in set(Purpose) else None
    everyone = request.args.get("show") == "all"
    school_id = class_.parent_id
    return render_template(
        "consent/class.html",
        class_=class_,
        rows=[row for row in table.rows if everyone or row.lacks(purpose)],
        left_out=_left_out(table.rows),
        students=len(table.rows),
        missing=table.missing,
        soon=table.soon,
        purposes=[purpose] if purpose else list(Purpose),
        chosen=purpose.value if purpose else "",
        everyone=everyone,
        words=_words(),
        every=list(Purpose),
        today=clock.today(),
        errors=errors or {},
        second=queries.second_language(school_id),
        second_choices=_second_choices(),
        school_id=school_id
        if class_.parent and access.may(actor(), Permission.Consent.CHOOSE_LANGUAGE, class_.parent)
        else None,
    )


def _left_out(rows: Sequence[ledger.Row]) -> list[tuple[Person, list[ledger.PurposeState]]]:
    """Of the children whom the address names those for whom a later no still stands, and to what."""
    named = set(request.args.getlist("unmoved", type=int))
    found = [
        (row.person, ledger.stood_firm(row.states, _about()))
        for row in rows
        if row.person.id in named
    ]
    return [(person, states) for person, states in found if states]


def _about() -> set[Purpose]:
    return {Purpose(word) for word in request.args.getlist("about") if word in set(Purpose)}


def _student_page(found: Person, errors: object = None) -> str:
    access.authorize(actor(), Permission.Unit.SEE_STUDENT, found)
    enrolment = next(row for row in found.enrolments if row.until is None)
    link = queries.open_links([found.id]).get(found.id)
    address = _address(link) if link else ""
    states = ledger.of_person(found)
    return render_template(
        "consent/student.html",
        student=found,
        class_=enrolment.class_,
        states=list(states.values()),
        left_out=ledger.stood_firm(states, _about()),
        askable=ledger.guardians_purposes(found),
        words=_words(),
        link=link,
        address=address,
        drawing=qr.draw(address) if address else None,
        papers=queries.papers_of(found.id),
        endings=ENDINGS,
        today=clock.today(),
        errors=errors or {},
    )


def _words() -> object:
    """The names of the purposes in the language of the page."""
    found = wording.in_language(wording.current().name, str(get_locale()))
    assert found is not None
    return found.purposes


def _second_choices() -> list[tuple[str, str]]:
    """Languages in which the words exist beside Chinese."""
    found = wording.languages(wording.current().name)
    return [(code, told.name) for code, told in found.items() if code != wording.CHINESE]


def _languages(class_: Unit) -> list[wording.Language]:
    return wording.chosen(wording.current().name, queries.second_language(class_.parent_id))


def _class(class_id: int) -> Unit:
    class_ = places.load(actor(), Level.CLASS, class_id)
    access.authorize(actor(), Permission.Consent.SEE_CLASS, class_)
    return class_


def _student(person_id: int) -> Person:
    found = access.load(Person, actor(), person_id)
    access.authorize(actor(), Permission.Unit.SEE_STUDENT, found)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _address(link: GuardianLink) -> str:
    """An address to print on paper or to send: the public one where the operator set it."""
    code = links.code_of(link, settings=_settings())
    public = _settings().public_url
    if public:
        return public.rstrip("/") + url_for("guardians.door", code=code)
    return url_for("guardians.door", code=code, _external=True)
