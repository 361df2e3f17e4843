"""The landing page: what waits, for whom; figures that agree with the lists they lead to."""

import re
from datetime import date, timedelta

import pytest

from app.access import Role
from app.db.clock import today, utc_now
from app.eligibility import operations as eligibility
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.rotation.models import PlanStatus, RotationPlan
from app.rotation.operations import wishes
from app.rotation.operations.plans import create_plan
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    SchoolFactory,
    SubjectPostFactory,
    TeacherFactory,
    UserFactory,
    grant,
    officer_of,
    user_with,
)


@pytest.fixture
def county(app):
    return CountyFactory(name="青蓝县")


@pytest.fixture
def officer(county, client):
    user = officer_of(county)
    client.sign_in(user)
    return user


def a_school(county, **fields):
    school = SchoolFactory(county=county, **fields)
    SubjectPostFactory(school_id=school.id)
    return school


def test_an_officer_is_asked_for_rules_until_some_are_in_force(client, county, officer):
    year = today().year
    a_school(county)
    assert f"Set the eligibility rules for {year}–{year + 1}" in client.get("/").text
    draft = eligibility.create_draft(actor=officer, county_id=county.id, year=year)
    eligibility.put_in_force(actor=officer, draft=draft)
    assert "Set the eligibility rules" not in client.get("/").text


def test_each_county_is_asked_for_its_own_rules(client, county, officer):
    other = CountyFactory(name="邻县")
    grant(officer, Role.PERSONNEL_OFFICER, region=other)
    grant(officer, Role.BUREAU_LEADER, region=CountyFactory(name="只读县"))
    year = today().year
    draft = eligibility.create_draft(actor=officer, county_id=county.id, year=year)
    eligibility.put_in_force(actor=officer, draft=draft)
    page = client.get("/").text
    assert page.count("Set the eligibility rules") == 1
    assert f'href="/eligibility/?county={other.id}&amp;year={year}"' in page
    assert "邻县" in page
    assert "只读县" not in page


def test_a_school_without_posts_is_named_with_a_list_that_shows_just_it(client, county, officer):
    a_school(county, name="有岗小学")
    SchoolFactory(county=county, name="无岗小学")
    page = client.get("/").text
    assert "1 school has no subject posts yet" in page
    listed = client.get("/schools?posts=none").text
    assert "无岗小学" in listed
    assert "有岗小学" not in listed


def test_the_figure_of_eligible_teachers_counts_each_once(client, county, officer):
    school = a_school(county, is_sending=True)
    people = [TeacherFactory(school=school, joined_school_on=date(2010, 9, 1)) for _ in range(3)]
    TeacherFactory(school=school, joined_school_on=date(2025, 9, 1))
    for teacher in people[:2]:
        BackboneHonourFactory(teacher_id=teacher.id)
    draft = eligibility.create_draft(actor=officer, county_id=county.id, year=2026)
    eligibility.put_in_force(actor=officer, draft=draft)
    figures = _figures(client.get("/").text)
    assert figures["Teachers"] == "4"
    assert figures["Eligible to rotate"] == "3"
    assert figures["Backbone teachers among them"] == "2"


def _figures(page):
    cards = re.findall(r'ql-figure-label">([^<]+)</h3>\s*<p class="ql-figure-value"><a href="[^"]+">([^<]+)<', page)
    return {label: number.strip() for label, number in cards}


def test_a_leader_sees_the_plan_that_waits_and_another_county_s_leader_does_not(make_client, county, officer):
    plan = create_plan(county=county, school_year=2026, name="2026 方案", rule_set_id=None, actor=officer)
    plan.status = PlanStatus.SUBMITTED
    here = make_client().sign_in(user_with(Role.BUREAU_LEADER, region=county))
    there = make_client().sign_in(user_with(Role.BUREAU_LEADER, region=CountyFactory()))
    assert "Waits for your decision: 2026 方案" in here.get("/").text
    assert "2026 方案" not in there.get("/").text


def test_a_returned_plan_is_pressing_for_the_officer(client, county, officer, session):
    create_plan(county=county, school_year=2026, name="2026 方案", rule_set_id=None, actor=officer)
    session.query(RotationPlan).update({"status": PlanStatus.RETURNED})
    page = client.get("/").text
    assert page.index("Returned by the leader") < page.index("Set the eligibility rules"), "the pressing come first"


def test_a_teacher_is_led_to_the_own_record(client):
    client.sign_in(user_with(Role.TEACHER, teacher=TeacherFactory()))
    assert 'href="/me"' in client.get("/").text


def test_a_teacher_is_asked_for_wishes_while_a_plan_is_in_work(client, county, officer):
    teacher = TeacherFactory(school=a_school(county))
    target = a_school(county)
    plan = create_plan(county=county, school_year=2026, name="2026 方案", rule_set_id=None, actor=officer)
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    path = f'href="/rotation/my-wishes/{plan.id}"'
    assert path in client.get("/").text
    wishes.set_wishes(plan=plan, teacher=teacher, schools=[target], actor=officer)
    assert path not in client.get("/").text


def test_work_that_failed_long_ago_no_longer_waits(client, county, officer):
    job = Job(
        kind="x", payload={}, region_id=county.id, status=JobStatus.FAILED, ended_at=utc_now() - timedelta(days=8)
    )
    db.session.add(job)
    assert "background job failed" not in client.get("/").text
    job.ended_at = utc_now() - timedelta(days=6)
    assert "1 background job failed" in client.get("/").text


def test_somebody_without_any_role_sees_an_empty_list_and_no_figures(client):
    client.sign_in(UserFactory())
    page = client.get("/").text
    assert "Nothing waits for you" in page
    assert "ql-figure-value" not in page


def test_the_page_costs_the_same_number_of_queries_with_more_teachers(client, county, officer, queries):
    school = a_school(county)
    TeacherFactory(school=school)
    with queries() as few:
        client.get("/")
    for _ in range(20):
        TeacherFactory(school=school)
        a_school(county)
    with queries() as many:
        client.get("/")
    assert len(many) == len(few)
