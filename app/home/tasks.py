"""What waits for a person: one function a kind of work, each asked only of those who may do it.

A task says what it is, how much of it there is, and leads to where it is done. Nothing waiting gives nothing.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import and_, exists, func, or_, select

from app.access import Permission
from app.accounts.access import accounts_where
from app.accounts.models import RoleGrant, User
from app.credits.access import Reviewer
from app.credits.models import ClaimStatus, CreditClaim, CreditDispute, DisputeStatus
from app.db.clock import utc_now
from app.eligibility.models import EligibilityReason, EligibilityRuleSet, RuleSetStatus
from app.eligibility.queries import is_stale
from app.eligibility.wording import reason_label
from app.ethics import queries as ethics
from app.extensions import db
from app.home import growth_tasks, placement_tasks, studio_tasks, target_tasks
from app.home.task import Source, Task
from app.imports.access import batches_where
from app.imports.models import OPEN, ImportBatch
from app.jobs.models import Job, JobStatus
from app.qualifications import queries as qualifications
from app.qualifications.access import certificates_where
from app.qualifications.models import CertificateState
from app.regions.access import regions_where
from app.regions.models import Region, RegionLevel
from app.rotation.access import plans_where, postings_where
from app.rotation.models import PlanStatus, Posting, PostingStatus, RotationPlan
from app.rotation.queries.wishes import open_plans_of, wishes_of
from app.schools.access import schools_where
from app.schools.models import School, SubjectPost
from app.teachers.models import Teacher
from app.training.access import sessions_where
from app.training.models import Enrolment, EnrolmentStatus, SessionStatus, TrainingSession
from app.training.operations.feedback import may_give
from app.training.queries.people import own_enrolments
from app.web.languages import school_year_label

MISSING_FACTS = ("joined_missing", "birth_missing", "sex_missing", "category_missing", "evidence_missing")
P = Permission
COUNTIES = 5  # of whoever works for more, the first show what a day's work there is
CLAIMS_COUNTED = 1_000  # of more, nobody reads the number off
FAILED_LATELY = timedelta(days=7)


def tasks_for(user: Any, today: date) -> list[Task]:
    """Everything that waits for this person, the pressing first."""
    found = [task for permission, source in SOURCES if user.may(permission) for task in source(user, today)]
    order = {"danger": 0, "warning": 1, "info": 2}
    return sorted(found, key=lambda task: order[task.tone])


def _count(query: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(query.subquery())) or 0


def unfinished_imports(user: Any, _today: date) -> Iterator[Task]:
    """Uploads that were neither applied nor given up."""
    waiting = _count(select(ImportBatch.id).where(batches_where(user.grants), ImportBatch.status.in_(OPEN)))
    if waiting:
        title = ngettext("%(num)d import waits to be applied", "%(num)d imports wait to be applied", waiting)
        yield Task(title, url_for("imports.index"), "upload", "warning")


def schools_without_posts(user: Any, _today: date) -> Iterator[Task]:
    """Schools for which nobody said which teachers they need: the optimiser sees no gap there."""
    bare = _count(
        select(School.id).where(
            schools_where(user.grants, P.POST_EDIT),
            School.is_active,
            ~exists().where(SubjectPost.school_id == School.id),
        )
    )
    if bare:
        title = ngettext("%(num)d school has no subject posts yet", "%(num)d schools have no subject posts yet", bare)
        note = _("Without them the optimiser sees no vacant post there.")
        yield Task(title, url_for("schools.index", posts="none"), "building", "warning", note)


def eligibility(user: Any, today: date) -> Iterator[Task]:
    """Counties without rules for this year, verdicts that the facts have overtaken, facts that are missing."""
    here = and_(Region.level == RegionLevel.COUNTY, regions_where(user.grants, P.ELIGIBILITY_EDIT))
    counties = db.session.scalars(select(Region).where(here).order_by(Region.code).limit(COUNTIES)).all()
    in_force = db.session.scalars(
        select(EligibilityRuleSet)
        .where(
            EligibilityRuleSet.county_id.in_([county.id for county in counties]),
            EligibilityRuleSet.status == RuleSetStatus.IN_FORCE,
        )
        .order_by(EligibilityRuleSet.school_year)
    )
    newest = {rule_set.county_id: rule_set for rule_set in in_force}
    for county in counties:
        for task in _of_county(county, newest.get(county.id), today.year):
            yield task if len(counties) == 1 else replace(task, note=" · ".join(filter(None, (county.name, task.note))))


def _of_county(county: Region, rule_set: EligibilityRuleSet | None, year: int) -> Iterator[Task]:
    if rule_set is None or rule_set.school_year < year:
        title = _("Set the eligibility rules for %(year)s", year=school_year_label(year))
        yield Task(title, url_for("eligibility.index", county=county.id, year=year), "list-check", "warning")
    if rule_set is None:
        return
    if is_stale(rule_set):
        title = _("Facts changed since eligibility was judged")
        url = url_for("eligibility.index", county=county.id, year=rule_set.school_year)
        yield Task(title, url, "refresh", "warning", _("Judge again before you solve a scenario."))
    yield from _missing_facts(rule_set)


def _missing_facts(rule_set: EligibilityRuleSet) -> Iterator[Task]:
    counted = db.session.execute(
        select(EligibilityReason.code, func.count())
        .where(EligibilityReason.rule_set_id == rule_set.id, EligibilityReason.code.in_(MISSING_FACTS))
        .group_by(EligibilityReason.code)
        .order_by(EligibilityReason.code)
    ).tuples()
    for code, people in counted:
        title = ngettext("%(num)d teacher: %(what)s", "%(num)d teachers: %(what)s", people, what=reason_label(code))
        url = url_for("eligibility.verdicts", county=rule_set.county_id, year=rule_set.school_year, reason=code)
        yield Task(title, url, "user-exclamation", "warning")


def plans_to_go_on_with(user: Any, _today: date) -> Iterator[Task]:
    """Plans that wait for the officer: in work, returned, or approved and not published."""
    for plan in _plans(user, P.PLAN_EDIT, (PlanStatus.RETURNED, PlanStatus.APPROVED, PlanStatus.DRAFT)):
        url = url_for("rotation.plan", plan_id=plan.id)
        if plan.status is PlanStatus.RETURNED:
            yield Task(_("Returned by the leader: %(plan)s", plan=plan.name), url, "arrow-back-up", "danger")
        elif plan.status is PlanStatus.APPROVED:
            yield Task(_("Approved, to be published: %(plan)s", plan=plan.name), url, "speakerphone", "warning")
        else:
            yield Task(_("In work: %(plan)s", plan=plan.name), url, "arrows-exchange")


def plans_to_decide(user: Any, _today: date) -> Iterator[Task]:
    """Plans that wait for the leader."""
    for plan in _plans(user, P.PLAN_APPROVE, (PlanStatus.SUBMITTED,)):
        title = _("Waits for your decision: %(plan)s", plan=plan.name)
        yield Task(title, url_for("rotation.plan", plan_id=plan.id), "gavel", "danger")


def _plans(user: Any, permission: Permission, statuses: tuple[PlanStatus, ...]) -> list[RotationPlan]:
    query = select(RotationPlan).where(plans_where(user.grants, permission), RotationPlan.status.in_(statuses))
    return list(db.session.scalars(query.order_by(RotationPlan.school_year.desc(), RotationPlan.id.desc()).limit(5)))


def postings_due(user: Any, today: date) -> Iterator[Task]:
    """Teachers whose term has begun without a report, or is over without a return."""
    reach = postings_where(user.grants, P.POSTING_EDIT)
    late = _count(select(Posting.id).where(reach, Posting.status == PostingStatus.PLANNED, Posting.start_on <= today))
    if late:
        title = ngettext(
            "%(num)d posting has begun; confirm that the teacher reported",
            "%(num)d postings have begun; confirm that the teachers reported",
            late,
        )
        yield Task(title, url_for("rotation.postings", status=PostingStatus.PLANNED.value), "map-pin", "warning")
    over = _count(select(Posting.id).where(reach, Posting.status == PostingStatus.ACTIVE, Posting.end_on < today))
    if over:
        title = ngettext("%(num)d posting is over; end it", "%(num)d postings are over; end them", over)
        url = url_for("rotation.postings", status=PostingStatus.ACTIVE.value, ends=today.isoformat())
        yield Task(title, url, "calendar-due", "warning")


def own_wishes(user: Any, _today: date) -> Iterator[Task]:
    """Plans in work to which a teacher may say where they would rather go, and has not; else the own record."""
    teacher = db.session.get(Teacher, user.teacher_id or 0)
    plans = open_plans_of(teacher) if teacher and not teacher.left_on else []
    for plan in plans:
        if not wishes_of(plan.id, [user.teacher_id]):
            title = _("Say where you would rather go: %(plan)s", plan=plan.name)
            yield Task(title, url_for("rotation.my_wishes", plan_id=plan.id), "send")
    yield Task(_("See your record, your eligibility and your wishes"), url_for("teachers.me"), "user")


def ethics_to_decide(user: Any, _today: date) -> Iterator[Task]:
    """Proposals and answers that wait for the county."""
    proposals, answers = ethics.waiting(user.grants)
    if proposals:
        title = ngettext("%(num)d ethics record waits for you", "%(num)d ethics records wait for you", proposals)
        yield Task(title, url_for("ethics.index", state="proposed"), "heart-handshake", "warning")
    if answers:
        title = ngettext("%(num)d teacher’s answer waits for you", "%(num)d teachers’ answers wait for you", answers)
        yield Task(title, url_for("ethics.index", awaits=1), "message", "warning")


def ethics_returned(user: Any, _today: date) -> Iterator[Task]:
    """Proposals that the county gave back."""
    if number := ethics.returned(user.grants):
        title = ngettext("%(num)d ethics record was returned", "%(num)d ethics records were returned", number)
        yield Task(title, url_for("ethics.index", state="returned"), "arrow-back-up", "warning")


def certificates_to_review(user: Any, _today: date) -> Iterator[Task]:
    """What teachers and schools handed in, and the person's school or county has to decide."""
    if user.may(P.QUALIFICATION_CHECK):
        reach = certificates_where(user.grants, P.QUALIFICATION_CHECK)
        if number := qualifications.waiting_count(reach, CertificateState.CLAIMED):
            title = ngettext(
                "%(num)d certificate waits to be checked", "%(num)d certificates wait to be checked", number
            )
            yield Task(title, url_for("qualifications.to_check"), "certificate", "warning")
    if user.may(P.QUALIFICATION_VERIFY):
        reach = certificates_where(user.grants, P.QUALIFICATION_VERIFY)
        if number := qualifications.waiting_count(reach, CertificateState.CHECKED):
            title = ngettext(
                "%(num)d certificate waits to be verified", "%(num)d certificates wait to be verified", number
            )
            yield Task(title, url_for("qualifications.to_verify"), "certificate", "warning")


def certificates_overdue(user: Any, today: date) -> Iterator[Task]:
    """Certificates that ran out, and the people whom that or another lack keeps from teaching."""
    note = _("Renew or register them, or see that somebody else teaches.")
    if number := qualifications.barred_count(user.grants):
        title = ngettext("%(num)d teacher may not teach today", "%(num)d teachers may not teach today", number)
        yield Task(title, url_for("qualifications.gaps", effect="bar"), "ban", "danger", note)
    reach = certificates_where(user.grants, P.QUALIFICATION_EDIT)
    if number := qualifications.overdue_count(reach, today):
        title = ngettext("%(num)d certificate has run out", "%(num)d certificates have run out", number)
        yield Task(title, url_for("qualifications.certificates", ends="overdue"), "calendar-due", "warning", note)


def own_certificates(user: Any, today: date) -> Iterator[Task]:
    """One's own certificates that were returned, or end soon."""
    returned, ending = qualifications.own_counts(user.teacher_id or 0, today)
    url = url_for("qualifications.my_certificates")
    if returned:
        title = ngettext(
            "%(num)d of your certificates was returned", "%(num)d of your certificates were returned", returned
        )
        yield Task(title, url, "arrow-back-up", "danger", _("See what is missing on each certificate."))
    if ending:
        title = ngettext(
            "%(num)d of your certificates runs out within 90 days or has run out",
            "%(num)d of your certificates run out within 90 days or have run out",
            ending,
        )
        yield Task(title, url, "calendar-due", "warning")


def training_to_decide(user: Any, today: date) -> Iterator[Task]:
    """Enrolments that wait for the organiser, and sessions that are over without results."""
    mine = select(TrainingSession.id).where(sessions_where(user.grants, P.TRAINING_EDIT))
    running = mine.where(TrainingSession.status.in_((SessionStatus.OPEN, SessionStatus.CLOSED)))
    asked = (EnrolmentStatus.NOMINATED, EnrolmentStatus.APPLIED)
    waiting = _count(select(Enrolment.id).where(Enrolment.session_id.in_(running), Enrolment.status.in_(asked)))
    if waiting:
        title = ngettext(
            "%(num)d training enrolment waits for a decision",
            "%(num)d training enrolments wait for a decision",
            waiting,
        )
        yield Task(title, url_for("training.index", status=SessionStatus.OPEN.value), "school", "warning")
    over = _count(running.where(TrainingSession.ends_on < today))
    if over:
        title = ngettext(
            "%(num)d training session is over; record its results and finish it",
            "%(num)d training sessions are over; record their results and finish them",
            over,
        )
        yield Task(title, url_for("training.index", to=today.isoformat()), "calendar-due", "warning")


def training_to_nominate(user: Any, _today: date) -> Iterator[Task]:
    """Teachers of the school who applied for a session that asks for a nomination."""
    schools = select(School.id).where(schools_where(user.grants, P.TRAINING_NOMINATE))
    open_ones = select(TrainingSession.id).where(TrainingSession.status == SessionStatus.OPEN)
    applied = _count(
        select(Enrolment.id).where(
            Enrolment.school_id.in_(schools),
            Enrolment.status == EnrolmentStatus.APPLIED,
            Enrolment.session_id.in_(open_ones),
        )
    )
    if applied:
        title = ngettext(
            "%(num)d teacher applied for training; nominate or decline",
            "%(num)d teachers applied for training; nominate or decline",
            applied,
        )
        yield Task(title, url_for("training.index", status=SessionStatus.OPEN.value), "user-check", "warning")


def own_training(user: Any, today: date) -> Iterator[Task]:
    """Sessions of one's own that begin within a week, and those one can say something about."""
    for row in own_enrolments(user.teacher_id or 0)[:20]:
        session = row.session
        if row.status is EnrolmentStatus.CONFIRMED and today <= session.begins_on <= today + timedelta(days=7):
            title = _("Training on %(day)s: %(session)s", day=session.begins_on, session=session.name)
            yield Task(title, url_for("training.mine"), "school", "info", session.venue or "")
        elif may_give(row, session) and session.ends_on > today - timedelta(days=30):
            title = _("Say what you thought of %(session)s", session=session.name)
            yield Task(title, url_for("training.give_feedback", enrolment_id=row.id), "message")


def accounts_without_role(user: Any, _today: date) -> Iterator[Task]:
    """Accounts that open nothing."""
    idle = _count(
        select(User.id).where(accounts_where(user.grants), User.active, ~exists().where(RoleGrant.user_id == User.id))
    )
    if idle:
        title = ngettext("%(num)d account has no role", "%(num)d accounts have no role", idle)
        yield Task(title, url_for("accounts.index"), "user-off")


def failed_jobs(user: Any, _today: date) -> Iterator[Task]:
    """Background work that went wrong lately; what is older was seen to or given up."""
    reach = select(Region.id).where(regions_where(user.grants, P.JOB_READ))
    failed = _count(
        select(Job.id).where(
            or_(Job.region_id.in_(reach), Job.requested_by_id == user.id),
            Job.status == JobStatus.FAILED,
            Job.ended_at > utc_now() - FAILED_LATELY,
        )
    )
    if failed:
        title = ngettext("%(num)d background job failed", "%(num)d background jobs failed", failed)
        yield Task(title, url_for("jobs.index", status=JobStatus.FAILED.value), "alert-triangle", "warning")


def claims_to_review(user: Any, today: date) -> Iterator[Task]:
    """Claims of training hours that wait for this person, or for whom they stand in; objections that wait."""
    person = Reviewer(user, today)
    if not person.grants:
        return
    at_school = _count(_claims(person, P.CREDIT_CHECK, ClaimStatus.AT_SCHOOL))
    if at_school:
        title = ngettext(
            "%(num)d claim of training hours waits to be checked",
            "%(num)d claims of training hours wait to be checked",
            at_school,
        )
        yield Task(title, url_for("credits.queue", stage="school"), "stars", "warning")
    at_county = _count(_claims(person, P.CREDIT_CONFIRM, ClaimStatus.AT_COUNTY))
    if at_county:
        title = ngettext(
            "%(num)d claim of training hours waits to be confirmed",
            "%(num)d claims of training hours wait to be confirmed",
            at_county,
        )
        yield Task(title, url_for("credits.queue", stage="county"), "stars", "warning")
    objected = select(CreditDispute.claim_id).where(CreditDispute.status == DisputeStatus.OPEN)
    open_ones = _count(select(CreditClaim.id).where(CreditClaim.id.in_(objected), person.where(P.CREDIT_CONFIRM)))
    if open_ones and user.may(P.CREDIT_READ):
        title = ngettext(
            "%(num)d objection to a claim waits for a ruling",
            "%(num)d objections to claims wait for a ruling",
            open_ones,
        )
        yield Task(title, url_for("credits.claims", disputed="1"), "message-report", "danger")


def _claims(person: Reviewer, permission: Permission, status: ClaimStatus) -> Any:
    waiting = select(CreditClaim.id).where(person.where(permission), CreditClaim.status == status)
    return waiting.limit(CLAIMS_COUNTED)


def own_returned_claims(user: Any, _today: date) -> Iterator[Task]:
    """Claims of one's own that a reviewer sent back."""
    returned = (ClaimStatus.SCHOOL_RETURNED, ClaimStatus.COUNTY_RETURNED)
    mine = select(CreditClaim.id).where(
        CreditClaim.teacher_id == (user.teacher_id or 0), CreditClaim.status.in_(returned)
    )
    waiting = _count(mine)
    if waiting:
        title = ngettext("%(num)d of your claims was returned", "%(num)d of your claims were returned", waiting)
        yield Task(title, url_for("credits.me") + "#open", "arrow-back-up", "danger")


SOURCES: tuple[tuple[Permission, Source], ...] = (
    (P.PLAN_APPROVE, plans_to_decide),
    (P.PLAN_EDIT, plans_to_go_on_with),
    (P.IMPORT, unfinished_imports),
    (P.POST_EDIT, schools_without_posts),
    (P.ELIGIBILITY_EDIT, eligibility),
    (P.POSTING_EDIT, postings_due),
    (P.ETHICS_CONFIRM, ethics_to_decide),
    (P.ETHICS_EDIT, ethics_returned),
    (P.QUALIFICATION_EDIT, certificates_to_review),
    (P.QUALIFICATION_EDIT, certificates_overdue),
    (P.TRAINING_EDIT, training_to_decide),
    (P.TRAINING_NOMINATE, training_to_nominate),
    (P.OWN_RECORD, own_wishes),
    (P.OWN_RECORD, own_training),
    (P.OWN_RECORD, own_certificates),
    (P.OWN_RECORD, own_returned_claims),
    (P.OWN_ACCOUNT, claims_to_review),
    (P.ACCOUNT_MANAGE, accounts_without_role),
    (P.JOB_READ, failed_jobs),
    *studio_tasks.SOURCES,
    *growth_tasks.SOURCES,
    *placement_tasks.SOURCES,
    *target_tasks.SOURCES,
)
