"""Changing the ethics record. Records are proposed or entered, decided, answered, ruled on, corrected, withdrawn."""

from app.ethics.operations.activities import change_activity, record_activity, remove_activity
from app.ethics.operations.deciding import answer, confirm, give_back, note_look, rule, withdraw
from app.ethics.operations.lists import add_clause, change_clause, make_own
from app.ethics.operations.recording import correct_appraisal, correct_entry, record_appraisal, record_entry

__all__ = [
    "add_clause",
    "answer",
    "change_activity",
    "change_clause",
    "confirm",
    "correct_appraisal",
    "correct_entry",
    "give_back",
    "make_own",
    "note_look",
    "record_activity",
    "record_appraisal",
    "record_entry",
    "remove_activity",
    "rule",
    "withdraw",
]
