"""Changing teachers."""

import io
import time
from datetime import date

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.access import Role
from app.audit.models import AuditEntry
from app.extensions import db
from app.teachers.models import BackboneHonour, Circumstance, RotationRecord, Sex, Teacher
from tests.factories import (
    BackboneHonourFactory,
    CircumstanceFactory,
    CountyFactory,
    RotationRecordFactory,
    SchoolFactory,
    TeacherFactory,
    officer_of,
    user_with,
)
from tests.factories.people import identity_number

NUMBER = identity_number(24, date(1988, 3, 12))  # an even serial: a woman
FORM = {
    "name": "林青禾", "id_type_code": "1", "id_number": NUMBER, "sex": "unknown", "employing_school": "1001",
    "started_work_on": "2010-09", "joined_school_on": "2017-09", "staff_category_code": "A1", "is_established": "y",
    "state_code": "100", "stage": "primary", "subject_code": "chinese",
}  # fmt: skip


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def school(county):
    return SchoolFactory(county=county, name="城关小学", code="1001")


@pytest.fixture
def officer(client, county, school):
    return client.sign_in(officer_of(county))


@pytest.fixture
def administrator(client, school):
    return client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))


@pytest.fixture
def teacher(school):
    return TeacherFactory(school=school, name="林青禾", number=NUMBER, birth_on=date(1988, 3, 12))


def entries(action):
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.position)).all()


def form_of(page):
    """What a browser would send back for the form of a page."""
    from html.parser import HTMLParser

    class Reader(HTMLParser):
        def __init__(self):
            super().__init__()
            self.data, self.select, self.area = {}, None, None

        def handle_starttag(self, tag, attributes):
            a = dict(attributes)
            if tag == "input" and a.get("name") and a["name"] not in ("language", "next"):
                if a.get("type") == "checkbox" and "checked" not in a:
                    return
                self.data[a["name"]] = a.get("value", "")
            elif tag == "select":
                self.select = a.get("name")
            elif tag == "option" and self.select and ("selected" in a or self.select not in self.data):
                self.data[self.select] = a.get("value", "")
            elif tag == "textarea":
                self.area = a["name"]

        def handle_data(self, data):
            if self.area:
                self.data[self.area] = data.strip()

        def handle_endtag(self, tag):
            if tag == "select":
                self.select = None
            if tag == "textarea":
                self.area = None

    reader = Reader()
    reader.feed(page)
    return reader.data


# --- adding --------------------


def test_a_teacher_is_added_with_birth_and_sex_from_the_number(officer, school):
    answer = officer.post("/teachers/new", data=FORM)
    assert answer.status_code == 303
    teacher = db.session.scalars(select(Teacher)).one()
    assert (teacher.birth_on, teacher.sex) == (date(1988, 3, 12), Sex.FEMALE)
    assert (teacher.name_pinyin, teacher.name_initials) == ("linqinghe", "lqh")
    assert (teacher.employing_school_id, teacher.working_school_id) == (school.id, school.id)
    assert (teacher.id_number, teacher.county_id) == (NUMBER, school.county_id)
    assert teacher.id_number_masked == f"{NUMBER[:3]}***********{NUMBER[-4:]}"
    page = officer.get(answer.location).text
    assert NUMBER not in page and teacher.id_number_masked in page
    entry = entries("teacher.add")[0]
    assert entry.after["id_number"] == teacher.id_number_masked
    assert NUMBER not in str(entry.after)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"id_number": NUMBER[:17] + ("1" if NUMBER[-1] != "1" else "2")}, "The last character does not fit"),
        ({"id_number": NUMBER[:17]}, "18 characters"),
        ({"id_number": ""}, "Give the number"),
        ({"birth_on": "1988-03-13"}, "The date of birth differs"),
        ({"sex": "male"}, "The sex differs"),
        ({"started_work_on": "1980-01"}, "Work cannot have started before birth"),
        ({"joined_school_on": "2017-13"}, "Write the month as 2026-09"),
        ({"birth_on": "12.3.1988"}, "Write the date as 2026-09-01"),
        ({"employing_school": "没有的学校"}, "No school within your reach"),
        ({"email": "nobody"}, "name@example.org"),
        ({"subject_code": "alchemy"}, "Choose one of the list"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_stays_as_typed(officer, change, sentence):
    answer = officer.post("/teachers/new", data=FORM | change)
    assert answer.status_code == 422
    assert sentence in answer.text
    typed = next(iter(change.values()))
    if typed and typed not in ("male", "alchemy"):
        assert f'value="{typed}"' in answer.text
    assert db.session.scalars(select(Teacher)).all() == []


def test_one_identity_number_belongs_to_one_teacher_even_out_of_reach(officer):
    TeacherFactory(number=NUMBER, name="别县某人")
    answer = officer.post("/teachers/new", data=FORM)
    assert answer.status_code == 422
    assert "already on record" in answer.text
    assert "别县某人" not in answer.text


def test_nobody_is_added_to_a_school_out_of_reach(officer):
    SchoolFactory(code="9009")
    assert officer.post("/teachers/new", data=FORM | {"employing_school": "9009"}).status_code == 422


# --- editing --------------------


def test_the_form_sent_back_unchanged_changes_nothing(officer, teacher):
    teacher.joined_school_on = date(2017, 9, 15)
    page = officer.get(f"/teachers/{teacher.id}/edit").text
    assert NUMBER not in page
    answer = officer.post(f"/teachers/{teacher.id}/edit", data=form_of(page))
    assert answer.status_code == 303, answer.text
    assert entries("teacher.edit") == []
    assert db.session.get(Teacher, teacher.id).joined_school_on == date(2017, 9, 15)


def test_an_edit_records_old_and_new_of_what_differs(officer, teacher):
    data = form_of(officer.get(f"/teachers/{teacher.id}/edit").text)
    data |= {"name": "林青和", "subject_code": "music", "phone": "13800001234", "title_rated_code": "senior"}
    assert officer.post(f"/teachers/{teacher.id}/edit", data=data).status_code == 303
    entry = entries("teacher.edit")[0]
    assert entry.before == {"name": "林青禾", "subject_code": "chinese", "phone": None, "title_rated_code": None}
    assert entry.after["phone"] == "*******1234"
    changed = db.session.get(Teacher, teacher.id)
    assert (changed.name_pinyin, changed.phone) == ("linqinghe", "13800001234")
    history = officer.get(f"/teachers/{teacher.id}/history").text
    assert "Music" in history and "Chinese" in history and "13800001234" not in history


def test_a_lost_update_is_refused_and_saving_again_counts(officer, teacher):
    data = form_of(officer.get(f"/teachers/{teacher.id}/edit").text) | {"former_name": "林阿禾"}
    teacher.home_township = "别人填的"
    db.session.flush()
    answer = officer.post(f"/teachers/{teacher.id}/edit", data=data)
    assert answer.status_code == 422
    assert "Somebody else changed this record" in answer.text
    assert 'value="林阿禾"' in answer.text
    assert db.session.get(Teacher, teacher.id).home_township == "别人填的"
    assert officer.post(f"/teachers/{teacher.id}/edit", data=form_of(answer.text)).status_code == 303
    assert db.session.get(Teacher, teacher.id).former_name == "林阿禾"


def test_a_new_number_must_agree_with_birth_and_sex(officer, teacher):
    data = form_of(officer.get(f"/teachers/{teacher.id}/edit").text)
    other = identity_number(26, date(1990, 1, 1))
    answer = officer.post(f"/teachers/{teacher.id}/edit", data=data | {"id_number": other})
    assert answer.status_code == 422 and "The date of birth differs" in answer.text
    answer = officer.post(f"/teachers/{teacher.id}/edit", data=data | {"id_number": other, "birth_on": "1990-01-01"})
    assert answer.status_code == 303
    changed = db.session.get(Teacher, teacher.id)
    assert (changed.id_number, changed.id_number_masked[-4:]) == (other, other[-4:])
    assert other not in str(entries("teacher.edit")[0].after)


def test_birth_cannot_be_changed_against_the_number_on_record(officer, teacher):
    data = form_of(officer.get(f"/teachers/{teacher.id}/edit").text) | {"birth_on": "1989-03-12"}
    answer = officer.post(f"/teachers/{teacher.id}/edit", data=data)
    assert answer.status_code == 422
    assert "The date of birth differs" in answer.text


def test_a_teacher_out_of_reach_does_not_exist(officer):
    foreign = TeacherFactory()
    for path in ("", "/edit", "/history", "/leave", "/transfer", "/relocate", "/identity", "/subjects", "/honours/new"):
        assert officer.get(f"/teachers/{foreign.id}{path}").status_code == 404, path
    assert officer.post(f"/teachers/{foreign.id}/return").status_code == 404


# --- a school's own administrator --------------------


def test_a_school_changes_its_own_facts_but_not_those_of_the_bureau(administrator, teacher):
    page = administrator.get(f"/teachers/{teacher.id}/edit").text
    data = form_of(page)
    assert "phone" in data
    assert not {"id_number", "is_established", "title_rated_code", "employing_school"} & data.keys()
    data |= {"phone": "13900000000", "id_number": identity_number(1), "title_rated_code": "full_senior"}
    assert administrator.post(f"/teachers/{teacher.id}/edit", data=data).status_code == 303
    changed = db.session.get(Teacher, teacher.id)
    assert (changed.phone, changed.id_number, changed.title_rated_code) == ("13900000000", NUMBER, None)
    assert changed.is_established


def test_a_school_changes_only_the_workplace_facts_of_a_guest(administrator, school):
    guest = TeacherFactory(employing=SchoolFactory(county_id=school.county_id), working=school)
    data = form_of(administrator.get(f"/teachers/{guest.id}/edit").text)
    assert "is_class_teacher" not in data  # not ticked
    assert {"phone", "subject_code"} <= data.keys()
    assert not {"name", "birth_on", "joined_school_on"} & data.keys()


def test_what_the_bureau_decides_is_refused_to_a_school(administrator, teacher):
    for path in ("leave", "transfer", "relocate", "rotations/new", "circumstances/new"):
        assert administrator.get(f"/teachers/{teacher.id}/{path}").status_code == 403, path
    assert administrator.get(f"/teachers/{teacher.id}/identity").status_code == 403


def test_a_school_enters_its_own_honours_only(administrator, teacher):
    page = administrator.get(f"/teachers/{teacher.id}/honours/new").text
    data = form_of(page) | {"title": "校级骨干", "valid_from": "2025-01-01", "type_code": "backbone"}
    assert data["level_code"] == "5"
    assert administrator.post(f"/teachers/{teacher.id}/honours/new", data=data | {"level_code": "4"}).status_code == 422
    assert administrator.post(f"/teachers/{teacher.id}/honours/new", data=data).status_code == 303
    above = BackboneHonourFactory(teacher_id=teacher.id, level_code="3")
    assert administrator.post(f"/teachers/{teacher.id}/honours/{above.id}/remove").status_code == 403


# --- leaving, moving --------------------


def test_a_teacher_leaves_and_returns(officer, teacher):
    answer = officer.post(f"/teachers/{teacher.id}/leave", data={"state_code": "301", "on": "2026-08-31"})
    assert answer.status_code == 303
    assert (teacher.state_code, teacher.left_on) == ("301", date(2026, 8, 31))
    assert "Put back on the roster" in officer.get(f"/teachers/{teacher.id}").text
    assert (
        officer.post(f"/teachers/{teacher.id}/leave", data={"state_code": "301", "on": "2026-08-31"}).status_code == 422
    )
    assert officer.post(f"/teachers/{teacher.id}/return").status_code == 303
    assert (teacher.state_code, teacher.left_on) == ("100", None)
    assert [e.after["state_code"] for e in entries("teacher.leave") + entries("teacher.return")] == ["301", "100"]


def test_nobody_leaves_by_a_state_of_those_in_post(officer, teacher):
    answer = officer.post(f"/teachers/{teacher.id}/leave", data={"state_code": "205", "on": "2026-08-31"})
    assert answer.status_code == 422
    assert teacher.left_on is None


def test_a_transfer_moves_the_employment_and_begins_the_years_anew(officer, teacher, county):
    new = SchoolFactory(county=county, name="山后小学", code="2002")
    data = {"school": "2002", "on": "2026-09-01", "works_there_too": "y"}
    assert officer.post(f"/teachers/{teacher.id}/transfer", data=data).status_code == 303
    assert (teacher.employing_school_id, teacher.working_school_id) == (new.id, new.id)
    assert teacher.joined_school_on == date(2026, 9, 1)
    entry = entries("teacher.transfer")[0]
    assert (entry.before["employing_school"], entry.after["employing_school"]) == ("城关小学 (1001)", "山后小学 (2002)")
    assert entry.after["effective_on"] == "2026-09-01"
    answer = officer.post(f"/teachers/{teacher.id}/transfer", data=data)
    assert answer.status_code == 422 and "already employed by this school" in answer.text


def test_working_elsewhere_leaves_the_employment_where_it_is(officer, teacher, county, school):
    other = SchoolFactory(county=county, name="山后小学", code="2002")
    data = {"school": "山后小学", "on": "2026-09-01", "state_code": "205"}
    assert officer.post(f"/teachers/{teacher.id}/relocate", data=data).status_code == 303
    assert (teacher.employing_school_id, teacher.working_school_id) == (school.id, other.id)
    assert teacher.state_code == "205"
    assert teacher.joined_school_on == date(2012, 9, 1)
    assert entries("teacher.relocate")[0].after["working_school"] == "山后小学 (2002)"


def test_further_subjects_are_kept_without_the_main_one(officer, teacher):
    path = f"/teachers/{teacher.id}/subjects"
    assert officer.post(path, data={"subjects": ["music", "art"]}).status_code == 303
    assert officer.post(path, data={"subjects": ["art", "labour"]}).status_code == 303
    assert [e.after["further_subjects"] for e in entries("teacher.subjects")] == [["art", "music"], ["art", "labour"]]
    assert "Labour" in officer.get(f"/teachers/{teacher.id}").text
    assert officer.post(path, data={"subjects": ["chinese"]}).status_code == 422


# --- honours, rotations, circumstances --------------------


def test_an_honour_is_added_changed_and_removed(officer, teacher):
    base = f"/teachers/{teacher.id}/honours"
    data = {"type_code": "backbone", "level_code": "4", "title": "县骨干", "valid_from": "2024-01-01", "valid_to": ""}
    assert officer.post(f"{base}/new", data=data).status_code == 303
    honour = db.session.scalars(select(BackboneHonour)).one()
    assert 'href="#honours">Yes<' in officer.get(f"/teachers/{teacher.id}").text
    assert officer.post(f"{base}/{honour.id}", data=data | {"valid_to": "2024-12-31"}).status_code == 303
    assert entries("honour.edit")[0].after == {"valid_to": "2024-12-31"}
    assert 'href="#honours">No<' in officer.get(f"/teachers/{teacher.id}").text
    assert officer.post(f"{base}/{honour.id}/remove").status_code == 303
    assert db.session.scalars(select(BackboneHonour)).all() == []
    assert entries("honour.remove")[0].before["title"] == "县骨干"


def test_an_honour_cannot_end_before_it_begins_nor_stand_twice(officer, teacher):
    base = f"/teachers/{teacher.id}/honours/new"
    data = {
        "type_code": "backbone",
        "level_code": "4",
        "title": "县骨干",
        "valid_from": "2024-01-01",
        "valid_to": "2023-01-01",
    }
    answer = officer.post(base, data=data)
    assert answer.status_code == 422 and "The end lies before the beginning" in answer.text
    data["valid_to"] = ""
    assert officer.post(base, data=data).status_code == 303
    answer = officer.post(base, data=data)
    assert answer.status_code == 422 and "already on record" in answer.text


def test_a_circumstance_needs_evidence_and_an_end(officer, teacher):
    base = f"/teachers/{teacher.id}/circumstances/new"
    data = {"kind_code": "pregnancy", "evidence": "县妇幼证明", "from_on": "2026-03-01", "to_on": "2027-03-01"}
    assert officer.post(base, data=data | {"to_on": ""}).status_code == 422
    assert officer.post(base, data=data | {"evidence": " "}).status_code == 422
    assert officer.post(base, data=data).status_code == 303
    assert officer.post(base, data=data | {"kind_code": "investigation", "to_on": ""}).status_code == 303
    assert [c.kind_code for c in db.session.scalars(select(Circumstance).order_by(Circumstance.id))] == [
        "pregnancy",
        "investigation",
    ]


def test_a_rotation_leads_to_another_school(officer, teacher):
    base = f"/teachers/{teacher.id}/rotations/new"
    data = form_of(officer.get(base).text) | {"kind_code": "10", "from_on": "2024-09-01", "to_school_name": "城关小学"}
    assert data["from_school_name"] == "城关小学"
    assert officer.post(base, data=data).status_code == 422
    assert officer.post(base, data=data | {"to_school_name": "山后小学"}).status_code == 303
    row = db.session.scalars(select(RotationRecord)).one()
    assert (row.to_school_name, row.to_on) == ("山后小学", None)
    assert "Periodic exchange" in officer.get(f"/teachers/{teacher.id}/history").text


def test_a_record_of_another_teacher_is_not_found_under_this_one(officer, teacher, school):
    stranger = TeacherFactory(school=school)
    rows = {
        "honours": BackboneHonourFactory(teacher_id=stranger.id),
        "rotations": RotationRecordFactory(teacher_id=stranger.id),
        "circumstances": CircumstanceFactory(teacher_id=stranger.id),
    }
    for which, row in rows.items():
        assert officer.get(f"/teachers/{teacher.id}/{which}/{row.id}").status_code == 404
        assert officer.post(f"/teachers/{teacher.id}/{which}/{row.id}/remove").status_code == 404
        assert officer.get(f"/teachers/{stranger.id}/{which}/{row.id}").status_code == 200


# --- the identity number --------------------


def test_a_number_is_shown_once_for_a_reason(officer, teacher):
    path = f"/teachers/{teacher.id}/identity"
    assert NUMBER not in officer.get(path).text
    answer = officer.post(path, data={"reason": " "})
    assert answer.status_code == 422 and NUMBER not in answer.text
    assert entries("identity.reveal") == []
    answer = officer.post(path, data={"reason": "办理职称评审"})
    assert answer.status_code == 200 and NUMBER in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    entry = entries("identity.reveal")[0]
    assert (entry.reason, entry.subject_id, entry.after) == ("办理职称评审", str(teacher.id), None)
    assert NUMBER not in officer.get(path).text
    assert NUMBER not in officer.get(f"/teachers/{teacher.id}").text


def test_a_number_is_not_shown_long_after_signing_in(officer, teacher):
    with officer.session_transaction() as stored:
        stored["fs_paa"] = time.time() - 601
    for answer in (
        officer.get(f"/teachers/{teacher.id}/identity"),
        officer.post(f"/teachers/{teacher.id}/identity", data={"reason": "办理职称评审"}),
    ):
        assert answer.status_code == 303
        assert "/verify" in answer.location
    assert entries("identity.reveal") == []


def test_a_leader_may_read_but_not_look_at_numbers(client, teacher, county):
    client.sign_in(user_with(Role.BUREAU_LEADER, region=county))
    assert client.get(f"/teachers/{teacher.id}").status_code == 200
    assert client.get(f"/teachers/{teacher.id}/identity").status_code == 403
    assert "/identity" not in client.get(f"/teachers/{teacher.id}").text


# --- export, one's own record --------------------


def test_of_two_who_edit_the_same_honour_the_second_is_told_and_keeps_what_was_typed(officer, teacher):
    honour = BackboneHonourFactory(teacher_id=teacher.id, title="县骨干", valid_from=date(2024, 1, 1), valid_to=None)
    address = f"/teachers/{teacher.id}/honours/{honour.id}"
    form = {"type_code": honour.type_code, "level_code": honour.level_code, "valid_from": "2024-01-01"}
    opened = honour.version
    assert officer.post(address, data=form | {"title": "县级骨干教师", "row_version": opened}).status_code == 303
    late = officer.post(address, data=form | {"title": "骨干（二）", "row_version": opened})
    assert (late.status_code, "骨干（二）" in late.text) == (422, True)
    db.session.expire_all()
    assert db.session.get(BackboneHonour, honour.id).title == "县级骨干教师"


def test_an_export_masks_numbers_and_is_on_record(officer, teacher, school):
    TeacherFactory(school=school, name="音乐老师", subject_code="music")
    answer = officer.post("/teachers/export?subject=chinese&format=xlsx")
    rows = list(load_workbook(io.BytesIO(answer.data)).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[2:]] == ["林青禾"]
    assert teacher.id_number_masked in rows[2]
    assert NUMBER not in str(rows)
    entry = entries("export")[0]
    assert (entry.after["rows"], entry.after["subject"], entry.after["format"]) == (1, "Chinese", "xlsx")
    assert NUMBER not in officer.post(f"/teachers/export?format=csv&q={NUMBER}").data.decode("utf-8-sig")
    assert NUMBER not in str(entries("export")[1].after)


def test_the_queries_of_an_export_do_not_grow_with_its_rows(officer, school, queries):
    def cost():
        with queries() as seen:
            assert officer.post("/teachers/export?format=csv").status_code == 200
        return len(seen)

    BackboneHonourFactory(teacher_id=TeacherFactory(school=school).id)
    cost()
    few = cost()
    for _ in range(30):
        BackboneHonourFactory(teacher_id=TeacherFactory(employing=SchoolFactory(county_id=school.county_id)).id)
    assert cost() == few


def test_an_export_never_starts_a_formula(officer, school):
    TeacherFactory(school=school, name="=1+1")
    assert "'=1+1" in officer.post("/teachers/export?format=csv").data.decode("utf-8-sig")


def test_a_teacher_sees_only_the_own_record(client, teacher, school):
    BackboneHonourFactory(teacher_id=teacher.id, title="县级骨干称号")
    stranger = TeacherFactory(school=school)
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    page = client.get("/me")
    assert page.status_code == 200
    assert "县级骨干称号" in page.text and NUMBER not in page.text
    assert "/edit" not in page.text and "/identity" not in page.text
    assert client.get(f"/teachers/{stranger.id}").status_code == 403
    assert client.get(f"/teachers/{teacher.id}").status_code == 403


def test_a_later_room_adds_a_section_for_those_who_may_see_it(officer, teacher, monkeypatch):
    from app.access import Permission
    from app.teachers.sections import Section, of_teacher

    monkeypatch.setattr(of_teacher, "_known", {})
    read, audit = Permission.PLAN_READ, Permission.AUDIT_READ
    body = "teachers/_figures.html"
    of_teacher.register("shown", lambda one: Section(f"Of {one.name}", body, {}), permission=read)
    of_teacher.register("hidden", lambda one: Section("Secret", body, {}), permission=audit)
    of_teacher.register("silent", lambda one: None, permission=read)
    page = officer.get(f"/teachers/{teacher.id}").text
    assert "Of 林青禾" in page and "Secret" not in page
