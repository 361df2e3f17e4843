"""The list of a figure's units: searched, filtered, put in order and paged in memory, for they were just computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask_babel import gettext as _

from app.targets.clause_views import UnitView, passes_in_words
from app.web.pagination import PAGE_SIZE

PASSES: dict[str, bool | None] = {"yes": True, "no": False, "unknown": None}


@dataclass(frozen=True)
class UnitList:
    """What one request asked of the units."""

    every: Sequence[UnitView]
    search: str
    passes: str
    sort: str
    start: int

    @classmethod
    def read(cls, every: Sequence[UnitView], args: Mapping[str, str]) -> "UnitList":
        """The list that a query string asks for; what is not understood is left out."""
        passes, start = args.get("passes", ""), args.get("after") or args.get("before") or ""
        return cls(
            every=every,
            search=args.get("q", "").strip()[:100],
            passes=passes if passes in PASSES else "",
            sort=args.get("sort", ""),
            start=int(start) if start.isdecimal() and len(start) < 7 else 0,
        )

    @cached_property
    def found(self) -> list[UnitView]:
        """The units that the filters leave, in order."""
        rows = [one for one in self.every if self.search in one.name and self._is_wanted(one)]
        if self.sort.removeprefix("-") == "figure":
            rows.sort(key=lambda one: one.value)
        return rows[::-1] if self.sort.startswith("-") else rows

    def _is_wanted(self, one: UnitView) -> bool:
        return not self.passes or one.passes is PASSES[self.passes]

    @property
    def page(self) -> list[UnitView]:
        """The rows of the page."""
        return self.found[self.start : self.start + PAGE_SIZE]

    @property
    def next_key(self) -> str | None:
        """Where the next page begins."""
        after = self.start + PAGE_SIZE
        return str(after) if after < len(self.found) else None

    @property
    def previous_key(self) -> str | None:
        """Where the page before begins."""
        return str(max(0, self.start - PAGE_SIZE)) if self.start else None

    def chips(self) -> list[dict[str, Any]]:
        """The filters in force, in words."""
        found = []
        if self.search:
            found.append({"label": _("Search"), "value": self.search, "name": "q"})
        if self.passes:
            words = passes_in_words(PASSES[self.passes])
            found.append({"label": _("Reached or not"), "value": words, "name": "passes"})
        return found

    def in_words(self) -> dict[str, Any]:
        """The filters as the log keeps them."""
        return {str(chip["name"]): chip["value"] for chip in self.chips()}
