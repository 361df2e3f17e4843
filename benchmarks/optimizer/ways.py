"""Ours and the peers as commands, and what running one of them costs: wall and CPU seconds, peak memory.

Each way is a fresh process from a problem file to an answer file, one solver thread (CP-SAT: as many workers as there
are processors, two at most). Ours verifies what it found before the process ends; what the peers found is verified
here, outside their time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from optimizer import Problem, verify
from optimizer.reasons import fairness
from optimizer.solution import Move

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / ".venv" / "peers"
OURS, PLAIN = "ours", "straightforward"
PEER_WAYS = ("cbc", "cp-sat", "greedy", "mda", "to-be")
PEER_LIMIT = 60
Data = dict[str, Any]


@dataclass
class Result:
    """One run of one way on one problem. ``proven`` names the tiers it proved, ``faults`` what the verifier found."""

    problem: str
    way: str
    wall: float
    cpu: float
    peak_mib: float
    values: dict[str, float]
    bounds: dict[str, float]
    proven: list[str]
    moves: int
    wishes: dict[str, int]
    faults: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every tier is proven."""
        return bool(self.values) and set(self.proven) == set(self.values)

    def to_dict(self) -> Data:
        return asdict(self)


@dataclass
class Spent:
    """What a process took."""

    wall: float
    cpu: float
    peak_mib: float
    status: int


def spend(command: Sequence[str], *, peers: bool = False, most_cpu: int | None = None) -> Spent:
    """Run a command to its end, or until it has used its CPU seconds, and measure it."""
    if most_cpu is not None:
        command = ["/bin/sh", "-c", f'ulimit -t {most_cpu}; exec "$@"', "sh", *command]
    environment = os.environ | ({"PYTHONPATH": str(PEERS)} if peers else {})
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - begun
    return Spent(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode)


def has_peers() -> bool:
    """Whether CBC and OR-Tools are there (`benchmarks/optimizer/requirements.txt`)."""
    return (PEERS / "ortools").exists() or find_spec("ortools") is not None


def run(way: str, name: str, path: Path, *, time_limit: float | None = None, most_cpu: int | None = None) -> Result:
    """Run one way on one problem file; the straightforward one for no more than ``most_cpu`` seconds."""
    answer = path.with_suffix(f".{way}.json")
    answer.unlink(missing_ok=True)
    if way == OURS:
        limit = [] if time_limit is None else ["--time-limit", str(time_limit)]
        command = ["-m", "optimizer", str(path), "-o", str(answer), "--quiet", *limit]
    elif way == PLAIN:
        command = ["-m", "benchmarks.optimizer.straightforward", str(path), str(answer)]
    elif way == "cbc":
        command = ["-m", "benchmarks.optimizer.straightforward", str(path), str(answer)]
        command += ["--solver", "cbc", "--limit", str(PEER_LIMIT)]
    elif way == "cp-sat":
        workers = str(min(2, os.cpu_count() or 1))
        command = ["-m", "benchmarks.optimizer.cpsat", str(path), str(answer)]
        command += ["--limit", str(PEER_LIMIT), "--workers", workers]
    else:
        command = ["-m", "benchmarks.optimizer.rules", way.replace("-", "_"), str(path), str(answer)]
    spent = spend(
        [sys.executable, *command],
        peers=way in ("cbc", "cp-sat"),
        most_cpu=most_cpu if way == PLAIN else None,
    )
    problem = json.loads(path.read_text(encoding="utf-8"))
    if not answer.exists():
        return Result(name, way, spent.wall, spent.cpu, spent.peak_mib, {}, {}, [], 0, {}, [f"exit {spent.status}"])
    return _judged(name, way, problem, json.loads(answer.read_text(encoding="utf-8")), spent)


def _judged(name: str, way: str, problem: Data, answer: Data, spent: Spent) -> Result:
    """What the answer is worth, by the verifier."""
    moves = answer["moves"]
    faults: list[str] = []
    values, bounds, proven = answer.get("values", {}), answer.get("bounds", {}), answer.get("proven", [])
    if way == OURS:
        values = {tier["name"]: tier["value"] for tier in answer["tiers"]}
        bounds = {tier["name"]: tier["bound"] for tier in answer["tiers"]}
        proven = [tier for tier in values if _is_proven(tier, values[tier], bounds[tier])]
        faults = verify.faults(problem, answer)
    elif moves or way not in (PLAIN, "cbc", "cp-sat"):
        report = verify.report(problem, {"moves": moves})
        faults = [f"{b['rule']} {b['subject']}: {b['message']}" for b in report["broken"]]
        values = values or report["tiers"]
    wishes = fairness(Problem.from_dict(problem), _moves(moves)).wishes.to_dict() if moves else {}
    return Result(name, way, spent.wall, spent.cpu, spent.peak_mib, values, bounds, proven, len(moves), wishes, faults)


def _is_proven(tier: str, value: float, bound: float) -> bool:
    return value - bound < (1e-6 * value + 1e-12 if tier == "balance" else 1 - 1e-9)


def _moves(moves: list[Data]) -> tuple[Move, ...]:
    return tuple(Move(m["teacher"], m["from"], m["to"], m["subject"]) for m in moves)
