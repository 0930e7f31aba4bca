"""Distances and sunsets, from coordinates. Astronomy and geodesy are left to kept libraries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from astral import Observer
from astral.sun import sunrise, sunset
from geopy.distance import geodesic


@dataclass(frozen=True)
class Spot:
    """A point on the earth in decimal degrees, and the zone by which its clocks go."""

    lat: float
    lon: float
    zone: str = "Asia/Shanghai"


@lru_cache(maxsize=4096)
def kilometres(here: Spot, there: Spot) -> int:
    """The length of the geodesic on the WGS-84 ellipsoid, in whole kilometres."""
    length: float = geodesic((here.lat, here.lon), (there.lat, there.lon)).kilometers
    return round(length)


@lru_cache(maxsize=4096)
def sunset_at(spot: Spot, day: date) -> datetime | None:
    """When the sun sets there on that day, on that place's clock; None where it does not."""
    try:
        return sunset(Observer(spot.lat, spot.lon), date=day, tzinfo=ZoneInfo(spot.zone))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def sunrise_at(spot: Spot, day: date) -> datetime | None:
    """When the sun rises there on that day, on that place's clock; None where it does not."""
    try:
        return sunrise(Observer(spot.lat, spot.lon), date=day, tzinfo=ZoneInfo(spot.zone))
    except ValueError:
        return None


def is_day(spot: Spot, moment: datetime) -> bool:
    """Whether the sun is up there at that moment."""
    day = moment.astimezone(ZoneInfo(spot.zone)).date()
    rises, sets = sunrise_at(spot, day), sunset_at(spot, day)
    return rises is not None and sets is not None and rises <= moment <= sets
