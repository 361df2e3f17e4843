"""What an office's sheet is expected to hold: its columns, their kinds, their names in the wild."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """How the values of a column are understood."""

    TEXT = "text"
    ID_NUMBER = "id_number"
    DATE = "date"
    MONTH = "month"
    CODE = "code"
    CODES = "codes"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    PHONE = "phone"


class MissingDay(StrEnum):
    """What a date written as year and month only means."""

    REFUSED = "refused"
    FIRST = "first"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Field:
    """One column that a sheet may have.

    `aliases` are other headers for the same fact. `last_resort` headers are taken only when no better column
    was found for a required field. `references` names what a text points to ("school"). `compact` texts lose
    the spaces between Chinese characters.
    """

    key: str
    label_zh: str
    label_en: str
    kind: Kind = Kind.TEXT
    aliases: tuple[str, ...] = ()
    required: bool = False
    code_table: str | None = None
    references: str | None = None
    last_resort: tuple[str, ...] = ()
    compact: bool = False
    max_length: int = 200
    minimum: float | None = None
    maximum: float | None = None
    missing_day: MissingDay = MissingDay.REFUSED
    pattern: str | None = None
    example: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every header this column is known by, the official one first."""
        return (self.label_zh, self.label_en, self.key, *self.aliases)

    @property
    def hint(self) -> str:
        """The format shown in brackets under a header, empty where none is needed."""
        return {Kind.DATE: "yyyy-MM-dd", Kind.MONTH: "yyyy-MM"}.get(self.kind, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A kind of sheet that can be imported.

    `identity` lists the columns that together name one row: two rows of a file with the same values there
    contradict each other. Empty means that rows may repeat. `spans` are a beginning and an end, which
    must not be reversed; `usual_order` are dates whose reversal is only worth a warning.
    """

    name: str
    label_zh: str
    label_en: str
    fields: tuple[Field, ...]
    identity: tuple[str, ...] = ()
    spans: tuple[tuple[str, str], ...] = ()
    usual_order: tuple[tuple[str, str], ...] = ()
    _by_key: Mapping[str, Field] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key = {column.key: column for column in self.fields}
        if len(by_key) != len(self.fields):
            raise ValueError(f"sheet {self.name} names a field twice")
        object.__setattr__(self, "_by_key", by_key)

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __getitem__(self, key: str) -> Field:
        return self._by_key[key]

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self._by_key)

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.fields if column.required)

    @property
    def code_tables(self) -> frozenset[str]:
        """The code tables that reading this sheet needs."""
        return frozenset(column.code_table for column in self.fields if column.code_table)
