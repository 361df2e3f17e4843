"""What the parameters of the training pages name, for the walk over all routes."""

from functools import cache

from app.audit.operations import SYSTEM
from app.db.clock import today
from app.extensions import db
from app.training import attendance_codes
from app.training.models import RosterImport, TrainingProgramme, TrainingResult
from app.training.operations import certificates, enrolments, results
from app.training.operations.results import Outcome
from tests.architecture.world import InCounty, InSchool, Shared
from tests.factories.training import ProgrammeFactory, SessionFactory, SpendingFactory


@cache
def programmes(world):
    return [ProgrammeFactory(region=county, year=today().year) for county in world.counties]


@cache
def sessions(world):
    return [SessionFactory(programme=row, begins_on=today(), ends_on=today()) for row in programmes(world)]


@cache
def enrolled(world):
    """One enrolment a place: own school, other school, other county."""
    own, far = sessions(world)
    return [
        enrolments.enrol(actor=SYSTEM, session=session, teachers=[teacher])[0]
        for session, teacher in zip((own, own, far), world.teachers, strict=True)
    ]


@cache
def issued(world):
    """A certificate for each of them."""
    for row in enrolled(world):
        session = next(one for one in sessions(world) if one.id == row.session_id)
        programme = db.session.get(TrainingProgramme, session.programme_id)
        row = enrolments.fresh([row.id])[0]
        outcome = Outcome(TrainingResult.PASSED)
        results.set_result(actor=SYSTEM, enrolment=row, session=session, programme=programme, outcome=outcome)
    found = {}
    for session in sessions(world):
        programme = db.session.get(TrainingProgramme, session.programme_id)
        for one in certificates.issue(actor=SYSTEM, session=session, programme=programme):
            found[one.enrolment_id] = one
    return [found[row.id] for row in enrolled(world)]


def session_id(world):
    return InCounty(*(row.id for row in sessions(world)))


def enrolment_id(world):
    return InSchool(*(row.id for row in enrolled(world)))


def completion(world):
    return InSchool(*(row.id for row in issued(world)))


def roster_id(world):
    rows = [
        RosterImport(
            session_id=row.id, file_name="成绩.xlsx", sheet_name="成绩", header_row=1, content=b"", rows=[], problems=[]
        )
        for row in sessions(world)
    ]
    db.session.add_all(rows)
    db.session.flush()
    return InCounty(*(row.id for row in rows))


def spending_id(world):
    schools = (world.school, world.other_school, world.far_school)
    return InSchool(*(SpendingFactory(school_id=school.id).id for school in schools))


def code_of_the_day(world):
    return Shared(attendance_codes.make(sessions(world)[0].id, today()))


TRAINING = {
    "programme_id": lambda world: InCounty(*(row.id for row in programmes(world))),
    "session_id": session_id,
    "enrolment_id": enrolment_id,
    "roster_id": roster_id,
    "spending_id": spending_id,
    "training.certificate:certificate_id": completion,
    "training.revoke:certificate_id": completion,
    "training.own_pdf:certificate_id": completion,
    "training.sign_in:token": code_of_the_day,
    "training.sign_in_now:token": code_of_the_day,
    "training.verify:token": lambda world: Shared(issued(world)[0].token),
}
