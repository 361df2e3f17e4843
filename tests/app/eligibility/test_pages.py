"""The pages, as people see them."""

from datetime import date

import pytest
from sqlalchemy import select

from app.access import Role
from app.accounts.models import SavedFilter
from app.audit.models import AuditEntry
from app.eligibility.models import EligibilityRuleSet, RuleSetStatus
from app.extensions import db
from tests.app.eligibility.arranging import in_force
from tests.factories import (
    CircumstanceFactory,
    CountyFactory,
    SchoolFactory,
    TeacherFactory,
    officer_of,
    user_with,
)


@pytest.fixture
def county(app):
    return CountyFactory(name="青山县")


@pytest.fixture
def town(county):
    return SchoolFactory(county=county, name="城关小学", is_sending=True, locality_code="111")


@pytest.fixture
def village(county):
    return SchoolFactory(county=county, name="山后小学")


@pytest.fixture
def officer(county):
    return officer_of(county)


@pytest.fixture
def people(town, village):
    """Eligible in town; five years in town; pregnant in the village."""
    made = {
        "eligible": TeacherFactory(school=town, name="王合格", staff_category_code="A1"),
        "short": TeacherFactory(
            school=town, name="李新进", joined_school_on=date(2021, 9, 1), staff_category_code="A1"
        ),
        "pregnant": TeacherFactory(school=village, name="赵怀孕", staff_category_code="A1"),
    }
    CircumstanceFactory(teacher_id=made["pregnant"].id)
    return made


def page(client, url):
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return answer.text


def test_an_officer_sets_the_first_rules_from_nothing(client, county, officer, people):
    client.sign_in(officer)
    assert "No rules are in force" in page(client, "/eligibility/?year=2026")
    answer = client.post("/eligibility/drafts", data={"county": county.id, "year": 2026})
    edit = answer.headers["Location"]
    assert "Years in the employing school" in page(client, edit)
    draft = db.session.scalar(select(EligibilityRuleSet))
    effect = page(client, f"/eligibility/{draft.id}/effect")
    assert "王合格" in effect and "李新进" not in effect
    client.post(f"/eligibility/{draft.id}/in-force", data={"replaces": ""})
    assert db.session.get(EligibilityRuleSet, draft.id).status is RuleSetStatus.IN_FORCE
    overview = page(client, "/eligibility/?year=2026")
    assert "Too short in the school" in overview and "Exempt: Pregnancy" in overview


@pytest.fixture
def ruled(county, people):
    return in_force(county)


def test_every_page_of_a_county_opens(client, officer, ruled, people):
    client.sign_in(officer)
    for url in (
        "/eligibility/",
        "/eligibility/verdicts",
        f"/eligibility/{ruled.id}/schools",
        f"/eligibility/{ruled.id}/rules",
        "/eligibility/versions",
        f"/eligibility/compare?old={ruled.id}&new={ruled.id}",
        f"/eligibility/{ruled.id}/teachers/{people['short'].id}",
    ):
        assert "<h1>" in page(client, url)


def test_a_verdict_says_rule_fact_and_outcome_with_numbers(client, officer, ruled, people):
    text = page(client.sign_in(officer), f"/eligibility/{ruled.id}/teachers/{people['short'].id}")
    assert "In this school since 2021-09: 5 years on 2026-08-31, 6 needed." in text
    assert "Not met" in text


def test_the_list_is_narrowed_by_reason_school_and_name(client, officer, ruled, people, town):
    client.sign_in(officer)
    by_reason = page(client, "/eligibility/verdicts?reason=service")
    assert "李新进" in by_reason and "王合格" not in by_reason
    by_school = page(client, f"/eligibility/verdicts?school={town.id}")
    assert "王合格" in by_school and "赵怀孕" not in by_school
    assert "赵怀孕" in page(client, "/eligibility/verdicts?verdict=exempt")
    assert "李新进" not in page(client, "/eligibility/verdicts?q=王合")


def test_a_school_sees_only_its_own_people(client, county, ruled, people, town):
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=town))
    text = page(client, "/eligibility/verdicts")
    assert "王合格" in text and "赵怀孕" not in text
    assert client.get(f"/eligibility/{ruled.id}/teachers/{people['pregnant'].id}").status_code == 404
    matrix = page(client, f"/eligibility/{ruled.id}/schools")
    assert "城关小学" in matrix and "山后小学" not in matrix


def test_another_county_gets_a_404(client, ruled, people):
    client.sign_in(officer_of(CountyFactory()))
    for url in (
        f"/eligibility/{ruled.id}/rules",
        f"/eligibility/{ruled.id}/schools",
        f"/eligibility/verdicts?rules={ruled.id}",
        f"/eligibility/?county={ruled.county_id}",
        f"/eligibility/{ruled.id}/teachers/{people['eligible'].id}",
    ):
        assert client.get(url).status_code == 404, url
    assert client.post(f"/eligibility/{ruled.id}/judge").status_code == 404


def test_a_leader_reads_but_changes_nothing(client, county, ruled):
    client.sign_in(user_with(Role.BUREAU_LEADER, region=county))
    assert "Judge again" not in page(client, "/eligibility/")
    assert client.post("/eligibility/drafts", data={"county": county.id}).status_code == 403


def test_an_export_is_on_record_and_names_no_identity_number(client, officer, ruled, people):
    answer = client.sign_in(officer).post("/eligibility/verdicts/export?format=csv&reason=service")
    text = answer.data.decode("utf-8-sig")
    assert "李新进" in text and "王合格" not in text
    assert people["short"].id_number not in text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert entry.after["rows"] == 1 and entry.actor_id == officer.id


def test_an_identity_number_is_looked_for_and_kept_nowhere(client, officer, county, people, session):
    rules = in_force(county)
    number, other = people["eligible"].id_number, people["short"].name
    client.sign_in(officer)
    path = f"/eligibility/verdicts?rules={rules.id}"
    answer = client.get(path + f"&q={number[:6]}%20{number[6:]}")
    assert answer.status_code == 303
    assert number[6:] not in answer.location
    found = page(client, answer.location)
    assert "王合格" in found
    assert other not in found
    assert number not in found
    client.post(f"/eligibility/verdicts/export?rules={rules.id}&q={number}")
    client.post("/lists/eligibility.verdicts/filters", data={"name": "一人", "query": f"?q={number}&pool=1"})
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert number not in str(entry.after)
    assert session.scalars(select(SavedFilter)).one().query == {"pairs": [["pool", "1"]]}
