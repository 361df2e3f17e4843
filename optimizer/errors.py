"""What can stop a solve, as exceptions a caller can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from optimizer.checks import Finding


class ProblemRefused(Exception):
    """The problem is not well formed. ``findings`` holds every fault found, not only the first."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(finding.message for finding in self.findings))


class Cancelled(Exception):
    """The caller's ``cancelled()`` said so; no solution was made."""


class SolverFailed(Exception):
    """The solver returned an error, or a plan that the verifier rejects. Never shown as a proposal."""
