"""Finding teachers."""

from datetime import date

import pytest

from app.access import Role
from app.db.clock import today
from app.schools.pinyin import may_begin_pinyin, person_initials, person_pinyin
from tests.factories import (
    BackboneHonourFactory,
    CountyFactory,
    PrefectureFactory,
    ProvinceFactory,
    SchoolFactory,
    TeacherFactory,
    officer_of,
    user_with,
)


def teacher(name, **more):
    return TeacherFactory(name=name, name_pinyin=person_pinyin(name), **more)


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def school(county):
    return SchoolFactory(county=county, name="城关小学", code="1001")


@pytest.fixture
def officer(client, county):
    return client.sign_in(officer_of(county))


def found(client, **query):
    page = client.get("/teachers", query_string=query, follow_redirects=True).text
    body = page.split("<tbody>")[1] if "<tbody>" in page else ""
    return [part.split("<")[0] for part in body.split('<th scope="row"><a href="')[1:] for part in [part.split(">")[1]]]


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张三丰", "zhangsanfeng", "zsf"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("曾巩", "zenggong", "zg"),
        ("欧阳修", "ouyangxiu", "oyx"),
        ("吕布", "lvbu", "lb"),
        ("阿依古丽·买买提", "ayigulimaimaiti", "ayglmmt"),
        ("John Smith", "johnsmith", "js"),
    ],
)
def test_names_are_read_as_names(name, pinyin, initials):
    assert (person_pinyin(name), person_initials(name)) == (pinyin, initials)


@pytest.mark.parametrize(
    ("letters", "may"), [("zh", True), ("zhangs", True), ("zsf", False), ("zs", False), ("lv", True)]
)
def test_letters_that_cannot_begin_pinyin_are_initials(letters, may):
    assert may_begin_pinyin(letters) is may


@pytest.mark.parametrize("text", ["张三", "三丰", "zhangsan", "ZHANG", "sanfeng", "zsf", "T-0042", "张 三 丰"])
def test_an_officer_finds_a_teacher_by_any_part_of_the_name(officer, school, text):
    teacher("张三丰", school=school, staff_number="T-0042")
    teacher("李四光", school=school, staff_number="T-0043")
    assert found(officer, q=text) == ["张三丰"]


def test_an_identity_number_finds_its_teacher_and_leaves_the_address(officer, school):
    teacher("张三丰", school=school, number="990101198506010019")
    teacher("李四光", school=school)
    answer = officer.get("/teachers", query_string={"q": "990101198506010019"})
    assert answer.status_code == 303
    assert "990101198506010019" not in answer.location
    page = officer.get(answer.location).text
    assert "张三丰" in page and "李四光" not in page
    assert "990101198506010019" not in page


def test_a_passport_finds_its_teacher(officer, school):
    from app.teachers.identity import identity_fields

    someone = teacher("张三丰", school=school)
    for name, value in identity_fields("A", "E12345678").items():
        setattr(someone, name, value)
    assert found(officer, q="e12345678") == ["张三丰"]


def test_a_number_of_a_teacher_out_of_reach_finds_nobody(officer):
    teacher("张三丰", number="990101198506010019")
    assert found(officer, q="990101198506010019") == []


@pytest.fixture
def leader(client):
    """Somebody who reaches two counties; 张三丰 and 章三 work in the first, 三丰 in the second."""
    province = ProvinceFactory()
    first, second = CountyFactory(parent_id=province.id), CountyFactory(parent_id=province.id)
    here, there = SchoolFactory(county=first), SchoolFactory(county=second)
    teacher("张三丰", school=here)
    teacher("章三", school=here)
    teacher("三丰", school=there)
    client.sign_in(user_with(Role.BUREAU_LEADER, region=province))
    client.first = first
    return client


def test_across_counties_a_name_is_found_by_its_beginning(leader):
    assert found(leader, q="张三") == ["张三丰"]
    assert found(leader, q="三丰") == ["三丰"]
    assert found(leader, q="三丰", county=leader.first.id) == ["张三丰"]
    assert "Choose a county to look inside names" in leader.get("/teachers?q=张三").text


def test_across_counties_letters_are_pinyin_or_else_initials(leader):
    assert found(leader, q="zhangs") == ["章三", "张三丰"]
    assert found(leader, q="zsf") == ["张三丰"]
    assert found(leader, q="zs") == ["章三", "张三丰"]


def test_letters_that_could_be_both_can_be_read_the_other_way(leader):
    school = SchoolFactory(county=leader.first)
    teacher("孙浩", school=school)
    assert found(leader, q="sh") == []
    assert "Read the letters as initials instead" in leader.get("/teachers?q=sh").text
    assert found(leader, q="sh", by="initials") == ["孙浩"]


def test_a_person_of_another_county_is_never_listed(officer, school):
    teacher("外县人")
    teacher("本县人", school=school)
    assert found(officer) == ["本县人"]
    assert found(officer, q="外县人") == []


def test_a_school_administrator_sees_those_employed_or_working_there(client, county, school):
    other = SchoolFactory(county=county)
    teacher("本校", school=school)
    teacher("派出", employing=school, working=other)
    teacher("来校", employing=other, working=school)
    teacher("他校", school=other)
    client.sign_in(user_with(Role.SCHOOL_ADMINISTRATOR, school=school))
    assert sorted(found(client)) == sorted(["本校", "派出", "来校"])


def test_filters_find_whom_they_name(officer, county, school):
    day = today()
    sender = SchoolFactory(county=county, is_sending=True)
    young = teacher("年轻", school=sender, birth_on=day.replace(day=1, year=day.year - 30), subject_code="music")
    teacher(
        "年长", school=school, birth_on=date(1970, 1, 1), joined_school_on=date(1995, 9, 1), title_rated_code="senior"
    )
    gone = teacher("退休", school=school)
    gone.left_on, gone.state_code = date(2025, 1, 1), "301"
    BackboneHonourFactory(teacher_id=young.id, valid_from=date(2020, 1, 1), valid_to=date(2021, 12, 31))
    for query in (
        {"age_to": 35}, {"pool": 1}, {"subject": "music"}, {"school": sender.id}, {"on": "2021-06-01"},
        {"backbone": "any", "on": "2020-01-01"}, {"years_to": 20, "age_to": 40},
    ):  # fmt: skip
        assert found(officer, **query) == ["年轻"], query
    for query in ({"age_from": 50}, {"pool": 0}, {"title": "senior"}, {"years_from": 25}, {"school": school.id}):
        assert found(officer, **query) == ["年长"], query
    assert found(officer, backbone="any") == []
    assert found(officer, roster="left") == ["退休"]
    assert len(found(officer, roster="all")) == 3


def test_an_age_is_reached_on_the_birthday(officer, school):
    day = today()
    teacher(
        "今日满",
        school=school,
        birth_on=day.replace(year=day.year - 40) if (day.month, day.day) != (2, 29) else date(day.year - 40, 2, 28),
    )
    assert found(officer, age_from=40) == ["今日满"]
    assert found(officer, age_from=41) == []
    assert found(officer, age_to=40) == ["今日满"]
    assert found(officer, age_to=39) == []


def test_a_school_is_named_in_the_filter_by_name_or_code(officer, county, school):
    teacher("本校", school=school)
    teacher("他校", school=SchoolFactory(county=county))
    for text in ("城关小学", "1001", "城关小学 (1001)"):
        assert found(officer, at=text) == ["本校"]
    page = officer.get("/teachers?at=没有的学校").text
    assert "No school within your reach is called “没有的学校”" in page
    assert "他校" in page


@pytest.mark.parametrize("sort", ["name", "-name", "joined", "-joined", "birth", "-birth", "school", "-school"])
@pytest.mark.parametrize("sorted_limit", [2_000, 0], ids=["sorted", "walked"])
def test_every_order_pages_through_everybody_once(officer, county, sort, sorted_limit, monkeypatch):
    monkeypatch.setattr("app.web.lists.SORTED_LIMIT", sorted_limit)
    schools = [SchoolFactory(county=county) for _ in range(3)]
    for n in range(107):
        TeacherFactory(
            school=schools[n % 3],
            name=f"人{n}",
            name_pinyin=f"ren{n % 9}",
            birth_on=None if n % 10 == 0 else date(1970 + n % 7, 1, 1),
            started_work_on=None,
            joined_school_on=None if n % 11 == 0 else date(2000 + n % 5, 9, 1),
        )
    import re

    seen, address = [], f"/teachers?sort={sort}"
    while address:
        page = officer.get(address).text
        seen += re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)<', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/teachers" + following[1].replace("&amp;", "&") if following else None
    assert len(seen) == len(set(seen)) == 107


def test_the_number_of_queries_of_the_list_does_not_grow_with_its_rows(officer, school, queries):
    def cost():
        with queries() as seen:
            assert officer.get("/teachers").status_code == 200
        return len(seen)

    BackboneHonourFactory(teacher_id=teacher("甲", school=school).id)
    officer.get("/teachers")
    few = cost()
    for n in range(40):
        BackboneHonourFactory(teacher_id=teacher(f"乙{n}", employing=SchoolFactory(county_id=school.county_id)).id)
    assert cost() == few


def test_filters_hold_where_the_order_is_walked(officer, county, school, monkeypatch):
    monkeypatch.setattr("app.web.lists.SORTED_LIMIT", 0)
    sender = SchoolFactory(county=county, is_sending=True)
    young = teacher("张年轻", school=sender, birth_on=date(1998, 1, 1), subject_code="music", started_work_on=None)
    teacher("张年长", school=school, birth_on=date(1970, 1, 1))
    teacher("张外县", birth_on=date(1998, 1, 1))
    BackboneHonourFactory(teacher_id=young.id)
    for query in (
        {"subject": "music"}, {"age_to": 40}, {"pool": 1}, {"backbone": "any"}, {"q": "年轻"},
        {"q": "zhangn", "age_to": 40},
    ):  # fmt: skip
        assert found(officer, **query) == ["张年轻"], query
    assert len(found(officer, q="张")) == 2


@pytest.mark.parametrize("level", ["prefecture", "province"])
def test_a_wide_reach_ends_at_its_border(client, level):
    province = ProvinceFactory()
    inside, beside = PrefectureFactory(parent_id=province.id), PrefectureFactory(parent_id=province.id)
    teacher("本市", school=SchoolFactory(county=CountyFactory(parent_id=inside.id)))
    teacher("邻市", school=SchoolFactory(county=CountyFactory(parent_id=beside.id)))
    client.sign_in(user_with(Role.BUREAU_LEADER, region=inside if level == "prefecture" else province))
    assert sorted(found(client)) == (["本市"] if level == "prefecture" else ["本市", "邻市"])
    teacher("外省")
    assert "外省" not in found(client)


def test_beyond_a_county_counting_ends_sooner(leader, monkeypatch):
    monkeypatch.setattr("app.web.lists.WIDE_COUNT_LIMIT", 2)
    assert "More than 2 rows" in leader.get("/teachers").text
    assert "2 rows" in leader.get(f"/teachers?county={leader.first.id}").text
