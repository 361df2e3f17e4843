"""`python -m optimizer.placement.make [--hosts N] [--applicants M] [--seed S] [--kind …] [-o problem.json]`

A placement problem of any size, the same for the same seed: a county with a town in the middle, studios that are
sought after unequally, applicants with short lists who mostly want what is near and well known, hosts who have read
some of the applications.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from dataclasses import dataclass
from math import cos, hypot, log, pi, radians, sin
from pathlib import Path
from random import Random
from typing import Any

from optimizer.placement.problem import FORMAT

SUBJECTS = {
    "chinese": 22, "maths": 20, "english": 16, "physics": 6, "chemistry": 5, "biology": 4, "history": 5,
    "geography": 4, "politics": 5, "music": 4, "art": 4, "sport": 5,
}  # fmt: skip
STAGES = {"primary": 50, "junior": 32, "senior": 12, "kindergarten": 6}
CENTRE = (25.49, 103.79)
KM_PER_DEGREE = 111.2
Data = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """What a made problem is like.

    ``places_share`` is places per applicant, ``listed`` the shortest and longest list, ``ranked_share`` how many of
    those who ask it a host has put in order, ``crossing`` how many hosts take a second subject.
    """

    hosts: int = 200
    applicants: int = 3000
    kind: str = "studio"
    places_share: float = 1.0
    listed: tuple[int, int] = (2, 5)
    ranked_share: float = 0.7
    crossing: float = 0.1
    rural_share: float = 0.3
    rural_scopes: tuple[str, ...] = ("all",)
    max_km: float | None = 60.0


def make(shape: Shape, seed: int) -> Data:
    """A `placement-problem/1` document."""
    r = Random(f"placement {seed}")  # noqa: S311  made data, no secret
    hosts = _hosts(shape, r)
    applicants = _applicants(shape, hosts, r)
    _judge(shape, hosts, applicants, r)
    settings: Data = {
        "rural_share": shape.rural_share,
        "rural_scopes": list(shape.rural_scopes),
        "max_km": shape.max_km,
        "subject_exceptions": [["physics", "chemistry"], ["chemistry", "physics"], ["biology", "chemistry"]],
    }
    for person in (*hosts, *applicants):
        person.pop("fame", None)
    return {
        "format": FORMAT, "kind": shape.kind, "name": f"{shape.kind} {seed}", "year": 2026,
        "applicants": applicants, "hosts": hosts, "settings": settings,
    }  # fmt: skip


def _hosts(shape: Shape, r: Random) -> list[Data]:
    cells = [(subject, stage) for subject in SUBJECTS for stage in STAGES if _taught(subject, stage)]
    weights = [SUBJECTS[subject] * STAGES[stage] for subject, stage in cells]
    mean = shape.places_share * shape.applicants / max(1, shape.hosts)
    hosts: list[Data] = []
    for n in range(shape.hosts):
        subject, stage = cells[n] if n < len(cells) <= shape.hosts else r.choices(cells, weights)[0]
        places = max(1, round(r.uniform(0.6, 1.4) * mean))
        others = [s for s in SUBJECTS if s != subject]
        lat, lng = _somewhere(r, 12)
        hosts.append({
            "id": f"H{n:04d}", "name": f"Studio {n}", "subjects": [subject], "stages": [stage],
            "min_places": places // 4 if shape.kind == "studio" else 0, "max_places": places, "lat": lat, "lng": lng,
            "fame": r.lognormvariate(0, 0.7), "wishes": [], "refuses": [],
        })  # fmt: skip
        if r.random() < shape.crossing:
            hosts[-1]["subjects"].append(r.choice(others))
    return hosts


def _taught(subject: str, stage: str) -> bool:
    early = stage in ("primary", "kindergarten")
    return not (early and subject in ("physics", "chemistry", "biology", "history", "geography"))


def _somewhere(r: Random, spread: float) -> tuple[float, float]:
    angle, far = r.uniform(0, 2 * pi), min(45.0, r.expovariate(1 / spread))
    lat = CENTRE[0] + far * sin(angle) / KM_PER_DEGREE
    lng = CENTRE[1] + far * cos(angle) / (KM_PER_DEGREE * cos(radians(CENTRE[0])))
    return round(lat, 4), round(lng, 4)


def _applicants(shape: Shape, hosts: list[Data], r: Random) -> list[Data]:
    by_cell: dict[tuple[str, str], list[Data]] = defaultdict(list)
    for host in hosts:
        for subject in host["subjects"]:
            by_cell[subject, host["stages"][0]].append(host)
    cells = sorted(by_cell)
    weights = [sum(host["max_places"] / len(host["subjects"]) for host in by_cell[cell]) for cell in cells]
    applicants: list[Data] = []
    for n in range(shape.applicants):
        subject, stage = r.choices(cells, weights)[0]
        rural = r.random() < 0.4
        lat, lng = _somewhere(r, 25 if rural else 6)
        liked = sorted(by_cell[subject, stage], key=lambda h: _dislike(h, lat, lng, r))
        applicants.append({
            "id": f"A{n:05d}", "name": f"Applicant {n}", "subject": subject, "stage": stage, "rural": rural,
            "lat": lat, "lng": lng, "wishes": [host["id"] for host in liked[: r.randint(*shape.listed)]],
            "open": False, "refuses": [], "fame": r.gauss(-0.3 if rural else 0.0, 1),
        })  # fmt: skip
    return applicants


def _dislike(host: Data, lat: float, lng: float, r: Random) -> float:
    """Less where the host is known and near; everybody sees it a little differently."""
    dy = (host["lat"] - lat) * KM_PER_DEGREE
    dx = (host["lng"] - lng) * KM_PER_DEGREE * cos(radians(lat))
    return hypot(dx, dy) / 15 - log(host["fame"]) + r.gauss(0, 0.8)


def _judge(shape: Shape, hosts: list[Data], applicants: list[Data], r: Random) -> None:
    """A host puts those it knows in order, most convincing first, and refuses one in fifty."""
    asked: dict[str, list[Data]] = defaultdict(list)
    for applicant in applicants:
        for name in applicant["wishes"]:
            asked[name].append(applicant)
    for host in hosts:
        for applicant in sorted(asked[host["id"]], key=lambda a: -(a["fame"] + r.gauss(0, 0.7))):
            if r.random() < 0.02:
                host["refuses"].append(applicant["id"])
            elif r.random() < shape.ranked_share:
                host["wishes"].append(applicant["id"])


def main(argv: list[str] | None = None) -> int:
    """Write a made problem; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m optimizer.placement.make", description=__doc__)
    parser.add_argument("--hosts", type=int, default=Shape.hosts)
    parser.add_argument("--applicants", type=int, default=Shape.applicants)
    parser.add_argument("--kind", choices=("studio", "mentor"), default=Shape.kind)
    parser.add_argument("--rural-share", type=float, default=Shape.rural_share)
    parser.add_argument("--places", type=float, default=Shape.places_share, help="places per applicant")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", type=Path, help="default: standard output")
    options = parser.parse_args(argv)
    shape = Shape(
        options.hosts, options.applicants, options.kind, places_share=options.places, rural_share=options.rural_share
    )  # fmt: skip
    text = json.dumps(make(shape, options.seed), ensure_ascii=False, indent=1) + "\n"
    if options.output is None:
        sys.stdout.write(text)
    else:
        options.output.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
