"""A system administrator keeps the regions of the own scope."""

import pytest

from app.access import Role
from app.audit.operations import SYSTEM
from app.regions.models import Region, RegionLevel
from app.regions.operations import add_region
from tests.factories import user_with


@pytest.fixture
def places(app):
    def add(code, name, level, parent=None):
        return add_region(actor=SYSTEM, code=code, name=name, level=level, parent=parent)

    province = add("530000", "云南省", RegionLevel.PROVINCE)
    prefecture = add("532500", "红河州", RegionLevel.PREFECTURE, province)
    return province, prefecture, add("532525", "石屏县", RegionLevel.COUNTY, prefecture)


def test_the_tree_shows_the_own_scope_only(client, places):
    _province, prefecture, _county = places
    page = client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=prefecture)).get("/regions/").text
    assert "红河州" in page
    assert "石屏县" in page
    assert "云南省</a>" not in page


def test_a_search_finds_by_code_and_name(client, places):
    client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=places[0]))
    assert "石屏县</a>" in client.get("/regions/?q=532525").text
    assert "石屏县</a>" in client.get("/regions/?q=屏").text


def test_a_county_is_added_below_a_prefecture(client, places, rows):
    province, prefecture, _county = places
    client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=province))
    form = {"name": "建水县", "code": "532524", "level": "county", "parent_id": prefecture.id}
    answer = client.post("/regions/new", data=form)
    assert answer.status_code == 303
    assert rows(Region, Region.name == "建水县", Region.parent_id == prefecture.id) == 1


def test_a_wrong_code_is_said_and_what_was_typed_stays(client, places):
    client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=places[0]))
    form = {"name": "建水县", "code": "5325", "level": "county", "parent_id": places[1].id}
    answer = client.post("/regions/new", data=form)
    assert answer.status_code == 422
    assert "6 digits" in answer.text
    assert 'value="建水县"' in answer.text


def test_nobody_adds_below_a_region_out_of_reach(client, places, rows):
    province, prefecture, county = places
    client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=county))
    form = {"name": "建水县", "code": "532524", "level": "county", "parent_id": prefecture.id}
    assert client.post("/regions/new", data=form).status_code == 422
    assert client.get(f"/regions/{province.id}").status_code == 404
    assert rows(Region, Region.name == "建水县") == 0


def test_the_administrator_of_a_county_renames_it_without_moving_it(client, places):
    *_above, county = places
    client.sign_in(user_with(Role.SYSTEM_ADMINISTRATOR, region=county))
    form = {"name": "石屏新区", "code": "532525", "parent_id": county.parent_id, "lat": "23.7", "lng": ""}
    path = county.path
    assert client.post(f"/regions/{county.id}/edit", data=form).status_code == 303
    assert (county.name, county.lat, county.path) == ("石屏新区", 23.7, path)
