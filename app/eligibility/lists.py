"""Reading for the pages: overview, verdicts, counts by school and reason, versions. All within a person's reach."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy.orm import contains_eager, selectinload

from app.access import Grant
from app.codes.queries import choices
from app.eligibility.access import counties_where, editable_rule_sets_where, rule_sets_where, verdicts_where
from app.eligibility.judging import EXEMPT
from app.eligibility.models import EligibilityReason, EligibilityRuleSet, RuleSetStatus
from app.eligibility.models import EligibilityVerdict as V
from app.eligibility.wording import REASON_CODES, reason_label
from app.extensions import db
from app.regions.models import Region
from app.schools.models import School
from app.schools.queries import school_filter
from app.teachers.models import Teacher
from app.teachers.search import DOCUMENT, search
from app.web.lists import Found, Listing, ListSpec, Sort, choice, count, flag, ordered
from app.web.pagination import SortKey, read_page


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of one rule set, within a person's reach."""

    teachers: int
    eligible: int
    counted: int
    in_pool: int
    pool_eligible: int
    pool_counted: int
    pool_backbone: int
    eligible_backbone: int
    eligible_young: int


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """How many people a reason speaks against, or is noted of."""

    code: str
    people: int
    is_against: bool


@dataclass(frozen=True, slots=True)
class SchoolCounts:
    """One school's row of the table by school and reason."""

    school_id: int
    name: str
    is_in_pool: bool
    teachers: int
    eligible: int
    counted: int
    by_reason: dict[str, int]


def verdict_choices() -> list[tuple[str, Any]]:
    """What a list can be narrowed to."""
    return [
        ("eligible", _("Eligible")),
        ("not_eligible", _("Not eligible")),
        ("exempt", _("Exempt")),
        ("counted", _("In the denominator")),
    ]


def reason_choices() -> list[tuple[str, Any]]:
    """Every reason, with the kinds of circumstance that the county uses."""
    kinds = (EXEMPT + code for code, _label in choices("circumstance_kind"))
    return [(code, reason_label(code)) for code in (*REASON_CODES, *kinds)]


_NAME = SortKey(Teacher.name_pinyin, "teacher.name_pinyin")
_ID = SortKey(V.teacher_id, "teacher_id")
VERDICTS = ListSpec(
    "eligibility.verdicts",
    filters=(
        school_filter("school", _l("School")),
        DOCUMENT,
        choice("verdict", _l("Verdict"), verdict_choices),
        choice("reason", _l("Reason"), reason_choices),
        flag("pool", _l("In the sending pool")),
        flag("backbone", _l("Backbone teacher")),
        flag("young", _l("Young teacher")),
    ),
    sorts={
        "name": Sort((_NAME, _ID)),
        "school": Sort((SortKey(School.name_pinyin, "school.name_pinyin"), _NAME, _ID)),
        "service": Sort((SortKey(V.service_months, "service_months"), _ID)),
        "age": Sort((SortKey(V.age, "age"), _ID)),
    },
)


def counties(grants: Iterable[Grant]) -> list[Region]:
    """The counties a person reaches."""
    return list(db.session.scalars(select(Region).where(counties_where(grants)).order_by(Region.code)))


def find_rule_set(rule_set_id: int, grants: Iterable[Grant], *, to_edit: bool = False) -> EligibilityRuleSet | None:
    """A rule set within reach, with its county; None for all others."""
    where = editable_rule_sets_where(grants) if to_edit else rule_sets_where(grants)
    return db.session.scalar(
        select(EligibilityRuleSet)
        .options(selectinload(EligibilityRuleSet.county))
        .where(EligibilityRuleSet.id == rule_set_id, where)
    )


def versions(county_id: int, year: int, grants: Iterable[Grant]) -> list[EligibilityRuleSet]:
    """All versions of a county and year within reach, the newest first."""
    return list(
        db.session.scalars(
            select(EligibilityRuleSet)
            .where(
                EligibilityRuleSet.county_id == county_id,
                EligibilityRuleSet.school_year == year,
                rule_sets_where(grants),
            )
            .order_by(EligibilityRuleSet.revision.desc())
        )
    )


def years(county_id: int, grants: Iterable[Grant]) -> list[int]:
    """The school years for which a county has rules, the newest first."""
    query = select(EligibilityRuleSet.school_year).where(
        EligibilityRuleSet.county_id == county_id, rule_sets_where(grants)
    )
    return sorted(set(db.session.scalars(query)), reverse=True)


def _reached(rule_set_id: int, grants: Iterable[Grant]) -> ColumnElement[bool]:
    return and_(V.rule_set_id == rule_set_id, verdicts_where(grants))


def overview(rule_set_id: int, grants: Iterable[Grant]) -> Overview:
    """The figures, in one query."""
    pool_eligible = and_(V.is_in_pool, V.is_eligible)
    figures = [
        func.count(),
        func.count().filter(V.is_eligible),
        func.count().filter(V.is_counted),
        func.count().filter(V.is_in_pool),
        func.count().filter(pool_eligible),
        func.count().filter(and_(V.is_in_pool, V.is_counted)),
        func.count().filter(and_(pool_eligible, V.is_backbone)),
        func.count().filter(and_(V.is_eligible, V.is_backbone)),
        func.count().filter(and_(V.is_eligible, V.is_young)),
    ]
    row = db.session.execute(
        select(*figures).select_from(V).join(Teacher, Teacher.id == V.teacher_id).where(_reached(rule_set_id, grants))
    ).one()
    return Overview(*(int(n) for n in row))


def reason_counts(rule_set_id: int, grants: Iterable[Grant]) -> list[ReasonCount]:
    """People by reason, the most frequent first; notes after what speaks against somebody."""
    people = func.count()
    rows = db.session.execute(
        select(EligibilityReason.code, people, EligibilityReason.is_against)
        .join(Teacher, Teacher.id == EligibilityReason.teacher_id)
        .where(EligibilityReason.rule_set_id == rule_set_id, verdicts_where(grants))
        .group_by(EligibilityReason.code, EligibilityReason.is_against)
    ).tuples()
    return sorted((ReasonCount(*row) for row in rows), key=lambda r: (not r.is_against, -r.people, r.code))


def by_school(rule_set_id: int, grants: Iterable[Grant]) -> list[SchoolCounts]:
    """Each school's figures and its people by reason."""
    held = list(grants)
    per_reason: dict[int, dict[str, int]] = {}
    reasons = db.session.execute(
        select(V.school_id, EligibilityReason.code, func.count())
        .join(V, and_(V.rule_set_id == EligibilityReason.rule_set_id, V.teacher_id == EligibilityReason.teacher_id))
        .join(Teacher, Teacher.id == V.teacher_id)
        .where(_reached(rule_set_id, held))
        .group_by(V.school_id, EligibilityReason.code)
    ).tuples()
    for school_id, code, people in reasons:
        per_reason.setdefault(school_id, {})[code] = people
    rows = db.session.execute(
        select(
            School.id,
            School.name,
            func.count().filter(V.is_in_pool),
            func.count(),
            func.count().filter(V.is_eligible),
            func.count().filter(V.is_counted),
        )
        .select_from(V)
        .join(School, School.id == V.school_id)
        .join(Teacher, Teacher.id == V.teacher_id)
        .where(_reached(rule_set_id, held))
        .group_by(School.id, School.name, School.name_pinyin)
        .order_by(School.name_pinyin, School.id)
    ).tuples()
    return [SchoolCounts(r[0], r[1], r[2] > 0, r[3], r[4], r[5], per_reason.get(r[0], {})) for r in rows]


def school_choices(rule_set_id: int, grants: Iterable[Grant]) -> list[tuple[int, str]]:
    """The schools that appear in a list of verdicts."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(
            School.id.in_(
                select(V.school_id).join(Teacher, Teacher.id == V.teacher_id).where(_reached(rule_set_id, grants))
            )
        )
        .order_by(School.name_pinyin, School.id)
    ).tuples()
    return [(row[0], row[1]) for row in rows]


def _has_reason(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(
        EligibilityReason.rule_set_id == V.rule_set_id, EligibilityReason.teacher_id == V.teacher_id, *conditions
    )


def _conditions(listing: Listing) -> Iterator[Any]:
    yield from search(listing.search, in_one_county=True).conditions
    if (school_id := listing.get("school")) is not None:
        yield V.school_id == school_id
    if (document := listing.get("document")) is not None:
        yield Teacher.id_number_digest == document
    if verdict := listing.get("verdict"):
        yield {
            "eligible": V.is_eligible,
            "not_eligible": ~V.is_eligible,
            "exempt": _has_reason(EligibilityReason.code.startswith(EXEMPT)),
            "counted": V.is_counted,
        }[verdict]
    if reason := listing.get("reason"):
        yield _has_reason(EligibilityReason.code == reason)
    for column, name in ((V.is_in_pool, "pool"), (V.is_backbone, "backbone"), (V.is_young, "young")):
        if (wanted := listing.get(name)) is not None:
            yield column if wanted else ~column


def verdicts_query(rule_set_id: int, grants: Iterable[Grant], listing: Listing | None = None) -> Select[V]:
    """The verdicts of a list, with teacher and school."""
    return (
        select(V)
        .join(V.teacher)
        .join(V.school)
        .options(contains_eager(V.teacher), contains_eager(V.school))
        .where(_reached(rule_set_id, grants), *(_conditions(listing) if listing else ()))
    )


def verdict_page(rule_set_id: int, grants: Iterable[Grant], listing: Listing) -> Found[V]:
    """One page of a list. A rule set is one county's, so counting it all is cheap."""
    query = verdicts_query(rule_set_id, grants, listing)
    total, is_capped = count(db.session(), query, V.teacher_id)
    order = listing.chosen_order.keys
    page = read_page(db.session(), query, order, after_token=listing.after, before_token=listing.before)
    return Found(page, total, is_capped)


def all_verdicts(rule_set_id: int, grants: Iterable[Grant], listing: Listing) -> Iterable[V]:
    """All verdicts of a list in its order, for an export."""
    return db.session.scalars(
        ordered(verdicts_query(rule_set_id, grants, listing), listing).execution_options(yield_per=500)
    )


def find_verdict(rule_set_id: int, teacher_id: int, grants: Iterable[Grant]) -> V | None:
    """One teacher's verdict within reach."""
    query = verdicts_query(rule_set_id, grants).where(V.teacher_id == teacher_id)
    return db.session.scalar(query)


def newest_verdicts_of(teacher_id: int) -> list[tuple[EligibilityRuleSet, V]]:
    """A teacher's verdicts under the versions in force, the newest year first; the caller has checked who asks."""
    rows = db.session.execute(
        select(EligibilityRuleSet, V)
        .join(V, V.rule_set_id == EligibilityRuleSet.id)
        .where(V.teacher_id == teacher_id, EligibilityRuleSet.status == RuleSetStatus.IN_FORCE)
        .order_by(EligibilityRuleSet.school_year.desc())
    ).tuples()
    return [(row[0], row[1]) for row in rows]


def school_names(county_id: int) -> dict[str, str]:
    """The names of a county's schools by code, in their order."""
    rows = db.session.execute(
        select(School.code, School.name).where(School.county_id == county_id).order_by(School.name_pinyin, School.id)
    ).tuples()
    return {row[0]: row[1] for row in rows}
