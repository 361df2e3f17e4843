"""The schools of a county, found by what offices write: a code or a name."""

from collections.abc import Iterable
from functools import cached_property

from sqlalchemy import Connection, or_, select

from app.imports.packing import slices
from app.schools.models import School
from app.tables.text import compact_text, fold


class Schools:
    """A county's schools, read once for a whole sheet."""

    def __init__(self, connection: Connection, county_id: int) -> None:
        self._connection = connection
        self._county_id = county_id

    @cached_property
    def names(self) -> dict[int, str]:
        """The name of each school of the county, by id."""
        found = self._connection.execute(select(School.id, School.name).where(School.county_id == self._county_id))
        return dict(found.tuples().all())

    @cached_property
    def _spellings(self) -> dict[str, set[int]]:
        spellings: dict[str, set[int]] = {}
        rows = self._connection.execute(
            select(School.id, School.code, School.name).where(School.county_id == self._county_id)
        )
        for school_id, code, name in rows.tuples():
            for text in (code, name):
                spellings.setdefault(fold(text), set()).add(school_id)
        return spellings

    def resolve(self, texts: Iterable[str | None]) -> tuple[dict[str, int], dict[str, str]]:
        """Each distinct text's school, or the code of the problem with it."""
        found: dict[str, int] = {}
        problems: dict[str, str] = {}
        for text in {text for text in texts if text}:
            ids = self._spellings.get(fold(text), set())
            if len(ids) == 1:
                found[text] = next(iter(ids))
            else:
                problems[text] = "ambiguous_school" if ids else "unknown_school"
        unknown = [text for text, code in problems.items() if code == "unknown_school"]
        problems |= dict.fromkeys(self._elsewhere(unknown), "school_elsewhere")
        return found, problems

    def _elsewhere(self, texts: list[str]) -> set[str]:
        """Those of the texts that are schools of other counties."""
        known: set[str] = set()
        for piece in slices(texts):
            wanted = [compact_text(text) for text in piece]
            rows = self._connection.execute(
                select(School.code, School.name).where(
                    School.county_id != self._county_id, or_(School.code.in_(wanted), School.name.in_(wanted))
                )
            )
            known |= {text for row in rows.tuples() for text in row}
        return {text for text in texts if compact_text(text) in known}
