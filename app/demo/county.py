"""The demo county as plain data. The same seed makes the same county.

Shape: about 22 % of the schools are urban and hold about half of the pupils, over-staffed in minor subjects and
rich in backbone teachers; rural schools are short of staff, above all in PE, music, art, science and IT.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date

from app.demo.people import Teacher, staff_county
from app.demo.places import COUNTY_CODE, REGIONS, School, make_schools

__all__ = ["COUNTY_CODE", "REGIONS", "SCHOOL_COUNT", "County", "make_county"]

SCHOOL_COUNT = 111


@dataclass(frozen=True)
class County:
    """Schools and teachers, seen on the census date of the school year that begins in `year`."""

    year: int
    census_on: date
    schools: tuple[School, ...]
    teachers: tuple[Teacher, ...]

    def school(self, code: str) -> School:
        return next(school for school in self.schools if school.code == code)


def make_county(*, seed: int = 1, year: int = 2026, schools: int = SCHOOL_COUNT) -> County:
    """The demo county; `schools` may be smaller for tests."""
    chance = random.Random(seed)
    census_on = date(year, 8, 31)
    made = make_schools(chance, schools)
    teachers = staff_county(chance, made, census_on)
    return County(year, census_on, tuple(made), tuple(teachers))
