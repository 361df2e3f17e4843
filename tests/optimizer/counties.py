"""Problems for tests: a builder for hand-made ones, and seeded random counties, tiny and small."""

from __future__ import annotations

import random
from typing import Any

STAGE = "primary"
Data = dict[str, Any]


def school(name: str, **changes: Any) -> Data:
    """A receiving primary school without pupils, posts or place; 9 seats."""
    base: Data = {
        "id": name, "name": name, "stages": [STAGE], "locality": "rural", "sending": False, "priority": False,
        "group": None, "students": {}, "quota": 9, "lat": None, "lng": None, "needs": [],
    }  # fmt: skip
    return base | changes


def posts(**by_subject: int) -> list[Data]:
    """Primary posts by subject."""
    return [{"stage": STAGE, "subject": subject, "posts": n} for subject, n in by_subject.items()]


def teacher(name: str, at: str, **changes: Any) -> Data:
    """An eligible primary teacher of art without title, home or wishes."""
    base: Data = {
        "id": name, "school": at, "stage": STAGE, "subject": "art", "also": [], "backbone": False,
        "young": False, "eligible": True, "lat": None, "lng": None, "preferences": [],
    }  # fmt: skip
    return base | changes


def staff(at: str, count: int, **changes: Any) -> list[Data]:
    """Teachers who cannot move and fill no post: they only count as heads."""
    return [teacher(f"{at}-x{n}", at, **({"eligible": False, "subject": "none"} | changes)) for n in range(count)]


def problem(schools: list[Data], teachers: list[Data], **rest: Any) -> Data:
    """A problem whose settings allow every move and ask for none, so that one rule can be tried at a time."""
    settings = {
        "rate": 0, "share": 0, "up_share": 0, "group_young_rate": 0, "net_loss_rate": 1, "out_rate": 1,
        "max_move_rate": 1, "backbone_floor": 0, "directions": ["down", "up", "lateral"],
    }  # fmt: skip
    settings |= rest.pop("settings", {})
    base: Data = {
        "format": "rotation-problem/1", "name": "test", "year": 2026, "schools": schools, "teachers": teachers,
        "locks": [], "bans": [], "reference": [],
    }  # fmt: skip
    return base | rest | {"settings": settings}


TIERS = ["needs", "balance", "change", "moves", "cost"]


def tiny(seed: int) -> Data:
    """A random problem small enough to try every plan, with rules set tight enough to bite."""
    r = random.Random(f"tiny {seed}")
    stages = [STAGE, "junior"] if r.random() < 0.3 else [STAGE]
    subjects = ["art", "music"]
    groups = [None, "G"] if r.random() < 0.6 else [None]
    schools = []
    for n in range(r.randint(3, 4)):
        known = r.random() < 0.8
        schools.append(
            school(
                f"S{n}", stages=stages, sending=n == 0 or r.random() < 0.3, priority=r.random() < 0.5,
                group=r.choice(groups), students={g: r.choice([0, 45, 60, 150, 240]) for g in stages},
                quota=r.randint(1, 5), lat=round(r.uniform(24, 24.4), 3) if known else None,
                lng=round(r.uniform(103, 103.4), 3) if known else None,
                needs=[
                    {"stage": g, "subject": q, "posts": r.choice([0, 1, 2, 2])} for g in stages for q in subjects
                ],
            )
        )  # fmt: skip
    people = []
    movers = 0
    for n in range(r.randint(6, 10)):
        subject = r.choice(subjects)
        eligible = movers < 4 and r.random() < 0.7
        movers += eligible
        home = r.random() < 0.5
        at = schools[0] if r.random() < 0.5 else r.choice(schools)
        others = [s["id"] for s in schools if s is not at]
        people.append(
            teacher(
                f"T{n}", at["id"], stage=r.choice(stages), subject=subject, eligible=eligible,
                also=[q for q in subjects if q != subject and r.random() < 0.3], backbone=r.random() < 0.45,
                young=r.random() < 0.5, lat=round(r.uniform(24, 24.4), 3) if home else None,
                lng=round(r.uniform(103, 103.4), 3) if home else None,
                preferences=r.sample(others, min(2, len(others))) if r.random() < 0.4 else [],
            )
        )  # fmt: skip
    return {
        "format": "rotation-problem/1", "name": f"tiny-{seed}", "year": 2026, "schools": schools,
        "teachers": people, **_decisions(r, schools, people), "settings": _settings(r),
    }  # fmt: skip


def _decisions(r: random.Random, schools: list[Data], people: list[Data]) -> Data:
    movable = [t for t in people if t["eligible"]]
    pair = lambda t: {"teacher": t["id"], "to": r.choice(schools)["id"]}  # noqa: E731
    locks = []
    if r.random() < 0.35:
        for t in r.sample(movable, min(len(movable), r.randint(1, 3))):
            locks.append(pair(t) if r.random() < 0.6 else {"teacher": t["id"], "to": None})
    bans = [pair(t) for t in movable if r.random() < 0.15]
    reference = [pair(t) for t in movable if r.random() < 0.6] if r.random() < 0.4 else []
    return {"locks": locks, "bans": bans, "reference": reference}


def _settings(r: random.Random) -> Data:
    order = TIERS if r.random() < 0.6 else r.sample(TIERS, r.randint(2, 5))
    return {
        "rate": r.choice([0.1, 0.3, 0.7]), "share": r.choice([0.2, 0.5, 0.6]),
        "rate_scopes": r.choice([["pool", "county"], ["county"], ["school"], ["school", "county"]]),
        "share_scopes": r.choice([["pool", "county"], ["pool"], []]), "up_share": r.choice([0, 0.2, 1]),
        "group_young_rate": r.choice([0, 0.05, 0.5]), "net_loss_rate": r.choice([0.03, 0.5, 0.8]),
        "out_rate": r.choice([0.2, 0.5, 1]), "max_move_rate": r.choice([0.5, 0.8, 1]),
        "backbone_floor": r.choice([0, 0.5, 1]), "max_km": r.choice([10, 25, 40]),
        "directions": r.choice([["down", "up"], ["down"], ["down", "up", "lateral"], ["lateral"]]),
        "tiers": ["rules", *order],
    }  # fmt: skip


def small(schools: int, seed: int) -> Data:
    """A random county with towns around a centre: urban schools send, rural ones lack specialists."""
    r = random.Random(f"small {schools} {seed}")
    weights = {"chinese": 5, "maths": 5, "english": 3, "sport": 2, "music": 2, "art": 2}
    places, people = [], []
    for n in range(schools):
        urban = n % 4 == 0
        stage = "junior" if n % 5 == 3 else STAGE
        spread = 0.03 if urban else 0.2
        pupils = r.randint(500, 1400) if urban else r.randint(45, 420)
        needs = {q: max(1, round(pupils / 19 * w / 19)) for q, w in weights.items()}
        places.append(
            school(
                f"S{n:03}", stages=[stage], sending=urban, priority=not urban, students={stage: pupils},
                group=f"G{n // 8}" if n % 8 < 3 else None, quota=sum(needs.values()) + urban,
                lat=round(24.5 + r.uniform(-spread, spread), 4), lng=round(103.7 + r.uniform(-spread, spread), 4),
                needs=[{"stage": stage, "subject": q, "posts": k} for q, k in needs.items()],
            )
        )  # fmt: skip
        bias = {q: w * (1.0 if q in ("chinese", "maths") else 1.4 if urban else 0.5) for q, w in weights.items()}
        for _ in range(round(sum(needs.values()) * (1.02 if urban else 0.93))):
            subject = r.choices(list(bias), list(bias.values()))[0]
            people.append(
                teacher(
                    f"T{len(people):04}", f"S{n:03}", stage=stage, subject=subject,
                    also=[r.choice([q for q in weights if q != subject])] if r.random() < 0.2 else [],
                    backbone=r.random() < (0.25 if urban else 0.08), young=r.random() < 0.3,
                    eligible=r.random() < 0.4,
                    lat=round(24.5 + r.uniform(-0.2, 0.2), 4) if r.random() < 0.6 else None,
                    lng=round(103.7 + r.uniform(-0.2, 0.2), 4),
                )
            )  # fmt: skip
    ids = [p["id"] for p in places]
    for t in people:
        if r.random() < 0.3:
            t["preferences"] = r.sample([i for i in ids if i != t["school"]], min(3, schools - 1))
    return {
        "format": "rotation-problem/1", "name": f"small-{schools}-{seed}", "year": 2026, "schools": places,
        "teachers": people, "locks": [], "bans": [], "reference": [], "settings": {},
    }  # fmt: skip
