"""Enumerations as checked text columns: portable, readable in the database, safe to extend by a migration."""

from enum import StrEnum

from sqlalchemy import Enum


def enum_column[E: StrEnum](kind: type[E], name: str) -> Enum:
    """A text column that holds only the values of `kind`; `name` names its check constraint."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=max(24, *(len(member.value) for member in kind)),
        values_callable=lambda members: [member.value for member in members],
    )
