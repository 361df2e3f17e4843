"""What happens by itself every day: ends that come near are told, and everybody is judged for the new day."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db.clock import today
from app.extensions import db
from app.jobs.operations import JobHandle, job_kind
from app.jobs.periodic import periodic
from app.qualifications import notices
from app.qualifications.judging import judge_county
from app.qualifications.models import Certificate, CertificateState, TitleKind, TitleRecord
from app.qualifications.operations.records import take_in
from app.regions.models import Region, RegionLevel
from app.teachers.models import Teacher
from app.web.transaction import reading

STEPS = (90, 60, 30, 7)
# What ran out longer ago was told long since, or came on record too late for a reminder to help.
OVERDUE_FOR = timedelta(days=90)
IN_THE_QUEUE = (CertificateState.CLAIMED, CertificateState.CHECKED, CertificateState.VERIFIED)


def step_of(days_left: int) -> int | None:
    """The reminder that is due with so many days left; each step is told once, whenever the day's work runs."""
    return next((step for step in reversed(STEPS) if 0 <= days_left <= step), None)


def remind(county_id: int, on: date) -> int:
    """Tell the holders of one county what ends within 90 days, and schools what is past; returns how many notices."""
    newer = aliased(Certificate)
    is_being_renewed = select(newer.id).where(newer.renews_id == Certificate.id, newer.state.in_(IN_THE_QUEUE)).exists()
    query = (
        select(Certificate, Teacher.working_school_id, Teacher.name)
        .join(Teacher, Teacher.id == Certificate.teacher_id)
        .where(
            Certificate.county_id == county_id,
            Certificate.state == CertificateState.VERIFIED,
            Certificate.expires_on.between(on - OVERDUE_FOR, on + timedelta(days=STEPS[0])),
            Teacher.left_on.is_(None),
            ~is_being_renewed,
        )
        .order_by(Certificate.expires_on, Certificate.id)
    )
    told = 0
    for row, school_id, name in db.session.execute(query).tuples():
        left = (row.expires_on - on).days if row.expires_on else STEPS[0]
        if left < 0:
            told += notices.overdue(row, school_id, name)
        elif (step := step_of(left)) is not None:
            told += notices.ends_soon(row, step, on)
    return told


def take_in_titles(county_id: int) -> int:
    """Take present titles that a roster or an edit brought into the history; returns how many."""
    newest = (
        select(TitleRecord.id)
        .where(
            TitleRecord.teacher_id == Teacher.id,
            TitleRecord.kind == TitleKind.EMPLOYED,
            (TitleRecord.from_on > Teacher.title_employed_on)
            | (
                (TitleRecord.from_on == Teacher.title_employed_on)
                & (TitleRecord.title_code == Teacher.title_employed_code)
            ),
        )
        .exists()
    )
    stray = select(Teacher).where(
        Teacher.county_id == county_id,
        Teacher.title_employed_code.is_not(None),
        Teacher.title_employed_code != "none",
        Teacher.title_employed_on.is_not(None),
        ~newest,
    )
    return take_in(teachers=db.session.scalars(stray.order_by(Teacher.id)).all())


def day(county_id: int, on: date) -> dict[str, int]:
    """One county's day, in the present transaction."""
    titles = take_in_titles(county_id)
    return {"titles": titles, "people": judge_county(county_id, on), "notices": remind(county_id, on)}


@job_kind(
    "qualifications.day",
    label=_l("Certificates: the day's reminders"),
    stages={"judging": _l("judging who may teach")},
)
def run_day(handle: JobHandle) -> dict[str, Any]:
    """Every county, one transaction each: a worker that is killed goes on where it was, and nobody is told twice."""
    only = handle.payload.get("county_id")
    with reading():
        query = select(Region.id).where(Region.level == RegionLevel.COUNTY).order_by(Region.id)
        counties = db.session.scalars(query.where(Region.id == only) if only else query).all()
        db.session.rollback()
    total: dict[str, int] = {}
    for number, county_id in enumerate(counties):
        handle.report(number / len(counties), "judging")
        handle.raise_if_cancelled()
        with handle.transaction():
            for name, value in day(county_id, today()).items():
                total[name] = total.get(name, 0) + value
    return total


periodic("qualifications.day", every=timedelta(days=1))
