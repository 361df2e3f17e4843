"""Qinglan's placements: which applicant joins which studio, which newcomer which mentor, proven tier by tier.

`solve` turns a `Problem` into a `Solution`; `check` says what is wrong with a problem, `verify.report` checks a
solution without the model. MATH.md has the mathematics, docs/formats/placement.md the JSON.
"""

from optimizer.checks import Finding
from optimizer.errors import Cancelled, ProblemRefused, SolverFailed
from optimizer.placement.checks import check
from optimizer.placement.problem import Applicant, Host, Lock, Pair, Problem, canonical_json
from optimizer.placement.settings import Settings
from optimizer.placement.solution import Place, Progress, Reason, Shortfall, Solution, TierResult

__all__ = [
    "Applicant",
    "Cancelled",
    "Finding",
    "Host",
    "Lock",
    "Pair",
    "Place",
    "Problem",
    "ProblemRefused",
    "Progress",
    "Reason",
    "Settings",
    "Shortfall",
    "Solution",
    "SolverFailed",
    "TierResult",
    "canonical_json",
    "check",
]
