"""Certificates, titles, appraisals and studies from the bureau's lists: found, compared, applied, undone."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.db.clock import today
from app.extensions import db
from app.imports import operations
from app.imports.models import BatchStatus
from app.qualifications.judging import judge_county
from app.qualifications.models import (
    Certificate,
    CertificateGap,
    CertificateRegistration,
    CertificateState,
    TeacherDegree,
    TitleKind,
    TitleRecord,
    YearlyAppraisal,
)
from app.teachers.models import Teacher
from tests.app.imports.conftest import counts, everything
from tests.app.imports.workbooks import workbook
from tests.factories import TeacherFactory
from tests.factories.people import identity_number
from tests.factories.qualifications import CertificateFactory, DegreeFactory, RegistrationFactory, TitleRecordFactory

S = CertificateState


def teacher_at(school, serial, **more):
    return TeacherFactory(school=school, serial=serial, number=identity_number(serial), name=f"教师{serial}", **more)


def line(serial, **cells):
    return {"name": f"教师{serial}", "id_number": identity_number(serial), **cells}


def rows_of(model):
    return db.session.scalars(select(model).order_by(model.id)).all()


def undo(batch, officer):
    operations.undo(actor=officer, batch=batch)
    db.session.expire_all()


def problems(batch):
    return set(batch.tallies["problems"])


def test_a_qualification_comes_in_verified_with_its_registrations(put, school):
    teacher = teacher_at(school, 1, stage="primary")
    cells = {
        "kind": "2-小学教师资格", "number": "20105300120001111", "subject": "语文", "issued_on": "2010.07",
        "issued_by": "某市教育局", "first_registered_on": "2016-09-01", "first_conclusion": "合格",
        "registered_on": "2023-09-01", "conclusion": "注册合格",
    }  # fmt: skip
    assert counts(put("qualifications", workbook("qualifications", [line(1, **cells)]))) == (1, 0, 0, 0)
    row = rows_of(Certificate)[0]
    assert (row.teacher_id, row.type_code, row.state) == (teacher.id, "teacher_primary", S.VERIFIED)
    assert (row.number, row.subject_code, row.issued_on) == ("20105300120001111", "chinese", date(2010, 7, 1))
    assert (row.registered_to, row.expires_on) == (date(2028, 8, 31), date(2028, 8, 31))
    assert [(r.on, r.conclusion_code) for r in rows_of(CertificateRegistration)] == [
        (date(2016, 9, 1), "1"), (date(2023, 9, 1), "1"),
    ]  # fmt: skip
    lacks = {gap.type_code for gap in rows_of(CertificateGap)}
    assert "teacher_primary" not in lacks and "pth_2a" in lacks


def test_the_same_list_again_changes_nothing_and_a_newer_registration_is_added(put, school):
    teacher_at(school, 1)
    cells = {"kind": "小学教师资格", "first_registered_on": "2016-09-01", "first_conclusion": "合格"}
    put("qualifications", workbook("qualifications", [line(1, **cells)]))
    assert counts(put("qualifications", workbook("qualifications", [line(1, **cells)], title="再来"))) == (0, 0, 1, 0)
    newer = cells | {"registered_on": "2021-09-01", "conclusion": "暂缓注册"}
    assert counts(put("qualifications", workbook("qualifications", [line(1, **newer)]))) == (0, 1, 0, 0)
    row = rows_of(Certificate)[0]
    assert (row.registered_to, row.conclusion_code) == (date(2021, 8, 31), "2")
    assert len(rows_of(CertificateRegistration)) == 2


def test_a_claim_that_agrees_with_the_list_is_verified_by_it(put, school):
    teacher = teacher_at(school, 1)
    CertificateFactory(teacher=teacher, type_code="teacher_primary", number="A1", state=S.CLAIMED)
    batch = put("qualifications", workbook("qualifications", [line(1, kind="2", number="A1", issued_by="市教育局")]))
    assert counts(batch) == (0, 1, 0, 0)
    assert [row.state for row in rows_of(Certificate)] == [S.VERIFIED]


@pytest.mark.parametrize(
    ("cells", "code", "kept"),
    [
        ({"language": "二甲"}, "pth_2a", None),
        ({"language": "普通话一级乙等"}, "pth_1b", None),
        ({"title": "心理健康教育教师C证"}, "mental_c", None),
        ({"title": "心理B证"}, "mental_b", None),
        ({"title": "国家心理咨询师"}, "psych_counsellor", None),
        ({"title": "二级编程证书", "category": "3-计算机证书"}, "skill_computer", "二级编程证书"),
        ({"title": "某某培训证"}, "other", "某某培训证"),
    ],
)
def test_a_certificate_is_known_by_what_offices_call_it(put, school, cells, code, kept):
    teacher_at(school, 1)
    put("certificates", workbook("certificates", [line(1, **cells, issued_on="2024-05-01")]))
    row = rows_of(Certificate)[0]
    assert (row.type_code, row.title) == (code, kept)
    assert row.valid_to == (date(2029, 4, 30) if code.startswith("mental") else None)


def test_rows_that_report_nothing_or_name_nothing(bring, school):
    for serial in (1, 2, 3):
        teacher_at(school, serial)
    rows = [line(1, language="无"), line(2, category="0-无"), line(3, language="其他")]
    batch = bring("certificates", workbook("certificates", rows))
    assert counts(batch) == (0, 0, 0, 1) and problems(batch) == {"certificate_unknown"}


def test_a_number_twice_is_refused_in_the_file_and_on_record(bring, school):
    for serial in (1, 2, 3):
        teacher_at(school, serial)
    CertificateFactory(teacher=TeacherFactory(school=school), type_code="teacher_primary", number="C3")
    rows = [line(1, kind="2", number="A1"), line(2, kind="2", number="A1"), line(3, kind="2", number="C3")]
    batch = bring("qualifications", workbook("qualifications", rows))
    assert counts(batch) == (0, 0, 0, 3) and problems(batch) == {"certificate_number_taken"}


@pytest.mark.parametrize(
    ("kind", "cells", "code"),
    [
        ("qualifications", {"kind": "2", "issued_on": "2016-01", "first_registered_on": "2015-01"}, "dates_reversed"),
        ("qualifications", {"kind": "2", "issued_on": "2090-01-01"}, "date_out_of_range"),
        ("certificates", {"title": "心理C证", "issued_on": "2024-05-01", "valid_to": "2023-05-01"}, "dates_reversed"),
        ("titles", {"title": "一级教师", "from_on": "2019-12", "to_on": "2018-12"}, "dates_reversed"),
        ("appraisals", {"year": 2090, "result": "合格"}, "out_of_range"),
        ("degrees", {"level": "本科", "institution": "某大学", "started_on": "2010-09", "graduated_on": "2008-07"},
         "dates_reversed"),
        ("qualifications", {"kind": "太空教师资格"}, "unknown_code"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(bring, school, kind, cells, code):
    teacher_at(school, 1)
    batch = bring(kind, workbook(kind, [line(1, **cells)]))
    assert counts(batch) == (0, 0, 0, 1) and problems(batch) == {code}


def test_the_newest_title_becomes_the_present_one_and_the_undo_puts_both_back(put, school, officer):
    teacher = teacher_at(school, 1, title_employed_code="second", title_employed_on=date(2012, 9, 1))
    TitleRecordFactory(teacher_id=teacher.id, title_code="second", from_on=date(2012, 9, 1), to_on=date(2019, 11, 30))
    TitleRecordFactory(teacher_id=teacher.id, kind=TitleKind.RATED, title_code="first", from_on=date(2019, 6, 1))
    before = everything()
    batch = put("titles", workbook("titles", [line(1, title="一级教师", from_on="2019-12", given_by="城关小学")]))
    db.session.expire_all()
    assert (teacher.title_employed_code, teacher.title_employed_on) == ("first", date(2019, 12, 1))
    assert len(rows_of(TitleRecord)) == 3
    undo(batch, officer)
    assert everything() == before


def test_appraisals_and_studies(put, school):
    teacher_at(school, 1)
    put("appraisals", workbook("appraisals", [line(1, year=2024, result="优秀"), line(1, year=2025, result="称职")]))
    assert [(row.year, row.result_code) for row in rows_of(YearlyAppraisal)] == [(2024, "1"), (2025, "2")]
    again = put("appraisals", workbook("appraisals", [line(1, year="2025年", result="优秀")]), accept=True)
    assert counts(again)[3] == 1 or counts(again) == (0, 1, 0, 0)
    put("degrees", workbook("degrees", [line(1, level="本科", institution="云南师范大学", degree_level="学士")]))
    assert [(row.level_code, row.institution, row.degree_level_code) for row in rows_of(TeacherDegree)] == [
        ("21", "云南师范大学", "4")
    ]


def test_the_shell_takes_them_in_too(runner, school, tmp_path):
    teacher_at(school, 1)
    cells = {"kind": "2", "number": "A1", "first_registered_on": "2016-09-01"}
    for registered in (None, "2023-09-01"):
        path = tmp_path / f"教师资格{registered}.xlsx"
        path.write_bytes(workbook("qualifications", [line(1, **cells, registered_on=registered)]))
        result = runner.invoke(args=["import", "qualifications", str(path)])
        assert result.exit_code == 0, result.output
    assert rows_of(Certificate)[0].registered_to == date(2028, 8, 31)


CELLS = {
    "kind": st.sampled_from(["1", "2", "3"]),
    "number": st.sampled_from([None, "A", "B", "C"]),
    "subject": st.sampled_from([None, "语文", "数学"]),
    "issued_by": st.sampled_from([None, "省教育厅", "市教育局"]),
    "issued_on": st.sampled_from([None, "2010-07-01", "2012-07-01"]),
    "first_registered_on": st.sampled_from([None, "2016-09-01", "2017-09-01"]),
    "registered_on": st.sampled_from([None, "2021-09-01", "2022-09-01"]),
    "conclusion": st.sampled_from([None, "合格", "暂缓注册"]),
}


@settings(max_examples=12)
@given(lists=st.lists(st.lists(st.tuples(st.integers(1, 3), st.fixed_dictionaries(CELLS)), min_size=1, max_size=4),
                      min_size=1, max_size=2))  # fmt: skip
def test_whatever_was_imported_an_undo_restores_every_row(put, officer, school, lists):
    for serial in (1, 2, 3):
        if db.session.scalar(select(Teacher.id).where(Teacher.name == f"教师{serial}")) is None:
            teacher = teacher_at(school, serial)
            row = CertificateFactory(teacher=teacher, type_code="teacher_primary", number=f"old{serial}")
            RegistrationFactory(certificate_id=row.id, on=date(2016, 9, 1))
            DegreeFactory(teacher_id=teacher.id)
    judge_county(school.county_id, today())
    before = settled()
    batches = []
    for rows in lists:
        content = workbook("qualifications", [line(serial, **cells) for serial, cells in rows])
        batches.append(put("qualifications", content, accept=True))
    for batch in reversed(batches):
        if batch.status is BatchStatus.APPLIED:
            undo(batch, officer)
    assert settled() == before


def settled():
    """Everything but the ids and moments of what is derived."""
    found = everything()
    found.pop("certificate_judgement", None)
    found["certificate_gap"] = sorted(row[1:] for row in found["certificate_gap"])
    return found
