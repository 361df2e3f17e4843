"""Who holds the certificates that a clause asks for, valid on the day."""

from collections.abc import Collection, Iterable

from app.qualifications.kinds import Category, Types
from app.qualifications.standing import Held, failure
from app.targets.evaluators.finding import Ask, Found, Lacking, Row, Who, each, number, share
from app.targets.evaluators.frame import Frame, TeacherFact
from app.targets.evaluators.people import people_of
from app.targets.evaluators.registry import Action, Names, measure

GAPS = Action("qualifications.gaps")
CERTIFICATES = Action("qualifications.certificates")


@measure("certificates.teaching", mends=GAPS, present_only=True)
def teaching(ask: Ask, *, people: Names = ("all",)) -> Found:
    """Those whose teaching qualification is valid for the stage and registered in time."""
    among = people_of(ask.frame, people)
    return share((one for one in among if may_teach(ask.frame, ask.frame.teachers[one])), among)


@measure("certificates.held", mends=GAPS, present_only=True)
def held(ask: Ask, *, people: Names, types: Names, qualification_subject: str = "") -> Found:
    """Those who hold one of some certificates, or a teaching qualification in a subject."""
    among = people_of(ask.frame, people)
    return share(holders(ask.frame, among, types, qualification_subject), among)


@measure("certificates.each_school", mends=GAPS, present_only=True)
def each_school(ask: Ask, *, people: Names, types: Names) -> Found:
    """School by school: those of some groups who hold one of some certificates."""
    among = people_of(ask.frame, people)
    good = frozenset(holders(ask.frame, among, types))
    rows = []
    for school in ask.frame.schools.values():
        here = frozenset(one.id for one in ask.frame.at_school.get(school.id, ()) if one.id in among)
        if here:
            some = here & good
            rows.append(Row(Who.SCHOOL, school.id, school.name, len(some), len(here), counted=some, among=here))
    return each(rows)


@measure("certificates.uncounted", mends=CERTIFICATES, present_only=True)
def uncounted(ask: Ask, *, people: Names, types: Names, qualification_subject: str = "") -> Found | Lacking:
    """Those who hold some certificate of mental health, but none of those that count."""
    among = people_of(ask.frame, people)
    good = frozenset(holders(ask.frame, among, types, qualification_subject))
    some = {
        one
        for one in among - good
        for certificate in valid(ask.frame, ask.frame.teachers[one])
        if _category(ask.frame, ask.frame.teachers[one], certificate) is Category.MENTAL_HEALTH
    }
    return number(some, missing=some)


def may_teach(frame: Frame, teacher: TeacherFact) -> bool:
    """Whether a valid, registered qualification covers the stage taught."""
    types = _types(frame, teacher)
    return any(
        types[one.type_code].category is Category.TEACHING and teacher.stage in types[one.type_code].stages
        for one in valid(frame, teacher)
        if one.type_code in types
    )


def holders(frame: Frame, among: Iterable[int], codes: Collection[str], subject: str = "") -> Iterable[int]:
    """Those who hold, validly, one of the types or one that covers it; or a teaching qualification in a subject."""
    for one in among:
        teacher = frame.teachers[one]
        types = _types(frame, teacher)
        for certificate in valid(frame, teacher):
            covers = _covered(frame, teacher, certificate) & set(codes)
            kind = types.get(certificate.type_code)
            is_teaching = kind is not None and kind.category is Category.TEACHING
            if covers or (is_teaching and subject and certificate.subject == subject):
                yield one
                break


def valid(frame: Frame, teacher: TeacherFact) -> Iterable[Held]:
    """The certificates of a teacher that are good on the day."""
    types = _types(frame, teacher)
    return (
        one
        for one in frame.certificates.get(teacher.id, ())
        if failure(one, types.get(one.type_code), frame.on) is None
    )


def _types(frame: Frame, teacher: TeacherFact) -> Types:
    return frame.types[teacher.county]


def _category(frame: Frame, teacher: TeacherFact, certificate: Held) -> Category | None:
    kind = _types(frame, teacher).get(certificate.type_code)
    return kind.category if kind else None


def _covered(frame: Frame, teacher: TeacherFact, certificate: Held) -> frozenset[str]:
    county = teacher.county
    key = ("covers", county, certificate.type_code, certificate.subject)
    return frame.keep(key, lambda: frame.types[county].covered_by(certificate.type_code, certificate.subject))
