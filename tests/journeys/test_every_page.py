"""Every page that can be opened, as somebody who may, on a wide screen and on a telephone.

Nothing serious for axe, nothing on the console, nothing wider than the screen. One backend is enough: what a page looks
like does not depend on the database.
"""

import pytest
from flask import url_for
from sqlalchemy import select

from app.access import Role
from app.eligibility.operations import create_draft
from app.extensions import db
from app.imports import operations as imports
from app.imports.models import ImportKind
from app.jobs.worker import run_pending_jobs
from app.rotation.models import AnswerKind, Posting, ProposedMove, Publication
from app.rotation.operations import answers, handmade, publications, reviews, scenarios
from app.rotation.settings import DEFAULTS
from app.schools.models import School
from app.web.transaction import writing
from tests.app.imports.workbooks import teacher_row, workbook
from tests.app.rotation.county import build_county, lock, make_plan, make_scenario, solved
from tests.architecture.subjects import QUERIES, SUBJECTS
from tests.architecture.test_routes import key_of, routes_of, value_at
from tests.architecture.world import InCounty, World, with_people
from tests.factories import CircumstanceFactory, CountyFactory, RotationRecordFactory, SchoolFactory, TeacherFactory
from tests.journeys.conftest import CHINESE
from tests.journeys.looking import AXE, DESKTOP, PHONE, complaints_of, runs_over, serious_findings

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")

NOTICE = {
    "title": "青县2026年教师交流轮岗人员名单公示",
    "number": "青教〔2026〕12号",
    "office": "青县教育局",
    "phone": "0873-6620000",
    "address": "",
    "notice_from": "2026-08-17",
    "notice_to": "2026-08-21",
    "kind_code": "10",
    "start_on": "2026-09-01",
    "term_years": 1,
}
# Not pages: parts of one, files, and what only leads elsewhere.
NO_PAGES = {"health.show", "imports.template", "jobs.card", "rotation.progress", "schools.suggest", "static"}
NO_PAGES |= {"reports.progress", "rotation.answer", "rotation.answer_progress", "rotation.run_progress"}
NO_PAGES |= {"targets.pack_file"}
NO_PAGES |= {f"{room}.placement_{part}" for room in ("growth", "studios") for part in ("progress", "giving")}
NO_PAGES |= {"evidence.download", "growth.pool", "growth.suggest", "studios.people_template"}
NO_PAGES |= {"training.own_pdf", "training.roster_template", "training.suggest"}
# What only stands at one step of a road, or for a region above the county: the rooms' own tests and journeys open it.
NO_PAGES |= {"credits.review", "rotation.new_run", "studios.edit_spending", "studios.give_up", "studios.given"}
# A school edits the sessions it holds itself; these are the county's.
OF_THE_CENTRE = ("training.",)
OWN = {"security.change_password", "security.two_factor_setup", "security.verify", "security.mf_recovery_codes"}
DOOR = {"security.login"}
DRAFTS = {"eligibility.edit", "eligibility.effect"}
EVERYBODYS = {"home.index", "accounts.me", "teachers.index", "teachers.show", "schools.show", "rotation.publication"}
ROAD = ("draft", "submitted", "approved", "published")
# Pages of a plan that is further on its road than a draft: endpoint → what it must be.
STAGES = {
    "rotation.approve": "submitted",
    "rotation.send_back": "submitted",
    "rotation.publish": "approved",
    "rotation.reopen": "published",
    "rotation.publication": "published",
    "rotation.publications": "published",
    "rotation.posting": "published",
    "rotation.postings": "published",
    "rotation.report_for_duty": "published",
    "rotation.recall_posting": "published",
    "home.index": "published",
    "teachers.me": "published",
}


class County:
    """A county whose plan goes its road while its pages are looked at."""

    def __init__(self):
        county = build_county()
        self.world = _world_around(county)
        self.officer, self.leader = self.person(Role.PERSONNEL_OFFICER), self.person(Role.BUREAU_LEADER)
        self.made, self.own = {key: make(self.world) for key, make in SUBJECTS.items()}, {}
        self.plan = make_plan(county, self.officer, name="2026年交流轮岗方案")
        first = solved(make_scenario(self.plan, self.officer), self.officer)
        lock(first, county.teachers[0], county.others[0], self.officer)
        settings = {"name": "乙案", "settings": DEFAULTS, "is_same_data": True}
        second = scenarios.solve_again(scenario=first, actor=self.officer, **settings)
        second = solved(second, self.officer)
        scenarios.choose(scenario=second, actor=self.officer)
        self._questions(second)
        draft = create_draft(actor=self.officer, county_id=county.region.id, year=2026)
        self.draft = InCounty(draft.id, None)
        self.name(plan_id=self.plan.id, scenario_id=second.id, batch_id=self._batch(county))

    def _questions(self, scenario):
        """Answers to every question about a scenario."""
        move = db.session.scalars(select(ProposedMove).where(ProposedMove.scenario_id == scenario.id)).first()
        key, school = f"T{move.teacher_id}", db.session.get(School, move.to_school_id)
        asked = {AnswerKind.WHY: key, AnswerKind.COSTS: "", AnswerKind.FAIRNESS: "", AnswerKind.MENDS: ""}
        for kind, about in asked.items():
            answers.ask(scenario=scenario, kind=kind, key=about, actor=self.officer)
        given = [{"teacher": key, "to": school.code}]
        check = handmade.check(scenario=scenario, name="手工名单", moves=given, actor=self.officer)
        self.made["rotation.why_of:teacher_id"] = InCounty(move.teacher_id, None)
        self.name(answer_id=check.id)
        db.session.commit()
        run_pending_jobs()
        db.session.expire_all()

    def _batch(self, county):
        """An upload with new, changed and rejected rows."""
        rows = [teacher_row(990, county.schools[0]), teacher_row(991, county.schools[0], joined_school_on=2015.1)]
        known = [{"name": t.name, "id_number": t.id_number, "phone": "13800000000"} for t in county.teachers[:2]]
        rows += [teacher_row(992, county.schools[0]) | row for row in known]
        content = workbook("teachers", rows)
        batch = imports.upload(
            actor=self.officer, county=county.region, kind=ImportKind.TEACHERS, file_name="花名册.xlsx", content=content
        )
        mapping = {int(column): key for column, key in batch.mapping.items()}
        imports.map_columns(actor=self.officer, batch=batch, mapping=mapping, does_empty_clear=False)
        imports.check_or_enqueue(actor=self.officer, batch=batch)
        return batch.id

    def person(self, role):
        """The account that holds a role in the county."""
        return self.world.person(role)

    def name(self, **own):
        """What the parameters of addresses name from now on."""
        self.own |= {name: InCounty(value, None) for name, value in own.items()}

    def advance(self, stage):
        """Bring the plan to a stage of its road."""
        match stage:
            case "submitted":
                reviews.submit(plan=self.plan, actor=self.officer)
            case "approved":
                reviews.approve(plan=self.plan, actor=self.leader)
            case "published":
                publications.publish(plan=self.plan, notice=NOTICE, reason="", actor=self.officer)
                newest = [
                    db.session.scalars(select(m.id).order_by(m.id.desc())).first() for m in (Publication, Posting)
                ]
                self.name(publication_id=newest[0], posting_id=newest[1])
        db.session.commit()

    def address(self, app, route, user):
        """The address of a route at this county."""
        if route.endpoint in DRAFTS:
            return self._address(app, route, user, self.made | {"rule_set_id": self.draft})
        of_county = {name for name in route.parameters if isinstance(self.made[key_of(route, name)], InCounty)}
        # A part goes with its whole: where one of them is not ours, neither is taken.
        return self._address(app, route, user, self.made | (self.own if of_county <= set(self.own) else {}))

    def _address(self, app, route, user, made):
        named = {name: made[key_of(route, name)] for name in route.parameters}
        with writing():  # some of it is made for the person, while the site writes as well
            values = {name: value_at(one, "own", user, self.world) for name, one in named.items()}
        with app.test_request_context():
            return url_for(route.endpoint, **values, **QUERIES.get(route.endpoint, lambda made: {})(made))


def _newest(model):
    return db.session.scalars(select(model.id).order_by(model.id.desc())).first()


def _world_around(county):
    """The route walk's world, in a county with a history."""
    far_county = CountyFactory()
    far_school, staff = SchoolFactory(county=far_county), county.teachers
    CircumstanceFactory(teacher_id=staff[1].id)
    RotationRecordFactory(teacher_id=staff[1].id)
    schools, teachers = (*county.sending, far_school), (staff[1], staff[15], TeacherFactory(school=far_school))
    world = with_people(World(county.region, far_county, *schools, *teachers))
    for person in world.people.values():
        person.language = CHINESE
    return world


def pages_of(app):
    """(stage, role, route) of every page: in the order of the plan's road, each as the first role that may see it."""
    found = []
    for route in routes_of(app):
        if "GET" not in route.rule.methods or route.endpoint in NO_PAGES:
            continue
        roles = [role for role in Role if route.admits(role)]
        if route.endpoint.startswith(OF_THE_CENTRE) and Role.DEVELOPMENT_CENTRE in roles:
            roles = [Role.DEVELOPMENT_CENTRE]
        seen_by = roles if route.endpoint in EVERYBODYS else roles[:1]
        found += [(STAGES.get(route.endpoint, "draft"), role, route) for role in seen_by]
    return sorted(found, key=lambda page: (ROAD.index(page[0]), list(Role).index(page[1]), page[2].endpoint))


class Visit:
    """One browser that becomes one person after the other and notes what is wrong where."""

    def __init__(self, app, site, page):
        self.app, self.site, self.page = app, site, page
        self.complaints, self.wrong, self.seen = complaints_of(page), [], set()
        page.add_init_script(AXE)  # sent once instead of once a page

    def become(self, user):
        """Sign in without the log-in page; None: nobody."""
        self.page.context.clear_cookies()
        if user is None:
            return
        client = self.app.test_client()
        client.sign_in(user)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        self.page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.site}])

    def look(self, address, endpoint):
        """Open a page at both widths."""
        self.page.set_viewport_size(DESKTOP)
        answer = self.page.goto(self.site + address)
        if answer.status != 200:
            self.wrong.append(f"{endpoint}: {answer.status} {address}")
            return
        self.seen.add(endpoint)
        if self.page.locator("[data-chart]").count():
            self.page.locator("[data-chart] canvas").first.wait_for()
        for size in (DESKTOP, PHONE):
            self.page.set_viewport_size(size)
            where = f"{endpoint} at {size['width']} px"
            self.wrong += [f"{where}: {finding}" for finding in serious_findings(self.page)]
            if runs_over(self.page):
                self.wrong.append(f"{where}: wider than the screen")


def test_no_page_keeps_anybody_out(app, site, page):
    county, visit = County(), Visit(app, site, page)
    stage = person = None
    for at, role, route in pages_of(app):
        if at != stage:
            stage = at
            county.advance(stage)
        user = county.person(role)
        if user is not person:
            person = user
            visit.become(user)
        visit.look(county.address(app, route, user), route.endpoint)
    with app.test_request_context():
        own, door = ({name: url_for(name) for name in names} for names in (OWN, DOOR))
    visit.become(county.officer)
    for endpoint, address in own.items():
        visit.look(address, endpoint)
    visit.become(None)
    for endpoint, address in door.items():
        visit.look(address, endpoint)
    wrong = visit.wrong + visit.complaints
    assert not wrong, "\n".join(wrong)
    assert len(visit.seen) > 70
