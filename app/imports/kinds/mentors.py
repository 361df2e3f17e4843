"""Mentor pairs 青蓝工程 from the lists that bureaus and schools keep.

A row names a newcomer and the mentor. A teacher who is no mentor yet becomes one, with the county's usual number of
places. Where the list gives the day on which an agreement was signed on paper the pair works together from then on;
otherwise the agreement waits for its signatures, and those who are to sign are told.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar

from sqlalchemy import select
from sqlalchemy.engine import Row

from app.db.clock import BEIJING, today
from app.ethics.vetoes import vetoes_of
from app.extensions import db
from app.growth import mentor_telling
from app.growth.models import OPEN_PAIRS, MentorPair, PairStatus
from app.growth.operations.mentors import began_lately, settings_of
from app.growth.queries.mentors import PAIR_PARTS
from app.imports import bulk
from app.imports.kinds.base import ChangedRow, Existing, NewRow, Rows
from app.imports.kinds.facts import FactPlan
from app.imports.ledger import Ledger, Update, stale_message
from app.imports.models import ImportKind
from app.studios.operations.common import years_after
from app.tables.text import fold
from app.teachers.identity import RESIDENT_CARD, digest
from app.web.errors import Refused

PAIRS, MENTORS = "mentor_pair", "growth_mentor"
ON_PAPER = "纸质协议"
_PERSON = ["id", "name", "name_pinyin", "county_id", "left_on", "started_work_on", "working_school_id"]
_AGREED = ("goals", "from_on", "to_on")


class MentorPairPlan(FactPlan):
    """Pairs, each known by its newcomer: nobody has two mentors."""

    kind = ImportKind.MENTOR_PAIRS
    needs: ClassVar = (("id_number",), ("mentor_name", "mentor_id_number"), ("from_on",))
    required: ClassVar = ("mentor_name", "from_on")
    fixed: ClassVar = frozenset({"mentor_name", "from_on", "to_on", "signed_on", "goals"})
    defaults: ClassVar = {"goals": ""}
    table: ClassVar = PAIRS
    columns: ClassVar = dict.fromkeys(("mentor_name", "from_on", "to_on", "signed_on", "goals"), "")
    names: ClassVar = ()

    def complete(self, rows: Rows) -> None:
        """Find the mentors; an agreement without an end runs for as long as the county lays down."""
        self.rules = settings_of(self.context.county_id)
        self.people: dict[int, Row[Any]] = {}
        mentors = self._mentors(rows)
        self._read_people(one for one in (*mentors, *rows.values["_teacher"]) if one)
        rows.values["_mentor"] = mentors
        rows.values["mentor_name"] = [self.people[one].name if one else None for one in mentors]
        years = self.rules.agreement_years
        rows.fallbacks["to_on"] = [
            years_after(first, years) - timedelta(days=1) if first else None for first in rows.column("from_on")
        ]
        for position in list(rows.alive()):
            if mentors[position] == rows.values["_teacher"][position]:
                rows.refuse(position, "same_person", "mentor_name")

    def _mentors(self, rows: Rows) -> list[int | None]:
        """Each row's mentor: by the identity number, else by a name that one teacher of the county or school has."""
        numbers, names = rows.column("mentor_id_number"), rows.column("mentor_name")
        digests = [digest(RESIDENT_CARD, number) if number else "" for number in numbers]
        by_number = self._by_digest([one for one in digests if one])
        by_name = self._by_name({name for name in names if name})
        schools = self.schools_of(rows, "mentor_school", list(rows.alive()))
        found: list[int | None] = [None] * rows.size
        for position in list(rows.alive()):
            name, known = names[position], by_number.get(digests[position])
            if numbers[position]:
                if known is None:
                    rows.refuse(position, "unknown_mentor", "mentor_id_number")
                elif name and fold(name) != fold(known[1]):
                    rows.refuse(position, "name_differs", "mentor_name")
                else:
                    found[position] = known[0]
                continue
            called = [one for one in by_name.get(name, ()) if schools[position] in (None, one.working_school_id)]
            if len(called) == 1:
                found[position] = called[0].id
            else:
                rows.refuse(position, "ambiguous_mentor" if called else "unknown_mentor", "mentor_name")
        return found

    def _by_name(self, names: set[str]) -> dict[str, list[Row[Any]]]:
        teachers = bulk.raw_table("teacher")
        found: dict[str, list[Row[Any]]] = {}
        for row in bulk.read_rows(self.context.connection, teachers, "name", sorted(names), columns=_PERSON):
            if row.county_id == self.context.county_id and row.left_on is None:
                found.setdefault(row.name, []).append(row)
        return found

    def _read_people(self, numbers: Iterable[int]) -> None:
        teachers = bulk.raw_table("teacher")
        for row in bulk.read_rows(self.context.connection, teachers, "id", sorted(set(numbers)), columns=_PERSON):
            self.people[row.id] = row

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """The open pairs of the newcomers; who has another mentor is refused."""
        connection = self.context.connection
        newcomers = sorted({rows.values["_teacher"][p] for p in rows.alive()})
        found = {row.newcomer_id: row for row in _open_pairs(connection, newcomers)}
        of_pairs = _mentors_by(connection, "id", sorted({row.mentor_id for row in found.values()}))
        self._read_people(row.teacher_id for row in of_pairs.values())
        self.in_force = {row.id for row in found.values() if row.status == PairStatus.ACTIVE.value}
        records: dict[Hashable, Existing] = {}
        for position in list(rows.alive()):
            newcomer = rows.values["_teacher"][position]
            if (row := found.get(newcomer)) is None:
                continue
            mentor = of_pairs[row.mentor_id].teacher_id
            if mentor != rows.values["_mentor"][position]:
                names = {"name": self.people[newcomer].name, "mentor": self.people[mentor].name}
                rows.refuse(position, "mentored_already", "mentor_name", **names)
                continue
            values = {name: row._mapping[name] for name in _AGREED}
            values |= {"_teacher": newcomer, "_mentor": mentor, "mentor_name": self.people[mentor].name}
            # Who signed here when is on record with each signature; a list has nothing to add to that.
            values["signed_on"] = self.given(rows, "signed_on", position) if row.id in self.in_force else None
            records[rows.keys[position]] = Existing(row.id, newcomer, values, row.version)
        self._count_places(rows)
        return records

    def _count_places(self, rows: Rows) -> None:
        """What each mentor that the rows name can still take."""
        teachers = sorted({rows.values["_mentor"][p] for p in rows.alive()})
        self.mentors = _mentors_by(self.context.connection, "teacher_id", teachers)
        self.free = {
            number: self.mentors[number].places - self.mentors[number].pairs_taken
            if number in self.mentors
            else self.rules.mentor_places
            for number in teachers
        }
        self.vetoes = vetoes_of(self.context.county_id)

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """What keeps a newcomer from a mentor keeps a list from it too."""
        if values["to_on"] <= values["from_on"]:
            rows.refuse(position, "dates_reversed", "to_on")
        if values.get("signed_on") and values["signed_on"] > today():
            rows.refuse(position, "date_out_of_range", "signed_on", first=1990, last=today().isoformat())
        if record is not None:
            if record.id in self.in_force:
                rows.refuse(position, "pair_in_force", "from_on")
            return
        self._judge_people(rows, position, values)
        if position in rows.refused:
            return
        mentor = values["_mentor"]
        if self.free[mentor] < 1:
            places = self.mentors[mentor].places if mentor in self.mentors else self.rules.mentor_places
            rows.refuse(position, "mentor_full", "mentor_name", name=self.people[mentor].name, places=places)
            return
        self.free[mentor] -= 1

    def _judge_people(self, rows: Rows, position: int, values: Mapping[str, Any]) -> None:
        newcomer, mentor = self.people[values["_teacher"]], self.people[values["_mentor"]]
        day = min(values["from_on"], today())
        for person, key in ((newcomer, "name"), (mentor, "mentor_name")):
            if person.left_on is not None:
                rows.refuse(position, "teacher_left", key, name=person.name)
        if not began_lately(newcomer.started_work_on, self.rules, day):
            years = self.rules.newcomer_years
            rows.refuse(position, "not_newcomer", "from_on", name=newcomer.name, years=years)
        if mentor.id in self.mentors and not self.mentors[mentor.id].is_active:
            rows.refuse(position, "mentor_inactive", "mentor_name", name=mentor.name)
        elif mentor.id not in self.mentors and began_lately(mentor.started_work_on, self.rules, today()):
            rows.refuse(position, "mentor_is_newcomer", "mentor_name", name=mentor.name)
        if any(veto.covers(today()) for veto in self.vetoes.get(mentor.id, ())):
            rows.refuse(position, "mentor_vetoed", "mentor_name", name=mentor.name)

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert pairs, with the mentors they need, unless a newcomer got a mentor meanwhile."""
        newcomers = sorted({row.values["_teacher"] for row in new})
        if _open_pairs(ledger.connection, newcomers):
            raise Refused(stale_message())
        self.rules = settings_of(self.context.county_id)
        self.people = {}
        self._read_people((*newcomers, *(row.values["_mentor"] for row in new)))
        mentors = self._write_mentors(ledger, Counter(row.values["_mentor"] for row in new))
        ids = ledger.new_ids(PAIRS, len(new))
        lines = [
            {"id": i, **self._pair(row.values, mentors), "created_at": ledger.moment, "updated_at": ledger.moment}
            for i, row in zip(ids, new, strict=True)
        ]
        if lines:
            ledger.insert(PAIRS, list(lines[0]), [tuple(line.values()) for line in lines], self.subject, "newcomer_id")
        _ask_to_sign([line["id"] for line in lines if line["status"] == PairStatus.DRAFT.value])

    def _pair(self, values: Mapping[str, Any], mentors: Mapping[int, int]) -> dict[str, Any]:
        newcomer = self.people[values["_teacher"]]
        return {
            "county_id": self.context.county_id,
            "school_id": newcomer.working_school_id,
            "mentor_id": mentors[values["_mentor"]],
            "newcomer_id": newcomer.id,
            "name_pinyin": newcomer.name_pinyin,
            "goals": values.get("goals") or "",
            "from_on": values["from_on"],
            "to_on": values["to_on"],
            **_signed(values.get("signed_on")),
            "appraised_by_label": "",
            "version": 1,
        }

    def _write_mentors(self, ledger: Ledger, wanted: Counter[int]) -> dict[int, int]:
        """Give each mentor the places wanted; teacher to mentor. The database itself refuses one too many."""
        known = _mentors_by(ledger.connection, "teacher_id", sorted(wanted))
        updates = []
        for teacher, row in known.items():
            if not row.is_active or row.pairs_taken + wanted[teacher] > row.places:
                raise Refused(stale_message())
            taken = {"pairs_taken": row.pairs_taken + wanted[teacher]}
            expected = {"version": row.version, "pairs_taken": row.pairs_taken}
            updates.append(Update((row.id,), teacher, expected, taken))
        ledger.update(MENTORS, updates, self.subject)
        fresh = sorted(set(wanted) - set(known))
        columns = ("id", "county_id", "teacher_id", "name_pinyin", "places", "pairs_taken", "is_active", "version",
                   "created_at", "updated_at")  # fmt: skip
        county, places = self.context.county_id, self.rules.mentor_places
        lines = [
            (i, county, teacher, self.people[teacher].name_pinyin, places, wanted[teacher], True, 1, ledger.moment,
             ledger.moment)
            for i, teacher in zip(ledger.new_ids(MENTORS, len(fresh)), fresh, strict=True)
        ]  # fmt: skip
        ledger.insert(MENTORS, columns, lines, self.subject, "teacher_id")
        return {line[2]: line[0] for line in lines} | {teacher: row.id for teacher, row in known.items()}

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Change agreements that are not in force; who signed the former one signs again."""
        updates = []
        for row in changed:
            after = {key: new for key, (_old, new) in row.changes.items() if key in _AGREED}
            after |= _signed(row.changes.get("signed_on", (None, None))[1])
            updates.append(Update((row.id,), row.subject_id, {"version": row.version}, after))
        ledger.update(PAIRS, updates, self.subject)
        _ask_to_sign([update.identity[0] for update in updates if update.after["status"] == PairStatus.DRAFT.value])


def _signed(on: date | None) -> dict[str, Any]:
    """An agreement signed by all on paper is in force; one without that day waits for its signatures."""
    moment = datetime.combine(on, time(12), BEIJING) if on else None
    sides = dict.fromkeys(("mentor_signed_at", "newcomer_signed_at", "school_signed_at"), moment)
    status = PairStatus.ACTIVE if on else PairStatus.DRAFT
    return {"status": status.value, "school_signed_label": ON_PAPER if on else "", **sides}


def _open_pairs(connection: Any, newcomers: Sequence[int]) -> list[Row[Any]]:
    open_ones = {status.value for status in OPEN_PAIRS}
    found = bulk.read_rows(connection, bulk.raw_table(PAIRS), "newcomer_id", newcomers)
    return [row for row in found if row.status in open_ones]


def _mentors_by(connection: Any, column: str, numbers: Sequence[int]) -> dict[int, Row[Any]]:
    found = bulk.read_rows(connection, bulk.raw_table(MENTORS), column, numbers)
    return {row._mapping[column]: row for row in found}


def _ask_to_sign(numbers: Sequence[int]) -> None:
    query = select(MentorPair).where(MentorPair.id.in_(numbers)).options(*PAIR_PARTS).order_by(MentorPair.id)
    found = db.session.scalars(query.execution_options(populate_existing=True)) if numbers else ()
    for pair in found:
        mentor_telling.to_sign(pair)
