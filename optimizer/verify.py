"""Check a proposal against its problem in plain Python, sharing no code with the model.

`report` works on the raw dicts of FORMAT.md and computes everything again from the text of the rules: broken
hard rules, policy rules with needed and reached, tier values before and after, gaps, CV, flows and staff.
A proposal that breaks a rule or claims a wrong value must never be shown, stored or published.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

Data = Mapping[str, Any]
DEFAULTS: dict[str, Any] = {
    "rate": 0.10, "share": 0.20, "rate_scopes": ["pool", "county"], "share_scopes": ["pool", "county"],
    "up_share": 0.20, "group_young_rate": 0.05, "net_loss_rate": 0.03, "out_rate": 0.20,
    "max_move_rate": 0.15, "backbone_floor": 1.0, "max_km": 40, "directions": ["down", "up"], "tolerances": {},
}  # fmt: skip
STAGES_IN_BALANCE = ("primary", "junior")


def report(problem: Data, solution: Data) -> dict[str, Any]:
    """Everything a page or a reviewer needs to know of a proposal, computed from the two documents alone.

    Keys: `broken` (hard rules: {rule, subject, message}), `false_claims` (texts: tier values, shortfalls or a
    status that the solution states wrongly), `rules` ({rule, scope, needed, reached, missing} of every policy
    rule), `shortfalls`, `tiers`, `before`, `cv` (per stage, before and after, each with its own mean), `gaps`
    (open posts by stage and subject), `flows` (school to school), `directions`, `schools` (staff and backbone
    teachers before and after), `moves`, `backbone_moves`, `eligible`.
    """
    facts = _Facts(problem, solution.get("moves", []))
    rules = facts.policy()
    shortfalls = [{k: r[k] for k in ("rule", "scope", "missing")} for r in rules if r["missing"] > 0]
    tiers = facts.tiers(sum(r["missing"] for r in shortfalls))
    still = _Facts(problem, [])
    return {
        "broken": facts.broken(),
        "false_claims": _false_claims(solution, tiers, shortfalls, facts.cfg["tolerances"]),
        "rules": rules,
        "shortfalls": shortfalls,
        "tiers": tiers,
        "before": still.tiers(sum(r["missing"] for r in still.policy() if r["missing"] > 0)),
        "cv": facts.cv(),
        "gaps": facts.gaps(),
        "flows": facts.flows(),
        "directions": facts.directions(),
        "schools": facts.staffing(),
        "moves": len(facts.moves),
        "backbone_moves": sum(bool(t["backbone"]) for t, _, _ in facts.moves),
        "eligible": len(facts.eligible),
    }


def faults(problem: Data, solution: Data) -> list[str]:
    """Why a proposal must not be shown: broken hard rules and false claims. Empty when it is sound.

    An `infeasible` solution carries no moves and claims nothing, so it has no faults.
    """
    if solution["status"] == "infeasible":
        return ["an infeasible solution has moves"] if solution.get("moves") else []
    found = report(problem, solution)
    return [f"{b['rule']} {b['subject']}: {b['message']}" for b in found["broken"]] + list(found["false_claims"])


def _false_claims(
    solution: Data, tiers: dict[str, float], shortfalls: list[dict[str, Any]], tolerances: Mapping[str, float]
) -> list[str]:
    wrong = []
    for tier in solution.get("tiers", []):
        name, value = tier["name"], tiers[tier["name"]]
        if abs(tier["value"] - value) > 1e-9 * max(1.0, abs(value)):
            wrong.append(f"tier {name} is {value}, not {tier['value']}")
        if solution.get("status") == "optimal":
            room = 1e-6 * value + 1e-12 if name == "balance" else 1 - 1e-9
            room += _given_up(name, tier["bound"], tolerances)
            if tier["value"] - tier["bound"] > room:
                wrong.append(f"tier {name} is not proven: value {tier['value']}, bound {tier['bound']}")
    key = lambda short: (short["rule"], short["scope"], short["missing"])  # noqa: E731
    if "shortfalls" in solution and sorted(map(key, solution["shortfalls"])) != sorted(map(key, shortfalls)):
        wrong.append("the shortfalls are not those of the moves")
    return wrong


def _given_up(name: str, bound: float, tolerances: Mapping[str, float]) -> float:
    """How much worse than its bound a tier may be for the tiers after it."""
    give = Fraction(str(tolerances.get(name, 0))) if name != "rules" else Fraction(0)
    if name == "balance":
        return float(give) * bound
    return math.floor(give * math.ceil(bound - 1e-9))


def _distance(a: tuple[Any, Any], b: tuple[Any, Any]) -> float | None:
    if None in a or None in b:
        return None
    lat_a, lng_a, lat_b, lng_b = (math.radians(x) for x in (*a, *b))
    hav = math.sin((lat_b - lat_a) / 2) ** 2
    hav += math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(hav)))


def _way(origin: Data, to: Data) -> str:
    if bool(origin["sending"]) == bool(to["sending"]):
        return "lateral"
    return "down" if origin["sending"] else "up"


def _grouped(origin: Data, to: Data) -> bool:
    return origin.get("group") is not None and origin.get("group") == to.get("group")


class _Facts:
    """Counts before and after a list of moves, and what the rules say of them."""

    def __init__(self, problem: Data, moves: list[Data]) -> None:
        self.problem = problem
        self.cfg = {**DEFAULTS, **problem.get("settings", {})}
        self.schools: dict[str, Data] = {school["id"]: school for school in problem["schools"]}
        self.teachers: dict[str, Data] = {teacher["id"]: teacher for teacher in problem["teachers"]}
        self.eligible = [teacher for teacher in self.teachers.values() if teacher["eligible"]]
        self.posts = {
            (school["id"], need["stage"], need["subject"]): need["posts"]
            for school in self.schools.values()
            for need in school.get("needs", [])
            if need["posts"] > 0
        }
        self.strange = [m for m in moves if m["teacher"] not in self.teachers or m["to"] not in self.schools]
        known = [m for m in moves if m["teacher"] in self.teachers and m["to"] in self.schools]
        self.stated_origin = [(m["teacher"], m["from"]) for m in known]
        self.moves = [(self.teachers[m["teacher"]], self.schools[m["to"]], m["subject"]) for m in known]
        self._count()

    def _count(self) -> None:
        self.head = Counter(t["school"] for t in self.teachers.values())
        self.team = Counter((t["school"], t["stage"], t["subject"]) for t in self.teachers.values())
        self.star = Counter((t["school"], t["stage"]) for t in self.teachers.values() if t["backbone"])
        self.head_after, self.team_after, self.star_after = (
            Counter(self.head), Counter(self.team), Counter(self.star)
        )  # fmt: skip
        self.out: Counter[str] = Counter()
        self.into: Counter[str] = Counter()
        for t, to, subject in self.moves:
            self.out[t["school"]] += 1
            self.into[to["id"]] += 1
            self.head_after[t["school"]] -= 1
            self.head_after[to["id"]] += 1
            self.team_after[t["school"], t["stage"], t["subject"]] -= 1
            self.team_after[to["id"], t["stage"], subject] += 1
            if t["backbone"]:
                self.star_after[t["school"], t["stage"]] -= 1
                self.star_after[to["id"], t["stage"]] += 1

    def _rate(self, name: str) -> Fraction:
        return Fraction(str(self.cfg[name]))

    def _home(self, t: Data) -> tuple[Any, Any]:
        own = (t.get("lat"), t.get("lng"))
        school = self.schools[t["school"]]
        return own if None not in own else (school.get("lat"), school.get("lng"))

    def km(self, t: Data, to: Data) -> float | None:
        """Distance from the teacher's home to a school in km, or None where a place is unknown."""
        return _distance(self._home(t), (to.get("lat"), to.get("lng")))

    # -- hard rules --

    def broken(self) -> list[dict[str, str]]:
        """Every hard rule that is broken, one entry per place."""
        found: list[dict[str, str]] = []

        def bad(rule: str, subject: str, message: str) -> None:
            found.append({"rule": rule, "subject": subject, "message": message})

        self._check_moves(bad)
        self._check_schools(bad)
        self._check_locks(bad)
        return found

    def _check_moves(self, bad: Callable[[str, str, str], None]) -> None:
        for move in self.strange:
            bad("H1", str(move["teacher"]), f"teacher or school {move['to']} is not in the problem")
        for name, times in Counter(t["id"] for t, _, _ in self.moves).items():
            if times > 1:
                bad("H1", name, f"moves {times} times")
        for name, origin in self.stated_origin:
            if origin != self.teachers[name]["school"]:
                bad("H1", name, f"does not work at {origin}")
        for t, to, subject in self.moves:
            origin = self.schools[t["school"]]
            if not t["eligible"]:
                bad("H1", t["id"], "is not eligible")
            if to["id"] == origin["id"]:
                bad("H1", t["id"], "is sent to the present school")
            if subject != t["subject"] and subject not in t.get("also", []):
                bad("H1", t["id"], f"does not teach {subject}")
            if (to["id"], t["stage"], subject) not in self.posts or t["stage"] not in to["stages"]:
                bad("H1", t["id"], f"{to['id']} has no post for {t['stage']} {subject}")
            if _way(origin, to) not in self.cfg["directions"] and not _grouped(origin, to):
                bad("H1", t["id"], f"the direction {_way(origin, to)} is not allowed")
            km = self.km(t, to)
            if km is not None and km > self.cfg["max_km"]:
                bad("H1", t["id"], f"{km:.1f} km is further than {self.cfg['max_km']} km")
        most = math.floor(self._rate("max_move_rate") * len(self.eligible))
        if len(self.moves) > most:
            bad("H6", "county", f"{len(self.moves)} moves, at most {most}")

    def _check_schools(self, bad: Callable[[str, str, str], None]) -> None:
        for name, school in self.schools.items():
            before, after = self.head[name], self.head_after[name]
            seats = max(school["quota"], before)
            if after > seats:
                bad("H2", name, f"{after} staff, at most {seats}")
            least = before - max(1, math.floor(self._rate("net_loss_rate") * before))
            if after < least:
                bad("H3", name, f"{after} staff, at least {least}")
            most = max(1, math.floor(self._rate("out_rate") * before))
            if self.out[name] > most:
                bad("H5", name, f"{self.out[name]} leave, at most {most}")
            for stage, pupils in school.get("students", {}).items():
                if pupils <= 0:
                    continue
                wanted = math.ceil(self._rate("backbone_floor") * pupils / 100)
                keep = min(wanted, self.star[name, stage])
                if self.star_after[name, stage] < keep:
                    message = f"{self.star_after[name, stage]} backbone teachers in {stage}, at least {keep}"
                    bad("H7", name, message)
        for (name, stage, subject), posts in self.posts.items():
            least = min(posts, self.team[name, stage, subject])
            if self.team_after[name, stage, subject] < least:
                message = f"{self.team_after[name, stage, subject]} for {stage} {subject}, at least {least}"
                bad("H4", name, message)

    def _check_locks(self, bad: Callable[[str, str, str], None]) -> None:
        goes = {t["id"]: to["id"] for t, to, _ in self.moves}
        for lock in self.problem.get("locks", []):
            if goes.get(lock["teacher"]) != lock["to"]:
                bad("H8", lock["teacher"], f"is locked to {lock['to'] or 'the present school'}")
        banned = {(ban["teacher"], ban["to"]) for ban in self.problem.get("bans", [])}
        for t, to, _ in self.moves:
            if (t["id"], to["id"]) in banned:
                bad("H8", t["id"], f"the move to {to['id']} is banned")

    # -- policy rules --

    def policy(self) -> list[dict[str, Any]]:
        """R1–R4 by scope with the numbers needed and reached, met or not."""
        rows: list[dict[str, Any]] = []

        def row(rule: str, scope: str, needed: int, reached: int) -> None:
            missing = max(0, needed - reached)
            rows.append({"rule": rule, "scope": scope, "needed": needed, "reached": reached, "missing": missing})

        sending = {name for name, school in self.schools.items() if school["sending"]}
        for scope in dict.fromkeys(self.cfg["rate_scopes"]):
            places = [(name, {name}) for name in sorted(sending)] if scope == "school" else [
                (scope, sending if scope == "pool" else set(self.schools))
            ]  # fmt: skip
            for name, inside in places:
                people = sum(t["school"] in inside for t in self.eligible)
                reached = sum(self.out[s] for s in inside)
                row("R1", name, math.ceil(self._rate("rate") * people), reached)
        for scope in dict.fromkeys(self.cfg["share_scopes"]):
            moved = [t for t, _, _ in self.moves if scope == "county" or t["school"] in sending]
            stars = sum(bool(t["backbone"]) for t in moved)
            row("R2", scope, math.ceil(self._rate("share") * len(moved)), stars)
        ways = self.directions()
        row("R3", "county", math.ceil(self._rate("up_share") * ways["down"]), ways["up"])
        young: Counter[str] = Counter()
        for t in self.teachers.values():
            group = self.schools[t["school"]].get("group")
            if group is not None:
                young[group] += bool(t["young"])
        rotated = Counter(
            to["group"] for t, to, _ in self.moves if t["young"] and _grouped(self.schools[t["school"]], to)
        )
        for group in sorted(young):
            needed = math.ceil(self._rate("group_young_rate") * young[group])
            row("R4", group, needed, rotated[group])
        return rows

    def directions(self) -> dict[str, int]:
        """Moves by direction."""
        ways = Counter(_way(self.schools[t["school"]], to) for t, to, _ in self.moves)
        return {way: ways[way] for way in ("down", "up", "lateral")}

    # -- tiers --

    def tiers(self, short: int) -> dict[str, float]:
        """The value of every tier; ``short`` is the sum of the shortfalls."""
        reference = {(r["teacher"], r["to"]) for r in self.problem.get("reference", [])}
        made = {(t["id"], to["id"]) for t, to, _ in self.moves}
        return {
            "rules": short,
            "needs": sum(
                (2 if self.schools[key[0]]["priority"] else 1) * max(0, posts - self.team_after[key])
                for key, posts in self.posts.items()
            ),
            "balance": sum(self._cv2(stage, self.star_after, self.star) for stage in STAGES_IN_BALANCE),
            "change": len(made ^ reference) if reference else 0,
            "moves": len(self.moves),
            "cost": sum(self._price(t, to) for t, to, _ in self.moves),
        }

    def _price(self, t: Data, to: Data) -> int:
        wishes = list(t.get("preferences", []))
        extra = 0
        if wishes:
            extra = 50 * wishes.index(to["id"]) if to["id"] in wishes else 300
        return round(10 * (self.km(t, to) or 0)) + extra

    def _cv2(self, stage: str, stars: Counter[tuple[str, str]], mean_of: Counter[tuple[str, str]]) -> float:
        rows = [
            (name, school["students"][stage])
            for name, school in self.schools.items()
            if school.get("students", {}).get(stage, 0) >= 50
        ]
        pupils, all_stars = sum(p for _, p in rows), sum(mean_of[name, stage] for name, _ in rows)
        if not pupils or not all_stars:
            return 0.0
        mean = 100 * all_stars / pupils
        terms = [p / pupils * ((100 * stars[name, stage] / p - mean) / mean) ** 2 for name, p in rows]
        return float(sum(terms))

    # -- for the pages --

    def cv(self) -> dict[str, dict[str, float]]:
        """The official CV of backbone teachers per 100 pupils by stage, each with the mean of its own moment."""
        return {
            stage: {
                "before": math.sqrt(self._cv2(stage, self.star, self.star)),
                "after": math.sqrt(self._cv2(stage, self.star_after, self.star_after)),
            }
            for stage in STAGES_IN_BALANCE
        }

    def gaps(self) -> dict[str, Any]:
        """Open posts in persons: in all, and by stage and subject."""
        rows: dict[tuple[str, str], dict[str, Any]] = defaultdict(lambda: {"posts": 0, "before": 0, "after": 0})
        for key, posts in self.posts.items():
            row = rows[key[1], key[2]]
            row["posts"] += posts
            row["before"] += max(0, posts - self.team[key])
            row["after"] += max(0, posts - self.team_after[key])
        by_subject = [{"stage": g, "subject": q, **row} for (g, q), row in sorted(rows.items())]
        return {
            "before": sum(row["before"] for row in by_subject),
            "after": sum(row["after"] for row in by_subject),
            "by_subject": by_subject,
        }

    def flows(self) -> list[dict[str, Any]]:
        """Moves from school to school."""
        pairs = Counter((t["school"], to["id"]) for t, to, _ in self.moves)
        return [{"from": a, "to": b, "moves": n} for (a, b), n in sorted(pairs.items())]

    def staffing(self) -> list[dict[str, Any]]:
        """Staff, quota and backbone teachers of every school before and after."""
        return [
            {
                "school": name,
                "quota": school["quota"],
                "before": self.head[name],
                "after": self.head_after[name],
                "out": self.out[name],
                "in": self.into[name],
                "backbone": [
                    {
                        "stage": stage,
                        "pupils": pupils,
                        "before": self.star[name, stage],
                        "after": self.star_after[name, stage],
                        "per_100_before": 100 * self.star[name, stage] / pupils if pupils else None,
                        "per_100_after": 100 * self.star_after[name, stage] / pupils if pupils else None,
                    }
                    for stage, pupils in sorted(school.get("students", {}).items())
                ],
            }
            for name, school in sorted(self.schools.items())
        ]
