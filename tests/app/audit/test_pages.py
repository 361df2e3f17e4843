"""The log's pages show what happened in the person's own regions."""

from io import BytesIO

import openpyxl
from sqlalchemy import select

from app import audit
from app.access import Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.audit.queries import history_lines
from app.extensions import db
from app.regions.models import Region
from tests.factories import CountyFactory, PrefectureFactory, ProvinceFactory, TeacherFactory, user_with


def edit(county, name="旧名", **more):
    return audit.record(
        actor=SYSTEM,
        action="region.edit",
        subject=county,
        before={"name": name},
        after={"name": county.name},
        region_id=county.id,
        **more,
    )


def test_an_auditor_reads_the_entries_of_the_own_county_only(client):
    own, far = CountyFactory(name="青山县"), CountyFactory(name="白水县")
    edit(own)
    far_position = edit(far).position
    client.sign_in(user_with(Role.AUDITOR, region=own))
    page = client.get("/audit/").text
    assert "青山县" in page
    assert "白水县" not in page
    assert client.get(f"/audit/{far_position}").status_code == 404


def test_what_belongs_to_no_region_is_for_those_who_reach_every_county(client, make_client):
    province = ProvinceFactory()
    county, _other = (CountyFactory(parent_id=PrefectureFactory(parent_id=province.id).id) for _ in range(2))
    position = audit.record(actor=SYSTEM, action="code.edit", subject_label="teacher_state 205").position
    assert client.sign_in(user_with(Role.AUDITOR, region=province)).get(f"/audit/{position}").status_code == 200
    assert make_client().sign_in(user_with(Role.AUDITOR, region=county)).get(f"/audit/{position}").status_code == 404


def test_an_entry_shows_each_field_old_and_new(client):
    county = CountyFactory(name="青山县")
    position = edit(county, reason="改县设区").position
    page = client.sign_in(user_with(Role.AUDITOR, region=county)).get(f"/audit/{position}").text
    for text in ("旧名", "青山县", "改县设区"):
        assert text in page


def test_the_log_is_narrowed_by_who_what_and_when(client):
    county = CountyFactory(name="青山县")
    auditor = user_with(Role.AUDITOR, region=county)
    edit(county)
    audit.record(actor=auditor, action="job.cancel", subject_label="the job", region_id=county.id)
    client.sign_in(auditor)
    assert "the job" not in client.get("/audit/?action=region").text
    assert "the job" in client.get(f"/audit/?actor={auditor.username}").text
    assert "青山县" not in client.get(f"/audit/?actor={auditor.username}&from=2020-01-01").text.split("<tbody>")[1]
    assert "the job" not in client.get("/audit/?to=2020-01-01").text
    assert "the job" in client.get("/audit/?from=nonsense").text


def test_the_log_pages_by_position(client):
    county = CountyFactory()
    for _ in range(60):
        edit(county)
    client.sign_in(user_with(Role.AUDITOR, region=county))
    first = client.get("/audit/").text
    assert first.count("/audit/") >= 50
    assert 'rel="next"' in first


def test_an_export_holds_the_filtered_rows_and_is_itself_recorded(client):
    county = CountyFactory(name="青山县")
    edit(county)
    auditor = user_with(Role.AUDITOR, region=county)
    audit.record(actor=auditor, action="job.cancel", subject_label="the job", region_id=county.id)
    answer = client.sign_in(auditor).post("/audit/export?action=region")
    sheet = openpyxl.load_workbook(BytesIO(answer.data)).active
    text = "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row)
    assert "青山县" in text
    assert "the job" not in text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export")).one()
    assert (entry.actor_id, entry.region_id, entry.after["rows"]) == (auditor.id, county.id, 1)


def test_a_record_tells_its_history_newest_first(app):
    county = CountyFactory(name="乙县")
    edit(county, name="甲县")
    county.name = "丙县"
    edit(county, name="乙县")
    lines = history_lines("region", county.id, labels={"name": "名称"})
    assert [line.changes for line in lines] == [[("名称", "乙县", "丙县")], [("名称", "甲县", "乙县")]]


def test_the_log_is_taken_away_only_by_those_who_may_export(client):
    county = CountyFactory()
    administrator = user_with(Role.SYSTEM_ADMINISTRATOR, region=county)
    page = client.sign_in(administrator).get("/audit/").text
    assert "/audit/export" not in page
    assert client.post("/audit/export").status_code == 403


def test_an_entry_tells_a_teachers_columns_in_words(client):
    teacher = TeacherFactory()
    auditor = user_with(Role.AUDITOR, region=db.session.get(Region, teacher.county_id))
    entry = audit.record(
        actor=auditor,
        action="teacher.edit",
        subject=teacher,
        before={"state_code": "100"},
        after={"state_code": "205"},
        region_id=teacher.county_id,
    )
    auditor.language = "zh_Hans_CN"
    page = client.sign_in(auditor).get(f"/audit/{entry.position}").text
    assert "state_code" not in page
    assert "交流轮岗" in page
