"""The demo county's ethics record: study meetings, appraisals, points, and two cases that wait for the county.

Everything goes through the operations that the pages use. What vetoes is entered before eligibility is judged, for
teachers whose workbook row says the same.
"""

import io
from datetime import date, timedelta
from itertools import islice

import click
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage

from app.accounts.models import User
from app.audit.operations import SYSTEM, Actor
from app.db.clock import today
from app.ethics import operations
from app.ethics.clauses import clauses
from app.ethics.coverage import term_of
from app.ethics.forms import months_later
from app.ethics.models import ActivityKind, EntryKind, EthicsActivity, EthicsAppraisal, EthicsEntry
from app.ethics.vetoes import FAILED
from app.evidence.models import EvidenceFile
from app.evidence.operations import keep
from app.extensions import db
from app.regions.models import Region
from app.schools.models import School
from app.teachers.models import Circumstance, Teacher
from app.web.transaction import transaction

TOPICS = (
    "新时代教师职业行为准则",
    "师德典型事迹分享",
    "警示教育：违规案例通报",
    "家校沟通与师生关系",
    "依法执教与学生保护",
)


def add_vetoes(county_code: str) -> None:
    """The failed appraisals of those whose record already names one; before eligibility is judged."""
    with transaction() as session:
        county = session.scalars(select(Region).where(Region.code == county_code)).one()
        if session.scalar(select(EthicsAppraisal.id).where(EthicsAppraisal.county_id == county.id).limit(1)):
            return
        recorded = session.execute(
            select(Teacher, Circumstance)
            .join(Circumstance, Circumstance.teacher_id == Teacher.id)
            .where(Teacher.county_id == county.id, Circumstance.kind_code == FAILED, Circumstance.to_on.is_not(None))
            .order_by(Teacher.id)
        ).tuples()
        for teacher, circumstance in recorded:
            day = min(circumstance.from_on, today())
            operations.record_appraisal(
                actor=SYSTEM,
                teacher=teacher,
                year=day.year,
                conclusion_code="4",
                appraised_on=day,
                veto_to=circumstance.to_on,
                facts="年度师德考核评议为不合格，结果已书面通知本人。",
                evidence=_scan(SYSTEM, county.id, f"appraisal-{teacher.id}"),
                is_decided=True,
            )


def fill(county_code: str) -> None:
    """Everything else; after the demo accounts are there, so that they are told."""
    with transaction() as session:
        county = session.scalars(select(Region).where(Region.code == county_code)).one()
        if session.scalar(select(EthicsActivity.id).where(EthicsActivity.county_id == county.id).limit(1)):
            return
        click.echo("\n== 师德学习、考核与积分 Ethics record")
        people = {user.username: user for user in session.scalars(select(User).where(User.is_demo))}
        me = session.get_one(Teacher, people["teacher"].teacher_id or 0)
        _activities(county, people["officer"])
        _appraisals(county, me, people["school"])
        _entries(county, me, people["school"])
    number = db.session.scalar(select(func.count()).select_from(EthicsActivity))
    click.echo(f"   {number} activities")
    db.session.rollback()


def _activities(county: Region, actor: User) -> None:
    """A study meeting a month in nearly every school, a supervision in most."""
    schools = db.session.scalars(
        select(School).where(School.county_id == county.id, School.is_active).order_by(School.id)
    ).all()
    months = term_of(today()).months(today())
    for number, school in enumerate(schools):
        for position, month in enumerate(months):
            day = month + timedelta(days=4 + number % 9)
            if day > today() or (number + position) % 13 == 0:
                continue
            _activity(actor, school, ActivityKind.STUDY, day, TOPICS[(number + position) % len(TOPICS)], number)
        if number % 3:
            day = min(months[0] + timedelta(days=20), today())
            _activity(actor, school, ActivityKind.SUPERVISION, day, "课堂与课后服务师德督查", number)


def _activity(actor: User, school: School, kind: ActivityKind, day: date, topic: str, number: int) -> None:
    operations.record_activity(
        actor=actor,
        school=school,
        kind=kind,
        evidence=[],
        held_on=day,
        topic=topic,
        participants=20 + number % 40,
        findings=None,
    )


def _appraisals(county: Region, me: Teacher, actor: User) -> None:
    """Last year's appraisals of the demo school; a few are still to come."""
    year = today().year - 1
    known = select(EthicsAppraisal.teacher_id).where(EthicsAppraisal.year == year)
    staff = db.session.scalars(
        select(Teacher)
        .where(
            Teacher.employing_school_id == me.employing_school_id,
            Teacher.left_on.is_(None),
            Teacher.id.not_in(known),
            Teacher.id != actor.teacher_id,
        )
        .order_by(Teacher.id)
    ).all()
    for number, teacher in enumerate(staff):
        if teacher.id != me.id and number % 10 == 9:
            continue
        operations.record_appraisal(
            actor=actor,
            teacher=teacher,
            year=year,
            conclusion_code="1" if number % 6 == 0 else "2",
            appraised_on=date(year + 1, 1, 10),
            veto_to=None,
            facts=None,
            evidence=[],
            is_decided=False,
        )


def _entries(county: Region, me: Teacher, actor: User) -> None:
    """An award for the demo teacher, a deduction, and a proposal that its teacher answers."""
    colleagues = db.session.scalars(
        select(Teacher)
        .where(Teacher.employing_school_id == me.employing_school_id, Teacher.left_on.is_(None), Teacher.id != me.id)
        .order_by(Teacher.id.desc())
    )
    late, tutor = islice(colleagues, 2)
    day = today() - timedelta(days=21)
    _entry(actor, me, EntryKind.AWARD, None, 5, day, "获评学校师德标兵，事迹在全校宣讲。")
    _entry(actor, late, EntryKind.NEGATIVE, "T11", -10, day, "本月两次无故迟到，经谈话已承诺改正。")
    _entry(actor, tutor, EntryKind.NEGATIVE, "T06", -30, day, "家长反映周末在家辅导本班学生并收费，学校已初步核实。")


def _entry(
    actor: User, teacher: Teacher, kind: EntryKind, code: str | None, points: int, day: date, facts: str
) -> EthicsEntry:
    clause = next((one for one in clauses(teacher.county_id) if one.code == code), None)
    return operations.record_entry(
        actor=actor,
        teacher=teacher,
        kind=kind,
        clause=clause,
        points=points,
        happened_on=day,
        from_on=day,
        to_on=months_later(day, clause.term_months if clause else 12),
        facts=facts,
        evidence=_scan(actor, teacher.county_id, f"entry-{teacher.id}"),
        is_decided=False,
    )


def _scan(actor: Actor, county_id: int, mark: str) -> list[EvidenceFile]:
    """A page that says it is the demo's; as good as a scan."""
    file = FileStorage(stream=io.BytesIO(page(mark)), filename=f"证明-{mark}.pdf")
    return [keep(actor=actor, upload=file, county_id=county_id)]


def page(text: str) -> bytes:
    """A PDF of one page with one line of text."""
    drawn = f"BT /F1 24 Tf 72 720 Td (Qinglan demo evidence: {text}) Tj ET".encode("ascii")
    parts = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    )
    body, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(parts) + 1, len(body))
    return body + table + ending
