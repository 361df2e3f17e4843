"""The side bar says where one is: one link, the nearest."""

import re

import pytest

from app.access import Role
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with

CURRENT = re.compile(r'<a[^>]*aria-current="page"[^>]*href="([^"]+)"|<a[^>]*href="([^"]+)"[^>]*aria-current="page"')


@pytest.mark.parametrize("address", ["/me", "/me/certificates", "/credits/me"])
def test_one_link_is_marked_also_where_one_address_lies_beneath_another(client, session, address):
    school = SchoolFactory(county=CountyFactory())
    teacher = TeacherFactory(employing_school=school, working_school=school)
    session.flush()
    client.sign_in(user_with(Role.TEACHER, teacher=teacher))
    sidebar = client.get(address).text.split("<main")[0]
    marked = {one or other for one, other in CURRENT.findall(sidebar)}
    assert marked == {address}
