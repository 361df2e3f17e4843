"""Certificates from the bureau's lists: teaching qualifications with their registrations, and all others.

What the county imports is verified. A row means the certificate of the same teacher and type (and subject, or day of
issue); what waits in a queue and agrees with the list is verified by it.
"""

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Connection
from sqlalchemy.engine import Row

from app.db.clock import today
from app.imports import bulk
from app.imports.kinds.base import ChangedRow, Existing, NewRow, Rows
from app.imports.kinds.facts import FactPlan
from app.imports.ledger import Ledger, Update, stale_message
from app.imports.models import ImportKind
from app.qualifications.judging import judge_county
from app.qualifications.kinds import Category, Types, types_of
from app.qualifications.models import CertificateSource, CertificateState
from app.qualifications.operations.certificates import expiry, months_later
from app.qualifications.operations.registrations import concluded
from app.qualifications.standing import QUALIFIED
from app.web.errors import Refused

TABLE, REGISTRATIONS = "certificate", "certificate_registration"
STANDING = (CertificateState.CLAIMED, CertificateState.CHECKED, CertificateState.VERIFIED)
LIVE = frozenset({*STANDING, CertificateState.RENEWED})
VERIFIED = CertificateState.VERIFIED.value
_FIRST, _NEWEST = ("first_registered_on", "first_conclusion"), ("registered_on", "conclusion")


class CertificatePlan(FactPlan):
    """What both kinds have in common: finding the record, the number, the ends, the state."""

    table: ClassVar = TABLE
    plain: ClassVar[Mapping[str, str]]

    @property
    def types(self) -> Types:
        """The county's types."""
        return types_of(self.context.county_id)

    def complete(self, rows: Rows) -> None:
        """Say the type of each row, and that whatever comes in is verified."""
        codes = [self.type_code(rows, position) for position in range(rows.size)]
        for position in list(rows.alive()):
            if codes[position] is None:
                rows.refuse(position, "certificate_unknown", self.needs[-1][0])
        rows.values["_type"] = codes
        rows.values["_state"] = [VERIFIED] * rows.size

    @abstractmethod
    def type_code(self, rows: Rows, position: int) -> str | None:
        """The type that a row means."""

    def refuse_taken_numbers(self, rows: Rows) -> None:
        """A number stands for one certificate of its type in the county, in the file as on record."""
        places: dict[tuple[str, str], list[int]] = defaultdict(list)
        for position in rows.alive():
            if number := self.given(rows, "number", position):
                places[rows.values["_type"][position], number].append(position)
        numbers = sorted({number for _type, number in places})
        found = bulk.read_rows(self.context.connection, bulk.raw_table(TABLE), "own_number", numbers)
        owners = {
            (row.type_code, row.own_number): row.id
            for row in found
            if row.county_id == self.context.county_id and row.state in LIVE
        }
        for key, positions in places.items():
            for position in positions:
                owner = owners.get(key)
                is_own = rows.keys[position] == ("id", owner)
                if len(positions) > 1 or (owner is not None and not is_own):
                    rows.refuse(position, "certificate_number_taken", "number")

    @staticmethod
    def standing_rows(connection: Connection, teachers: Sequence[int]) -> dict[tuple[int, str], list[Row[Any]]]:
        """The certificates on record that count or wait, by teacher and type."""
        found: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
        for row in bulk.read_rows(connection, bulk.raw_table(TABLE), "teacher_id", teachers):
            if row.state in STANDING:
                found[row.teacher_id, row.type_code].append(row)
        return found

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """The certificates that rows mean; each row's key becomes that of its certificate."""
        teachers = sorted({rows.values["_teacher"][p] for p in rows.alive()})
        found = self.standing_rows(self.context.connection, teachers)
        more = self.further([row for group in found.values() for row in group])
        records: dict[Hashable, Existing] = {}
        for position in rows.alive():
            group = found.get((rows.values["_teacher"][position], rows.values["_type"][position]), [])
            row = self.meant(rows, position, group)
            if row is None:
                continue
            rows.keys[position] = ("id", row.id)
            values = {key: row._mapping[column] for key, column in self.plain.items()} | dict(more.get(row.id, {}))
            values |= {"_teacher": row.teacher_id, "_type": row.type_code, "_state": row.state}
            records["id", row.id] = Existing(row.id, row.teacher_id, self.said(values), row.version)
        rows.refuse_repeated_keys()
        self.refuse_taken_numbers(rows)
        return records

    @abstractmethod
    def meant(self, rows: Rows, position: int, group: Sequence[Row[Any]]) -> Row[Any] | None:
        """Which of a teacher's certificates of the type a row means."""

    def further(self, certificates: Sequence[Row[Any]]) -> Mapping[int, Mapping[str, Any]]:
        """What else is known of certificates, by id."""
        return {}

    def said(self, values: dict[str, Any]) -> dict[str, Any]:
        """A record's values as a file would say them."""
        return values

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """No certificate is issued in the future, nor ends before it begins."""
        if values.get("issued_on") and values["issued_on"] > today():
            rows.refuse(position, "date_out_of_range", "issued_on", first=1950, last=today().isoformat())
        first, last = self.kind.sheet.spans[0]
        if values.get(first) and values.get(last) and values[last] < values[first]:
            rows.refuse(position, "dates_reversed", last)

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert certificates, unless one of them has come on record meanwhile."""
        teachers = sorted({row.values["_teacher"] for row in new})
        known = self.standing_rows(ledger.connection, teachers)
        names = {
            row.id: row.name_pinyin
            for row in bulk.read_rows(
                ledger.connection, bulk.raw_table("teacher"), "id", teachers, columns=["id", "name_pinyin"]
            )
        }
        written = []
        ids = ledger.new_ids(TABLE, len(new))
        for row_id, row in zip(ids, new, strict=True):
            group = known.get((row.values["_teacher"], row.values["_type"]), [])
            if self.is_among(row.values, group):
                raise Refused(stale_message())
            written.append(self._columns(ledger, row_id, row.values, names[row.values["_teacher"]]))
        if written:
            lines = [tuple(row.values()) for row in written]
            ledger.insert(TABLE, list(written[0]), lines, self.subject, "teacher_id")
        self.write_further(ledger, list(zip(ids, new, strict=True)))

    @abstractmethod
    def is_among(self, values: Mapping[str, Any], group: Sequence[Row[Any]]) -> bool:
        """Whether a new row's certificate is on record by now."""

    def write_further(self, ledger: Ledger, new: Sequence[tuple[int, NewRow]]) -> None:
        """Whatever hangs on new certificates."""

    def ends(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Until when a certificate is good, by what the file says."""
        kind = self.types[values["_type"]]
        valid_to = values.get("valid_to")
        if valid_to is None and kind.validity_months and values.get("issued_on"):
            valid_to = months_later(values["issued_on"], kind.validity_months)
        until, conclusion = concluded(registrations_in(values), kind.registration_months)
        return {
            "valid_to": valid_to,
            "registered_to": until,
            "conclusion_code": conclusion,
            "expires_on": expiry(valid_to, until),
        }

    def _columns(self, ledger: Ledger, row_id: int, values: Mapping[str, Any], pinyin: str) -> dict[str, Any]:
        own = {column: values.get(key) for key, column in self.plain.items()}
        return (
            {
                "id": row_id,
                "county_id": ledger.county_id,
                "teacher_id": values["_teacher"],
                "name_pinyin": pinyin,
                "type_code": values["_type"],
                "own_number": values.get("number"),
                "state": VERIFIED,
                "source": CertificateSource.IMPORT.value,
                "verified_at": ledger.moment,
                "version": 1,
                "created_at": ledger.moment,
                "updated_at": ledger.moment,
            }
            | self.stored(own, values)
            | self.ends(values)
        )

    def stored(self, own: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The plain columns as they are kept."""
        return own

    def changed_columns(self, row: ChangedRow) -> dict[str, Any]:
        """The plain columns that a row changes."""
        after = {self.plain[key]: new for key, (_old, new) in row.changes.items() if key in self.plain}
        if "number" in after:
            after["own_number"] = after["number"]
        if "_state" in row.changes:
            after |= {"state": VERIFIED}
        return after

    @classmethod
    def settled(cls, county_id: int) -> None:
        """Who may teach is judged anew."""
        judge_county(county_id, today())


def registrations_in(values: Mapping[str, Any]) -> list[tuple[date, str]]:
    """The registrations that a row names; one without a conclusion went well."""
    found = []
    for on, conclusion in (_FIRST, _NEWEST):
        if values.get(on):
            found.append((values[on], values.get(conclusion) or QUALIFIED))
    return sorted(dict(found).items())


class QualificationPlan(CertificatePlan):
    """Teaching qualifications 教师资格 with the first and the newest registration."""

    kind = ImportKind.QUALIFICATIONS
    needs: ClassVar = (("id_number",), ("kind",))
    required: ClassVar = ("kind",)
    fixed: ClassVar = frozenset({"kind", *_FIRST, *_NEWEST})
    nothing: ClassVar = {"kind": "0"}
    names: ClassVar = ("kind", "subject")
    plain: ClassVar = {
        "number": "number", "subject": "subject_code", "issued_on": "issued_on", "issued_by": "issued_by",
    }  # fmt: skip
    columns: ClassVar = {"kind": "type_code", **plain, **dict.fromkeys((*_FIRST, *_NEWEST), "")}

    def type_code(self, rows: Rows, position: int) -> str | None:
        """The type of the national kind."""
        kind = rows.column("kind")[position]
        return self.types.of_kind([Category.TEACHING], kind) if kind else None

    def meant(self, rows: Rows, position: int, group: Sequence[Row[Any]]) -> Row[Any] | None:
        """The one of the subject; where only one is there and either says no subject, that one."""
        return self._same(self.given(rows, "subject", position), group)

    @staticmethod
    def _same(subject: str | None, group: Sequence[Row[Any]]) -> Row[Any] | None:
        exact = next((row for row in group if row.subject_code == subject), None)
        if exact is not None or len(group) != 1:
            return exact
        return group[0] if subject is None or group[0].subject_code is None else None

    def is_among(self, values: Mapping[str, Any], group: Sequence[Row[Any]]) -> bool:
        """Whether the qualification came on record meanwhile."""
        return self._same(values.get("subject"), group) is not None

    def further(self, certificates: Sequence[Row[Any]]) -> Mapping[int, Mapping[str, Any]]:
        """The kind, and the first and newest registration, as a file says them."""
        found: dict[int, dict[str, Any]] = {}
        registered = self._registrations(self.context.connection, [row.id for row in certificates])
        for row in certificates:
            kind = self.types[row.type_code].kind_code if row.type_code in self.types else ""
            said: dict[str, Any] = {"kind": kind}
            lines = registered.get(row.id, [])
            if lines:
                said |= {"first_registered_on": lines[0].on, "first_conclusion": lines[0].conclusion_code}
            if len(lines) > 1:
                said |= {"registered_on": lines[-1].on, "conclusion": lines[-1].conclusion_code}
            found[row.id] = said
        return found

    @staticmethod
    def _registrations(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
        found: dict[int, list[Row[Any]]] = defaultdict(list)
        for row in bulk.read_rows(connection, bulk.raw_table(REGISTRATIONS), "certificate_id", ids):
            found[row.certificate_id].append(row)
        return {one: sorted(rows, key=lambda row: row.on) for one, rows in found.items()}

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """Registrations come after the day of issue, in their order, and not in the future."""
        super().judge(rows, position, values, record)
        days = [values.get(key) for key in ("issued_on", "first_registered_on", "registered_on")]
        given = [day for day in days if day is not None]
        if given != sorted(given):
            rows.refuse(position, "dates_reversed", "registered_on")
        elif given and given[-1] > today():
            rows.refuse(position, "date_out_of_range", "registered_on", first=1990, last=today().isoformat())

    def write_further(self, ledger: Ledger, new: Sequence[tuple[int, NewRow]]) -> None:
        """Insert the registrations of new certificates."""
        self._insert(
            ledger, [(i, row.values["_teacher"], *one) for i, row in new for one in registrations_in(row.values)]
        )

    def _insert(self, ledger: Ledger, lines: Sequence[tuple[int, int, date, str]]) -> None:
        by_teacher: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row_id, (certificate, teacher, on, conclusion) in zip(
            ledger.new_ids(REGISTRATIONS, len(lines)), lines, strict=True
        ):
            by_teacher[teacher].append((row_id, certificate, on, conclusion))
        ledger.insert_owned(REGISTRATIONS, ("id", "certificate_id", "on", "conclusion_code"), by_teacher, self.subject)

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update certificates, and add or mend their registrations."""
        registered = self._registrations(ledger.connection, [row.id for row in changed])
        present = {row.id: row for row in bulk.read_rows(ledger.connection, bulk.raw_table(TABLE), "id",
                                                         [row.id for row in changed])}  # fmt: skip
        updates, added, mended = [], [], []
        for row in changed:
            after, lines = self.changed_columns(row), list(registered.get(row.id, []))
            days = [(line.on, line.conclusion_code) for line in lines]
            if any(key in row.changes for key in (*_FIRST, *_NEWEST)):
                days, new, mend = self._merged(row, lines)
                added += [(row.id, row.subject_id, *one) for one in new]
                mended += [Update((i,), row.subject_id, {}, values) for i, values in mend]
            kind = self.types[present[row.id].type_code]
            until, conclusion = concluded(days, kind.registration_months)
            after |= {"registered_to": until, "conclusion_code": conclusion,
                      "expires_on": expiry(present[row.id].valid_to, until)}  # fmt: skip
            updates.append(Update((row.id,), row.subject_id, {"version": row.version}, after))
        ledger.update(TABLE, updates, self.subject)
        ledger.update(REGISTRATIONS, mended, self.subject)
        self._insert(ledger, added)

    @staticmethod
    def _merged(
        row: ChangedRow, lines: Sequence[Row[Any]]
    ) -> tuple[list[tuple[date, str]], list[tuple[date, str]], list[tuple[int, dict[str, Any]]]]:
        """The registrations as they will be, those to add, and those to mend."""
        days = {line.on: line.conclusion_code for line in lines}
        new: list[tuple[date, str]] = []
        mend: list[tuple[int, dict[str, Any]]] = []
        places = ((_FIRST, lines[0] if lines else None), (_NEWEST, lines[-1] if len(lines) > 1 else None))
        for (on_key, conclusion_key), line in places:
            if on_key not in row.changes and conclusion_key not in row.changes:
                continue
            on = row.changes[on_key][1] if on_key in row.changes else (line.on if line else None)
            said = row.changes[conclusion_key][1] if conclusion_key in row.changes else None
            if on is None:
                continue
            if line is None or (on_key == "registered_on" and on > line.on):
                if on not in days:
                    new.append((on, said or QUALIFIED))
                    days[on] = said or QUALIFIED
                continue
            values = {"on": on, "conclusion_code": said or line.conclusion_code}
            days.pop(line.on, None)
            days[on] = values["conclusion_code"]
            mend.append((line.id, values))
        return sorted(days.items()), new, mend


class OtherCertificatePlan(CertificatePlan):
    """普通话, mental health, skills and whatever else the county has a type for."""

    kind = ImportKind.CERTIFICATES
    needs: ClassVar = (("id_number",), ("title", "language", "category"))
    fixed: ClassVar = frozenset({"title", "issued_on"})
    nothing: ClassVar = {"category": "0"}
    names: ClassVar = ("title", "issued_on")
    plain: ClassVar = {
        "title": "title", "number": "number", "issued_on": "issued_on", "issued_by": "issued_by",
        "valid_to": "valid_to",
    }  # fmt: skip
    columns: ClassVar = dict.fromkeys(("number", "issued_on", "issued_by", "valid_to"), "")

    def complete(self, rows: Rows) -> None:
        """A certificate is called by its type where that says all, else as it is written."""
        said = (rows.column(key) for key in ("title", "language", "category"))
        empty = {p for p, (title, language, kind) in enumerate(zip(*said, strict=True))
                 if not title and not kind and language == "NONE"}  # fmt: skip
        rows.skipped |= empty
        rows.refused -= empty
        super().complete(rows)
        types, titles = self.types, rows.column("title")
        rows.values["title"] = [
            (text if text and types.named(text) is None else types[code].name_zh) if code else None
            for code, text in zip(rows.values["_type"], titles, strict=True)
        ]

    def type_code(self, rows: Rows, position: int) -> str | None:
        """The language certificate, else the name, else the kind; a name that no type has is another certificate."""
        language, title = rows.column("language")[position], rows.column("title")[position]
        if language and language not in ("NONE", "OTHER"):
            return self.types.of_kind([Category.PUTONGHUA], language) or "skill_language"
        if title and (named := self.types.named(title)):
            return named
        category = rows.column("category")[position]
        of_kind = self.types.of_kind([Category.SKILL, Category.OTHER], category) if category else None
        return of_kind or ("other" if title else None)

    def meant(self, rows: Rows, position: int, group: Sequence[Row[Any]]) -> Row[Any] | None:
        """The one issued on the day; where the file gives no day, the only one."""
        issued, title = self.given(rows, "issued_on", position), rows.values["title"][position]
        return self._same(issued, title, rows.values["_type"][position], group)

    def _same(self, issued: date | None, title: str | None, code: str, group: Sequence[Row[Any]]) -> Row[Any] | None:
        called = [row for row in group if (row.title or self.types[code].name_zh) == title]
        exact = next((row for row in called if row.issued_on == issued), None)
        if exact is not None or issued is not None:
            return exact
        return called[0] if len(called) == 1 else None

    def is_among(self, values: Mapping[str, Any], group: Sequence[Row[Any]]) -> bool:
        """Whether the certificate came on record meanwhile."""
        return self._same(values.get("issued_on"), values.get("title"), values["_type"], group) is not None

    def said(self, values: dict[str, Any]) -> dict[str, Any]:
        """A certificate without a name of its own is called by its type."""
        return values | {"title": values.get("title") or self.types[values["_type"]].name_zh}

    def stored(self, own: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
        """The type's own name is not kept twice."""
        return own | {"title": None if own["title"] == self.types[values["_type"]].name_zh else own["title"]}

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update certificates."""
        found = bulk.read_rows(ledger.connection, bulk.raw_table(TABLE), "id", [row.id for row in changed])
        present = {row.id: row for row in found}
        updates = []
        for row in changed:
            after = self.changed_columns(row)
            if "valid_to" in after:
                after["expires_on"] = expiry(after["valid_to"], present[row.id].registered_to)
            updates.append(Update((row.id,), row.subject_id, {"version": row.version}, after))
        ledger.update(TABLE, updates, self.subject)
