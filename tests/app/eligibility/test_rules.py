"""Rules as data: they come back as they were, and contradictions are named."""

from datetime import date

import pytest
from flask_babel import force_locale

from app.eligibility.judging import Outcome, Reason, judge
from app.eligibility.rules import Rules, RulesError, is_within
from app.eligibility.wording import duration, reason_text
from tests.app.eligibility.arranging import RULES, circumstance, facts, rotation, rules


def test_rules_come_back_as_they_were():
    assert Rules.from_dict(RULES.to_dict()) == RULES
    changed = rules(max_age_female=None, pool_added=("2100000001",), near_retirement={"years": 5})
    assert Rules.from_dict(changed.to_dict()) == changed != RULES


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("min_years", -1, "min_years"),
        ("min_years", "6", "min_years"),
        ("max_age_male", 150, "max_age_male"),
        ("stages", [], "stages"),
        ("stages", ["university"], "stages"),
        ("backbone_levels", [], "backbone_levels"),
        ("in_post_states", ["100", "205"], "in_post_states"),
        ("established_only", "yes", "established_only"),
        ("census_on", "31 August", "rules"),
        ("circumstances", {"on_rotation": {"is_on": True}}, "circumstances"),
        ("pool_added", [7], "pool_added"),
    ],
)
def test_a_contradiction_is_named(field, value, named):
    with pytest.raises(RulesError) as caught:
        Rules.from_dict({**RULES.to_dict(), field: value})
    assert named in caught.value.problems


def test_a_retirement_age_never_falls():
    data = RULES.to_dict()
    data["near_retirement"]["men"]["final_years"] = 58
    with pytest.raises(RulesError) as caught:
        Rules.from_dict(data)
    assert list(caught.value.problems) == ["near_retirement.men"]


def test_a_missing_rule_is_an_error_not_a_default():
    data = RULES.to_dict()
    del data["min_years"]
    with pytest.raises(RulesError):
        Rules.from_dict(data)


def test_a_locality_lies_within_its_branch():
    assert is_within("111", ["110"]) and is_within("111", ["100"]) and is_within("111", ["111"])
    assert not is_within("121", ["110"]) and not is_within("111", ["112"]) and not is_within("111", [])


# --- in words ---------------------------------------------------------------------------------------------------


@pytest.fixture
def english(app):
    with app.test_request_context(), force_locale("en"):
        yield


def said(teacher, chosen=RULES):
    return [reason_text(r) for r in judge(chosen, teacher).reasons]


def test_durations_in_words(english):
    assert [duration(n) for n in (0, 1, 12, 13, 59, 60)] == [
        "0 months",
        "1 month",
        "1 year",
        "1 year 1 month",
        "4 years 11 months",
        "5 years",
    ]


def test_a_reason_tells_its_numbers(english):
    assert said(facts(joined_school_on=date(2021, 9, 1))) == [
        "In this school since 2021-09: 5 years on 2026-08-31, 6 needed."
    ]
    assert said(facts(birth_on=date(1975, 8, 31))) == [
        "Born 1975-08: aged 51 on 2026-08-31, the limit for women is 50."
    ]
    assert said(facts(circumstances=(circumstance("pregnancy", date(2026, 3, 1), date(2027, 1, 31)),))) == [
        "Pregnancy: 2026-03-01 to 2027-01-31."
    ]
    assert said(facts(rotations=(rotation(date(2025, 9, 1), None, locality="111"),))) == [
        "Already out on rotation at 山后小学, from 2025-09-01, no end date."
    ]


def test_every_code_that_judging_says_has_words_in_both_languages(english, app):
    """A teacher with everything wrong, one with every gap in the record, one who left."""
    wrong = facts(
        state_code="203",
        is_established=False,
        staff_category_code="A4",
        stage="senior",
        joined_school_on=date(2024, 9, 1),
        birth_on=date(1967, 1, 1),
        circumstances=tuple(circumstance(kind, date(2026, 1, 1), date(2026, 12, 31)) for kind in RULES.circumstances),
        rotations=(rotation(date(2022, 9, 1), date(2026, 12, 31)),),
    )
    gaps = facts(
        joined_school_on=None,
        birth_on=None,
        staff_category_code=None,
        circumstances=(
            circumstance("nursing", date(2026, 1, 1), None),
            circumstance("pregnancy", date(2026, 1, 1), date(2027, 1, 1), has_evidence=False),
        ),
        rotations=(rotation(date(2019, 9, 1), None),),
    )
    gone = facts(left_on=date(2026, 1, 1), state_code="301")
    chosen = rules(stages=("primary",))
    reasons = [r for t in (wrong, gaps, gone) for r in judge(chosen, t).reasons]
    assert len({r.code for r in reasons}) >= 18
    for reason in reasons:
        assert reason_text(reason) and "%(" not in reason_text(reason)
        with force_locale("zh_Hans_CN"):
            assert any("一" <= c <= "鿿" for c in reason_text(reason)), reason


def test_a_reason_survives_storage():
    reason = Reason("service", Outcome.EXCLUDES, {"months": 59, "needed": 6})
    assert Reason.from_dict(reason.to_dict()) == reason
