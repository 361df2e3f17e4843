"""Changing teachers: who they are, where they are employed and work, and whether they are still there."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.audit.operations import Actor, changes
from app.codes import queries as codes
from app.extensions import db
from app.schools.models import School
from app.schools.pinyin import person_initials, person_pinyin
from app.teachers import identity
from app.teachers.models import Sex, Teacher, TeacherSubject
from app.web.errors import Refused

IN_POST, LEFT = "100", "300"
PRIVATE = ("phone",)


def add_teacher(
    *, actor: Actor, employing_school: School, id_number: str, working_school: School | None = None, **fields: Any
) -> Teacher:
    """Add a teacher to a school. Birth date and sex that were not given come from a resident card's number."""
    id_type = fields.pop("id_type_code", None) or identity.RESIDENT_CARD
    document = _checked_document(id_type, id_number, None)
    for name, value in identity.said_by(id_type, id_number).items():
        if fields.get(name) in (None, Sex.UNKNOWN):
            fields[name] = value
    _refuse_contradictions(id_type, document["id_number"], fields.get("birth_on"), fields.get("sex"))
    _check_dates(fields)
    working = working_school or employing_school
    teacher = Teacher(
        county_id=employing_school.county_id,
        employing_school_id=employing_school.id,
        working_school_id=working.id,
        **fields,
        **document,
        **_pinyin(fields["name"]),
    )
    db.session.add(teacher)
    db.session.flush()
    told = {name: value for name, value in fields.items() if value is not None}
    told |= {"employing_school": employing_school.label, "working_school": working.label}
    record(actor, "teacher.add", teacher, {}, told | {"id_number": teacher.id_number_masked})
    return teacher


def change_teacher(*, actor: Actor, teacher: Teacher, **fields: Any) -> bool:
    """Change a teacher's own columns; only what differs is written and recorded. Tells whether anything did.

    Schools change by `transfer` and `relocate`, leaving by `leave`: each has a date of its own.
    """
    number, id_type = fields.pop("id_number", None), fields.pop("id_type_code", None) or teacher.id_type_code
    before, after = changes(teacher, fields)
    told_before, told_after = dict(before), dict(after)
    if number or id_type != teacher.id_type_code:
        document = _checked_document(id_type, number or teacher.id_number, teacher.id)
        if document["id_number_digest"] != teacher.id_number_digest:
            told_before["id_number"], told_after["id_number"] = teacher.id_number_masked, document["id_number_masked"]
            after |= document
            if id_type != teacher.id_type_code:
                told_before["id_type_code"], told_after["id_type_code"] = teacher.id_type_code, id_type
    if {"birth_on", "sex", "id_number"} & after.keys():
        now = {name: after.get(name, getattr(teacher, name)) for name in ("birth_on", "sex")}
        _refuse_contradictions(id_type, after.get("id_number") or teacher.id_number, now["birth_on"], now["sex"])
    _check_dates({name: after.get(name, getattr(teacher, name)) for name in _DATES})
    if "name" in after:
        after |= _pinyin(after["name"])
    for name, value in after.items():
        setattr(teacher, name, value)
    db.session.flush()
    if told_after:
        record(actor, "teacher.edit", teacher, told_before, told_after)
    return bool(told_after)


def transfer(*, actor: Actor, teacher: Teacher, school: School, on: date, works_there_too: bool = True) -> None:
    """Move a teacher's employment 编制 to another school from a day on; the years at the school begin anew.

    The teacher's two schools are loaded.
    """
    if school.id == teacher.employing_school_id:
        raise Refused(_("The teacher is already employed by this school."))
    if teacher.birth_on and on <= teacher.birth_on:
        raise Refused(_("The day lies before the teacher's birth."))
    before = {"employing_school": teacher.employing_school.label, "joined_school_on": teacher.joined_school_on}
    after: dict[str, Any] = {"employing_school": school.label, "joined_school_on": on.replace(day=1)}
    teacher.employing_school, teacher.county_id = school, school.county_id
    teacher.joined_school_on = on.replace(day=1)
    if works_there_too and teacher.working_school_id != school.id:
        before["working_school"], after["working_school"] = teacher.working_school.label, school.label
        teacher.working_school = school
    db.session.flush()
    record(actor, "teacher.transfer", teacher, before, after | {"effective_on": on})


def relocate(*, actor: Actor, teacher: Teacher, school: School, on: date, state_code: str | None = None) -> None:
    """Let a teacher work at another school from a day on; the employment stays where it is."""
    if school.id == teacher.working_school_id:
        raise Refused(_("The teacher already works at this school."))
    before: dict[str, Any] = {"working_school": teacher.working_school.label}
    after: dict[str, Any] = {"working_school": school.label, "effective_on": on}
    teacher.working_school = school
    if state_code and state_code != teacher.state_code:
        before["state_code"], after["state_code"] = teacher.state_code, state_code
        teacher.state_code = state_code
    db.session.flush()
    record(actor, "teacher.relocate", teacher, before, after)


def leaving_states() -> list[tuple[str, str]]:
    """The states of somebody who is no longer on the roster, as choices."""
    items = codes.tables().get("teacher_state", {}).values()
    return [(item.code, item.label) for item in items if item.parent_code == LEFT and item.is_active]


def leave(*, actor: Actor, teacher: Teacher, state_code: str, on: date) -> None:
    """Take a teacher off the roster: retired, resigned, moved away. The record stays."""
    if state_code not in dict(leaving_states()):
        raise Refused(_("Choose why the teacher left."))
    if teacher.left_on is not None:
        raise Refused(_("The teacher has already left."))
    _set_state(actor, "teacher.leave", teacher, state_code, on)


def return_to_roster(*, actor: Actor, teacher: Teacher) -> None:
    """Put a teacher who left back on the roster, in post."""
    if teacher.left_on is None:
        raise Refused(_("The teacher is on the roster."))
    _set_state(actor, "teacher.return", teacher, IN_POST, None)


def _set_state(actor: Actor, action: str, teacher: Teacher, state_code: str, left_on: date | None) -> None:
    before, after = changes(teacher, {"state_code": state_code, "left_on": left_on})
    teacher.state_code, teacher.left_on = state_code, left_on
    db.session.flush()
    record(actor, action, teacher, before, after)


def set_further_subjects(*, actor: Actor, teacher: Teacher, subjects: list[str]) -> bool:
    """Say which subjects a teacher may teach beside the main one. Tells whether anything changed."""
    wanted = sorted(set(subjects) - {teacher.subject_code})
    standing = sorted(one.subject_code for one in teacher.further_subjects)
    if wanted == standing:
        return False
    teacher.further_subjects = [
        next((one for one in teacher.further_subjects if one.subject_code == code), None)
        or TeacherSubject(subject_code=code)
        for code in wanted
    ]
    db.session.flush()
    record(actor, "teacher.subjects", teacher, {"further_subjects": standing}, {"further_subjects": wanted})
    return True


def reveal(*, actor: Actor, teacher: Teacher, reason: str) -> str:
    """The identity number, once, for a reason that goes on record."""
    if not reason.strip():
        raise Refused(_("Give the reason for looking at the number."))
    record(actor, "identity.reveal", teacher, {}, {}, reason=reason.strip())
    return teacher.id_number


# --- what must hold -----------------------------------------------------------------------------------------------

_DATES = ("birth_on", "started_work_on", "joined_school_on")


def document_problem(id_type: str, number: str, own_id: int | None) -> str | None:
    """Why a document cannot be taken: it is wrong, or another teacher has it."""
    if wrong := identity.problem(id_type, number):
        return wrong
    fields = identity.identity_fields(id_type, number)
    taken = db.session.scalar(
        select(Teacher.id).where(Teacher.id_number_digest == fields["id_number_digest"], Teacher.id != (own_id or 0))
    )
    if taken:
        return str(_("A teacher with this identity number is already on record. Search for the number in the list."))
    return None


def date_problems(fields: Mapping[str, Any]) -> dict[str, str]:
    """Dates that cannot be: field → sentence."""
    birth, started, joined = (fields.get(name) for name in _DATES)
    found: dict[str, str] = {}
    if birth and started and started <= birth:
        found["started_work_on"] = _("Work cannot have started before birth.")
    if birth and joined and joined <= birth:
        found["joined_school_on"] = _("Nobody joins a school before birth.")
    return found


def _check_dates(fields: Mapping[str, Any]) -> None:
    if found := date_problems(fields):
        raise Refused(next(iter(found.values())))


def _checked_document(id_type: str, number: str, own_id: int | None) -> dict[str, str]:
    if wrong := document_problem(id_type, number, own_id):
        raise Refused(wrong)
    return identity.identity_fields(id_type, number)


def _refuse_contradictions(id_type: str, number: str, birth_on: date | None, sex: Any) -> None:
    if found := identity.contradictions(id_type, number, birth_on=birth_on, sex=sex):
        raise Refused(next(iter(found.values())))


def _pinyin(name: str) -> dict[str, str]:
    return {"name_pinyin": person_pinyin(name), "name_initials": person_initials(name)}


def record(
    actor: Actor,
    action: str,
    teacher: Teacher,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    reason: str | None = None,
) -> None:
    """An entry about a teacher; telephone numbers go in masked."""
    audit.record(
        actor=actor,
        action=action,
        subject=teacher,
        before=_private(before) or None,
        after=_private(after) or None,
        reason=reason,
        region_id=teacher.county_id,
        school_id=teacher.employing_school_id,
    )


def _private(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _last_four(value) if name in PRIVATE and value else value for name, value in values.items()}


def _last_four(value: str) -> str:
    return "*" * max(0, len(value) - 4) + value[-4:]
