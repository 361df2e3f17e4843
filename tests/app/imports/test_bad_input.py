"""What offices send that must not get in, and what it says; what is doubtful is never guessed."""

import io
import zipfile
from datetime import date

import pytest
from sqlalchemy import select

from app.extensions import db
from app.imports import operations
from app.imports.models import ImportBatch, ImportKind
from app.imports.sentences import SENTENCES, say_file_error
from app.tables.packages import TableFileError
from app.tables.problems import TEMPLATES
from app.teachers.models import Teacher
from tests.app.imports.conftest import counts
from tests.app.imports.workbooks import teacher_row, workbook
from tests.factories.people import identity_number


def take_in(officer, county, content):
    return operations.upload(
        actor=officer, county=county, kind=ImportKind.TEACHERS, file_name="名册.xlsx", content=content
    )


def bomb():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
    return buffer.getvalue()


FILES = {
    "file_empty": b"",
    "file_not_a_table": b"%PDF-1.7 something",
    "file_damaged": b"PK\x03\x04 cut off",
    "file_html_disguised": b"<html><table><tr><td>1</td></tr></table></html>",
    "headers_not_found": "甲,乙,丙\n1,2,3\n".encode(),
}


@pytest.mark.parametrize("code", FILES)
def test_files_that_are_no_roster_are_refused_with_a_sentence(code, officer, county, rows):
    with pytest.raises(TableFileError) as caught:
        take_in(officer, county, FILES[code])
    assert caught.value.code == code
    assert len(say_file_error(caught.value)) > 5
    assert rows(ImportBatch) == 0


def test_a_bomb_is_refused_before_it_unpacks(app, officer, county, monkeypatch):
    monkeypatch.setitem(app.config, "IMPORT_MAX_UNPACKED_BYTES", 1_000_000)
    with pytest.raises(TableFileError) as caught:
        take_in(officer, county, bomb())
    assert caught.value.code == "file_unpacks_too_large"


def test_a_file_beyond_the_limit_is_refused_on_the_page(app, client, officer, county, school, monkeypatch):
    monkeypatch.setitem(app.config, "IMPORT_MAX_BYTES", 1000)
    data = {"kind": "teachers", "county_id": str(county.id)}
    data["file"] = (io.BytesIO(workbook("teachers", [teacher_row(1, school)])), "名册.xlsx")
    answer = client.sign_in(officer).post("/imports/new", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "at most 0.0 MB" in answer.text


def test_more_rows_than_allowed_are_refused(app, officer, county, school, monkeypatch):
    monkeypatch.setitem(app.config, "IMPORT_MAX_ROWS", 3)
    with pytest.raises(TableFileError) as caught:
        take_in(officer, county, workbook("teachers", [teacher_row(n, school) for n in range(5)]))
    assert caught.value.code == "too_many_rows"


def test_every_problem_has_a_sentence():
    assert not TEMPLATES.keys() - SENTENCES.keys()


WRONG = {
    "id_length": {"id_number": "12345"},
    "id_characters": {"id_number": "99010119850601O01X"},
    "id_checksum": {"id_number": identity_number(1)[:-1] + ("1" if identity_number(1)[-1] != "1" else "2")},
    "id_old_form": {"id_number": "990101850601001"},
    "digits_lost": {"id_number": 990101198506010019.0},
    "ambiguous_month": {"joined_school_on": 2015.1},
    "not_a_date": {"joined_school_on": "去年"},
    "impossible_date": {"joined_school_on": "2015-13"},
    "date_out_of_range": {"joined_school_on": "1015-09"},
    "unknown_code": {"state": "瞎写"},
    "code_label_disagree": {"state": "205-退休"},
    "not_boolean": {"is_class_teacher": "也许"},
    "out_of_range": {"home_lat": 99},
    "not_a_number": {"home_lat": "北边"},
    "required": {"name": None},
    "too_long": {"name": "长" * 61},
    "cell_error": {"home_township": "#REF!"},
    "unknown_school": {"employing_school": "没有的小学"},
    "before_birth": {"joined_school_on": "1980-01"},
}


@pytest.mark.parametrize("code", WRONG)
def test_a_wrong_cell_keeps_its_row_out_and_no_other(code, bring, school):
    batch = bring("teachers", workbook("teachers", [teacher_row(1, school, **WRONG[code]), teacher_row(2, school)]))
    assert batch.tallies["problems"] == {code: 1}
    assert counts(batch) == (1, 0, 0, 1)


DATES = {
    "2017-09": date(2017, 9, 1),
    "2017.09": date(2017, 9, 1),
    "2017/9": date(2017, 9, 1),
    "2017年9月": date(2017, 9, 1),
    "2017年9月1日": date(2017, 9, 1),
    "201709": date(2017, 9, 1),
    "２０１７．０９": date(2017, 9, 1),
    "2015.10": date(2015, 10, 1),
    201709.0: date(2017, 9, 1),
    2017.09: date(2017, 9, 1),
    42979.0: date(2017, 9, 1),
    date(2017, 9, 1): date(2017, 9, 1),
    "20170901": date(2017, 9, 1),
}


@pytest.mark.parametrize("written", DATES, ids=str)
def test_each_form_of_a_date_is_understood(written, put, school):
    put("teachers", workbook("teachers", [teacher_row(1, school, joined_school_on=written)]))
    assert db.session.scalars(select(Teacher.joined_school_on)).one() == DATES[written]


def test_the_same_number_twice_in_a_file_is_refused_both_times(bring, school):
    batch = bring("teachers", workbook("teachers", [teacher_row(1, school), teacher_row(1, school, name="别人")]))
    assert batch.tallies["problems"] == {"duplicate_row": 2}
    assert counts(batch) == (0, 0, 0, 2)


def test_samples_totals_and_footers_are_left_out(bring, school):
    extra = [["示例数据"], ["合计", None, None, "2"], ["填表人：张三"]]
    batch = bring("teachers", workbook("teachers", [teacher_row(1, school)], extra=extra))
    assert counts(batch) == (1, 0, 0, 0)
    assert batch.skipped_count == 3


def test_a_csv_in_the_old_encoding_is_read(put, school):
    row = teacher_row(1, school)
    labels = {"name": "姓名", "id_number": "身份证号码", "employing_school": "单位", "joined_school_on": "进校时间",
              "stage": "学段", "subject": "学科"}  # fmt: skip
    text = ",".join(labels.values()) + "\n" + ",".join(str(row[key]) for key in labels) + "\n"
    put("teachers", text.encode("gb18030"), name="名册.csv")
    assert db.session.scalars(select(Teacher.name)).one() == row["name"]
