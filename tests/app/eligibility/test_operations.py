"""Drafts, putting in force, judging: what the rows hold afterwards."""

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.eligibility import operations, queries
from app.eligibility.effects import effect_of
from app.eligibility.models import EligibilityReason, EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from app.teachers.models import Teacher
from app.web.errors import Refused
from app.web.transaction import transaction
from tests.app.eligibility.arranging import RULES, in_force, rules
from tests.factories import (
    BackboneHonourFactory,
    CircumstanceFactory,
    CountyFactory,
    RotationRecordFactory,
    SchoolFactory,
    TeacherFactory,
)


@pytest.fixture
def county(app):
    return CountyFactory()


@pytest.fixture
def school(county):
    return SchoolFactory(county=county, is_sending=True)


def draft_of(county, **changed):
    return operations.create_draft(actor=SYSTEM, county_id=county.id, year=2026, rules=rules(**changed))


def test_a_first_draft_has_the_usual_rules_and_the_next_copies_it(county):
    first = operations.create_draft(actor=SYSTEM, county_id=county.id, year=2026)
    assert (first.revision, first.status) == (1, RuleSetStatus.DRAFT)
    assert queries.rules_of(first) == RULES
    operations.save_draft(actor=SYSTEM, draft=first, rules=rules(min_years=5), note="")
    second = operations.create_draft(actor=SYSTEM, county_id=county.id, year=2026)
    assert (second.revision, queries.rules_of(second).min_years) == (2, 5)


def test_next_year_begins_with_this_years_rules_on_its_own_date(county):
    in_force(county, min_years=5)
    draft = operations.create_draft(actor=SYSTEM, county_id=county.id, year=2027)
    assert queries.rules_of(draft) == rules(min_years=5, census_on=date(2027, 8, 31))


def test_a_census_date_of_another_year_is_refused(county):
    with pytest.raises(Refused, match="2026-01-01"):
        draft_of(county, census_on=date(2024, 8, 31))


def test_putting_in_force_supersedes_the_earlier_version_and_judges(county, school):
    TeacherFactory(school=school)
    old = in_force(county)
    new = in_force(county, min_years=3)
    db.session.refresh(old)
    assert (old.status, new.status) == (RuleSetStatus.SUPERSEDED, RuleSetStatus.IN_FORCE)
    assert queries.rule_set_in_force(county.id, 2026).id == new.id
    assert len(queries.verdicts_of(new.id)) == 1
    assert len(queries.verdicts_of(old.id)) == 1, "the verdicts of an earlier version stay readable"


def test_a_version_in_force_is_neither_edited_nor_discarded_nor_put_in_force_again(county):
    ruled = in_force(county)
    with pytest.raises(Refused):
        operations.save_draft(actor=SYSTEM, draft=ruled, rules=rules(min_years=1), note="")
    with pytest.raises(Refused):
        operations.discard_draft(actor=SYSTEM, draft=ruled)
    with pytest.raises(Refused):
        operations.put_in_force(actor=SYSTEM, draft=ruled)


def test_a_superseded_version_is_never_judged_again(county, school):
    old = in_force(county)
    in_force(county)
    db.session.refresh(old)
    TeacherFactory(school=school)
    assert operations.ensure_judged(actor=SYSTEM, rule_set=old) is False
    with pytest.raises(Refused):
        operations.judge_all(actor=SYSTEM, rule_set=old)


def test_who_looked_at_another_version_in_force_is_told(county):
    seen = in_force(county)
    mine = draft_of(county, min_years=4)
    in_force(county, min_years=3)
    with pytest.raises(Refused):
        operations.put_in_force(actor=SYSTEM, draft=mine, replaces_id=seen.id)
    assert mine.status is RuleSetStatus.DRAFT


def test_two_officers_at_once_leave_one_version_in_force(application, app, county, school):
    TeacherFactory(school=school)
    ids = [draft_of(county, min_years=years).id for years in (3, 4)]
    db.session.commit()
    outcomes, barrier = [], threading.Barrier(2)

    def officer(draft_id):
        with application.app_context():
            try:
                barrier.wait()
                with transaction():
                    draft = db.session.get(EligibilityRuleSet, draft_id)
                    operations.put_in_force(actor=SYSTEM, draft=draft, replaces_id=None)
                outcomes.append("in force")
            except Refused:
                outcomes.append("refused")

    workers = [threading.Thread(target=officer, args=(draft_id,)) for draft_id in ids]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    db.session.expire_all()
    statuses = sorted(db.session.get(EligibilityRuleSet, n).status.value for n in ids)
    assert sorted(outcomes) == ["in force", "refused"]
    assert statuses == ["draft", "in_force"]


def test_judging_twice_gives_the_same_rows(county, school):
    pregnant = TeacherFactory(school=school)
    CircumstanceFactory(teacher_id=pregnant.id)
    ruled = in_force(county)

    def rows():
        found = db.session.execute(select(*EligibilityVerdict.__table__.columns)).all()
        return sorted(map(str, found)), sorted(db.session.scalars(select(EligibilityReason.code)))

    first = rows()
    operations.judge_all(actor=SYSTEM, rule_set=ruled)
    assert rows() == first
    assert first[1] == ["category_missing", "exempt.pregnancy"]


CHANGES = {
    "teacher": lambda t: setattr(t, "joined_school_on", date(2013, 1, 1)),
    "circumstance": lambda t: CircumstanceFactory(teacher_id=t.id),
    "honour": lambda t: BackboneHonourFactory(teacher_id=t.id, level_code="4"),
    "rotation": lambda t: RotationRecordFactory(teacher_id=t.id),
    "newcomer": lambda t: TeacherFactory(employing=SchoolFactory(county=None, county_id=t.county_id)),
    "end of a circumstance": lambda t: setattr(t.circumstances[0], "to_on", date(2026, 9, 1)),
    "sending school": lambda t: setattr(t.employing_school, "is_sending", False),
}


@pytest.mark.parametrize("what", sorted(CHANGES))
def test_whatever_changes_makes_the_verdicts_stale(county, school, what):
    teacher = TeacherFactory(school=school)
    CircumstanceFactory(teacher_id=teacher.id, kind_code="nursing")
    ruled = in_force(county)
    assert operations.ensure_judged(actor=SYSTEM, rule_set=ruled) is False
    loaded = db.session.scalar(
        select(Teacher)
        .options(selectinload(Teacher.circumstances), joinedload(Teacher.employing_school))
        .execution_options(populate_existing=True)
    )
    CHANGES[what](loaded)
    db.session.flush()
    assert queries.is_stale(ruled)
    assert operations.ensure_judged(actor=SYSTEM, rule_set=ruled) is True
    assert not queries.is_stale(ruled)


def test_the_verdict_follows_the_facts(county, school):
    teacher = TeacherFactory(school=school)
    ruled = in_force(county)
    assert queries.verdicts_of(ruled.id)[teacher.id].is_eligible
    CircumstanceFactory(teacher_id=teacher.id)
    operations.ensure_judged(actor=SYSTEM, rule_set=ruled)
    row = queries.verdicts_of(ruled.id)[teacher.id]
    assert not row.is_eligible and [r.code for r in row.against] == ["exempt.pregnancy"]


def test_the_preview_is_what_happens_after_putting_in_force(county, school):
    people = [TeacherFactory(school=school, joined_school_on=date(2018 + n, 9, 1)) for n in range(7)]
    CircumstanceFactory(teacher_id=people[0].id)
    BackboneHonourFactory(teacher_id=people[1].id, level_code="4")
    before = in_force(county)
    wanted = rules(min_years=4, circumstances={"pregnancy": replace(RULES.circumstances["pregnancy"], is_on=False)})
    effect = effect_of(county.id, wanted, queries.rules_of(before))
    was = {t for t, v in queries.verdicts_of(before.id).items() if v.is_eligible}
    draft = operations.create_draft(actor=SYSTEM, county_id=county.id, year=2026, rules=wanted)
    operations.put_in_force(actor=SYSTEM, draft=draft)
    now = {t for t, v in queries.verdicts_of(draft.id).items() if v.is_eligible}
    assert {c.teacher_id for c in effect.gained} == now - was != set()
    assert {c.teacher_id for c in effect.lost} == was - now
    assert (effect.before.eligible, effect.after.eligible) == (len(was), len(now))
    assert [(s.before, s.after, s.gained) for s in effect.schools] == [(len(was), len(now), len(now - was))]


def test_a_preview_writes_nothing(county, school, rows):
    TeacherFactory(school=school)
    effect_of(county.id, RULES, None)
    assert rows(EligibilityVerdict) == rows(EligibilityRuleSet) == rows(AuditEntry) == 0


def test_a_saved_draft_leaves_only_the_changed_rules_in_the_log(county):
    draft = draft_of(county)
    operations.save_draft(actor=SYSTEM, draft=draft, rules=rules(min_years=5), note="降为5年")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "eligibility.edit")).one()
    assert entry.before == {"rules": {"min_years": 6}, "note": ""}
    assert entry.after == {"rules": {"min_years": 5}, "note": "降为5年"}


def test_another_county_is_not_judged(county, school):
    mine, other = TeacherFactory(school=school), TeacherFactory()
    ruled = in_force(county)
    assert set(queries.verdicts_of(ruled.id)) == {mine.id} != {other.id}


def test_the_pool_for_the_optimiser_is_the_pool_of_the_verdicts(county, school):
    village = SchoolFactory(county=county)
    added = SchoolFactory(county=county)
    ruled = in_force(county, pool_added=(added.code,))
    assert queries.pool_school_ids(ruled) == {school.id, added.id}
    assert village.id not in queries.pool_school_ids(ruled)


def test_judging_thirty_takes_no_more_queries_than_judging_one(request, county, school):
    collect = request.getfixturevalue("queries")
    TeacherFactory(school=school)
    ruled = in_force(county)
    operations.judge_all(actor=SYSTEM, rule_set=ruled)
    with collect() as one:
        operations.judge_all(actor=SYSTEM, rule_set=ruled)
    TeacherFactory.create_batch(30, school=school)
    with collect() as many:
        operations.judge_all(actor=SYSTEM, rule_set=ruled)
    assert len(many) == len(one)
