"""What the rows mean for the optimiser."""

from decimal import Decimal

import pytest

from app.eligibility.operations import ensure_judged
from app.rotation.settings import as_percent, for_optimiser, from_percent
from app.rotation.snapshot import base_problem, keep, read_snapshot, take_picture
from app.schools.models import Stage
from tests.app.rotation.county import make_plan
from tests.factories import TeacherFactory


@pytest.fixture
def plan(county, officer):
    return make_plan(county, officer)


def teacher_in(problem, teacher):
    return next((t for t in problem["teachers"] if t["id"] == f"T{teacher.id}"), None)


def school_in(problem, school):
    return next(s for s in problem["schools"] if s["id"] == school.code)


def test_nothing_personal_is_in_the_problem(plan, county):
    text = str(base_problem(plan, ["rural"]))
    assert not any(t.name in text or t.id_number_masked in text for t in county.teachers)


def test_people_out_of_post_do_not_count_as_staff(plan, county):
    ill, left, lent = county.teachers[:3]
    ill.state_code, left.left_on, lent.state_code = "203", left.joined_school_on, "205"
    problem = base_problem(plan, ["rural"])
    assert [teacher_in(problem, t) for t in (ill, left, lent)] == [None, None, None]


def test_people_out_on_rotation_count_where_they_teach_and_only_for_the_rate(plan, county, officer, session):
    away = county.teachers[0]
    away.state_code, away.working_school_id = "205", county.others[0].id
    session.flush()
    ensure_judged(actor=officer, rule_set=plan.rule_set or county.rule_set)
    problem = base_problem(plan, ["rural"])
    row = teacher_in(problem, away)
    assert row["school"] == county.others[0].code
    assert row["eligible"] is True
    assert {"teacher": row["id"], "to": None} in problem["locks"]


def test_staff_outside_the_establishment_widen_the_limit_by_themselves(plan, county):
    school = county.others[0]
    TeacherFactory(school=school, is_established=False)
    problem = base_problem(plan, ["rural"])
    assert school_in(problem, school)["quota"] == school.quota + 1


def test_priority_follows_the_setting(plan, county):
    rural, town = county.others[0], county.sending[0]
    town.is_weak = True
    by_both = base_problem(plan, ["rural", "weak"])
    by_weak = base_problem(plan, ["weak"])
    assert school_in(by_both, rural)["priority"] and school_in(by_both, town)["priority"]
    assert not school_in(by_weak, rural)["priority"]
    assert school_in(by_weak, town)["priority"]


def test_the_sending_schools_are_those_of_the_rule_set(plan, county):
    problem = base_problem(plan, [])
    assert {s["id"] for s in problem["schools"] if s["sending"]} == {s.code for s in county.sending}


def test_other_data_are_another_snapshot_and_the_old_one_stays(plan, county, session):
    first = keep(plan.county_id, take_picture(plan, ["rural"]))
    assert keep(plan.county_id, take_picture(plan, ["rural"])).id == first.id
    county.schools[0].quota += 1
    session.flush()
    second = keep(plan.county_id, take_picture(plan, ["rural"]))
    assert second.id != first.id
    assert read_snapshot(first).sha256 == first.sha256


def test_a_damaged_snapshot_is_refused(plan, session):
    row = keep(plan.county_id, take_picture(plan, ["rural"]))
    row.sha256 = "0" * 64
    with pytest.raises(ValueError, match="digest"):
        read_snapshot(row)


def test_percentages_stay_exact():
    assert from_percent(Decimal("9.96")) == "0.0996"
    assert as_percent("0.0996") == "9.96"
    assert from_percent(Decimal("10")) == "0.1"
    assert for_optimiser({"rate": "0.0996"})["rate"] == 0.0996
    assert str(for_optimiser({"rate": "0.1"})["rate"]) == "0.1"
    assert Stage.PRIMARY.value == "primary"
