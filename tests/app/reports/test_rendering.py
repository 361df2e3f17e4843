"""The files as an office programme draws them: they open, and their pages are left in the tests' artefacts.

LibreOffice is used where it is present; without its spreadsheet part the workbooks are left out.
"""

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from app.reports.content.figures import gather
from app.reports.content.masking import Mask
from app.reports.making import make
from app.reports.models import ReportFormat, ReportKind

SOFFICE, PICTURES = shutil.which("soffice"), shutil.which("pdftoppm")
CASES = [
    (ReportKind.OFFICIAL_TABLES, ReportFormat.XLSX),
    (ReportKind.OFFICIAL_TABLES, ReportFormat.DOCX),
    (ReportKind.RETURN_FORM, ReportFormat.XLSX),
    (ReportKind.WORK_REPORT, ReportFormat.DOCX),
    (ReportKind.WORK_REPORT, ReportFormat.PDF),
]


def artefacts(tmp_path):
    """Where the pictures are left: a folder of the test, or what QINGLAN_ARTEFACTS names."""
    named = os.environ.get("QINGLAN_ARTEFACTS")
    folder = Path(named) if named else tmp_path
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.mark.skipif(not (SOFFICE and PICTURES), reason="LibreOffice and poppler are not on this machine")
@pytest.mark.parametrize(("kind", "fmt"), CASES, ids=lambda one: str(one.value))
def test_a_report_opens_and_each_page_has_something_on_it(app, county, schools, tmp_path, kind, fmt):
    made = make(kind, fmt, gather(county.id, 2026, date(2026, 11, 22)), Mask())
    source = tmp_path / f"{kind.value}.{fmt.value}"
    source.write_bytes(made.content)
    if fmt is not ReportFormat.PDF:
        profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
        answer = subprocess.run(
            [SOFFICE, "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)],
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
        if fmt is ReportFormat.XLSX and "could not be loaded" in answer.stdout + answer.stderr:
            pytest.skip("this LibreOffice has no spreadsheet part")
    folder = artefacts(tmp_path)
    prefix = folder / f"{kind.value}-{fmt.value}"
    subprocess.run(
        [PICTURES, "-r", "60", "-png", str(source.with_suffix(".pdf")), str(prefix)], check=True, timeout=120
    )
    pages = sorted(folder.glob(f"{prefix.name}-*.png"))
    assert pages
    assert all(page.stat().st_size > 2000 for page in pages)  # a blank page has far fewer bytes
