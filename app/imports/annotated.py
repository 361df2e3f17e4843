"""The upload given back with what is wrong beside each row, and empty templates to fill in."""

from collections.abc import Sequence

from app.extensions import db
from app.imports.checking import code_lists
from app.imports.inspection import limits
from app.imports.models import ImportBatch, ImportKind
from app.imports.operations import content_of
from app.imports.places import Schools
from app.imports.queries import all_problems
from app.imports.sentences import say
from app.tables.annotating import annotate
from app.tables.writing import write_template

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LISTED_SCHOOLS = 3000


def annotated_workbook(batch: ImportBatch) -> bytes:
    """The same workbook with a column 错误信息 and coloured cells."""
    is_csv = batch.layout["sheets"] == ["CSV"]
    return annotate(
        content_of(batch),
        all_problems(batch),
        header_row=batch.layout["last_row"] + 1,
        sheet_name=None if is_csv else batch.sheet_name,
        say=lambda problem: say(problem, batch.kind.sheet),
        limits=limits(),
    )


def annotated_name(batch: ImportBatch) -> str:
    """名册.xlsx → 名册-错误信息.xlsx."""
    return batch.file_name.rpartition(".")[0] + "-错误信息.xlsx"


def template_workbook(kind: ImportKind, county_ids: Sequence[int]) -> bytes:
    """An empty form with drop-downs of the code lists, and of the county's schools where there is one county."""
    sheet = kind.sheet
    lists: dict[str, list[str]] = {}
    if len(county_ids) == 1:
        names = sorted(Schools(db.session.connection(), county_ids[0]).names.values())
        if 0 < len(names) <= _LISTED_SCHOOLS:
            # An earlier rotation may lead outside the county, so those columns stay free.
            lists = {f.key: names for f in sheet if f.references == "school" and kind is not ImportKind.ROTATIONS}
    return write_template(sheet, code_lists(sheet), lists=lists)
