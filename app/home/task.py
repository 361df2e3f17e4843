"""What a task is; each room's sources give them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: `tone` is danger, warning or info, in the order of the page."""

    title: str
    url: str
    icon: str
    tone: str = "info"
    note: str = ""


Source = Callable[[Any, date], Iterator[Task]]
