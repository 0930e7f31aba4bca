"""A photo, whose it is and what it belongs to; and its files, of which a row tells as long as they lie there."""

from __future__ import annotations

import secrets
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import clock
from penpal.kernel.db import Model
from penpal.media.shapes import DESCRIPTION_MAX


def _fresh_name() -> str:
    return secrets.token_hex(16)


class PhotoFile(Model):
    """Under this name files lie in the store, or may: the row is there before they are, and after.

    What no photo and no evidence names any more is swept away.
    """

    __tablename__ = "photo_file"

    name: Mapped[str] = mapped_column(sa.String(32), primary_key=True, default=_fresh_name)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)


class Photo(Model):
    """``key`` is made by the page that sends it and names it there: sending twice finds it again.

    It belongs to a thing, named by kind and number, or to none yet: then it is loose, its owner's
    alone, and goes after some days. Two photos may be made of the same files. ``digest`` is the
    SHA-256 of the largest JPEG; width and height are those of the largest size.
    """

    __tablename__ = "photo"
    __table_args__ = (
        sa.UniqueConstraint("owner_id", "key"),
        sa.CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL) "
            "AND (about_kind IS NULL) = (attached_at IS NULL) "
            "AND (about_kind IS NULL) = (loose_since IS NOT NULL)",
            name="loose_or_of_a_thing",
        ),
        sa.CheckConstraint("width > 0 AND height > 0", name="has_a_size"),
        sa.Index("ix_photo_name", "name"),
        sa.Index("ix_photo_about", "about_kind", "about_id", "position"),
        sa.Index(
            "ix_photo_loose",
            "loose_since",
            sqlite_where=sa.text("loose_since IS NOT NULL"),
            postgresql_where=sa.text("loose_since IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(sa.ForeignKey("photo_file.name"))
    about_kind: Mapped[str | None] = mapped_column(sa.String(32))
    about_id: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(sa.String(DESCRIPTION_MAX), default="")
    width: Mapped[int]
    height: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    kept_at: Mapped[datetime] = mapped_column(default=clock.now)
    loose_since: Mapped[datetime | None] = mapped_column(default=clock.now)
    attached_at: Mapped[datetime | None]

    @property
    def is_loose(self) -> bool:
        return self.about_kind is None

    def is_of(self, kind: str, thing_id: int) -> bool:
        return (self.about_kind, self.about_id) == (kind, thing_id)
