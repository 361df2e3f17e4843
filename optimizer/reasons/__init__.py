"""Answers to an officer's questions about a problem and its plan.

`why_move` and `why_not` explain a plan, `check_reason` puts a reason to the test, `price_of_rules` and `frontier` say
what the rules and the number of moves cost, `short_rules` what is missing and what would mend it, `conflict_words`
where locks contradict, `fairness` and `compare_fairness` who is worse off, and `plan_check`, `complete` and `improve`
take a plan made by hand. Every answer has codes with params for translation and `to_dict()`; docs/formats/reasons.md
describes them. Long ones take ``solve``, ``progress``, ``cancelled`` and ``time_limit``.
"""

from optimizer.reasons.absence import NotMoved, OpenPost, WhyNot, why_not
from optimizer.reasons.administrative import greedy
from optimizer.reasons.base import Solve, Step
from optimizer.reasons.comparison import Compared, compare_fairness
from optimizer.reasons.contradiction import Contradiction, conflict_words
from optimizer.reasons.equity import Fairness, fairness
from optimizer.reasons.handmade import PlanCheck, Reworked, complete, improve, plan_check
from optimizer.reasons.mending import Mend, NearEligible
from optimizer.reasons.moves import Alternative, WhyMove, why_move
from optimizer.reasons.peers import mda, to_be
from optimizer.reasons.pricing import Price, TierChange
from optimizer.reasons.proof import Check, check_reason
from optimizer.reasons.rules import Frontier, RulePrices, frontier, price_of_rules
from optimizer.reasons.shortage import ShortRules, missing_people, short_rules

__all__ = [
    "Alternative",
    "Check",
    "Compared",
    "Contradiction",
    "Fairness",
    "Frontier",
    "Mend",
    "NearEligible",
    "NotMoved",
    "OpenPost",
    "PlanCheck",
    "Price",
    "Reworked",
    "RulePrices",
    "ShortRules",
    "Solve",
    "Step",
    "TierChange",
    "WhyMove",
    "WhyNot",
    "check_reason",
    "compare_fairness",
    "complete",
    "conflict_words",
    "fairness",
    "frontier",
    "greedy",
    "improve",
    "mda",
    "missing_people",
    "plan_check",
    "price_of_rules",
    "short_rules",
    "to_be",
    "why_move",
    "why_not",
]
