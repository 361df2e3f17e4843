"""Opening a year's chain, drawing a week, and what becomes of those drawn."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from app import audit
from app.audit.operations import Actor
from app.db.clock import utc_now
from app.extensions import db
from app.growth import drawing
from app.growth.models import DrawChain, DrawnLesson, LessonStatus, WeeklyDraw
from app.growth.operations.common import insert
from app.growth.queries.draws import pool_as_numbers, pool_of
from app.growth.weeks import monday_of, school_year_of
from app.notices.operations import notify, users_of_teachers
from app.regions.models import Region
from app.web.errors import Refused

WANTED = 20  # clause LX-22
WEEKS = 60  # more than a school year has
NOTICE = "growth.drawn"


def link_at(secret: bytes, times: int) -> bytes:
    """SHA-256 of the secret, so many times over."""
    for _turn in range(times):
        secret = hashlib.sha256(secret).digest()
    return secret


def open_chain(*, county: Region, school_year: int, actor: Actor) -> DrawChain:
    """Fix the seeds of a school year and make their commitment public; once a county and year."""
    secret = secrets.token_bytes(32)
    chain = DrawChain(
        county_id=county.id,
        school_year=school_year,
        length=WEEKS,
        commitment=link_at(secret, WEEKS).hex(),
        secret=secret.hex(),
        opened_by_label=actor.label,
    )
    insert(chain, _("The draws of this school year were opened already."))
    audit.record(
        actor=actor,
        action="draw.open",
        subject=chain,
        after={"commitment": chain.commitment, "school_year": school_year},
        region_id=county.id,
    )
    return chain


def draw_week(*, county: Region, week: str, actor: Actor, wanted: int = WANTED) -> WeeklyDraw:
    """Draw a week's teachers, once and for good, and tell them."""
    chain = _chain(county, week)
    pool = pool_of(county.id, chain, monday_of(week), wanted)
    if not pool:
        raise Refused(_("There is nobody to draw: no school of the county has a teacher in post."))
    number = (db.session.scalar(select(func.max(WeeklyDraw.number)).where(WeeklyDraw.chain_id == chain.id)) or 0) + 1
    if number > chain.length:
        raise Refused(_("All draws of this school year are used up."))
    link, digest = link_at(bytes.fromhex(chain.secret), chain.length - number), drawing.digest_of(pool)
    drawn = WeeklyDraw(
        county_id=county.id,
        chain_id=chain.id,
        week=week,
        number=number,
        link=link.hex(),
        wanted=wanted,
        pool={str(school): sorted(people) for school, people in sorted(pool.items())},
        pool_digest=digest.hex(),
        teachers=sum(map(len, pool.values())),
        schools=len(pool),
        drawn_by_label=actor.label,
    )
    insert(drawn, _("This week was drawn already; a draw is never repeated."))
    _keep(drawn, drawing.draw(drawing.seed_of(link, digest, week), pool, wanted))
    audit.record(
        actor=actor,
        action="draw.draw",
        subject=drawn,
        after={"week": week, "link": drawn.link, "pool": drawn.pool_digest, "teachers": drawn.teachers},
        region_id=county.id,
    )
    return drawn


def excuse(*, lesson: DrawnLesson, reason: str, actor: Actor) -> DrawnLesson | None:
    """Excuse a drawn teacher with a reason; the next in the drawn order of the school stands in, if there is one."""
    if lesson.status is not LessonStatus.DRAWN:
        raise Refused(_("Only a lesson that is still to come can be excused."))
    lesson.status, lesson.reason = LessonStatus.EXCUSED, reason
    db.session.flush()
    order = _drawn_again(lesson.draw)[lesson.position].teacher_ids
    place = lesson.place + 1
    stand_in = None
    if place < len(order):
        stand_in = DrawnLesson(
            draw_id=lesson.draw_id,
            position=lesson.position,
            place=place,
            school_id=lesson.school_id,
            teacher_id=order[place],
        )
        db.session.add(stand_in)
        db.session.flush()
        _tell(lesson.draw, [stand_in.teacher_id])
    audit.record(
        actor=actor,
        action="draw.excuse",
        subject=lesson,
        before={"teacher": lesson.teacher_id},
        after={"teacher": stand_in.teacher_id if stand_in else None},
        reason=reason,
        region_id=lesson.draw.county_id,
        school_id=lesson.school_id,
    )
    return stand_in


def record_lesson(*, lesson: DrawnLesson, on: date, remarks: str, actor: Actor) -> None:
    """Put on record that the lesson was taught, or correct what was put on record."""
    if lesson.status is LessonStatus.EXCUSED:
        raise Refused(_("An excused teacher teaches no lesson; the stand-in does."))
    monday = monday_of(lesson.draw.week)
    if not monday <= on <= utc_now().date():
        raise Refused(_("The lesson lies between %(first)s and today.", first=monday.isoformat()))
    before = {"lesson_on": lesson.lesson_on}
    lesson.status, lesson.lesson_on, lesson.remarks = LessonStatus.TAUGHT, on, remarks
    db.session.flush()
    audit.record(
        actor=actor,
        action="draw.record",
        subject=lesson,
        before=before,
        after={"lesson_on": on},
        region_id=lesson.draw.county_id,
        school_id=lesson.school_id,
    )


def _chain(county: Region, week: str) -> DrawChain:
    year = school_year_of(week)
    chain = db.session.scalar(
        select(DrawChain)
        .where(DrawChain.county_id == county.id, DrawChain.school_year == year)
        .with_for_update(of=DrawChain)
    )
    if chain is None:
        raise Refused(_("Open the draws of the school year %(year)s first.", year=year))
    return chain


def _keep(drawn: WeeklyDraw, found: Sequence[drawing.Drawn]) -> None:
    db.session.add_all(
        DrawnLesson(draw_id=drawn.id, position=position, school_id=one.school_id, teacher_id=one.teacher_ids[0])
        for position, one in enumerate(found)
    )
    db.session.flush()
    _tell(drawn, [one.teacher_ids[0] for one in found])


def _drawn_again(drawn: WeeklyDraw) -> list[drawing.Drawn]:
    seed = drawing.seed_of(bytes.fromhex(drawn.link), bytes.fromhex(drawn.pool_digest), drawn.week)
    return drawing.draw(seed, pool_as_numbers(drawn), drawn.wanted)


def _tell(drawn: WeeklyDraw, teachers: Sequence[int]) -> None:
    for teacher, users in users_of_teachers(teachers).items():
        notify(users=users, kind=NOTICE, params={"week": drawn.week}, key=f"draw:{drawn.id}:{teacher}")
