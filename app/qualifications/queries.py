"""Reading certificates and gaps for pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.access import Grant, Permission
from app.codes import queries as codes
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.qualifications.access import certificates_where, gaps_where
from app.qualifications.kinds import Category, Types, types_of
from app.qualifications.models import (
    END_ORDER,
    Certificate,
    CertificateEvidence,
    CertificateGap,
    CertificateJudgement,
    CertificateSource,
    CertificateState,
    GapReason,
    TeacherDegree,
    TitleRecord,
    YearlyAppraisal,
)
from app.schools.access import schools_where
from app.schools.models import School, Stage
from app.schools.queries import COUNTY_FILTER, school_filter, stage_choices
from app.teachers import search
from app.teachers.models import Teacher
from app.web import lists
from app.web.lists import Listing, ListSpec, Sort
from app.web.pagination import SortKey

S = CertificateState
SOON = timedelta(days=90)
NEVER = date(9999, 12, 31)
ENDS = (
    ("overdue", _l("Past their end")),
    ("30", _l("Within 30 days")),
    ("90", _l("Within 90 days")),
    ("none", _l("Without an end")),
)
_type = lists.text("type", _l("Type of certificate"))


def _category_choices() -> list[tuple[str, str]]:
    return [(one.value, str(one.label)) for one in Category]


CERTIFICATES = ListSpec(
    "qualifications.certificates",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice("category", _l("Kind of certificate"), _category_choices),
        _type,
        lists.choice("state", _l("Stands at"), lambda: [(s.value, str(s.label)) for s in S if s is not S.DRAFT]),
        lists.choice("ends", _l("Runs out on"), lambda: ENDS),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        lists.choice("source", _l("Entered by"), lambda: [(s.value, str(s.label)) for s in CertificateSource]),
        search.DOCUMENT,
    ),
    sorts={
        "name": Sort((SortKey(Certificate.name_pinyin, "name_pinyin"), SortKey(Certificate.id, "id"))),
        "ends": Sort((SortKey(END_ORDER, "expires_on", missing=NEVER), SortKey(Certificate.id, "id"))),
        "entered": Sort((SortKey(Certificate.id, "id"),)),
    },
)
GAPS = ListSpec(
    "qualifications.gaps",
    filters=(
        COUNTY_FILTER,
        school_filter("school", _l("School")),
        lists.choice(
            "effect", _l("Effect"), lambda: [("bar", _l("May not teach")), ("note", _l("To be put in order"))]
        ),
        _type,
        lists.choice("reason", _l("Reason"), lambda: [(r.value, str(r.label)) for r in GapReason]),
        lists.choice("stage", _l("Stage"), stage_choices),
        lists.choice("subject", _l("Subject"), lambda: codes.choices("subject")),
        search.DOCUMENT,
    ),
    sorts={
        "name": Sort((SortKey(CertificateGap.name_pinyin, "name_pinyin"), SortKey(CertificateGap.id, "id"))),
        "school": Sort(
            (
                SortKey(School.name_pinyin, "school.name_pinyin"),
                SortKey(CertificateGap.name_pinyin, "name_pinyin"),
                SortKey(CertificateGap.id, "id"),
            ),
            joins=(CertificateGap.school,),
        ),
    },
)


def certificates_listed(listing: Listing, reach: ColumnElement[bool], today: date) -> Select[Any]:
    """The certificates that a list asks for, within a person's reach."""
    c = Certificate
    conditions = [reach, *_searched(listing, c)]
    columns: dict[str, Any] = {"county": c.county_id, "type": c.type_code, "subject": c.subject_code}
    conditions += [column == listing.get(name) for name, column in columns.items() if listing.get(name) is not None]
    if category := listing.get("category"):
        conditions.append(c.type_code.in_(_codes_of(listing.get("county"), Category(category))))
    if state := listing.get("state"):
        conditions.append(c.state == S(state))
    if source := listing.get("source"):
        conditions.append(c.source == CertificateSource(source))
    if school := listing.get("school"):
        conditions.append(_works_at(school))
    conditions += _ends(listing.get("ends"), today)
    return select(c).where(*conditions)


def _ends(asked: str | None, today: date) -> list[ColumnElement[bool]]:
    c = Certificate
    if asked is None:
        return []
    if asked == "none":
        return [c.expires_on.is_(None)]
    if asked == "overdue":
        return [c.state == S.VERIFIED, c.expires_on < today]
    return [c.state == S.VERIFIED, c.expires_on.between(today, today + timedelta(days=int(asked)))]


def _works_at(school_id: int) -> ColumnElement[bool]:
    return (
        select(Teacher.id)
        .where(Teacher.id == Certificate.teacher_id, Teacher.working_school_id == school_id)
        .correlate(Certificate)
        .exists()
    )


def _codes_of(county_id: int | None, category: Category) -> list[str]:
    types = types_of(county_id) if county_id else Types()
    return types.of_category(category)


def _searched(listing: Listing, model: Any) -> list[ColumnElement[bool]]:
    """By a certificate's number, else by its holder."""
    if document := listing.get("document"):
        person = select(Teacher.id).where(Teacher.id == model.teacher_id, Teacher.id_number_digest == document)
        return [person.correlate(model).exists()]
    text = listing.search.strip()
    if not text:
        return []
    if model is Certificate and any(sign.isdigit() for sign in text):
        return [search.begins(Certificate.number, text)]  # type: ignore[arg-type]
    found = search.search(text, in_one_county=True)
    person = select(Teacher.id).where(Teacher.id == model.teacher_id, *found.conditions)
    return [person.correlate(model).exists()]


def gaps_listed(listing: Listing, reach: ColumnElement[bool]) -> Select[Any]:
    """What teachers lack, as a list asks for it, within a person's reach."""
    g = CertificateGap
    conditions = [reach, *_searched(listing, g)]
    columns: dict[str, Any] = {
        "county": g.county_id, "school": g.school_id, "type": g.type_code, "subject": g.subject_code,
    }  # fmt: skip
    conditions += [column == listing.get(name) for name, column in columns.items() if listing.get(name) is not None]
    if effect := listing.get("effect"):
        conditions.append(g.is_barring.is_(effect == "bar"))
    if reason := listing.get("reason"):
        conditions.append(g.reason == GapReason(reason))
    if stage := listing.get("stage"):
        conditions.append(g.stage == Stage(stage))
    return select(g).where(*conditions)


def gap_options() -> tuple[Any, ...]:
    """What a row of the list of gaps shows."""
    return joinedload(CertificateGap.teacher), joinedload(CertificateGap.school)


def certificate_options() -> tuple[Any, ...]:
    """What a row of the list of certificates shows."""
    return (joinedload(Certificate.teacher).joinedload(Teacher.working_school),)


def queue(reach: ColumnElement[bool], state: CertificateState, listing: Listing, today: date) -> Select[Any]:
    """What waits in one state, narrowed as the page asks."""
    return certificates_listed(listing, and_(reach, Certificate.state == state), today)


def one_certificate(certificate_id: int, grants: Iterable[Grant], permission: Permission) -> Certificate | None:
    """A certificate within reach, with all that its page shows."""
    return _whole(Certificate.id == certificate_id, certificates_where(grants, permission))


def own_certificate(certificate_id: int, teacher_id: int | None) -> Certificate | None:
    """One of a teacher's own."""
    return _whole(Certificate.id == certificate_id, Certificate.teacher_id == (teacher_id or 0))


def _whole(*conditions: ColumnElement[bool]) -> Certificate | None:
    return db.session.scalar(
        select(Certificate)
        .where(*conditions)
        .options(
            joinedload(Certificate.teacher).joinedload(Teacher.employing_school).joinedload(School.county),
            joinedload(Certificate.teacher).joinedload(Teacher.working_school),
            joinedload(Certificate.renews),
            selectinload(Certificate.registrations),
            selectinload(Certificate.evidence),
        )
    )


def some_certificates(ids: Sequence[int], reach: ColumnElement[bool]) -> Sequence[Certificate]:
    """Certificates by id within reach, with their teachers, for a decision over several."""
    query = select(Certificate).where(Certificate.id.in_(ids), reach).options(joinedload(Certificate.teacher))
    return db.session.scalars(query.order_by(Certificate.id)).all()


def certificates_of(teacher_id: int, *, with_drafts: bool) -> Sequence[Certificate]:
    """A teacher's certificates, in the order of the types, the newest first."""
    query = select(Certificate).where(Certificate.teacher_id == teacher_id).options(selectinload(Certificate.evidence))
    if not with_drafts:
        query = query.where(Certificate.state != S.DRAFT)
    rows = db.session.scalars(query.order_by(Certificate.issued_on.desc(), Certificate.id.desc())).all()
    if not rows:
        return []
    order = {code: n for n, code in enumerate(types_of(rows[0].county_id))}
    return sorted(rows, key=lambda row: order.get(row.type_code, len(order)))


def chain_of(row: Certificate) -> list[Certificate]:
    """The certificate, what it renewed and what renewed it, the oldest first."""
    mine = db.session.scalars(select(Certificate).where(Certificate.teacher_id == row.teacher_id)).all()
    by_id = {one.id: one for one in mine}
    after = {one.renews_id: one for one in mine if one.renews_id}
    first = row
    while first.renews_id in by_id:
        first = by_id[first.renews_id]
    chain = [first]
    while chain[-1].id in after:
        chain.append(after[chain[-1].id])
    return chain


def files_by_certificate(rows: Sequence[Certificate]) -> dict[int, list[EvidenceFile]]:
    """The scans of several certificates, in one query."""
    query = (
        select(CertificateEvidence.certificate_id, EvidenceFile)
        .join(EvidenceFile, EvidenceFile.id == CertificateEvidence.evidence_id)
        .where(CertificateEvidence.certificate_id.in_([row.id for row in rows]))
        .order_by(CertificateEvidence.position, EvidenceFile.id)
    )
    found: dict[int, list[EvidenceFile]] = {row.id: [] for row in rows}
    for certificate_id, file in db.session.execute(query).tuples():
        found[certificate_id].append(file)
    return found


@dataclass
class Records:
    """Degrees, titles and appraisals of one teacher."""

    degrees: Sequence[TeacherDegree] = field(default=())
    titles: Sequence[TitleRecord] = field(default=())
    appraisals: Sequence[YearlyAppraisal] = field(default=())


def records_of(teacher_id: int) -> Records:
    """A teacher's records beside the certificates, the newest first."""
    d, t, a = TeacherDegree, TitleRecord, YearlyAppraisal
    scalars = db.session.scalars
    return Records(
        scalars(
            select(d).where(d.teacher_id == teacher_id).order_by(func.coalesce(d.graduated_on, NEVER).desc())
        ).all(),
        scalars(select(t).where(t.teacher_id == teacher_id).order_by(t.from_on.desc(), t.id.desc())).all(),
        scalars(select(a).where(a.teacher_id == teacher_id).order_by(a.year.desc())).all(),
    )


# --- figures ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeLine:
    """How one type stands in a county or school."""

    code: str
    verified: int = 0
    waiting: int = 0
    ending: int = 0
    overdue: int = 0
    lacking: int = 0
    barred: int = 0


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """How one school's teachers stand."""

    id: int
    name: str
    teachers: int
    barred: int
    lacking: int
    waiting: int
    overdue: int


def by_type(county_id: int, grants: Iterable[Grant], today: date) -> list[TypeLine]:
    """Certificates and gaps by type, in the order of the types."""
    grants, c, g, P = list(grants), Certificate, CertificateGap, Permission.QUALIFICATION_READ
    counted = select(
        c.type_code,
        func.count().filter(c.state == S.VERIFIED),
        func.count().filter(c.state.in_((S.CLAIMED, S.CHECKED))),
        func.count().filter(c.state == S.VERIFIED, c.expires_on.between(today, today + SOON)),
        func.count().filter(c.state == S.VERIFIED, c.expires_on < today),
    ).where(c.county_id == county_id, certificates_where(grants, P))
    held: dict[str, Any] = {row[0]: tuple(row)[1:] for row in db.session.execute(counted.group_by(c.type_code))}
    missing = select(g.type_code, func.count(g.teacher_id.distinct()),
                     func.count(case((g.is_barring, g.teacher_id)).distinct()))  # fmt: skip
    missing = missing.where(g.county_id == county_id, gaps_where(grants, P)).group_by(g.type_code)
    gaps: dict[str, Any] = {row[0]: tuple(row)[1:] for row in db.session.execute(missing)}
    order = [code for code in types_of(county_id) if code in held or code in gaps]
    order += sorted({*held, *gaps} - set(order))
    return [TypeLine(code, *held.get(code, (0, 0, 0, 0)), *gaps.get(code, (0, 0))) for code in order]


def by_school(county_id: int, grants: Iterable[Grant], today: date) -> list[SchoolLine]:
    """Teachers, gaps and queues by the school where they work; schools with most barred teachers first."""
    grants, c, g, P = list(grants), Certificate, CertificateGap, Permission.QUALIFICATION_READ
    gaps = select(g.school_id, func.count(case((g.is_barring, g.teacher_id)).distinct()),
                  func.count(g.teacher_id.distinct()))  # fmt: skip
    gaps = gaps.where(g.county_id == county_id, gaps_where(grants, P)).group_by(g.school_id)
    lacking = {row[0]: (row[1], row[2]) for row in db.session.execute(gaps)}
    queues = (
        select(
            Teacher.working_school_id,
            func.count().filter(c.state.in_((S.CLAIMED, S.CHECKED))),
            func.count().filter(c.state == S.VERIFIED, c.expires_on < today),
        )
        .join(Teacher, Teacher.id == c.teacher_id)
        .where(c.county_id == county_id, certificates_where(grants, P))
        .group_by(Teacher.working_school_id)
    )
    waiting = {row[0]: (row[1], row[2]) for row in db.session.execute(queues)}
    staff = (
        select(School.id, School.name, func.count(Teacher.id))
        .join(Teacher, and_(Teacher.working_school_id == School.id, Teacher.left_on.is_(None)))
        .where(School.county_id == county_id, School.is_active, schools_where(grants, P))
        .group_by(School.id, School.name, School.name_pinyin)
        .order_by(School.name_pinyin)
    )
    lines = [
        SchoolLine(school, name, teachers, *lacking.get(school, (0, 0)), *waiting.get(school, (0, 0)))
        for school, name, teachers in db.session.execute(staff).tuples()
    ]
    return sorted(lines, key=lambda line: (-line.barred, -line.lacking))


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures at the top of the overview."""

    claimed: int
    checked: int
    ending: int
    overdue: int
    barred: int
    lacking: int


def totals(county_id: int, grants: Iterable[Grant], today: date) -> Totals:
    """What waits, what ends, and how many people lack something."""
    grants, c, g, P = list(grants), Certificate, CertificateGap, Permission.QUALIFICATION_READ
    seen = db.session.execute(
        select(
            func.count().filter(c.state == S.CLAIMED),
            func.count().filter(c.state == S.CHECKED),
            func.count().filter(c.state == S.VERIFIED, c.expires_on.between(today, today + SOON)),
            func.count().filter(c.state == S.VERIFIED, c.expires_on < today),
        ).where(c.county_id == county_id, certificates_where(grants, P))
    ).one()
    people = db.session.execute(
        select(func.count(case((g.is_barring, g.teacher_id)).distinct()), func.count(g.teacher_id.distinct())).where(
            g.county_id == county_id, gaps_where(grants, P)
        )
    ).one()
    return Totals(*seen, *people)


def judgement(county_id: int) -> CertificateJudgement | None:
    """When a county was judged last."""
    return db.session.get(CertificateJudgement, county_id)


def waiting_count(reach: ColumnElement[bool], state: CertificateState) -> int:
    """How many certificates wait in a state, stopping where a list would."""
    return lists.count(db.session(), select(Certificate).where(reach, Certificate.state == state), Certificate.id)[0]


def overdue_count(reach: ColumnElement[bool], today: date) -> int:
    """How many verified certificates are past their end."""
    past = select(Certificate).where(reach, Certificate.state == S.VERIFIED, Certificate.expires_on < today)
    return lists.count(db.session(), past, Certificate.id)[0]


def files_where(reach: ColumnElement[bool]) -> ColumnElement[bool]:
    """Condition on EvidenceFile.id: the scans of certificates within reach."""
    return (
        select(CertificateEvidence.evidence_id)
        .join(Certificate, Certificate.id == CertificateEvidence.certificate_id)
        .where(CertificateEvidence.evidence_id == EvidenceFile.id, or_(reach))
        .correlate(EvidenceFile)
        .exists()
    )


def barred_count(grants: Iterable[Grant]) -> int:
    """How many people within reach may not teach, as they were judged last."""
    reach = gaps_where(grants, Permission.QUALIFICATION_EDIT)
    people = (
        select(CertificateGap.teacher_id).where(reach, CertificateGap.is_barring).distinct().limit(lists.COUNT_LIMIT)
    )
    return db.session.scalar(select(func.count()).select_from(people.subquery())) or 0


def own_counts(teacher_id: int, today: date) -> tuple[int, int]:
    """A teacher's own certificates that were returned, and those that end within 90 days or have ended."""
    c = Certificate
    ending = and_(c.state == S.VERIFIED, c.expires_on < today + SOON)
    row = db.session.execute(
        select(func.count().filter(c.state == S.RETURNED), func.count().filter(ending)).where(
            c.teacher_id == teacher_id
        )
    ).one()
    return row[0], row[1]
