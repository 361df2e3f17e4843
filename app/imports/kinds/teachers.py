"""Teacher rosters: a row is a teacher, found by the type and number of the identity document."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from app.db import crypto
from app.imports import bulk
from app.imports.kinds.base import ChangedRow, Existing, NewRow, Plan, Rows
from app.imports.ledger import Ledger, Update, stale_message
from app.imports.models import ImportKind
from app.schools.pinyin import person_initials, person_pinyin
from app.teachers.identity import RESIDENT_CARD, digest, masked
from app.web.errors import Refused

SEX_OF_CODE = {"0": "unknown", "1": "male", "2": "female", "9": "unknown"}
COLUMNS = {
    "name": "name",
    "former_name": "former_name",
    "sex": "sex",
    "birth_on": "birth_on",
    "ethnic_group": "ethnic_group_code",
    "political_status": "political_status_code",
    "highest_degree": "highest_degree_code",
    "started_work_on": "started_work_on",
    "joined_school_on": "joined_school_on",
    "staff_category": "staff_category_code",
    "is_established": "is_established",
    "employing_school": "employing_school_id",
    "working_school": "working_school_id",
    "stage": "stage",
    "subject": "subject_code",
    "title_rated": "title_rated_code",
    "title_employed": "title_employed_code",
    "title_employed_on": "title_employed_on",
    "post_category": "post_category_code",
    "post_grade": "post_grade_code",
    "school_position": "school_position_code",
    "state": "state_code",
    "is_class_teacher": "is_class_teacher",
    "phone": "phone",
    "email": "email",
    "home_township": "home_township",
    "home_lat": "home_lat",
    "home_lng": "home_lng",
    "staff_number": "staff_number",
}
_DERIVED = ("birth_on", "sex")
_AFTER_BIRTH = ("started_work_on", "joined_school_on")
_IDENTITY_COLUMNS = ("id_type_code", "id_number", "id_number_digest", "id_number_masked")
_STAMPS = ("version", "created_at", "updated_at")


def joined(codes: Sequence[str]) -> str:
    """Several codes of one field, as the column keeps them."""
    return ";".join(codes)


class TeacherPlan(Plan):
    """Teachers of the county."""

    kind = ImportKind.TEACHERS
    needs: ClassVar = (("id_number",),)
    required: ClassVar = ("name", "id_number", "joined_school_on", "employing_school", "stage", "subject")
    fixed: ClassVar = frozenset(
        {"name", "sex", "is_established", "employing_school", "working_school", "stage", "subject", "state"}
        | {"is_class_teacher", "id_type", "id_number"}
    )
    defaults: ClassVar = {"sex": "unknown", "is_established": True, "state": "100", "is_class_teacher": False}

    def resolve(self, rows: Rows) -> None:
        """Digest of the document as key; schools by code or name within the county."""
        numbers, types = rows.column("id_number"), rows.column("id_type")
        rows.keys = [digest(t or RESIDENT_CARD, n) if n else None for t, n in zip(types, numbers, strict=True)]
        rows.labels = [name or "" for name in rows.column("name")]
        rows.details = [masked(number) if number else "" for number in numbers]
        for key in COLUMNS:
            rows.use(
                key, {"sex": SEX_OF_CODE.__getitem__, "political_status": joined, "school_position": joined}.get(key)
            )
        rows.use("further_subjects", lambda codes: tuple(sorted(codes)))
        # A column for stage and subject together fills both.
        for key in ("stage", "subject"):
            if key in rows.columns:
                rows.values[key] = rows.columns[key]
        self._derived(rows)
        for key in ("employing_school", "working_school"):
            self._schools(rows, key)
        rows.values |= {"id_type": [t or RESIDENT_CARD for t in types], "id_number": numbers}
        if "employing_school" in rows.values:
            rows.fallbacks["working_school"] = rows.values["employing_school"]

    def _derived(self, rows: Rows) -> None:
        """What was read out of the identity number is for new teachers; a record's own value is left alone."""
        for key in _DERIVED:
            if key not in rows.columns:
                continue
            column = rows.columns[key]
            rows.fallbacks[key] = [SEX_OF_CODE.get(v, v) for v in column] if key == "sex" else column
            if key in rows.values:
                given = rows.values[key]
                rows.values[key] = [None if rows.was_blank(p, key) else value for p, value in enumerate(given)]

    def _schools(self, rows: Rows, key: str) -> None:
        if not rows.is_mapped(key):
            return
        rows.values[key] = self.schools_of(rows, key, range(rows.size))

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """Teachers by digest; those of other counties refuse their rows."""
        table = bulk.raw_table("teacher")
        wanted = [c.name for c in table.c if c.name not in ("id_number", "created_at", "updated_at")]
        keys = [rows.keys[p] for p in rows.alive()]
        connection = self.context.connection
        found = bulk.read_rows(connection, table, "id_number_digest", keys, columns=wanted)
        subjects = self._further_subjects([row.id for row in found]) if "further_subjects" in rows.values else {}
        records: dict[Hashable, Existing] = {}
        foreign: set[Hashable] = set()
        reads_phone = "phone" in rows.values
        pairs = [(key, column) for key, column in COLUMNS.items() if key in rows.values]
        for row in found:
            present = row._mapping
            if present["county_id"] != self.context.county_id:
                foreign.add(present["id_number_digest"])
                continue
            values = {key: present[column] for key, column in pairs}
            values |= {key: present[key] for key in ("birth_on", *_AFTER_BIRTH)}
            if reads_phone and values["phone"] is not None:
                values["phone"] = crypto.decrypt(values["phone"])
            values["further_subjects"] = subjects.get(present["id"], ())
            record = Existing(present["id"], present["id"], values, present["version"])
            records[present["id_number_digest"]] = record
        for position in list(rows.alive()) if foreign else ():
            if rows.keys[position] in foreign:
                rows.refuse(position, "teacher_elsewhere", "id_number", county=self.context.county_name)
        return records

    def _further_subjects(self, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
        found: dict[int, list[str]] = {}
        for row in bulk.read_rows(self.context.connection, bulk.raw_table("teacher_subject"), "teacher_id", ids):
            found.setdefault(row.teacher_id, []).append(row.subject_code)
        return {teacher_id: tuple(sorted(codes)) for teacher_id, codes in found.items()}

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """Nobody works, or joins a school, before being born."""
        born: date | None = values.get("birth_on")
        if born is None:
            return
        for key in _AFTER_BIRTH:
            day = values.get(key)
            if day is not None and day <= born:
                rows.refuse(position, "before_birth", key, birth=born.isoformat())

    def prepare(self, new: Sequence[NewRow], step: Callable[[float], None]) -> None:
        """Encrypt, digest, mask, and spell the names."""
        for done, row in enumerate(new):
            values = row.values
            number, id_type = values["id_number"], values["id_type"]
            values["_identity"] = (
                id_type,
                crypto.encrypt(number),
                digest(id_type, number),
                masked(number),
            )
            values["_phone"] = crypto.encrypt(values["phone"]) if values.get("phone") else None
            values["_names"] = (person_pinyin(values["name"]), person_initials(values["name"]))
            if done % 1000 == 0:
                step(done / len(new))

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert teachers and their further subjects."""
        table = bulk.raw_table("teacher")
        digests = [row.values["_identity"][2] for row in new]
        if bulk.read_rows(ledger.connection, table, "id_number_digest", digests, columns=["id"]):
            raise Refused(stale_message())
        plain = [key for key in COLUMNS if key != "phone"]
        columns = [COLUMNS[key] for key in plain]
        columns += ["id", "county_id", "phone", "name_pinyin", "name_initials", *_IDENTITY_COLUMNS, *_STAMPS]
        ids = ledger.new_ids("teacher", len(new))
        stamps = (1, ledger.moment, ledger.moment)
        written = []
        for teacher_id, row in zip(ids, new, strict=True):
            values = row.values
            own = (teacher_id, ledger.county_id, values["_phone"], *values["_names"], *values["_identity"], *stamps)
            written.append([*map(values.get, plain), *own])
        ledger.insert("teacher", columns, written, self.subject)
        further = [
            (teacher_id, code)
            for teacher_id, row in zip(ids, new, strict=True)
            for code in row.values.get("further_subjects") or ()
        ]
        ledger.insert("teacher_subject", ("teacher_id", "subject_code"), further, self.subject, "teacher_id")

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update teachers; the subjects that were added or dropped are rows of their own."""
        ledger.update("teacher", [self._update(row) for row in changed], self.subject)
        subjects = [(row.id, row.changes["further_subjects"]) for row in changed if "further_subjects" in row.changes]
        added = [(i, code) for i, (old, new) in subjects for code in new or () if code not in (old or ())]
        dropped = [
            {"teacher_id": i, "subject_code": code}
            for i, (old, new) in subjects
            for code in old or ()
            if code not in (new or ())
        ]
        ledger.delete("teacher_subject", dropped, self.subject, "teacher_id")
        ledger.insert("teacher_subject", ("teacher_id", "subject_code"), added, self.subject, "teacher_id")

    @staticmethod
    def _update(row: ChangedRow) -> Update:
        after = {COLUMNS[key]: new for key, (_old, new) in row.changes.items() if key in COLUMNS}
        if after.get("phone"):
            after["phone"] = crypto.encrypt(after["phone"])
        if "name" in after:
            after |= {"name_pinyin": person_pinyin(after["name"]), "name_initials": person_initials(after["name"])}
        return Update((row.id,), row.subject_id, {"version": row.version}, after)
