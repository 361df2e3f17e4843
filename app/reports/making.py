"""From figures to a file."""

from dataclasses import dataclass
from typing import Any

from app.reports.content import clauses, evidence, return_form, staff_tables, tables, work_report
from app.reports.content.figures import Figures
from app.reports.content.layout import Table
from app.reports.content.masking import Mask
from app.reports.models import ReportFormat, ReportKind
from app.reports.writers import pdf, word, workbook
from app.targets.balance import STAGES

NAMES = {
    ReportKind.OFFICIAL_TABLES: "优质均衡申报表",
    ReportKind.EVIDENCE: "分校佐证",
    ReportKind.RETURN_FORM: "填报表与学校自评表",
    ReportKind.WORK_REPORT: "年度工作报告",
    ReportKind.EVERYTHING: "数据汇总",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A finished report: its file, what it is called, and a few figures of it for the list."""

    content: bytes
    file_name: str
    summary: dict[str, Any]


def make(kind: ReportKind, fmt: ReportFormat, figures: Figures, mask: Mask) -> Made:
    """Write a report."""
    outside = "（县外）" if mask.least else ""
    name = f"{figures.county.name}{NAMES[kind]}{figures.year}-{figures.cut_off:%Y%m%d}{outside}.{fmt.value}"
    return Made(_content(kind, fmt, figures, mask), name, _summary(figures))


def _content(kind: ReportKind, fmt: ReportFormat, figures: Figures, mask: Mask) -> bytes:
    if kind is ReportKind.WORK_REPORT:
        report = work_report.document(figures, mask)
        return pdf.write(report) if fmt is ReportFormat.PDF else word.write(report)
    found = _tables(kind, figures, mask)
    if fmt is ReportFormat.XLSX:
        return workbook.write(found)
    title = f"{figures.county.name}{NAMES[kind]}"
    subtitle = f"（{figures.year_words}　数据截止{figures.cut_off_words}）"
    writer = pdf.write_tables if fmt is ReportFormat.PDF else word.write_tables
    return writer(title, subtitle, found)


def _tables(kind: ReportKind, figures: Figures, mask: Mask) -> list[Table]:
    if kind is ReportKind.OFFICIAL_TABLES:
        return tables.official(figures, mask)
    if kind is ReportKind.EVIDENCE:
        return evidence.tables(figures, mask)
    if kind is ReportKind.RETURN_FORM:
        return return_form.tables(figures, mask)
    return [
        *tables.official(figures, mask),
        *evidence.tables(figures, mask),
        *staff_tables.tables(figures, mask),
        *clauses.tables(figures.county.id),
        return_form.county(figures, mask),
    ]


def _summary(figures: Figures) -> dict[str, Any]:
    """Counts of schools alone: nothing about people."""
    return {
        stage.value: [figures.balance.passed(stage), len(figures.balance.counted(stage))]
        for stage in STAGES
        if figures.balance.counted(stage)
    }
