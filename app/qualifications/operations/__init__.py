"""Changing certificates, their registrations, the records beside them, and the county's types."""

from app.qualifications.operations.certificates import (
    Fields,
    add,
    change,
    expiry,
    problems,
    remove,
    submit,
    withdraw,
)
from app.qualifications.operations.review import check, return_, revoke, verify

__all__ = [
    "Fields",
    "add",
    "change",
    "check",
    "expiry",
    "problems",
    "remove",
    "return_",
    "revoke",
    "submit",
    "verify",
    "withdraw",
]
