"""Problems for tests: a builder for hand-made ones, and seeded tiny ones that can be tried out in full."""

from __future__ import annotations

from random import Random
from typing import Any

Data = dict[str, Any]


def applicant(name: str, *wishes: Any, **changes: Any) -> Data:
    """An applicant with these wishes, without subject, stage or home."""
    return {"id": name, "wishes": list(wishes), **changes}


def host(name: str, places: int = 1, *wishes: Any, **changes: Any) -> Data:
    """A host that takes anybody, those listed first."""
    return {"id": name, "max_places": places, "wishes": list(wishes), **changes}


def problem(applicants: list[Data], hosts: list[Data], **rest: Any) -> Data:
    """A problem without a rural rule or a limit of distance."""
    return {"format": "placement-problem/1", "applicants": applicants, "hosts": hosts, **rest}


TIERS = ["stability", "unplaced", "change", "applicants", "hosts", "distance"]


def tiny(seed: int) -> Data:
    """A random problem small enough to try every plan, with every rule and tier at work in some."""
    r = Random(f"tiny placement {seed}")
    people = [f"a{n}" for n in range(r.choice([2, 3, 4, 4, 5]))]
    places = [f"h{n}" for n in range(r.randint(2, 3))]
    subjects = ["art", "music"] if r.random() < 0.5 else [""]
    known = r.random() < 0.6
    applicants = [
        applicant(
            name, *_wishes(r, places), subject=r.choice(subjects), stage=r.choice(["primary", "junior"]),
            rural=r.random() < 0.5, open=r.random() < 0.3, **_somewhere(r, known),
        )
        for name in people
    ]  # fmt: skip
    hosts = []
    for name in places:
        most = r.randint(1, 3)
        least = r.choice([0, 0, 1, 2, 3]) if most == 3 else r.randint(0, most)
        hosts.append(
            host(
                name, most, *_wishes(r, people), min_places=least,
                subjects=[s for s in [r.choice(subjects)] if s and r.random() < 0.5],
                stages=["primary"] if r.random() < 0.2 else [], open=r.random() < 0.8, **_somewhere(r, known),
            )
        )  # fmt: skip
    for person, others in (*((a, places) for a in applicants), *((h, people) for h in hosts)):
        listed = {name for wish in person["wishes"] for name in ([wish] if isinstance(wish, str) else wish)}
        person["refuses"] = [name for name in others if name not in listed and r.random() < 0.1]
    tiers = TIERS[:]
    if r.random() < 0.4:
        r.shuffle(tiers)
    settings: Data = {
        "rural_share": r.choice([0, 0.3, 0.5, 0.8]),
        "rural_scopes": r.choice([["all"], ["host"], ["all", "host"]]),
        "max_km": r.choice([None, 20, 30]),
        "subject_exceptions": [["art", "music"]] if r.random() < 0.3 else [],
        "stage_exceptions": [["junior", "primary"]] if r.random() < 0.3 else [],
        "tiers": ["policy", *tiers],
    }
    data = problem(applicants, hosts, settings=settings)
    free = people[:]
    r.shuffle(free)
    pairs = [{"applicant": a, "host": r.choice(places)} for a in free]
    data["keeps"] = [pairs.pop()] if r.random() < 0.2 else []
    locks = [pairs.pop() for _ in range(min(len(pairs), r.choice([0, 0, 0, 1, 2])))]
    data["locks"] = [{**lock, "host": None} if r.random() < 0.2 else lock for lock in locks]
    data["bans"] = [{"applicant": r.choice(people), "host": r.choice(places)}] if r.random() < 0.3 else []
    data["bans"] = [ban for ban in data["bans"] if ban not in data["keeps"]]
    if r.random() < 0.5:
        data["reference"] = [{"applicant": a, "host": r.choice(places)} for a in r.sample(people, len(people) // 2)]
    return data


def _wishes(r: Random, names: list[str]) -> list[Any]:
    """None, some or all of them, at times two alike."""
    chosen: list[Any] = r.sample(names, r.choice([0, len(names), r.randint(0, len(names))]))
    if len(chosen) >= 2 and r.random() < 0.3:
        chosen[:2] = [sorted(chosen[:2])]
    return chosen


def _somewhere(r: Random, known: bool) -> Data:
    if not known or r.random() < 0.1:
        return {"lat": None, "lng": None}
    return {"lat": round(r.uniform(25, 25.3), 3), "lng": round(r.uniform(103, 103.3), 3)}


def shuffled(data: Data, seed: int) -> Data:
    """The same problem with its unordered lists in another order."""
    r = Random(f"shuffle {seed}")
    found = dict(data)
    for key in ("applicants", "hosts", "locks", "bans", "keeps", "reference"):
        if key in found:
            found[key] = r.sample(found[key], len(found[key]))
    for key in ("applicants", "hosts"):
        found[key] = [
            {**person, "wishes": [w if isinstance(w, str) else r.sample(w, len(w)) for w in person.get("wishes", [])],
             "refuses": r.sample(person.get("refuses", []), len(person.get("refuses", [])))}
            for person in found[key]
        ]  # fmt: skip
    return found
