"""Who sees what: each model maps to the select of what exists for an actor."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from penpal.accounts import answering, office_queries
from penpal.accounts import queries as accounts
from penpal.accounts.factor_models import RecoveryCode, SecondFactor, SignInAttempt
from penpal.accounts.models import Activation, Enrolment, Person, RoleGrant, SignIn
from penpal.activities import eyes as together
from penpal.activities import theme_queries as themes
from penpal.activities.models import Activity, ActivityNod, ActivityWord
from penpal.activities.record_models import ActivityRecord
from penpal.activities.theme_models import Theme
from penpal.chat import scopes as chat
from penpal.chat.models import ChatLine, ChatRoom, ChatSeat
from penpal.consent import queries as consent
from penpal.consent.models import Consent, FormLanguage, GuardianLink, Refusal, SignedPaper
from penpal.kernel.access import Actor
from penpal.kernel.trail import TrailEntry, TrailHead, TrailLink
from penpal.letters import queries as letter_queries
from penpal.letters import readers as paper_readers
from penpal.letters.models import Letter, PaperReader, Printing
from penpal.media import scopes as photo_scopes
from penpal.media.models import Photo, PhotoFile
from penpal.notices import queries as notices
from penpal.notices.models import Mail, MailAddress, Notice, NoticeSilence
from penpal.places import hours
from penpal.places import queries as places
from penpal.places.hours_models import SchoolHours
from penpal.places.models import Unit
from penpal.profiles.models import Profile
from penpal.programmes.models import CounterpartRegion, Programme, Round, RoundStep, UnitCount
from penpal.publishing import scopes as publishing
from penpal.reading import class_queries
from penpal.reading import queries as book_queries
from penpal.reading.class_models import BookQuestion, ClassBook
from penpal.reading.models import Parcel, ReadingCopy, ReadingStep, SharedBook
from penpal.reading.note_models import NoteLook, ReadingNote, Reflection
from penpal.record import queries as record
from penpal.rosters import queries as rosters
from penpal.rosters.models import FoldedRecord, RosterHeading, RosterUpload, Transfer
from penpal.safeguarding import (
    block_queries,
    evidence_queries,
    held_queries,
    hold_queries,
    opening_queries,
)
from penpal.safeguarding import queries as report_queries
from penpal.safeguarding.block_models import Block, BlockNote
from penpal.safeguarding.evidence_models import Evidence, EvidencePhoto
from penpal.safeguarding.held_models import HeldText
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.models import LegalReport, Report
from penpal.safeguarding.opening_models import LawfulPaper, Opening, OpeningOwner
from penpal.safeguarding.queue_models import Phrase
from penpal.statistics import queries as statistics
from penpal.statistics.models import SchoolCount
from penpal.twinning import queries as pairs
from penpal.twinning import reminding
from penpal.twinning.models import Pair, Twinning
from penpal.twinning.reminding import Reminder


def _profiles(actor: Actor) -> sa.Select[Profile]:
    """One's own and those of partners, past ones too."""
    statement = sa.select(Profile)
    if actor.kind == "system":
        return statement
    return statement.where(
        sa.or_(
            Profile.person_id == actor.person_id,
            Profile.person_id.in_(pairs.partner_ids(actor)),
        )
    )


def _notices(model: type[Notice | NoticeSilence | MailAddress | Mail]) -> Any:
    def scope(actor: Actor) -> sa.Select[Any]:
        return notices.own(model, actor)

    return scope


def _for_all(model: type[Any]) -> Any:
    """Facts of the programme that hold no person: the same for everyone who signed in."""

    def scope(actor: Actor) -> sa.Select[Any]:
        statement = sa.select(model)
        return statement if actor.kind != "nobody" else statement.where(sa.false())

    return scope


def _own(model: type[Any]) -> Any:
    def scope(actor: Actor) -> sa.Select[Any]:
        return accounts.own(model, actor)

    return scope


SCOPES: dict[type, Any] = {
    Unit: places.visible_to,
    Person: answering.visible_to,
    Enrolment: accounts.enrolments_visible_to,
    RoleGrant: office_queries.visible_to,
    Activation: _own(Activation),
    SignIn: _own(SignIn),
    SignInAttempt: _own(SignInAttempt),
    SecondFactor: _own(SecondFactor),
    RecoveryCode: _own(RecoveryCode),
    Consent: consent.visible_to,
    Refusal: consent.refusals_visible_to,
    GuardianLink: consent.links_visible_to,
    SignedPaper: consent.papers_visible_to,
    FormLanguage: consent.languages_visible_to,
    Photo: photo_scopes.visible_to,
    PhotoFile: photo_scopes.files_visible_to,
    Notice: _notices(Notice),
    NoticeSilence: _notices(NoticeSilence),
    MailAddress: _notices(MailAddress),
    Mail: _notices(Mail),
    Profile: _profiles,
    Programme: _for_all(Programme),
    CounterpartRegion: _for_all(CounterpartRegion),
    Round: _for_all(Round),
    RoundStep: _for_all(RoundStep),
    UnitCount: _for_all(UnitCount),
    SchoolCount: statistics.visible_to,
    Twinning: pairs.twinnings_visible_to,
    Pair: pairs.visible_to,
    RosterUpload: rosters.uploads_visible_to,
    RosterHeading: rosters.headings_visible_to,
    Transfer: rosters.transfers_visible_to,
    FoldedRecord: rosters.folded_visible_to,
    Report: report_queries.visible_to,
    LegalReport: report_queries.by_law_visible_to,
    Evidence: evidence_queries.visible_to,
    EvidencePhoto: evidence_queries.photos_visible_to,
    Block: block_queries.visible_to,
    BlockNote: block_queries.notes_visible_to,
    SchoolHours: hours.visible_to,
    Opening: opening_queries.visible_to,
    OpeningOwner: opening_queries.owners_visible_to,
    LawfulPaper: opening_queries.papers_visible_to,
    Hold: hold_queries.visible_to,
    HeldText: held_queries.visible_to,
    Phrase: _own(Phrase),
    Letter: letter_queries.visible_to,
    PaperReader: paper_readers.visible_to,
    Reminder: reminding.visible_to,
    Printing: paper_readers.printings_visible_to,
    ChatRoom: chat.rooms_visible_to,
    ChatSeat: chat.seats_visible_to,
    ChatLine: chat.visible_to,
    Activity: together.activities,
    ActivityNod: together.nods,
    ActivityWord: together.words,
    ActivityRecord: together.records,
    Theme: themes.visible_to,
    SharedBook: book_queries.visible_to,
    ReadingCopy: book_queries.copies_visible_to,
    ReadingStep: book_queries.steps_visible_to,
    Parcel: book_queries.parcels_visible_to,
    ReadingNote: book_queries.notes_visible_to,
    NoteLook: book_queries.looks_visible_to,
    Reflection: book_queries.reflections_visible_to,
    ClassBook: class_queries.books_visible_to,
    BookQuestion: class_queries.questions_visible_to,
    TrailEntry: record.entries_visible_to,
    TrailLink: record.links_visible_to,
    TrailHead: record.heads_visible_to,
    **publishing.SCOPES,
}
