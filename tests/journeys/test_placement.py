"""A placement in the browser: wishes by telephone; the officer solves, decides, solves again, approves. And a pair."""

from playwright.sync_api import expect
from sqlalchemy import select

from app.access import Role
from app.extensions import db
from app.growth.models import MentorPair, PairStatus
from app.jobs.worker import run_pending_jobs
from app.regions.models import Region
from app.studios.models import MemberRole, Membership, MembershipStatus, PlacementRound
from app.teachers.models import Teacher
from tests.factories import SchoolFactory, user_with
from tests.factories.mentors import mentor, newcomer, pair
from tests.factories.placement import choose, make_round, wish
from tests.factories.studios import add_person, make_studio, make_teacher
from tests.journeys.looking import DESKTOP, PHONE, runs_over, serious_findings


def market():
    """Two studios of one county with one mentee's place each, and two teachers."""
    first = make_studio(mentee_places=1)
    second = make_studio(
        mentee_places=1, host=make_teacher(first, school=SchoolFactory(county=db.session.get(Region, first.county_id)))
    )
    for studio in (first, second):
        add_person(studio, MemberRole.MEMBER)
    return first, second, [make_teacher(first) for _ in range(2)]


def work():
    """Do what the worker would."""
    db.session.rollback()
    run_pending_jobs()
    db.session.rollback()


def test_a_teacher_ranks_wishes_and_the_officer_places(app, browser_of):
    first, second, (amy, ben) = market()
    one = make_round(first.county_id)
    wish(one, ben, first)
    choose(one, first, ben)
    officer = user_with(Role.DEVELOPMENT_CENTRE, region=db.session.get(Region, first.county_id))
    teacher = user_with(Role.TEACHER, teacher=amy)
    names = (first.name, second.name)
    amy_name, ben_name, number = amy.name, ben.name, one.id
    db.session.commit()

    phone = browser_of(teacher, viewport=PHONE, has_touch=True, is_mobile=True)
    phone.goto("/studios/placement/my")
    phone.get_by_role("link", name="填报或修改志愿").click()
    expect(phone.get_by_label("第1志愿")).to_be_visible()
    assert not runs_over(phone)
    assert serious_findings(phone) == []
    for rank, name in enumerate(names, start=1):
        field = phone.get_by_label(f"第{rank}志愿")
        field.select_option(label=next(o for o in field.locator("option").all_inner_texts() if o.startswith(name)))
    phone.get_by_role("button", name="保存").click()
    expect(phone.get_by_text("您的志愿已保存").or_(phone.get_by_text("已填报2个志愿")).first).to_be_visible()

    desk = browser_of(officer, viewport=DESKTOP)
    desk.goto(f"/studios/placement/{number}")
    assert serious_findings(desk) == []
    desk.get_by_role("button", name="按当前数据测算").click()
    work()
    desk.reload()
    expect(desk.get_by_text("各项目标均已证明最优")).to_be_visible()
    assert serious_findings(desk) == []
    assert not runs_over(desk)
    desk.get_by_role("link", name="已安排", exact=False).first.click()
    row = desk.locator("tbody tr", has_text=amy_name)
    expect(row).to_contain_text(names[1])
    row.get_by_role("button", name="禁止").click()
    expect(desk.get_by_text("重新测算后生效").first).to_be_visible()
    desk.get_by_role("link", name="重新测算").click()
    desk.get_by_role("button", name="测算").click()
    work()
    desk.reload()
    desk.get_by_role("link", name="变动").first.click()
    expect(desk.locator("tbody tr", has_text=amy_name)).to_contain_text("不得分到此处")
    desk.get_by_role("link", name="未安排", exact=False).first.click()
    expect(desk.locator("tbody tr", has_text=amy_name)).to_contain_text(names[0])
    assert serious_findings(desk) == []
    desk.get_by_text("批准", exact=True).first.click()
    desk.locator("button", has_text="批准").last.click()
    work()
    desk.goto(f"/studios/placement/{number}")
    expect(desk.locator(".ql-figure", has_text="已落实")).to_contain_text("1")
    joined = db.session.scalar(select(Membership).where(Membership.teacher_id == ben.id))
    assert (joined.status, joined.studio_id) == (MembershipStatus.ACTIVE, first.id)
    assert db.session.get(PlacementRound, number).approved_by_label
    phone.goto(f"/studios/placement/my/{number}")
    expect(phone.get_by_text("未满足的志愿").first).to_be_visible()
    assert ben_name not in phone.content()
    assert not runs_over(phone)


def test_a_newcomer_signs_and_reports_by_telephone_and_the_school_appraises(app, browser_of):
    school = SchoolFactory()
    guide, person = mentor(school), newcomer(school)
    row = pair(guide, person, is_signed=False)
    users = {
        "newcomer": user_with(Role.TEACHER, teacher=person),
        "mentor": user_with(Role.TEACHER, teacher=db.session.get(Teacher, guide.teacher_id)),
        "school": user_with(Role.SCHOOL_ADMINISTRATOR, school=school),
    }
    number = row.id
    db.session.commit()
    for who in ("mentor", "newcomer"):
        phone = browser_of(users[who], viewport=PHONE, has_touch=True, is_mobile=True)
        phone.goto("/growth/mentoring/my")
        phone.get_by_role("link", name="阅读并签署").click()
        expect(phone.get_by_role("heading", name="签署情况")).to_be_visible()
        assert not runs_over(phone)
        assert serious_findings(phone) == []
        phone.get_by_role("button", name="签署").click()
        expect(phone.get_by_text("您已签署。")).to_be_visible()
    desk = browser_of(users["school"], viewport=DESKTOP)
    desk.goto(f"/growth/mentoring/pairs/{number}")
    desk.get_by_role("button", name="代表学校签署").click()
    expect(desk.get_by_text("结对中").first).to_be_visible()
    for who in ("mentor", "newcomer"):
        phone = browser_of(users[who], viewport=PHONE, has_touch=True, is_mobile=True)
        phone.goto(f"/growth/mentoring/my/{number}")
        phone.get_by_role("link", name="提交学期报告").click()
        phone.get_by_label("完成情况与成效").fill("互听课十节，上汇报课一节。")
        assert not runs_over(phone)
        phone.get_by_role("button", name="保存").click()
    desk.goto(f"/growth/mentoring/pairs/{number}")
    assert serious_findings(desk) == []
    desk.get_by_role("link", name="结业考核").click()
    desk.get_by_label("优秀").check()
    desk.get_by_label("意见").fill("同意结业。")
    desk.get_by_role("button", name="结业考核").click()
    expect(desk.get_by_text("考核结业").first).to_be_visible()
    db.session.rollback()
    assert db.session.get(MentorPair, number).status is PairStatus.COMPLETED
