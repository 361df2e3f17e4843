"""The tree keeps its shape, and scopes follow a region that moves."""

import pytest
from sqlalchemy import select

from app.access import Permission, Role
from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.extensions import db
from app.regions import queries
from app.regions.models import Region, RegionLevel
from app.regions.operations import add_region, edit_region
from app.schools.access import schools_where
from app.schools.models import School
from app.web.errors import Refused
from tests.factories import SchoolFactory, user_with


def add(code, name, level, parent=None):
    return add_region(actor=SYSTEM, code=code, name=name, level=RegionLevel(level), parent=parent)


@pytest.fixture
def tree(app):
    """云南省 with two prefectures, each with one county, one of them with a township."""
    province = add("530000", "云南省", "province")
    honghe = add("532500", "红河州", "prefecture", province)
    wenshan = add("532600", "文山州", "prefecture", province)
    return {
        "province": province,
        "honghe": honghe,
        "wenshan": wenshan,
        "shiping": add("532525", "石屏县", "county", honghe),
        "yanshan": add("532622", "砚山县", "county", wenshan),
    }


def test_a_path_holds_the_ids_from_the_top_down(tree):
    province, honghe, shiping = tree["province"], tree["honghe"], tree["shiping"]
    assert shiping.path == f"/{province.id}/{honghe.id}/{shiping.id}/"
    assert [r.name for r in queries.ancestors(shiping)] == ["云南省", "红河州"]
    assert [r.name for r in queries.counties_under(province)] == ["石屏县", "砚山县"]
    assert [r.name for r in queries.counties_under(shiping)] == ["石屏县"]


def test_a_region_that_moves_takes_its_scope_along(tree):
    school = SchoolFactory(county=tree["shiping"])
    leader = user_with(Role.BUREAU_LEADER, region=tree["wenshan"])
    township = add("532525100", "异龙镇", "township", tree["shiping"])
    reach = select(School.id).where(schools_where(leader.grants, Permission.SCHOOL_READ))
    assert db.session.scalars(reach).all() == []
    edit_region(actor=SYSTEM, region=tree["shiping"], parent=tree["wenshan"], name="石屏县")
    db.session.expire_all()
    reach = select(School.id).where(schools_where(leader.grants, Permission.SCHOOL_READ))
    assert db.session.scalars(reach).all() == [school.id]
    assert township.path == f"{tree['wenshan'].path}{tree['shiping'].id}/{township.id}/"


@pytest.mark.parametrize(
    ("code", "level", "below", "words"),
    [
        ("53252", "county", "honghe", "6 digits"),
        ("532525", "county", "honghe", "already belongs"),
        ("442525", "county", "honghe", "does not begin with 53"),
        ("532525", "township", "shiping", "9 or 12 digits"),
        ("532526100", "township", "shiping", "does not begin with 532525"),
        ("532700", "prefecture", "shiping", "cannot lie below"),
        ("532527", "county", None, "Say below which region"),
        ("540000", "province", "province", "cannot lie below"),
    ],
)
def test_what_does_not_fit_the_tree_is_refused_in_words(app, tree, code, level, below, words):
    with app.test_request_context("/?lang=en"):
        from flask import session as cookie

        cookie["language"] = "en"
        with pytest.raises(Refused, match=words):
            add(code, "某地", level, tree[below] if below else None)


def test_a_region_cannot_lie_below_itself(tree):
    with pytest.raises(Refused):
        edit_region(actor=SYSTEM, region=tree["honghe"], parent=tree["shiping"])


def test_a_county_may_lie_directly_below_its_province(tree):
    county = add("539001", "直管县", "county", tree["province"])
    assert county.path == f"/{tree['province'].id}/{county.id}/"


def test_a_change_is_recorded_with_what_was_and_what_is(tree):
    edit_region(actor=SYSTEM, region=tree["shiping"], parent=tree["honghe"], name="石屏新区", code="532525")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "region.edit")).one()
    assert (entry.before, entry.after) == ({"name": "石屏县"}, {"name": "石屏新区"})
    assert entry.region_id == tree["shiping"].id


def test_the_shell_adds_the_first_regions(runner, app):
    assert runner.invoke(args=["regions", "add", "530000", "云南省", "--level", "province"]).exit_code == 0
    line = ["regions", "add", "532500", "红河州", "--level", "prefecture", "--below"]
    assert runner.invoke(args=[*line, "999999"]).exit_code == 1
    assert runner.invoke(args=[*line, "530000"]).exit_code == 0
    assert db.session.scalars(select(Region.name).order_by(Region.code)).all() == ["云南省", "红河州"]
