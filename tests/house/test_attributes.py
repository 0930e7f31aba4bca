"""Nothing asks for, stores or infers what must never be known of a child (DOMAIN, safeguarding)."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from flask_wtf import FlaskForm
from pydantic import BaseModel

import penpal
from penpal.config import ROOT
from penpal.kernel.db import Model
from tests.conftest import SignedIn
from tests.house.conftest import World

# Ethnicity, religion, political status, family income, identity numbers: English, pinyin, Chinese.
WORDS = {
    "ethnicity", "ethnic", "ethnos", "nationality", "nation", "minority", "race", "tribe",
    "minzu", "mz", "huji", "hukou", "religion", "religious", "faith", "belief", "zongjiao", "xinyang",
    "political", "politics", "politic", "party", "zhengzhi", "mianmao", "dangyuan", "tuanyuan",
    "income", "salary", "wealth", "poverty", "poor", "shouru", "pinkun", "dibao",
    "identity", "idcard", "passport", "citizen", "shenfen", "shenfenzheng", "sfz", "sfzh", "ssn",
}  # fmt: skip
PAIRS = {
    ("id", "card"),
    ("id", "number"),
    ("card", "number"),
    ("national", "id"),
    ("blood", "type"),
}
STANDS_IN_A_PIECE = frozenset({"submission_party", "party_id"})
"""Parties to a piece, those who have to agree to it: no political ones."""
CHINESE = re.compile("民族|族别|宗教|信仰|政治|面貌|党员|收入|贫困|低保|身份证|护照|户口|户籍")


QUOTED = r"""(?:"[^"]*"|'[^']*'|[^"'>])*"""
FIELD = re.compile(rf"<(?:input|select|textarea|button)\b({QUOTED})>", re.IGNORECASE)
NAMED = re.compile(r"""\s(?:name|id)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)


def offends(name: str) -> bool:
    """Whether a name of a column, field or setting stands for something forbidden."""
    if name in STANDS_IN_A_PIECE:
        return False
    spread = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    parts = [part for part in re.split(r"[^a-z]+", spread) if part]
    together = set(pairwise(parts))
    return bool(WORDS & set(parts) or PAIRS & together or CHINESE.search(name))


@pytest.mark.parametrize(
    "name",
    [
        "ethnicity",
        "minzu",
        "student_minzu",
        "familyIncome",
        "id_card",
        "idCardNumber",
        "民族",
        "sfzh",
    ],
)
def test_the_list_knows_its_words(name: str) -> None:
    assert offends(name)


@pytest.mark.parametrize(
    "name", ["explanation", "notices", "takes_part", "pair_id", "student_number", "destination"]
)
def test_the_list_lets_other_words_be(name: str) -> None:
    assert not offends(name)


def test_no_table_has_a_forbidden_column() -> None:
    for table in Model.metadata.tables.values():
        assert not offends(table.name), table.name
        for column in table.columns:
            assert not offends(column.name), f"{table.name}.{column.name}"
            assert not offends(column.comment or ""), f"{table.name}.{column.name}"


def fields() -> Iterator[tuple[str, str]]:
    """Every field of every dataclass, form and settings class of the product."""
    for module in pkgutil.walk_packages(penpal.__path__, "penpal."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if not kind.__module__.startswith("penpal"):
                continue
            if dataclasses.is_dataclass(kind):
                yield from ((f"{module.name}.{name}", one.name) for one in dataclasses.fields(kind))
            if issubclass(kind, BaseModel):
                yield from ((f"{module.name}.{name}", field) for field in kind.model_fields)
            if issubclass(kind, FlaskForm):
                unbound = (word for word in vars(kind) if not word.startswith("_"))
                yield from ((f"{module.name}.{name}", field) for field in unbound)


def test_no_form_record_or_setting_has_a_forbidden_field() -> None:
    found = list(fields())

    assert ("penpal.accounts.forms.SignInForm", "login_name") in found
    assert ("penpal.config.Settings", "port") in found
    assert [pair for pair in found if offends(pair[1])] == []


def inputs(page: str) -> set[str]:
    """The names under which a page sends something; the walk over all pages asks it."""
    tags = "".join(FIELD.findall(page))
    return {value for found in NAMED.findall(tags) for value in found if value}


def test_no_template_file_and_no_heading_for_rosters_asks_for_it() -> None:
    for file in (ROOT / "templates").rglob("*.html"):
        words = file.read_text(encoding="utf-8")
        for name in re.findall(r"\b(?:name|id)=\"([^\"{]+)\"", words):
            assert not offends(name), f"{file.name}: {name}"


def test_the_template_for_rosters_asks_for_nothing_forbidden(as_: SignedIn, world: World) -> None:
    school_id = world.cast.unit("bj-school").id
    answer = as_("secretary_bj").get(f"/schools/{school_id}/roster/template.csv")

    headings = answer.get_data().decode("utf-8-sig").splitlines()[0]
    assert "姓名" in headings
    assert not CHINESE.search(headings)
