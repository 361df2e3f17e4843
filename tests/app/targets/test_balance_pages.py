"""The balance pages: verdicts by school, the names behind them, years on record, and who sees what."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.jobs.operations import enqueue
from app.schools.models import School, Stage
from app.targets.balance import Indicator
from app.targets.models import BalanceRecord, ResourcePart
from app.targets.operations.resources import record_balance, save_resources
from app.targets.queries.balance import county, rows_where
from app.targets.tasks_balance import CLOSE_YEAR, counties_without_record
from app.teachers.models import BackboneHonour, TeacherSubject
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    RotationRecordFactory,
    SchoolFactory,
    SchoolStageFactory,
    TeacherFactory,
    user_with,
)
from tests.fixtures.statements import collected

I = Indicator  # noqa: E741


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


def row_of(school, stage=Stage.PRIMARY):
    return next(row for row in rows_where(School.id == school.id, 2026) if row.stage is stage)


def fill(school, officer, **changed):
    """What 200 primary pupils need, exactly."""
    figures = {"teaching_area": 900, "indoor_sport_area": 0, "sport_area": 1500, "rented_sport_area": 0}
    figures |= {"equipment_value": 400000, "multimedia_rooms": 5, "grades": None, "sponsor_code": None}
    save_resources(actor=officer, school=school, school_year=2026, part=ResourcePart.WHOLE, **(figures | changed))


@pytest.fixture
def staffed(school, officer):
    """Nine with a junior college degree, two backbone teachers and two of PE and arts for 200 pupils; all is met."""
    people = [TeacherFactory(school=school, highest_degree_code="31") for _ in range(9)]
    for teacher in people[:2]:
        BackboneHonourFactory(teacher_id=teacher.id)
    people[2].subject_code, people[3].subject_code = "pe", "music"
    fill(school, officer)
    db.session.flush()
    return people


def test_a_school_passes_on_its_teachers_and_rooms(school, staffed):
    row = row_of(school)
    assert [int(row.items[one]) for one in (I.DEGREE, I.BACKBONE, I.PE_ARTS)] == [9, 2, 2]
    assert (row.lacking, row.is_passed) == ((), True)


def test_one_backbone_teacher_fewer_is_told_and_two_indicators_fail_the_school(school, staffed, officer):
    honour = db.session.scalars(select(BackboneHonour).where(BackboneHonour.teacher_id == staffed[0].id)).one()
    honour.valid_to = date(2026, 11, 21)  # ended yesterday
    db.session.flush()
    row = row_of(school)
    assert (row.lacking, row.short_by(I.BACKBONE), row.is_passed) == ((I.BACKBONE,), 1, False)  # at 50 %, below 85 %
    staffed[3].subject_code = "chinese"
    db.session.flush()
    assert row_of(school).lacking == (I.BACKBONE, I.PE_ARTS)


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({"left_on": date(2026, 11, 1)}, 8),
        ({"left_on": date(2026, 12, 1)}, 9),
        ({"state_code": "201"}, 8),  # on loan to an office
        ({"state_code": "204"}, 9),  # on study leave
        ({"staff_category_code": "A4"}, 8),  # no teacher
        ({"staff_category_code": "A1"}, 9),
        ({"highest_degree_code": "41"}, 8),
        ({"highest_degree_code": None}, 8),
    ],
)
def test_who_counts_as_a_teacher_above_the_degree(school, staffed, changed, counts):
    for name, value in changed.items():
        setattr(staffed[5], name, value)
    db.session.flush()
    assert row_of(school).items[I.DEGREE] == counts


def test_junior_teachers_need_a_bachelors_degree(nine_year):
    for degree in ("31", "21", "14"):
        TeacherFactory(school=nine_year, stage=Stage.JUNIOR, highest_degree_code=degree)
    assert row_of(nine_year, Stage.JUNIOR).items[I.DEGREE] == 2
    assert row_of(nine_year).items[I.DEGREE] == 0


def test_a_small_village_school_counts_part_time_and_visiting_teachers(county):
    village = SchoolFactory(county=county, locality_code="220")
    SchoolStageFactory(school_id=village.id, pupils=80, classes=4)
    part_time = TeacherFactory(school=village)
    db.session.add(TeacherSubject(teacher_id=part_time.id, subject_code="art"))
    visitor = TeacherFactory(school=SchoolFactory(county=county), subject_code="pe")
    RotationRecordFactory(
        teacher_id=visitor.id, kind_code="17", to_school_id=village.id, from_on=date(2026, 9, 1), to_on=None
    )
    db.session.flush()
    assert row_of(village).items[I.PE_ARTS] == 2
    stage = village_stage(village)
    stage.pupils = 100
    db.session.flush()
    assert row_of(village).items[I.PE_ARTS] == 0  # no longer small


def village_stage(school):
    from app.schools.models import SchoolStage

    return db.session.scalars(select(SchoolStage).where(SchoolStage.school_id == school.id)).one()


def test_the_names_behind_a_figure_are_as_many_as_it_counts(client, school, staffed, officer):
    client.sign_in(officer)
    page = client.get(f"/targets/staffing/people?group=pe_arts&school={school.id}&stage=primary").text
    assert "2 rows" in page
    assert all(teacher.name in page for teacher in staffed[2:4])
    sent = client.post(f"/targets/staffing/people/export?group=backbone&school={school.id}")
    assert sent.status_code == 200


def test_a_teaching_point_below_fifty_pupils_stays_out(county, officer):
    point = SchoolFactory(county=county, kind_code="218")
    SchoolStageFactory(school_id=point.id, pupils=49, classes=2)
    assert row_of(point).excluded == "point"
    found = county_of(county)
    assert (found.counted(), found.passed()) == ([], 0)


def county_of(one):
    return county(one.id, 2026)


def test_a_year_on_record_stays_when_the_school_changes(client, county, school, staffed, officer):
    with time_machine.travel("2026-03-01T08:00:00+08:00"):
        assert record_balance(actor=officer, county=county) == 1
        assert record_balance(actor=officer, county=county) == 1  # once more takes the place of the first
    kept = db.session.scalars(select(BalanceRecord)).one()
    assert (kept.school_year, kept.items["backbone"], "rooms" in kept.items) == (2025, "2", False)
    village_stage(school).pupils = 400
    client.sign_in(officer)
    assert rows_where(School.id == school.id, 2025)[0].pupils == 200
    page = client.get("/targets/balance").text
    assert "A year before" in page
    assert client.post(f"/targets/balance/{county.id}/record").status_code == 303
    assert {row.school_year for row in db.session.scalars(select(BalanceRecord))} == {2025, 2026}


def test_a_year_that_nobody_recorded_is_put_on_record_in_its_last_days(run_jobs, county, school, officer):
    with time_machine.travel("2027-08-20T08:00:00+08:00"):
        assert counties_without_record() == []
    with time_machine.travel("2027-08-25T08:00:00+08:00"):
        assert counties_without_record() == [county.id]
        enqueue(kind=CLOSE_YEAR, payload={}, actor=SYSTEM)
        run_jobs()
        kept = db.session.scalars(select(BalanceRecord)).one()
        assert (kept.school_year, kept.recorded_by_label, counties_without_record()) == (2026, SYSTEM.label, [])


def test_who_fills_in_is_told_what_is_missing(client, school, administrator, officer):
    client.sign_in(administrator)
    assert "1 school lacks figures of rooms and equipment" in client.get("/").text
    fill(school, officer)
    assert "lacks figures of rooms" not in client.get("/").text


def test_a_school_sees_its_own_rows_and_not_the_county(client, school, staffed, county, administrator):
    other = SchoolFactory(county=county, name="别的小学")
    SchoolStageFactory(school_id=other.id)
    client.sign_in(administrator)
    for address in ("/targets/balance", "/targets/balance/schools", "/targets/staffing", "/targets/map"):
        page = client.get(address)
        assert page.status_code == 200
        assert school.name in page.text
        assert other.name not in page.text
    assert client.get(f"/targets/balance/schools/{other.id}/2026").status_code == 404
    assert client.post(f"/targets/balance/{county.id}/record").status_code == 404
    assert "schools have no part" in client.get("/targets/balance/guarantees").text


def test_the_schools_own_page_says_what_it_lacks(client, school, staffed, officer):
    staffed[3].subject_code = "chinese"
    client.sign_in(officer)
    page = client.get(f"/schools/{school.id}").text
    assert "Balanced schooling" in page
    assert "PE and arts" in page
    assert "Does not pass" in page


def test_another_county_is_not_found(client, county, school):
    client.sign_in(user_with(Role.BUREAU_LEADER, region=CountyFactory()))
    assert client.get(f"/targets/balance?county={county.id}").status_code == 404
    assert client.get(f"/targets/balance/schools/{school.id}/2026").status_code == 404
    assert school.name not in client.get("/targets/staffing").text


def test_the_pages_ask_as_often_for_many_schools_as_for_few(client, county, school, officer):
    client.sign_in(officer)
    addresses = ("/targets/balance", "/targets/balance/schools", "/targets/balance/resources", "/targets/staffing")

    def queries():
        counted = []
        for address in addresses:
            with collected() as statements:
                assert client.get(address).status_code == 200
            counted.append(len(statements))
        return counted

    village = SchoolFactory(county=county)
    SchoolStageFactory(school_id=village.id, pupils=80)
    few = queries()
    for _ in range(6):
        another = SchoolFactory(county=county)
        SchoolStageFactory(school_id=another.id, pupils=80)
        TeacherFactory(school=another)
    assert queries() == few


def test_the_map_tells_state_by_shape_and_lists_schools_without_a_place(client, county, school, staffed, officer):
    lost = SchoolFactory(county=county, lat=None, lng=None, name="无坐标小学")
    SchoolStageFactory(school_id=lost.id)
    client.sign_in(officer)
    page = client.get("/targets/map?figure=backbone").text
    assert '"symbol": "circle"' in page
    assert "1 school has no coordinates" in page
    assert "无坐标小学" in page
    assert client.get("/targets/map?figure=nothing").status_code == 404
    for figure in ("quota", "norm", "mental", "rooms"):
        assert client.get(f"/targets/map?figure={figure}").status_code == 200
