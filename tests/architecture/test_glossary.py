"""The glossary speaks the words that people see."""

import re
from pathlib import Path

import pytest

from app.web.catalogues import translated

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"
SEEN = {
    "Employing school": "`employing_school`",
    "Working school": "`working_school`",
    "Joined this school": "`joined_school_on`",
    "Further subjects": "`further_subjects`",
    "Circumstance": "`Circumstance`",
    "Census date": "`census_on`",
    "Verdict": "`EligibilityVerdict`",
    "Plan": "`RotationPlan`",
    "Scenario": "`Scenario`",
    "Proposal": "proposal",
    "Published list": "`Publication`",
    "Posting": "`Posting`",
    "Exempt": "exemption",
    "Audit log": "`AuditEntry`",
    "Education group": "`EducationGroup`, `group`",
}


@pytest.mark.parametrize("english", SEEN)
def test_a_concept_has_one_word(english):
    catalogue, _clashes = translated()
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|", GLOSSARY.read_text("utf-8"), re.M))
    chinese = next(term for term, identifier in rows.items() if identifier == SEEN[english])
    assert catalogue.get(english).string == chinese
