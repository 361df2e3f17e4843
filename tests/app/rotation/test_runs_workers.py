"""A run over several counties by several worker programmes, one of them killed in the middle of a county."""

import contextlib
import os
import signal
import time
from collections import Counter

from sqlalchemy import func, select

from app.audit.models import AuditEntry
from app.audit.operations import SYSTEM
from app.db import clock
from app.extensions import db
from app.jobs.models import Job, JobStatus
from app.rotation.models import ProposalRun, ProposedMove, RunCounty, Scenario, ScenarioAnswer, ScenarioStatus, Snapshot
from app.rotation.operations import runs
from app.rotation.operations import scenarios as scenarios_of
from app.web.transaction import run_pending
from tests.app.rotation.county import YEAR, build_county
from tests.factories import PrefectureFactory

COUNTIES = 8


def look(statement):
    """Rows as they are now."""
    db.session.rollback()
    return db.session.execute(statement).all()


def kill_in_the_middle(programmes):
    """Stop a worker while it holds a county, make sure that it still does, then kill its programme for good."""
    held = select(Job.id, Job.worker).where(Job.kind == scenarios_of.SOLVE, Job.status == JobStatus.RUNNING)
    until = time.monotonic() + 120
    while time.monotonic() < until:
        for job_id, token in look(held):
            worker = int(token.split(":")[1])
            programme = next((one for one in programmes if is_child(worker, one.pid)), None)
            if programme is None:
                continue
            os.kill(worker, signal.SIGSTOP)
            if (job_id, token) in {tuple(row) for row in look(held)}:
                programme.kill()
                os.kill(worker, signal.SIGKILL)
                programme.wait()
                return job_id
            os.kill(worker, signal.SIGCONT)
        time.sleep(0.002)
    raise AssertionError("no programme was met with a county in its hands")


def is_child(pid, parent):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rsplit(")", 1)[1].split()[1]) == parent
    return False


def wait_until_all_are_over(run_id):
    until = time.monotonic() + 120
    statement = (
        select(Job.status)
        .join(Scenario, Scenario.job_id == Job.id)
        .join(RunCounty, RunCounty.scenario_id == Scenario.id)
        .where(RunCounty.run_id == run_id)
    )
    while time.monotonic() < until:
        if all(status.is_over for (status,) in look(statement)):
            return
        time.sleep(0.1)
    raise AssertionError("the run did not come to its end")


def test_every_county_is_done_once_though_a_worker_is_killed(app, start_worker):
    prefecture = PrefectureFactory()
    for _n in range(COUNTIES):
        build_county(parent_id=prefecture.id)
    programmes = [start_worker(lease=2) for _n in range(3)]
    run_id = runs.start_run(region=prefecture, school_year=YEAR, actor=SYSTEM).id
    db.session.commit()
    run_pending()
    killed = kill_in_the_middle(programmes)
    wait_until_all_are_over(run_id)

    db.session.rollback()
    scenarios = db.session.scalars(select(Scenario)).all()
    assert Counter(s.status for s in scenarios) == {ScenarioStatus.SOLVED: COUNTIES}
    assert db.session.scalar(select(func.count(func.distinct(RunCounty.county_id)))) == COUNTIES
    assert db.session.scalar(select(func.count()).select_from(ProposalRun)) == 1
    solves = select(Job.id, Job.attempts).where(Job.kind == scenarios_of.SOLVE)
    attempts = dict(db.session.execute(solves).tuples().all())
    assert attempts[killed] == 2, "the county whose worker was killed was taken up again"
    assert sorted(attempts.values()) == [1] * (COUNTIES - 1) + [2]
    each = select(func.count(ProposedMove.id)).group_by(ProposedMove.scenario_id)
    assert db.session.scalars(each).all() == [6] * COUNTIES
    assert db.session.scalar(select(func.count()).select_from(Snapshot)) == COUNTIES
    answers = select(func.count(ScenarioAnswer.id)).group_by(ScenarioAnswer.scenario_id, ScenarioAnswer.kind)
    assert set(db.session.scalars(answers)) == {1}
    sent = select(func.count()).where(AuditEntry.action == "rotation.scenario.solve")
    assert db.session.scalar(sent) == COUNTIES
    assert all(s.solved_at <= clock.utc_now() for s in scenarios)
