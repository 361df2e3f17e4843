"""Qinglan's placements: which applicant joins which studio, which newcomer which mentor, proven tier by tier.

`solve` turns a `Problem` into a `Solution`; `check` says what is wrong with a problem, `verify.report` checks a
solution without the model; `why_not`, `unplaced`, `price_of_lock`, `price_of_place` and `mend_empty` explain it.
MATH.md has the mathematics, docs/formats/placement.md the JSON.
"""

from optimizer.checks import Finding
from optimizer.errors import Cancelled, ProblemRefused, SolverFailed
from optimizer.placement import verify
from optimizer.placement.checks import check
from optimizer.placement.explain import WhyNot, empty_hosts, unplaced, why_not
from optimizer.placement.problem import Applicant, Host, Lock, Pair, Problem, canonical_json
from optimizer.placement.reasons import Mend, Price, mend_empty, price_of_lock, price_of_place
from optimizer.placement.settings import Settings
from optimizer.placement.solution import Place, Progress, Reason, Shortfall, Solution, TierResult
from optimizer.placement.solve import solve

__all__ = [
    "Applicant",
    "Cancelled",
    "Finding",
    "Host",
    "Lock",
    "Mend",
    "Pair",
    "Place",
    "Price",
    "Problem",
    "ProblemRefused",
    "Progress",
    "Reason",
    "Settings",
    "Shortfall",
    "Solution",
    "SolverFailed",
    "TierResult",
    "WhyNot",
    "canonical_json",
    "check",
    "empty_hosts",
    "mend_empty",
    "price_of_lock",
    "price_of_place",
    "solve",
    "unplaced",
    "verify",
    "why_not",
]
