"""Pieces and issues that are out, as rows: what the public pages are tried on without walking the whole way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from penpal.kernel import html
from penpal.kernel.db import session, transaction
from penpal.media import services as media
from penpal.media.models import Photo
from penpal.programmes import queries as programmes
from penpal.programmes.models import ProgrammeKey
from penpal.publishing.editing.models import PieceVersion, VersionText
from penpal.publishing.issues.models import Column, ColumnIssue, IssuePiece
from penpal.publishing.issues.states import IssueState
from penpal.publishing.pieces.models import (
    OF_STAFF,
    Faces,
    PartyAs,
    PenName,
    PieceKind,
    Submission,
    SubmissionPart,
    SubmissionParty,
    SubmissionPhoto,
)
from penpal.publishing.pieces.states import SubmissionState
from tests.cast import Cast
from tests.media import pictures

OUT = datetime(2026, 11, 27, 2, tzinfo=UTC)
PEN_NAMES = {"xiaohe": "银杏", "xiaomai": "青核桃", "xiaolin": "晚风", "xiaoduo": "白杨树"}
LETTER = (
    "银杏：\n\n你的信星期二到了。老师把它放在我桌上的时候，我正在做数学题，结果那道题我一个字也没看进去。\n\n"
    "你问我这里的秋天是什么样子。我想了想，是“响”的。打核桃那天，爷爷站在树上，拿长杆子一敲，"
    "核桃就噼里啪啦落下来，像下了一场硬雨。\n\n我们这里晚上七点半，太阳才落山。\n\n"
    "青核桃\n十一月十六日"
)


def insert(model: Any, **values: object) -> int:
    """A row past the machine: its state is set as if the whole way lay behind it."""
    made = session().execute(sa.insert(model).values(**values).returning(model.id))
    return int(made.scalar_one())


def pen_names(cast: Cast) -> None:
    for login, name in PEN_NAMES.items():
        known = session().get(PenName, cast.person(login).id)
        if known is None:
            session().add(PenName(person_id=cast.person(login).id, name=name))
    session().flush()


def issue(number: int = 7, *, out: datetime = OUT, **changes: object) -> int:
    """An issue that came out."""
    programme = programmes.programme(ProgrammeKey.PEN_PALS)
    with transaction():
        column = session().scalar(sa.select(Column.id).where(Column.programme_id == programme.id))
        if column is None:
            column = insert(Column, programme_id=programme.id, name="结对子专栏")
        return insert(
            ColumnIssue,
            **{
                "column_id": column,
                "number": number,
                "year": 2026,
                "number_of_year": number,
                "headline": f"第{number}期的话",
                "state": IssueState.PUBLISHED,
                "comes_out_at": out,
                "signed_off_at": out,
                "came_out_at": out,
                **changes,
            },
        )


def piece(
    cast: Cast,
    issue_id: int | None,
    *,
    title: str = "你的天比我的天先黑",
    kind: PieceKind = PieceKind.LETTER,
    texts: Sequence[tuple[str, str]] = (("xiaomai", LETTER),),
    position: int = 0,
    standfirst: str = "",
    theme: str = "",
    section: str = "",
    state: SubmissionState = SubmissionState.PUBLISHED,
    out: datetime = OUT,
) -> int:
    """A piece in print. ``texts`` are pairs of a login name and what that one wrote."""
    with transaction():
        pen_names(cast)
        of_staff = kind in OF_STAFF
        author = cast.person(texts[0][0])
        piece_id = insert(
            Submission,
            key=f"{title}-{position}-{issue_id}",
            kind=kind,
            programme_id=cast.pair().programme_id,
            author_id=author.id,
            pair_id=None if of_staff else cast.pair().id,
            unit_id=cast.unit("ht-school" if texts[0][0] == "xiaomai" else "bj-school").id,
            title=title,
            theme=theme,
            state=SubmissionState.WITH_EDITOR,
            made_at=out - timedelta(days=9),
            published_at=out,
        )
        version = insert(
            PieceVersion,
            submission_id=piece_id,
            revision=1,
            number=0,
            title=title,
            standfirst=standfirst,
            accepted_at=out,
        )
        for at, (login, body) in enumerate(texts):
            words = {
                "body": body,
                "body_html": str(html.plain(body)),
                "direction": html.direction(body),
            }
            part = insert(
                SubmissionPart,
                submission_id=piece_id,
                revision=1,
                position=at,
                author_id=cast.person(login).id,
                frozen_at=out,
                written_at=out - timedelta(days=11),
                **words,
            )
            insert(VersionText, version_id=version, part_id=part, **words)
        if not of_staff:
            writers = [login for login, _body in texts]
            for login in ("xiaomai", "xiaohe"):
                stands = PartyAs.AUTHOR if login in writers else PartyAs.PARTNER
                insert(
                    SubmissionParty,
                    submission_id=piece_id,
                    person_id=cast.person(login).id,
                    stands_as=stands,
                )
        move(piece_id, state, version_id=version)
        if issue_id is not None:
            insert(
                IssuePiece,
                issue_id=issue_id,
                submission_id=piece_id,
                section=section,
                position=position,
            )
    return piece_id


def move(piece_id: int, state: SubmissionState, **values: object) -> None:
    """What the machine would do, without asking whether it may."""
    with transaction():
        session().execute(
            sa.update(Submission)
            .where(Submission.id == piece_id)
            .values(state=state, moved_at=OUT + timedelta(days=2), **values),
            execution_options={"synchronize_session": False},
        )


def photo(cast: Cast, piece_id: int, part: int, *, key: str, description: str = "窗外") -> int:
    """A photo in one of the texts of a piece."""
    owner = session().scalars(
        sa.select(SubmissionPart)
        .where(SubmissionPart.submission_id == piece_id)
        .order_by(SubmissionPart.position)
    )
    row = owner.all()[part]
    login = next(name for name in PEN_NAMES if cast.person(name).id == row.author_id)
    kept = media.keep(pictures.jpeg(), key=key, by=cast.actor(login))
    with transaction():
        session().execute(
            sa.update(Photo)
            .where(Photo.id == kept.id)
            .values(
                about_kind="submission_part",
                about_id=row.id,
                attached_at=OUT,
                loose_since=None,
                description=description,
            )
        )
    return kept.id


def leave_out(photo_id: int) -> None:
    """A reviewer leaves a photo away from what is printed."""
    with transaction() as current:
        found = current.get_one(Photo, photo_id)
        current.add(
            SubmissionPhoto(
                photo_id=photo_id, part_id=found.about_id, faces=Faces.NONE, is_out=True
            )
        )
