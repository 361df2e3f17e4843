"""Rules as data: the shipped sets are in order, a wrong file is refused by line and reason, amounts are exact."""

from fractions import Fraction

import pytest

from app.credits import packs
from app.credits.rules import Rules, RulesError

# What attendance, studios and rotations are credited as, whatever a county's rules.
FROM_SOURCES = {"concentrated", "online", "school_based", "new_teacher", "ethics", "rural_service", "studio_host"}


def national(**changes):
    return {**packs.pack(packs.NATIONAL), **changes}


@pytest.mark.parametrize("name", packs.names())
def test_the_shipped_sets_are_in_order(name):
    rules = Rules.from_dict(packs.pack(name))
    assert rules.target == 360_00 and rules.year_mark == 72_00 and rules.years == 5
    assert rules.kinds.keys() >= FROM_SOURCES | {"studio_member", "other"}


def test_at_least_three_local_sets_ship():
    assert len(packs.names()) >= 4 and packs.names()[0] == packs.NATIONAL


def test_credits_are_turned_into_hours_exactly():
    guangxi = Rules.from_dict(packs.pack("guangxi"))
    assert guangxi.kinds["school_based"].hours_per_unit == 4_00  # half a day, 4 hours, 0.5 credit
    assert guangxi.kinds["school_based"].year_cap == 24_00
    assert guangxi.kinds["research"].award(None, "20") == 48_00
    beijing = Rules.from_dict(packs.pack("beijing"))
    assert beijing.kinds["school_based"].weight == Fraction(1, 2)


def test_units_below_a_whole_one_count_nothing():
    paper = Rules.from_dict(packs.pack("project_platform")).kinds["paper"]
    assert paper.award(90, None) is None
    assert paper.award(350, None) == 6_00


@pytest.mark.parametrize(
    ("written", "instead", "line", "path"),
    [
        ('target = "360"', 'target = "many"', 15, "cycle.target"),
        ('code = "online"', 'code = "concentrated"', 31, "kinds[1].code"),
        ('form = "school"', 'form = "forest"', 40, "kinds[2].form"),
        ("whole_units = true", "whole_units = true\ncolour = 1", 72, "kinds[6].colour"),
        ("window_months = 24", "window_months = 0", 19, "claims.window_months"),
    ],
)
def test_a_wrong_file_is_refused_by_line_and_reason(app, written, instead, line, path):
    text = (packs.FOLDER / "national.toml").read_text("utf-8").replace(written, instead, 1)
    with pytest.raises(packs.WrongFile) as wrong:
        packs.read(text)
    problem = wrong.value.problems[0]
    assert problem.path == path
    assert text.splitlines()[problem.line - 1].startswith(instead.split("\n")[-1].split("=")[0].strip())
    assert problem.text


def test_what_is_no_toml_is_refused_by_line(app):
    with pytest.raises(packs.WrongFile) as wrong:
        packs.read('schema = 1\nname = "x\n')
    assert wrong.value.problems[0].line == 2


def test_rules_that_contradict_themselves_are_refused(app):
    cycle = {**packs.pack(packs.NATIONAL)["cycle"], "year_cap": "50"}
    with pytest.raises(RulesError) as wrong:
        Rules.from_dict(national(cycle=cycle))
    assert list(wrong.value.problems) == ["cycle.year_cap"]


def test_a_file_is_checked_from_the_shell(runner, tmp_path):
    good = packs.FOLDER / "zhejiang.toml"
    assert runner.invoke(args=["credits", "check-rules", str(good)]).exit_code == 0
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(good.read_text("utf-8").replace('year_cap = "144"', 'year_cap = "14"'), "utf-8")
    answer = runner.invoke(args=["credits", "check-rules", str(wrong)])
    assert answer.exit_code == 1 and "Line 19: cycle.year_cap" in answer.output
