"""The demo county has the shape that makes rotation hard but possible, and no real person in it."""

from collections import Counter

import pytest

from app.demo.county import COUNTY_CODE, REGIONS, make_county
from app.tables.codes import seed_list
from app.tables.identity import birth_date, read_id_number, sex_code


@pytest.fixture(scope="module")
def county():
    return make_county()


def test_the_same_seed_makes_the_same_county(county):
    assert make_county() == county
    assert make_county(seed=2) != county


def test_it_has_the_size_of_a_county(county):
    assert len(county.schools) == 111
    assert 3_500 <= len(county.teachers) <= 4_500
    assert len({school.code for school in county.schools}) == len({school.name for school in county.schools}) == 111
    assert {stage for school in county.schools for stage in school.stages} == {
        "kindergarten",
        "primary",
        "junior",
        "senior",
    }


def test_the_region_is_one_that_no_real_place_has():
    assert {code for code, _, _ in REGIONS} >= {COUNTY_CODE}
    assert all(code.startswith("99") for code, _, _ in REGIONS)


def test_identity_numbers_are_well_formed_unique_and_agree_with_the_person(county):
    numbers = [teacher.id_number for teacher in county.teachers]
    assert len(set(numbers)) == len(numbers)
    for teacher in county.teachers:
        assert read_id_number(teacher.id_number) == (teacher.id_number, None)
        assert teacher.id_number.startswith(COUNTY_CODE)
        assert birth_date(teacher.id_number) == teacher.birth_on
        assert sex_code(teacher.id_number) == teacher.sex
        assert teacher.phone.startswith("199")
        assert len(teacher.phone) == 11
    assert len({teacher.phone for teacher in county.teachers}) == len(numbers)


def test_dates_follow_each_other(county):
    for teacher in county.teachers:
        assert teacher.birth_on < teacher.started_work_on <= teacher.joined_school_on <= county.census_on
        for rotation in teacher.rotations:
            assert teacher.joined_school_on <= rotation.from_on <= county.census_on
            assert rotation.to_on is None or rotation.from_on < rotation.to_on
            assert rotation.from_school != rotation.to_school
        for honour in teacher.honours:
            assert honour.valid_from <= county.census_on
            assert honour.valid_from < honour.valid_to


def test_every_code_is_in_its_table(county):
    tables = {
        "ethnic_group": "ethnic_group",
        "political_status": "political_status",
        "highest_degree": "education_level",
        "title_rated": "title",
        "title_employed": "title",
        "post_grade": "post_grade",
        "state": "teacher_state",
        "school_position": "school_position",
        "subject": "subject",
        "stage": "stage",
        "sex": "sex",
    }
    for attribute, table in tables.items():
        assert {getattr(teacher, attribute) for teacher in county.teachers} <= {item.code for item in seed_list(table)}
    circumstances = {item.kind for teacher in county.teachers for item in teacher.circumstances}
    assert {"pregnancy", "nursing", "long_illness", "punishment", "special_programme"} <= circumstances
    assert circumstances <= {item.code for item in seed_list("circumstance_kind")}


def test_town_is_rich_and_the_country_is_short(county):
    schools = {school.code: school for school in county.schools}
    staff = Counter(teacher.employing_school for teacher in county.teachers)
    urban = [school for school in county.schools if school.is_urban]
    assert 0.2 <= len(urban) / 111 <= 0.25
    assert (
        0.4 <= sum(sum(s.pupils.values()) for s in urban) / sum(sum(s.pupils.values()) for s in county.schools) <= 0.62
    )

    def cover(chosen):
        return sum(staff[school.code] for school in chosen) / sum(school.quota for school in chosen)

    assert cover(urban) > 1 > cover([school for school in county.schools if not school.is_urban])

    def share_of_backbones(is_urban):
        chosen = [t for t in county.teachers if schools[t.employing_school].is_urban is is_urban]
        return sum(any(h.valid_to >= county.census_on for h in t.honours) for t in chosen) / len(chosen)

    assert share_of_backbones(True) > 2 * share_of_backbones(False)


@pytest.mark.parametrize(("men", "women"), [(50, 45), (55, 50)])
def test_the_two_rates_bite_and_can_be_reached(county, men, women):
    today = county.census_on
    eligible = [
        teacher
        for teacher in county.teachers
        if teacher.years_in_school(today) >= 5.9
        and teacher.age(today) <= (men if teacher.sex == "1" else women)
        and teacher.state == "100"
        and not teacher.circumstances
    ]
    assert 0.28 <= len(eligible) / len(county.teachers) <= 0.45
    backbones = [t for t in eligible if any(h.valid_from <= today <= h.valid_to for h in t.honours)]
    assert len(backbones) > 0.2 * 0.15 * len(eligible)


def test_some_are_away_and_some_work_elsewhere(county):
    states = Counter(teacher.state for teacher in county.teachers)
    assert {"100", "201", "203", "205", "209"} <= set(states)
    assert all(t.working_school != t.employing_school for t in county.teachers if t.state == "205")
    assert any(rotation.to_on is None for t in county.teachers for rotation in t.rotations)


def test_groups_join_a_leading_school_with_rural_ones(county):
    groups = Counter(school.group for school in county.schools if school.group)
    assert set(groups.values()) == {4}
