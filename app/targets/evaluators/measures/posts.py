"""Posts, quotas and who fills them."""

import math
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from sqlalchemy import or_, select

from app.qualifications.models import TeacherDegree
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each, number, share
from app.targets.evaluators.frame import Frame, SchoolFact, fetched
from app.targets.evaluators.people import INSTITUTES, people_of
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.evaluators.registry import Action, Names, Tables, measure
from app.teachers.models import Teacher

SCHOOLS = Action("schools.index")
TEACHERS = Action("teachers.index")
STAFFING = Action("targets.staffing")
MENTAL = "mental_health"
HEADS = "30"
POINT = "218"
SENIOR_TITLES = ("first", "senior", "full_senior")


# --- quotas ----------------------------------------------------------------------------------


@measure("posts.quota_by_norm", mends=SCHOOLS, sets_threshold=True, present_only=True)
def quota_by_norm(
    ask: Ask, *, pupils_per_staff: Mapping[str, Any], small_pupils: int = 200, small_staff_per_class: int = 2
) -> Found:
    """School by school: the quota, and the staff that the norm gives by pupils (or by classes at a small school)."""
    norms = {stage: Fraction(str(value)) for stage, value in pupils_per_staff.items()}
    rows = []
    for school in ask.frame.schools.values():
        if school.pupils and school.stages.keys() & norms.keys():
            staff = staff_by_norm(school, norms, small_pupils, small_staff_per_class)
            rows.append(Row(Who.SCHOOL, school.id, school.name, school.quota, needed=staff))
    return each(rows)


def staff_by_norm(
    school: SchoolFact, norms: Mapping[str, Fraction], small_pupils: int, small_staff_per_class: int
) -> int:
    """The staff of a school by the norm; every stage is rounded up."""
    is_small = (school.is_rural or school.kind == POINT) and school.pupils < small_pupils
    staff = 0
    for stage, size in school.stages.items():
        by_pupils = math.ceil(size.pupils / norms[stage]) if stage in norms else 0
        staff += max(by_pupils, size.classes * small_staff_per_class if is_small and stage in norms else 0)
    return staff


@measure("posts.over_and_under", mends=SCHOOLS, present_only=True)
def over_and_under(ask: Ask) -> Found:
    """The schools with more or fewer people on the establishment than their quota, each with both figures."""
    held: dict[int, int] = defaultdict(int)
    for teacher in ask.frame.teachers.values():
        held[teacher.employing] += teacher.is_established
    schools = [school for school in ask.frame.schools.values() if school.quota]
    uneven = frozenset(school.id for school in schools if held[school.id] != school.quota)
    rows = tuple(Row(Who.SCHOOL, one.id, one.name, held[one.id], needed=one.quota) for one in schools)
    return Found(
        len(uneven), len(schools), Who.SCHOOL, uneven, frozenset(one.id for one in schools), missing=uneven, rows=rows
    )


@measure("rotation.heads", mends=Action("rotation.postings"))
def heads(ask: Ask) -> Found:
    """The heads of schools who changed school this school year."""
    year = school_year(school_year_of(ask.on))
    return number(move.teacher_id for move in ask.frame.moves if move.kind == HEADS and move.on in year)


@measure("posts.class_teacher_allowance", mends=TEACHERS, present_only=True)
def class_teacher_allowance(ask: Ask, *, yuan: int) -> Found:
    """What a month's allowance comes to for all class teachers."""
    people = people_of(ask.frame, ("class_teachers",))
    return Found(len(people) * yuan, None, counted=people, among=people, missing=frozenset())


@measure("schools.groups", mends=Action("schools.groups"), present_only=True)
def groups(ask: Ask, *, min_schools: int = 2) -> Found:
    """The education groups of at least so many schools."""
    sizes: dict[int, int] = defaultdict(int)
    for school in ask.frame.schools.values():
        if school.group_id is not None:
            sizes[school.group_id] += 1
    return number((group for group, size in sizes.items() if size >= min_schools), Who.GROUP)


# --- people in posts -------------------------------------------------------------------------


@measure("posts.shortage_recruits", mends=STAFFING)
def shortage_recruits(ask: Ask, *, subjects: Names) -> Found | Lacking:
    """Those who began to work in the period, and of them those for some subjects."""
    new = frozenset(
        one.id
        for one in ask.frame.teachers.values()
        if one.started_on is not None and one.started_on in ask.period and one.is_teaching
    )
    if not new:
        return Lacking(("no_recruits",))
    return share((one for one in new if ask.frame.teachers[one].subject in subjects), new)


@measure("people.with_degree", mends=TEACHERS, present_only=True)
def with_degree(ask: Ask, *, people: Names, degrees: Names) -> Found:
    """Those of some groups whose highest education is one of some levels."""
    among = people_of(ask.frame, people)
    return share((one for one in among if (ask.frame.teachers[one].degree or "") in degrees), among)


@measure("people.studying", mends=TEACHERS)
def studying(ask: Ask) -> Found:
    """Those who study for a degree beside their work on the day, or finished such a course in the period."""
    query = (
        select(TeacherDegree.teacher_id, TeacherDegree.graduated_on)
        .join(Teacher, Teacher.id == TeacherDegree.teacher_id)
        .where(
            ask.frame.on_roster,
            TeacherDegree.started_on > Teacher.started_work_on,
            TeacherDegree.started_on <= ask.on,
            or_(TeacherDegree.graduated_on.is_(None), TeacherDegree.graduated_on >= ask.period.first),
        )
    )
    return number(row[0] for row in fetched(query))


@measure("posts.rural_titles", mends=TEACHERS, sets_threshold=True, present_only=True)
def rural_titles(ask: Ask, *, titles: Names = SENIOR_TITLES) -> Found | Lacking:
    """Rural teachers employed in middle and senior titles; to reach is the share that urban teachers have."""
    rural = people_of(ask.frame, ("rural",)) & people_of(ask.frame, ("all",))
    urban = people_of(ask.frame, ("all",)) - rural
    if not rural or not urban:
        return Lacking(("nobody",))
    high = {one.id for one in ask.frame.teachers.values() if one.title in titles}
    there = rural & high
    return Found(len(there), len(rural), counted=there, among=rural, needed=Fraction(len(urban & high), len(urban)))


# --- researchers -----------------------------------------------------------------------------


@measure("posts.researchers", mends=TEACHERS, present_only=True)
def researchers(ask: Ask, *, posts: Mapping[str, Any]) -> Found | Lacking:
    """Posts of the research institute that are filled: of each stage one a subject, and one of some subjects each;
    `other` posts are filled by whoever is left."""
    if not _institutes(ask.frame):
        return Lacking(("no_institute",))
    people = [ask.frame.teachers[one] for one in people_of(ask.frame, ("researchers",))]
    alone = {name for name in posts if name not in ("senior", "junior", "primary", "other")}
    filled: dict[str, set[str]] = defaultdict(set)
    left = 0
    for one in sorted(people):
        post = one.subject if one.subject in alone else str(one.stage)
        room = int(posts.get(post, 0))
        if one.subject not in filled[post] and len(filled[post]) < room:
            filled[post].add(one.subject)
        else:
            left += 1
    number_filled = sum(map(len, filled.values())) + min(left, int(posts.get("other", 0)))
    return Found(number_filled, None, counted=frozenset(one.id for one in people))


@measure("posts.researcher_of", mends=TEACHERS, present_only=True)
def researcher_of(ask: Ask, *, subject: str) -> Found | Lacking:
    """Institute by institute: the researchers of one subject."""
    institutes = _institutes(ask.frame)
    if not institutes:
        return Lacking(("no_institute",))
    teaches = people_of(ask.frame, (subject,)) if subject == MENTAL else frozenset()
    rows = []
    for school in institutes:
        here = frozenset(
            one.id for one in ask.frame.at_school.get(school.id, ()) if one.subject == subject or one.id in teaches
        )
        rows.append(Row(Who.SCHOOL, school.id, school.name, len(here), counted=here, among=here))
    return each(rows)


def _institutes(frame: Frame) -> list[SchoolFact]:
    return [school for school in frame.schools.values() if school.kind in INSTITUTES]


# --- teachers of mental health ---------------------------------------------------------------


@measure("mental.staffing", mends=STAFFING, sets_threshold=True, present_only=True)
def mental_staffing(
    ask: Ask, *, rules: Tables, stages: Names = ("primary", "junior", "senior"), established: bool = False
) -> Found:
    """School by school: the posts for mental health that are filled, full-time and of any kind, of those that the
    rules of the day ask for. A rule says from which day, for which schools, how many full-time (`full`) and in all
    (`any`); of several that fit, the most is asked. `established`: only posts of the establishment count."""
    full, part = people_of(ask.frame, ("mental_health_full_time",)), people_of(ask.frame, ("mental_health",))
    rows = []
    for school in ask.frame.schools.values():
        fitting = [rule for rule in rules if _fits(rule, school, ask.on)]
        wanted_full = max((int(rule.get("full", 0)) for rule in fitting), default=0)
        wanted = max([wanted_full, *(int(rule.get("any", 0)) for rule in fitting)])
        if not wanted or not school.pupils or not school.stages.keys() & set(stages):
            continue
        here = [one for one in ask.frame.at_school.get(school.id, ()) if one.is_established or not established]
        whole = frozenset(one.id for one in here if one.id in full)
        some = frozenset(one.id for one in here if one.id in part) | whole
        # Whoever is full-time counts for either; the others only for what asks for anybody.
        filled = min(len(whole), wanted_full) + min(
            max(0, len(some) - min(len(whole), wanted_full)), wanted - wanted_full
        )
        rows.append(Row(Who.SCHOOL, school.id, school.name, filled, needed=wanted, counted=some, among=some))
    return each(rows)


def _fits(rule: Mapping[str, Any], school: SchoolFact, on: date) -> bool:
    begins: date = rule.get("from", date.min)
    ends: date = rule.get("to", date.max)
    is_big = school.pupils >= int(rule.get("min_pupils", 0)) or (
        "min_boarders" in rule and school.boarders >= int(rule["min_boarders"])
    )
    places = rule.get("places")
    return begins <= on <= ends and is_big and (not places or school.place in places)
