"""What the parameters of the routes name, for the walk in test_routes.py.

A room that adds a route with a new parameter adds a line here: the parameter's name (or `endpoint:name`, which goes
first) and a function of the World that makes the rows and gives

    InSchool(own, other_school, other_county)   what it names belongs to one school
    InCounty(own, other_county)                 … to a county as a whole
    Shared(value)                               … to nobody in particular
    Personal(make)                              … to one account: make(user)
"""

from datetime import date
from functools import cache

from sqlalchemy import select

from app import audit
from app.access import Role
from app.accounts.models import RoleGrant, SavedFilter
from app.audit.operations import SYSTEM
from app.db.clock import today, utc_now
from app.eligibility.operations import create_draft, put_in_force
from app.evidence.models import EvidenceContent, EvidenceFile, ScanState
from app.extensions import db
from app.growth.models import (
    DrawnLesson,
    GroupRole,
    LadderReview,
    Mentor,
    PairLesson,
    PairSide,
    PlaceStatus,
    ProgrammeKind,
    ProgrammePlace,
    StationedSchool,
)
from app.growth.operations.draws import draw_week, open_chain
from app.growth.operations.programmes import add_programme
from app.growth.weeks import school_year_of, week_of
from app.imports.models import ImportBatch, ImportKind
from app.jobs.models import Job
from app.notices.models import Notice
from app.rotation.models import AnswerKind, Decision, DecisionKind, Posting, ProposalRun, Publication, ScenarioAnswer
from app.rotation.operations.plans import create_plan
from app.rotation.operations.scenarios import create_scenario
from app.rotation.settings import DEFAULTS
from app.schools.models import SchoolStage, Stage
from app.studios.models import Membership, PlacementDecision, PlacementKind
from app.studios.routes.placement_at import VIEWS
from tests.app.credits.walk import CREDITS
from tests.app.qualifications.walk import QUALIFICATIONS
from tests.app.reports.walk import BALANCE
from tests.app.targets.walk import TARGETS
from tests.app.training.walk import TRAINING
from tests.architecture.world import InCounty, InSchool, Personal, Shared, World
from tests.factories import (
    BackboneHonourFactory,
    EducationGroupFactory,
    SchoolFactory,
    mentors,
    placement_rows,
    studio_rows,
)
from tests.factories.groups import add as add_to_group
from tests.factories.groups import make_group, researcher
from tests.factories.ladder import apply_for, make_round, make_rung
from tests.factories.placement import make_round as make_placement_round
from tests.factories.studios import make_studio

YEAR = 2026
LAYOUT = {"sheets": ["教师"], "headers": ["姓名"], "first_row": 0, "last_row": 0, "samples": [["张一"]]}
NOTICE = {
    "title": "公示",
    "number": "",
    "office": "县教体局",
    "phone": "0873-0000000",
    "address": "",
    "notice_from": "2026-07-01",
    "notice_to": "2026-07-07",
    "start_on": "2026-09-01",
}


def saved(row):
    """The row with its id."""
    db.session.add(row)
    db.session.flush()
    return row


def cache_per_world(make):
    """What a function made for a world, made once."""
    return cache(make)


def both(make):
    """A county-wide parameter of the rows that `make(world)` gives: own county, other county."""
    return lambda world: InCounty(*(row.id for row in make(world)))


def school_id(world: World):
    return InSchool(world.school.id, world.other_school.id, world.far_school.id)


def teacher_id(world: World):
    return InSchool(world.teacher.id, world.other_teacher.id, world.far_teacher.id)


def region_id(world: World):
    return InCounty(world.county.id, world.far_county.id)


def job_id(world: World):
    jobs = [Job(kind="test.wait", region_id=county.id) for county in (world.county, world.far_county)]
    db.session.add_all(jobs)
    db.session.flush()
    return InCounty(*(job.id for job in jobs))


def position(world: World):
    entries = [
        audit.record(actor=SYSTEM, action="test.walk", subject=county, region_id=county.id)
        for county in (world.county, world.far_county)
    ]
    return InCounty(*(entry.position for entry in entries))


@cache_per_world
def rule_sets(world: World):
    drafts = [create_draft(actor=SYSTEM, county_id=county.id, year=YEAR) for county in world.counties]
    return [put_in_force(actor=SYSTEM, draft=draft) for draft in drafts]


@cache_per_world
def plans(world: World):
    return [
        create_plan(county=county, school_year=YEAR, name="交流轮岗", rule_set_id=rules.id, actor=SYSTEM)
        for county, rules in zip(world.counties, rule_sets(world), strict=True)
    ]


@cache_per_world
def scenarios(world: World):
    return [create_scenario(plan=plan, name="甲案", settings=DEFAULTS, actor=SYSTEM) for plan in plans(world)]


@cache_per_world
def publications(world: World):
    return [
        saved(
            Publication(
                plan_id=plan.id,
                county_id=plan.county_id,
                school_year=YEAR,
                revision=1,
                notice=NOTICE,
                rows=[],
                row_count=0,
                sha256="0" * 64,
                published_at=utc_now(),
                published_by_label="王敏",
            )
        )
        for plan in plans(world)
    ]


def posting_id(world: World):
    places = zip(publications(world) * 2, world.teachers[::2], ((0, 1), (2, 3)), strict=False)
    schools = [world.school, world.other_school, world.far_school, SchoolFactory(county=world.far_county)]
    return InCounty(
        *(
            saved(
                Posting(
                    publication_id=publication.id,
                    county_id=publication.county_id,
                    school_year=YEAR,
                    teacher_id=teacher.id,
                    from_school_id=schools[start].id,
                    to_school_id=schools[end].id,
                    stage=Stage.PRIMARY,
                    subject_code="chinese",
                    start_on=date(YEAR, 9, 1),
                    end_on=date(YEAR + 1, 7, 31),
                    term_years=1,
                )
            ).id
            for publication, teacher, (start, end) in places
        )
    )


def batch_id(world: World):
    return InCounty(
        *(
            saved(
                ImportBatch(
                    county_id=county.id,
                    kind=ImportKind.TEACHERS,
                    file_name="花名册.xlsx",
                    file_size=1,
                    sha256="0" * 64,
                    sheet_name="教师",
                    layout=LAYOUT,
                )
            ).id
            for county in world.counties
        )
    )


def group_id(world: World):
    return InCounty(*(EducationGroupFactory(county_id=c.id).id for c in (world.county, world.far_county)))


def decision_id(world: World):
    pairs = zip(scenarios(world), world.teachers[::2], strict=True)
    rows = [
        Decision(scenario_id=scenario.id, kind=DecisionKind.KEEP, teacher_id=teacher.id) for scenario, teacher in pairs
    ]
    return InCounty(*(saved(row).id for row in rows))


def run_id(world: World):
    runs = [ProposalRun(region_id=county.id, school_year=YEAR) for county in world.counties]
    return InCounty(*(saved(run).id for run in runs))


def answer_id(world: World):
    rows = [ScenarioAnswer(scenario_id=scenario.id, kind=AnswerKind.WHY_NOT) for scenario in scenarios(world)]
    return InCounty(*(saved(row).id for row in rows))


@cache_per_world
def studios(world: World):
    made = [make_studio(host=teacher) for teacher in world.teachers[::2]]
    # The licence opens the host's pages to each account of the host; here a teacher is to be a teacher only.
    own = RoleGrant.user_id != world.person(Role.STUDIO_HOST).id
    db.session.execute(db.delete(RoleGrant).where(RoleGrant.role == Role.STUDIO_HOST, own))
    return made


@cache_per_world
def studio_hosts(world: World):
    return [
        db.session.scalar(db.select(Membership).where(Membership.studio_id == studio.id)) for studio in studios(world)
    ]


def of_studios(make):
    """A parameter that hangs on a studio: `make(studio, its host's membership)`."""

    def pairs(world: World):
        rows = zip(studios(world), studio_hosts(world), strict=True)
        return InCounty(*(saved(make(studio, host)).id for studio, host in rows))

    return pairs


@cache_per_world
def placement_rounds(world: World):
    studios(world)
    return [make_placement_round(county.id, name="walk") for county in world.counties]


@cache_per_world
def placement_proposals(world: World):
    made = [saved(placement_rows.proposal(one)) for one in placement_rounds(world)]
    for row, teacher, studio in zip(made, world.teachers[::2], studios(world), strict=True):
        saved(placement_rows.decision(row, teacher, studio))
    return made


def placement_decision_id(world: World):
    rows = [
        db.session.scalar(db.select(PlacementDecision).where(PlacementDecision.proposal_id == row.id))
        for row in placement_proposals(world)
    ]
    return InCounty(*(row.id for row in rows))


@cache_per_world
def mentor_placement_rounds(world: World):
    return [make_placement_round(county.id, kind=PlacementKind.MENTOR, name="walk 2") for county in world.counties]


@cache_per_world
def mentor_placement_proposals(world: World):
    made = [saved(placement_rows.proposal(one)) for one in mentor_placement_rounds(world)]
    for row, teacher in zip(made, world.teachers[::2], strict=True):
        saved(placement_rows.decision(row, teacher, teacher))
    return made


def mentor_placement_decision_id(world: World):
    of = [PlacementDecision.proposal_id == row.id for row in mentor_placement_proposals(world)]
    return InCounty(*(db.session.scalar(db.select(PlacementDecision.id).where(one)) for one in of))


@cache_per_world
def mentor_pairs(world: World):
    made = []
    for teacher, school in zip(world.teachers, (world.school, world.other_school, world.far_school), strict=True):
        teacher.started_work_on = date(today().year - 1, 9, 1)
        made.append(mentors.pair(mentors.mentor(school), teacher))
    return made


def in_schools(rows):
    return InSchool(*(row.id for row in rows))


def mentor_id(world: World):
    return in_schools([db.session.get(Mentor, pair.mentor_id) for pair in mentor_pairs(world)])


def pair_lesson_id(world: World):
    plain = {"on": today(), "topic": "观潮", "entered_by_label": "学校"}
    return in_schools(
        [saved(PairLesson(pair_id=pair.id, given_by=PairSide.NEWCOMER, **plain)) for pair in mentor_pairs(world)]
    )


def review_id(world: World):
    def make(user):
        appraisal = saved(studio_rows.appraisal(studios(world)[0], cycle_no=user.id + 10))
        return saved(studio_rows.review(appraisal, user)).id

    return Personal(make)


def user_id(world: World):
    return InCounty(world.person(Role.AUDITOR).id, world.stranger.id)


def grant_id(world: World):
    return InCounty(world.person(Role.AUDITOR).role_grants[0].id, world.stranger.role_grants[0].id)


def notice_id(world: World):
    return Personal(lambda user: saved(Notice(user_id=user.id, kind="job", key="walk")).id)


def file_id(world: World):
    def make(user):
        draft = EvidenceFile(
            county_id=user.region_id or world.county.id,
            uploaded_by_id=user.id,
            name="证明.png",
            media_type="image/png",
            size=1,
            sha256="0" * 64,
            scan_state=ScanState.CLEAN,
        )
        saved(draft)
        db.session.add(EvidenceContent(file_id=draft.id, content=b"x"))
        db.session.flush()
        return draft.id

    return Personal(make)


def ethics_id(world: World):
    from tests.factories.ethics import EthicsEntryFactory

    return InSchool(*(EthicsEntryFactory(teacher=teacher).id for teacher in world.teachers))


def ethics_activity_id(world: World):
    from tests.factories.ethics import EthicsActivityFactory

    schools = (world.school, world.other_school, world.far_school)
    return InSchool(*(EthicsActivityFactory(school=school).id for school in schools))


def clause_id(world: World):
    from tests.factories.ethics import EthicsClauseFactory

    return InCounty(*(EthicsClauseFactory(county=county).id for county in world.counties))


def filter_id(world: World):
    def make(user):
        row = SavedFilter(user_id=user.id, page="teachers.index", name="mine", query={"pairs": []})
        db.session.add(row)
        db.session.flush()
        return row.id

    return Personal(make)


@cache_per_world
def draws(world: World):
    made = []
    for county in world.counties:
        open_chain(county=county, school_year=school_year_of(week_of(today())), actor=SYSTEM)
        made.append(draw_week(county=county, week=week_of(today()), actor=SYSTEM))
    return made


def lesson_id(world: World):
    found = {lesson.school_id: lesson.id for drawn in draws(world) for lesson in lessons_in(drawn)}
    return InSchool(*(found[school.id] for school in (world.school, world.other_school, world.far_school)))


def lessons_in(drawn):
    return db.session.scalars(select(DrawnLesson).where(DrawnLesson.draw_id == drawn.id))


@cache_per_world
def growth_programmes(world: World):
    fields = {"kind": ProgrammeKind.TALENT, "first_year": 2020, "course_years": 5, "yearly_intake": 20}
    return [add_programme(county=county, actor=SYSTEM, name="教学能手", **fields) for county in world.counties]


def place_id(world: World):
    own, far = growth_programmes(world)
    rows = [
        saved(
            ProgrammePlace(
                programme_id=programme.id,
                teacher_id=teacher.id,
                year=today().year,
                proposed_by_label="学校",
                status=PlaceStatus.ADMITTED,
                from_on=today(),
            )
        )
        for programme, teacher in zip((own, own, far), world.teachers, strict=True)
    ]
    return InSchool(*(row.id for row in rows))


def own_place_id(world: World):
    programme, far = growth_programmes(world)
    people = ((programme, world.teacher), (programme, world.other_teacher), (far, world.far_teacher))
    return InSchool(
        *(
            saved(ProgrammePlace(programme_id=one.id, teacher_id=teacher.id, year=2020, proposed_by_label="学校")).id
            for one, teacher in people
        )
    )


@cache_per_world
def ladder_rounds(world: World):
    reviewers = [world.person(Role.DEVELOPMENT_CENTRE)]
    return [make_round(make_rung(county), reviewers, places=3) for county in world.counties]


def rung_id(world: World):
    return InCounty(*(row.rung_id for row in ladder_rounds(world)))


@cache_per_world
def ladder_applications(world: World):
    own, far = ladder_rounds(world)
    pairs = zip((own, own, far), world.teachers, strict=True)
    return [apply_for(row, teacher, is_supported=False) for row, teacher in pairs]


def application_id(world: World):
    return InSchool(*(one.id for one in ladder_applications(world)))


def ladder_review_id(world: World):
    def make(user):
        one = ladder_applications(world)[0]
        return saved(LadderReview(application_id=one.id, reviewer_id=user.id, scores=[])).id

    return Personal(make)


@cache_per_world
def growth_groups(world: World):
    return [make_group(school) for school in (world.school, world.other_school, world.far_school)]


def growth_group_id(world: World):
    return InSchool(*(group.id for group in growth_groups(world)))


def stage_id(world: World):
    growth_groups(world)
    schools = (world.school, world.other_school, world.far_school)
    return InSchool(
        *(db.session.scalar(select(SchoolStage.id).where(SchoolStage.school_id == one.id).limit(1)) for one in schools)
    )


def group_member_id(world: World):
    pairs = zip(growth_groups(world), world.teachers, strict=True)
    return InSchool(*(add_to_group(group, GroupRole.TEACHER, teacher=teacher).id for group, teacher in pairs))


def stay_id(world: World):
    rows = []
    for county, teacher, host in zip(
        world.counties, world.teachers[::2], (world.school, world.far_school), strict=True
    ):
        researcher(county, teacher, host)
        rows.append(db.session.scalars(select(StationedSchool).where(StationedSchool.school_id == host.id)).one())
    return InCounty(*(row.id for row in rows))


def of_placement(blueprint, name, make):
    """A parameter of the pages that every kind of placement has, in one blueprint."""
    return {f"{blueprint}.{view.endpoint}:{name}": make for view in VIEWS if f":{name}>" in view.rule}


SUBJECTS = {
    "rung_id": rung_id,
    "round_id": both(ladder_rounds),
    "own_round_id": both(ladder_rounds),
    "application_id": application_id,
    "own_application_id": application_id,
    "ladder_review_id": ladder_review_id,
    "growth_group_id": growth_group_id,
    "group_member_id": group_member_id,
    "stage_id": stage_id,
    "stay_id": stay_id,
    "studio_id": both(studios),
    "membership_id": both(studio_hosts),
    "note_id": of_studios(studio_rows.note),
    "meeting_id": of_studios(studio_rows.meeting),
    "observation_id": of_studios(studio_rows.observation),
    "outcome_id": of_studios(studio_rows.outcome),
    "spending_id": of_studios(studio_rows.spending),
    "funding_id": of_studios(studio_rows.funding),
    "request_id": of_studios(studio_rows.request),
    "appraisal_id": of_studios(studio_rows.appraisal),
    "review_id": review_id,
    "studios.placement_undo:decision_id": placement_decision_id,
    "studios.placement_choose:round_id": both(placement_rounds),
    "growth.placement_undo:decision_id": mentor_placement_decision_id,
    **of_placement("growth", "round_id", both(mentor_placement_rounds)),
    **of_placement("growth", "proposal_id", both(mentor_placement_proposals)),
    "own_placement_id": both(mentor_placement_rounds),
    "pair_id": lambda world: in_schools(mentor_pairs(world)),
    "own_pair_id": lambda world: in_schools(mentor_pairs(world)),
    "mentor_id": mentor_id,
    "pair_lesson_id": pair_lesson_id,
    **of_placement("studios", "round_id", both(placement_rounds)),
    **of_placement("studios", "proposal_id", both(placement_proposals)),
    **QUALIFICATIONS,
    **CREDITS,
    **TRAINING,
    **BALANCE,
    **TARGETS,
    "rule_set_id": both(rule_sets),
    "plan_id": both(plans),
    "draw_id": both(draws),
    "growth.programme:programme_id": both(growth_programmes),
    "growth.edit_programme:programme_id": both(growth_programmes),
    "growth.propose:programme_id": both(growth_programmes),
    "growth.export_places:programme_id": both(growth_programmes),
    "place_id": place_id,
    "own_place_id": own_place_id,
    "lesson_id": lesson_id,
    "school_year": lambda world: Shared(today().year + 1),
    "scenario_id": both(scenarios),
    "publication_id": both(publications),
    "posting_id": posting_id,
    "decision_id": decision_id,
    "answer_id": answer_id,
    "run_id": run_id,
    "rotation.ask:kind": lambda world: Shared("why_not"),
    "rotation.why_of:teacher_id": lambda world: Shared(world.teachers[0].id),
    "batch_id": batch_id,
    "group_id": group_id,
    "filter_id": filter_id,
    "part": lambda world: Shared("entry"),
    "part_name": lambda world: Shared("people"),
    "ethics_id": ethics_id,
    "ethics_activity_id": ethics_activity_id,
    "clause_id": clause_id,
    "notice_id": notice_id,
    "file_id": file_id,
    "notices.confirm_address:token": lambda world: Shared("no-such-token"),
    "lists.save_filter:page": lambda world: Shared("teachers.index"),
    "imports.template:kind": lambda world: Shared("teachers"),
    "which": lambda world: Shared("honours"),
    "row_id": lambda world: InSchool(*(BackboneHonourFactory(teacher_id=t.id).id for t in world.teachers)),
    "user_id": user_id,
    "grant_id": grant_id,
    "school_id": school_id,
    "teacher_id": teacher_id,
    "region_id": region_id,
    "county_id": region_id,
    "job_id": job_id,
    "position": position,
    "table_key": lambda world: Shared("teacher_state"),
    "code": lambda world: Shared("100"),
    "year": lambda world: Shared(today().year),
}

# Query arguments without which a page cannot say anything: endpoint → function of what
# SUBJECTS made.
QUERIES = {
    "eligibility.compare": lambda made: {"old": made["rule_set_id"].own, "new": made["rule_set_id"].own},
}

# Pages by which a school or the centre changes what others only read.
CHANGING = (
    "new_group",
    "edit_group",
    "add_group_member",
    "end_group",
    "end_group_member",
    "say_opinion",
    "return_ladder_application",
    "refuse_ladder_application",
)

ARRANGING = ("new_pair", "edit_pair", "end_pair", "appraise_pair", "new_mentor", "edit_mentor")

# Other answers that are right within one's own scope, and why: endpoint or (endpoint, role) → statuses.
ALSO_RIGHT = {
    # The leader reads groups and applications, and changes none.
    **{(f"growth.{name}", Role.BUREAU_LEADER): {404} for name in CHANGING},
    # The leader reads mentor pairs, and arranges none.
    **{(f"growth.{name}", Role.BUREAU_LEADER): {403} for name in ARRANGING},
    # A run over several counties is for those who answer for more than one.
    ("rotation.new_run", Role.PERSONNEL_OFFICER): {403},
    # A school records the results of its own sessions only.
    ("training.result", Role.SCHOOL_ADMINISTRATOR): {404},
    # A school proposes; that a teacher leaves or changes schools is entered by the bureau.
    ("teachers.leave", Role.SCHOOL_ADMINISTRATOR): {403},
    ("teachers.transfer", Role.SCHOOL_ADMINISTRATOR): {403},
    ("teachers.relocate", Role.SCHOOL_ADMINISTRATOR): {403},
    # So is an honour above the school's level.
    ("teachers.edit_record", Role.SCHOOL_ADMINISTRATOR): {403},
}

__all__ = ["ALSO_RIGHT", "QUERIES", "SUBJECTS", "InCounty", "InSchool", "Personal", "Shared", "World"]
