"""Mentors, newcomers and pairs, by the operations that people use."""

from datetime import date, timedelta

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.growth.models import Mentor, PairSide
from app.growth.operations import mentors
from app.growth.queries.mentors import MENTOR_PARTS
from app.growth.terms import term_of
from tests.factories.people import TeacherFactory

GOALS = "一年站稳讲台，每学期上一节汇报课。"


def newcomer(school, **fields):
    """A teacher who began to work lately."""
    return TeacherFactory(school=school, **({"started_work_on": date(today().year - 1, 9, 1)} | fields))


def mentor(school, *, places=2, **fields):
    """An experienced teacher who takes newcomers."""
    return mentors.add_mentor(teacher=TeacherFactory(school=school, **fields), places=places, actor=SYSTEM)


def pair(guide, person, *, is_signed=True, from_on=None):
    """A mentor and a newcomer; signed by all unless told otherwise."""
    first = from_on or today() - timedelta(days=30)
    guide = db.session.get_one(Mentor, guide.id, options=MENTOR_PARTS, populate_existing=True)
    row = mentors.make_pair(
        mentor=guide, newcomer=person, from_on=first, to_on=first + timedelta(days=1000), goals=GOALS, actor=SYSTEM
    )
    if is_signed:
        for side in (*PairSide, None):
            row = mentors.sign(pair=row, side=side, actor=SYSTEM)
    return row


def report(row, side, **fields):
    """One side's report of the present term."""
    given = {"term": term_of(today()), "done": "听课十节，上汇报课一节。", "plans": "", "evidence": []} | fields
    return mentors.save_report(pair=row, side=side, actor=SYSTEM, **given)
