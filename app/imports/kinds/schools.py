"""School registers and subject posts."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from sqlalchemy import RowMapping, select

from app.imports import bulk
from app.imports.kinds.base import ChangedRow, Existing, NewRow, Plan, Rows
from app.imports.ledger import Ledger, Update, stale_message
from app.imports.models import ImportKind
from app.schools.models import PostSource, Stage
from app.schools.pinyin import school_initials, school_pinyin
from app.tables.text import fold
from app.web.errors import Refused

COLUMNS = {
    "code": "code",
    "name": "name",
    "kind": "kind_code",
    "locality": "locality_code",
    "is_sending": "is_sending",
    "is_weak": "is_weak",
    "township": "township",
    "lat": "lat",
    "lng": "lng",
    "quota": "quota",
}
STAGES = tuple(stage.value for stage in Stage)
FIGURES = ("pupils", "boarders", "classes")
FIGURE_KEYS = {f"{figure}_{stage}": (stage, figure) for figure in FIGURES for stage in STAGES}
STAGES_OF_KIND = {
    "111": ("kindergarten",),
    "119": ("kindergarten",),
    "211": ("primary",),
    "218": ("primary",),
    "219": ("primary",),
    "311": ("junior",),
    "312": ("primary", "junior"),
    "319": ("junior",),
    "341": ("junior", "senior"),
    "342": ("senior",),
    "345": ("primary", "junior", "senior"),
}
_STAMPS = ("version", "created_at", "updated_at")


def in_order(stages: Iterable[str]) -> tuple[str, ...]:
    """Stages from the youngest pupils up."""
    found = set(stages)
    return tuple(stage for stage in STAGES if stage in found)


class SchoolPlan(Plan):
    """Schools of the county, found by code, else by name."""

    kind = ImportKind.SCHOOLS
    needs: ClassVar = (("code", "name"),)
    required: ClassVar = ("code", "name", "kind", "locality", "quota")
    fixed: ClassVar = frozenset({*required, "is_sending", "is_weak", "stages", *FIGURE_KEYS})
    defaults: ClassVar = {"is_sending": False, "is_weak": False, **dict.fromkeys(FIGURE_KEYS, 0)}
    subject: ClassVar = "school"

    def resolve(self, rows: Rows) -> None:
        """Take the columns; the stages of a new school follow from its kind where nothing else tells them."""
        rows.labels = [name or "" for name in rows.column("name")]
        rows.details = [code or "" for code in rows.column("code")]
        for key in (*COLUMNS, *FIGURE_KEYS, "group"):
            rows.use(key)
        rows.use("stages", in_order)
        rows.fallbacks["stages"] = [STAGES_OF_KIND.get(kind, ()) for kind in rows.column("kind")]
        self._add_taught(rows)
        self._name_keys(rows)

    def _add_taught(self, rows: Rows) -> None:
        """A stage with pupils or classes is taught, whether or not the list of stages names it."""
        figures = [(stage, rows.values[key]) for key, (stage, _f) in FIGURE_KEYS.items() if key in rows.values]
        taught = [in_order(stage for stage, column in figures if column[p]) for p in range(rows.size)]
        given = rows.values.get("stages") or [None] * rows.size
        self._taught = dict(enumerate(taught))
        if "stages" in rows.values:
            rows.values["stages"] = [
                in_order((*named, *own)) if named else None for named, own in zip(given, taught, strict=True)
            ]
        rows.fallbacks["stages"] = [
            own or derived for own, derived in zip(taught, rows.fallbacks["stages"], strict=True)
        ]

    def _name_keys(self, rows: Rows) -> None:
        schools = self._schools()
        by_code = {fold(row["code"]): row["id"] for row in schools.values()}
        by_name = {fold(row["name"]): row["id"] for row in schools.values()}
        for position, (code, name) in enumerate(zip(rows.column("code"), rows.column("name"), strict=True)):
            with_code = by_code.get(fold(code)) if code else None
            with_name = by_name.get(fold(name)) if name else None
            if with_code and with_name and with_code != with_name:
                rows.refuse(position, "school_name_taken", "name", other=schools[with_name]["code"])
            known = with_code or with_name
            rows.keys[position] = known or ("new", fold(code or ""), fold(name or ""))

    def _schools(self) -> dict[int, dict[str, Any]]:
        table = bulk.raw_table("school")
        found = self.context.connection.execute(select(table).where(table.c.county_id == self.context.county_id))
        return {row["id"]: dict(row) for row in found.mappings()}

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """The schools that rows name, with the figures of their stages."""
        schools = self._schools()
        wanted = [key for p in rows.alive() if isinstance(key := rows.keys[p], int)]
        figures: dict[int, dict[str, RowMapping]] = {}
        for found in bulk.read_rows(self.context.connection, bulk.raw_table("school_stage"), "school_id", wanted):
            figures.setdefault(found.school_id, {})[found.stage] = found._mapping
        groups = self._groups()
        records: dict[Hashable, Existing] = {}
        for school_id in wanted:
            row, stages = schools[school_id], figures.get(school_id, {})
            values = {key: row[column] for key, column in COLUMNS.items()}
            values["group"] = groups.get(row["group_id"])
            values["stages"] = in_order(stages)
            values |= {key: stages[s][f] if s in stages else 0 for key, (s, f) in FIGURE_KEYS.items()}
            records[school_id] = Existing(school_id, school_id, values, row["version"])
        for position in rows.alive():
            self._complete_stages(rows, position, records.get(rows.keys[position]))
        return records

    def _complete_stages(self, rows: Rows, position: int, record: Existing | None) -> None:
        """A known school that gets pupils in a further stage teaches it from now on."""
        taught = self._taught[position]
        given = rows.values.get("stages")
        if record is None or not taught or (given and given[position]):
            return
        stages = rows.values.setdefault("stages", [None] * rows.size)
        stages[position] = in_order((*record.values["stages"], *taught))

    def _groups(self) -> dict[int, str]:
        table = bulk.raw_table("education_group")
        query = select(table.c.id, table.c.name).where(table.c.county_id == self.context.county_id)
        return dict(self.context.connection.execute(query).tuples().all())

    def judge(self, rows: Rows, position: int, values: Mapping[str, Any], record: Existing | None) -> None:
        """No more boarders than pupils."""
        for stage in STAGES:
            if (values.get(f"boarders_{stage}") or 0) > (values.get(f"pupils_{stage}") or 0):
                rows.refuse(position, "boarders_exceed_pupils", f"boarders_{stage}")

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert schools with their stages and, where they are new, their education groups."""
        groups = self._ensure_groups(ledger, (row.values.get("group") for row in new))
        columns = [
            *COLUMNS.values(),
            "id",
            "county_id",
            "group_id",
            "name_pinyin",
            "name_initials",
            "is_active",
            *_STAMPS,
        ]
        ids = ledger.new_ids("school", len(new))
        written, stages = [], []
        for school_id, row in zip(ids, new, strict=True):
            values = row.values
            names = (school_pinyin(values["name"]), school_initials(values["name"]))
            group_id = groups.get(values.get("group"))
            own = (school_id, ledger.county_id, group_id, *names, True, 1, ledger.moment, ledger.moment)
            written.append([*map(values.get, COLUMNS), *own])
            stages += [(school_id, stage, values) for stage in values["stages"] or ()]
        ledger.insert("school", columns, written, self.subject)
        self._insert_stages(ledger, stages)

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update schools and their stages."""
        groups = self._ensure_groups(ledger, (row.changes["group"][1] for row in changed if "group" in row.changes))
        updates = []
        for row in changed:
            after = {COLUMNS[key]: new for key, (_old, new) in row.changes.items() if key in COLUMNS}
            if "group" in row.changes:
                after["group_id"] = groups.get(row.changes["group"][1])
            if "name" in after:
                after |= {"name_pinyin": school_pinyin(after["name"]), "name_initials": school_initials(after["name"])}
            updates.append(Update((row.id,), row.subject_id, {"version": row.version}, after))
        ledger.update("school", updates, self.subject)
        self._write_stages(ledger, changed)

    def _write_stages(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        touched = [row for row in changed if "stages" in row.changes or FIGURE_KEYS.keys() & row.changes.keys()]
        table = bulk.raw_table("school_stage")
        found = bulk.read_rows(ledger.connection, table, "school_id", [row.id for row in touched], is_locked=True)
        present = {(row.school_id, row.stage): dict(row._mapping) for row in found}
        updates, added, dropped = [], [], []
        for row in touched:
            before = tuple(stage for stage in STAGES if (row.id, stage) in present)
            wanted = row.changes["stages"][1] if "stages" in row.changes else before
            figures = {key: new for key, (_old, new) in row.changes.items() if key in FIGURE_KEYS}
            dropped += [present[row.id, stage] for stage in before if stage not in wanted]
            added += [(row.id, stage, figures) for stage in wanted if stage not in before]
            for stage in before:
                after = {f: figures[key] for f in FIGURES if (key := f"{f}_{stage}") in figures}
                if after and stage in wanted:
                    identity = (present[row.id, stage]["id"],)
                    updates.append(Update(identity, row.id, {}, after))
        ledger.delete("school_stage", dropped, self.subject, "school_id")
        ledger.update("school_stage", updates, self.subject)
        self._insert_stages(ledger, added)

    def _insert_stages(self, ledger: Ledger, stages: Sequence[tuple[int, str, Mapping[str, Any]]]) -> None:
        ids = ledger.new_ids("school_stage", len(stages))
        written = [
            (row_id, school_id, stage, *(values.get(f"{figure}_{stage}") or 0 for figure in FIGURES))
            for row_id, (school_id, stage, values) in zip(ids, stages, strict=True)
        ]
        ledger.insert("school_stage", ("id", "school_id", "stage", *FIGURES), written, self.subject, "school_id")

    def _ensure_groups(self, ledger: Ledger, names: Iterable[str | None]) -> dict[str | None, int]:
        """The ids of education groups by name; missing ones are added."""
        table = bulk.raw_table("education_group")
        query = select(table.c.name, table.c.id).where(table.c.county_id == ledger.county_id)
        known: dict[str | None, int] = dict(ledger.connection.execute(query).tuples().all())
        missing = [name for name in dict.fromkeys(names) if name and name not in known]
        ids = ledger.new_ids("education_group", len(missing))
        rows = [(i, ledger.county_id, name) for i, name in zip(ids, missing, strict=True)]
        ledger.insert("education_group", ("id", "county_id", "name"), rows, "education_group")
        return known | dict(zip(missing, ids, strict=True))


class PostPlan(Plan):
    """Subject posts: one figure a school, stage and subject."""

    kind = ImportKind.POSTS
    needs: ClassVar = (("school",), ("stage",), ("subject",), ("posts",))
    required: ClassVar = ("school", "stage", "subject", "posts")
    fixed: ClassVar = frozenset(required)
    subject: ClassVar = "school"

    def resolve(self, rows: Rows) -> None:
        """School by code or name; the stage must be one that it teaches."""
        texts, stages, subjects = (rows.column(key) for key in ("school", "stage", "subject"))
        found, problems = self.context.schools.resolve(texts)
        rows.values |= {"school": [found.get(text) for text in texts], "stage": stages, "subject": subjects}
        rows.use("posts")
        taught = self._taught(set(found.values()))
        names = self.context.schools.names
        for position, text in enumerate(texts):
            school = found.get(text) if text else None
            stage, subject = stages[position], subjects[position]
            if text in problems:
                rows.refuse(position, problems[text], "school", county=self.context.county_name)
            elif school and stage and stage not in taught.get(school, ()):
                label = self.context.codes["stage"][stage].label_zh
                rows.refuse(position, "unknown_subject_post", "stage", school=names[school], stage=label)
            rows.keys[position] = (school, stage, subject)
            rows.labels[position] = names[school] if school else text or ""
            rows.details[position] = self._detail(stage, subject)

    def _detail(self, stage: str | None, subject: str | None) -> str:
        codes = self.context.codes
        return (codes["stage"][stage].label_zh if stage else "") + (
            codes["subject"][subject].label_zh if subject else ""
        )

    def _taught(self, school_ids: set[int]) -> dict[int, set[str]]:
        taught: dict[int, set[str]] = {}
        table = bulk.raw_table("school_stage")
        columns = ["school_id", "stage"]
        for row in bulk.read_rows(self.context.connection, table, "school_id", sorted(school_ids), columns=columns):
            taught.setdefault(row.school_id, set()).add(row.stage)
        return taught

    def existing(self, rows: Rows) -> Mapping[Hashable, Existing]:
        """Posts by school, stage and subject."""
        schools = sorted({rows.values["school"][p] for p in rows.alive()})
        found = bulk.read_rows(self.context.connection, bulk.raw_table("subject_post"), "school_id", schools)
        return {
            (row.school_id, row.stage, row.subject_code): Existing(
                row.id,
                row.school_id,
                {"school": row.school_id, "stage": row.stage, "subject": row.subject_code, "posts": row.posts},
            )
            for row in found
        }

    def write_new(self, ledger: Ledger, new: Sequence[NewRow]) -> None:
        """Insert posts."""
        keys = ("school", "stage", "subject", "posts")
        schools = sorted({row.values["school"] for row in new})
        found = bulk.read_rows(ledger.connection, bulk.raw_table("subject_post"), "school_id", schools)
        known = {(row.school_id, row.stage, row.subject_code) for row in found}
        if any(tuple(row.values[key] for key in keys[:3]) in known for row in new):
            raise Refused(stale_message())
        ids = ledger.new_ids("subject_post", len(new))
        written = [
            (i, *(row.values[key] for key in keys), PostSource.IMPORT.value) for i, row in zip(ids, new, strict=True)
        ]
        columns = ("id", "school_id", "stage", "subject_code", "posts", "source")
        ledger.insert("subject_post", columns, written, self.subject, "school_id")

    def write_changed(self, ledger: Ledger, changed: Sequence[ChangedRow]) -> None:
        """Update figures; from now on they come from a workbook."""
        updates = [
            Update(
                (row.id,),
                row.subject_id,
                {"posts": row.changes["posts"][0]},
                {"posts": row.changes["posts"][1], "source": PostSource.IMPORT.value},
            )
            for row in changed
        ]
        ledger.update("subject_post", updates, self.subject)
