"""Pieces that lie on the desk, approved and agreed to, with nothing written by an editor yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from penpal.accounts import services as accounts
from penpal.accounts.models import PersonKind, Role
from penpal.kernel import clock
from penpal.kernel.access import Actor
from penpal.kernel.db import session, transaction
from penpal.publishing.editing import drafting, queries, services
from penpal.publishing.editing.models import PieceVersion, VersionText
from penpal.publishing.editing.typed import Typed
from penpal.publishing.pieces.models import PieceKind, Submission
from penpal.publishing.pieces.states import SubmissionState as S
from tests.cast import Cast
from tests.publishing.issues import ready
from tests.publishing.reviews import piecework

BODY = (
    "银杏：\n你好！你的信是星期二到的。老师把它放在我桌上的时候，我正在做数学题。\n"
    "你说北京的银杏叶落下来没有声音。我没有见过银杏。"
)


def letter(cast: Cast, *, title: str = "你的天比我的天先黑", body: str = BODY) -> Submission:
    """A letter of 小麦's to 小禾."""
    return letters(cast, 1, title=title, body=body)[0]


def letters(cast: Cast, count: int, *, title: str = "来信", body: str = BODY) -> list[Submission]:
    found = ready.pieces(cast, count, state=S.WITH_EDITOR, body=body, title=title)
    ids = [each.id for each in found]
    with transaction() as current:
        current.execute(sa.update(Submission).where(Submission.id.in_(ids)).values(version_id=None))
        of_them = sa.select(PieceVersion.id).where(PieceVersion.submission_id.in_(ids))
        current.execute(sa.delete(VersionText).where(VersionText.version_id.in_(of_them)))
        current.execute(sa.delete(PieceVersion).where(PieceVersion.submission_id.in_(ids)))
    session().expire_all()
    return [session().get_one(Submission, one) for one in ids]


def both_letters(cast: Cast) -> Submission:
    """A letter of 小禾's with the answer of 小麦's: each has a text of their own in it."""
    made = piecework.piece(cast, kind=PieceKind.LETTERS, begun=False)
    with transaction() as current:
        current.execute(
            sa.update(Submission).where(Submission.id == made.id).values(state=S.WITH_EDITOR)
        )
    session().expire_all()
    return session().get_one(Submission, made.id)


def typed(submission: Submission, change: Callable[[str], str], **more: str) -> Typed:
    """The page as an editor would send it, with every body changed by ``change``."""
    words = drafting.base(submission)
    draft = queries.draft_of(submission)
    return Typed(
        title=more.get("title", words.title),
        standfirst=more.get("standfirst", words.standfirst),
        bodies={one: change(body) for one, body in words.bodies.items()},
        corrects=more.get("corrects", ""),
        saved=draft.saved if draft else 0,
    )


def shorter(body: str) -> str:
    return body.replace("你好！你的信是星期二到的。", "你的信星期二到了。").replace(
        "我没有见过", "我没见过"
    )


def offered(cast: Cast, submission: Submission, *, by: Actor | None = None) -> PieceVersion:
    """With three changes, of which its author is being asked."""
    editor = by or cast.actor("editor")
    services.save(submission, typed(submission, shorter, title="我的天比你的天后黑"), by=editor)
    return services.offer(submission, by=editor)


def printed(cast: Cast) -> Submission:
    """A letter that came out as it was submitted."""
    made = letter(cast)
    services.take(made, by=cast.actor("editor"))
    with transaction() as current:
        current.execute(
            sa.update(Submission)
            .where(Submission.id == made.id)
            .values(state=S.PUBLISHED, published_at=clock.now())
        )
    session().expire_all()
    return session().get_one(Submission, made.id)


def second_editor(cast: Cast) -> Actor:
    with transaction():
        person = accounts.add_person(
            PersonKind.STAFF, "编辑二", login_name="editor2", display_name="编辑二"
        )
        accounts.grant(person, Role.EDITOR, cast.unit("centre"), since=date(2026, 9, 1))
    return cast.actor("editor2")


def asked_of(cast: Cast, author_id: int) -> Submission:
    """A story of staff with one change, of which its author is being asked."""
    with transaction() as current:
        made = Submission(
            key=f"story-{author_id}",
            kind=PieceKind.STORY,
            programme_id=cast.pair().programme_id,
            author_id=author_id,
            unit_id=cast.unit("bj-school").id,
            title="一车书",
        )
        current.add(made)
        current.flush()
        piecework.freeze(made, 0, author_id, "老师们把书送到了。")
        current.flush()
        current.execute(
            sa.update(Submission).where(Submission.id == made.id).values(state=S.WITH_EDITOR)
        )
    session().expire_all()
    piece = session().get_one(Submission, made.id)
    editor = cast.actor("editor")
    services.save(piece, typed(piece, lambda body: body.replace("们", "")), by=editor)
    services.offer(piece, by=editor)
    return piece
