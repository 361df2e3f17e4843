"""Workbooks of what schools have: a row is one school, or one campus of it, in a school year."""

import re
from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

from app.imports import bulk
from app.imports.kinds import ChangedRow, Existing, NewRow, Plan, Rows, register
from app.imports.ledger import Ledger, Update, stale_message
from app.imports.models import ImportKind
from app.schools.models import Stage
from app.targets.models import ResourcePart
from app.web.errors import Refused

AREAS = ("teaching_area", "indoor_sport_area", "sport_area", "rented_sport_area", "equipment_value")
COLUMNS = {
    **{name: name for name in AREAS},
    "multimedia_rooms": "multimedia_rooms",
    "grades": "grades",
    "sponsor": "sponsor_code",
}
TABLE = "school_resources"
_YEAR = re.compile(r"(20\d\d)(?:\D+(?:20)?\d\d)?\D*")


class ResourcePlan(Plan):
    """Rooms and equipment of schools; what a file leaves empty stays as it is."""

    kind = ImportKind.RESOURCES
    needs: ClassVar = (("school",), ("school_year",))
    required: ClassVar = ("school", "school_year")
    fixed: ClassVar = frozenset({"school", "school_year", "part", "indoor_sport_area", "rented_sport_area"})
    defaults: ClassVar = {"indoor_sport_area": 0.0, "rented_sport_area": 0.0}
    subject: ClassVar = "school"

    def resolve(self, rows: Rows) -> None:
        """School by code or name; the campus is one of a stage that the school teaches."""
        texts, parts = rows.column("school"), rows.column("part")
        found, problems = self.context.schools.resolve(texts)
        years = [_year(text) for text in rows.column("school_year")]
        rows.values |= {"school": [found.get(text) for text in texts], "school_year": years, "part": parts}
        for key in COLUMNS:
            rows.use(key)
        taught, names = self._taught(set(found.values())), self.context.schools.names
        for position, text in enumerate(texts):
            school, part = found.get(text) if text else None, parts[position]
            if text in problems:
                rows.refuse(position, problems[text], "school", county=self.context.county_name)
            elif school and part and part not in taught.get(school, ()):
                label = self.context.codes["stage"][part].label_zh
                rows.refuse(position, "unknown_subject_post", "part", school=names[school], stage=label)
            if years[position] is None:
                rows.refuse(position, "out_of_range", "school_year", minimum=2000, maximum=2099)
            self._refuse_fine(rows, position)
            rows.keys[position] = (school, years[position], part or ResourcePart.WHOLE.value)
            rows.labels[position] = names[school] if school else text or ""
            rows.details[position] = " ".join(
                str(one) for one in (years[position], part and self.context.codes["stage"][part].label_zh) if one
            )

    @staticmethod
    def _refuse_fine(rows: Rows, position: int) -> None:
        for key in AREAS:
            value = (rows.values.get(key) or [None] * rows.size)[position]
            if value is not None and abs(value * 100 - round(value * 100)) > 1e-4:
                rows.refuse(position, "too_precise", key)

    def _taught(self, school_ids: set[int]) -> dict[int, set[str]]:
        taught: dict[int, set[str]] = {}
        table, columns = bulk.raw_table("school_stage"), ["school_id", "stage"]
        for row in bulk.read_rows(self.context.connection, table, "school_id", sorted(school_ids), columns=columns):
            if row.stage != Stage.KINDERGARTEN.value:
                taught.setdefault(row.school_id, set()).add(row.stage)
        return taught

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """Rows by school, year and part."""
        schools = sorted({rows.values["school"][p] for p in rows.alive()})
        found = bulk.read_rows(self.context.connection, bulk.raw_table(TABLE), "school_id", schools)
        return {
            (row.school_id, row.school_year, row.part): Existing(
                row.id,
                row.school_id,
                {
                    "school": row.school_id,
                    "school_year": row.school_year,
                    "part": None if row.part == ResourcePart.WHOLE.value else row.part,
                    **{key: _from_stored(key, row._mapping[column]) for key, column in COLUMNS.items()},
                },
                row.version,
            )
            for row in found
        }

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """The indoor sport area is part of the teaching area."""
        whole, indoor = values.get("teaching_area"), values.get("indoor_sport_area") or 0
        if whole is not None and indoor > whole:
            rows.refuse(position, "out_of_range", "indoor_sport_area", minimum=0, maximum=whole)

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert rows."""
        raw = bulk.raw_table(TABLE)
        keys = [(r.values["school"], r.values["school_year"], r.values.get("part") or "whole") for r in new]
        found = bulk.read_rows(ledger.connection, raw, "school_id", sorted({key[0] for key in keys}))
        if {(row.school_id, row.school_year, row.part) for row in found} & set(keys):
            raise Refused(stale_message())
        ids = ledger.new_ids(TABLE, len(new))
        written = [
            (i, *key, *(_stored(name, row.values.get(name)) for name in COLUMNS), 1, ledger.moment, ledger.moment)
            for i, key, row in zip(ids, keys, new, strict=True)
        ]
        columns = ("id", "school_id", "school_year", "part", *COLUMNS.values(), "version", "created_at", "updated_at")
        ledger.insert(TABLE, columns, written, self.subject, "school_id")

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update figures."""
        updates = [
            Update(
                (row.id,),
                row.subject_id,
                {"version": row.version},
                {COLUMNS[key]: _stored(key, new) for key, (_old, new) in row.changes.items()},
            )
            for row in changed
        ]
        ledger.update(TABLE, updates, self.subject)


def _year(text: str | None) -> int | None:
    """2026, 2026-2027 or 2026—2027学年 → 2026."""
    found = _YEAR.fullmatch(text or "")
    return int(found[1]) if found else None


def _stored(key: str, value: Any) -> Any:
    """As the database keeps it: areas and money as hundredths."""
    return round(value * 100) if key in AREAS and value is not None else value


def _from_stored(key: str, value: Any) -> Any:
    return value / 100 if key in AREAS and value is not None else value


def init() -> None:
    """Let the imports take such workbooks."""
    register(ResourcePlan)
