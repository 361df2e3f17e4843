"""Who is out on rotation now: the figure counts the people that its list shows, however they came to be out."""

import re

from app.access import Role
from app.rotation.operations.postings import AWAY_ON_ROTATION, HERE_ON_ROTATION
from tests.factories import CountyFactory, SchoolFactory, TeacherFactory, user_with


def figure(page, label):
    """The number under a label, and where it leads."""
    found = re.search(rf'{label}</h3>\s*<p class="ql-figure-value"><a href="([^"]+)">(\d+)', page)
    return (int(found.group(2)), found.group(1).replace("&amp;", "&")) if found else None


def test_people_whom_the_roster_brought_as_out_count_and_the_list_has_them(client):
    county = CountyFactory()
    home, other = SchoolFactory(county=county), SchoolFactory(county=county)
    out = [TeacherFactory(school=home, working_school_id=other.id, state_code=AWAY_ON_ROTATION) for _n in range(3)]
    moved = TeacherFactory(school=other, state_code=HERE_ON_ROTATION)
    stays = TeacherFactory(school=home, name="钟在岗")
    TeacherFactory(school=SchoolFactory(), state_code=AWAY_ON_ROTATION)
    client.sign_in(user_with(Role.PERSONNEL_OFFICER, region=county))
    page = client.get("/?lang=en").text
    number, url = figure(page, "On rotation now")
    assert number == 3
    listed = client.get(url).text
    assert all(teacher.name in listed for teacher in out)
    assert stays.name not in listed
    number, url = figure(page, "Rotated with their employment")
    assert number == 1
    assert moved.name in client.get(url).text


def test_where_nobody_is_out_the_figure_says_so(client):
    client.sign_in(user_with(Role.BUREAU_LEADER, region=CountyFactory()))
    page = client.get("/?lang=en").text
    assert figure(page, "On rotation now")[0] == 0
    assert figure(page, "Rotated with their employment") is None
