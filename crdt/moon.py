"""The moon: when it is new and full, computed, so that nodes without a network or a calendar agree on the day.

The method is that of Jean Meeus, Astronomical Algorithms, 2nd edition, chapter 49: the mean phase, corrected by the
periodic terms of sun and moon. Good to within a minute between 1900 and 2100.

Rules of this module:
1. Pure: a range of days and a zone in, days out. Nothing is looked up and nothing is asked.
2. A phase is a moment; the day it falls on is a day of the network's zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import floor, radians, sin

from crdt.dates import in_zone

NEW, FULL = 0.0, 0.5
"""Phases, as parts of a round."""
_ROUND_DAYS = 29.530588861
_FIRST_NEW = 2451550.09766
"""The new moon of 6 January 2000, in days of dynamical time."""
_NOON_2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
_DAYS_AT_NOON_2000 = 2451545.0
_EARTH_SECONDS = 70.0
"""By how much the clocks of people are behind dynamical time in these decades."""

_TERMS = (
    # New, full, then how many times: sun's anomaly, moon's anomaly, latitude; and the power of the eccentricity.
    (-0.40720, -0.40614, 0, 1, 0, 0),
    (0.17241, 0.17302, 1, 0, 0, 1),
    (0.01608, 0.01614, 0, 2, 0, 0),
    (0.01039, 0.01043, 0, 0, 2, 0),
    (0.00739, 0.00734, -1, 1, 0, 1),
    (-0.00514, -0.00515, 1, 1, 0, 1),
    (0.00208, 0.00209, 2, 0, 0, 2),
    (-0.00111, -0.00111, 0, 1, -2, 0),
    (-0.00057, -0.00057, 0, 1, 2, 0),
    (0.00056, 0.00056, 1, 2, 0, 1),
    (-0.00042, -0.00042, 0, 3, 0, 0),
    (0.00042, 0.00042, 1, 0, 2, 1),
    (0.00038, 0.00038, 1, 0, -2, 1),
    (-0.00024, -0.00024, -1, 2, 0, 1),
    (-0.00007, -0.00007, 2, 1, 0, 0),
    (0.00004, 0.00004, 0, 2, -2, 0),
    (0.00004, 0.00004, 3, 0, 0, 0),
    (0.00003, 0.00003, 1, 1, -2, 0),
    (0.00003, 0.00003, 0, 2, 2, 0),
    (-0.00003, -0.00003, 1, 1, 2, 0),
    (0.00003, 0.00003, -1, 1, 2, 0),
    (-0.00002, -0.00002, -1, 1, -2, 0),
    (-0.00002, -0.00002, 1, 3, 0, 0),
    (0.00002, 0.00002, 0, 4, 0, 0),
)
_PLANETS = (
    # Degrees at the beginning, degrees a round, and what the planet adds in millionths of a day.
    (299.77, 0.107408, 325),
    (251.88, 0.016321, 165),
    (251.83, 26.651886, 164),
    (349.42, 36.412478, 126),
    (84.66, 18.206239, 110),
    (141.74, 53.303771, 62),
    (207.14, 2.453732, 60),
    (154.84, 7.306860, 56),
    (34.52, 27.261239, 47),
    (207.19, 0.121824, 42),
    (291.34, 1.844379, 40),
    (161.72, 24.198154, 37),
    (239.56, 25.513099, 35),
    (331.55, 3.592518, 23),
)


def moment_of(number: int, phase: float) -> datetime:
    """When the moon stands at a phase in its round of a number, counted from January 2000; in UTC, to the minute."""
    k = number + phase
    t = k / 1236.85
    sun = 2.5534 + 29.10535670 * k - 0.0000014 * t**2 - 0.00000011 * t**3
    moon = 201.5643 + 385.81693528 * k + 0.0107582 * t**2 + 0.00001238 * t**3 - 0.000000058 * t**4
    latitude = 160.7108 + 390.67050284 * k - 0.0016118 * t**2 - 0.00000227 * t**3 + 0.000000011 * t**4
    node = 124.7746 - 1.56375588 * k + 0.0020672 * t**2 + 0.00000215 * t**3
    eccentricity = 1 - 0.002516 * t - 0.0000074 * t**2
    days = _FIRST_NEW + _ROUND_DAYS * k + 0.00015437 * t**2 - 0.00000015 * t**3 + 0.00000000073 * t**4
    for new, full, suns, moons, latitudes, power in _TERMS:
        angle = radians(suns * sun + moons * moon + latitudes * latitude)
        days += (new if phase == NEW else full) * eccentricity**power * sin(angle)
    days -= 0.00017 * sin(radians(node))
    days += sum(size / 1e6 * sin(radians(begin + speed * k)) for begin, speed, size in _PLANETS)
    moment = _NOON_2000 + timedelta(days=days - _DAYS_AT_NOON_2000, seconds=-_EARTH_SECONDS + 30)
    return moment.replace(second=0, microsecond=0)


def days_of(phase: float, first: date, last: date, zone: str) -> Iterator[date]:
    """The days from `first` to `last` in a zone on which the moon stands at a phase, in order."""
    number = floor((first - date(2000, 1, 6)).days / _ROUND_DAYS - phase) - 1
    while True:
        day = in_zone(moment_of(number, phase), zone).date()
        if day > last:
            return
        if day >= first:
            yield day
        number += 1
