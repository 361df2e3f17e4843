"""Facts about teachers who are on record: backbone honours, earlier rotations, special circumstances."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar

from app.codes import queries as codes
from app.ethics.vetoes import vetoes_of
from app.imports import bulk
from app.imports.kinds.base import ChangedRow, Existing, NewRow, Plan, Rows
from app.imports.ledger import Ledger, Update, stale_message
from app.imports.models import ImportKind
from app.tables.text import fold
from app.teachers.identity import RESIDENT_CARD, digest, masked
from app.web.errors import Refused


class FactPlan(Plan):
    """Facts, each known by its teacher and some of its columns.

    `columns` are fields and the columns they fill; `names` those that tell one fact of a teacher from another;
    `nothing` the codes that say there is nothing to report; `constants` columns that are the same in all rows of the
    kind, by which they are told from others in the table.
    """

    table: ClassVar[str]
    columns: ClassVar[Mapping[str, str]]
    names: ClassVar[tuple[str, ...]]
    nothing: ClassVar[Mapping[str, str]] = {}
    constants: ClassVar[Mapping[str, str]] = {}

    def resolve(self, rows: Rows) -> None:
        """Teachers by identity document and name; rows that report nothing are left out."""
        for key, code in self.nothing.items():
            rows.skipped |= {p for p, value in enumerate(rows.column(key)) if value == code}
        rows.refused -= rows.skipped
        for key in self.columns:
            rows.use(key)
        teachers = self._teachers(rows)
        rows.values["_teacher"] = teachers
        rows.labels = [name or "" for name in rows.column("name")]
        rows.details = [masked(number) if number else "" for number in rows.column("id_number")]
        self.complete(rows)
        for position in rows.alive():
            named = tuple(self.given(rows, key, position) for key in self.names)
            rows.keys[position] = (teachers[position], *named)

    def complete(self, rows: Rows) -> None:
        """Whatever a kind has to look up further."""

    @staticmethod
    def given(rows: Rows, key: str, position: int) -> Any:
        """What the file says, or what follows where it says nothing."""
        column = rows.values.get(key)
        value = column[position] if column else None
        if value is None and key in rows.fallbacks:
            return rows.fallbacks[key][position]
        return value

    def _teachers(self, rows: Rows) -> list[int | None]:
        numbers, names = rows.column("id_number"), rows.column("name")
        types = [given or RESIDENT_CARD for given in rows.column("id_type")]
        others = [] if rows.is_mapped("id_type") else list(codes.tables().get("id_type", {}))
        digests = [digest(t, n) if n else "" for t, n in zip(types, numbers, strict=True)]
        found = self._by_digest(digests)
        teachers: list[int | None] = [None] * rows.size
        for position in rows.alive():
            known = found.get(digests[position]) or self._by_other_document(numbers[position], others)
            if known is None:
                rows.refuse(position, "unknown_teacher", "id_number")
            elif names[position] and fold(names[position]) != fold(known[1]):
                rows.refuse(position, "name_differs", "name")
            else:
                teachers[position] = known[0]
        return teachers

    def _by_digest(self, digests: Sequence[str]) -> dict[str, tuple[int, str]]:
        columns = ["id", "name", "county_id", "id_number_digest"]
        found = bulk.read_rows(
            self.context.connection, bulk.raw_table("teacher"), "id_number_digest", digests, columns=columns
        )
        return {row.id_number_digest: (row.id, row.name) for row in found if row.county_id == self.context.county_id}

    def _by_other_document(self, number: str, types: Sequence[str]) -> tuple[int, str] | None:
        """A sheet without the type of document may mean a passport or another one."""
        if not types or len(number) == 18:
            return None
        return next(iter(self._by_digest([digest(t, number) for t in types]).values()), None)

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """The facts on record of the teachers that rows name."""
        teachers = sorted({rows.values["_teacher"][p] for p in rows.alive()})
        records: dict[Hashable, Existing] = {}
        for row in bulk.read_rows(self.context.connection, bulk.raw_table(self.table), "teacher_id", teachers):
            if any(row._mapping[name] != value for name, value in self.constants.items()):
                continue
            values = {key: row._mapping[column] for key, column in self.columns.items()}
            values["_teacher"] = row.teacher_id
            key = (row.teacher_id, *(values[name] for name in self.names))
            records[key] = Existing(row.id, row.teacher_id, values)
        return records

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """A fact does not end before it begins."""
        first, last = self.kind.sheet.spans[0]
        if values.get(last) is not None and values[last] < values[first]:
            rows.refuse(position, "dates_reversed", last)

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert facts, unless one of them has come on record meanwhile."""
        teachers = sorted({row.values["_teacher"] for row in new})
        found = bulk.read_rows(ledger.connection, bulk.raw_table(self.table), "teacher_id", teachers)
        named = [self.columns[key] for key in self.names]
        known = {
            (row.teacher_id, *(row._mapping[column] for column in named))
            for row in found
            if all(row._mapping[name] == value for name, value in self.constants.items())
        }
        if any((row.values["_teacher"], *(row.values[key] for key in self.names)) in known for row in new):
            raise Refused(stale_message())
        ids = ledger.new_ids(self.table, len(new))
        same = tuple(self.constants.values())
        written = [
            (i, row.values["_teacher"], *same, *map(row.values.get, self.columns))
            for i, row in zip(ids, new, strict=True)
        ]
        columns = ("id", "teacher_id", *self.constants, *self.columns.values())
        ledger.insert(self.table, columns, written, self.subject, "teacher_id")

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update facts."""
        updates = []
        for row in changed:
            before = {self.columns[key]: old for key, (old, _new) in row.changes.items()}
            after = {self.columns[key]: new for key, (_old, new) in row.changes.items()}
            updates.append(Update((row.id,), row.subject_id, before, after))
        ledger.update(self.table, updates, self.subject)


class HonourPlan(FactPlan):
    """Backbone honours."""

    kind = ImportKind.HONOURS
    needs: ClassVar = (("id_number",), ("type",), ("level",), ("valid_from",))
    required: ClassVar = ("type", "level", "valid_from")
    fixed: ClassVar = frozenset({"type", "level", "valid_from", "title"})
    table: ClassVar = "backbone_honour"
    columns: ClassVar = {
        "type": "type_code",
        "level": "level_code",
        "title": "title",
        "valid_from": "valid_from",
        "valid_to": "valid_to",
    }
    names: ClassVar = ("type", "level", "valid_from")
    nothing: ClassVar = {"type": "none", "level": "0"}

    def complete(self, rows: Rows) -> None:
        """An honour without a title is called by its level and type, as offices do: 县级骨干教师."""
        types, levels = self.context.codes["honour_type"], self.context.codes["honour_level"]
        rows.fallbacks["title"] = [
            levels[level].label_zh + types[kind].label_zh if kind and level else None
            for kind, level in zip(rows.column("type"), rows.column("level"), strict=True)
        ]
        self.vetoes = vetoes_of(self.context.county_id)

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """Nobody is granted an honour from a day on which the ethics record speaks against it."""
        super().judge(rows, position, values, record)
        if record is not None:
            return
        for veto in self.vetoes.get(rows.values["_teacher"][position], ()):
            if veto.covers(values["valid_from"]):
                rows.refuse(position, "honour_vetoed", "valid_from", reason=veto.sentence)
                return


class RotationPlan(FactPlan):
    """Earlier rotations. Schools of the county are linked; others keep the name that was written."""

    kind = ImportKind.ROTATIONS
    needs: ClassVar = (("id_number",), ("kind",), ("from_on",), ("to_school",))
    required: ClassVar = ("kind", "from_on", "from_school", "to_school")
    fixed: ClassVar = frozenset({"kind", "is_transfer", "from_on", "from_school", "to_school"})
    defaults: ClassVar = {"is_transfer": False}
    table: ClassVar = "rotation_record"
    columns: ClassVar = {
        "kind": "kind_code",
        "is_transfer": "is_hr_transferred",
        "from_on": "from_on",
        "to_on": "to_on",
        "from_school": "from_school_name",
        "to_school": "to_school_name",
        "_from_id": "from_school_id",
        "_to_id": "to_school_id",
    }
    names: ClassVar = ("from_on", "to_school")
    nothing: ClassVar = {"kind": "00"}

    def complete(self, rows: Rows) -> None:
        """Codes and names of the county's schools become their ids and present names."""
        names = self.context.schools.names
        for key, link in (("from_school", "_from_id"), ("to_school", "_to_id")):
            texts = rows.column(key)
            found, _problems = self.context.schools.resolve(texts)
            ids = [found.get(text) if text else None for text in texts]
            if rows.is_mapped(key):
                rows.values[link] = ids
                rows.values[key] = [names[i] if i else text for i, text in zip(ids, texts, strict=True)]

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """A rotation leads to another school."""
        super().judge(rows, position, values, record)
        if values.get("from_school") == values.get("to_school"):
            rows.refuse(position, "same_school", "to_school")


class CircumstancePlan(FactPlan):
    """Special circumstances."""

    kind = ImportKind.CIRCUMSTANCES
    needs: ClassVar = (("id_number",), ("kind",), ("evidence",), ("from_on",))
    required: ClassVar = ("kind", "evidence", "from_on")
    fixed: ClassVar = frozenset(required)
    table: ClassVar = "circumstance"
    columns: ClassVar = {"kind": "kind_code", "evidence": "evidence", "from_on": "from_on", "to_on": "to_on"}
    names: ClassVar = ("kind", "from_on")
