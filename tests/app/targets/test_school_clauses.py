"""Clauses of schools: pupils, degrees, quotas, certificates, teachers of mental health. By hand, and one short."""

from datetime import date
from decimal import Decimal

import pytest

from app.audit.operations import SYSTEM
from app.growth.models import GroupMember, GroupRole, GrowthGroup
from app.schools.models import Stage
from app.targets.evaluators.evaluating import Side
from app.targets.evaluators.outcome import Source
from app.targets.operations.figures import fill_figure
from app.teachers.models import TeacherSubject
from tests.app.targets.seeing import DAY, MET, MISSED, ON_COURSE, UNKNOWN, outcome, people, rows, school, seen, who
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    EducationGroupFactory,
    SchoolFactory,
    SchoolStageFactory,
    TeacherFactory,
)
from tests.factories.qualifications import CertificateFactory, DegreeFactory, qualified

JUNIOR = {"stage": Stage.JUNIOR}


pytestmark = pytest.mark.time_machine("2026-11-01T08:00:00+08:00", tick=False)


@pytest.fixture
def county(session):
    return CountyFactory()


def fill(county, figure, numerator, denominator=None, on=DAY, **more):
    whole = None if denominator is None else Decimal(denominator)
    return fill_figure(
        county=county, figure=figure, on=on, numerator=Decimal(numerator), denominator=whole, actor=SYSTEM, **more
    )


# --- by pupils -----------------------------------------------------------------------------------


def test_two_backbone_teachers_for_two_hundred_pupils_and_not_for_two_hundred_and_one(session, county):
    here = school(county, 200)
    for one in people(2, here):
        BackboneHonourFactory(teacher_id=one.id)
    assert seen(county, "luxi", "LX-07") == (1, 1, MET)
    there = school(county, 201)
    for one in people(2, there):
        BackboneHonourFactory(teacher_id=one.id)
    assert seen(county, "luxi", "LX-07") == (1, 2, MISSED)
    assert who(county, "luxi", "LX-07") == {there.id}


def test_before_its_day_a_threshold_is_on_course_by_even_steps(county):
    here = school(county, 200)
    BackboneHonourFactory(teacher_id=people(1, here)[0].id, valid_from=date(2023, 1, 1))
    # Half of the way to the end of 2025 is over on 2 July 2024: 0.5 for every 100 pupils keeps up with it.
    assert seen(county, "luxi", "LX-07", on=date(2024, 7, 1))[2] is ON_COURSE
    assert seen(county, "luxi", "LX-07", on=date(2024, 8, 1))[2] is MISSED
    found = outcome(county, "luxi", "LX-07", on=date(2024, 7, 1))
    assert found.by == date(2025, 12, 31)
    assert "present_only" in found.notes


@pytest.mark.parametrize(
    ("key", "stage", "pupils", "teachers", "degree"),
    [("primary", Stage.PRIMARY, 100, 5, "31"), ("junior", Stage.JUNIOR, 100, 6, "21")],
)
def test_teachers_above_the_required_degree(county, key, stage, pupils, teachers, degree):
    here = school(county, pupils, stage)
    people(teachers, here, stage=stage, highest_degree_code=degree)
    assert seen(county, "luxi", "LX-08", key) == (1, 1, MET)
    there = school(county, pupils, stage)
    people(teachers - 1, there, stage=stage, highest_degree_code=degree)
    people(1, there, stage=stage, highest_degree_code="41")
    assert seen(county, "luxi", "LX-08", key) == (1, 2, MISSED)  # 4 of 4.2; 5 of 5.3
    assert who(county, "luxi", "LX-08", key) == {there.id}


def test_small_points_and_special_schools_are_left_out(county):
    school(county, 49, kind_code="218")
    school(county, 200, kind_code="510")
    assert seen(county, "luxi", "LX-07")[2] is UNKNOWN


def test_the_variation_is_weighted_by_pupils_and_compared_before_rounding(county):
    # Two schools of 100 pupils with 3 and 1 backbone teachers: mean 2, S 1, the coefficient exactly 0.5: not below.
    first, second = school(county, 100), school(county, 100)
    for at, number in ((first, 3), (second, 1)):
        for one in people(number, at):
            BackboneHonourFactory(teacher_id=one.id)
    found = outcome(county, "luxi", "LX-09", "primary")
    assert (found.figure * 1000, found.verdict) == (500, MISSED)
    for one in people(1, second):
        BackboneHonourFactory(teacher_id=one.id)
    found = outcome(county, "luxi", "LX-09", "primary")
    assert (found.figure * 10, found.verdict) == (2, MET)
    assert [row.name for row in found.rows] == ["backbone"]
    assert seen(county, "luxi", "LX-09", "junior")[2] is UNKNOWN


# --- quotas --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "pupils", "norm"),
    [(Stage.SENIOR, 1000, 80), (Stage.JUNIOR, 540, 40), (Stage.PRIMARY, 380, 20), (Stage.PRIMARY, 381, 21)],
)
def test_the_quota_reaches_the_norm_or_is_one_short(county, stage, pupils, norm):
    here = school(county, pupils, stage, quota=norm)
    assert seen(county, "luxi", "LX-15") == (1, 1, MET)
    assert seen(county, "lianping", "LP-13", "quota") == (1, 1, MET)
    here.quota = norm - 1
    assert rows(county, "luxi", "LX-15") == [(here.name, norm - 1, norm, False)]
    assert seen(county, "lianping", "LP-13", "quota") == (0, 1, MISSED)


def test_a_small_village_school_has_two_for_a_class(county):
    school(county, 100, classes=6, quota=12, locality_code="220", name="山上小学")
    school(county, 100, classes=6, quota=6, locality_code="111", name="城里小学")
    assert sorted(rows(county, "luxi", "LX-15")) == [("城里小学", 6, 6, True), ("山上小学", 12, 12, True)]


def test_over_and_under_is_reported_school_by_school(county):
    even, over = school(county, quota=2), school(county, quota=1)
    people(2, even)
    people(2, over)
    found = outcome(county, "county-2021", "WP-07", "quota")
    assert (found.numerator, found.denominator, found.verdict.value) == (1, 2, "reported")
    assert who(county, "county-2021", "WP-07", "quota", Side.LACKING) == {over.id}


def test_the_allowance_of_a_month_is_reported(county):
    here = school(county)
    people(3, here, is_class_teacher=True)
    people(2, here)
    found = outcome(county, "county-2021", "WP-06")
    assert (found.figure, found.verdict.value) == (1200, "reported")


def test_education_groups_of_two_schools_and_more(county):
    first, second = (EducationGroupFactory(county_id=county.id) for _ in range(2))
    for group in (first, first, second):
        school(county, group_id=group.id)
    assert seen(county, "lianping", "LP-12", "groups", groups=1) == (1, None, MET)
    assert seen(county, "lianping", "LP-12", "groups", groups=2) == (1, None, MISSED)
    fill(county, "groups.of_city_quality", 3)
    assert seen(county, "lianping", "LP-12", "quality") == (3, None, MET)
    assert seen(county, "lianping", "LP-12", "quality", quality=4) == (3, None, MISSED)


def test_three_of_ten_recruits_for_shortage_subjects(county):
    here = school(county)
    people(7, here, started_work_on=date(2026, 8, 1))
    people(3, here, started_work_on=date(2026, 8, 1), subject_code="music")
    people(5, here, started_work_on=date(2025, 12, 31))
    assert seen(county, "luxi", "LX-16") == (3, 10, MET)
    people(1, here, started_work_on=date(2026, 10, 31))
    assert seen(county, "luxi", "LX-16") == (3, 11, MISSED)
    # Nobody who starts later is known of on an earlier day.
    assert seen(county, "luxi", "LX-16", on=date(2026, 10, 30)) == (3, 10, MET)


def test_rural_teachers_hold_as_many_senior_titles(county):
    village, town = school(county, locality_code="220"), school(county, locality_code="111")
    people(2, village, title_employed_code="first")
    people(2, village, title_employed_code="second")
    people(1, town, title_employed_code="senior")
    people(1, town, title_employed_code="third")
    assert seen(county, "heyuan", "HY-04") == (2, 4, MET)
    people(1, village)
    assert seen(county, "heyuan", "HY-04") == (2, 5, MISSED)
    assert outcome(county, "heyuan", "HY-04").missing == 1


def test_heads_with_their_degrees(county):
    here, nursery = school(county), school(county, stage=Stage.KINDERGARTEN, kind_code="111")
    head = TeacherFactory(school=here, school_position_code="11", highest_degree_code="21")
    TeacherFactory(school=here, school_position_code="12", highest_degree_code="41")
    leader = {"stage": Stage.KINDERGARTEN, "school_position_code": "11"}
    TeacherFactory(school=nursery, highest_degree_code="31", **leader)
    assert seen(county, "lianping", "LP-07", "heads") == (1, 1, MET)
    assert seen(county, "lianping", "LP-07", "kindergartens") == (1, 1, MET)
    head.highest_degree_code = "31"
    low = TeacherFactory(school=nursery, highest_degree_code="41", **leader)
    assert seen(county, "lianping", "LP-07", "heads") == (0, 1, MISSED)
    assert seen(county, "lianping", "LP-07", "kindergartens") == (1, 2, MISSED)
    assert who(county, "lianping", "LP-07", "kindergartens") == {low.id}


def test_study_beside_work_is_counted_by_its_days(county):
    here = school(county)
    one, other, third = people(3, here)
    DegreeFactory(teacher_id=one.id, started_on=date(2025, 9, 1), graduated_on=None)
    DegreeFactory(teacher_id=other.id, started_on=date(2004, 9, 1), graduated_on=date(2008, 7, 1))
    DegreeFactory(teacher_id=third.id, started_on=date(2020, 9, 1), graduated_on=date(2023, 7, 1))
    assert seen(county, "lianping", "LP-10", _=1) == (1, None, MET)
    assert seen(county, "lianping", "LP-10", _=3) == (1, None, MISSED)
    assert who(county, "lianping", "LP-10", side=Side.COUNTED) == {one.id}


# --- certificates --------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "clause", "key"), [("luxi", "LX-23", ""), ("county-2021", "WP-08", "certified")])
def test_everybody_may_teach_but_one(county, code, clause, key):
    stage = Stage.KINDERGARTEN if key else Stage.PRIMARY
    here = school(county, stage=stage)
    some = people(3, here, stage=stage)
    for one in some:
        qualified(one)
    assert seen(county, code, clause, key) == (3, 3, MET)
    late = TeacherFactory(school=here, stage=stage)
    qualified(late, registered_to=date(2026, 10, 31))
    assert seen(county, code, clause, key) == (3, 4, MISSED)
    assert who(county, code, clause, key) == {late.id}
    # On its last day the registration still held.
    assert seen(county, code, clause, key, on=date(2026, 10, 31)) == (4, 4, MET)


def test_certificates_among_those_who_must_hold_them_school_by_school(county):
    here = school(county)
    TeacherFactory(school=here, school_position_code="11")
    class_teachers = people(3, here, is_class_teacher=True)
    politics = TeacherFactory(school=here, subject_code="politics")
    people(4, here)
    for one, kind in zip([*class_teachers, politics], ("mental_a", "mental_a", "mental_b", "mental_c"), strict=True):
        CertificateFactory(teacher=one, type_code=kind)
    # Of five: two hold A; a third B, and A is more than B; a fourth C.
    assert [row.numerator for row in outcome(county, "lianping", "LP-01", "a").rows] == [2]
    assert seen(county, "lianping", "LP-01", "a") == (1, 1, MET)
    assert seen(county, "lianping", "LP-01", "b") == (1, 1, MET)
    assert seen(county, "lianping", "LP-01", "c") == (0, 1, MISSED)
    assert seen(county, "lianping", "LP-01", "c", on=date(2024, 9, 1))[2] is ON_COURSE  # 80 %, on the way from 60 to 85
    TeacherFactory(school=here, subject_code="politics")
    assert seen(county, "lianping", "LP-01", "a") == (0, 1, MISSED)
    assert seen(county, "lianping", "LP-01", "b") == (0, 1, MISSED)


def test_only_the_certificates_of_the_plan_count(county):
    here = school(county)
    one, other, third = (TeacherFactory(school=here, subject_code="mental_health") for _ in range(3))
    CertificateFactory(teacher=one, type_code="psych_counsellor")
    CertificateFactory(teacher=other, type_code="teacher_primary", subject_code="mental_health")
    CertificateFactory(teacher=third, type_code="psych_group")
    assert seen(county, "jingmen", "JM-01", "mental") == (3, 3, MET)
    assert seen(county, "jingmen", "JM-02") == (0, None, MET)
    fourth = TeacherFactory(school=here, subject_code="mental_health")
    CertificateFactory(teacher=fourth, type_code="mental_b")
    assert seen(county, "jingmen", "JM-01", "mental") == (3, 4, MISSED)
    assert seen(county, "jingmen", "JM-01", "mental", on=date(2024, 12, 1))[2] is MET
    assert seen(county, "jingmen", "JM-02") == (1, None, MISSED)
    assert who(county, "jingmen", "JM-02") == {fourth.id}


def test_class_teachers_hold_the_certificate_of_their_training(county):
    here = school(county)
    some = people(4, here, is_class_teacher=True)
    for one in some[:3]:
        CertificateFactory(teacher=one, type_code="class_teacher", issued_on=date(2024, 3, 1))
    assert seen(county, "jingmen", "JM-01", "class_teachers") == (3, 4, MISSED)
    assert who(county, "jingmen", "JM-01", "class_teachers") == {some[3].id}
    CertificateFactory(teacher=some[3], type_code="class_teacher", issued_on=date(2026, 10, 20))
    assert seen(county, "jingmen", "JM-01", "class_teachers") == (4, 4, MET)
    assert seen(county, "jingmen", "JM-01", "class_teachers", on=date(2026, 10, 19)) == (3, 4, MISSED)


# --- teachers of mental health -------------------------------------------------------------------


def full_time(at, **fields):
    return TeacherFactory(school=at, subject_code="mental_health", **fields)


def part_time(session, at):
    one = TeacherFactory(school=at)
    session.add(TeacherSubject(teacher_id=one.id, subject_code="mental_health"))
    session.flush()
    return one


def test_every_school_has_somebody_for_mental_health(session, county):
    big, small = school(county, 500), school(county, 499)
    full_time(big)
    part_time(session, small)
    assert seen(county, "luxi", "LX-17", "every") == (2, 2, MET)
    school(county, 80)
    assert seen(county, "luxi", "LX-17", "every") == (2, 3, MISSED)
    assert seen(county, "luxi", "LX-17", "large") == (1, 1, MET)
    school(county, 500)
    assert seen(county, "luxi", "LX-17", "large") == (1, 2, MISSED)


@pytest.mark.parametrize(
    ("on", "fields", "pupils", "boarders", "needs_full_time"),
    [
        (date(2023, 12, 1), {"locality_code": "111"}, 1000, 0, True),
        (date(2023, 12, 1), {"locality_code": "111"}, 999, 0, False),
        (date(2024, 12, 1), {"locality_code": "122"}, 1000, 0, True),
        (date(2025, 12, 1), {"locality_code": "220"}, 300, 200, True),
        (date(2025, 12, 1), {"locality_code": "220"}, 300, 199, False),
        (DAY, {"locality_code": "220"}, 1000, 0, True),
    ],
)
def test_staffing_by_size_place_and_year(session, county, on, fields, pupils, boarders, needs_full_time):
    here = school(county, pupils, boarders=boarders, **fields)
    assert seen(county, "lianping", "LP-02", on=on)[:2] == (0, 1)
    part_time(session, here)
    assert seen(county, "lianping", "LP-02", on=on)[:2] == (0 if needs_full_time else 1, 1)
    full_time(here)
    assert seen(county, "lianping", "LP-02", on=on) == (1, 1, MET)


def test_township_schools_are_not_asked_in_the_first_year(county):
    school(county, 1000, locality_code="220")
    assert seen(county, "lianping", "LP-02", on=date(2023, 12, 1))[2] is UNKNOWN


def test_the_post_is_one_of_the_establishment(county):
    here = school(county, 1000)
    full_time(here, is_established=False)
    assert seen(county, "lianping", "LP-03") == (0, 1, MISSED)
    full_time(here)
    assert seen(county, "lianping", "LP-03") == (1, 1, MET)


def test_half_of_the_schools_then_all_then_full_time(session, county):
    first, second = school(county, 300), school(county, 300)
    part_time(session, first)
    assert seen(county, "jingmen", "JM-03", on=date(2023, 12, 31)) == (1, 2, MET)
    assert seen(county, "jingmen", "JM-03", on=date(2024, 12, 31)) == (1, 2, MISSED)
    part_time(session, second)
    assert seen(county, "jingmen", "JM-03", on=date(2024, 12, 31)) == (2, 2, MET)
    assert seen(county, "jingmen", "JM-03") == (0, 2, MISSED)
    full_time(first)
    full_time(second)
    assert seen(county, "jingmen", "JM-03") == (2, 2, MET)
    large = school(county, 1001)
    full_time(large)
    assert seen(county, "jingmen", "JM-03") == (2, 3, MISSED)


def test_service_that_is_not_counted_yet_is_filled_in(county):
    assert seen(county, "lianping", "LP-04")[2] is UNKNOWN
    fill(county, "mental.service_not_counted", 0)
    assert seen(county, "lianping", "LP-04") == (0, None, MET)
    fill(county, "mental.service_not_counted", 1)
    assert seen(county, "lianping", "LP-04") == (1, None, MISSED)


# --- institutes and what schools fill in ---------------------------------------------------------


@pytest.fixture
def institute(county):
    return SchoolFactory(county=county, kind_code="920", name="县教研室")


def test_researchers_fill_the_posts_one_a_subject(county, institute):
    # Two of one subject fill one post; the other takes one of the left-over posts.
    wanted = [("senior", "chinese"), ("senior", "chinese"), ("junior", "physics"), ("primary", "mental_health")]
    for stage, subject in wanted:
        TeacherFactory(school=institute, stage=Stage(stage), subject_code=subject)
    assert seen(county, "luxi", "LX-19", _=4) == (4, None, MET)
    assert seen(county, "lianping", "LP-13", "researchers", researchers=4) == (4, None, MET)
    TeacherFactory(school=institute, stage=Stage.SENIOR, subject_code="chinese")
    assert seen(county, "luxi", "LX-19", _=5) == (4, None, MISSED)
    assert outcome(county, "luxi", "LX-19", _=5).missing == 1


def test_without_an_institute_on_the_roster_the_figure_is_filled_in(county):
    assert outcome(county, "luxi", "LX-19").notes == ("no_institute",)
    fill(county, "lx_19", 37)
    found = outcome(county, "luxi", "LX-19")
    assert (found.numerator, found.verdict, found.source) == (37, MISSED, Source.FILLED)
    fill(county, "lx_19", 38)
    assert seen(county, "luxi", "LX-19") == (38, None, MET)


def test_each_institute_has_a_researcher_of_mental_health(county, institute):
    assert seen(county, "jingmen", "JM-08", "researchers") == (0, 1, MISSED)
    TeacherFactory(school=institute, subject_code="mental_health")
    assert seen(county, "jingmen", "JM-08", "researchers") == (1, 1, MET)
    fill(county, "research.mental_health_events", 1, on=date(2026, 10, 31))
    assert seen(county, "jingmen", "JM-08", "events", on=date(2026, 10, 31)) == (1, None, MET)
    assert seen(county, "jingmen", "JM-08", "events")[2] is UNKNOWN  # a new month has begun


@pytest.mark.parametrize(("key", "stage", "heads"), [("primary", Stage.PRIMARY, 6), ("secondary", Stage.JUNIOR, 3)])
def test_a_growth_group_has_its_mental_health_teacher_and_its_heads_of_grades(session, county, key, stage, heads):
    here = school(county, stage=stage)
    assert rows(county, "jingmen", "JM-06", key) == [(here.name, 0, heads + 1, False)]
    group = GrowthGroup(school_id=here.id, stage=stage, grades=heads, from_on=date(2026, 9, 1))
    session.add(group)
    session.flush()

    def join(role, on, grade=None):
        one = TeacherFactory(school=here, stage=stage)
        session.add(GroupMember(group_id=group.id, grades=heads, teacher_id=one.id, role=role, grade=grade, from_on=on))
        session.flush()

    join(GroupRole.PSYCHOLOGY, date(2026, 9, 1))
    join(GroupRole.TEACHER, date(2026, 9, 1))
    for grade in range(1, heads):
        join(GroupRole.GRADE_HEAD, date(2026, 9, 1), grade)
    assert rows(county, "jingmen", "JM-06", key) == [(here.name, heads, heads + 1, False)]
    join(GroupRole.GRADE_HEAD, date(2026, 10, 1), heads)
    assert seen(county, "jingmen", "JM-06", key) == (1, 1, MET)
    assert seen(county, "jingmen", "JM-06", key, on=date(2026, 9, 30)) == (0, 1, MISSED)


@pytest.mark.parametrize("key", ["heads", "deputies", "central_heads", "central_researchers"])
def test_lessons_observed_a_week_are_filled_in(county, key):
    fill(county, f"observing.{key}", 20, 20)
    assert seen(county, "luxi", "LX-14", key) == (20, 20, MET)
    fill(county, f"observing.{key}", 19, 20)
    assert seen(county, "luxi", "LX-14", key) == (19, 20, MISSED)


def test_researchers_lessons_and_events_are_filled_in(county):
    fill(county, "research.observed_40", 37, 38)
    assert seen(county, "luxi", "LX-13", "lessons") == (37, 38, MISSED)
    for month in (3, 6):
        fill(county, "research.events", 1, on=date(2026, month, 1))
    assert seen(county, "luxi", "LX-13", "events") == (2, None, ON_COURSE)
    fill(county, "research.events", 1, on=date(2026, 9, 1))
    assert seen(county, "luxi", "LX-13", "events") == (3, None, MET)


def test_universities_one_for_four_thousand(county):
    fill(county, "universities.mental_health", 3, 12000)
    fill(county, "universities.with_two", 1, 1)
    assert seen(county, "jingmen", "JM-09", "ratio") == (3, 12000, MET)
    assert seen(county, "jingmen", "JM-09", "two") == (1, 1, MET)
    fill(county, "universities.mental_health", 3, 12001)
    fill(county, "universities.with_two", 1, 2)
    assert seen(county, "jingmen", "JM-09", "ratio") == (3, 12001, MISSED)
    assert outcome(county, "jingmen", "JM-09", "ratio").missing == 1
    assert seen(county, "jingmen", "JM-09", "two") == (1, 2, MISSED)


def test_people_sent_to_colleges_are_filled_in(county):
    fill(county, "sent_to_colleges", 8)
    assert seen(county, "lianping", "LP-09", "colleges", colleges=8) == (8, None, MET)
    assert seen(county, "lianping", "LP-09", "colleges", colleges=12) == (8, None, MISSED)


def test_a_stage_of_a_school_needs_its_pupils(county):
    here = SchoolFactory(county=county)
    SchoolStageFactory(school_id=here.id, pupils=0)
    assert seen(county, "luxi", "LX-17", "every")[2] is UNKNOWN


def test_where_no_institute_is_on_the_roster_the_share_of_them_is_filled_in(county):
    fill(county, "institutes.with_mental_health", 2, 3)
    found = outcome(county, "jingmen", "JM-08", "researchers")
    assert (found.numerator, found.denominator, found.verdict, found.source) == (2, 3, MISSED, Source.FILLED)
    fill(county, "institutes.with_mental_health", 3, 3)
    assert seen(county, "jingmen", "JM-08", "researchers") == (3, 3, MET)


def test_a_filled_in_share_is_held_against_what_the_records_ask(county):
    village, town = school(county, locality_code="220"), school(county, locality_code="111")
    people(1, village)
    people(2, town)
    fill(county, "hy_07", 10, 31)  # a third of the teachers are rural: 10 of 30 are enough, 10 of 31 are not
    found = outcome(county, "heyuan", "HY-07")
    assert (found.verdict, found.source, found.missing) == (MISSED, Source.FILLED, 1)
    fill(county, "hy_07", 10, 30)
    assert outcome(county, "heyuan", "HY-07").verdict is MET
