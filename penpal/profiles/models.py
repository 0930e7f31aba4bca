"""One profile a student, written by the student alone."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from penpal.kernel import html
from penpal.kernel.db import Model

INTRODUCTION_MAX, QUESTION_MAX, INTEREST_MAX, INTERESTS_MAX = 300, 60, 12, 6
"""Characters, and how many interests."""


class Profile(Model):
    """Texts are kept as written and as cleaned; ``sanitiser`` is the version that cleaned them."""

    __tablename__ = "profile"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    interests: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    introduction: Mapped[str] = mapped_column(sa.Text, default="")
    introduction_html: Mapped[str] = mapped_column(sa.Text, default="")
    question: Mapped[str] = mapped_column(sa.String(QUESTION_MAX), default="")
    sanitiser: Mapped[int] = mapped_column(default=html.VERSION)
