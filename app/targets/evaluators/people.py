"""The sets of people that clauses speak of, by name, so that a pack can say “class teachers”."""

from collections.abc import Callable, Iterable
from functools import partial

from app.targets.evaluators.frame import Frame, TeacherFact

INSTITUTES = ("920",)
HEAD = "11"
LEADERS = ("10", "11", "12", "19")
DEPARTMENT = ("20", "21", "22", "29")
PARTY = ("01", "02")
ADMINISTRATION = ("A3", "03")
type Group = Callable[[Frame, TeacherFact], bool]


def _at_institute(frame: Frame, teacher: TeacherFact) -> bool:
    school = frame.schools.get(teacher.working)
    return school is not None and school.kind in INSTITUTES


def _is_kindergarten(_frame: Frame, teacher: TeacherFact) -> bool:
    return teacher.stage == "kindergarten"


def _subject(*codes: str) -> Group:
    def teaches(frame: Frame, teacher: TeacherFact) -> bool:
        return teacher.subject in codes or bool(frame.further_subjects.get(teacher.id, set()) & set(codes))

    return teaches


def _is_leader(_frame: Frame, teacher: TeacherFact) -> bool:
    return bool(teacher.positions() & {*LEADERS, *DEPARTMENT}) or teacher.category in ADMINISTRATION


def _is_head(teacher: TeacherFact) -> bool:
    return HEAD in teacher.positions()


GROUPS: dict[str, Group] = {
    "all": lambda _frame, teacher: teacher.is_teaching,
    "politics": _subject("politics"),
    "mental_health": _subject("mental_health"),
    "mental_health_full_time": lambda _frame, teacher: teacher.subject == "mental_health",
    "class_teachers": lambda _frame, teacher: teacher.is_class_teacher,
    "administration": _is_leader,
    "heads": lambda frame, teacher: _is_head(teacher) and not _is_kindergarten(frame, teacher),
    "kindergarten_heads": lambda frame, teacher: _is_head(teacher) and _is_kindergarten(frame, teacher),
    "kindergarten": _is_kindergarten,
    "kindergarten_teachers": lambda frame, teacher: _is_kindergarten(frame, teacher) and teacher.is_teaching,
    "researchers": _at_institute,
    "party": lambda _frame, teacher: teacher.political in PARTY,
    "party_leaders": lambda frame, teacher: teacher.political in PARTY and _is_leader(frame, teacher),
    "rural": lambda frame, teacher: _is_rural(frame, teacher),
    "urban": lambda frame, teacher: not _is_rural(frame, teacher),
}


def _is_rural(frame: Frame, teacher: TeacherFact) -> bool:
    school = frame.schools.get(teacher.working)
    return school is not None and school.is_rural


def people_of(frame: Frame, names: Iterable[str]) -> frozenset[int]:
    """Everybody on the roster who is in one of the groups; kept with the frame."""
    found: frozenset[int] = frozenset()
    for name in names:
        found |= frame.keep(("people", name), partial(_passing, frame, GROUPS[name]))
    return found


def _passing(frame: Frame, test: Group) -> frozenset[int]:
    return frozenset(one.id for one in frame.teachers.values() if test(frame, one))
