"""Check a placement against its problem in plain Python, sharing no code with the model.

`report` works on the raw dicts of docs/formats/placement.md and computes everything again from the text of the rules:
broken rules, the rural share, tier values, blocking pairs. A placement that breaks a rule or claims a wrong value must
never be shown, stored or published.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Data = Mapping[str, Any]


def report(problem: Data, solution: Data) -> dict[str, Any]:
    """`broken` ({rule, subject, message}), `false_claims` (texts), `tiers`, `shortfalls`, `blocking` ({applicant,
    host}), `placed`, `hosts` ({id, placed, max_places, min_places, rural})."""
    facts = _Facts(problem, solution.get("places", []))
    shortfalls, blocking = facts.shortfalls(), facts.blocking()
    tiers = facts.tiers(shortfalls, blocking)
    return {
        "broken": facts.broken(),
        "false_claims": _false_claims(facts, solution, tiers, shortfalls, blocking),
        "tiers": tiers,
        "shortfalls": shortfalls,
        "blocking": [{"applicant": a, "host": h} for a, h in blocking],
        "placed": len(facts.at),
        "hosts": facts.hosts_after(),
    }


def faults(problem: Data, solution: Data) -> list[str]:
    """Why a placement must not be shown. Empty when it is sound. An `infeasible` one has no places."""
    if solution["status"] == "infeasible":
        return ["an infeasible solution has places"] if solution.get("places") else []
    found = report(problem, solution)
    return [f"{b['rule']} {b['subject']}: {b['message']}" for b in found["broken"]] + list(found["false_claims"])


def _false_claims(
    facts: _Facts,
    solution: Data,
    tiers: dict[str, int],
    shortfalls: list[dict[str, Any]],
    blocking: list[tuple[str, str]],
) -> list[str]:
    wrong = []
    for tier in solution.get("tiers", []):
        name = tier["name"]
        if tier["value"] != tiers[name]:
            wrong.append(f"tier {name} is {tiers[name]}, not {tier['value']}")
        if solution["status"] == "optimal" and tier["value"] - tier["bound"] >= 1:
            wrong.append(f"tier {name} is not proven: value {tier['value']}, bound {tier['bound']}")
    if "shortfalls" in solution and list(solution["shortfalls"]) != shortfalls:
        wrong.append("the shortfalls are not those of the places")
    stated = [(pair["applicant"], pair["host"]) for pair in solution.get("blocking", [])]
    if "blocking" in solution and sorted(stated) != blocking:
        wrong.append("the blocking pairs are not those of the places")
    for place in solution.get("places", []):
        a, h = place["applicant"], place["host"]
        if a in facts.applicants and h in facts.hosts and "applicant_rank" in place:
            ranks = facts.rank(facts.applicants[a], h), facts.rank(facts.hosts[h], a)
            if (place["applicant_rank"], place["host_rank"]) != ranks:
                wrong.append(f"{a} at {h} has the ranks {ranks}")
    return wrong


class _Facts:
    def __init__(self, problem: Data, places: list[Data]) -> None:
        self.problem = problem
        self.settings = problem.get("settings", {})
        self.applicants = {a["id"]: a for a in problem["applicants"]}
        self.hosts = {h["id"]: h for h in problem["hosts"]}
        self.lists = {
            (side, person["id"]): self._listed(person)
            for side, people in (("a", problem["applicants"]), ("h", problem["hosts"]))
            for person in people
        }
        self.side = {id(p): ("a", p["id"]) for p in problem["applicants"]}
        self.side |= {id(p): ("h", p["id"]) for p in problem["hosts"]}
        self.kept = {k["applicant"]: k["host"] for k in problem.get("keeps", [])}
        self.banned = {(b["applicant"], b["host"]) for b in problem.get("bans", [])}
        self._possible: list[tuple[str, str]] | None = None
        self.given = [(p["applicant"], p["host"]) for p in places]
        self.at = {a: h for a, h in self.given if a in self.applicants and h in self.hosts}
        self.held: dict[str, list[str]] = defaultdict(list)
        for a, h in self.at.items():
            self.held[h].append(a)

    # -- what each side thinks --

    @staticmethod
    def _listed(person: Data) -> dict[str, int]:
        ranks = {}
        for n, wish in enumerate(person.get("wishes", []), 1):
            for name in [wish] if isinstance(wish, str) else wish:
                ranks[name] = n
        return ranks

    def rank(self, person: Data, name: str) -> int:
        """1 for the first entry of the list; whoever is not on it comes after it."""
        return self.lists[self.side[id(person)]].get(name, len(person.get("wishes", [])) + 1)

    def willing(self, person: Data, name: str, opens: bool) -> bool:
        if name in person.get("refuses", []):
            return False
        listed = person.get("wishes", [])
        return name in self.lists[self.side[id(person)]] or not listed or bool(person.get("open", opens))

    def _matches(self, own: list[str], takes: list[str], key: str) -> bool:
        if not own or not takes:
            return True
        excepted = {(a, b) for a, b in self.settings.get(key, [])}
        return any(o == t or (o, t) in excepted for o in own for t in takes)

    def km(self, a: Data, h: Data) -> float | None:
        place = [a.get("lat"), a.get("lng"), h.get("lat"), h.get("lng")]
        if None in place:
            return None
        lat_a, lng_a, lat_b, lng_b = (math.radians(float(x)) for x in place)  # type: ignore[arg-type]
        hav = math.sin((lat_b - lat_a) / 2) ** 2
        hav += math.cos(lat_a) * math.cos(lat_b) * math.sin((lng_b - lng_a) / 2) ** 2
        return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(hav)))

    def against(self, a: Data, h: Data) -> list[tuple[str, str]]:
        """The rules that keep two sides apart, whatever the plan: (id, words)."""
        found = []
        subjects = [s for s in [a.get("subject", ""), *a.get("also", [])] if s]
        if not self._matches(subjects, h.get("subjects", []), "subject_exceptions"):
            found.append(("E1", "the subject does not fit"))
        stages = [s for s in [a.get("stage", "")] if s]
        if not self._matches(stages, h.get("stages", []), "stage_exceptions"):
            found.append(("E2", "the stage does not fit"))
        if not self.willing(a, h["id"], opens=False):
            found.append(("E3", "the applicant does not want the host"))
        if not self.willing(h, a["id"], opens=True):
            found.append(("E3", "the host does not want the applicant"))
        km, most = self.km(a, h), self.settings.get("max_km")
        if km is not None and most is not None and km > most:
            found.append(("E4", f"{km:.1f} km is further than {most} km"))
        if (a["id"], h["id"]) in self.banned:
            found.append(("P4", "the pair is banned"))
        return found

    # -- rules --

    def broken(self) -> list[dict[str, str]]:
        found: list[dict[str, str]] = []

        def bad(rule: str, subject: str, message: str) -> None:
            found.append({"rule": rule, "subject": subject, "message": message})

        for a, times in Counter(a for a, _ in self.given).items():
            if times > 1:
                bad("P1", a, f"has {times} places")
        for a, h in self.given:
            if a not in self.applicants or h not in self.hosts:
                bad("P1", a, f"{a} or {h} is not in the problem")
            elif self.kept.get(a) != h:
                for rule, words in self.against(self.applicants[a], self.hosts[h]):
                    bad(rule, a, f"{h}: {words}")
        for name, host in self.hosts.items():
            count, kept = len(self.held[name]), sum(h == name for h in self.kept.values())
            if count > host["max_places"]:
                bad("P2", name, f"{count} people, {host['max_places']} places")
            if 0 < count < host.get("min_places", 0) and not kept:
                bad("P3", name, f"{count} people, opens with {host['min_places']}")
        for a, h in self.kept.items():
            if self.at.get(a) != h:
                bad("P4", a, f"keeps the place at {h}")
        for lock in self.problem.get("locks", []):
            if self.at.get(lock["applicant"]) != lock["host"]:
                bad("P4", lock["applicant"], f"is locked to {lock['host'] or 'no place'}")
        return found

    def free_places(self, name: str) -> int:
        most = int(self.hosts[name]["max_places"])
        return most - list(self.kept.values()).count(name)

    def possible(self) -> list[tuple[str, str]]:
        """Pairs that may be placed together, keeps left out; only hosts with a place that nobody keeps."""
        if self._possible is None:
            free = [name for name in self.hosts if self.free_places(name) > 0]
            people = [a for name, a in self.applicants.items() if name not in self.kept]
            self._possible = [
                (a["id"], name)
                for a in people
                for name in self._asked(a, free)
                if not self.against(a, self.hosts[name])
            ]
        return self._possible

    def _asked(self, a: Data, names: list[str]) -> list[str]:
        """Of these hosts, those that an applicant would hear of: the listed ones, or all."""
        if not a.get("wishes") or a.get("open", False):
            return names
        listed = self.lists["a", a["id"]]
        return [name for name in names if name in listed]

    def shortfalls(self) -> list[dict[str, Any]]:
        """R1 in every scope where anybody is needed."""
        share = Fraction(str(self.settings.get("rural_share", 0)))
        scopes = self.settings.get("rural_scopes", ["all"])
        if not share or not scopes:
            return []
        rural = {name for name, a in self.applicants.items() if a.get("rural", False)}
        could: dict[str, set[str]] = defaultdict(set)
        for a, h in [*self.possible(), *self.kept.items()]:
            if a in rural:
                could[h].add(a)
        reaches = {"all": list(self.hosts)} if "all" in scopes else {}
        if "host" in scopes:
            reaches |= {name: [name] for name in self.hosts}
        rows = []
        for scope, names in sorted(reaches.items()):
            places = sum(self.hosts[h]["max_places"] for h in names)
            people = set().union(*(could[h] for h in names))
            needed = min(math.ceil(share * places), len(people))
            reached = sum(a in rural for h in names for a in self.held[h])
            if needed:
                rows.append({"scope": scope, "needed": needed, "reached": reached, "missing": max(0, needed - reached)})
        return rows

    # -- tiers --

    def blocking(self) -> list[tuple[str, str]]:
        """Pairs who may be together, are not, and would both rather be."""
        found = []
        for a, h in self.possible():
            applicant, host = self.applicants[a], self.hosts[h]
            if a in self.at and self.rank(applicant, self.at[a]) <= self.rank(applicant, h):
                continue
            others = [b for b in self.held[h] if b not in self.kept]
            shut = not self.held[h] and host.get("min_places", 0) > 1
            if shut:
                continue
            room = len(self.held[h]) < host["max_places"]
            if room or any(self.rank(host, b) > self.rank(host, a) for b in others):
                found.append((a, h))
        return sorted(found)

    def tiers(self, shortfalls: list[dict[str, Any]], blocking: list[tuple[str, str]]) -> dict[str, int]:
        reference = {(r["applicant"], r["host"]) for r in self.problem.get("reference", [])}
        made = set(self.at.items())
        pairs = [(self.applicants[a], self.hosts[h]) for a, h in self.at.items()]
        far = [self.km(a, h) for a, h in pairs]
        return {
            "policy": sum(row["missing"] for row in shortfalls),
            "unplaced": len(self.applicants) - len(self.at),
            "stability": len(blocking),
            "change": len(reference ^ made) if reference else 0,
            "applicants": sum(self.rank(a, h["id"]) - 1 for a, h in pairs),
            "hosts": sum(self.rank(h, a["id"]) - 1 for a, h in pairs),
            "distance": sum(round(10 * km) for km in far if km is not None),
        }

    def hosts_after(self) -> list[dict[str, Any]]:
        return [
            {
                "id": name,
                "placed": len(self.held[name]),
                "max_places": host["max_places"],
                "min_places": host.get("min_places", 0),
                "rural": sum(bool(self.applicants[a].get("rural", False)) for a in self.held[name]),
            }
            for name, host in sorted(self.hosts.items())
        ]
