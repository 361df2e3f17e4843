"""The road of a workbook on the pages, and who may walk it."""

import io
import re
import threading

import openpyxl
import pytest
from sqlalchemy import select

from app.access import Role
from app.extensions import db
from app.imports import operations
from app.imports.models import BatchStatus, ImportBatch, ImportFile, StagedChunk
from app.jobs.models import Job, JobStatus
from app.jobs.worker import run_pending_jobs
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.app.imports.workbooks import teacher_row, workbook
from tests.factories import CountyFactory, TeacherFactory, officer_of, user_with
from tests.factories.people import identity_number


def send(client, content, county, kind="teachers", name="名册.xlsx"):
    data = {"kind": kind, "county_id": str(county.id), "file": (io.BytesIO(content), name)}
    return client.post("/imports/new", data=data, content_type="multipart/form-data")


def newest():
    db.session.expire_all()
    return db.session.scalars(select(ImportBatch).order_by(ImportBatch.id.desc())).first()


def choice(batch):
    return {f"column_{column}": key for column, key in batch.mapping.items()}


@pytest.fixture
def signed_in(client, officer):
    return client.sign_in(officer)


def test_from_upload_to_undo(signed_in, county, school, rows):
    TeacherFactory(school=school, serial=1, number=identity_number(1), name="张二甲", email="old@example.org")
    content = workbook(
        "teachers",
        [
            teacher_row(1, school, name="张二甲", email="new@example.org"),
            teacher_row(2, school),
            teacher_row(3, school, employing_school="没有的小学"),
        ],
    )
    answer = send(signed_in, content, county)
    assert answer.status_code == 303
    batch = newest()
    page = signed_in.get(answer.location).text
    assert "Match the columns" in page
    assert identity_number(2) not in page

    answer = signed_in.post(f"/imports/{batch.id}/columns", data=choice(batch))
    assert answer.status_code == 303
    page = signed_in.get(f"/imports/{batch.id}?outcome=changed").text
    assert re.search(r"old@example.org.*new@example.org", page, re.S)
    page = signed_in.get(f"/imports/{batch.id}").text
    assert "没有的小学" in page
    assert "Import the school first" in page

    page = signed_in.post(f"/imports/{batch.id}/apply", follow_redirects=True).text
    assert "Confirm" in page
    assert rows(Teacher) == 1
    page = signed_in.post(f"/imports/{batch.id}/apply", data={"does_accept_rejected": "y"}, follow_redirects=True).text
    assert "The import was applied." in page
    assert rows(Teacher) == 2

    page = signed_in.post(f"/imports/{batch.id}/undo", follow_redirects=True).text
    assert "The import was undone" in page
    assert rows(Teacher) == 1
    assert db.session.scalars(select(Teacher.email)).one() == "old@example.org"


def test_the_annotated_workbook_is_the_upload_with_the_errors_beside(signed_in, county, school):
    content = workbook("teachers", [teacher_row(1, school, home_township="=1+1"), teacher_row(2, school, state="瞎写")])
    send(signed_in, content, county)
    batch = newest()
    signed_in.post(f"/imports/{batch.id}/columns", data=choice(batch))
    answer = signed_in.post(f"/imports/{batch.id}/errors.xlsx")
    page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    header = [cell.value for cell in page[2]]
    column = header.index("错误信息") + 1
    assert page.cell(3, column).value is None
    assert "瞎写" in page.cell(4, column).value
    assert page.cell(4, header.index("人员状态") + 1).fill.start_color.rgb == "FFFFC7CE"
    formulas = [cell.coordinate for row in page for cell in row if cell.data_type == "f"]
    assert formulas == []


def test_only_the_uploader_takes_the_workbook_back(signed_in, make_client, county, school):
    send(signed_in, workbook("teachers", [teacher_row(1, school, state="瞎写")]), county)
    batch = newest()
    signed_in.post(f"/imports/{batch.id}/columns", data=choice(batch))
    other = make_client().sign_in(officer_of(county))
    answer = other.post(f"/imports/{batch.id}/errors.xlsx", follow_redirects=True)
    assert "only the person who uploaded it" in answer.text


def test_what_was_mapped_stays_with_its_error(signed_in, county, school):
    send(signed_in, workbook("teachers", [teacher_row(1, school)]), county)
    batch = newest()
    wrong = choice(batch) | {"column_1": "former_name", "does_empty_clear": "y"}
    answer = signed_in.post(f"/imports/{batch.id}/columns", data=wrong)
    assert answer.status_code == 422
    assert "Match a column to 身份证件号" in answer.text
    assert re.search(r'name="column_1".*?<option selected value="former_name"', answer.text, re.S)
    twice = choice(batch) | {"column_0": "id_number"}
    answer = signed_in.post(f"/imports/{batch.id}/columns", data=twice)
    assert answer.status_code == 422
    assert "already matched to column A" in answer.text


def test_a_matching_is_remembered_for_the_same_header(signed_in, county, school):
    odd = {"phone": "联系办法"}
    send(signed_in, workbook("teachers", [teacher_row(1, school, phone="13800000001")], headers=odd), county)
    batch = newest()
    column = batch.headers.index("联系办法")
    assert str(column) not in batch.mapping
    left_out = next(int(c) for c, key in batch.mapping.items() if key == "subject")
    chosen = choice(batch) | {f"column_{column}": "phone", f"column_{left_out}": ""}
    signed_in.post(f"/imports/{batch.id}/columns", data=chosen)
    send(signed_in, workbook("teachers", [teacher_row(2, school, phone="13800000002")], headers=odd), county)
    again = newest()
    assert again.id != batch.id
    assert again.mapping[str(column)] == "phone"
    assert str(left_out) not in again.mapping


def test_nobody_waits_while_a_workbook_is_read(signed_in, county, school, monkeypatch):
    seen, inspect = [], operations.inspect

    def look(*given):
        seen.append(db.session().in_transaction())
        return inspect(*given)

    monkeypatch.setattr(operations, "inspect", look)
    assert send(signed_in, workbook("teachers", [teacher_row(1, school)]), county).status_code == 303
    assert seen == [False]


@pytest.mark.parametrize("name", ["../../名册.xlsx", r"C:\\桌面\\名册.xlsx"])
def test_of_a_file_only_its_own_name_is_kept(signed_in, county, school, name):
    send(signed_in, workbook("teachers", [teacher_row(1, school)]), county, name=name)
    assert newest().file_name == "名册.xlsx"


def test_the_same_waiting_file_is_not_taken_in_twice(signed_in, county, school, rows):
    content = workbook("teachers", [teacher_row(1, school)])
    first, second = send(signed_in, content, county), send(signed_in, content, county)
    assert first.location == second.location
    assert rows(ImportBatch) == 1


def test_discarding_deletes_file_and_rows(signed_in, county, school, rows):
    send(signed_in, workbook("teachers", [teacher_row(1, school)]), county)
    batch = newest()
    signed_in.post(f"/imports/{batch.id}/columns", data=choice(batch))
    assert rows(StagedChunk) == 1
    signed_in.post(f"/imports/{batch.id}/discard")
    assert (rows(StagedChunk), rows(ImportFile)) == (0, 0)
    assert newest().status is BatchStatus.DISCARDED


def test_an_import_of_another_county_is_not_there(signed_in, make_client, county, school):
    send(signed_in, workbook("teachers", [teacher_row(1, school)]), county)
    batch = newest()
    stranger = make_client().sign_in(officer_of(CountyFactory()))
    for path in ("", "/columns"):
        assert stranger.get(f"/imports/{batch.id}{path}").status_code == 404
    for action in ("columns", "sheet", "check", "apply", "undo", "discard", "errors.xlsx"):
        assert stranger.post(f"/imports/{batch.id}/{action}").status_code == 404
    assert f"/imports/{batch.id}" not in stranger.get("/imports").text
    assert send(stranger, workbook("teachers", [teacher_row(1, school)]), county).status_code == 422


def test_school_administrators_do_not_import(client, school):
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    assert client.get("/imports").status_code == 403
    assert client.get("/imports/templates/teachers.xlsx").status_code == 403


def test_the_templates_are_filled_with_the_lists(signed_in, school):
    for kind in ("schools", "posts", "teachers", "honours", "rotations", "circumstances"):
        book = openpyxl.load_workbook(io.BytesIO(signed_in.get(f"/imports/templates/{kind}.xlsx").data))
        assert book.active.max_row >= 3
    book = openpyxl.load_workbook(io.BytesIO(signed_in.get("/imports/templates/teachers.xlsx").data))
    listed = {cell.value for row in book["字典"] for cell in row}
    assert {school.name, "205-交流轮岗"} <= listed
    assert signed_in.get("/imports/templates/nothing.xlsx").status_code == 404


def test_the_template_itself_holds_no_rows(bring, signed_in):
    content = signed_in.get("/imports/templates/teachers.xlsx").data
    batch = bring("teachers", content)
    assert (batch.new_count, batch.rejected_count, batch.skipped_count) == (0, 0, 1)


def test_a_preview_pages_by_row_number(signed_in, bring, school):
    batch = bring("teachers", workbook("teachers", [teacher_row(n, school) for n in range(120)]))
    page = signed_in.get(f"/imports/{batch.id}?outcome=new").text
    following = re.search(r'rel="next" href="([^"]+)"', page)[1].replace("&amp;", "&")
    second = signed_in.get(f"/imports/{batch.id}{following}").text
    assert set(re.findall(r'data-label="Row">(\d+)<', page)) == {str(n) for n in range(3, 53)}
    assert set(re.findall(r'data-label="Row">(\d+)<', second)) == {str(n) for n in range(53, 103)}
    back = re.search(r'rel="prev" href="([^"]+)"', second)[1].replace("&amp;", "&")
    assert re.findall(r'data-label="Row">(\d+)<', signed_in.get(f"/imports/{batch.id}{back}").text) == [
        str(n) for n in range(3, 53)
    ]
    found = signed_in.get(f"/imports/{batch.id}?outcome=new&q=77").text
    assert "77" in re.findall(r'data-label="Row">(\d+)<', found)
    assert "5" not in re.findall(r'data-label="Row">(\d+)<', found)


def test_a_long_sheet_is_checked_and_applied_in_jobs(signed_in, county, school, monkeypatch, rows):
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    send(signed_in, workbook("teachers", [teacher_row(n, school) for n in range(5)]), county)
    batch = newest()
    signed_in.post(f"/imports/{batch.id}/columns", data=choice(batch))
    assert newest().status is BatchStatus.MAPPED
    page = signed_in.get(f"/imports/{batch.id}").text
    assert "Work on this import" in page
    refused = signed_in.post(f"/imports/{batch.id}/check", follow_redirects=True).text
    assert "already working" in refused
    assert run_pending_jobs() == 1
    assert newest().status is BatchStatus.CHECKED
    signed_in.post(f"/imports/{batch.id}/apply")
    run_pending_jobs()
    assert rows(Teacher) == 5
    signed_in.post(f"/imports/{batch.id}/undo")
    run_pending_jobs()
    assert rows(Teacher) == 0
    assert set(db.session.scalars(select(Job.status))) == {JobStatus.DONE}


def test_a_refused_job_says_why_on_the_page(signed_in, put, school, monkeypatch):
    batch = put("teachers", workbook("teachers", [teacher_row(n, school) for n in range(3)]))
    teacher = db.session.scalars(select(Teacher)).first()
    teacher.email = "later@example.org"
    db.session.commit()
    monkeypatch.setattr(operations, "AT_ONCE", 2)
    signed_in.post(f"/imports/{batch.id}/undo")
    run_pending_jobs()
    assert "cannot be undone" in signed_in.get(f"/imports/{batch.id}").text


def race(app, actions):
    """Run actions at the same moment, each in a transaction of its own; what each came to."""
    barrier, results = threading.Barrier(len(actions)), []

    def run(action):
        with app.app_context():
            try:
                barrier.wait()
                with transaction():
                    action()
                results.append("done")
            except Refused:
                results.append("refused")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


def apply_batch(batch_id, actor):
    batch = db.session.get_one(ImportBatch, batch_id)
    prepared = operations.prepare(batch)
    operations.apply(actor=actor, batch=batch, prepared=prepared, does_accept_rejected=False)


class Somebody:
    id = None
    label = "somebody"


def test_two_clicks_apply_a_batch_once(app, bring, school, rows):
    batch_id = bring("teachers", workbook("teachers", [teacher_row(n, school) for n in range(5)])).id
    db.session.commit()
    assert race(app, [lambda: apply_batch(batch_id, Somebody())] * 2) == ["done", "refused"]
    assert rows(Teacher) == 5


def test_two_officers_applying_the_same_people_at_once_add_them_once(app, bring, school, rows):
    people = [teacher_row(n, school) for n in range(5)]
    ids = [bring("teachers", workbook("teachers", people, title=title)).id for title in ("甲", "乙")]
    db.session.commit()
    actions = [lambda batch_id=batch_id: apply_batch(batch_id, Somebody()) for batch_id in ids]
    assert race(app, actions) == ["done", "refused"]
    assert rows(Teacher) == 5
