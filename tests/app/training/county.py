"""A small county with a session that is over, and people who took part."""

from dataclasses import dataclass
from datetime import date

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.training.models import TrainingProgramme
from app.training.operations import enrolments, results
from app.training.operations.results import Outcome
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.training import ProgrammeFactory, SessionFactory


@dataclass
class Scene:
    """One county, one school, one session, some teachers with a place."""

    county: object
    school: object
    programme: object
    session: object
    teachers: list
    rows: list

    def centre(self):
        return user_with(Role.DEVELOPMENT_CENTRE, region=self.county)

    def school_admin(self):
        return user_with(Role.SCHOOL_ADMINISTRATOR, school=self.school)

    def account_of(self, number):
        return user_with(Role.TEACHER, teacher=self.teachers[number])

    def record(self, row, outcome, reason=None):
        """Record one result."""
        row = enrolments.fresh([row.id])[0]
        programme = db.session.get(TrainingProgramme, self.programme.id)
        return results.set_result(
            actor=SYSTEM, enrolment=row, session=self.session, programme=programme, outcome=outcome, reason=reason
        )

    def pass_all(self):
        """Everybody passes."""
        from app.training.models import TrainingResult

        for row in self.rows:
            self.record(row, Outcome(TrainingResult.PASSED))


def build_scene(people=3, **session):
    """The scene, with `people` who have a place."""
    county = CountyFactory()
    school = SchoolFactory(county=county)
    programme = ProgrammeFactory(region=county, name="2026年全员培训")
    days = {"begins_on": date(2026, 9, 14), "ends_on": date(2026, 9, 15)}
    row = SessionFactory(programme=programme, name="小学语文班", **(days | session))
    teachers = [TeacherFactory(school=school) for _one in range(people)]
    rows = enrolments.enrol(actor=SYSTEM, session=row, teachers=teachers) if teachers else []
    return Scene(county, school, programme, row, teachers, rows)
