"""A teacher's page of a piece: whose answer is missing, links and slips for guardians, what they signed."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from penpal.accounts import qr
from penpal.accounts.confirming import confirmed
from penpal.accounts.signed_in import actor
from penpal.config import Settings
from penpal.consent.models import Giver
from penpal.kernel import access, clock
from penpal.kernel.access import needs
from penpal.kernel.errors import IllegalMove, NotFound
from penpal.permissions import Permission
from penpal.publishing.pieces import (
    clearance,
    freezing,
    guardian_words,
    links,
    naming,
    withdrawing,
    wording,
)
from penpal.publishing.pieces.models import Submission, SubmissionLink, SubmissionParty
from penpal.publishing.pieces.predicates import answers_for_a_party
from penpal.publishing.pieces.states import LIVE, SubmissionState

blueprint = Blueprint("piece_consents", __name__, url_prefix="/publishing")


@blueprint.get("/<int:submission_id>/consents")
@needs(Permission.Submission.ASK_GUARDIAN)
def page(submission_id: int) -> str:
    """Whose yes is there and whose is missing; of children of other schools no more than that."""
    submission = _piece(submission_id)
    missing = clearance.of(submission)
    open_links = links.open_of(submission)
    printed = naming.printed_many(submission.parties)
    said = clearance.last_answers([party.id for party in submission.parties])
    rows = []
    for party in submission.parties:
        mine = access.may(actor(), Permission.Submission.ASK_GUARDIAN, party.person)
        link = open_links.get(party.id) if mine else None
        address = _address(link) if link else ""
        rows.append(
            {
                "party": party,
                "mine": mine,
                "name": party.person.name if mine else printed[party.id].name,
                "stands_as": wording.PARTIES[party.stands_as],
                "printed": printed[party.id],
                "missing": [
                    (one.giver.value, one.what.value) for one in missing.of(party.person_id)
                ],
                "guardian": said.get((party.id, Giver.GUARDIAN, submission.revision)),
                "needs_guardian": Giver.GUARDIAN in clearance.givers_of(party),
                "link": link,
                "address": address,
                "drawing": qr.draw(address) if address else None,
            }
        )
    return render_template(
        "publishing/pieces/consents.html",
        piece=submission,
        kind=wording.KINDS[submission.kind],
        standing=wording.STANDINGS[submission.state],
        rows=rows,
        is_clear=missing.is_clear,
        is_open=submission.state in LIVE and submission.state is not SubmissionState.ASKING,
        may_withdraw=submission.state in (*LIVE, SubmissionState.SENT_BACK)
        or submission.state is SubmissionState.PUBLISHED,
        has_photos=bool(clearance.with_printed_photos([submission.id])),
    )


@blueprint.post("/<int:submission_id>/consents/<int:party_id>/link")
@needs(Permission.Submission.ASK_GUARDIAN)
def make_link(submission_id: int, party_id: int) -> Response:
    links.make(_party(submission_id, party_id), settings=_settings(), by=actor())
    flash(_("链接做好了。以前的链接不能用了。"), "ok")
    return _back(submission_id, party_id)


@blueprint.post("/<int:submission_id>/consents/<int:party_id>/link/end")
@needs(Permission.Submission.ASK_GUARDIAN)
def end_link(submission_id: int, party_id: int) -> Response:
    links.end(_party(submission_id, party_id), by=actor())
    flash(_("链接不能用了。"), "ok")
    return _back(submission_id, party_id)


@blueprint.get("/<int:submission_id>/consents/<int:party_id>/slip")
@needs(Permission.Submission.ASK_GUARDIAN)
def slip(submission_id: int, party_id: int) -> str:
    """A sheet for a guardian: the piece, the code of the link, lines to sign."""
    party = _party(submission_id, party_id)
    link = links.open_of(party.submission).get(party.id)
    parts = party.submission.current_parts()
    return render_template(
        "publishing/pieces/slip.html",
        piece=party.submission,
        parts=parts,
        pictures=freezing.pictures_of(parts),
        name=party.person.name,
        printed=naming.printed(party),
        drawing=qr.draw(_address(link)) if link else None,
        until=clock.local(link.expires_at).date() if link else None,
        has_photos=bool(clearance.with_printed_photos([submission_id])),
        languages=guardian_words.languages_for(party.person_id),
    )


@blueprint.post("/<int:submission_id>/consents/<int:party_id>/paper")
@needs(Permission.Submission.ASK_GUARDIAN)
def record_paper(submission_id: int, party_id: int) -> Response:
    """What a guardian signed, put on record."""
    party = _party(submission_id, party_id)
    said = request.form.get("piece", "")
    if said not in ("yes", "words", "no"):
        flash(_("先选家长在纸上说的是什么。"), "wait")
        return _back(submission_id, party_id)
    try:
        links.record_paper(
            party,
            agrees=said != "no",
            with_photos=said == "yes",
            revision=request.form.get("revision", 0, type=int),
            by=actor(),
        )
    except IllegalMove as problem:
        flash(str(problem), "wait")
        return _back(submission_id, party_id)
    flash(_("记下了。") if said != "no" else _("记下了。这一篇撤回了。"), "ok")
    return _back(submission_id, party_id)


@blueprint.post("/<int:submission_id>/consents/withdrawal")
@needs(Permission.Submission.ASK_GUARDIAN)
@confirmed
def withdraw(submission_id: int) -> Response:
    """A child or a guardian told the teacher that they take it back; it acts at once."""
    submission = _piece(submission_id)
    if not answers_for_a_party(actor(), submission):
        raise NotFound
    withdrawing.withdraw(submission, by=actor(), reason=request.form.get("reason", "").strip())
    flash(_("撤回了，马上生效。"), "ok")
    return redirect(url_for(".page", submission_id=submission_id))


def _piece(submission_id: int) -> Submission:
    """A piece with a child of one's own in it, once every child has agreed that staff sees it."""
    submission = access.load(Submission, actor(), submission_id)
    if not answers_for_a_party(actor(), submission):
        raise NotFound
    return submission


def _party(submission_id: int, party_id: int) -> SubmissionParty:
    party = next((one for one in _piece(submission_id).parties if one.id == party_id), None)
    if party is None or not access.may(actor(), Permission.Submission.ASK_GUARDIAN, party.person):
        raise NotFound
    return party


def _back(submission_id: int, party_id: int) -> Response:
    return redirect(url_for(".page", submission_id=submission_id, _anchor=f"party-{party_id}"))


def _settings() -> Settings:
    settings: Settings = current_app.extensions["penpal.settings"]
    return settings


def _address(link: SubmissionLink) -> str:
    """An address to print on paper or to send: the public one where the operator set it."""
    code = links.code_of(link, settings=_settings())
    public = _settings().public_url
    if public:
        return public.rstrip("/") + url_for("piece_guardians.door", code=code)
    return url_for("piece_guardians.door", code=code, _external=True)
