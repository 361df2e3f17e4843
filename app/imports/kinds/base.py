"""What the kinds of imports have in common: the rows under check, the records they are compared with, the verdicts."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import Connection

from app.imports.ledger import Ledger
from app.imports.models import ImportKind
from app.imports.places import Schools
from app.tables import identity
from app.tables.codes import CodeList
from app.tables.problems import CellProblem, Severity
from app.tables.specification import Kind, Sheet
from app.tables.text import plain
from app.tables.tidying import Tidied
from app.tables.values import is_blank

_SHOWN_LENGTH = 80


@dataclass
class Context:
    """Where the rows belong: the county, its schools, the code tables, and what an empty cell means."""

    connection: Connection
    county_id: int
    county_name: str
    codes: Mapping[str, CodeList]
    does_empty_clear: bool = False
    schools: Schools = field(init=False)

    def __post_init__(self) -> None:
        self.schools = Schools(self.connection, self.county_id)


@dataclass(slots=True)
class Existing:
    """A record that a row may change: its id, whose history it is part of, its version, its present values."""

    id: int
    subject_id: int
    values: Mapping[str, Any]
    version: int | None = None


@dataclass(slots=True)
class NewRow:
    """A row that becomes a record."""

    number: int
    values: dict[str, Any]


@dataclass(slots=True)
class ChangedRow:
    """A row that changes a record: field to (old, new)."""

    number: int
    id: int
    subject_id: int
    version: int | None
    changes: dict[str, tuple[Any, Any]]


class Rows:
    """The rows of a sheet under check. `values` hold what the file gives (None: nothing), in the form that is stored.

    `fallbacks` are for new records only: what follows from other cells when the file gives nothing.
    """

    def __init__(self, tidied: Tidied, cells: Sequence[Sequence[Any]]) -> None:
        self.sheet: Sheet = tidied.sheet
        self.numbers = tidied.rows
        self.columns = tidied.columns
        self.mapping = tidied.mapping
        self.size = len(tidied.rows)
        self.keys: list[Hashable | None] = [None] * self.size
        self.labels: list[str] = [""] * self.size
        self.details: list[str] = [""] * self.size
        self.values: dict[str, list[Any]] = {}
        self.fallbacks: dict[str, list[Any]] = {}
        self.problems: dict[int, list[CellProblem]] = defaultdict(list)
        self.refused: set[int] = set()
        self.skipped: set[int] = set()
        self._cells = cells
        self._take(tidied.problems)

    def alive(self) -> Iterator[int]:
        """The positions of the rows that are still acceptable."""
        return (p for p in range(self.size) if p not in self.refused and p not in self.skipped)

    def column(self, key: str) -> list[Any]:
        """The tidied values of a field; Nones where the sheet has no such column."""
        return self.columns.get(key) or [None] * self.size

    def is_mapped(self, key: str) -> bool:
        """Whether the file has a column for the field."""
        return self.mapping.column_of(key) is not None

    def was_blank(self, position: int, key: str) -> bool:
        """Whether the cell itself said nothing, whatever was derived for it."""
        at = self.mapping.column_of(key)
        return at is None or is_blank(self._cells[self.numbers[position] - 1][at])

    def refuse(self, position: int, code: str, key: str | None = None, **params: Any) -> None:
        """Keep a row out, with the reason."""
        self.refused.add(position)
        self._add(position, code, Severity.ERROR, key, params)

    def warn(self, position: int, code: str, key: str | None = None, **params: Any) -> None:
        """Let a row in, but say what looks odd."""
        self._add(position, code, Severity.WARNING, key, params)

    def use(self, key: str, convert: Callable[[Any], Any] | None = None) -> None:
        """Take a mapped column as values, each distinct one converted once."""
        if key not in self.columns or not self.is_mapped(key):
            return
        column = self.columns[key]
        if convert is not None:
            kept = {value: convert(value) for value in set(column) if value is not None}
            column = [kept.get(value) for value in column]
        self.values[key] = column

    def refuse_repeated_keys(self) -> None:
        """Two rows that turn out to name the same record contradict each other."""
        places: dict[Hashable, list[int]] = defaultdict(list)
        for position in self.alive():
            places[self.keys[position]].append(position)
        for positions in places.values():
            if len(positions) > 1:
                rows = ", ".join(str(self.numbers[p]) for p in positions)
                for position in positions:
                    self.refuse(position, "duplicate_row", rows=rows)

    def _take(self, problems: Iterable[CellProblem]) -> None:
        at = {number: position for position, number in enumerate(self.numbers)}
        for problem in problems:
            position = at.get(problem.row)
            if position is None:
                continue
            self.problems[position].append(problem)
            if problem.is_error:
                self.refused.add(position)

    def _add(self, position: int, code: str, severity: Severity, key: str | None, params: dict[str, Any]) -> None:
        column = self.mapping.column_of(key) if key else None
        number = self.numbers[position]
        cell = self._cells[number - 1][column] if column is not None else ""
        is_secret = key is not None and self.sheet[key].kind is Kind.ID_NUMBER
        shown = identity.mask(cell) if is_secret else plain(cell)[:_SHOWN_LENGTH]
        self.problems[position].append(CellProblem(code, severity, number, column, key, shown, params))


class Plan(ABC):
    """How one kind of rows becomes records.

    `needs` lists groups of fields of which at least one must be matched to a column; `required` what a new record
    cannot be without; `fixed` what an empty cell never clears; `defaults` what a new record has where the file says
    nothing; `subject` whose history the changes belong to.
    """

    kind: ClassVar[ImportKind]
    needs: ClassVar[tuple[tuple[str, ...], ...]]
    required: ClassVar[tuple[str, ...]] = ()
    fixed: ClassVar[frozenset[str]] = frozenset()
    defaults: ClassVar[Mapping[str, Any]] = {}
    subject: ClassVar[str] = "teacher"

    def __init__(self, context: Context) -> None:
        self.context = context

    @abstractmethod
    def resolve(self, rows: Rows) -> None:
        """Say what each row is about: keys, labels, values; refuse those that name what is not there."""

    def schools_of(self, rows: Rows, key: str, positions: Iterable[int]) -> list[int | None]:
        """The school that each row names in a column; at these positions, one that is not known refuses its row."""
        texts = rows.column(key)
        found, problems = self.context.schools.resolve(texts)
        for position in positions:
            if (text := texts[position]) in problems:
                rows.refuse(position, problems[text], key, county=self.context.county_name)
        return [found.get(text) for text in texts]

    @abstractmethod
    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """The records that the rows' keys name."""

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """Refuse a row whose record would contradict itself; `values` is the record as it would be."""
        return

    @abstractmethod
    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert the records."""

    @abstractmethod
    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update the records."""

    def prepare(self, new: Sequence[NewRow], step: Callable[[float], None]) -> None:
        """Slow work on new rows that needs no transaction, such as encrypting; `step` tells the share done."""
        return

    @classmethod
    def settled(cls, county_id: int) -> None:
        """What follows once a batch was applied or undone, in the same transaction."""
        return
