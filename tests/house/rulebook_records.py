"""Who is asked about what: actors of every kind, and for each permission records of the world of the tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import Enum

import sqlalchemy as sa

from penpal.accounts.models import Person, PersonKind, Role, RoleGrant
from penpal.accounts.offices import HANDED_OVER, Office
from penpal.activities.models import Activity
from penpal.activities.record_models import ActivityRecord
from penpal.activities.theme_models import Theme
from penpal.chat.models import ChatLine
from penpal.consent import links
from penpal.consent.models import GuardianLink
from penpal.kernel import clock, machine
from penpal.kernel.access import NOBODY, SYSTEM, Actor, Grant
from penpal.kernel.db import Model, session, transaction
from penpal.letters.models import Letter
from penpal.media.models import Photo
from penpal.permissions import Permission
from penpal.places.models import Unit
from penpal.publishing.issues import queries as issues
from penpal.publishing.issues.models import ColumnIssue, HandoutPiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.keepsakes.models import LetterBook
from penpal.publishing.pieces.models import PieceKind, Submission, SubmissionLink
from penpal.publishing.pieces.states import SubmissionState
from penpal.publishing.special.models import ReaderWord
from penpal.reading.models import SharedBook
from penpal.reading.note_models import ReadingNote, Reflection
from penpal.safeguarding import items
from penpal.safeguarding.block_models import Block, BlockNote
from penpal.safeguarding.hold_models import Hold
from penpal.safeguarding.models import Raised, Report
from penpal.safeguarding.opening_models import Basis, Opening
from penpal.safeguarding.opening_states import OpeningState
from penpal.twinning.models import Twinning
from tests.house.conftest import World
from tests.publishing.editing import bench
from tests.publishing.issues import ready
from tests.publishing.reviews import piecework

ABOUT_A_STUDENT = {
    Permission.Account.RESET,
    Permission.Unit.SEE_STUDENT,
    *Permission.Consent,
    *Permission.Paper,
}
RECORDLESS = {
    Permission.Photo.KEEP,
    Permission.Report.MAKE,
    Permission.Letter.LIST,
    Permission.Chat.LIST,
    Permission.Activity.LIST,
    Permission.Book.LIST,
    Permission.Theme.PUT_UP,
}


def actors(world: World) -> Iterator[tuple[str, Actor]]:
    """Someone of every kind: near the pair on either side, and far away."""
    cast = world.cast
    for who in ("xiaohe", "xiaomai", "xiaolin", "xiaoyuan"):
        yield "student", cast.actor(who)
    yield "student_without_consent", cast.actor("xiaoman")
    places = {
        Role.TEACHER: ("bj-class", "ht-class", "tj-class"),
        Role.SCHOOL_SECRETARY: ("bj-school", "ht-school", "tj-school"),
        Role.COUNTY_SECRETARY: ("bj-county", "hetian-shi", "tj-county"),
        Role.PROVINCE_SECRETARY: ("beijing", "tianjin"),
        Role.CORPS_SECRETARY: ("beijing", "tianjin"),
        Role.CENTRE_SECRETARY: ("centre",),
        Role.EDITOR: ("centre",),
        Role.OPERATOR: ("centre",),
    }
    for role, codes in places.items():
        for number, code in enumerate(codes):
            unit = cast.unit(code)
            yield (
                role.value,
                Actor(
                    kind="staff",
                    person_id=90_000 + number,
                    grants=(Grant(role.value, unit.id, unit.path),),
                ),
            )
    yield "guardian", links.SOMEBODY
    yield "system", SYSTEM
    yield "nobody", NOBODY


def records(world: World, permission: Enum) -> list[object]:
    """Real things that the permission is about; one nothing where it is about none."""
    of: dict[type, Callable[[], list[object]]] = {
        Permission.Pair: lambda: [world.cast.pair()],
        Permission.Chat: lambda: [world.cast.pair()],
        Permission.Twinning: lambda: list(session().query(Twinning)),
        Permission.Letter: lambda: each(Letter, world.letters),
        Permission.Report: lambda: each(Report, world.reports),
        Permission.Unit: classes_and_schools,
        Permission.Roster: classes_and_schools,
        Permission.ChatLine: lambda: each(ChatLine, world.lines),
        Permission.Activity: lambda: each(Activity, world.activities),
        Permission.ActivityRecord: lambda: each(ActivityRecord, world.records),
        Permission.Photo: lambda: each(Photo, world.photos),
        Permission.Theme: lambda: each(Theme, {"theme": world.theme}),
        Permission.Book: lambda: each(SharedBook, world.books),
        Permission.Note: lambda: each(ReadingNote, world.notes),
        Permission.Reflection: lambda: list(session().query(Reflection)),
        Permission.Issue: lambda: list(session().query(ColumnIssue)),
        Permission.ReaderWord: lambda: each(ReaderWord, {"word": world.word}),
    }
    if type(permission) is Permission.Photo and permission not in RECORDLESS:
        return [*of[Permission.Photo](), *photos_in_pieces(world)]
    if permission is Permission.ReaderWord.SEND:
        return [session().get_one(Submission, world.published)]
    if permission is Permission.Keepsake.MAKE_BOOK:
        return of[Permission.Pair]()
    if permission is Permission.Keepsake.TAKE_BOOK:
        return [LetterBook(asked_by_id=world.cast.person("xiaohe").id)]
    if permission is Permission.Keepsake.CLIP:
        return [session().get_one(Submission, world.published)]
    if permission is Permission.Issue.HEAR_RECALL:
        return list(session().query(HandoutPiece))
    if permission is Permission.Issue.COME_OUT:
        with machine.beginning():
            return [ColumnIssue(state=IssueState.SIGNED_OFF, comes_out_at=clock.now())]
    if permission in (Permission.Note.WRITE, Permission.Reflection.WRITE):
        return of[Permission.Book]()
    if permission is Permission.Book.PROPOSE:
        return of[Permission.Pair]()
    if permission is Permission.ActivityRecord.WRITE:
        return of[Permission.Activity]()
    if permission in (
        Permission.Consent.SEE_CLASS,
        Permission.Consent.CHOOSE_LANGUAGE,
        Permission.Theme.SEE_CLASS,
    ):
        return of[Permission.Unit]()
    if permission is Permission.Consent.ANSWER:
        return list(session().query(GuardianLink))
    if type(permission) is Permission.Hold or permission is Permission.Letter.RELEASE:
        return held_for(world, permission)
    if type(permission) is Permission.Block:
        return pauses_for(world, permission)
    if type(permission) is Permission.Submission:
        return pieces_for(world, permission)
    if permission is Permission.Report.REMIND:
        home = world.cast.unit("bj-class")
        levels = (Raised.COUNTY, Raised.PROVINCE)
        return [Report(class_=home, raised_to=level) for level in levels]
    if type(permission) is Permission.Opening:
        return openings_for(world, permission)
    if type(permission) is Permission.Office:
        return offices_for(world, permission)
    if permission in (Permission.Account.DISABLE, Permission.Account.RENEW_FACTOR):
        return [*session().query(Person), *colleagues(world)]
    if permission in ABOUT_A_STUDENT:
        return list(session().query(Person).where(Person.kind == "student"))
    if permission in RECORDLESS or type(permission) not in of:
        return [None]
    if permission in (Permission.Letter.WRITE, Permission.Activity.PROPOSE):
        return [world.cast.pair()]
    if permission is Permission.Pair.TIE:
        return of[Permission.Twinning]()
    return of[type(permission)]()


def each(model: type[Model], numbers: dict[str, int]) -> list[object]:
    return [session().get_one(model, number) for number in numbers.values()]


def classes_and_schools() -> list[object]:
    return list(session().query(Unit).where(Unit.level.in_(["class", "school"])))


def held_for(world: World, permission: Enum) -> list[object]:
    """What waits for a teacher and for a secretary: the requests, or the letters themselves."""
    holds = [session().get_one(Hold, number) for number in (world.hold, world.handed_on)]
    if permission is Permission.Hold.ASK:
        return [items.read(hold.kind, hold.item_id) for hold in holds]
    if permission is Permission.Letter.RELEASE:
        return [session().get_one(Letter, hold.item_id) for hold in holds]
    return list(holds)


def pauses_for(world: World, permission: Enum) -> list[object]:
    """The pair, a pause of each of the two, and what the teachers of each are told."""
    if permission is Permission.Block.ASK:
        return [world.cast.pair()]
    if permission is Permission.Block.LIFT:
        askers = ("xiaohe", "xiaomai", "xiaoman")
        return [Block(asked_by_id=world.cast.person(who).id) for who in askers]
    return [BlockNote(class_=world.cast.unit(code)) for code in ("bj-class", "ht-class")]


REVIEWED_AT = ("bj-class", "bj-school", "bj-county", "beijing", "centre")


def pieces_for(world: World, permission: Enum) -> list[object]:
    """A piece that waits at each level around Beijing, or what else is asked about pieces."""
    recordless = (
        *(Permission.Submission.LIST, Permission.Submission.STEP_ASIDE),
        Permission.Submission.SEE_DESK,
    )
    if permission in recordless:
        return [None]
    if permission in (
        *(Permission.Submission.SET_PATH, Permission.Submission.SEE_FIGURES),
        Permission.Submission.SUBMIT_STORY,
    ):
        return list(session().query(Unit))
    if permission in (
        *(Permission.Submission.EDIT, Permission.Submission.ANSWER_CHANGES),
        Permission.Submission.TAKE_DOWN,
    ):
        return desk_pieces(world)
    if permission is Permission.Submission.SUBMIT:
        return [world.cast.pair()]
    if permission is Permission.Submission.ASK_GUARDIAN:
        return list(session().query(Person).where(Person.kind == "student"))
    if permission is Permission.Submission.ANSWER_AS_GUARDIAN:
        return [link_to_a_piece(world)]
    if permission in (Permission.Submission.ANSWER, Permission.Submission.MEND):
        return pieces_of_ones_own(world)
    if permission in (Permission.Submission.READ, Permission.Submission.WITHDRAW):
        link = link_to_a_piece(world)
        return [*pieces_of_ones_own(world), link.party.submission, *waiting_pieces(world)]
    if permission is Permission.Submission.PUBLISH:
        return [row.submission for row in issues.pieces_of(ready.signed(world.cast, 1))]
    return waiting_pieces(world)


def waiting_pieces(world: World) -> list[object]:
    """Pieces that wait at each level around Beijing."""
    if "centre" not in world.pieces:
        for code in REVIEWED_AT:
            world.pieces[code] = piecework.waiting_at(world.cast, code).id
        approved = piecework.waiting_at(world.cast, "bj-county", approved_by="county_bj")
        world.pieces["approved"] = approved.id
    others = ("desk-", "own-")
    elsewhere = [n for name, n in world.pieces.items() if not name.startswith(others)]
    return [session().get_one(Submission, number) for number in elsewhere]


def photos_in_pieces(world: World) -> list[object]:
    """One photo in each piece that waits at a level, and one that anybody can see."""
    if "centre" not in world.photos:
        waiting_pieces(world)
        pieces = {code: world.pieces[code] for code in REVIEWED_AT}
        like = session().get_one(Photo, world.photos["sealed"])
        with transaction() as current:
            for code, number in pieces.items():
                part = current.get_one(Submission, number).current_parts()[0]
                photo = Photo(
                    key=f"photo-at-{code}",
                    owner_id=like.owner_id,
                    name=like.name,
                    width=like.width,
                    height=like.height,
                    digest=like.digest,
                )
                current.add(photo)
                current.flush()
                photo.about_kind, photo.about_id = "submission_part", part.id
                photo.attached_at, photo.loose_since = clock.now(), None
                world.photos[code] = photo.id
    found = [session().get_one(Photo, world.photos[code]) for code in REVIEWED_AT]
    return [*found, session().get_one(Photo, world.published_photo)]


def link_to_a_piece(world: World) -> SubmissionLink:
    """With which a guardian of 小禾's answers the piece that her teacher looks at."""
    piece = session().get_one(Submission, world.pieces["teacher"])
    party = next(one for one in piece.parties if one.person_id == world.cast.person("xiaohe").id)
    found = session().query(SubmissionLink).filter_by(party_id=party.id).first()
    if found is None:
        with transaction() as current:
            until = clock.now() + timedelta(days=1)
            found = SubmissionLink(
                party=party, revision=1, nonce="0" * 24, code_hash="0" * 64, expires_at=until
            )
            current.add(found)
    return found


def pieces_of_ones_own(world: World) -> list[object]:
    """Pieces in which children are asked, and some that were sent back, to a child and to one of staff."""
    if "own-asked" not in world.pieces:
        desk_pieces(world)
        cast = world.cast
        made = {
            "own-asked": piecework.piece(cast, named=("xiaoman",), key="own-asked", begun=False),
            "own-back": piecework.piece(cast, key="own-back-piece", begun=False),
            "own-story": piecework.piece(cast, kind=PieceKind.STORY, key="own-story", begun=False),
        }
        world.pieces |= {name: piece.id for name, piece in made.items()}
        back = [made["own-back"].id, made["own-story"].id]
        with transaction() as current:
            current.execute(
                sa.update(Submission)
                .where(Submission.id.in_(back))
                .values(state=SubmissionState.SENT_BACK)
            )
            current.execute(
                sa.update(Submission)
                .where(Submission.id == made["own-story"].id)
                .values(author_id=90_000)
            )
    names = ("own-asked", "own-back", "own-story")
    return [session().get_one(Submission, world.pieces[name]) for name in names]


def desk_pieces(world: World) -> list[object]:
    """On the desk: one printed, and two of which a child and the first of ``actors`` among staff are asked."""
    if "desk-asked" not in world.pieces:
        with transaction() as current:
            named = {"login_name": "story", "name": "老师", "display_name": "老师"}
            current.add(Person(id=90_000, kind=PersonKind.STAFF, **named))
        world.pieces["desk-asked"] = bench.asked_of(world.cast, 90_000).id
        child = bench.letter(world.cast)
        bench.offered(world.cast, child)
        world.pieces["desk-asked-child"] = child.id
        world.pieces["desk-printed"] = bench.printed(world.cast).id
    names = ("desk-asked", "desk-asked-child", "desk-printed")
    return [session().get_one(Submission, world.pieces[name]) for name in names]


def openings_for(world: World, permission: Enum) -> list[object]:
    """Openings around Beijing that run: asked by the first of ``actors``, and by somebody else."""
    recordless = (Permission.Opening.LIST, Permission.Opening.SEE_OWN, Permission.Opening.LAWFUL)
    if permission in recordless:
        return [None]
    if permission is Permission.Opening.ASK_IN_EMERGENCY:
        return list(session().query(Person).where(Person.kind == "student"))
    reported = [world.report(name) for name in world.reports]
    if permission is Permission.Opening.ASK_FOR_REPORT:
        return list(reported)
    until = clock.now() + timedelta(days=1)
    class_ = world.cast.unit("bj-class")
    with machine.beginning():
        found = [
            Opening(
                state=OpeningState.OPEN, until=until, asked_at=clock.now(), asked_by_id=asker, **of
            )
            for asker in (90_000, 1)
            for of in (
                {"basis": Basis.EMERGENCY, "class_": class_},
                *({"basis": Basis.REPORT, "report": each} for each in reported),
            )
        ]
        return [*found, Opening(state=OpeningState.ASKED, basis=Basis.LAWFUL)]


def offices_for(world: World, permission: Enum) -> list[object]:
    """An office of each kind around Beijing: held by the first of ``actors``, and by their deputy."""
    places = {
        Role.TEACHER: "bj-class",
        Role.SCHOOL_SECRETARY: "bj-school",
        Role.COUNTY_SECRETARY: "bj-county",
        Role.PROVINCE_SECRETARY: "beijing",
        Role.CORPS_SECRETARY: "beijing",
        Role.CENTRE_SECRETARY: "centre",
        Role.EDITOR: "centre",
        Role.OPERATOR: "centre",
    }
    at = {role: world.cast.unit(code) for role, code in places.items()}
    if permission is Permission.Office.WEAR:
        return [None]
    if permission is Permission.Office.SEE:
        return [unit for role, unit in at.items() if role is not Role.TEACHER]
    if permission is Permission.Office.GRANT:
        return [Office(role, unit) for role, unit in at.items()]
    held: list[object] = []
    for role, unit in at.items():
        place = {"role": role, "unit": unit, "unit_id": unit.id}
        one = RoleGrant(person_id=90_000, person=Person(id=90_000), **place)
        deputy = RoleGrant(person_id=90_100, person=Person(id=90_100), **place)
        deputy.deputy_for, deputy.deputy_for_id = one, 1
        held += [one, deputy] if role in HANDED_OVER else [one]
    return held


def colleagues(world: World) -> list[Person]:
    """Secretaries of the levels that nobody in the cast holds, for whom the centre answers."""
    return [
        Person(
            id=80_000 + number,
            kind=PersonKind.STAFF,
            grants=[RoleGrant(role=role, unit=world.cast.unit("beijing"), since=clock.today())],
        )
        for number, role in enumerate((Role.PROVINCE_SECRETARY, Role.CORPS_SECRETARY))
    ]
