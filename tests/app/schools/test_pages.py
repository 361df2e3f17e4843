"""What people do with schools."""

import io
import re

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.access import Role
from app.accounts.models import SavedFilter
from app.audit.models import AuditEntry
from app.extensions import db
from app.schools.models import EducationGroup, PostSource, School, Stage, SubjectPost
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    EducationGroupFactory,
    ProvinceFactory,
    SchoolFactory,
    SchoolStageFactory,
    SubjectPostFactory,
    TeacherFactory,
    grant,
    officer_of,
    user_with,
)

FORM = {
    "name": "青蓝县第一小学",
    "code": "2199010001",
    "kind_code": "211",
    "locality_code": "111",
    "group_id": "",
    "quota": "60",
    "lat": "24.5",
    "lng": "103.7",
    "primary-is_taught": "y",
    "primary-pupils": "900",
    "primary-boarders": "0",
    "primary-classes": "20",
}


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def officer(client, county):
    client.sign_in(officer_of(county))
    return client


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_an_officer_adds_a_school(officer, county):
    answer = officer.post("/schools/new", data=FORM | {"county_id": str(county.id)})
    assert answer.status_code == 303
    school = db.session.scalars(select(School)).one()
    assert (school.name, school.name_pinyin, school.name_initials) == (
        "青蓝县第一小学",
        "qinglanxiandiyixiaoxue",
        "qlxdyxx",
    )
    assert "900" in officer.get(answer.location).text
    assert entries("school.add")[0].after["primary.pupils"] == 900


def test_what_was_typed_stays_when_a_school_cannot_be_saved(officer, county):
    answer = officer.post("/schools/new", data=FORM | {"county_id": str(county.id), "quota": "many", "lat": "99"})
    assert answer.status_code == 422
    assert 'value="many"' in answer.text
    assert 'value="青蓝县第一小学"' in answer.text
    assert db.session.scalars(select(School)).all() == []


def test_more_boarders_than_pupils_are_refused_beside_their_field(officer, county):
    answer = officer.post("/schools/new", data=FORM | {"county_id": str(county.id), "primary-boarders": "901"})
    assert answer.status_code == 422
    assert "Boarders are pupils" in answer.text


def test_two_schools_of_a_county_cannot_have_one_code(officer, county):
    SchoolFactory(county=county, code=FORM["code"], name="另一所")
    answer = officer.post("/schools/new", data=FORM | {"county_id": str(county.id)})
    assert answer.status_code == 422
    assert "另一所 (2199010001) already has this" in answer.text


def test_a_school_cannot_be_added_to_a_county_out_of_reach(officer):
    other = CountyFactory()
    answer = officer.post("/schools/new", data=FORM | {"county_id": str(other.id)})
    assert answer.status_code == 422


def test_changing_a_school_records_only_what_differs(officer, county):
    school = SchoolFactory(county=county, name="城关小学", code="1", quota=10, lat=None, lng=None)
    SchoolStageFactory(school_id=school.id, pupils=100, classes=6)
    data = {
        "row_version": "1", "name": "城关中心小学", "code": "1", "kind_code": "211", "locality_code": "220",
        "group_id": "", "quota": "10", "primary-is_taught": "y", "primary-pupils": "120", "primary-boarders": "0",
        "primary-classes": "6", "junior-is_taught": "y", "junior-pupils": "50",
    }  # fmt: skip
    assert officer.post(f"/schools/{school.id}/edit", data=data).status_code == 303
    entry = entries("school.edit")[0]
    assert entry.before["name"] == "城关小学"
    assert entry.after == {
        "name": "城关中心小学", "primary.pupils": 120, "junior.pupils": 50, "junior.boarders": 0, "junior.classes": 0
    }  # fmt: skip
    assert db.session.get(School, school.id).name_pinyin == "chengguanzhongxinxiaoxue"
    history = officer.get(f"/schools/{school.id}/history").text
    assert "城关中心小学" in history
    assert "Primary · Pupils" in history


def test_a_lost_update_is_refused_and_the_entries_are_kept(officer, county):
    school = SchoolFactory(county=county, name="城关小学", code="1")
    SchoolStageFactory(school_id=school.id)
    school.quota = 51
    db.session.flush()
    data = FORM | {"row_version": "1", "quota": "77"}
    answer = officer.post(f"/schools/{school.id}/edit", data=data)
    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.text
    assert 'value="77"' in answer.text
    assert db.session.get(School, school.id).quota == 51
    assert f'name="row_version" type="hidden" value="{school.version}"' in answer.text


def test_a_school_of_another_county_does_not_exist_for_an_officer(officer):
    foreign = SchoolFactory()
    for path in ("", "/edit", "/history", "/posts"):
        assert officer.get(f"/schools/{foreign.id}{path}").status_code == 404
    assert officer.post(f"/schools/{foreign.id}/open", data={"open": "0"}).status_code == 404
    assert foreign.name not in officer.get("/schools").text


@pytest.mark.parametrize("text", ["城关", "guan", "cgxx", "5001"])
def test_a_school_is_found_by_name_pinyin_initials_and_code(officer, county, text):
    SchoolFactory(county=county, name="城关小学", name_pinyin="chengguanxiaoxue", name_initials="cgxx", code="5001")
    SchoolFactory(county=county, name="山后中学", name_pinyin="shanhouzhongxue", name_initials="shzx", code="6002")
    page = officer.get("/schools", query_string={"q": text}).text
    assert "城关小学" in page
    assert "山后中学" not in page


def test_filters_narrow_the_list_and_are_named(officer, county):
    urban = SchoolFactory(county=county, name="城里", locality_code="111", is_sending=True)
    SchoolStageFactory(school_id=urban.id, stage=Stage.JUNIOR)
    SchoolFactory(county=county, name="乡下", locality_code="220")
    for query in ("locality=urban", "sending=1", "stage=junior", "weak=0&locality=urban"):
        page = officer.get(f"/schools?{query}").text
        assert "城里" in page and "乡下" not in page
    page = officer.get("/schools?locality=moon").text
    assert "乡下" in page
    assert "The filter “Locality” cannot be “moon”" in page


def test_a_closed_school_leaves_the_list_but_stays_on_record(officer, county):
    school = SchoolFactory(county=county, name="旧小学")
    assert officer.post(f"/schools/{school.id}/open", data={"open": "0"}).status_code == 303
    officer.get("/")  # says that it was closed
    assert "旧小学" not in officer.get("/schools").text
    assert "旧小学" in officer.get("/schools?open=closed").text
    assert entries("school.close")


def test_paging_shows_every_school_once_in_either_direction(officer, county):
    for n in range(120):
        SchoolFactory(county=county, name=f"第{n:03d}学校", name_pinyin=f"p{n // 7:03d}")
    seen, address, pages = [], "/schools", 0
    while address:
        page = officer.get(address).text
        pages += 1
        seen += re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)<', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/schools" + following[1].replace("&amp;", "&") if following else None
    assert pages == 3
    assert len(seen) == len(set(seen)) == 120
    assert 'rel="prev"' in page
    back = page.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert officer.get("/schools" + back).text.count('scope="row"') == 50


def test_the_number_of_queries_of_the_list_does_not_grow_with_its_rows(officer, county, queries):
    def cost():
        with queries() as seen:
            assert officer.get("/schools").status_code == 200
        return len(seen)

    for _ in range(2):
        SchoolStageFactory(school_id=SchoolFactory(county=county).id)
    officer.get("/schools")
    few = cost()
    for _ in range(30):
        school = SchoolFactory(county=county, group_id=EducationGroupFactory(county_id=county.id).id)
        SchoolStageFactory(school_id=school.id)
        TeacherFactory(school=school)
    assert cost() == few


def test_the_figures_of_a_school_equal_the_lists_behind_them(officer, county):
    school = SchoolFactory(county=county, quota=2)
    other = SchoolFactory(county=county)
    SchoolStageFactory(school_id=school.id, pupils=200)
    SubjectPostFactory(school_id=school.id, posts=4)
    for _ in range(2):
        TeacherFactory(school=school)
    lent = TeacherFactory(employing=school, working=other)
    guest = TeacherFactory(employing=other, working=school, subject_code="music")
    BackboneHonourFactory(teacher_id=guest.id)
    gone = TeacherFactory(school=school)
    gone.left_on, gone.state_code = gone.joined_school_on, "301"
    page = officer.get(f"/schools/{school.id}").text
    assert "Quota 2, 1 over" in page
    assert "1 of ours elsewhere, 1 of others here" in page
    assert "2 short" in page
    assert "0.50" in page
    listed = officer.get(f"/teachers?school={school.id}&belongs=employing&established=1").text
    assert "3 rows" in listed
    assert "3 rows" in officer.get(f"/teachers?school={school.id}&belongs=working").text
    assert "1 row" in officer.get(f"/teachers?school={school.id}&belongs=working&stage=primary&backbone=any").text
    assert lent.name in listed


def test_an_export_holds_the_filtered_rows_and_is_on_record(officer, county):
    wanted = SchoolFactory(county=county, name="城里小学", locality_code="111")
    SchoolStageFactory(school_id=wanted.id, pupils=321)
    SchoolFactory(county=county, name="乡下小学")
    answer = officer.post("/schools/export?locality=urban&format=xlsx")
    assert answer.status_code == 200
    assert (
        "filename*=UTF-8''" in answer.headers["Content-Disposition"]
        or "Schools" in answer.headers["Content-Disposition"]
    )
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert rows[1][:2] == ("School code", "Name of the school")
    assert [row[1] for row in rows[2:]] == ["城里小学"]
    assert 321 in rows[2]
    entry = entries("export")[0]
    assert (entry.subject_type, entry.after["rows"], entry.after["locality"]) == ("school", 1, "Urban area")
    assert entry.region_id == county.id


def test_an_auditor_exports_no_schools_of_a_county_she_may_not_read(client, county):
    SchoolFactory(county=county)
    client.sign_in(user_with(Role.AUDITOR, region=county))
    answer = client.post("/schools/export?format=csv")
    assert len(answer.data.decode("utf-8-sig").splitlines()) == 1


def test_the_auditor_of_each_county_reads_of_an_export_that_reached_it(client, county):
    neighbour = CountyFactory()
    officer = user_with(Role.PERSONNEL_OFFICER, region=county)
    grant(officer, Role.PERSONNEL_OFFICER, region=neighbour)
    assert client.sign_in(officer).post("/schools/export?format=csv").status_code == 200
    assert {entry.region_id for entry in entries("export")} == {county.id, neighbour.id}


def test_the_countys_auditor_reads_of_an_export_by_a_school(client, county):
    school = SchoolFactory(county=county)
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school)).post("/schools/export?format=csv")
    entry = entries("export")[0]
    assert (entry.region_id, entry.school_id) == (county.id, school.id)


def test_a_filter_is_saved_applied_and_deleted_by_its_owner_only(officer, county, make_client):
    answer = officer.post(
        "/lists/schools.index/filters", data={"name": "城里", "query": "?locality=urban&after=abc&q=小学"}
    )
    assert answer.status_code == 303
    row = db.session.scalars(select(SavedFilter)).one()
    assert row.query == {"pairs": [["locality", "urban"], ["q", "小学"]]}
    page = officer.get(answer.location).text
    assert 'aria-current="true">城里' in page
    stranger = make_client().sign_in(officer_of(county))
    assert "城里" not in stranger.get("/schools").text
    assert stranger.post(f"/lists/filters/{row.id}/delete").status_code == 404
    assert officer.post(f"/lists/filters/{row.id}/delete").status_code == 303
    assert db.session.scalars(select(SavedFilter)).all() == []
    assert officer.post("/lists/nothing.here/filters", data={"name": "x"}).status_code == 404


def test_a_province_wide_person_sees_counties_apart(client):
    province = ProvinceFactory()
    first, second = CountyFactory(parent_id=province.id), CountyFactory(parent_id=province.id)
    SchoolFactory(county=first, name="甲县小学")
    SchoolFactory(county=second, name="乙县小学")
    SchoolFactory(name="外省小学")
    client.sign_in(user_with(Role.BUREAU_LEADER, region=province))
    page = client.get("/schools").text
    assert "甲县小学" in page and "乙县小学" in page and "外省小学" not in page
    assert "乙县小学" not in client.get(f"/schools?county={first.id}").text.split("<tbody>")[1]


# --- subject posts -------------------------------------------------------------------------------------------------


def posts_of(school):
    rows = db.session.scalars(select(SubjectPost).where(SubjectPost.school_id == school.id))
    return {row.subject_code: (row.posts, row.source) for row in rows if row.posts}


@pytest.fixture
def primary(county):
    school = SchoolFactory(county=county, quota=20, locality_code="111")
    SchoolStageFactory(school_id=school.id, pupils=380, classes=10)
    return school


def test_the_whole_proposal_is_taken_over(officer, primary):
    answer = officer.post(f"/schools/{primary.id}/posts/accept", data={"everything": "1"})
    assert answer.status_code == 303
    found = posts_of(primary)
    assert found["chinese"] == (6, PostSource.NORM)
    assert sum(posts for posts, _source in found.values()) == 20
    assert entries("posts.propose")[0].after["primary.posts.chinese"] == 6


def test_a_new_proposal_keeps_what_an_officer_set_or_a_workbook_brought(officer, primary):
    SubjectPostFactory(school_id=primary.id, subject_code="chinese", posts=9, source=PostSource.OFFICER)
    SubjectPostFactory(school_id=primary.id, subject_code="pe", posts=1, source=PostSource.IMPORT)
    officer.post(f"/schools/{primary.id}/posts/accept", data={"everything": "1"})
    assert posts_of(primary)["chinese"] == (9, PostSource.OFFICER)
    assert posts_of(primary)["pe"] == (1, PostSource.IMPORT)
    officer.post(f"/schools/{primary.id}/posts/accept", data={"everything": "1", "overwrite": "y"})
    assert posts_of(primary)["chinese"] == (6, PostSource.NORM)
    assert posts_of(primary)["pe"] == (2, PostSource.NORM)


def test_only_the_ticked_rows_are_taken_over(officer, primary):
    SubjectPostFactory(school_id=primary.id, subject_code="chinese", posts=9, source=PostSource.OFFICER)
    officer.post(f"/schools/{primary.id}/posts/accept", data={"rows": ["primary:chinese", "primary:music"]})
    assert posts_of(primary) == {"chinese": (6, PostSource.NORM), "music": (1, PostSource.NORM)}


def test_ticking_nothing_says_so(officer, primary):
    answer = officer.post(f"/schools/{primary.id}/posts/accept", data={})
    assert answer.status_code == 422
    assert "Tick the rows to take over" in answer.text


def test_a_corrected_figure_is_the_officers_and_others_keep_their_source(officer, primary):
    officer.post(f"/schools/{primary.id}/posts/accept", data={"everything": "1"})
    page = officer.get(f"/schools/{primary.id}/posts").text
    assert "20" in page and "0 under the quota" in page
    data = {f"primary__{code}": str(posts) for code, (posts, _source) in posts_of(primary).items()}
    blank = {name.split('"')[0]: "0" for name in page.split('name="primary__')[1:]}
    data = {f"primary__{code}": "0" for code in blank} | data | {"primary__music": "3", "new_stage": "primary"}
    assert officer.post(f"/schools/{primary.id}/posts", data=data).status_code == 303
    found = posts_of(primary)
    assert found["music"] == (3, PostSource.OFFICER)
    assert found["chinese"] == (6, PostSource.NORM)
    assert entries("posts.edit")[0].after == {"primary.posts.music": 3}
    assert "2 over the quota" in officer.get(f"/schools/{primary.id}/posts").text


def test_a_subject_beyond_the_lesson_plan_is_added(officer, primary):
    page = officer.get(f"/schools/{primary.id}/posts").text
    names = [f"primary__{part.split(chr(34))[0]}" for part in page.split('name="primary__')[1:]]
    data = dict.fromkeys(names, "0") | {"new_stage": "primary", "new_subject": "mental_health", "new_posts": ""}
    answer = officer.post(f"/schools/{primary.id}/posts", data=data)
    assert answer.status_code == 422
    assert "Choose the further subject and give its number" in answer.text
    assert officer.post(f"/schools/{primary.id}/posts", data=data | {"new_posts": "1"}).status_code == 303
    assert posts_of(primary) == {"mental_health": (1, PostSource.OFFICER)}


def test_a_figure_that_is_no_number_is_kept_and_refused(officer, primary):
    page = officer.get(f"/schools/{primary.id}/posts").text
    names = [f"primary__{part.split(chr(34))[0]}" for part in page.split('name="primary__')[1:]]
    answer = officer.post(
        f"/schools/{primary.id}/posts",
        data=dict.fromkeys(names, "0") | {"primary__music": "-2", "new_stage": "primary"},
    )
    assert answer.status_code == 422
    assert 'value="-2"' in answer.text
    assert posts_of(primary) == {}


def test_a_school_administrator_corrects_the_posts_of_that_school_only(client, primary, county):
    other = SchoolFactory(county=county)
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=primary))
    assert client.get(f"/schools/{primary.id}/posts").status_code == 200
    assert client.get(f"/schools/{primary.id}/edit").status_code == 403
    assert client.get(f"/schools/{other.id}/posts").status_code == 404
    assert client.get(f"/schools/{other.id}").status_code == 404


# --- education groups ----------------------------------------------------------------------------------------------


def test_an_officer_founds_a_group_and_changes_its_schools(officer, county):
    lead, branch, late = (SchoolFactory(county=county, name=name) for name in ("主校", "分校", "后来"))
    data = {"name": "实验教育集团", "members": [str(lead.id), str(branch.id)]}
    assert officer.post(f"/schools/groups/new/{county.id}", data=data).status_code == 303
    group = db.session.scalars(select(EducationGroup)).one()
    assert {lead.group_id, branch.group_id, late.group_id} == {group.id, None}
    data["members"] = [str(lead.id), str(late.id)]
    assert officer.post(f"/schools/groups/{group.id}/edit", data=data).status_code == 303
    assert (branch.group_id, late.group_id) == (None, group.id)
    assert "Joined an education group" in officer.get(f"/schools/{late.id}/history").text
    assert officer.post(f"/schools/groups/{group.id}/delete").status_code == 303
    assert db.session.get(School, lead.id).group_id is None


def test_a_group_takes_no_school_of_another_county(officer, county):
    foreign = SchoolFactory()
    data = {"name": "集团", "members": [str(foreign.id)]}
    assert officer.post(f"/schools/groups/new/{county.id}", data=data).status_code == 422
    assert officer.get(f"/schools/groups/new/{foreign.county_id}").status_code == 404
    assert db.session.get(School, foreign.id).group_id is None


def test_two_groups_of_a_county_cannot_have_one_name(officer, county):
    EducationGroupFactory(county_id=county.id, name="集团")
    answer = officer.post(f"/schools/groups/new/{county.id}", data={"name": "集团"})
    assert answer.status_code == 422
    assert "There is already an education group called “集团”" in answer.text


def test_suggestions_are_of_schools_within_reach(officer, county):
    SchoolFactory(county=county, name="城关小学", code="77", name_pinyin="chengguanxiaoxue")
    SchoolFactory(name="城外小学", name_pinyin="chengwaixiaoxue")
    text = officer.get("/schools/suggest?field=at&at=cheng").text
    assert 'value="城关小学 (77)"' in text
    assert "城外小学" not in text
