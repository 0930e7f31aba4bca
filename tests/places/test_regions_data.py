"""The shipped tables of regions and counterparts are complete, consistent and in the right place."""

import csv
import math
import re
from collections import Counter
from pathlib import Path

DATA = Path(__file__).parents[2] / "penpal" / "places" / "data"

Row = dict[str, str]

KINDS = {"province", "corps", "prefecture", "division", "county", "regiment"}

SUPPORTING_STAMPS = {
    "beijing",
    "tianjin",
    "hebei",
    "shanxi",
    "liaoning",
    "jilin",
    "heilongjiang",
    "shanghai",
    "jiangsu",
    "zhejiang",
    "anhui",
    "fujian",
    "jiangxi",
    "shandong",
    "henan",
    "hubei",
    "hunan",
    "guangdong",
    "shenzhen",
}
SUPPORTED_STAMPS = {
    "hetian",
    "bingtuan",
    "changji",
    "aletai",
    "kashi",
    "kezilesu",
    "yili",
    "bozhou",
    "bazhou",
    "tacheng",
    "akesu",
    "hami",
    "tulufan",
}

# Xinjiang is 2,000 km wide, so its prefectures lie far from Urumqi; their own counties do not.
FARTHEST_FROM_URUMQI_KM = 1200
FARTHEST_FROM_PREFECTURE_KM = 300


def read(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


REGIONS = {row["code"]: row for row in read("regions.csv")}
COUNTERPARTS = read("counterpart_regions.csv")
SUPPORTED = [REGIONS[row["supported"]] for row in COUNTERPARTS if row["supported"] in REGIONS]


def position(region: Row) -> tuple[float, float]:
    return float(region["lat"]), float(region["lon"])


def distance_km(one: Row, other: Row) -> float:
    (lat, lon), (other_lat, other_lon) = position(one), position(other)
    north = math.radians(other_lat - lat)
    east = math.radians(other_lon - lon)
    chord = (
        math.sin(north / 2) ** 2
        + math.cos(math.radians(lat)) * math.cos(math.radians(other_lat)) * math.sin(east / 2) ** 2
    )
    return 2 * 6371 * math.asin(math.sqrt(chord))


def ancestors(region: Row) -> list[str]:
    """The codes above a region, nearest first; longer than the table only if there is a cycle."""
    above: list[str] = []
    while region["parent"] and len(above) <= len(REGIONS):
        above.append(region["parent"])
        region = REGIONS[region["parent"]]
    return above


def test_codes_are_unique_lower_case_keys() -> None:
    codes = [row["code"] for row in read("regions.csv")]

    assert len(codes) == len(set(codes))
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", code) for code in codes)


def test_every_region_is_fully_described() -> None:
    for region in REGIONS.values():
        assert region["name"], region
        assert region["name_en"], region
        assert 2 <= len(region["short_name"]) <= 3, region
        assert region["kind"] in KINDS, region
        assert region["time_zone"] == "Asia/Shanghai", region


def test_the_counterpart_table_is_complete() -> None:
    assert len(COUNTERPARTS) == 58
    assert len({row["supporting"] for row in COUNTERPARTS}) == 19
    assert len({row["supported"] for row in COUNTERPARTS}) == 58


def test_every_row_of_the_counterpart_table_resolves() -> None:
    for row in COUNTERPARTS:
        assert row["supporting"] in REGIONS, row
        assert row["supported"] in REGIONS, row
        assert row["as_printed"], row
        assert row["corrected"] in {"", "yes"}, row


def test_what_is_not_corrected_ends_with_the_printed_name() -> None:
    for row in COUNTERPARTS:
        if not row["corrected"]:
            assert row["as_printed"].endswith(REGIONS[row["supported"]]["name"]), row


def test_ten_rows_are_whole_prefectures_or_divisions() -> None:
    whole = [
        region["code"]
        for region in SUPPORTED
        if region["kind"] in {"prefecture", "division"} and not region["name"].endswith("市")
    ]

    assert len(whole) == 10


def test_parents_exist_and_form_no_cycle() -> None:
    for region in REGIONS.values():
        assert not region["parent"] or region["parent"] in REGIONS, region
        assert len(ancestors(region)) < len(REGIONS), region


def test_only_provinces_and_the_corps_stand_alone() -> None:
    for region in REGIONS.values():
        assert (region["parent"] == "") == (region["kind"] in {"province", "corps"}), region


def test_supported_places_belong_to_xinjiang_or_the_corps() -> None:
    for region in SUPPORTED:
        assert ancestors(region)[-1] in {"xinjiang", "bingtuan"}, region


def test_names_are_unique_under_one_parent() -> None:
    names = Counter((region["parent"], region["name"]) for region in REGIONS.values())

    assert [name for name, count in names.items() if count > 1] == []


def test_no_coordinate_is_zero() -> None:
    for region in REGIONS.values():
        assert 0 not in position(region), region


def test_supported_places_lie_in_xinjiang() -> None:
    for region in SUPPORTED:
        lat, lon = position(region)

        assert 34 <= lat <= 50, region
        assert 73 <= lon <= 97, region


def test_supporting_places_lie_in_the_east() -> None:
    for row in COUNTERPARTS:
        lat, lon = position(REGIONS[row["supporting"]])

        assert 20 <= lat <= 54, row
        assert 110 <= lon <= 135, row


def test_each_place_lies_near_the_seat_of_its_parent() -> None:
    for region in REGIONS.values():
        if not region["parent"]:
            continue
        parent = REGIONS[region["parent"]]
        far = FARTHEST_FROM_PREFECTURE_KM if parent["parent"] else FARTHEST_FROM_URUMQI_KM

        assert distance_km(region, parent) < far, region


def test_beijing_and_hotan_are_three_thousand_kilometres_apart() -> None:
    assert 3100 < distance_km(REGIONS["beijing"], REGIONS["hetian-shi"]) < 3250


def test_every_stamp_is_known_and_used() -> None:
    stamps = {region["stamp"] for region in REGIONS.values()}

    assert stamps == SUPPORTING_STAMPS | SUPPORTED_STAMPS | {"default"}


def test_counties_wear_the_stamp_of_their_prefecture_and_the_corps_its_own() -> None:
    for region in REGIONS.values():
        if region["kind"] in {"county", "regiment"}:
            assert region["stamp"] == REGIONS[region["parent"]]["stamp"], region
        if region["kind"] in {"corps", "division"}:
            assert region["stamp"] == "bingtuan", region


def test_every_region_names_its_source() -> None:
    sources = {row["code"]: row for row in read("region_sources.csv")}
    read_from_maps = {code for code, row in sources.items() if not row["geonames_id"]}

    assert sources.keys() == REGIONS.keys()
    assert read_from_maps == {"qitai", "nong4-66tuan"}
