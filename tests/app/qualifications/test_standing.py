"""Who may teach what on a day: the rules over plain facts, worked by hand."""

from dataclasses import replace
from datetime import date

import pytest

from app.qualifications.kinds import Need, SubjectMatch, Types, shipped
from app.qualifications.models import CertificateState, GapReason
from app.qualifications.standing import Held, Person, standing

TODAY = date(2026, 9, 1)
R = GapReason
PTH = Held(90, "pth_2a", CertificateState.VERIFIED)


def person(**more):
    return Person(**{"id": 1, "stage": "primary", "subject": "mathematics", "category": "A1"} | more)


def held(code, **more):
    return Held(**{"id": 7, "type_code": code, "state": CertificateState.VERIFIED} | more)


def gaps(who, *certificates, types=None, on=TODAY):
    found = standing(who, [PTH, *certificates], types or Types(), on)
    return {(gap.type_code, gap.reason, gap.is_barring) for gap in found.gaps}


def test_without_a_qualification_nobody_teaches():
    assert gaps(person()) == {("teacher_primary", R.MISSING, True)}


@pytest.mark.parametrize(
    ("code", "stage", "may"),
    [
        ("teacher_primary", "primary", True),
        ("teacher_senior", "primary", True),
        ("teacher_senior", "junior", True),
        ("teacher_primary", "junior", False),
        ("teacher_kindergarten", "primary", False),
        ("teacher_senior", "kindergarten", False),
        ("preschool_training", "kindergarten", True),
        ("teacher_practice", "senior", False),
    ],
)
def test_a_qualification_holds_for_its_own_stage_and_those_below(code, stage, may):
    assert standing(person(stage=stage), [PTH, held(code)], Types(), TODAY).may_teach is may


def test_a_qualification_for_another_stage_is_named():
    assert gaps(person(stage="junior"), held("teacher_primary")) == {("teacher_junior", R.OTHER_STAGE, True)}


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-08-31", set()), ("2026-09-01", {("teacher_primary", R.REGISTRATION_OVERDUE, True)})],
)
def test_a_registration_that_ran_out_bars_from_the_next_day(day, expected):
    certificate = held("teacher_primary", registered_to=date(2026, 8, 31), conclusion="1")
    assert gaps(person(), certificate, on=date.fromisoformat(day)) == expected


def test_a_refused_registration_bars_and_a_deferred_one_is_pointed_out():
    assert gaps(person(), held("teacher_primary", conclusion="3")) == {
        ("teacher_primary", R.REGISTRATION_REFUSED, True)
    }
    assert gaps(person(), held("teacher_primary", conclusion="2")) == {
        ("teacher_primary", R.REGISTRATION_DEFERRED, False)
    }


def test_what_waits_to_be_verified_bars_nobody():
    certificate = held("teacher_primary", state=CertificateState.CLAIMED)
    assert gaps(person(), certificate) == {("teacher_primary", R.UNVERIFIED, False)}


def test_a_draft_is_as_if_it_were_not_there():
    certificate = held("teacher_primary", state=CertificateState.DRAFT)
    assert gaps(person(), certificate) == {("teacher_primary", R.MISSING, True)}


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (SubjectMatch.IGNORE, set()),
        (SubjectMatch.NOTE, {("teacher_junior", R.OTHER_SUBJECT, False)}),
        (SubjectMatch.REQUIRE, {("teacher_junior", R.OTHER_SUBJECT, True)}),
    ],
)
def test_the_subject_counts_as_the_county_says(match, expected):
    types = Types([replace(shipped()["teacher_junior"], subject_match=match)])
    certificate = held("teacher_junior", subject="chinese")
    assert gaps(person(stage="junior"), certificate, types=types) == expected


def test_one_certificate_of_the_right_subject_is_enough():
    two = held("teacher_junior", subject="chinese"), held("teacher_senior", id=8, subject="mathematics")
    assert gaps(person(stage="junior"), *two) == set()


@pytest.mark.parametrize("code", ["mental_a", "mental_b", "psych_counsellor", "psych_family", "psych_group"])
def test_what_replaces_a_certificate_satisfies_the_need(code):
    counsellor = person(subject="mental_health")
    assert gaps(counsellor, held("teacher_primary", subject="mental_health", id=3), held(code)) == set()


def test_a_qualification_in_the_subject_is_one_of_them():
    counsellor = person(subject="mental_health")
    assert gaps(counsellor, held("teacher_primary", subject="mental_health")) == set()
    assert gaps(counsellor, held("teacher_primary", subject="chinese")) == {("mental_b", R.MISSING, True)}


def test_a_lower_certificate_does_not_replace_a_higher():
    counsellor = person(subject="mental_health")
    assert ("mental_b", R.MISSING, True) in gaps(counsellor, held("teacher_primary"), held("mental_c", id=8))


def test_who_teaches_it_besides_another_subject_needs_it_too():
    part_time = person(further=("mental_health",))
    assert gaps(part_time, held("teacher_primary")) == {("mental_b", R.MISSING, True)}


def test_class_teachers_need_theirs_until_it_runs_out():
    teacher = person(is_class_teacher=True)
    own = held("teacher_primary"), held("class_teacher", id=8)
    assert gaps(teacher, *own, held("mental_c", id=9, valid_to=TODAY)) == set()
    ran_out = held("mental_c", id=9, valid_to=date(2026, 8, 31))
    assert gaps(teacher, *own, ran_out) == {("mental_c", R.EXPIRED, False)}


def test_a_newer_certificate_makes_up_for_one_that_ran_out():
    teacher = person(is_class_teacher=True)
    own = held("teacher_primary"), held("class_teacher", id=8)
    old, new = held("mental_c", id=9, valid_to=date(2026, 1, 1)), held("mental_c", id=10, valid_to=date(2031, 1, 1))
    assert gaps(teacher, *own, old, new) == set()


def test_each_condition_of_a_need_must_fit():
    need = Need(stages=("primary",), positions=("11",), min_pupils=500, from_on=date(2026, 9, 1))
    types = Types([replace(shipped()["first_aid"], needs=(need,))])
    wanted = ("first_aid", R.MISSING, True)
    fits = person(position="00;11", pupils=500)
    own = held("teacher_senior")
    assert wanted in gaps(fits, own, types=types)
    for other in (
        replace(fits, stage="junior"),
        replace(fits, position="12"),
        replace(fits, pupils=499),
    ):
        assert wanted not in gaps(other, own, types=types)
    assert wanted not in gaps(fits, own, types=types, on=date(2026, 8, 31))


def test_those_who_do_not_teach_need_nothing():
    assert standing(person(category="A4"), [], Types(), TODAY).gaps == ()


def test_a_type_out_of_use_is_needed_by_nobody():
    types = Types([replace(shipped()["pth_2b"], is_active=False)])
    assert standing(person(), [held("teacher_primary")], types, TODAY).gaps == ()


def test_the_shipped_types_replace_each_other_without_a_circle():
    types = Types()
    for code in types:
        assert all(code not in types.covered_by(other) for other in types.covered_by(code) - {code})
