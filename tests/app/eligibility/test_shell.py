"""`flask eligibility judge`."""

from datetime import date

from app.eligibility.queries import rule_set_in_force, verdicts_of
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory


def test_without_rules_the_shell_says_what_to_do(runner, app):
    county = CountyFactory(code="990901")
    result = runner.invoke(args=["eligibility", "judge", "--county", "990901", "--year", "2026"])
    assert result.exit_code == 1 and "--create-default" in result.output
    assert rule_set_in_force(county.id, 2026) is None


def test_an_unknown_county_is_named(runner, app):
    result = runner.invoke(args=["eligibility", "judge", "--county", "000000", "--year", "2026"])
    assert result.exit_code == 1 and "000000" in result.output


def test_the_shell_judges_and_counts(runner, app):
    county = CountyFactory(code="990902")
    school = SchoolFactory(county=county, is_sending=True)
    TeacherFactory(school=school, staff_category_code="A1")
    TeacherFactory(school=school, joined_school_on=date(2024, 9, 1))
    command = ["eligibility", "judge", "--county", "990902", "--year", "2026", "--create-default"]
    result = runner.invoke(args=command)
    assert result.exit_code == 0, result.output
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "eligible 1" in lines and "not eligible 1" in lines and "eligible, in the sending pool 1" in lines
    assert any(line.startswith("service 1") for line in lines)
    ruled = rule_set_in_force(county.id, 2026)
    assert len(verdicts_of(ruled.id)) == 2
    again = runner.invoke(args=command)
    assert again.output == result.output
    assert rule_set_in_force(county.id, 2026).id == ruled.id
