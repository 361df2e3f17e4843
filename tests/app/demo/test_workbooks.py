"""The county's workbooks, read back: every clean row as it was meant, exactly the dirty ones refused."""

from datetime import date

import pytest

from app.demo.county import make_county
from app.demo.workbooks import write_workbooks
from app.tables.catalogue import CATALOGUE
from app.tables.codes import seed_lists
from app.tables.tidying import read_table

CODES = seed_lists()


@pytest.fixture(scope="module")
def county():
    return make_county(seed=3, schools=60)


@pytest.fixture(scope="module")
def manifest(county, tmp_path_factory):
    return write_workbooks(county, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def read(manifest):
    return {file.path.name: read_table(file.path, CATALOGUE[file.sheet], CODES) for file in manifest.files}


def test_files_come_in_the_order_of_their_import(manifest):
    assert [file.sheet for file in manifest.files][:3] == ["schools", "posts", "teachers"]
    assert [file.sheet for file in manifest.files][-3:] == ["honours", "rotations", "circumstances"]
    assert 5 <= len(manifest.of_sheet("teachers")) <= 8
    assert 10 <= len(manifest.dirty) <= 14


def test_every_row_of_data_is_found_and_every_column_known(manifest, read):
    for file in manifest.files:
        result = read[file.path.name]
        assert len(result) == file.data_rows, file.path.name
        assert result.mapping.missing == result.mapping.unmapped == (), file.path.name


def test_exactly_the_dirty_rows_are_refused(manifest, read):
    """Whether a school exists is judged by whoever knows the schools."""
    for name, result in read.items():
        found = {(p.row, p.code, p.key) for p in result.problems if p.is_error}
        known = {entry.name for entry in manifest.county.schools}
        if "employing_school" in result.columns:
            for row, values in result.records():
                school = values["employing_school"]
                if school not in known and not any(s.code == school for s in manifest.county.schools):
                    found.add((row, "unknown_school", "employing_school"))
        assert found == {(d.row, d.code, d.key) for d in manifest.dirty if d.file == name}, name
        assert not [p for p in result.problems if not p.is_error], name


def test_every_kind_of_dirt_is_there(manifest):
    assert {entry.code for entry in manifest.dirty} == {
        "digits_lost",
        "unknown_code",
        "impossible_date",
        "duplicate_row",
        "ambiguous_month",
        "unknown_school",
        "id_checksum",
        "id_old_form",
    }


def test_clean_teachers_come_back_as_they_were_made(manifest, read):
    names = {school.name: school.code for school in manifest.county.schools}
    found = {}
    for file in manifest.of_sheet("teachers"):
        for _, values in read[file.path.name].records(accepted_only=True):
            found[values["id_number"]] = values
    assert len(found) == len(manifest.accepted_teachers) + sum(d.code == "unknown_school" for d in manifest.dirty)
    compared = (
        "name",
        "sex",
        "birth_on",
        "ethnic_group",
        "highest_degree",
        "started_work_on",
        "joined_school_on",
        "stage",
        "subject",
        "further_subjects",
        "title_rated",
        "title_employed",
        "title_employed_on",
        "post_grade",
        "state",
        "is_class_teacher",
        "is_established",
        "phone",
        "home_township",
        "staff_number",
    )
    for teacher in manifest.accepted_teachers:
        values = found[teacher.id_number]
        for key in compared:
            assert (values[key] or None) == (getattr(teacher, key) or None), (key, teacher)
        school = values["employing_school"]
        assert names.get(school, school) == teacher.employing_school
        assert names[values["working_school"]] == teacher.working_school
        assert values["former_name"] == (teacher.former_name or None)
        assert (values["home_lat"], values["home_lng"]) == (teacher.home or (None, None))


def test_schools_posts_and_records_come_back_as_they_were_made(manifest, read):
    county = manifest.county
    schools = [values for _, values in read["学校名册.xlsx"].records()]
    for school, values in zip(county.schools, schools, strict=True):
        assert (values["code"], values["kind"], values["stages"]) == (school.code, school.kind, school.stages)
        assert (values["quota"], values["is_sending"], values["lat"]) == (school.quota, school.is_sending, school.lat)
        assert values["pupils_primary"] == school.pupils.get("primary")
        assert values["boarders_junior"] == school.boarders.get("junior")
    posts = {(v["school"], v["stage"], v["subject"]): v["posts"] for _, v in read["学科岗位.xlsx"].records()}
    assert posts == {
        (school.name, stage, subject): count
        for school in county.schools
        for stage, subjects in school.posts.items()
        for subject, count in subjects.items()
    }
    honours = [
        (v["id_number"], v["type"], v["level"], v["valid_from"], v["valid_to"])
        for _, v in read["骨干教师.xlsx"].records()
    ]
    assert honours == [
        (t.id_number, h.type, h.level, h.valid_from, h.valid_to) for t in county.teachers for h in t.honours
    ]
    rotations = [(v["id_number"], v["kind"], v["from_on"], v["to_on"]) for _, v in read["交流轮岗经历.xlsx"].records()]
    assert rotations == [(t.id_number, r.kind, r.from_on, r.to_on) for t in county.teachers for r in t.rotations]
    cases = [(v["id_number"], v["kind"], v["from_on"], v["to_on"]) for _, v in read["特殊情况.xlsx"].records()]
    assert cases == [(t.id_number, c.kind, c.from_on, c.to_on) for t in county.teachers for c in t.circumstances]


def test_without_dirt_nothing_is_refused(county, tmp_path):
    clean = write_workbooks(county, tmp_path, with_dirt=False)
    assert clean.dirty == ()
    assert clean.accepted_teachers == county.teachers
    file = clean.of_sheet("teachers")[0]
    assert not read_table(file.path, CATALOGUE["teachers"], CODES).rejected


def test_the_census_is_the_day_before_the_school_year(county):
    assert county.census_on == date(2026, 8, 31)
