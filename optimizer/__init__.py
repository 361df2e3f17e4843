"""Qinglan's optimiser: which teachers rotate where, proven tier by tier.

`solve` turns a `Problem` into a `Solution`; `verify.report` checks one against the other without the model;
`check` says what is wrong with a problem. MATH.md has the mathematics, FORMAT.md the JSON.
"""

from optimizer import verify
from optimizer.checks import Finding, check
from optimizer.errors import Cancelled, ProblemRefused, SolverFailed
from optimizer.explain import explain
from optimizer.problem import Ban, Lock, Need, Problem, ReferenceMove, School, Teacher, canonical_json
from optimizer.settings import Settings
from optimizer.solution import Move, Progress, Reason, Shortfall, Solution, TierResult
from optimizer.solve import solve
from optimizer.start import Start

__all__ = [
    "Ban",
    "Cancelled",
    "Finding",
    "Lock",
    "Move",
    "Need",
    "Problem",
    "ProblemRefused",
    "Progress",
    "Reason",
    "ReferenceMove",
    "School",
    "Settings",
    "Shortfall",
    "Solution",
    "SolverFailed",
    "Start",
    "Teacher",
    "TierResult",
    "canonical_json",
    "check",
    "explain",
    "solve",
    "verify",
]
