"""Reading scenarios and their proposals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import aliased, joinedload, undefer

from app.access import Grant, Permission
from app.codes import queries as codes
from app.db.packed import unpack
from app.extensions import db
from app.jobs.models import Job
from app.jobs.solving import settled_status
from app.rotation.access import plans_where
from app.rotation.models import (
    Decision,
    Direction,
    ProposedMove,
    RotationPlan,
    Scenario,
    ScenarioStatus,
    Snapshot,
)
from app.rotation.queries.names import name_like
from app.rotation.snapshot import Picture, read_snapshot, teacher_number
from app.rotation.wording_reasons import TEACHER_CODES
from app.schools.models import School, Stage
from app.schools.queries import group_filter, school_filter
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

FromSchool = aliased(School)
ToSchool = aliased(School)


def scenario_of(grants: Iterable[Grant], permission: Permission, scenario_id: int) -> Scenario | None:
    """One scenario within a person's reach, with its plan, its base and its snapshot."""
    return db.session.scalar(
        select(Scenario)
        .join(RotationPlan, RotationPlan.id == Scenario.plan_id)
        .where(Scenario.id == scenario_id, plans_where(grants, permission))
        .options(
            joinedload(Scenario.plan).joinedload(RotationPlan.county),
            joinedload(Scenario.based_on),
            joinedload(Scenario.snapshot),
        )
    )


def job_of(scenario: Scenario) -> Job | None:
    """The job that solves or solved it."""
    return db.session.get(Job, scenario.job_id) if scenario.job_id else None


def real_status(scenario: Scenario, job: Job | None) -> ScenarioStatus:
    """Where the scenario really stands."""
    return settled_status(scenario.status, job)


def detail_of(scenario: Scenario) -> dict[str, Any]:
    """The whole solution with the figures by school."""
    body = db.session.scalar(select(Scenario.detail).where(Scenario.id == scenario.id))
    return unpack(body) if body else {"spread": [], "posts": [], "flows": [], "solution": {"moves": []}}


# --- moves --------------------------------------------------------------------------------------------------------


def _subjects() -> list[tuple[str, str]]:
    return codes.choices("subject")


def _stages() -> list[tuple[str, Any]]:
    return [(stage.value, stage.label) for stage in Stage]


def _directions() -> list[tuple[str, Any]]:
    return [(direction.value, direction.label) for direction in Direction]


_TEACHER = (ProposedMove.teacher,)
MOVES = ListSpec(
    "rotation:moves",
    filters=(
        school_filter("from", _l("From school")),
        school_filter("to", _l("To school")),
        school_filter("school", _l("School")),
        lists.choice("stage", _l("Stage"), _stages),
        lists.choice("subject", _l("Subject"), _subjects),
        lists.choice("direction", _l("Direction"), _directions),
        lists.flag("backbone", _l("Backbone teacher")),
        lists.flag("young", _l("Young teacher")),
        lists.flag("sending", _l("From a sending school")),
        group_filter("group", _l("Inside the education group")),
    ),
    sorts={
        "name": Sort((SortKey(Teacher.name_pinyin, "teacher.name_pinyin"), SortKey(ProposedMove.id, "id")), _TEACHER),
        "from": Sort(
            (SortKey(FromSchool.name_pinyin, "from_school.name_pinyin"), SortKey(ProposedMove.id, "id")),
            (ProposedMove.from_school.of_type(FromSchool),),
        ),
        "to": Sort(
            (SortKey(ToSchool.name_pinyin, "to_school.name_pinyin"), SortKey(ProposedMove.id, "id")),
            (ProposedMove.to_school.of_type(ToSchool),),
        ),
        "subject": Sort((SortKey(ProposedMove.subject_code, "subject_code"), SortKey(ProposedMove.id, "id"))),
    },
)
MOVE_PARTS = (
    joinedload(ProposedMove.teacher),
    joinedload(ProposedMove.from_school),
    joinedload(ProposedMove.to_school),
)


def moves_listed(listing: Listing, scenario: Scenario) -> Select[Any]:
    """The moves of a scenario that a list asks for."""
    conditions: list[ColumnElement[bool]] = [ProposedMove.scenario_id == scenario.id]
    columns: tuple[tuple[str, Any], ...] = (
        ("from", ProposedMove.from_school_id),
        ("to", ProposedMove.to_school_id),
        ("stage", ProposedMove.stage),
        ("subject", ProposedMove.subject_code),
        ("direction", ProposedMove.direction),
        ("backbone", ProposedMove.is_backbone),
        ("young", ProposedMove.is_young),
        ("sending", ProposedMove.is_from_sending),
    )
    for name, column in columns:
        if (value := listing.get(name)) is not None:
            conditions.append(column == value)
    if school := listing.get("school"):
        conditions.append(or_(ProposedMove.from_school_id == school, ProposedMove.to_school_id == school))
    if group := listing.get("group"):
        inside = select(School.id).where(School.group_id == group)
        conditions += [ProposedMove.from_school_id.in_(inside), ProposedMove.to_school_id.in_(inside)]
    if listing.search:
        found = select(Teacher.id).where(name_like(listing.search))
        conditions.append(ProposedMove.teacher_id.in_(found))
    return select(ProposedMove).where(*conditions)


def all_moves(scenario_id: int) -> list[ProposedMove]:
    """Every move of a scenario, by teacher."""
    query = (
        select(ProposedMove)
        .where(ProposedMove.scenario_id == scenario_id)
        .options(*MOVE_PARTS)
        .order_by(ProposedMove.position)
    )
    return list(db.session.scalars(query))


# --- eligible, not moved ------------------------------------------------------------------------------------------


def _codes() -> list[tuple[str, Any]]:
    return list(TEACHER_CODES.items())


STAYED = ListSpec(
    "rotation:stayed",
    filters=(
        school_filter("school", _l("School")),
        lists.choice("stage", _l("Stage"), _stages),
        lists.choice("subject", _l("Subject"), _subjects),
        lists.flag("backbone", _l("Backbone teacher")),
        lists.flag("young", _l("Young teacher")),
        lists.choice("reason", _l("Main reason"), _codes),
    ),
    sorts={"name": Sort((SortKey(Teacher.name_pinyin, "name_pinyin"), SortKey(Teacher.id, "id")))},
)


STAYED_PARTS = (joinedload(Teacher.working_school),)


@dataclass(frozen=True, slots=True)
class Stayed:
    """Who could have been moved and was not, by the snapshot: all, the backbone and the young among them."""

    everyone: frozenset[int]
    backbone: frozenset[int]
    young: frozenset[int]


def data_of(scenario: Scenario) -> Picture | None:
    """The data a scenario was solved from, without decisions and settings; None before its first solve."""
    snapshot = db.session.scalar(
        select(Snapshot).where(Snapshot.id == scenario.snapshot_id).options(undefer(Snapshot.body))
    )
    return None if snapshot is None else read_snapshot(snapshot)


def is_eligible(scenario: Scenario, teacher_id: int) -> bool:
    """Whether a teacher meets the conditions for rotation by the data of a scenario; before its first solve, True."""
    data = data_of(scenario)
    return data is None or any(t.eligible and teacher_number(t.id) == teacher_id for t in data.problem.teachers)


def stayed_of(scenario: Scenario) -> Stayed:
    """The eligible teachers of the snapshot without a move; those who only count for the rate are left out."""
    data = data_of(scenario)
    if data is None:
        return Stayed(frozenset(), frozenset(), frozenset())
    problem = data.problem
    moved = set(db.session.scalars(select(ProposedMove.teacher_id).where(ProposedMove.scenario_id == scenario.id)))
    only_counted = {lock.teacher for lock in problem.locks}
    left = [t for t in problem.teachers if t.eligible and t.id not in only_counted]
    rows = {teacher_number(t.id): t for t in left if teacher_number(t.id) not in moved}
    return Stayed(
        frozenset(rows),
        frozenset(n for n, t in rows.items() if t.backbone),
        frozenset(n for n, t in rows.items() if t.young),
    )


def stayed_listed(listing: Listing, stayed: Stayed, codes_of: Mapping[int, str]) -> Select[Any]:
    """The teachers that a list asks for among those who were not moved; `codes_of` has each one's main reason."""
    wanted = stayed.everyone
    if code := listing.get("reason"):
        wanted = frozenset(number for number in wanted if codes_of.get(number) == code)
    for name, part in (("backbone", stayed.backbone), ("young", stayed.young)):
        if (value := listing.get(name)) is not None:
            wanted = wanted & part if value else wanted - part
    conditions: list[ColumnElement[bool]] = [Teacher.id.in_(sorted(wanted))]
    columns: tuple[tuple[str, Any], ...] = (
        ("school", Teacher.working_school_id),
        ("stage", Teacher.stage),
        ("subject", Teacher.subject_code),
    )
    for name, column in columns:
        if (value := listing.get(name)) is not None:
            conditions.append(column == value)
    if listing.search:
        conditions.append(name_like(listing.search))
    return select(Teacher).where(*conditions)


# --- decisions ----------------------------------------------------------------------------------------------------


def decisions_of(scenario_id: int) -> list[Decision]:
    """All decisions of a scenario, the newest first."""
    query = (
        select(Decision)
        .where(Decision.scenario_id == scenario_id)
        .options(
            joinedload(Decision.teacher).joinedload(Teacher.working_school),
            joinedload(Decision.school),
        )
        .order_by(Decision.is_active.desc(), Decision.id.desc())
    )
    return list(db.session.scalars(query))


def decisions_about(scenario_id: int, teacher_ids: Iterable[int]) -> dict[int, list[Decision]]:
    """The decisions in force about some teachers."""
    found: dict[int, list[Decision]] = {}
    query = select(Decision).where(
        Decision.scenario_id == scenario_id, Decision.is_active, Decision.teacher_id.in_(list(teacher_ids))
    )
    for row in db.session.scalars(query.options(joinedload(Decision.school))):
        found.setdefault(row.teacher_id, []).append(row)
    return found


def decision_of(grants: Iterable[Grant], permission: Permission, decision_id: int) -> Decision | None:
    """One decision within a person's reach."""
    return db.session.scalar(
        select(Decision)
        .join(Scenario, Scenario.id == Decision.scenario_id)
        .join(RotationPlan, RotationPlan.id == Scenario.plan_id)
        .where(Decision.id == decision_id, plans_where(grants, permission))
    )


def pending_count(scenario: Scenario, decisions: Iterable[Decision]) -> int:
    """How many decisions the next solve has and the last one had not, or the other way round."""
    return sum(row.is_input != row.is_active for row in decisions)


# --- two proposals ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changes:
    """What distinguishes a proposal from another: moves added, removed, and sent elsewhere (before, after)."""

    added: list[ProposedMove]
    removed: list[ProposedMove]
    redirected: list[tuple[ProposedMove, ProposedMove]]
    kept: int


def changes_between(before: Scenario, after: Scenario) -> Changes:
    """Compare the moves of two scenarios teacher by teacher."""
    old = {move.teacher_id: move for move in all_moves(before.id)}
    new = {move.teacher_id: move for move in all_moves(after.id)}
    both = [n for n in new if n in old]
    differ = [n for n in both if _target(old[n]) != _target(new[n])]
    return Changes(
        added=[new[n] for n in new if n not in old],
        removed=[old[n] for n in old if n not in new],
        redirected=[(old[n], new[n]) for n in differ],
        kept=len(both) - len(differ),
    )


def _target(move: ProposedMove) -> tuple[int, str]:
    return move.to_school_id, move.subject_code


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several scenarios side by side: the moves all of them have, and those only one has."""

    scenarios: list[Scenario]
    common: list[ProposedMove]
    only: dict[int, list[ProposedMove]]


def compare(scenarios: list[Scenario]) -> Comparison:
    """Compare solved scenarios by (teacher, school, subject)."""
    sets = {s.id: {(m.teacher_id, *_target(m)): m for m in all_moves(s.id)} for s in scenarios}
    first = sets[scenarios[0].id]
    common = [m for key, m in first.items() if all(key in other for other in sets.values())]
    only = {
        s.id: [
            m
            for key, m in sets[s.id].items()
            if not any(key in other for number, other in sets.items() if number != s.id)
        ]
        for s in scenarios
    }
    return Comparison(scenarios, common, only)


def solved_of(plan_id: int, numbers: Iterable[int]) -> list[Scenario]:
    """The solved scenarios of a plan among the given numbers, in their order."""
    query = select(Scenario).where(
        and_(
            Scenario.plan_id == plan_id,
            Scenario.id.in_(list(numbers)[:6]),
            Scenario.status == ScenarioStatus.SOLVED,
        )
    )
    return list(db.session.scalars(query.order_by(Scenario.id)))


def people_named(conflict: Iterable[dict[str, Any]], findings: Iterable[dict[str, Any]]) -> dict[int, str]:
    """The names of the teachers that a conflict or findings speak of, by number."""
    keys = {item["teacher"] for item in conflict}
    keys |= {f["subject"].split("/")[-1] for f in findings}
    numbers = [int(key[1:]) for key in keys if key[:1] == "T" and key[1:].isdigit()]
    if not numbers:
        return {}
    rows = db.session.execute(select(Teacher.id, Teacher.name).where(Teacher.id.in_(numbers))).tuples()
    return dict(rows.all())


def export_name(scenario: Scenario) -> str:
    """What an exported file of moves is called."""
    return str(_("Proposed moves %(name)s", name=scenario.name))
