"""Answers to an officer's questions about a problem and its plan."""

from optimizer.reasons.absence import why_not
from optimizer.reasons.proof import check_reason

__all__ = ["check_reason", "why_not"]
