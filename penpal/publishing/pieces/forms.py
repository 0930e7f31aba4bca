"""What forms about pieces say."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict

from penpal.consent.models import Purpose, Relation
from penpal.kernel.errors import Invalid
from penpal.media.queries import Picture
from penpal.publishing.pieces.freezing import Copy, Shown
from penpal.publishing.pieces.links import Said
from penpal.publishing.pieces.models import Faces, PieceKind
from penpal.publishing.pieces.saying import About, Own

MEND, FACES = "mend-", "faces-"
MOST_KEPT = 60
OF_PRINT = (Purpose.PUBLICATION, Purpose.PHOTOS, Purpose.REAL_NAME)
"""What of the ledger is asked beside a piece."""
Form = MultiDict[str, str]
_CHOSEN = {Faces.NONE.value: Faces.NONE, Faces.SOME.value: Faces.SOME}


def kind(text: str) -> PieceKind:
    if text not in set(PieceKind):
        raise Invalid(fields={"kind": _l("选一种。")})
    return PieceKind(text)


def about(form: Form) -> About:
    return About(form.get("title", ""), form.get("theme", ""), keeps(form))


def copy(form: Form, pictures: Sequence[Picture]) -> Copy:
    """The mended places, or the whole text where it is written anew, and the photos that go along."""
    shown = [
        Shown(one.id, _CHOSEN[said], form.get(f"photo_description_{one.id}", one.description))
        for one in pictures
        if (said := form.get(f"{FACES}{one.id}", "")) in _CHOSEN
    ]
    mends = {name: form[name] for name in form if name.startswith(MEND)}
    return Copy(mends, form.get("body"), shown, keeps(form))


def keeps(form: Form) -> list[str]:
    """Words that were ticked to be nobody's name."""
    return form.getlist("keep")[:MOST_KEPT]


def own(form: Form, *, has_photos: bool) -> Own:
    """``has_photos``: one put photos of one's own in, which is a yes to them."""
    ticked = set(form.getlist("ledger"))
    return Own(
        has_photos or bool(form.get("with_photos")),
        bool(form.get("real_name")),
        [one for one in OF_PRINT if one.value in ticked],
    )


def insist_on_ledger(said: Own, lacking: Sequence[Purpose]) -> None:
    """To say yes to a piece without agreeing that anything is published would be a yes to nothing."""
    needed = {Purpose.PUBLICATION} | ({Purpose.PHOTOS} if said.with_photos else set())
    if needed & set(lacking) - set(said.purposes):
        raise Invalid(fields={"ledger": _l("这里也要你说同意，才印得出来。以后随时可以撤下。")})


def guardian(form: Form, photos: bool) -> Said:
    """A guardian's answers."""
    said = form.get("piece", "")
    purposes = {one: form.get(f"answer-{one.value}", "") for one in Purpose}
    relation = form.get("relation", "")
    return Said(
        piece={"yes": True, "words": True, "no": False}.get(said),
        with_photos=said == "yes" and photos,
        purposes={one: word == "yes" for one, word in purposes.items() if word in ("yes", "no")},
        name=form.get("name", ""),
        relation=Relation(relation) if relation in set(Relation) else None,
        confirmed=bool(form.get("confirmed")),
        version=form.get("version", ""),
    )
