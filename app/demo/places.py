"""The demo county's schools: where they lie, how large they are, which posts they have.

About 22 % of the schools are urban and hold about half of the pupils.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.demo import names

REGIONS: tuple[tuple[str, str, str | None], ...] = (
    ("990000", "云澜省", None),
    ("990100", "望川市", "990000"),
    ("990101", "青蓝县", "990100"),
)
"""Code, name and parent of the made-up province, prefecture and county, from a range no real place uses."""
COUNTY_CODE = REGIONS[-1][0]
CENTRE = (24.53, 103.76)

SUBJECT_MIX: dict[str, dict[str, float]] = {
    "kindergarten": {"preschool": 1.0},
    "primary": {
        "chinese": 0.30, "mathematics": 0.24, "english": 0.10, "pe": 0.09, "music": 0.06, "art": 0.06, "science": 0.05,
        "it": 0.03, "politics": 0.05, "labour": 0.02,
    },
    "junior": {
        "chinese": 0.16, "mathematics": 0.16, "english": 0.15, "pe": 0.07, "music": 0.04, "art": 0.04, "physics": 0.09,
        "chemistry": 0.06, "biology": 0.05, "history": 0.06, "geography": 0.05, "politics": 0.05, "it": 0.02,
    },
    "senior": {
        "chinese": 0.15, "mathematics": 0.15, "english": 0.15, "physics": 0.10, "chemistry": 0.09, "biology": 0.08,
        "history": 0.07, "geography": 0.06, "politics": 0.06, "pe": 0.05, "music": 0.01, "art": 0.01, "it": 0.02,
    },
}  # fmt: skip
MAJOR_SUBJECTS = frozenset({"chinese", "mathematics", "english", "preschool"})
PUPILS_PER_POST = {"kindergarten": 15.0, "primary": 19.0, "junior": 13.5, "senior": 12.5}
CLASS_SIZE = {"kindergarten": 30, "primary": 45, "junior": 50, "senior": 50}
_KIND_DIGITS = {"111": "11", "211": "21", "218": "22", "311": "31", "312": "32", "341": "34", "342": "41"}


@dataclass
class School:
    """One school; `posts` counts posts by stage and subject."""

    code: str
    name: str
    kind: str
    stages: tuple[str, ...]
    locality: str
    is_sending: bool
    is_weak: bool
    township: str
    district: str
    lat: float
    lng: float
    group: str = ""
    pupils: dict[str, int] = field(default_factory=dict)
    boarders: dict[str, int] = field(default_factory=dict)
    classes: dict[str, int] = field(default_factory=dict)
    posts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def quota(self) -> int:
        return sum(sum(subjects.values()) for subjects in self.posts.values())

    @property
    def is_urban(self) -> bool:
        return self.locality.startswith("11")


def apportion(total: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Split a whole number by weights, largest remainders first."""
    size = sum(weights.values())
    exact = {key: total * weight / size for key, weight in weights.items()}
    shares = {key: int(value) for key, value in exact.items()}
    for key in sorted(exact, key=lambda key: (shares[key] - exact[key], key))[: total - sum(shares.values())]:
        shares[key] += 1
    return shares


def around(chance: random.Random, place: tuple[float, float], km: float) -> tuple[float, float]:
    """A place some kilometres from another."""
    lat = place[0] + chance.gauss(0, km) / 111.2
    lng = place[1] + chance.gauss(0, km) / (111.2 * math.cos(math.radians(place[0])))
    return round(lat, 5), round(lng, 5)


def make_schools(chance: random.Random, count: int) -> list[School]:
    """All schools, the urban ones first."""
    urban_count = max(3, round(count * 0.22))
    towns = {town: around(chance, CENTRE, 22) for town in names.RURAL_TOWNSHIPS}
    villages = list(names.VILLAGES)
    chance.shuffle(villages)
    numbering: dict[str, int] = {}
    schools = [_make_school(chance, index, index < urban_count, towns, villages, numbering) for index in range(count)]
    _form_groups(schools)
    return schools


def _make_school(
    chance: random.Random,
    index: int,
    is_urban: bool,
    towns: Mapping[str, tuple[float, float]],
    villages: list[str],
    numbering: dict[str, int],
) -> School:
    stages, kind = _stages(chance, index, is_urban)
    if is_urban:
        township = names.URBAN_TOWNSHIPS[index % len(names.URBAN_TOWNSHIPS)]
        lat, lng = around(chance, CENTRE, 4)
        locality = chance.choice(("111", "111", "112"))
    else:
        township = names.RURAL_TOWNSHIPS[index % len(names.RURAL_TOWNSHIPS)]
        lat, lng = around(chance, towns[township], 5)
        locality = chance.choice(("121", "122", "210", "220", "220", "220"))
    is_compulsory = bool({"primary", "junior"} & set(stages))
    school = School(
        code=f"{_KIND_DIGITS[kind]}99{index + 1:06d}",
        name=_school_name(is_urban, township, kind, villages, numbering),
        kind=kind,
        stages=stages,
        locality=locality,
        is_sending=is_urban and is_compulsory,
        is_weak=not is_urban and is_compulsory,
        township=township,
        district=_district(township),
        lat=lat,
        lng=lng,
    )
    for stage in stages:
        _fill_stage(chance, school, stage)
    return school


def _stages(chance: random.Random, index: int, is_urban: bool) -> tuple[tuple[str, ...], str]:
    """Mostly primary schools, every fifth a junior one; a few kindergartens, and two schools with a senior stage."""
    roll = chance.random()
    if index == 3:
        return ("junior", "senior"), "341"
    if index == 7:
        return ("senior",), "342"
    if index in (11, 40, 70):
        return ("kindergarten",), "111"
    if roll < 0.22:
        return ("junior",), "311"
    if roll < 0.28:
        return ("primary", "junior"), "312"
    return ("primary",), "218" if not is_urban and roll > 0.95 else "211"


def _school_name(is_urban: bool, township: str, kind: str, villages: list[str], numbering: dict[str, int]) -> str:
    ending = {"111": "幼儿园", "211": "小学", "218": "教学点", "311": "初级中学", "312": "学校"}.get(kind, "中学")
    if is_urban:
        urban_ending = {"311": "中学", "341": "中学", "342": "高级中学", "312": "九年一贯制学校"}.get(kind, ending)
        numbering[urban_ending] = numbering.get(urban_ending, 0) + 1
        number = numbering[urban_ending]
        if urban_ending == "高级中学":
            return "青蓝县高级中学"
        return f"青蓝县第{_numeral(number)}{urban_ending}"
    key = township + ending
    numbering[key] = numbering.get(key, 0) + 1
    if numbering[key] == 1 and kind != "218":
        return f"青蓝县{township}{'中心' if kind in ('111', '211') else ''}{ending}"
    village = villages.pop() if villages else f"第{_numeral(numbering[key])}"
    return f"青蓝县{township}{village}{ending}"


def _numeral(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = ("" if tens == 1 else names.NUMERALS[tens - 1]) + "十" if tens else ""
    return head + (names.NUMERALS[ones - 1] if ones else "")


def _district(township: str) -> str:
    if township in names.URBAN_TOWNSHIPS:
        return names.DISTRICTS[names.URBAN_TOWNSHIPS.index(township) // 2]
    return names.DISTRICTS[2 + names.RURAL_TOWNSHIPS.index(township) // 4]


def _fill_stage(chance: random.Random, school: School, stage: str) -> None:
    pupils = int(chance.lognormvariate(7.12 if school.is_urban else 5.72, 0.5))
    ceiling = 600 if stage == "kindergarten" else 2000 if school.is_urban else 1200
    pupils = max(40, min(pupils, 90 if school.kind == "218" else ceiling))
    posts = max(6, math.ceil(pupils / PUPILS_PER_POST[stage]))
    school.pupils[stage] = pupils
    school.classes[stage] = max(6 if stage == "primary" else 3, math.ceil(pupils / CLASS_SIZE[stage]))
    boarding = 0.02 if school.is_urban else 0.35
    school.boarders[stage] = 0 if stage == "kindergarten" else int(pupils * chance.uniform(0, 2 * boarding))
    shares = apportion(posts, SUBJECT_MIX[stage])
    school.posts[stage] = {subject: count for subject, count in shares.items() if count}


def _form_groups(schools: Sequence[School]) -> None:
    """A leading urban school with three rural ones each."""
    leaders = [school for school in schools if school.is_sending]
    members = [school for school in schools if school.is_weak]
    for index, leader in enumerate(leaders[: max(1, min(len(names.GROUPS), len(schools) // 22))]):
        leader.group = names.GROUPS[index]
        for member in members[index * 3 : index * 3 + 3]:
            member.group = names.GROUPS[index]
