"""Norm, quota and staff; mental health teachers by size; recruits; the guarantees about teachers."""

from datetime import date
from fractions import Fraction

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.credits.models import CreditTotal
from app.db.clock import utc_now
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from app.qualifications.models import CertificateGap, CertificateJudgement, GapReason
from app.schools.models import School, Stage
from app.targets.guarantees import Part
from app.targets.models import GuaranteeEntry
from app.targets.queries import guarantees, staffing
from app.teachers.models import TeacherSubject
from tests.factories import (
    BackboneHonourFactory,
    RotationRecordFactory,
    SchoolFactory,
    SchoolStageFactory,
    SubjectPostFactory,
    TeacherFactory,
    user_with,
)

TODAY = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


def line_of(school):
    return staffing.lines(School.id == school.id, TODAY)[0]


def test_norm_quota_and_those_who_are_there(county, school):
    school.quota = 3  # 200 primary pupils at 1:19 are 10.5, so 11 by the norm
    for state in ("100", "100", "201", "205"):
        TeacherFactory(school=school, state_code=state)
    TeacherFactory(school=school, is_established=False)
    TeacherFactory(employing=SchoolFactory(county=county), working=school)
    line = line_of(school)
    assert (line.norm, line.school.quota, line.staff.established, line.quota_gap) == (11, 3, 4, 1)
    assert (line.staff.working, line.present_gap, line.staff.borrowed) == (6, -5, 1)
    assert (line.loan, line.away) == (1, 1)


def test_a_small_village_school_has_two_staff_a_class(county):
    village = SchoolFactory(county=county, locality_code="220")
    SchoolStageFactory(school_id=village.id, pupils=60, classes=6)
    assert line_of(village).norm == 12


def test_what_one_school_lacks_another_does_not_make_up_for(county, school):
    other = SchoolFactory(county=county)
    for one in (school, other):
        SubjectPostFactory(school_id=one.id, subject_code="pe", posts=2)
    for _ in range(3):
        TeacherFactory(school=other, subject_code="pe")
    found = staffing.by_subject(staffing.lines(School.county_id == county.id, TODAY))[0]
    assert (found.subject, found.posts, found.staff) == ("pe", 4, 3)
    assert (found.missing, found.surplus, found.short_schools) == (2, 1, 1)


def test_mental_health_teachers_by_the_size_of_the_school(county):
    large, middle, small = (SchoolFactory(county=county) for _ in range(3))
    for school, pupils, boarders in ((large, 1200, 0), (middle, 600, 200), (small, 150, 0)):
        SchoolStageFactory(school_id=school.id, pupils=pupils, boarders=boarders)
    TeacherFactory(school=large, subject_code="mental_health")
    half = TeacherFactory(school=middle)
    db.session.add(TeacherSubject(teacher_id=half.id, subject_code="mental_health"))
    db.session.flush()
    sizes = {size.least: size for size in staffing.by_size(staffing.lines(School.county_id == county.id, TODAY))}
    assert (sizes[1000].full, sizes[1000].none) == (1, [])
    assert ([s.id for s in sizes[500].only_part], sizes[500].part) == ([middle.id], 1)  # 200 boarders: a full-time one
    assert [s.id for s in sizes[0].none] == [small.id]


def test_the_share_of_shortage_subjects_is_judged_before_rounding(county, school):
    # 3 of 10 are 30 % exactly; with an eleventh of another subject 27.3 %.
    for number in range(10):
        TeacherFactory(school=school, started_work_on=date(2026, 9, 1), subject_code="pe" if number < 3 else "chinese")
    where = School.county_id == county.id
    now = staffing.recruits(where, TODAY)[0]
    assert (now.year, now.first, now.second, now.is_met) == (2026, 10, 3, True)
    TeacherFactory(school=school, started_work_on=date(2026, 10, 8))
    assert staffing.recruits(where, TODAY)[0].is_met is False
    TeacherFactory(school=school, started_work_on=date(2026, 8, 31), subject_code="pe")  # of the year before
    assert [one.first for one in staffing.recruits(where, TODAY)[:2]] == [11, 1]


def test_every_staffing_page_opens_and_its_export_is_on_record(client, county, school, officer):
    TeacherFactory(school=school, subject_code="pe", started_work_on=date(2026, 9, 1))
    SubjectPostFactory(school_id=school.id, subject_code="pe")
    client.sign_in(officer)
    for page in ("", "/subjects", "/subjects?stage=primary&subject=pe", "/mental-health", "/recruits"):
        assert client.get(f"/targets/staffing{page}").status_code == 200
    assert client.get("/targets/staffing/subjects?stage=nothing").status_code == 404
    for group in ("established", "loan", "away", "lent", "borrowed", "mental_full", "mental_part", "recruits"):
        assert client.get(f"/targets/staffing/people?group={group}&school={school.id}").status_code == 200
    assert client.post("/targets/staffing/export").status_code == 200
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.subject_type, len(entry.after["sheets"])) == ("staffing", 4)


# --- guarantees ---------------------------------------------------------------------------------------------------


def test_hours_of_five_years_person_by_person(county, school):
    done, short = TeacherFactory(school=school), TeacherFactory(school=school)
    for teacher, last in ((done, 72), (short, 71)):
        for year, hours in ((2021, 500), (2022, 72), (2023, 72), (2024, 72), (2025, 72), (2026, last)):
            db.session.add(CreditTotal(teacher_id=teacher.id, year=year, cycle=2021, hours=hours))
    db.session.flush()
    part = guarantees.hours(county, TODAY)
    assert (part.numerator, part.denominator, part.is_met, part.short_by) == (1, 2, False, 1)


def judged(county, school, number, backbones):
    rules = EligibilityRuleSet(county_id=county.id, school_year=2026, rules={}, status=RuleSetStatus.IN_FORCE)
    db.session.add(rules)
    db.session.flush()
    people = [TeacherFactory(school=school) for _ in range(number)]
    for at, teacher in enumerate(people):
        if at < backbones:
            BackboneHonourFactory(teacher_id=teacher.id)
        db.session.add(
            EligibilityVerdict(
                rule_set_id=rules.id, teacher_id=teacher.id, school_id=school.id, is_eligible=True, is_in_pool=True,
                is_counted=True, is_backbone=at < backbones, is_young=False, reasons=[],
            )
        )  # fmt: skip
    db.session.flush()
    return people


def test_rotation_of_those_who_meet_the_conditions_and_a_neighbour_one_short(county, school):
    people = judged(county, school, 21, 3)
    assert guarantees.rotation(county, TODAY)[0].is_met is False
    for teacher in people[:2]:
        RotationRecordFactory(teacher_id=teacher.id, from_on=date(2026, 9, 1), to_on=None)
    rate, backbone = guarantees.rotation(county, TODAY)
    # 2 of 21 are 9.52 %: one more is needed; both are backbone teachers.
    assert (rate.numerator, rate.denominator, rate.is_met, rate.short_by) == (2, 21, False, 1)
    assert (backbone.share, backbone.is_met) == (1, True)
    RotationRecordFactory(teacher_id=people[10].id, from_on=date(2026, 10, 1), to_on=None)
    RotationRecordFactory(teacher_id=people[11].id, from_on=date(2026, 8, 31), to_on=None)  # of the year before
    assert [part.is_met for part in guarantees.rotation(county, TODAY)] == [True, True]


def test_9_96_percent_shows_as_ten_and_fails():
    part = Part("rotation", "", 25, 251, Fraction(10, 100))
    from app.targets.presenting import percent

    assert (percent(part.share), part.is_met, part.short_by) == ("10.0 %", False, 1)


def test_certificates_are_unknown_until_the_county_was_judged(county, school):
    teacher, _other = TeacherFactory(school=school), TeacherFactory(school=school)
    assert guarantees.certified(county, TODAY).is_met is None
    db.session.add(CertificateJudgement(county_id=county.id, judged_on=TODAY, judged_at=utc_now(), people=2))
    db.session.flush()
    assert guarantees.certified(county, TODAY).is_met is True
    db.session.add(
        CertificateGap(
            county_id=county.id, school_id=school.id, teacher_id=teacher.id, name_pinyin="a", stage=Stage.PRIMARY,
            subject_code="chinese", type_code="teaching", reason=next(iter(GapReason)), is_barring=True,
        )
    )  # fmt: skip
    db.session.flush()
    assert guarantees.certified(county, TODAY).numerator == 1


def test_a_county_states_what_is_not_measured(client, county, school, officer):
    client.sign_in(officer)
    address = f"/targets/balance/guarantees/{county.id}/2026/7"
    assert client.post(address, data={"is_met": "1", "figure": "9200元", "evidence": ""}).status_code == 422
    answer = client.post(address, data={"is_met": "1", "figure": "9200元", "evidence": "县财政局核拨表"})
    assert answer.status_code == 303
    entry = db.session.scalars(select(GuaranteeEntry)).one()
    assert (entry.item, entry.is_met, entry.stated_on) == (7, True, TODAY)
    assert "9200元" in client.get("/targets/balance/guarantees").text
    assert client.get(f"/targets/balance/guarantees/{county.id}/2026/11").status_code == 404  # measured, not stated
    stale = {"is_met": "0", "figure": "", "evidence": "改", "row_version": "99"}
    assert client.post(address, data=stale).status_code == 422


def test_only_the_county_states_its_guarantees(client, county, school, administrator):
    client.sign_in(administrator)
    assert client.get(f"/targets/balance/guarantees/{county.id}/2026/7").status_code == 404
    client.sign_in(user_with(Role.BUREAU_LEADER, region=county))
    assert client.get(f"/targets/balance/guarantees/{county.id}/2026/7").status_code == 403
