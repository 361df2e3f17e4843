"""The room's shell commands."""

import json
from datetime import date, datetime
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select

from app.db.clock import today
from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.targets.evaluators.evaluating import evaluate_all
from app.targets.evaluators.frame import Frame
from app.targets.evaluators.outcome import Outcome, PartOutcome
from app.targets.models import PolicyPack
from app.targets.operations.figures import refresh_pack, take_snapshot
from app.targets.packs import Clause, Pack, PackError, Part, read_pack, shipped_packs
from app.targets.queries.packs import pack_in_force, packs_in_force, text_of
from app.targets.tasks import counties_with_packs
from app.targets.wording import missing_of, notes_of, threshold_of, written_of
from app.web.transaction import reading, transaction

targets = AppGroup("targets", help="The policy targets of a county.")
LANGUAGE = click.option(
    "--language", default="zh_Hans_CN", type=click.Choice(["zh_Hans_CN", "en"]), help="Language of the text."
)


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(targets)


@targets.command("evaluate")
@click.option("--pack", "pack_code", required=True, help="A pack's code, such as luxi, or all.")
@click.option("--county", "code", required=True, help="The county's code, or a prefecture's for all its counties.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day; today by default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON (docs/formats/policy-packs.md).")
@LANGUAGE
def evaluate_command(pack_code: str, code: str, day: datetime | None, as_json: bool, language: str) -> None:
    """Work out every clause of a pack: the county's version in force on that day, else the shipped one."""
    on = day.date() if day else today()
    with reading(), force_locale(language):
        region = _region(code)
        counties = _counties(region)
        frame = Frame(counties, on)
        found = [(pack, evaluate_all(pack, frame)) for pack in _packs(pack_code, counties, on)]
        if as_json:
            click.echo(json.dumps([_told(pack, outcomes, region, on) for pack, outcomes in found], ensure_ascii=False))
        else:
            for pack, outcomes in found:
                _print(pack, outcomes)
        db.session.rollback()


@targets.command("snapshot")
@click.option("--county", "code", default=None, help="Only this county.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day; today by default.")
@LANGUAGE
def snapshot_command(code: str | None, day: datetime | None, language: str) -> None:
    """Keep every figure of the packs in force as it stands on a day; what was kept of that day stays as it is."""
    on = day.date() if day else today()
    with transaction(), force_locale(language):
        for county_id in [_region(code).id] if code else counties_with_packs():
            frame = Frame([county_id], on)
            for row in packs_in_force(county_id, on):
                outcomes = refresh_pack(row, on=on, frame=frame) if on == today() else None
                number = take_snapshot(row, on=on, outcomes=outcomes or _outcomes(row, frame))
                click.echo(_("%(pack)s, %(day)s: %(number)s figures kept", pack=row.label, day=on, number=number))


@targets.command("check")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@LANGUAGE
def check_command(file: Any, language: str) -> None:
    """Check a pack's file; exit status 1 with every line that is wrong."""
    with force_locale(language):
        try:
            pack = read_pack(file.read())
        except PackError as error:
            for finding in error.findings:
                click.echo(f"{file.name}:{finding.line}: {finding.what}")
            raise SystemExit(1) from error
        click.echo(_("%(name)s: %(number)s clauses, nothing wrong.", name=pack.name, number=len(pack.clauses)))


def _outcomes(row: PolicyPack, frame: Frame) -> list[Outcome]:
    return evaluate_all(read_pack(row.content), frame)


def _region(code: str) -> Region:
    region = db.session.scalar(select(Region).where(Region.code == code))
    if region is None:
        raise click.ClickException(_("There is no county with the code %(code)s.", code=code))
    return region


def _counties(region: Region) -> list[int]:
    inside = select(Region.id).where(Region.level == RegionLevel.COUNTY, Region.path.startswith(region.path))
    return list(db.session.scalars(inside.order_by(Region.code)))


def _packs(code: str, counties: list[int], on: date) -> list[Pack]:
    known = shipped_packs()
    if code == "all":
        return [_pack(one, counties, on) for one in known]
    if code not in known and not any(pack_in_force(county, code, on) for county in counties[:1]):
        raise click.ClickException(
            _("There is no pack “%(code)s”; there are: %(known)s.", code=code, known=", ".join(known))
        )
    return [_pack(code, counties, on)]


def _pack(code: str, counties: list[int], on: date) -> Pack:
    row = pack_in_force(counties[0], code, on) if len(counties) == 1 else None
    return read_pack(text_of(row, code))


# --- as text -----------------------------------------------------------------------------------


def _print(pack: Pack, outcomes: list[Outcome]) -> None:
    click.echo(f"\n{pack.name}  {pack.source}")
    for clause, outcome in zip(pack.clauses, outcomes, strict=True):
        click.echo(f"{clause.id:<6} {outcome.verdict.label!s:<10} {clause.words}")
        for part, one in zip(clause.parts, outcome.parts, strict=True):
            click.echo(_line(part, one))


def _line(part: Part, outcome: PartOutcome) -> str:
    figure = written_of(part, outcome)
    if outcome.denominator is not None:
        figure += f" ({_short(outcome.numerator)}/{_short(outcome.denominator)})"
    said = [
        figure,
        threshold_of(part, outcome),
        str(outcome.verdict.label),
        missing_of(part, outcome),
        *notes_of(outcome),
    ]
    words = f"{part.words}: " if part.words else ""
    source = "" if outcome.figure is None else f"  [{outcome.source.label}]"
    return "       " + words + "  ".join(filter(None, said)) + source


def _short(number: Any) -> str:
    return "–" if number is None else f"{float(number):g}"


# --- as JSON -----------------------------------------------------------------------------------


def _told(pack: Pack, outcomes: list[Outcome], region: Region, on: date) -> dict[str, Any]:
    return {
        "format": 1,
        "pack": pack.code,
        "region": region.code,
        "on": on.isoformat(),
        "clauses": [_clause(*both) for both in zip(pack.clauses, outcomes, strict=True)],
    }


def _clause(clause: Clause, outcome: Outcome) -> dict[str, Any]:
    parts = []
    for part, one in zip(clause.parts, outcome.parts, strict=True):
        told = one.kept() | {"kind": part.kind.value, "unit": part.unit.value, "operator": part.operator.value}
        told |= {"shown": written_of(part, one), "threshold_shown": threshold_of(part, one)}
        parts.append(told)
    return {"id": clause.id, "words": clause.words, "verdict": outcome.verdict.value, "parts": parts}
