"""The straightforward way, as a peer: one teacher-level PuLP model, tiers solved one after another from cold.

It reads the JSON problem and shares no code with `optimizer`. One binary column per arc, one row per rule; each
tier's optimum is pinned as a row for the tiers after it.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import pulp
from pulp.core.linear import lpSum_vars_coefs

DEFAULTS: dict[str, Any] = {
    "rate": 0.10, "share": 0.20, "rate_scopes": ["pool", "county"], "share_scopes": ["pool", "county"],
    "up_share": 0.20, "group_young_rate": 0.05, "net_loss_rate": 0.03, "out_rate": 0.20,
    "max_move_rate": 0.15, "backbone_floor": 1.0, "max_km": 40, "directions": ["down", "up"],
    "tiers": ["rules", "needs", "balance", "change", "moves", "cost"],
}  # fmt: skip
SCALE = 1e4


def km(a: tuple[Any, Any], b: tuple[Any, Any]) -> float | None:
    if None in a or None in b:
        return None
    (p1, l1), (p2, l2) = (tuple(map(math.radians, p)) for p in (a, b))
    h = math.sin((p2 - p1) / 2) ** 2 + math.cos(p1) * math.cos(p2) * math.sin((l2 - l1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(h)))


def arcs_of(problem: dict[str, Any], cfg: dict[str, Any]) -> list[tuple[int, str, str, int]]:
    """(teacher number, school, subject, cost) of every arc."""
    schools = {s["id"]: s for s in problem["schools"]}
    posts = {(s["id"], n["stage"], n["subject"]) for s in schools.values() for n in s["needs"] if n["posts"] > 0}
    banned = {(b["teacher"], b["to"]) for b in problem.get("bans", [])}
    locked = {lock["teacher"]: lock["to"] for lock in problem.get("locks", [])}
    found = []
    for n, t in enumerate(problem["teachers"]):
        if not t["eligible"]:
            continue
        origin = schools[t["school"]]
        at = (t["lat"], t["lng"]) if None not in (t["lat"], t["lng"]) else (origin["lat"], origin["lng"])
        for s in schools.values():
            if s is origin or t["stage"] not in s["stages"] or (t["id"], s["id"]) in banned:
                continue
            if t["id"] in locked and locked[t["id"]] != s["id"]:
                continue
            way = "lateral" if origin["sending"] == s["sending"] else "down" if origin["sending"] else "up"
            if way not in cfg["directions"] and not (origin["group"] and origin["group"] == s["group"]):
                continue
            d = km(at, (s["lat"], s["lng"]))
            if d is not None and d > cfg["max_km"]:
                continue
            wish = t["preferences"]
            extra = 0 if not wish else 50 * wish.index(s["id"]) if s["id"] in wish else 300
            for q in dict.fromkeys([t["subject"], *t["also"]]):
                if (s["id"], t["stage"], q) in posts:
                    found.append((n, s["id"], q, round(10 * (d or 0)) + extra))
    return found


def solve(problem: dict[str, Any], solver: pulp.LpSolver, limit: float = math.inf) -> dict[str, Any]:
    """Tier values, moves and seconds. ``limit``: give up after a tier that ends later than this."""
    begun = time.perf_counter()
    cfg = DEFAULTS | problem.get("settings", {})
    exact = {k: Fraction(str(v)) for k, v in cfg.items() if isinstance(v, (int, float))}
    schools = {s["id"]: s for s in problem["schools"]}
    people = problem["teachers"]
    arcs = arcs_of(problem, cfg)
    lp = pulp.LpProblem("straightforward")
    x = [lp.add_variable(f"x{n}", cat="Binary") for n in range(len(arcs))]
    out, into, per = defaultdict(list), defaultdict(list), defaultdict(list)
    team_out, team_in, star_out, star_in = (defaultdict(list) for _ in range(4))
    for v, (i, to, q, _) in zip(x, arcs, strict=True):
        t = people[i]
        per[i].append(v)
        out[t["school"]].append(v)
        into[to].append(v)
        team_out[t["school"], t["stage"], t["subject"]].append(v)
        team_in[to, t["stage"], q].append(v)
        if t["backbone"]:
            star_out[t["school"], t["stage"]].append(v)
            star_in[to, t["stage"]].append(v)
    head = Counter(t["school"] for t in people)
    staff = Counter((t["school"], t["stage"], t["subject"]) for t in people)
    stars = Counter((t["school"], t["stage"]) for t in people if t["backbone"])

    def expr(plus: list[Any], minus: list[Any] = [], more: list[tuple[Any, float]] = []) -> Any:  # noqa: B006
        return lpSum_vars_coefs([*((v, 1.0) for v in plus), *((v, -1.0) for v in minus), *more])

    def add(e: Any, sense: str, rhs: float) -> None:
        if len(e.items()):
            lp.addConstraint(e <= rhs if sense == "<=" else e >= rhs if sense == ">=" else e == rhs)
        elif not (rhs >= 0 if sense == "<=" else rhs <= 0 if sense == ">=" else rhs == 0):
            never = lp.add_variable("never", 0, 0)
            lp.addConstraint(never >= 1)

    eligible = [t for t in people if t["eligible"]]
    for vs in per.values():
        add(expr(vs), "<=", 1)
    add(expr(x), "<=", math.floor(exact["max_move_rate"] * len(eligible)))
    number = {t["id"]: n for n, t in enumerate(people)}
    for lock in problem.get("locks", []):
        if lock["to"] is not None:
            add(expr(per[number[lock["teacher"]]]), "==", 1)
    gaps: list[tuple[Any, float]] = []
    constant = 0.0
    for s in schools.values():
        i, n = s["id"], head[s["id"]]
        add(expr(into[i], out[i]), "<=", max(s["quota"], n) - n)
        add(expr(out[i], into[i]), "<=", max(1, math.floor(exact["net_loss_rate"] * n)))
        add(expr(out[i]), "<=", max(1, math.floor(exact["out_rate"] * n)))
        for stage, pupils in s["students"].items():
            if pupils > 0:
                keep = min(stars[i, stage], math.ceil(exact["backbone_floor"] * pupils / 100))
                add(expr(star_out[i, stage], star_in[i, stage]), "<=", stars[i, stage] - keep)
        for need in s["needs"]:
            if need["posts"] > 0:
                key = (i, need["stage"], need["subject"])
                gap = lp.add_variable(f"gap{len(gaps)}", 0, need["posts"] - min(need["posts"], staff[key]))
                gaps.append((gap, 2.0 if s["priority"] else 1.0))
                add(expr([*team_in[key], gap], team_out[key]), ">=", need["posts"] - staff[key])
    missing: list[Any] = []

    def short() -> Any:
        missing.append(lp.add_variable(f"m{len(missing)}", 0, None, "Integer"))
        return missing[-1]

    pool = {i for i, s in schools.items() if s["sending"]}
    members = {"pool": pool, "county": set(schools)}
    scopes = [[members[k]] if k in members else [{i} for i in sorted(pool)] for k in cfg["rate_scopes"]]
    for inside in (one for group in scopes for one in group):
        need = math.ceil(exact["rate"] * sum(t["school"] in inside for t in eligible))
        add(expr([v for i in sorted(inside) for v in out[i]] + [short()]), ">=", need)
    for scope in cfg["share_scopes"]:
        a, b = exact["share"].numerator, exact["share"].denominator
        pairs = [
            (v, float(b * people[i]["backbone"] - a))
            for v, (i, _, _, _) in zip(x, arcs, strict=True)
            if people[i]["school"] in members[scope]
        ]
        add(lpSum_vars_coefs([*pairs, (short(), float(b))]), ">=", 0)
    a, b = exact["up_share"].numerator, exact["up_share"].denominator
    pairs = []
    for v, (i, to, _, _) in zip(x, arcs, strict=True):
        origin = schools[people[i]["school"]]
        if origin["sending"] and not schools[to]["sending"]:
            pairs.append((v, float(-a)))
        if schools[to]["sending"] and not origin["sending"]:
            pairs.append((v, float(b)))
    add(lpSum_vars_coefs([*pairs, (short(), float(b))]), ">=", 0)
    for g in sorted({s["group"] for s in schools.values() if s["group"] is not None}):
        young = sum(t["young"] for t in people if schools[t["school"]]["group"] == g)
        vs = [
            v for v, (i, to, _, _) in zip(x, arcs, strict=True)
            if people[i]["young"] and schools[to]["group"] == g and schools[people[i]["school"]]["group"] == g
        ]  # fmt: skip
        add(expr([*vs, short()]), ">=", math.ceil(exact["group_young_rate"] * young))

    steps: list[tuple[Any, float]] = []
    base = 0.0
    for stage in ("primary", "junior"):
        rows = [(s["id"], s["students"][stage]) for s in schools.values() if s["students"].get(stage, 0) >= 50]
        pupils, total = sum(p for _, p in rows), sum(stars[i, stage] for i, _ in rows)
        if not pupils or not total:
            continue
        mean = 100 * total / pupils
        for i, p in rows:

            def term(n: int, p: int = p, pupils: int = pupils, mean: float = mean) -> float:
                return p / pupils * ((100 * n / p - mean) / mean) ** 2

            n = stars[i, stage]
            room = max(schools[i]["quota"], head[i]) - head[i]
            may_leave = max(1, math.floor(exact["out_rate"] * head[i]))
            gain = min(len(star_in[i, stage]), room + may_leave)
            lose = min(len(star_out[i, stage]), may_leave)
            base += term(n)
            more = [lp.add_variable(f"u{len(steps)}_{k}_{i}_{stage}", 0, 1) for k in range(gain)]
            less = [lp.add_variable(f"d{len(steps)}_{k}_{i}_{stage}", 0, 1) for k in range(lose)]
            steps += [(v, SCALE * (term(n + k + 1) - term(n + k))) for k, v in enumerate(more)]
            steps += [(v, SCALE * (term(n - k - 1) - term(n - k))) for k, v in enumerate(less)]
            if more or less:
                add(expr([*star_in[i, stage], *less], [*star_out[i, stage], *more]), "==", 0)

    reference = {(r["teacher"], r["to"]) for r in problem.get("reference", [])}
    change = [
        (v, -1.0 if (people[i]["id"], to) in reference else 1.0) for v, (i, to, _, _) in zip(x, arcs, strict=True)
    ]
    objectives = {
        "rules": ([(m, 1.0) for m in missing], 0.0, 1.0),
        "needs": (gaps, constant, 1.0),
        "balance": (steps, base * SCALE, SCALE),
        "change": (change if reference else [], float(len(reference)), 1.0),
        "moves": ([(v, 1.0) for v in x], 0.0, 1.0),
        "cost": ([(v, float(arc[3])) for v, arc in zip(x, arcs, strict=True)], 0.0, 1.0),
    }
    values: dict[str, float] = {}
    seconds: dict[str, float] = {}
    proven = True
    for tier in cfg["tiers"]:
        terms, offset, scale = objectives[tier]
        started = time.perf_counter()
        if not terms:
            values[tier] = offset / scale
            continue
        objective = lpSum_vars_coefs(terms)
        lp.setObjective(objective)
        stats = lp.solve(solver)
        if stats.status != pulp.constants.LpSolveStatus.Optimal:
            proven = False
            break
        value = sum(c * (v.varValue or 0.0) for v, c in terms)
        values[tier] = (value + offset) / scale
        seconds[tier] = time.perf_counter() - started
        slack = 1e-7 * abs(value) if tier == "balance" else 0.5
        lp.addConstraint(lpSum_vars_coefs(terms) <= value + slack)
        if time.perf_counter() - begun > limit:
            proven = tier == cfg["tiers"][-1]
            break
    moves = [
        {"teacher": people[i]["id"], "from": people[i]["school"], "to": to, "subject": q}
        for v, (i, to, q, _) in zip(x, arcs, strict=True) if (v.varValue or 0) > 0.5
    ]  # fmt: skip
    return {
        "arcs": len(arcs), "values": values, "seconds": time.perf_counter() - begun, "by_tier": seconds,
        "proven": proven, "moves": moves,
    }  # fmt: skip


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        outcome = solve(json.load(file), pulp.HiGHS(msg=False, threads=1, gapRel=0))
    outcome.pop("moves")
    print(json.dumps(outcome, indent=1))
