"""The straightforward model, without a solver: one whole column per arc, one row per rule, one objective per tier.

What anyone would write down first. It reads the JSON problem and shares no code with `optimizer`; the peers load it
into PuLP (`straightforward`) and into CP-SAT (`cpsat`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

DEFAULTS: dict[str, Any] = {
    "rate": 0.10, "share": 0.20, "rate_scopes": ["pool", "county"], "share_scopes": ["pool", "county"],
    "up_share": 0.20, "group_young_rate": 0.05, "net_loss_rate": 0.03, "out_rate": 0.20,
    "max_move_rate": 0.15, "backbone_floor": 1.0, "max_km": 40, "directions": ["down", "up"],
    "tiers": ["rules", "needs", "balance", "change", "moves", "cost"],
}  # fmt: skip
SCALE = 1e4
Terms = list[tuple[int, float]]


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


@dataclass
class Rows:
    """Columns with bounds, rows as terms, sense and right-hand side, and the tiers as (terms, constant, scale)."""

    arcs: list[tuple[int, str, str, int]]
    lower: list[float] = field(default_factory=list)
    upper: list[float | None] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[Terms, str, float]] = field(default_factory=list)
    tiers: dict[str, tuple[Terms, float, float]] = field(default_factory=dict)

    def column(self, lower: float, upper: float | None, *, whole: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, terms: Terms, sense: str, rhs: float) -> None:
        if not terms and (rhs >= 0 if sense == "<=" else rhs <= 0 if sense == ">=" else rhs == 0):
            return
        self.rows.append((terms or [(self.column(0, 0), 1.0)], sense, rhs))


def net(plus: list[int], minus: list[int] | None = None, more: list[int] | None = None) -> Terms:
    """Σ plus − Σ minus + Σ more."""
    return [*((v, 1.0) for v in plus), *((v, -1.0) for v in minus or []), *((v, 1.0) for v in more or [])]


def model_of(problem: dict[str, Any]) -> Rows:
    """The teacher-level model of a problem."""
    cfg = DEFAULTS | problem.get("settings", {})
    exact = {k: Fraction(str(v)) for k, v in cfg.items() if isinstance(v, (int, float))}
    schools = {s["id"]: s for s in problem["schools"]}
    people = problem["teachers"]
    arcs = arcs_of(problem, cfg)
    m = Rows(arcs)
    x = [m.column(0, 1, whole=True) for _ in arcs]
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
    eligible = [t for t in people if t["eligible"]]
    for vs in per.values():
        m.row(net(vs), "<=", 1)
    m.row(net(x), "<=", math.floor(exact["max_move_rate"] * len(eligible)))
    number = {t["id"]: n for n, t in enumerate(people)}
    for lock in problem.get("locks", []):
        if lock["to"] is not None:
            m.row(net(per[number[lock["teacher"]]]), "==", 1)

    gaps: Terms = []
    constant = 0.0
    for s in schools.values():
        i, n = s["id"], head[s["id"]]
        m.row(net(into[i], out[i]), "<=", max(s["quota"], n) - n)
        m.row(net(out[i], into[i]), "<=", max(1, math.floor(exact["net_loss_rate"] * n)))
        m.row(net(out[i]), "<=", max(1, math.floor(exact["out_rate"] * n)))
        for stage, pupils in s["students"].items():
            if pupils > 0:
                keep = min(stars[i, stage], math.ceil(exact["backbone_floor"] * pupils / 100))
                m.row(net(star_out[i, stage], star_in[i, stage]), "<=", stars[i, stage] - keep)
        for need in s["needs"]:
            if need["posts"] > 0:
                key = (i, need["stage"], need["subject"])
                gap = m.column(0, need["posts"] - min(need["posts"], staff[key]))
                gaps.append((gap, 2.0 if s["priority"] else 1.0))
                m.row(net(team_in[key], team_out[key], [gap]), ">=", need["posts"] - staff[key])
    missing: list[int] = []

    def short() -> int:
        missing.append(m.column(0, None, whole=True))
        return missing[-1]

    pool = {i for i, s in schools.items() if s["sending"]}
    members = {"pool": pool, "county": set(schools)}
    scopes = [[members[k]] if k in members else [{i} for i in sorted(pool)] for k in cfg["rate_scopes"]]
    for inside in (one for group in scopes for one in group):
        need = math.ceil(exact["rate"] * sum(t["school"] in inside for t in eligible))
        m.row(net([v for i in sorted(inside) for v in out[i]], more=[short()]), ">=", need)
    for scope in cfg["share_scopes"]:
        a, b = exact["share"].numerator, exact["share"].denominator
        pairs = [
            (v, float(b * people[i]["backbone"] - a))
            for v, (i, _, _, _) in zip(x, arcs, strict=True)
            if people[i]["school"] in members[scope]
        ]
        m.row([*pairs, (short(), float(b))], ">=", 0)
    a, b = exact["up_share"].numerator, exact["up_share"].denominator
    pairs = []
    for v, (i, to, _, _) in zip(x, arcs, strict=True):
        origin = schools[people[i]["school"]]
        if origin["sending"] and not schools[to]["sending"]:
            pairs.append((v, float(-a)))
        if schools[to]["sending"] and not origin["sending"]:
            pairs.append((v, float(b)))
    m.row([*pairs, (short(), float(b))], ">=", 0)
    for g in sorted({s["group"] for s in schools.values() if s["group"] is not None}):
        young = sum(t["young"] for t in people if schools[t["school"]]["group"] == g)
        vs = [
            v for v, (i, to, _, _) in zip(x, arcs, strict=True)
            if people[i]["young"] and schools[to]["group"] == g and schools[people[i]["school"]]["group"] == g
        ]  # fmt: skip
        m.row(net(vs, more=[short()]), ">=", math.ceil(exact["group_young_rate"] * young))

    steps: Terms = []
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
            more = [m.column(0, 1) for _ in range(gain)]
            less = [m.column(0, 1) for _ in range(lose)]
            steps += [(v, SCALE * (term(n + k + 1) - term(n + k))) for k, v in enumerate(more)]
            steps += [(v, SCALE * (term(n - k - 1) - term(n - k))) for k, v in enumerate(less)]
            if more or less:
                m.row(net([*star_in[i, stage], *less], [*star_out[i, stage], *more]), "==", 0)

    reference = {(r["teacher"], r["to"]) for r in problem.get("reference", [])}
    change = [
        (v, -1.0 if (people[i]["id"], to) in reference else 1.0) for v, (i, to, _, _) in zip(x, arcs, strict=True)
    ]
    m.tiers = {
        "rules": ([(v, 1.0) for v in missing], 0.0, 1.0),
        "needs": (gaps, constant, 1.0),
        "balance": (steps, base * SCALE, SCALE),
        "change": (change if reference else [], float(len(reference)), 1.0),
        "moves": ([(v, 1.0) for v in x], 0.0, 1.0),
        "cost": ([(v, float(arc[3])) for v, arc in zip(x, arcs, strict=True)], 0.0, 1.0),
    }
    return m


def moves_of(problem: dict[str, Any], model: Rows, values: list[float]) -> list[dict[str, Any]]:
    """The moves of whole column values."""
    people = problem["teachers"]
    return [
        {"teacher": people[i]["id"], "from": people[i]["school"], "to": to, "subject": q}
        for value, (i, to, q, _) in zip(values, model.arcs, strict=False)
        if value > 0.5
    ]
