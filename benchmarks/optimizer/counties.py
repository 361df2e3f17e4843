"""The synthetic counties the optimiser is measured on, as plain data: same arguments, same county.

Shape: about 22 % of schools are urban and hold about half the pupils, over-staffed in minor subjects and rich in
backbone teachers; rural schools are short of staff, above all in PE, music, art, science and IT. Staffing norms are
one teacher to 19 primary or 13.5 junior pupils. Groups are one urban school with a few rural ones. The draws are made
in the order of the published definition of these counties, so a seed means the same county everywhere.
"""

from __future__ import annotations

import math
import random
from typing import Any

Data = dict[str, Any]
SUBJECTS = {
    "primary": {
        "语文": 0.30, "数学": 0.24, "英语": 0.10, "体育": 0.09, "音乐": 0.06, "美术": 0.06, "科学": 0.05,
        "信息科技": 0.03, "道德与法治": 0.05, "劳动": 0.02,
    },
    "junior": {
        "语文": 0.16, "数学": 0.16, "英语": 0.15, "体育": 0.07, "音乐": 0.04, "美术": 0.04, "物理": 0.09, "化学": 0.06,
        "生物": 0.05, "历史": 0.06, "地理": 0.05, "道德与法治": 0.05, "信息科技": 0.02,
    },
}  # fmt: skip
MAJOR = {"语文", "数学", "英语"}
NORM = {"primary": 19.0, "junior": 13.5}
CENTRE = (24.53, 103.76)


def around(r: random.Random, at: tuple[float, float], km: float) -> tuple[float, float]:
    """A place near another."""
    narrow = 111.2 * math.cos(math.radians(at[0]))
    return round(at[0] + r.gauss(0, km) / 111.2, 5), round(at[1] + r.gauss(0, km) / narrow, 5)


def apportion(total: int, weights: dict[str, float]) -> dict[str, int]:
    """Split a whole number by weights, largest remainders first."""
    size = 0.0
    for weight in weights.values():  # one by one: `sum` rounds otherwise since Python 3.12
        size += weight
    exact = {k: total * w / size for k, w in weights.items()}
    out = {k: int(x) for k, x in exact.items()}
    for k in sorted(exact, key=lambda k: (out[k] - exact[k], k))[: total - sum(out.values())]:
        out[k] += 1
    return out


def county(
    schools: int = 111,
    seed: int = 1,
    wishes: float = 0.3,
    also: float = 0.2,
    homes: float = 0.7,
    year: int = 2026,
) -> Data:
    """A county as a rotation problem."""
    r = random.Random(seed)
    towns = [around(r, CENTRE, 22) for _ in range(max(3, schools // 10))]
    urban_count = max(3, round(schools * 0.22))
    places: list[Data] = []
    people: list[Data] = []
    for n in range(schools):
        place = _school(r, n, urban=n < urban_count, town=towns[n % len(towns)])
        places.append(place)
        for stage in place["stages"]:
            people += _staff(r, place, stage, also, homes, wishes)
    _group(places, schools)
    ids = list(range(len(people)))
    r.shuffle(ids)
    for n, t in zip(ids, people, strict=True):
        t["id"] = f"T{n:06d}"
        t["lat"], t["lng"] = t.pop("home")
        options = [s["id"] for s in places if t["stage"] in s["stages"] and s["id"] != t["school"]]
        t["preferences"] = r.sample(options, min(3, len(options))) if t.pop("wish") else []
    people.sort(key=lambda t: t["id"])
    return {
        "format": "rotation-problem/1", "name": f"county-{schools}-{seed}", "year": year, "schools": places,
        "teachers": people, "locks": [], "bans": [], "reference": [], "settings": {},
    }  # fmt: skip


def _school(r: random.Random, n: int, *, urban: bool, town: tuple[float, float]) -> Data:
    roll = r.random()
    stages = ["junior"] if roll < 0.22 else ["primary", "junior"] if roll < 0.28 else ["primary"]
    at = around(r, CENTRE, 4) if urban else around(r, town, 5)
    pupils = {}
    for g in stages:
        size = int(r.lognormvariate(7.1 if urban else 5.7, 0.5))
        pupils[g] = max(40, min(size, 2000 if urban else 1200))
    posts = {g: max(6, math.ceil(pupils[g] / NORM[g])) for g in stages}
    kind = "学校" if len(stages) > 1 else "中学" if stages == ["junior"] else "小学"
    return {
        "id": f"S{n:04d}", "name": f"{'城区' if urban else '乡镇'}第{n + 1}{kind}", "stages": stages,
        "locality": "urban" if urban else r.choice(["town", "rural", "rural"]),
        "sending": urban, "priority": not urban, "group": None, "students": pupils, "quota": sum(posts.values()),
        "lat": at[0], "lng": at[1],
        "needs": [
            {"stage": g, "subject": q, "posts": k}
            for g in stages
            for q, k in apportion(posts[g], SUBJECTS[g]).items()
            if k
        ],
    }  # fmt: skip


def _staff(r: random.Random, place: Data, stage: str, also: float, homes: float, wishes: float) -> list[Data]:
    urban, at = place["sending"], (place["lat"], place["lng"])
    fill = r.uniform(0.98, 1.05) if urban else r.uniform(0.86, 1.0)
    mix = {
        q: w * (1 if q in MAJOR else r.uniform(1.0, 1.5) if urban else r.uniform(0.3, 0.9))
        for q, w in SUBJECTS[stage].items()
    }
    posts = max(6, math.ceil(place["students"][stage] / NORM[stage]))
    people = []
    for _ in range(round(posts * fill)):
        age = r.randint(23, 59)
        years = min(age - 22, int(r.gammavariate(2.2, 4)))
        limit = 50 if r.random() < 0.6 else 55
        subject = r.choices(list(mix), list(mix.values()))[0]
        others = [q for q in SUBJECTS[stage] if q != subject]
        people.append({
            "id": "", "school": place["id"], "stage": stage, "subject": subject,
            "also": sorted(r.sample(others, 1)) if r.random() < also else [],
            "backbone": r.random() < (0.24 if urban else 0.07), "young": age <= 35,
            "eligible": years >= 6 and age < limit and r.random() > 0.06,
            "home": around(r, at, 6) if r.random() < homes else (None, None), "wish": r.random() < wishes,
        })  # fmt: skip
    return people


def _group(places: list[Data], schools: int) -> None:
    leads = [s for s in places if s["sending"]]
    rest = [s for s in places if not s["sending"]]
    for k, lead in enumerate(leads[: max(1, schools // 22)]):
        for member in (lead, *rest[k * 3 : k * 3 + 3]):
            member["group"] = f"G{k}"
