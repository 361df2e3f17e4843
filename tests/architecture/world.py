"""The small world the route walk takes place in: one county with two schools, another county, a person per role."""

from dataclasses import dataclass, field
from functools import cache

from app.access import Role
from tests.factories import CountyFactory, PrefectureFactory, SchoolFactory, TeacherFactory, user_with


@dataclass(eq=False)
class World:
    """Where everybody stands: people hold their role over `county`, `school` or `teacher`."""

    county: object
    far_county: object
    school: object
    other_school: object
    far_school: object
    teacher: object
    other_teacher: object
    far_teacher: object
    people: dict = field(default_factory=dict)
    stranger: object = None

    @property
    def counties(self):
        """Own county, other county."""
        return self.county, self.far_county

    @property
    def teachers(self):
        """One of each place: own school, other school, other county."""
        return self.teacher, self.other_teacher, self.far_teacher

    def person(self, role):
        """The account that holds a role here."""
        return self.people[role]


def build_world():
    """Make the rows; one person per role, and one stranger without any."""
    prefecture = PrefectureFactory()
    county, far_county = CountyFactory(parent_id=prefecture.id), CountyFactory(parent_id=prefecture.id)
    school, other_school = SchoolFactory(county=county), SchoolFactory(county=county)
    far_school = SchoolFactory(county=far_county)
    world = World(
        county,
        far_county,
        school,
        other_school,
        far_school,
        TeacherFactory(school=school),
        TeacherFactory(school=other_school),
        TeacherFactory(school=far_school),
    )
    return with_people(world)


def with_people(world):
    """One account per role in the county, at the school, or for the teacher; and a stranger from the other county."""
    scopes = {
        "region": {"region": world.county},
        "school": {"school": world.school},
        "self": {"teacher": world.teacher},
    }
    world.people = {role: user_with(role, **scopes[role.scope_kind]) for role in Role}
    world.stranger = user_with(Role.PERSONNEL_OFFICER, region=world.far_county)
    world.stranger.region_id = world.far_county.id
    for person in world.people.values():
        person.region_id = world.county.id
    return world


@dataclass(frozen=True)
class InSchool:
    """A parameter that names something of one school: its value at each place."""

    own: object
    other_school: object
    other_county: object


@dataclass(frozen=True)
class InCounty:
    """A parameter that names something of a county as a whole."""

    own: object
    other_county: object


@dataclass(frozen=True)
class Shared:
    """A parameter that names something that belongs to nobody in particular, such as a code table."""

    value: object


class Personal:
    """A parameter that names something of one account: `make(user)` gives its value."""

    def __init__(self, make):
        self.of = cache(make)
