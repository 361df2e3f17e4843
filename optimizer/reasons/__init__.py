"""Answers to an officer's questions about a problem and its plan."""

from optimizer.reasons.absence import why_not
from optimizer.reasons.contradiction import Contradiction, conflict_words
from optimizer.reasons.mending import NearEligible
from optimizer.reasons.proof import check_reason
from optimizer.reasons.shortage import ShortRules, short_rules

__all__ = ["check_reason", "why_not", "short_rules", "NearEligible", "ShortRules", "Contradiction", "conflict_words"]
