"""Worries about what floors below keep, which cannot call this one."""

from __future__ import annotations

from flask_babel import gettext as _

from penpal.safeguarding import services


def about_profile(person_id: int) -> None:
    """Words of despair in what a child tells of themselves: somebody should ask how they are."""
    services.worry(person_id, about=("profile", person_id, _("自我介绍")))


def about_photo(person_id: int) -> None:
    """Words of despair in what a child says of a photo."""
    services.worry(person_id, about=("photo", 0, _("照片的说明")))
