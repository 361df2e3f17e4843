"""How the tests of clauses read a figure, and rows that several of them need."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from app.schools.models import Stage
from app.targets.evaluators.evaluating import Side, evaluate_part, names
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.outcome import Verdict
from app.targets.packs import Threshold, shipped_pack
from app.training.models import EnrolmentStatus, SessionQuota, SessionStatus, TrainingResult
from tests.factories import RotationRecordFactory, SchoolFactory, SchoolStageFactory, TeacherFactory
from tests.factories.training import EnrolmentFactory, ProgrammeFactory, SessionFactory

DAY = date(2026, 11, 1)
MET, MISSED, ON_COURSE, UNKNOWN = Verdict.MET, Verdict.MISSED, Verdict.ON_COURSE, Verdict.UNKNOWN


def clause_of(code, clause_id, **wanted):
    """A clause of a shipped pack; `wanted` sets a smaller number for a part, `_` for the only one."""
    pack = shipped_pack(code)
    clause = pack.clause(clause_id)
    parts = []
    for part in clause.parts:
        value = wanted.get(part.key or "_")
        parts.append(part if value is None else replace(part, thresholds=(Threshold(Fraction(value)),)))
    return pack, replace(clause, parts=tuple(parts))


def outcome(county, code, clause_id, key="", *, on=DAY, **wanted):
    """One figure of a clause, worked out from scratch."""
    pack, clause = clause_of(code, clause_id, **wanted)
    return evaluate_part(pack, clause, clause.part(key), Frame([county.id], on))


def seen(county, code, clause_id, key="", *, on=DAY, **wanted):
    """Numerator, denominator and verdict."""
    found = outcome(county, code, clause_id, key, on=on, **wanted)
    return _whole(found.numerator), _whole(found.denominator), found.verdict


def rows(county, code, clause_id, key="", *, on=DAY, **wanted):
    """Unit by unit: name, numerator, what is needed, whether it passes."""
    return [
        (row.name, _whole(row.numerator), _whole(row.needed), row.passes)
        for row in outcome(county, code, clause_id, key, on=on, **wanted).rows
    ]


def who(county, code, clause_id, key="", side=Side.LACKING, *, on=DAY, **more):
    """The ids behind a figure."""
    pack, clause = clause_of(code, clause_id)
    return set(names(pack, clause, key, side, frame=Frame([county.id], on), **more).ids)


def _whole(value):
    return int(value) if value is not None and value.denominator == 1 else value


# --- rows ----------------------------------------------------------------------------------------


def school(county, pupils=300, stage=Stage.PRIMARY, *, boarders=0, classes=8, **fields):
    """A school of one stage; rural unless it says otherwise."""
    row = SchoolFactory(county=county, **fields)
    SchoolStageFactory(school_id=row.id, stage=stage, pupils=pupils, boarders=boarders, classes=classes)
    return row


def people(number, at, **fields):
    """Some teachers of a school."""
    return [TeacherFactory(school=at, **fields) for _ in range(number)]


def judged(county, teachers, *, year=2026, pool=True):
    """Rules in force by which these teachers meet the conditions."""
    rules = db.session.query(EligibilityRuleSet).filter_by(county_id=county.id, school_year=year).one_or_none()
    if rules is None:
        rules = EligibilityRuleSet(county_id=county.id, school_year=year, status=RuleSetStatus.IN_FORCE, rules={})
        db.session.add(rules)
        db.session.flush()
    for teacher in teachers:
        db.session.add(
            EligibilityVerdict(
                rule_set_id=rules.id,
                teacher_id=teacher.id,
                school_id=teacher.employing_school_id,
                is_eligible=True,
                is_counted=True,
                is_in_pool=pool,
                is_backbone=False,
                is_young=False,
                reasons=[],
            )
        )
    db.session.flush()


def gone(teacher, to, on=date(2026, 9, 1), **fields):
    """The teacher went to another school."""
    return RotationRecordFactory(
        teacher_id=teacher.id,
        from_on=on,
        to_on=None,
        from_school_id=teacher.employing_school_id,
        to_school_id=to.id,
        to_school_name=to.name,
        **fields,
    )


def session_of(county, kind="03", *, ended=date(2026, 10, 13), **fields):
    """A session that ended, of a kind of training."""
    programme = ProgrammeFactory(region=county, kind_code=kind, year=ended.year, **fields)
    return SessionFactory(programme=programme, begins_on=ended, ends_on=ended, status=SessionStatus.FINISHED)


def trained(session, teachers, *, passed=True):
    """They held a place, with a result (None for none yet)."""
    quota = db.session.query(SessionQuota).filter_by(session_id=session.id).first()
    for teacher in teachers:
        result = {True: TrainingResult.PASSED, False: TrainingResult.FAILED, None: TrainingResult.NONE}[passed]
        EnrolmentFactory(
            of=session,
            person=teacher,
            status=EnrolmentStatus.CONFIRMED,
            quota_id=quota.id,
            result=result,
            hours=None if passed is None else 6,
        )
