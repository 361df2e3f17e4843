"""Changing claims, rules, stand-ins and disputes. Other rooms use what is named here."""

from app.credits.models import ClaimSource
from app.credits.operations.sources import (
    change_source_hours,
    credit_from_source,
    credit_many_from_source,
    withdraw_source,
)

__all__ = [
    "ClaimSource",
    "change_source_hours",
    "credit_from_source",
    "credit_many_from_source",
    "withdraw_source",
]
