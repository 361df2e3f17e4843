"""Filling in what schools have: by form, by workbook, and what follows for the indicators."""

import io
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
import time_machine
from sqlalchemy import select

from app.audit.models import AuditEntry
from app.extensions import db
from app.imports.models import BatchStatus, ImportBatch
from app.schools.models import School, Stage
from app.targets.balance import Indicator
from app.targets.models import ResourcePart, SchoolResources
from app.targets.queries.balance import rows_where
from tests.app.imports.workbooks import workbook
from tests.factories import SchoolFactory

I = Indicator  # noqa: E741
FULL = {
    "teaching_area": "1200",
    "indoor_sport_area": "300",
    "sport_area": "1500",
    "rented_sport_area": "200",
    "equipment_value": "400000",
    "multimedia_rooms": "5",
    "grades": "",
    "sponsor_code": "7",
}


@pytest.fixture(autouse=True)
def november():
    with time_machine.travel("2026-11-22T08:00:00+08:00", tick=False):
        yield


def indicators(school, stage=Stage.PRIMARY):
    row = next(row for row in rows_where(School.id == school.id, 2026) if row.stage is stage)
    return {one.value: row.value(one) for one in Indicator if not one.is_of_people}


def address(school, part="whole"):
    return f"/targets/balance/resources/{school.id}/2026/{part}/edit"


def test_a_school_fills_in_its_own_figures_and_sees_what_they_mean(client, school, administrator):
    client.sign_in(administrator)
    assert client.post(address(school), data=FULL).status_code == 303
    assert indicators(school) == {
        "teaching_area": Fraction(900, 200),  # indoor sport left out
        "sport_area": Fraction(1500, 200),  # rented grounds count in a dense city centre alone
        "equipment": Fraction(2000),
        "rooms": Fraction(5, 2),
    }
    page = client.get(f"/targets/balance/resources/{school.id}/2026").text
    assert "4.50" in page
    assert "Still missing" not in page
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "resources.set")).one()
    assert (entry.school_id, entry.after["sport_area"]) == (school.id, "1500")


def test_rented_grounds_count_in_a_dense_city_centre(client, school, officer):
    school.locality_code = "111"
    client.sign_in(officer)
    client.post(address(school), data=FULL)
    assert indicators(school)["sport_area"] == Fraction(1700, 200)


def test_indoor_sport_cannot_exceed_the_rooms_it_is_part_of(client, school, administrator):
    client.sign_in(administrator)
    answer = client.post(address(school), data=FULL | {"indoor_sport_area": "1200.01"})
    assert answer.status_code == 422
    assert "it cannot exceed them" in answer.text
    assert "1200.01" in answer.text
    assert db.session.scalars(select(SchoolResources)).all() == []


def test_a_second_person_does_not_overwrite_the_first(client, school, administrator):
    client.sign_in(administrator)
    client.post(address(school), data=FULL)
    row = db.session.scalars(select(SchoolResources)).one()
    assert client.post(address(school), data=FULL | {"row_version": row.version + 7}).status_code == 422


def test_what_is_left_empty_is_missing_and_is_named(client, school, administrator):
    client.sign_in(administrator)
    client.post(address(school), data=FULL | {"equipment_value": ""})
    assert "Still missing: Primary: Equipment." in client.get(f"/targets/balance/resources/{school.id}/2026").text
    listed = client.get("/targets/balance/resources?year=2026&state=incomplete").text
    assert school.name in listed
    assert f">{school.name}</a>" not in client.get("/targets/balance/resources?year=2026&state=complete").text


def test_a_campus_of_its_own_is_not_shared(client, nine_year, officer):
    client.sign_in(officer)
    client.post(address(nine_year), data=FULL | {"teaching_area": "6000", "indoor_sport_area": "0"})
    assert indicators(nine_year)["teaching_area"] == Fraction(3000, 1100)
    client.post(address(nine_year, "primary"), data=FULL | {"teaching_area": "4400", "indoor_sport_area": "0"})
    assert indicators(nine_year)["teaching_area"] == 4
    assert indicators(nine_year, Stage.JUNIOR)["teaching_area"] == 6  # the junior stage has the rest alone
    client.post(f"/targets/balance/resources/{nine_year.id}/2026/primary/remove")
    assert indicators(nine_year)["teaching_area"] == Fraction(3000, 1100)


def test_a_school_has_only_campuses_of_the_stages_it_teaches(client, school, officer):
    client.sign_in(officer)
    assert client.get(address(school, "junior")).status_code == 404
    assert client.get(address(school, "nothing")).status_code == 404


def test_schools_out_of_reach_are_not_found(client, county, administrator):
    other = SchoolFactory(county=county)
    client.sign_in(administrator)
    assert client.get(address(other)).status_code == 404
    assert client.post(address(other), data=FULL).status_code == 404
    assert f">{other.name}</a>" not in client.get("/targets/balance/resources").text


def test_the_export_is_the_workbook_to_fill_in_and_send_back(client, county, school, nine_year, officer):
    client.sign_in(officer)
    client.post(address(school), data=FULL)
    sent = client.post("/targets/balance/resources/export?year=2026&format=xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(sent.data)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert rows[0][:2] == ("学校", "学年")
    by_school = {row[0]: row for row in rows[1:]}
    assert by_school["城关小学"][rows[0].index("教学及辅助用房面积")] == 1200
    assert by_school["九年制学校"][2:] == (None,) * (len(rows[0]) - 2)


def upload(runner, tmp_path, county, rows):
    path = tmp_path / "办学条件.xlsx"
    path.write_bytes(workbook("resources", rows))
    result = runner.invoke(args=["import", "resources", str(path), "--county", county.code])
    db.session.expire_all()
    return result


ROW = {
    "school": "城关小学",
    "school_year": "2026-2027学年",
    "sponsor": "县级教育部门",
    "teaching_area": 1200.5,
    "indoor_sport_area": 300,
    "sport_area": 1500,
    "equipment_value": 400000,
    "multimedia_rooms": 5,
}


def test_a_workbook_comes_in_changes_and_can_be_undone(runner, tmp_path, county, school, officer):
    assert upload(runner, tmp_path, county, [ROW]).exit_code == 0
    row = db.session.scalars(select(SchoolResources)).one()
    assert (row.school_year, row.part, row.teaching_area) == (2026, ResourcePart.WHOLE, Decimal("1200.5"))
    assert (row.sponsor_code, row.rented_sport_area) == ("7", 0)
    assert upload(runner, tmp_path, county, [ROW | {"teaching_area": 1300}]).exit_code == 0
    assert db.session.scalars(select(SchoolResources)).one().teaching_area == 1300
    from app.imports.operations import undo

    batches = db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).all()
    for batch, area in zip(batches, (Decimal("1200.5"), None), strict=True):
        undo(actor=officer, batch=batch)
        db.session.commit()
        assert batch.status is BatchStatus.UNDONE
        kept = db.session.scalars(select(SchoolResources.teaching_area)).all()
        assert kept == ([area] if area else [])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"school": "没有的小学"}, "unknown_school"),
        ({"part": "初中"}, "unknown_subject_post"),
        ({"school_year": "去年"}, "out_of_range"),
        ({"teaching_area": 1.234}, "too_precise"),
        ({"indoor_sport_area": 1201}, "out_of_range"),
    ],
)
def test_a_row_that_cannot_be_is_refused(runner, tmp_path, county, school, changed, sentence):
    result = upload(runner, tmp_path, county, [ROW | changed])
    assert result.exit_code == 1
    batch = db.session.scalars(select(ImportBatch)).one()
    assert list(batch.tallies["problems"]) == [sentence]
    assert db.session.scalars(select(SchoolResources)).all() == []
