"""What jobs and commands keep and print; what a board costs; and who opens the papers of a figure."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.access import Role
from app.audit.operations import SYSTEM
from app.evidence.access import files_where
from app.evidence.models import EvidenceFile, ScanState
from app.jobs.models import Job, JobStatus
from app.jobs.periodic import PERIODIC, enqueue_due
from app.jobs.worker import run_pending_jobs
from app.targets.evaluators.evaluating import evaluate_all
from app.targets.evaluators.frame import Frame
from app.targets.models import CurrentFigure, FigureSnapshot, PackStatus
from app.targets.operations.figures import fill_figure, refresh_pack, take_snapshot
from app.targets.operations.packs import adopt_pack, copy_pack, drop_draft, end_pack
from app.targets.packs import shipped_packs, shipped_text
from app.targets.queries.figures import board
from app.targets.queries.packs import pack_of, packs_in_force
from app.targets.tasks import DAILY, MONTHLY, evaluate_soon
from app.web.errors import Refused
from tests.app.targets.seeing import gone, judged, people, school
from tests.factories import CountyFactory, user_with

pytestmark = pytest.mark.time_machine("2026-11-22T08:00:00+08:00", tick=False)


@pytest.fixture
def county(session):
    return CountyFactory(code="990199")


def adopted(county, code="luxi", from_on=date(2026, 1, 1)):
    row = copy_pack(county=county, text=shipped_text(code), actor=SYSTEM)
    adopt_pack(row=row, from_on=from_on, actor=SYSTEM)
    return row


# --- packs of a county ---------------------------------------------------------------------------


def test_of_two_drafts_of_one_pack_the_later_one_takes_over(county):
    first = adopted(county)
    second = copy_pack(county=county, text=first.content, actor=SYSTEM, based_on=first)
    assert (second.number, second.based_on_id) == (2, first.id)
    with pytest.raises(Refused):
        adopt_pack(row=second, from_on=date(2026, 1, 1), actor=SYSTEM)
    adopt_pack(row=second, from_on=date(2026, 12, 1), actor=SYSTEM, to_on=date(2028, 12, 31))
    assert first.adopted_to == date(2026, 11, 30)
    assert [row.number for row in packs_in_force(county.id, date(2026, 11, 30))] == [1]
    assert [row.number for row in packs_in_force(county.id, date(2026, 12, 1))] == [2]
    assert packs_in_force(county.id, date(2029, 1, 1)) == []


def test_a_draft_may_go_and_what_was_in_force_stays(session, county):
    row = adopted(county)
    draft = copy_pack(county=county, text=row.content, actor=SYSTEM)
    drop_draft(row=draft, actor=SYSTEM)
    with pytest.raises(Refused):
        drop_draft(row=row, actor=SYSTEM)
    with pytest.raises(Refused):
        end_pack(row=row, to_on=date(2025, 12, 31), actor=SYSTEM)
    end_pack(row=row, to_on=date(2026, 6, 30), actor=SYSTEM)
    assert row.status is PackStatus.ENDED


# --- jobs ----------------------------------------------------------------------------------------


def jobs_of(session):
    return dict(session.execute(select(Job.kind, Job.status)).tuples().all())


def test_the_month_is_kept_once_by_the_periodic_job(session, county):
    adopted(county)
    session.commit()
    assert {DAILY, MONTHLY} <= set(PERIODIC)
    assert {DAILY, MONTHLY} <= set(enqueue_due())
    run_pending_jobs()
    kept = session.scalars(select(FigureSnapshot.on).distinct()).all()
    assert kept == [date(2026, 11, 1)]
    assert session.scalars(select(CurrentFigure.computed_on).distinct()).all() == [date(2026, 11, 22)]
    assert set(jobs_of(session).values()) == {JobStatus.DONE}


def test_nothing_is_enqueued_where_all_was_kept(session, county):
    row = adopted(county)
    refresh_pack(row, on=date(2026, 11, 22))
    take_snapshot(row, on=date(2026, 11, 1))
    session.commit()
    assert not {DAILY, MONTHLY} & set(enqueue_due())


def test_a_county_can_be_worked_out_soon(session, county):
    row = adopted(county)
    session.commit()
    evaluate_soon(county, actor=SYSTEM)
    session.commit()
    run_pending_jobs()
    session.expire_all()
    assert all(outcome is not None for _clause, outcome in board(row, pack_of(row)))


# --- what it costs -------------------------------------------------------------------------------


def test_a_board_asks_as_often_for_many_schools_as_for_few(session, county, queries):
    def ask():
        with queries() as asked:
            frame = Frame([county.id], date(2026, 11, 1))
            for pack in shipped_packs().values():
                evaluate_all(pack, frame)
        return len(asked)

    people(2, school(county))
    judged(county, people(2, school(county)))
    ask()  # what is read once for the whole application
    few = ask()
    for _number in range(6):
        people(3, school(county))
    assert ask() == few
    assert few < 60


def test_one_clause_reads_only_what_it_needs(county, queries):
    pack = pack_of(adopted(county))
    with queries() as asked:
        evaluate_all(replace(pack, clauses=pack.clauses[:1]), Frame([county.id], date(2026, 11, 1)))
    assert len(asked) <= 4


# --- commands ------------------------------------------------------------------------------------


@pytest.fixture
def ten(session, county):
    strong, weak = school(county, is_sending=True), school(county)
    some = people(10, strong)
    judged(county, some)
    gone(some[0], weak)
    session.commit()
    return some


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["targets", *arguments, "--language", "en"])


def test_evaluate_prints_every_clause(app, ten):
    result = run(app, "evaluate", "--pack", "luxi", "--county", "990199", "--on", "2026-11-01")
    assert result.exit_code == 0, result.output
    assert "10.0 % (1/10)  ≥ 10.0 %  Reached" in result.output
    assert [line[:5] for line in result.output.splitlines() if line.startswith("LX-")] == [
        f"LX-{number:02d}" for number in range(1, 24)
    ]


def test_evaluate_prints_json_by_the_countys_own_version(app, session, county, ten):
    text = shipped_text("luxi").replace('threshold = "10%"', 'threshold = "12%"', 1)
    row = copy_pack(county=county, text=text, actor=SYSTEM)
    adopt_pack(row=row, from_on=date(2026, 9, 1), actor=SYSTEM)
    session.commit()

    def first(on):
        result = run(app, "evaluate", "--pack", "luxi", "--county", "990199", "--on", on, "--json")
        told = json.loads(result.output)
        assert (told[0]["format"], told[0]["pack"], told[0]["on"]) == (1, "luxi", on)
        return told[0]["clauses"][0]["parts"][0]

    part = first("2026-11-01")
    assert (part["figure"], part["threshold"], part["verdict"], part["missing"]) == ("1/10", "3/25", "missed", 1)
    assert (part["shown"], part["threshold_shown"]) == ("10.0 %", "≥ 12.0 %")
    assert first("2026-08-31")["threshold"] in (None, "1/10")


def test_what_is_not_there_is_said(app, ten):
    assert "luxi, lianping" in run(app, "evaluate", "--pack", "moon", "--county", "990199").output
    assert run(app, "evaluate", "--pack", "luxi", "--county", "000000").exit_code == 1


def test_snapshot_keeps_and_check_refuses(app, session, county, ten, tmp_path):
    adopted(county)
    session.commit()
    assert "figures kept" in run(app, "snapshot", "--county", "990199", "--on", "2026-11-01").output
    assert "0 figures kept" in run(app, "snapshot", "--on", "2026-11-01").output
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(shipped_text("luxi").replace('"10%"', '"ten"', 1), encoding="utf-8")
    result = run(app, "check", str(wrong))
    assert result.exit_code == 1
    assert f"{wrong}:" in result.output
    wrong.write_text(shipped_text("luxi"), encoding="utf-8")
    assert "23 clauses" in run(app, "check", str(wrong)).output


# --- papers --------------------------------------------------------------------------------------


def test_the_paper_of_a_figure_is_its_countys_and_its_schools(session, county):
    here, there = school(county), school(county)
    paper = EvidenceFile(
        county_id=county.id, name="名单.pdf", media_type="application/pdf", size=1, sha256="0" * 64,
        scan_state=ScanState.NOT_SCANNED,
    )  # fmt: skip
    session.add(paper)
    session.flush()
    fill_figure(
        county=county, school=here, figure="x.y", on=date(2026, 11, 1), numerator=Decimal(1), evidence=[paper],
        actor=SYSTEM,
    )  # fmt: skip
    assert paper.is_draft is False

    def opens(user):
        return session.scalar(select(EvidenceFile.id).where(files_where(user.grants, user))) == paper.id

    assert opens(user_with(Role.PERSONNEL_OFFICER, region=county))
    assert opens(user_with(Role.SCHOOL_ADMINISTRATOR, school=here))
    assert not opens(user_with(Role.SCHOOL_ADMINISTRATOR, school=there))
    assert not opens(user_with(Role.PERSONNEL_OFFICER, region=CountyFactory()))


def test_a_figure_of_another_countys_school_is_refused(county):
    with pytest.raises(Refused):
        fill_figure(
            county=county, school=school(CountyFactory()), figure="x", on=date(2026, 1, 1), numerator=Decimal(1),
            actor=SYSTEM,
        )  # fmt: skip
