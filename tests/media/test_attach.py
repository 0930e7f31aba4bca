"""Photos of a thing: one's own, in order, with words that the guard has read; what is taken away is loose again."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from penpal.kernel.db import session, transaction
from penpal.kernel.errors import IllegalMove, Invalid, NotPermitted
from penpal.media import queries, services
from penpal.media.models import Photo
from penpal.media.services import Chosen
from penpal.safeguarding.models import Report, ReportKind
from tests.cast import Cast
from tests.conftest import SignedIn
from tests.media import pictures

NOTE = "reading_note"


@pytest.fixture
def photos(cast: Cast) -> list[Photo]:
    """Three of 小禾's."""
    return [keep(cast, number) for number in range(3)]


def keep(cast: Cast, number: int, who: str = "xiaohe") -> Photo:
    content = pictures.jpeg(40 + number, 30)
    return services.keep(content, key=f"photo-number-{number}", by=cast.actor(who))


def attach(
    cast: Cast, chosen: list[Chosen], thing: int = 7, who: str = "xiaohe", **how: bool
) -> bool:
    with transaction():
        return services.attach(NOTE, thing, chosen, by=cast.actor(who), **how)


def shown(thing: int = 7) -> list[tuple[int, str]]:
    return [(one.width, one.description) for one in queries.of(NOTE, [thing]).get(thing, ())]


def test_exactly_these_in_this_order_and_the_others_are_loose_again(
    cast: Cast, photos: list[Photo]
) -> None:
    first, second, third = (photo.id for photo in photos)

    attach(cast, [Chosen(first, "核桃"), Chosen(second, "  院子里\n的树 ")])
    assert shown() == [(40, "核桃"), (41, "院子里 的树")]
    attach(cast, [Chosen(third, ""), Chosen(first, "新核桃")])
    assert shown() == [(42, ""), (40, "新核桃")]
    assert session().get_one(Photo, second).is_loose
    attach(cast, [Chosen(second, "")], thing=8)
    both = queries.of_all([(NOTE, 7), (NOTE, 8), ("letter", 7)])
    assert {thing: len(found) for thing, found in both.items()} == {(NOTE, 7): 2, (NOTE, 8): 1}
    attach(cast, [])
    assert shown() == []
    with pytest.raises(RuntimeError):
        services.attach(NOTE, 7, [], by=cast.actor("xiaohe"))


def test_photos_of_others_of_other_things_and_too_many_are_refused(
    cast: Cast, photos: list[Photo]
) -> None:
    first = photos[0].id
    hers = keep(cast, 9, "xiaomai").id
    attach(cast, [Chosen(first, "")], thing=8)

    for chosen in (
        [Chosen(hers, "")],
        [Chosen(first, "")],
        [Chosen(999_999, "")],
        [Chosen(photos[1].id, "")] * 2,
        [Chosen(number, "") for number in range(1, 8)],
    ):
        with pytest.raises(Invalid) as refused:
            attach(cast, chosen)
        assert "photo" in refused.value.fields
    assert shown() == []
    # A cover that both may change: the partner keeps it, or takes it away, and cannot reword it.
    attach(cast, [Chosen(first, "不是她写的")], thing=8, who="xiaomai")
    assert shown(8) == [(40, "")]
    attach(cast, [Chosen(hers, "")], thing=8, who="xiaomai")
    assert session().get_one(Photo, first).is_loose


def test_the_guard_reads_what_is_said_of_a_photo(cast: Cast, photos: list[Photo]) -> None:
    first = photos[0].id
    number = "打我电话13812345678"

    for words in (number, "字" * 101):
        with pytest.raises(Invalid) as refused:
            attach(cast, [Chosen(first, words)])
        assert list(refused.value.fields) == [f"photo_description_{first}"]
    assert shown() == []
    attach(cast, [Chosen(first, number)], look=False)
    with pytest.raises(Invalid):
        attach(cast, [Chosen(first, number)])
    # Words of despair are kept, and the school learns that somebody should ask.
    assert attach(cast, [Chosen(first, "我不想活了")])
    assert shown() == [(40, "我不想活了")]
    worry = session().scalars(sa.select(Report).where(Report.kind == ReportKind.WORRY)).one()
    assert worry.reporter_id == cast.person("xiaohe").id
    assert not attach(cast, [Chosen(first, "<b>树</b>")])
    assert shown() == [(40, "<b>树</b>")]


def test_a_photo_is_doubled_out_of_the_same_files_by_its_owner_alone(
    cast: Cast, photos: list[Photo]
) -> None:
    again = services.double(photos[0].id, key="key-of-the-double", by=cast.actor("xiaohe"))

    assert (again.name, again.is_loose) == (photos[0].name, True)
    assert services.double(photos[0].id, key="key-of-the-double", by=cast.actor("xiaohe")) == again
    with pytest.raises(Invalid):
        services.double(photos[0].id, key="key-of-the-double", by=cast.actor("xiaomai"))
    with pytest.raises(NotPermitted):
        services.double(photos[0].id, key="key-of-the-double", by=cast.actor("teacher_bj"))


def test_a_loose_photo_is_thrown_away_by_its_owner_and_one_in_use_is_not(
    as_: SignedIn, cast: Cast, photos: list[Photo]
) -> None:
    first, second = photos[0].id, photos[1]
    attach(cast, [Chosen(second.id, "")])

    for who, status in (("xiaomai", 404), ("teacher_bj", 403), ("xiaohe", 204), ("xiaohe", 404)):
        assert as_(who).post(f"/photos/{first}/removal").status_code == status, who
    assert as_("xiaohe").post(f"/photos/{second.id}/removal").status_code == 409
    with pytest.raises(IllegalMove):
        services.discard(session().get_one(Photo, second.id), by=cast.actor("xiaohe"))
    with pytest.raises(NotPermitted):
        services.discard(session().get_one(Photo, second.id), by=cast.actor("xiaomai"))


def test_pictures_are_found_for_forms_by_those_who_see_them(
    cast: Cast, photos: list[Photo]
) -> None:
    chosen = [Chosen(photos[1].id, "改过的"), Chosen(photos[0].id, "")]

    found = queries.chosen(chosen, by=cast.actor("xiaohe"))

    assert [(one.width, one.description) for one in found] == [(41, "改过的"), (40, "")]
    assert queries.chosen(chosen, by=cast.actor("xiaomai")) == ()
    assert queries.of(NOTE, []) == {}
    assert queries.chosen([], by=cast.actor("xiaohe")) == ()
