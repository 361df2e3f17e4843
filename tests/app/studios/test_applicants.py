"""Answering many applicants in one step: places are told person by person, and the waiting list."""

import pytest
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.extensions import db
from app.studios.models import MemberRole, Membership, MembershipStatus
from app.studios.operations import people
from app.studios.operations.common import fresh
from app.studios.operations.workplace import accept_many
from app.teachers.models import Teacher
from app.web.errors import Refused
from tests.factories import user_with
from tests.factories.studios import add_person, full_studio, make_studio, make_teacher

S = MembershipStatus


def applies(studio, *, role=MemberRole.MENTEE, leader=None, **fields):
    teacher = make_teacher(studio, backbone=role is MemberRole.MEMBER, **fields)
    return people.apply(actor=SYSTEM, studio=studio, teacher=teacher, role=role, statement="想学", leader=leader)


def host_of(studio):
    return user_with(Role.STUDIO_HOST, teacher=db.session.get(Teacher, studio.host_id))


def accepted(studio, *rows, is_wish_binding=False):
    return accept_many(
        actor=SYSTEM, studio=studio, membership_ids=[row.id for row in rows], is_wish_binding=is_wish_binding
    )


def test_those_ticked_join_in_the_order_in_which_they_applied_and_the_others_wait(app):
    studio = make_studio(member_places=1, mentee_places=2)
    mentees = [applies(studio) for _ in range(4)]
    member = applies(studio, role=MemberRole.MEMBER)
    done = accepted(studio, *reversed(mentees), member)
    assert [row.id for row in done.joined] == [member.id, mentees[0].id, mentees[1].id]
    assert [(row.id, row.waiting_no) for row in done.waiting] == [(mentees[2].id, 1), (mentees[3].id, 2)]
    assert done.refusals == []


def test_who_cannot_join_is_told_of_and_the_others_join_all_the_same(app):
    studio = make_studio()
    add_person(studio, MemberRole.MEMBER)
    kept_out, fine = applies(studio), applies(studio)
    gone = db.session.get(Teacher, kept_out.teacher_id)
    gone.left_on = studio.begins_on
    db.session.flush()
    done = accepted(studio, kept_out, fine)
    assert [row.id for row in done.joined] == [fine.id]
    assert done.refusals == [f"{gone.name} has left."]
    assert db.session.get(Membership, kept_out.id).status is S.APPLIED


@pytest.mark.parametrize(("is_binding", "status"), [(False, S.ACTIVE), (True, S.WAITING)])
def test_a_wish_for_a_member_who_is_full_binds_or_not(app, is_binding, status):
    studio, (full, other), _led = full_studio(members=2, mentees=0, mentee_places=1)
    add_person(studio, leader=full)
    row = applies(studio, leader=full)
    accepted(studio, row, is_wish_binding=is_binding)
    db.session.refresh(row)
    assert (row.status, row.wanted_leader_id) == (status, full.id if is_binding else None)
    assert row.leader_id == (None if is_binding else other.id)


def test_of_two_hosts_at_once_the_second_is_told_who_was_answered_already(app):
    studio = make_studio()
    add_person(studio, MemberRole.MEMBER)
    first, second = applies(studio), applies(studio)
    people.decline(actor=SYSTEM, row=fresh(first.id), reason="学科不符")
    done = accepted(studio, first, second)
    assert [row.id for row in done.joined] == [second.id]
    assert done.refusals[0].startswith("1 of those ticked waits for no answer any more")


def test_nobody_ticked_is_refused(app):
    with pytest.raises(Refused, match="Tick those"):
        accepted(make_studio())


def test_the_page_lists_the_applicants_and_says_where_each_stands(client):
    studio = make_studio(member_places=1, mentee_places=1)
    leader = add_person(studio, MemberRole.MEMBER)
    rows = [applies(studio, name=name) for name in ("周晓", "吴桐", "郑禾")]
    client.sign_in(host_of(studio))
    address = f"/studios/{studio.id}/applicants"
    assert "3 teachers apply to join" in client.get(f"/studios/{studio.id}/work").text
    assert all(name in client.get(address).text for name in ("周晓", "吴桐", "郑禾"))
    bare = client.post(address, data={"full": "other"})
    assert (bare.status_code, "Tick those whom you accept." in bare.text) == (422, True)
    answer = client.post(address, data={"full": "other", "person": [row.id for row in rows[:2]]}, follow_redirects=True)
    assert f"1 has joined: 周晓 (led by {leader.teacher.name})." in answer.text
    assert "No place was free for 1, who stands on the waiting list: 吴桐 (number 1)." in answer.text
    assert answer.request.path == address
    last = client.post(address, data={"full": "other", "person": rows[2].id})
    assert last.location.endswith(f"/studios/{studio.id}/people")


def test_an_applicant_of_another_studio_is_not_accepted(client):
    studio, other = make_studio(), make_studio()
    foreign = applies(other)
    client.sign_in(host_of(studio))
    client.post(f"/studios/{studio.id}/applicants", data={"full": "other", "person": foreign.id})
    assert db.session.scalar(select(Membership.status).where(Membership.id == foreign.id)) is S.APPLIED
    assert client.get(f"/studios/{other.id}/applicants").status_code == 404


def test_the_queries_of_the_page_do_not_grow_with_the_applicants(client, queries):
    studio = make_studio()
    add_person(studio, MemberRole.MEMBER)
    client.sign_in(host_of(studio))
    applies(studio)
    address = f"/studios/{studio.id}/applicants"
    client.get(address)
    with queries() as few:
        client.get(address)
    for _ in range(5):
        applies(studio)
    with queries() as many:
        client.get(address)
    assert len(few) == len(many)
