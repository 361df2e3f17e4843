"""Deciding the rules in the browser: the form, its effect before saving, versions, two people at once."""

import re
from datetime import date

import pytest

from app.access import Role
from app.audit.operations import SYSTEM
from app.eligibility import operations, queries
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from tests.app.eligibility.arranging import RULES, in_force, rules
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, officer_of, user_with


@pytest.fixture
def county(app):
    return CountyFactory(name="青山县")


@pytest.fixture
def town(county):
    return SchoolFactory(county=county, name="城关小学", is_sending=True, locality_code="111")


@pytest.fixture
def newcomer(town):
    """Five years in the school: eligible by five, not by six."""
    return TeacherFactory(school=town, name="李新进", joined_school_on=date(2021, 8, 1), staff_category_code="A1")


@pytest.fixture
def ruled(county, newcomer):
    return in_force(county)


@pytest.fixture
def draft(ruled):
    return operations.create_draft(actor=SYSTEM, county_id=ruled.county_id, year=2026)


@pytest.fixture
def officer(client, county):
    user = officer_of(county)
    client.sign_in(user)
    return user


def filled(client, draft, **changed):
    """What a browser would send back from the form, with some fields changed (None takes one away)."""
    text = client.get(f"/eligibility/{draft.id}/edit").text
    data: dict[str, list[str]] = {}
    for tag in re.findall(r"<input [^>]*>", text):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" not in found or (found.get("type") == "checkbox" and " checked" not in tag):
            continue
        data.setdefault(found["name"], []).append(found.get("value", ""))
    data |= {name: [value] if isinstance(value, str) else value for name, value in changed.items() if value is not None}
    return {name: value for name, value in data.items() if changed.get(name, "") is not None}


def test_the_form_sent_back_unchanged_changes_nothing(client, officer, draft):
    answer = client.post(f"/eligibility/{draft.id}/edit", data={**filled(client, draft), "action": "save"})
    assert answer.status_code == 303
    assert queries.rules_of(db.session.get(EligibilityRuleSet, draft.id)) == RULES


def test_the_effect_is_shown_before_anything_is_saved(client, officer, draft, rows):
    data = filled(client, draft, min_years="5")
    answer = client.post(f"/eligibility/{draft.id}/edit", data={**data, "action": "preview"})
    assert answer.status_code == 200
    assert "Not saved" in answer.text and "李新进" in answer.text and "Becomes eligible" in answer.text
    assert queries.rules_of(db.session.get(EligibilityRuleSet, draft.id)).min_years == 6
    hidden = dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)">', answer.text))
    assert hidden["min_years"] == "5", "what was typed goes along, to be saved or edited on"
    back = client.post(f"/eligibility/{draft.id}/edit", data={**data, "action": "edit"})
    assert re.search(r'name="min_years"[^>]*value="5"', back.text)


def test_saving_leads_to_the_effect_and_then_into_force(client, officer, draft, ruled, newcomer):
    answer = client.post(
        f"/eligibility/{draft.id}/edit", data={**filled(client, draft, min_years="5"), "action": "save"}
    )
    assert answer.headers["Location"].endswith(f"/eligibility/{draft.id}/effect")
    assert f"/eligibility/verdicts?rules={draft.id}&amp;verdict=eligible" in client.get(answer.headers["Location"]).text
    assert "李新进" in client.get(f"/eligibility/verdicts?rules={draft.id}&verdict=eligible").text
    assert not queries.verdicts_of(ruled.id)[newcomer.id].is_eligible, "a draft judges nobody but in its own list"
    client.post(f"/eligibility/{draft.id}/in-force", data={"replaces": ruled.id})
    found = queries.rule_set_in_force(ruled.county_id, 2026)
    assert found.id == draft.id
    assert queries.verdicts_of(found.id)[newcomer.id].is_eligible


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"min_years": "99"}, "Number must be between 0 and 40."),
        ({"min_years": ""}, "This field is required."),
        ({"stages": None}, "Choose at least one."),
        ({"census_on": "2020-08-31"}, "The census date must lie between 2026-01-01 and 2027-08-31."),
        ({"in_post_states": ["100", "205"]}, "A state stands both here"),
        ({"near_retirement-men-final_years": "50"}, "Not below the age before the reform."),
    ],
)
def test_a_problem_is_told_at_its_field_and_what_was_typed_stays(client, officer, draft, changed, message):
    data = filled(client, draft, note="为了偏远学校", **changed)
    answer = client.post(f"/eligibility/{draft.id}/edit", data={**data, "action": "save"})
    assert answer.status_code == 422
    assert message in answer.text and "为了偏远学校" in answer.text
    assert queries.rules_of(db.session.get(EligibilityRuleSet, draft.id)) == RULES


def test_a_lost_update_is_refused(client, officer, draft):
    mine = filled(client, draft, min_years="5")
    operations.save_draft(
        actor=SYSTEM, draft=db.session.get(EligibilityRuleSet, draft.id), rules=rules(min_years=9), note=""
    )
    answer = client.post(f"/eligibility/{draft.id}/edit", data={**mine, "action": "save"})
    assert answer.status_code == 422 and "Somebody else changed this record" in answer.text
    assert re.search(r'name="min_years"[^>]*value="5"', answer.text)
    assert queries.rules_of(db.session.get(EligibilityRuleSet, draft.id)).min_years == 9


def test_a_second_click_puts_nothing_in_force_twice(client, officer, draft, ruled, rows):
    for _click in range(2):
        answer = client.post(f"/eligibility/{draft.id}/in-force", data={"replaces": ruled.id})
        assert answer.status_code == 303
    assert rows(EligibilityRuleSet, EligibilityRuleSet.status == RuleSetStatus.IN_FORCE) == 1
    assert "is no draft any more" in client.get(answer.headers["Location"]).text


def test_versions_can_be_compared(client, officer, county, ruled):
    new = in_force(county, min_years=4)
    text = client.get(f"/eligibility/compare?old={ruled.id}&new={new.id}").text
    assert "Years in the employing school, at least" in text and "Upper age for men" not in text


def test_a_draft_is_discarded_and_a_copy_made_from_an_old_version(client, officer, draft, ruled, rows):
    client.post(f"/eligibility/{draft.id}/discard")
    assert rows(EligibilityRuleSet) == 1
    data = {"county": ruled.county_id, "year": 2026, "source": ruled.id}
    assert client.post("/eligibility/drafts", data=data).status_code == 303
    assert rows(EligibilityRuleSet, EligibilityRuleSet.status == RuleSetStatus.DRAFT) == 1


def test_drafts_are_for_who_decides_the_rules(client, county, town, draft):
    for user in (user_with(Role.SCHOOL_ADMINISTRATOR, school=town), user_with(Role.BUREAU_LEADER, region=county)):
        client.sign_in(user)
        assert client.get(f"/eligibility/{draft.id}/rules").status_code == 404
        assert client.get(f"/eligibility/{draft.id}/edit").status_code == 403
        assert "Draft" not in client.get("/eligibility/versions?year=2026").text


def test_an_officer_elsewhere_touches_nothing(client, draft, ruled, rows):
    client.sign_in(officer_of(CountyFactory()))
    for path in ("edit", "in-force", "discard", "judge"):
        assert client.post(f"/eligibility/{draft.id}/{path}").status_code == 404, path
    assert client.post("/eligibility/drafts", data={"county": ruled.county_id, "year": 2026}).status_code == 404
    assert rows(EligibilityRuleSet) == 2


def test_changed_data_is_announced_and_judged_on_demand(client, officer, ruled, town, rows):
    assert "Data changed since" not in client.get("/eligibility/?year=2026").text
    TeacherFactory(school=town)
    assert "Data changed since" in client.get("/eligibility/?year=2026").text
    client.post(f"/eligibility/{ruled.id}/judge")
    assert rows(EligibilityVerdict, EligibilityVerdict.rule_set_id == ruled.id) == 2
    assert "Data changed since" not in client.get("/eligibility/?year=2026").text


# --- on the teacher's own pages ---------------------------------------------------------------------------------


def test_the_record_and_ones_own_page_show_the_verdict(client, county, ruled, newcomer):
    sentence = "In this school since 2021-08: 5 years 1 month on 2026-08-31, 6 needed."
    client.sign_in(officer_of(county))
    assert sentence in client.get(f"/teachers/{newcomer.id}").text
    client.sign_in(user_with(Role.TEACHER, teacher=newcomer))
    own = client.get("/me").text
    assert sentence in own
    assert f"/eligibility/{ruled.id}/teachers/" not in own
    assert client.get("/eligibility/").status_code == 403


# --- lists cost the same however long they are ------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/eligibility/verdicts", "/eligibility/{id}/schools", "/eligibility/"])
def test_a_page_takes_no_more_queries_with_more_people(request, client, officer, county, town, newcomer, path):
    collect = request.getfixturevalue("queries")
    url = path.format(id=in_force(county).id)
    client.get(url)
    with collect() as few:
        client.get(url)
    for _n in range(3):
        TeacherFactory.create_batch(8, school=SchoolFactory(county=county))
    url = path.format(id=in_force(county).id)
    client.get(url)
    with collect() as many:
        assert client.get(url).status_code == 200
    assert len(many) == len(few)
