"""Rows → a problem for the optimiser → a verified result with its reasons. The only module here that speaks to it.

What comes in and goes out are the JSON objects of docs/formats/placement.md, so that nothing else knows the optimiser's
classes. Nothing of this touches the database.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.studios.models import PlacementDecision, PlacementDecisionKind, PlacementKind
from app.studios.placement_kinds import Collected, host_key, person_key
from app.studios.placement_settings import for_optimiser
from optimizer.placement import Cancelled, Problem, ProblemRefused, Progress, Solution, SolverFailed, solve, verify
from optimizer.placement.deferred import deferred_acceptance
from optimizer.placement.explain import Standing
from optimizer.placement.market import Market

__all__ = ["Cancelled", "Picture", "ProblemRefused", "Progress", "Result", "SolverFailed", "compose", "picture", "read",
           "solved"]  # fmt: skip

type Data = Mapping[str, Any]
# Of somebody without wishes, the nearest reasons are kept for so many hosts; for the rest, how many they are.
MOST_REASONS = 8


class Unsound(Exception):
    """The independent verifier did not confirm a result; `faults` say why."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Picture:
    """The data of a round at one moment: the canonical problem with what belongs to it, its text and its digest."""

    problem: dict[str, Any]
    left_out: list[dict[str, Any]]
    implied: list[str]
    body: bytes
    sha256: str

    @property
    def places(self) -> int:
        """How many places the hosts offer."""
        return sum(host["max_places"] for host in self.problem["hosts"])


@dataclass(frozen=True, slots=True)
class Result:
    """A solution with what pages show of it: `summary` at once, `detail` on the pages that ask for it."""

    solution: dict[str, Any]
    summary: dict[str, Any]
    detail: dict[str, Any]


def picture(kind: PlacementKind, collected: Collected) -> Picture:
    """The collected data as a canonical problem. `ProblemRefused` where they contradict themselves."""
    given = {"kind": kind.value, "applicants": collected.applicants, "hosts": collected.hosts}
    problem = Problem.from_dict(given).canonical().to_dict()
    for part in ("settings", "locks", "bans", "keeps", "reference"):
        del problem[part]
    implied = sorted(collected.implied)
    whole = {"problem": problem, "left_out": collected.left_out, "implied": implied}
    body = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return Picture(problem, collected.left_out, implied, body, hashlib.sha256(body).hexdigest())


def read(body: bytes, sha256: str) -> Picture:
    """The data that a snapshot keeps; a body that does not match its digest is refused."""
    if hashlib.sha256(body).hexdigest() != sha256:
        raise ValueError("a snapshot does not match its digest")
    whole = json.loads(body)
    return Picture(whole["problem"], whole["left_out"], whole["implied"], body, sha256)


def compose(
    base: Picture,
    settings: Data,
    decisions: Iterable[PlacementDecision],
    reference: Iterable[tuple[int, int]],
) -> dict[str, Any]:
    """The whole problem: the data with settings, decisions in force, and the places (person, host) to stay close to.

    What names somebody who is not in the data any more is left out: it can neither be kept nor broken.
    """
    people = {one["id"] for one in base.problem["applicants"]}
    hosts = {one["id"] for one in base.problem["hosts"]}
    locks: list[dict[str, Any]] = []
    bans: list[dict[str, Any]] = []
    for row in decisions:
        person, host = person_key(row.teacher_id), host_key(row.host_id) if row.host_id else None
        if person not in people or (host is not None and host not in hosts):
            continue
        if row.kind is PlacementDecisionKind.BAN:
            bans.append({"applicant": person, "host": host})
        else:
            locks.append({"applicant": person, "host": host})
    pairs = [{"applicant": person_key(person), "host": host_key(host)} for person, host in reference]
    given = {
        **base.problem,
        "settings": for_optimiser(settings),
        "locks": locks,
        "bans": bans,
        "reference": [pair for pair in pairs if pair["applicant"] in people and pair["host"] in hosts],
    }
    whole: dict[str, Any] = Problem.from_dict(given).canonical().to_dict()
    return whole


def solved(
    problem: Data,
    base: Picture,
    *,
    progress: Callable[[Progress], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    about: Callable[[str], None] = lambda stage: None,
) -> Result:
    """Solve, let the verifier judge, and explain. `Unsound` where the verifier does not agree."""
    given = Problem.from_dict(problem)
    solution = solve(given, progress=progress, cancelled=cancelled)
    data = solution.to_dict()
    about("verify")
    if faults := verify.faults(problem, data):
        raise Unsound(faults)
    if data["status"] == "infeasible":
        return Result(data, {"status": "infeasible", "conflict": data["conflict"], "reasons": data["reasons"]}, {})
    about("explain")
    report = verify.report(problem, data)
    peer = _deferred(given, problem)
    detail = {
        "solution": data,
        "report": report,
        "asked": {key: problem[key] for key in ("settings", "locks", "bans", "reference")},
        "left_out": base.left_out,
        "implied": base.implied,
        "reasons": _reasons(given, solution),
        "deferred": peer["places"],
        "free": {host["id"]: host["max_places"] for host in problem["hosts"]},
    }
    return Result(data, _summary(problem, data, report, peer, base), detail)


def _deferred(given: Problem, problem: Data) -> dict[str, Any]:
    """What deferred acceptance would do with the same data, judged by the same verifier."""
    market = Market.of(given.canonical())
    pairs = sorted(market.placed(deferred_acceptance(market)).items())
    places = [{"applicant": market.applicants[i].id, "host": market.hosts[j].id} for i, j in pairs]
    return {"places": places, "report": verify.report(problem, {"places": places}), "counts": _counts(problem, places)}


def _counts(problem: Data, places: Iterable[Data]) -> dict[str, int]:
    """How many got which wish."""
    people = {one["id"]: one for one in problem["applicants"]}
    counts = {"placed": 0, "first": 0, "second_third": 0, "later": 0, "other": 0, "rural": 0}
    for place in places:
        person = people[place["applicant"]]
        rank = _rank(person, place["host"])
        counts["placed"] += 1
        counts["rural"] += bool(person["rural"])
        name = "other" if rank is None else "first" if rank == 1 else "second_third" if rank <= 3 else "later"
        counts[name] += 1
    return counts


def _rank(person: Data, name: str) -> int | None:
    """The place of a name among somebody's wishes; None where it is not there."""
    for number, wish in enumerate(person["wishes"], 1):
        if name == wish or (not isinstance(wish, str) and name in wish):
            return number
    return None


def _summary(problem: Data, solution: Data, report: Data, peer: Data, base: Picture) -> dict[str, Any]:
    taken = {place["host"] for place in solution["places"]}
    counts = _counts(problem, solution["places"])
    return {
        "status": solution["status"],
        "seconds": solution["seconds"],
        "tiers": solution["tiers"],
        "shortfalls": solution["shortfalls"],
        "counts": counts
        | {
            "people": len(problem["applicants"]),
            "unplaced": len(problem["applicants"]) - counts["placed"],
            "hosts": len(problem["hosts"]),
            "empty": sum(1 for host in problem["hosts"] if host["max_places"] and host["id"] not in taken),
            "places": base.places,
            "blocking": len(report["blocking"]),
            "left_out": len(base.left_out),
            "decisions": len(problem["locks"]) + len(problem["bans"]),
        },
        "deferred": {
            "counts": peer["counts"],
            "tiers": peer["report"]["tiers"],
            "breaks": len(peer["report"]["broken"]),
        },
    }


def _reasons(given: Problem, solution: Solution) -> dict[str, Any]:
    """For everybody who did not get the first wish: why not each host wished for more; for those left, each wish."""
    standing = Standing(given, solution)
    market = standing.market
    found: dict[str, Any] = {}
    for i, person in enumerate(market.applicants):
        wished = [name for wish in person.wishes for name in ((wish,) if isinstance(wish, str) else wish)]
        others: list[str] = []
        if (j := standing.at.get(i)) is not None:
            rank = market.rank_at(i, j)
            wished = [name for name in wished if market.rank_at(i, standing.column[name]) < rank]
        elif person.takes_others:
            reachable = (market.hosts[market.edges[n].host].id for n in market.of_applicant.get(i, ()))
            others = [name for name in dict.fromkeys(reachable) if name not in set(wished)]
        names = (wished + others)[: max(MOST_REASONS, len(person.wishes))]
        if names or i not in standing.at:
            found[person.id] = {
                "hosts": [standing.why_not(person.id, name).to_dict() for name in names],
                "more": max(0, len(wished) + len(others) - len(names)),
                "reach": len(market.of_applicant.get(i, ())),
            }
    return found
