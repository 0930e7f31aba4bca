"""Photos that go with a line: seen by the two, gone from both with the line."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from penpal.chat import services
from penpal.chat.refusals import Screened
from penpal.kernel import access
from penpal.kernel.db import session
from penpal.kernel.errors import Invalid
from penpal.media import services as photos
from penpal.media.models import Photo
from penpal.media.services import Chosen
from tests.cast import Cast
from tests.chat.talking import line, open_rooms, say, sequences, told
from tests.conftest import SignedIn
from tests.media import pictures


@pytest.fixture(autouse=True)
def opened(cast: Cast) -> None:
    open_rooms(cast)


def keep(cast: Cast, who: str = "xiaohe") -> int:
    return photos.keep(pictures.jpeg(8, 6), key=f"photo-of-{who}", by=cast.actor(who)).id


def sees(cast: Cast, who: str, photo_id: int) -> bool:
    visible = access.visible(Photo, cast.actor(who)).where(Photo.id == photo_id)
    return session().scalar(select(visible.exists())) is True


def test_the_two_see_the_photo_until_the_line_is_taken_back(cast: Cast, as_: SignedIn) -> None:
    photo = keep(cast)
    assert not sees(cast, "xiaomai", photo)

    said = say(cast, "", photos=[Chosen(photo, "窗外的云")]).line

    assert (said.photos, line(said.id).body) == (1, "")
    assert sees(cast, "xiaomai", photo)
    for who in ("xiaolin", "teacher_bj", "teacher_ht"):
        assert not sees(cast, who, photo)
    shown_lines = told(as_("xiaomai").get(f"/chat/{cast.pair().id}/lines"))["lines"][0]
    shown = shown_lines["photos"][0]
    assert shown["description"] == "窗外的云"
    assert as_("xiaomai").get(shown["src"]).status_code == 200
    assert as_("xiaolin").get(shown["src"]).status_code == 404

    services.unsend(line(said.id), by=cast.actor("xiaohe"))
    assert not sees(cast, "xiaomai", photo)
    assert as_("xiaomai").get(shown["src"]).status_code == 404


def test_anothers_photo_or_a_number_under_it_sends_nothing(cast: Cast) -> None:
    theirs, mine = keep(cast, "xiaomai"), keep(cast)

    with pytest.raises(Invalid):
        say(cast, "看", photos=[Chosen(theirs, "")])
    with pytest.raises(Invalid):
        say(cast, "看", photos=[Chosen(mine, "电话13812345678")])
    with pytest.raises(Screened):
        say(cast, "电话13812345678", photos=[Chosen(mine, "")])

    assert sequences(cast) == []
    assert say(cast, "看", photos=[Chosen(mine, "")]).line.sequence == 1


def test_the_form_brings_files_without_scripts(cast: Cast, as_: SignedIn) -> None:
    data = {
        "key": "key-with-a-file",
        "body": "看这张",
        "photo": (io.BytesIO(pictures.jpeg(8, 6)), "window.jpg"),
    }

    answer = as_("xiaohe").post(
        f"/chat/{cast.pair().id}/say", data=data, content_type="multipart/form-data"
    )

    assert answer.status_code == 302
    assert "/photos/" in as_("xiaomai").get(f"/chat/{cast.pair().id}").text
