"""Short rules and what mends them, who is worse off, and where decisions contradict each other."""

import re
from datetime import date

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.eligibility.models import EligibilityVerdict
from app.eligibility.operations import ensure_judged
from app.rotation.models import AnswerKind, ScenarioStatus
from app.rotation.near import near_eligible
from app.rotation.operations import answers, wishes
from app.rotation.presenting_short import mend_rows
from app.rotation.wording import Names
from app.rotation.wording_conflicts import clashes_in_words
from app.rotation.wording_reasons import Told
from tests.app.rotation.county import build_county, lock, make_plan, make_scenario, solved


@pytest.fixture
def short_county(county, session):
    """The other schools' teachers joined a year too late, so that only the sending schools' may rotate."""
    for teacher in county.teachers:
        if teacher.working_school_id in {school.id for school in county.others}:
            teacher.joined_school_on = date(2021, 9, 1)
    session.flush()
    ensure_judged(actor=SYSTEM, rule_set=county.rule_set)
    return county


@pytest.fixture
def short_proposal(short_county, officer):
    return solved(make_scenario(make_plan(short_county, officer), officer), officer)


def test_near_groups_say_which_rule_by_how_much(short_county, session):
    groups = near_eligible(short_county.rule_set.id)
    service = [group for group in groups if group["code"] == "service"]
    verdicts = session.scalars(select(EligibilityVerdict).where(EligibilityVerdict.is_eligible.is_(False))).all()
    assert service
    assert service[0]["params"]["value"] == service[0]["params"]["was"] - 1
    assert {f"T{row.teacher_id}" for row in verdicts} >= set(service[0]["teachers"])


def test_short_rules_name_who_is_missing_and_what_mends_it(short_proposal, client, officer, run_jobs):
    number = short_proposal.id
    assert sum(row["missing"] for row in short_proposal.report["rules"]) > 0
    client.sign_in(officer)
    assert "Who is missing, and what would mend it" in client.get(f"/rotation/scenarios/{number}").text
    path = f"/rotation/scenarios/{number}/short"
    page = client.get(path).text
    assert "Both directions" in page
    assert "Look for the smallest changes" in page
    assert client.post(f"/rotation/scenarios/{number}/ask/mends").location == path
    run_jobs()
    answer = answers.kept(number, AnswerKind.MENDS)
    assert answer["mends"]
    page = client.get(path).text
    assert "Lowering the years-in-school rule from 6 to 5 adds 24 teachers" in page
    assert not re.search(r"\bT\d+\b", page.partition("<main")[2])
    assert "在校任教年限由 6 年降为 5 年" in client.get(f"{path}?lang=zh_Hans_CN").text
    client.sign_in(build_county().officer())
    assert client.get(path).status_code == 404


def test_rules_that_are_reached_have_nothing_to_mend(county, client, officer):
    scenario = solved(make_scenario(make_plan(county, officer), officer), officer)
    page = client.sign_in(officer).get(f"/rotation/scenarios/{scenario.id}/short").text
    assert "All policy rules are reached." in page
    assert "Look for the smallest changes" not in page


def test_the_proposal_stands_beside_the_office_rule(county, client, officer, run_jobs):
    number = solved(make_scenario(make_plan(county, officer), officer), officer).id
    client.sign_in(officer)
    path = f"/rotation/scenarios/{number}/fairness"
    assert "Work it out" in client.get(path).text
    client.post(f"/rotation/scenarios/{number}/ask/fairness")
    run_jobs()
    plans = answers.kept(number, AnswerKind.FAIRNESS)["plans"]
    assert [plan["name"] for plan in plans] == ["plan", "greedy"]
    page = client.get(path).text
    assert "Office rule: nearest gap first" in page
    assert "Lorenz curve" in page
    fair = plans[0]["fairness"]["backbones"]["primary"]
    assert f"{fair['before']['gini']:.3f} → {fair['after']['gini']:.3f}" in page
    assert "基尼系数" in client.get(f"{path}?lang=zh_Hans_CN").text


def test_where_wishes_were_given_the_mechanisms_stand_beside_it_too(county, client, officer, run_jobs):
    plan = make_plan(county, officer)
    away, kept = county.others[:2], 0
    for teacher in county.teachers:
        if teacher.working_school_id in {school.id for school in county.sending}:
            kept += wishes.set_wishes(plan=plan, teacher=teacher, schools=away, actor=officer)
    assert kept
    number = solved(make_scenario(plan, officer), officer).id
    client.sign_in(officer)
    path = f"/rotation/scenarios/{number}/fairness"
    client.post(f"/rotation/scenarios/{number}/ask/fairness")
    run_jobs()
    plans = answers.kept(number, AnswerKind.FAIRNESS)["plans"]
    assert [plan["name"] for plan in plans] == ["plan", "greedy", "to_be", "mda"]
    page = client.get(path).text
    heads = re.findall(r"<th[^>]*scope=\"col\"[^>]*>(.*?)</th>", page, re.DOTALL)
    for name in ("Office rule: nearest gap first", "TO-BE (stable improvement cycles)", "MDA (modified deferred"):
        assert any(name in head for head in heads), name
    assert "First wish" in page or "first wish" in page
    assert "TO-BE" in client.get(f"{path}?lang=zh_Hans_CN").text


@pytest.mark.parametrize(
    ("sex", "english", "chinese"),
    [
        ("male", "Raising the age limit for men from 50 to 51 adds 3 teachers", "男教师"),
        ("female", "Raising the age limit for women from 50 to 51 adds 3 teachers", "女教师"),
        ("unknown", "Raising the age limit from 50 to 51 adds 3 teachers", "年龄"),
    ],
)
def test_a_milder_age_limit_says_whose_it_is(app, sex, english, chinese):
    params = {"sex": sex, "was": 50, "value": 51}
    change = {"setting": None, "code": f"age_{sex}", "teachers": ["T1", "T2"], "policy": False, "params": params}
    row = {"changes": [change], "before": 2, "after": 0, "still": [], "smallest": True}
    near = [{"code": f"age_{sex}", "params": params, "count": 3}]
    told = Told(Names({}, {}), {"T1": "王芳", "T2": "李强"})
    for language, words in (("en", english), ("zh_Hans_CN", chinese)):
        with app.test_request_context(), force_locale(language):
            found = mend_rows([row], near, told)[0]
        assert words in found["changes"][0]
        assert [person["name"] for person in found["people"]] == ["王芳", "李强"]


def test_contradicting_decisions_say_at_which_limit(county, client, officer):
    scenario = make_scenario(make_plan(county, officer), officer)
    for teacher in [t for t in county.teachers if t.working_school_id == county.sending[0].id][:5]:
        lock(scenario, teacher, county.others[0], officer)
    name = county.sending[0].name
    scenario = solved(scenario, officer)
    assert scenario.status is ScenarioStatus.INFEASIBLE
    clashes = scenario.report["clashes"]["clashes"]
    assert clashes
    page = client.sign_in(officer).get(f"/rotation/scenarios/{scenario.id}").text
    assert "Where they cannot be kept" in page
    assert name in page.partition("Where they cannot be kept")[2]


@pytest.mark.parametrize("language", ["en", "zh_Hans_CN"])
def test_every_clash_has_its_words(app, language):
    limit = {"school": "1", "stage": "primary", "subject": "english", "after": 3, "limit": 2}
    move = {"teacher": "T1", "to": "1", "stage": "primary", "subjects": ["english"], "km": 50.5, "max_km": 40}
    codes = ("H2", "H3", "H4", "H5", "H6", "H7", "own_school", "no_post", "too_far", "direction_not_allowed", "banned")
    clashes = [{"code": code, "params": limit if code[0] == "H" else move | {"way": "lateral"}} for code in codes]
    with app.test_request_context(), force_locale(language):
        found = clashes_in_words({"clashes": clashes, "together": False}, {1: "王芳"}, Names({"1": "城关一小"}, {}))
    assert len(set(found["clashes"])) == len(codes)
    assert all("城关一小" in line or code == "H6" for line, code in zip(found["clashes"], codes, strict=True))
    assert all("王芳" in line for line in found["clashes"][6:])
