"""Who is behind, forecast, by school and by name; what a teacher sees of caps, relief and what comes next."""

import re
from datetime import date
from decimal import Decimal

import pytest
import time_machine

from app.access import Role
from app.audit.operations import SYSTEM
from app.credits import packs
from app.credits.ledger import recount
from app.credits.models import ClaimStatus, EntryCause
from app.credits.operations.rule_sets import create_draft, put_in_force
from app.credits.queries.standing import standing_of
from app.db.clock import today
from app.extensions import db
from app.home.tasks import tasks_for
from tests.factories import CircumstanceFactory, TeacherFactory, user_with
from tests.factories.credits import ClaimFactory

LATE = "2028-06-30 04:00:00+00:00"  # half of the cycle 2026 to 2030 is over


@pytest.fixture(autouse=True)
def _half_of_the_cycle():
    with time_machine.travel(LATE, tick=True):
        yield


def credit(teacher, hours, kind="concentrated", on=date(2027, 5, 6), **more):
    claim = ClaimFactory(
        teacher=teacher, status=ClaimStatus.CONFIRMED, kind_code=kind, hours=Decimal(hours), from_on=on, **more
    )
    recount([teacher.id], cause=EntryCause.CONFIRMED, because_of={claim.id})
    return claim


def test_who_is_behind_is_listed_by_name_with_the_forecast(scene, client):
    behind, fine = scene.teacher, TeacherFactory(school=scene.school, name="进度好")
    behind.name = "进度慢"
    credit(behind, 100), credit(fine, 190), credit(fine, 10, on=date(2028, 5, 6))
    client.sign_in(scene.head)
    page = client.get("/credits/?behind=cycle").text
    assert "进度慢" in page and "进度好" not in page
    everybody = client.get("/credits/").text
    assert everybody.index("进度慢") < everybody.index("进度好")  # the fewest hours first
    assert "200.1" in everybody or "200" in everybody
    assert "进度好" not in client.get("/credits/?behind=done").text
    assert "进度好" in client.get("/credits/?q=进度好").text
    assert client.get("/credits/schools").text.count(scene.school.name) >= 2


def test_pages_of_the_list_follow_each_other_without_gap(scene, client):
    teachers = [scene.teacher, *(TeacherFactory(school=scene.school) for _n in range(119))]
    for n, teacher in enumerate(teachers):
        teacher.name = f"教师{n:03d}号"
        if n % 3:
            ClaimFactory(
                teacher=teacher, status=ClaimStatus.CONFIRMED, hours=Decimal(n % 7 + 1), from_on=date(2027, 1, 2)
            )
    recount([teacher.id for teacher in teachers], cause=EntryCause.CONFIRMED)
    client.sign_in(scene.head)
    for sort in ("hours", "-hours", "year", "name"):
        seen, path = [], f"/credits/?sort={sort}"
        while path:
            page = client.get(path).text
            seen += re.findall(r">(教师\d{3}号)<", page)
            after = re.search(
                r'href="(\?[^"]*after=[^"]*)" rel|rel="next" href="([^"]*)"|href="([^"]*)" rel="next"', page
            )
            path = "/credits/" + next(g for g in after.groups() if g).replace("&amp;", "&") if after else None
        assert len(seen) == 120 and len(set(seen)) == 120


def test_relief_and_new_teachers_are_asked_less(scene):
    CircumstanceFactory(teacher_id=scene.teacher.id, from_on=date(2027, 3, 1), to_on=date(2027, 10, 1))
    standing = standing_of(scene.teacher, today())
    assert standing.asked.marks == {2026: 7200, 2027: 3600, 2028: 7200, 2029: 7200, 2030: 7200}
    assert standing.asked.target == 32400
    new = TeacherFactory(school=scene.school, started_work_on=date(2027, 8, 20))
    asked = standing_of(new, today()).asked
    assert (asked.marks[2026], asked.marks[2027], asked.target) == (0, 0, 21600)


def test_the_list_asks_of_each_what_their_own_page_asks(scene, client):
    CircumstanceFactory(teacher_id=scene.teacher.id, from_on=date(2027, 3, 1), to_on=date(2027, 10, 1))
    credit(scene.teacher, 165)  # on course for 324, behind for 360
    other = TeacherFactory(school=scene.school, name="无减免")
    credit(other, 165)
    client.sign_in(scene.head)
    page = client.get("/credits/?behind=cycle").text
    assert "无减免" in page and f">{scene.teacher.name}<" not in page
    assert not standing_of(scene.teacher, today()).is_behind and standing_of(other, today()).is_behind


def test_a_teacher_sees_what_is_capped_and_what_would_still_count(scene, client):
    rules = packs.pack("zhejiang")
    draft = create_draft(actor=SYSTEM, county_id=scene.school.county_id, valid_from=date(2026, 1, 1), rules=rules)
    put_in_force(actor=SYSTEM, draft=draft)
    credit(scene.teacher, 14, kind="online", on=date(2028, 2, 1))
    credit(scene.teacher, 20, kind="school_based", on=date(2028, 2, 1))
    standing = standing_of(scene.teacher, today())
    kinds = {one.kind.code: one for one in standing.kinds}
    assert kinds["online"].is_full and kinds["online"].held_back == 400
    assert (kinds["school_based"].room, kinds["concentrated"].room) == (400, 11400)
    assert [(one.short_by, one.is_year) for one in standing.groups] == [(9000, False), (1800, True)]
    client.sign_in(scene.user)
    page = client.get("/credits/me").text
    assert "Cap reached" in page and "4 beyond a cap, not counted" in page and "missing to the minimum" in page
    assert "30" in client.get("/me").text
    assert client.sign_in(scene.centre).get(f"/credits/teachers/{scene.teacher.id}").status_code == 200
    assert client.get(f"/teachers/{scene.teacher.id}").status_code == 200


def test_credits_are_shown_where_rules_count_in_them(scene, client):
    rules = packs.pack("guangxi")
    draft = create_draft(actor=SYSTEM, county_id=scene.school.county_id, valid_from=date(2026, 1, 1), rules=rules)
    put_in_force(actor=SYSTEM, draft=draft)
    credit(scene.teacher, 80, on=date(2028, 2, 1))
    client.sign_in(scene.user)
    assert "of 45 credits" in client.get("/credits/me").text


def test_others_and_what_is_elsewhere_stay_out_of_the_list(scene, client):
    strange = TeacherFactory(name="外县人")
    credit(strange, 10)
    client.sign_in(scene.centre)
    assert "外县人" not in client.get("/credits/").text
    assert client.get(f"/credits/?county={strange.county_id}").status_code == 404
    assert client.get(f"/credits/teachers/{strange.id}").status_code == 404
    other_school = TeacherFactory(school=None)
    assert client.sign_in(scene.head).get(f"/credits/teachers/{other_school.id}").status_code == 404


def test_lists_are_exported_and_the_export_is_on_record(scene, client):
    from app.audit.models import AuditEntry

    credit(scene.teacher, 10)
    client.sign_in(scene.head)
    for path in ("/credits/export", "/credits/claims/export"):
        answer = client.post(f"{path}?format=csv")
        assert answer.status_code == 200 and scene.teacher.name in answer.data.decode("utf-8-sig")
    assert db.session.query(AuditEntry).filter_by(action="export").count() == 2


def test_claims_are_filtered(scene, client):
    one = credit(scene.teacher, 10)
    scene.claim(status=ClaimStatus.AT_SCHOOL, title="待审的")
    client.sign_in(scene.head)
    page = client.get("/credits/claims?status=confirmed&year=2027&kind=concentrated&disputed=0").text
    assert one.title in page and "待审的" not in page
    assert client.get(f"/credits/claims/{one.id}").text.count("Claim confirmed") == 1


@pytest.mark.parametrize("path", ["/credits/", "/credits/queue", "/credits/claims", "/credits/schools"])
def test_pages_cost_the_same_with_many_rows(scene, client, queries, path):
    client.sign_in(scene.head)

    def statements():
        with queries() as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    scene.claim(status=ClaimStatus.AT_SCHOOL)
    statements()
    few = statements()
    for _n in range(20):
        teacher = TeacherFactory(school=scene.school)
        ClaimFactory(teacher=teacher, status=ClaimStatus.AT_SCHOOL)
        credit(teacher, 5)
    assert statements() <= few + 1 <= 32


def test_what_waits_is_a_task_of_whoever_has_to_act(scene):
    scene.claim(status=ClaimStatus.AT_SCHOOL)
    scene.claim(status=ClaimStatus.AT_COUNTY)
    scene.claim(status=ClaimStatus.COUNTY_RETURNED)
    urls = {
        name: [task.url for task in _tasks(person)]
        for name, person in (("head", scene.head), ("centre", scene.centre), ("user", scene.user))
    }
    assert "/credits/queue?stage=school" in urls["head"]
    assert "/credits/queue?stage=county" in urls["centre"]
    assert "/credits/me#open" in urls["user"]
    leader = user_with(Role.AUDITOR, region=db.session.get(type(scene.school), scene.school.id) and _county(scene))
    assert not [url for url in [task.url for task in _tasks(leader)] if "credits" in url]


def _county(scene):
    from app.regions.models import Region

    return db.session.get(Region, scene.school.county_id)


def _tasks(person):
    from flask import current_app

    with current_app.test_request_context():
        return tasks_for(person, today())
