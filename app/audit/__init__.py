"""The append-only, hash-chained log of every change and of every look at an identity number or export.

Tables: audit_entry, audit_head. Used by: operations of all rooms write it; auditors read it.
"""

from app.audit.operations import record, record_many

__all__ = ["record", "record_many"]
