"""`flask import roster FILE…` and its like: the same operations as on the pages."""

import sys
from dataclasses import dataclass
from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import SYSTEM
from app.extensions import db
from app.imports import annotated, operations, queries
from app.imports.models import ImportBatch, ImportKind, Outcome
from app.imports.sentences import say_file_error, say_with_place
from app.regions.models import Region, RegionLevel
from app.tables.packages import TableFileError
from app.web.errors import Refused
from app.web.transaction import reading, transaction

LISTED = 50
COMMANDS = {
    "roster": ImportKind.TEACHERS,
    "schools": ImportKind.SCHOOLS,
    "posts": ImportKind.POSTS,
    "honours": ImportKind.HONOURS,
    "rotations": ImportKind.ROTATIONS,
    "circumstances": ImportKind.CIRCUMSTANCES,
    "qualifications": ImportKind.QUALIFICATIONS,
    "certificates": ImportKind.CERTIFICATES,
    "titles": ImportKind.TITLES,
    "appraisals": ImportKind.APPRAISALS,
    "degrees": ImportKind.DEGREES,
    "resources": ImportKind.RESOURCES,
    "mentor-pairs": ImportKind.MENTOR_PAIRS,
}
imports_cli = AppGroup("import", help="Import workbooks: check, compare, apply. Exit status 1 when rows are rejected.")


@dataclass(frozen=True, slots=True)
class Wish:
    """How the files are to be taken."""

    kind: ImportKind
    county_id: int
    is_dry: bool
    does_empty_clear: bool
    errors_to: Path | None


def _command(name: str, kind: ImportKind) -> None:
    @imports_cli.command(name, help=f"Import {kind.sheet.label_en.lower()} ({kind.sheet.label_zh}) from FILES.")
    @click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--county", "county_code", help="Code of the county; may be left out where there is only one.")
    @click.option("--dry-run", "is_dry", is_flag=True, help="Check and compare only; nothing is kept.")
    @click.option("--empty-clears", is_flag=True, help="Empty cells clear what is on record.")
    @click.option("--errors", "errors_to", type=click.Path(file_okay=False, path_type=Path),
                  help="Folder for the workbooks with the column 错误信息.")  # fmt: skip
    def run(
        files: tuple[Path, ...], county_code: str | None, is_dry: bool, empty_clears: bool, errors_to: Path | None
    ) -> None:
        wish = Wish(kind, _county(county_code), is_dry, empty_clears, errors_to)
        results = [_import_file(path, wish) for path in files]
        sys.exit(0 if all(results) else 1)


for _name, _kind in COMMANDS.items():
    _command(_name, _kind)


def _county(code: str | None) -> int:
    with reading():
        query = select(Region.id).where(Region.level == RegionLevel.COUNTY)
        found = db.session.scalars(query.where(Region.code == code) if code else query).all()
        db.session.rollback()
    if len(found) != 1:
        raise click.ClickException(
            _("There is no county with the code %(code)s.", code=code)
            if code
            else _("Name the county by its code: --county CODE.")
        )
    return found[0]


def _import_file(path: Path, wish: Wish) -> bool:
    """One file; False when rows were rejected or the file could not be read."""
    try:
        return _rehearse(path, wish) if wish.is_dry else _carry_out(path, wish)
    except TableFileError as error:
        click.echo(f"{path.name}: {say_file_error(error)}", err=True)
    except Refused as refusal:
        click.echo(f"{path.name}: {refusal.message}", err=True)
    return False


def _rehearse(path: Path, wish: Wish) -> bool:
    """Everything up to the preview, in a transaction that is dropped."""
    try:
        batch = _take_in(path, wish)
        operations.store_check(batch=batch, checked=operations.examine(batch))
        return _tell(path, batch, wish, _("Dry run: nothing was kept."))
    finally:
        db.session.rollback()


def _carry_out(path: Path, wish: Wish) -> bool:
    """Each step in a transaction of its own, so that a long check holds no lock."""
    with transaction():
        batch_id = _take_in(path, wish).id
    with reading():
        checked = operations.examine(db.session.get_one(ImportBatch, batch_id))
        db.session.rollback()
    with transaction():
        batch = db.session.get_one(ImportBatch, batch_id)
        operations.store_check(batch=batch, checked=checked)
        is_needless = not batch.accepted_count
    if not is_needless:
        with reading():
            prepared = operations.prepare(db.session.get_one(ImportBatch, batch_id))
            db.session.rollback()
        with transaction():
            batch = db.session.get_one(ImportBatch, batch_id)
            operations.apply(actor=SYSTEM, batch=batch, prepared=prepared, does_accept_rejected=True)
    with reading():
        batch = db.session.get_one(ImportBatch, batch_id)
        ending = _("Nothing had to be changed.") if is_needless else _("Applied as import no. %(id)s.", id=batch_id)
        is_clean = _tell(path, batch, wish, ending)
        db.session.rollback()
    if is_needless:
        with transaction():
            operations.discard(actor=SYSTEM, batch=db.session.get_one(ImportBatch, batch_id))
    return is_clean


def _take_in(path: Path, wish: Wish) -> ImportBatch:
    county = db.session.get_one(Region, wish.county_id)
    batch = operations.upload(
        actor=SYSTEM, county=county, kind=wish.kind, file_name=path.name, content=path.read_bytes()
    )
    mapping = {int(column): key for column, key in batch.mapping.items()}
    operations.map_columns(actor=SYSTEM, batch=batch, mapping=mapping, does_empty_clear=wish.does_empty_clear)
    return batch


def _tell(path: Path, batch: ImportBatch, wish: Wish, ending: str) -> bool:
    """The summary, the first rejected rows, and the annotated workbook where one is wanted."""
    counts = ", ".join(f"{outcome.label} {batch.count_of(outcome)}" for outcome in Outcome)
    click.echo(f"{path.name}: {counts}, {_('Left out')} {batch.skipped_count}. {ending}")
    if not batch.rejected_count:
        return True
    problems = [problem for problem in queries.all_problems(batch) if problem.is_error]
    for problem in problems[:LISTED]:
        click.echo(f"  {say_with_place(problem, batch.kind.sheet, batch.sheet_name)}", err=True)
    if len(problems) > LISTED:
        click.echo("  " + _("… and %(count)s more.", count=len(problems) - LISTED), err=True)
    if wish.errors_to is not None:
        wish.errors_to.mkdir(parents=True, exist_ok=True)
        target = wish.errors_to / annotated.annotated_name(batch)
        target.write_bytes(annotated.annotated_workbook(batch))
        click.echo("  " + _("The workbook with the errors: %(path)s", path=target), err=True)
    return False
