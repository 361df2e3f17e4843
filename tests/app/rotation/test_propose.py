"""`flask propose`."""

from sqlalchemy import select

from app.rotation.models import RotationPlan, Scenario, ScenarioStatus


def test_propose_adds_the_plan_solves_and_prints_the_summary(county, runner, session):
    arguments = ["propose", "--county", county.region.code, "--year", "2026", "--language", "en"]
    result = runner.invoke(args=arguments)
    assert result.exit_code == 0, result.output
    assert "6 of 6 needed" in result.output
    assert "Vacant posts: 12 → 10" in result.output
    assert "0.866 → 0.554" in result.output
    assert "6 moves, 2 of them backbone teachers" in result.output
    assert "proven best" in result.output
    again = runner.invoke(args=[*arguments, "--time-limit", "30"])
    assert again.exit_code == 0
    assert len(session.scalars(select(RotationPlan)).all()) == 1
    assert [s.status for s in session.scalars(select(Scenario))] == [ScenarioStatus.SOLVED] * 2


def test_propose_names_what_is_wrong(county, runner):
    result = runner.invoke(args=["propose", "--county", "000000", "--year", "2026", "--language", "en"])
    assert result.exit_code == 1
    assert "no county with the code 000000" in result.output


def test_propose_without_rules_in_force_says_so(county, runner):
    result = runner.invoke(args=["propose", "--county", county.region.code, "--year", "2031", "--language", "en"])
    assert result.exit_code == 1
    assert "no eligibility rule set" in result.output
