"""`flask import …`: the demo county's workbooks, dry runs, exit status."""

import openpyxl
import pytest
from sqlalchemy import select

from app.demo.county import make_county
from app.demo.workbooks import write_workbooks
from app.extensions import db
from app.imports import queries
from app.imports.models import BatchStatus, ImportBatch, ImportKind, Outcome
from app.schools.models import School
from app.teachers.models import BackboneHonour, Circumstance, RotationRecord, Teacher
from tests.app.imports.conftest import everything
from tests.app.imports.workbooks import teacher_row, workbook
from tests.factories import CountyFactory

COMMANDS = {kind: ("roster" if kind is ImportKind.TEACHERS else kind.value) for kind in ImportKind}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return write_workbooks(make_county(seed=2, schools=20), tmp_path_factory.mktemp("demo"), seed=2)


@pytest.fixture
def file(tmp_path, school):
    def write(*rows, name="名册.xlsx", kind="teachers"):
        path = tmp_path / name
        path.write_bytes(workbook(kind, list(rows)))
        return str(path)

    return write


def run(runner, *words):
    return runner.invoke(args=["import", *words])


def test_the_demo_county_comes_in_and_exactly_its_spoilt_rows_stay_out(runner, county, manifest, rows):
    for entry in manifest.files:
        spoilt = {d.row for d in manifest.dirty if d.file == entry.path.name}
        result = run(runner, COMMANDS[ImportKind(entry.sheet)], str(entry.path))
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        batch = db.session.scalars(select(ImportBatch).where(ImportBatch.file_name == entry.path.name)).one()
        assert batch.status is BatchStatus.APPLIED, result.output
        page = queries.preview(batch, Outcome.REJECTED, queries.PreviewFilter(), size=1000)
        if entry.sheet == "teachers":
            assert {row.number for row in page.items} == spoilt, entry.path.name
            assert result.exit_code == (1 if spoilt else 0)
        else:
            assert {p.code for row in page.items for p in row.problems} <= {"unknown_teacher"}
    accepted = {t.id_number: t for t in manifest.accepted_teachers}
    assert rows(School) == len(manifest.county.schools)
    assert rows(Teacher) == len(accepted)
    assert rows(BackboneHonour) == sum(len(t.honours) for t in accepted.values())
    assert rows(RotationRecord) == sum(len(t.rotations) for t in accepted.values())
    assert rows(Circumstance) == sum(len(t.circumstances) for t in accepted.values())
    before = everything()
    for entry in manifest.files:
        run(runner, COMMANDS[ImportKind(entry.sheet)], str(entry.path))
    db.session.expire_all()
    assert everything() == before


def test_a_dry_run_keeps_nothing(runner, file, school, rows):
    result = run(runner, "roster", file(teacher_row(1, school)), "--dry-run")
    assert result.exit_code == 0
    assert "1" in result.output
    assert (rows(Teacher), rows(ImportBatch)) == (0, 0)


def test_rejected_rows_are_told_with_their_place_and_status_one(runner, file, school, rows, tmp_path):
    path = file(teacher_row(1, school), teacher_row(2, school, employing_school="没有的小学"))
    result = run(runner, "roster", path, "--errors", str(tmp_path / "back"))
    assert result.exit_code == 1
    assert "第 4 行" in result.output
    assert "没有的小学" in result.output
    assert rows(Teacher) == 1
    page = openpyxl.load_workbook(tmp_path / "back" / "名册-错误信息.xlsx").active
    assert "错误信息" in [cell.value for cell in page[2]]


def test_a_file_that_is_no_table_has_status_one_and_a_sentence(runner, school, tmp_path):
    path = tmp_path / "photo.xlsx"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    result = run(runner, "roster", str(path))
    assert result.exit_code == 1
    assert "这不是 Excel 工作簿" in result.output


def test_with_several_counties_the_code_is_asked_for(runner, file, school, county, rows):
    CountyFactory()
    path = file(teacher_row(1, school))
    assert run(runner, "roster", path).exit_code == 1
    assert run(runner, "roster", path, "--county", "nowhere").exit_code == 1
    assert run(runner, "roster", path, "--county", county.code).exit_code == 0
    assert rows(Teacher) == 1
