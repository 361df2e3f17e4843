"""The parts of a report, as plain data: whatever file they become, they say the same.

Reports are Chinese documents whoever asks for them: they are what the bureau hands on.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

# A Decimal is shown with the places it has: 4.20 stays 4.20.
type Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its head, the group head above it, its code in the official form, its width in characters."""

    head: str
    group: str = ""
    code: str = ""
    width: float = 10
    is_left: bool = False


@dataclass(frozen=True)
class Table:
    """A table in the office's layout: title, group heads, heads, codes, rows; the notes stand below."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str] = ()
    sheet: str = ""
    number: str = ""
    filled_by: str = ""

    @property
    def has_groups(self) -> bool:
        """Whether there is a row of group heads."""
        return any(column.group for column in self.columns)

    @property
    def has_codes(self) -> bool:
        """Whether there is a row of codes."""
        return any(column.code for column in self.columns)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: 1 for 一、, 2 for （一）."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """One series of bars; a missing value has no bar."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars side by side over categories, with limits as lines, and the table of the same numbers elsewhere."""

    title: str
    categories: Sequence[str]
    series: Sequence[Series]
    limits: Sequence[tuple[str, float]] = ()
    places: int = 2


type Block = Heading | Text | Table | BarChart


@dataclass(frozen=True)
class Document:
    """A whole report: its title, the line below it, the parts, and what is printed at the end."""

    title: str
    subtitle: str
    blocks: Sequence[Block]
    notes: Sequence[str] = field(default=())
    is_landscape: bool = False


def shown(value: Cell) -> str:
    """A cell as text."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
