"""The administrative rule, as a peer: the longest list first, each teacher to the nearest open post.

Offices without an optimiser fill posts one by one. Backbone teachers of sending schools come first, since the
share asks for them, then the others by their id (which stands for length of service); each goes to the nearest
school whose gap weighs most, if no hard rule is broken by it. It knows no balance and never takes a move back.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import ceil, floor
from typing import Any

from benchmarks.optimizer.straightforward import DEFAULTS, arcs_of

Data = dict[str, Any]


def solve(problem: Data) -> list[Data]:
    """The moves of the rule; every hard rule is kept, locks apart (the rule knows none)."""
    cfg = DEFAULTS | problem.get("settings", {})
    rate = {k: Fraction(str(v)) for k, v in cfg.items() if isinstance(v, int | float)}
    schools = {s["id"]: s for s in problem["schools"]}
    people = problem["teachers"]
    head = Counter(t["school"] for t in people)
    team = Counter((t["school"], t["stage"], t["subject"]) for t in people)
    stars = Counter((t["school"], t["stage"]) for t in people if t["backbone"])
    first, now, out = Counter(head), Counter(head), Counter[str]()
    posts = {(s["id"], n["stage"], n["subject"]): n["posts"] for s in schools.values() for n in s["needs"]}
    options: dict[int, list[tuple[str, str, int]]] = {}
    for n, to, subject, cost in arcs_of(problem, cfg):
        options.setdefault(n, []).append((to, subject, cost))
    most = floor(rate["max_move_rate"] * sum(t["eligible"] for t in people))
    queue = sorted(options, key=lambda n: (not (people[n]["backbone"] and schools[people[n]["school"]]["sending"]), n))
    moves: list[Data] = []
    for n in queue:
        t = people[n]
        here = t["school"]
        own = (here, t["stage"], t["subject"])
        pupils = schools[here]["students"].get(t["stage"], 0)
        floor_of_stars = min(stars[here, t["stage"]], ceil(rate["backbone_floor"] * pupils / 100))
        if (
            len(moves) >= most
            or out[here] >= max(1, floor(rate["out_rate"] * first[here]))
            or now[here] - 1 < first[here] - max(1, floor(rate["net_loss_rate"] * first[here]))
            or (own in posts and team[own] <= posts[own])
            or (t["backbone"] and pupils and stars[here, t["stage"]] - 1 < floor_of_stars)
        ):
            continue
        open_posts = [
            (-(2 if schools[to]["priority"] else 1), cost, to, subject)
            for to, subject, cost in options[n]
            if team[to, t["stage"], subject] < posts[to, t["stage"], subject]
            and now[to] < max(schools[to]["quota"], first[to])
        ]
        if not open_posts:
            continue
        _, _, to, subject = min(open_posts)
        moves.append({"teacher": t["id"], "from": here, "to": to, "subject": subject})
        out[here] += 1
        now[here] -= 1
        now[to] += 1
        team[own] -= 1
        team[to, t["stage"], subject] += 1
        if t["backbone"]:
            stars[here, t["stage"]] -= 1
            stars[to, t["stage"]] += 1
    return moves
