"""The demo county on this machine: workbooks, import, eligibility, proposal, and one account a role.

Every step goes the way a person's would: the workbooks are imported by `flask import …`, judged by
`flask eligibility judge`, and proposed by `flask propose`. Each step looks whether it was done, so that an
interrupted run goes on where it stopped.
"""

import json
import secrets
from typing import Any

import click
from sqlalchemy import Select, select

from app.access import Role
from app.accounts import operations as accounts
from app.accounts.models import User
from app.audit.operations import SYSTEM
from app.config import INSTANCE
from app.demo import (
    certificates,
    credits,
    ethics,
    growth,
    ladder,
    placements,
    reports,
    resources,
    studios,
    targets,
    training,
)
from app.demo.county import COUNTY_CODE, REGIONS, make_county
from app.demo.workbooks import WrittenFile, write_workbooks
from app.eligibility.cli import judge
from app.eligibility.models import EligibilityRuleSet, EligibilityVerdict, RuleSetStatus
from app.extensions import db
from app.imports.cli import COMMANDS, imports_cli
from app.imports.models import BatchStatus, ImportBatch
from app.regions.models import Region, RegionLevel
from app.regions.operations import add_region
from app.rotation.cli import propose
from app.rotation.models import Scenario, ScenarioStatus
from app.schools.models import School
from app.teachers.models import Teacher
from app.web.transaction import reading, transaction

FOLDER = INSTANCE / "demo"
LEVELS = (RegionLevel.PROVINCE, RegionLevel.PREFECTURE, RegionLevel.COUNTY)
COMMAND_OF = {kind.value: name for name, kind in COMMANDS.items()}
PEOPLE: tuple[tuple[Role, str, str], ...] = (
    (Role.PERSONNEL_OFFICER, "officer", "陈人事"),
    (Role.BUREAU_LEADER, "leader", "周局长"),
    (Role.SCHOOL_ADMINISTRATOR, "school", "吴校办"),
    (Role.TEACHER, "teacher", ""),
    (Role.STUDIO_HOST, "host", ""),
    (Role.DEVELOPMENT_CENTRE, "centre", "郑教研"),
    (Role.AUDITOR, "auditor", "王审计"),
    (Role.SYSTEM_ADMINISTRATOR, "admin", "李系统"),
)

ROLE_WORDS = {
    Role.PERSONNEL_OFFICER: "人事股",
    Role.BUREAU_LEADER: "局领导",
    Role.SCHOOL_ADMINISTRATOR: "学校管理员",
    Role.TEACHER: "教师",
    Role.STUDIO_HOST: "主持人",
    Role.DEVELOPMENT_CENTRE: "教师发展中心",
    Role.AUDITOR: "审计员",
    Role.SYSTEM_ADMINISTRATOR: "系统管理员",
}


def install(*, seed: int, schools: int, year: int) -> None:
    """Do every step that has not been done."""
    if _exists(select(User.id).where(User.is_demo)):  # the last step
        click.echo("== 演示县已就绪，数据保持不变 The demo county is there; its data are kept")
        return
    _add_regions()
    files = _write(seed, schools, year)
    for file in files:
        _import(file)
    ethics.add_vetoes(COUNTY_CODE)
    if not _exists(select(EligibilityRuleSet.id).where(EligibilityRuleSet.status == RuleSetStatus.IN_FORCE)):
        click.echo("\n== 认定交流轮岗条件 Judging eligibility")
        _run(judge, ["--county", COUNTY_CODE, "--year", str(year), "--create-default"])
    if not _exists(select(Scenario.id).where(Scenario.status == ScenarioStatus.SOLVED)):
        click.echo("\n== 测算交流方案 Solving the rotation")
        _run(propose, ["--county", COUNTY_CODE, "--year", str(year)])
    _add_accounts()
    credits.fill(COUNTY_CODE)
    training.fill(COUNTY_CODE)
    certificates.add_claims(COUNTY_CODE)
    ethics.fill(COUNTY_CODE)
    studios.fill(COUNTY_CODE)
    growth.fill(COUNTY_CODE)
    ladder.fill(COUNTY_CODE)
    placements.fill(COUNTY_CODE)
    resources.fill(COUNTY_CODE)
    targets.fill(COUNTY_CODE)
    reports.fill(COUNTY_CODE)


def logins() -> dict[str, str]:
    """User name → password of the demo accounts; made once on this machine, kept beside the workbooks."""
    path = FOLDER / "logins.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        word = "qinglan-" + "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(6))
        path.write_text(json.dumps({username: word for _role, username, _name in PEOPLE}, indent=1), encoding="utf-8")
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _exists(query: Select[Any]) -> bool:
    with reading():
        answer = bool(db.session.scalar(select(query.exists())))
        db.session.rollback()
    return answer


def _add_regions() -> None:
    with transaction() as session:
        for (code, name, parent_code), level in zip(REGIONS, LEVELS, strict=True):
            if session.scalar(select(Region.id).where(Region.code == code)) is None:
                parent = session.scalar(select(Region).where(Region.code == parent_code)) if parent_code else None
                add_region(actor=SYSTEM, code=code, name=name, level=level, parent=parent)


def _write(seed: int, schools: int, year: int) -> tuple[WrittenFile, ...]:
    """The county's workbooks under instance/demo/."""
    click.echo(f"== 生成演示县工作簿 Writing the demo county's workbooks to {FOLDER}")
    manifest = write_workbooks(make_county(seed=seed, year=year, schools=schools), FOLDER, seed=seed)
    click.echo(f"   {len(manifest.county.schools)} schools, {len(manifest.county.teachers)} teachers")
    click.echo(f"   {len(manifest.dirty)} rows were spoilt on purpose and must be rejected")
    books = certificates.write_books(manifest, FOLDER, seed=seed)
    return (*manifest.files, *books, resources.write_workbook(manifest, FOLDER, seed=seed))


def _import(file: WrittenFile) -> None:
    """By the command a person would type; a file that was applied already is left alone."""
    applied = select(ImportBatch.id).where(
        ImportBatch.file_name == file.path.name, ImportBatch.status == BatchStatus.APPLIED
    )
    if _exists(applied):
        return
    click.echo(f"\n== 导入 flask import {COMMAND_OF[file.sheet]} {file.path.name}")
    _run(imports_cli.commands[COMMAND_OF[file.sheet]], [str(file.path), "--county", COUNTY_CODE])


def _run(command: click.Command, arguments: list[str]) -> None:
    """Run a shell command here; rejected rows (status 1) are part of the demonstration."""
    try:
        command.main(arguments, standalone_mode=False)
    except SystemExit as ending:
        if ending.code not in (0, 1, None):
            raise


def _add_accounts() -> None:
    """One account a role; the teacher and the host are backbone teachers who may be sent."""
    words = logins()
    with transaction() as session:
        county = session.scalars(select(Region).where(Region.code == COUNTY_CODE)).one()
        teacher, host = _two_backbones(county)
        school = session.get_one(School, teacher.employing_school_id)
        scopes: dict[Role, dict[str, Any]] = {
            Role.SCHOOL_ADMINISTRATOR: {"school_id": school.id},
            Role.TEACHER: {"teacher_id": teacher.id},
            Role.STUDIO_HOST: {"teacher_id": host.id},
        }
        names = {Role.TEACHER: teacher.name, Role.STUDIO_HOST: host.name}
        for role, username, name in PEOPLE:
            if session.scalar(select(User.id).where(User.username == username)) is None:
                user, _ = accounts.add_account(
                    actor=SYSTEM,
                    username=username,
                    name=names.get(role, name),
                    region_id=county.id,
                    password=words[username],
                    must_change_password=False,
                    is_demo=True,
                )
                scope = scopes.get(role, {"region_id": county.id})
                accounts.give_role(actor=SYSTEM, user=user, role=role, **scope)


def _two_backbones(county: Region) -> tuple[Teacher, Teacher]:
    chosen = db.session.scalars(
        select(Teacher)
        .join(EligibilityVerdict, EligibilityVerdict.teacher_id == Teacher.id)
        .where(
            Teacher.county_id == county.id,
            EligibilityVerdict.is_eligible,
            EligibilityVerdict.is_backbone,
            EligibilityVerdict.is_in_pool,
        )
        .order_by(Teacher.id)
        .limit(2)
    ).all()
    return chosen[0], chosen[1]


def tell_logins() -> None:
    """Print one log-in per role."""
    words = logins()
    click.echo("\n== 演示账号 Demo log-ins")
    for role, username, _name in PEOPLE:
        click.echo(f"   {username:<9}{words[username]:<18}{ROLE_WORDS[role]}  {role.value.replace('_', ' ')}")
    click.echo(f"   (kept in {FOLDER / 'logins.json'}; these accounts exist in demo mode only)")
