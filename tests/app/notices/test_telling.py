"""Who is told, once; and what a person does with it."""

import pytest
from sqlalchemy import select

from app.access import Permission, Role
from app.notices.models import MailMode, Notice, NoticePreference, OutgoingMail
from app.notices.operations import notify, users_of_teachers, users_with
from app.web.errors import Refused
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, UserFactory, grant, user_with


def tell(*users, kind="test.calm", key="k", **params):
    return notify(users=[u.id for u in users], kind=kind, params={"what": "x"} | params, key=key)


def test_a_person_is_told_once_whatever_happens(session, app, rows):
    one, two = UserFactory(), UserFactory()
    assert tell(one, one) == 1
    assert tell(one, two) == 1
    assert tell(one, two, key="other") == 2
    assert rows(Notice) == 4


def test_what_is_rolled_back_was_never_told(session, app, rows, mail_settings):
    one = UserFactory()
    session.commit()
    tell(one, kind="test.urgent")
    session.rollback()
    assert rows(Notice) == rows(OutgoingMail) == 0


def test_a_closed_account_is_not_told(session, app):
    assert tell(UserFactory(active=False)) == 0


def test_an_identity_number_never_gets_into_a_notice(session, app):
    with pytest.raises(ValueError, match="identity"):
        tell(UserFactory(), what="张三 110101199003070396")


def test_the_accounts_of_teachers(session, app):
    teacher, silent = TeacherFactory(), TeacherFactory()
    user = user_with(Role.TEACHER, teacher=teacher)
    grant(user, Role.STUDIO_HOST, teacher=teacher)
    closed = user_with(Role.TEACHER, teacher=teacher)
    closed.active = False
    session.flush()
    assert users_of_teachers([teacher.id, silent.id]) == {teacher.id: [user.id], silent.id: []}


def test_who_holds_a_permission_at_a_school_or_county_and_else_above_it(session, app):
    school = SchoolFactory()
    county, far = school.county_id, CountyFactory()
    at_school = user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    from app.regions.models import Region

    region = session.get(Region, county)
    officer = user_with(Role.PERSONNEL_OFFICER, region=region)
    above = user_with(Role.PERSONNEL_OFFICER, region=session.get(Region, region.parent_id))
    assert users_with(Permission.ETHICS_EDIT, school_id=school.id) == [at_school.id]
    assert users_with(Permission.ETHICS_CONFIRM, county_id=county) == [officer.id]
    officer.active = False
    session.flush()
    assert users_with(Permission.ETHICS_CONFIRM, county_id=county) == [above.id]
    assert users_with(Permission.ETHICS_CONFIRM, county_id=far.id) == []


def test_preferences_decide_but_what_is_urgent_is_always_shown(session, app, mail_settings):
    one = UserFactory()
    for kind in ("test.calm", "test.urgent"):
        session.add(NoticePreference(user_id=one.id, kind=kind, is_shown=False, mail_mode=MailMode.NONE))
    tell(one)
    tell(one, kind="test.urgent", key="u")
    ways = {n.kind: (n.is_shown, n.mail_mode) for n in session.scalars(select(Notice))}
    assert ways == {"test.calm": (False, MailMode.NONE), "test.urgent": (True, MailMode.NONE)}
    other = UserFactory()
    tell(other, key="v")
    tell(other, kind="test.urgent", key="w")
    modes = set(session.scalars(select(Notice.mail_mode).where(Notice.user_id == other.id)))
    assert modes == {MailMode.DAILY, MailMode.AT_ONCE}


def test_the_list_the_bell_and_marking_as_read(session, client, rows):
    me, other = UserFactory(), UserFactory()
    for number in range(3):
        tell(me, key=f"k{number}", what=f"thing {number}")
    tell(other)
    client.sign_in(me)
    page = client.get("/notices")
    assert page.status_code == 200
    assert "thing 2" in page.text
    assert "3 unread notices" in page.text
    first = session.scalars(select(Notice).where(Notice.user_id == me.id).order_by(Notice.id)).first()
    theirs = session.scalars(select(Notice).where(Notice.user_id == other.id)).one()
    answer = client.get(f"/notices/{first.id}")
    assert (answer.status_code, answer.location) == (303, "/me")
    assert client.get(f"/notices/{theirs.id}").status_code == 404
    assert rows(Notice, Notice.read_at.is_not(None)) == 1
    client.post("/notices/read", data={"notice": [str(theirs.id)]})
    assert rows(Notice, Notice.read_at.is_not(None)) == 1
    client.post("/notices/read", data={"which": "all"})
    assert rows(Notice, Notice.read_at.is_not(None)) == 3
    assert "unread notice" not in client.get("/notices").text


def test_a_page_of_notices_costs_the_same_for_fifty_as_for_two(session, client, queries):
    few, many = UserFactory(), UserFactory()
    for number in range(50):
        tell(many, key=f"k{number}")
    for number in range(2):
        tell(few, key=f"k{number}")
    counts = []
    for one in (few, many):
        client.sign_in(one)
        client.get("/notices")
        with queries() as seen:
            client.get("/notices")
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_choosing_how_one_is_told(session, client):
    me = UserFactory()
    client.sign_in(me)
    assert "sends no e-mail" in client.get("/notices/preferences").text
    data = {"mail_test_urgent": "none", "mail_test_calm": "at_once"}
    every = {f"mail_{kind.replace('.', '_')}": "daily" for kind in kinds()}
    assert client.post("/notices/preferences", data=every | data).status_code == 303
    row = session.get(NoticePreference, (me.id, "test.calm"))
    assert (row.is_shown, row.mail_mode) == (False, MailMode.AT_ONCE)
    assert session.get(NoticePreference, (me.id, "test.urgent")).is_shown
    wrong = client.post("/notices/preferences", data=every | {"mail_test_calm": "by pigeon"})
    assert wrong.status_code == 422


def kinds():
    from app.notices.kinds import KINDS

    return KINDS


def test_an_address_needs_a_mail_server(session, app):
    from app.notices.addresses import choose_address

    with pytest.raises(Refused):
        choose_address(actor=UserFactory(), address="a@example.org")
