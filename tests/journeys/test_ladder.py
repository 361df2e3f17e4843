"""The ladder in the browser: a county opens a round, a teacher applies by telephone, thinks better of it and applies
again, the school recommends, reviewers score, the public notice passes, and the honour stands in the record."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.access import Role
from app.db.clock import today
from app.extensions import db
from app.growth.models import LadderApplication, LadderRound, LadderStatus, RoundStatus
from app.teachers.models import BackboneHonour
from tests.factories import BackboneHonourFactory, CountyFactory, SchoolFactory, TeacherFactory, user_with
from tests.factories.files import png
from tests.factories.ladder import make_rung
from tests.journeys.looking import DESKTOP, PHONE, download, runs_over, serious_findings

LADDER = (
    ("教坛新秀", "rising_star", {}),
    ("教学能手", "teaching_expert", {"honour": "rising_star", "honour_years": 2, "years_from": 5}),
    ("学科带头人", "subject_leader", {"honour": "teaching_expert", "honour_years": 2}),
    ("名师", "famous_teacher", {"honour": "subject_leader", "honour_years": 2}),
)


def clean(page):
    """The page keeps nobody out, and fits the screen."""
    assert serious_findings(page) == []
    assert not runs_over(page)


def sure(page, label):
    """Press a button that asks first, and say yes."""
    page.locator("summary", has_text=label).click()
    page.get_by_role("dialog").get_by_role("button", name=label).click()


def days_pass():
    """The applications are over, or the public notice is: what lay ahead has passed."""
    db.session.rollback()
    row = db.session.scalars(select(LadderRound)).one()
    for name in ("opens_on", "closes_on", "notice_from", "notice_to"):
        if (day := getattr(row, name)) is not None:
            setattr(row, name, day - timedelta(days=30))
    db.session.commit()


@pytest.fixture
def cast(app):
    """The county with its four rungs, its two reviewers, a school and a teacher who stands on the first rung."""
    county = CountyFactory(name="宁江县")
    school = SchoolFactory(county=county, name="青河小学")
    for position, (name, kind, asked) in enumerate(LADDER, start=1):
        make_rung(county, position=position, name=name, type_code=kind, requirements=asked, yearly_target=3)
    teacher = TeacherFactory(school=school, name="周晓")
    BackboneHonourFactory(teacher_id=teacher.id, type_code="rising_star", title="教坛新秀", valid_from=date(2022, 1, 1))
    people = {one: user_with(Role.DEVELOPMENT_CENTRE, region=county) for one in ("centre", "first", "second")}
    people["first"].name, people["second"].name = "方评审", "顾评审"
    people["teacher"] = user_with(Role.TEACHER, teacher=teacher)
    people["school"] = user_with(Role.SCHOOL_ADMINISTRATOR, school=school)
    return people


def test_a_teacher_climbs_from_one_rung_to_the_next(cast, browser_of):
    db.session.commit()
    browsers = {one: browser_of(user, viewport=DESKTOP) for one, user in cast.items() if one != "teacher"}
    phone = browser_of(cast["teacher"], viewport=PHONE, has_touch=True, is_mobile=True)
    centre = browsers["centre"]
    open_round(centre)
    apply_by_telephone(phone)
    recommend(browsers["school"])
    days_pass()
    sure_of_review(centre)
    for one, scores in (("first", (92, 88)), ("second", (90, 91))):
        score(browsers[one], scores)
    announce_and_recognise(centre)
    find_the_honour(phone)


def open_round(centre):
    centre.goto("/growth/ladder")
    clean(centre)
    centre.get_by_role("link", name="启动评选 教学能手").click()
    centre.get_by_label("名额").fill("2")
    centre.get_by_label("申报截止").fill((today() + timedelta(days=20)).isoformat())
    for reviewer in ("方评审", "顾评审"):
        centre.get_by_label(reviewer).check()
    clean(centre)
    centre.get_by_role("main").get_by_role("button", name="启动评选").click()
    expect(centre.get_by_role("main")).to_contain_text("接受申报")
    clean(centre)


def apply_by_telephone(phone):
    """What is sent is taken back once, and sent again as it was."""
    phone.goto("/")
    phone.get_by_role("link", name="教学能手").first.click()
    clean(phone)
    phone.get_by_role("link", name="申报 教学能手").click()
    phone.get_by_label("本人业绩与申报理由").fill("近三年公开课六节，主持县级课题一项，送教四次。")
    phone.locator("input[type=file]").set_input_files(
        {"name": "公开课证书.png", "mimeType": "image/png", "buffer": png()}
    )
    clean(phone)
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("申报已提交学校。")).to_be_visible()
    clean(phone)
    phone.get_by_role("button", name="撤回").click()
    expect(phone.get_by_text("申报已撤回。")).to_be_visible()
    phone.get_by_role("link", name="申报 教学能手").click()
    expect(phone.get_by_label("本人业绩与申报理由")).to_have_value("近三年公开课六节，主持县级课题一项，送教四次。")
    phone.get_by_role("button", name="提交申请").click()
    expect(phone.get_by_text("申报已提交学校。")).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text("公开课证书.png")


def recommend(school):
    school.goto("/")
    school.get_by_role("link", name="1 名教师申报").click()
    school.locator("main tbody th a").first.click()
    clean(school)
    school.get_by_role("link", name="推荐", exact=True).click()
    school.get_by_label("学校意见").fill("师德高尚，业绩突出，同意推荐。")
    school.get_by_role("main").get_by_role("button", name="推荐").click()
    expect(school.get_by_role("main")).to_contain_text("同意推荐")


def sure_of_review(centre):
    centre.reload()
    sure(centre, "启动评审")
    expect(centre.get_by_role("main")).to_contain_text("评审中")


def score(reviewer, scores):
    reviewer.goto("/growth/ladder/reviews")
    reviewer.get_by_role("link", name="周晓").click()
    expect(reviewer.get_by_role("main")).to_contain_text("同意推荐")
    boxes = reviewer.locator("main input[type=number], main input[inputmode=numeric]").all()
    for box, number in zip(boxes, scores, strict=True):
        box.fill(str(number))
    clean(reviewer)
    reviewer.get_by_role("button", name="保存评分").click()
    expect(reviewer.get_by_text("评分已保存")).to_be_visible()


def announce_and_recognise(centre):
    centre.reload()
    sure(centre, "排名公示")
    expect(centre.locator("tbody tr", has_text="周晓")).to_contain_text("90.4")
    clean(centre)
    notice = download(centre, centre.get_by_role("button", name="公示名单").click)
    assert notice.getvalue()[:2] == b"PK"
    days_pass()
    centre.reload()
    sure(centre, "全部认定")
    expect(centre.get_by_text("已认定 1 人，称号自今日起生效。")).to_be_visible()
    db.session.rollback()
    assert db.session.scalars(select(LadderApplication)).one().status is LadderStatus.RECOGNISED
    assert db.session.scalars(select(LadderRound)).one().status is RoundStatus.DONE


def find_the_honour(phone):
    phone.goto("/me")
    expect(phone.get_by_role("main")).to_contain_text("教学能手")
    clean(phone)
    phone.goto("/growth/my-ladder")
    expect(phone.get_by_role("main")).to_contain_text("已认定")
    clean(phone)
    db.session.rollback()
    honours = select(BackboneHonour.type_code, BackboneHonour.valid_from).order_by(BackboneHonour.id)
    assert db.session.execute(honours).tuples().all()[-1] == ("teaching_expert", today())
