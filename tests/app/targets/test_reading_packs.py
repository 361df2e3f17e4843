"""Reading packs: what ships is whole, and what is wrong is refused with its line and the reason, all at once."""

from datetime import date
from fractions import Fraction

import pytest
from flask_babel import force_locale

from app.config import ROOT
from app.targets.evaluators.evaluating import action_of
from app.targets.evaluators.people import GROUPS
from app.targets.evaluators.registry import _parameters, known_measures
from app.targets.packs import Kind, Operator, PackError, Unit, read_pack, shipped_packs, shipped_text
from app.targets.packs.reading import exact

CATALOGUE = {
    "luxi": ("LX", 23),
    "lianping": ("LP", 13),
    "jingmen": ("JM", 9),
    "heyuan": ("HY", 7),
    "county-2021": ("WP", 8),
}
HEAD = """format = 1
code = "ours"
name_zh = "本县方案"
name_en = "Our plan"
place = "青县"
source = "青教〔2026〕1号"
from = 2026-01-01
to = 2028-12-31
"""
CLAUSE = """
[[clause]]
id = "QX-01"
words_zh = "交流轮岗"
words_en = "Rotation"
source = "第一条"
kind = "ratio"
measure = "rotation.rate"
threshold = "10%"
"""


def refused(text):
    """Line and reason of everything that is wrong."""
    with pytest.raises(PackError) as error:
        read_pack(text)
    return [(finding.line, finding.what) for finding in error.value.findings]


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_shipped_pack_has_every_clause_of_its_document(app, code):
    prefix, number = CATALOGUE[code]
    pack = shipped_packs()[code]
    assert [clause.id for clause in pack.clauses] == [f"{prefix}-{n:02d}" for n in range(1, number + 1)]
    for clause in pack.clauses:
        assert clause.words_zh and clause.words_en and clause.source
        assert clause.line > 8


def test_every_figure_leads_to_a_page_that_mends_it(app):
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    for pack in shipped_packs().values():
        for clause in pack.clauses:
            for part in clause.parts:
                action = action_of(part)
                assert action is not None and action.endpoint in endpoints, (clause.id, part.key, action)


def test_figures_that_are_filled_in_have_names_of_their_own(app):
    names = [
        (clause.id, part.key, part.figure)
        for pack in shipped_packs().values()
        for clause in pack.clauses
        for part in clause.parts
    ]
    assert len({figure for _clause, _part, figure in names}) == len(names)


def test_every_measure_is_used_by_a_shipped_pack(app):
    used = {part.measure for pack in shipped_packs().values() for clause in pack.clauses for part in clause.parts}
    assert set(known_measures()) - used == {"filled.each_school"}


def test_a_pack_is_read_exactly(app):
    pack = read_pack(HEAD + CLAUSE)
    part = pack.clauses[0].parts[0]
    assert (pack.from_on, pack.to_on) == (date(2026, 1, 1), date(2028, 12, 31))
    assert (part.kind, part.operator, part.unit) == (Kind.RATIO, Operator.AT_LEAST, Unit.PERCENT)
    assert part.thresholds[0].value == Fraction(1, 10)
    assert part.figure == "qx_01"


@pytest.mark.parametrize(
    ("written", "meant"),
    [(100, 100), ("10%", Fraction(1, 10)), ("9.96 %", Fraction(249, 2500)), ("4.2", Fraction(21, 5)),
     ("1:4000", Fraction(1, 4000)), ("1:12.5", Fraction(2, 25)), ("ten", None), ("1:0", None), (True, None),
     ("NaN", None), ("Infinity", None), ("", None)],
)  # fmt: skip
def test_numbers_are_exact(written, meant):
    assert exact(written) == meant


@pytest.mark.parametrize(
    ("change", "line", "says"),
    [
        (('"10%"', '"ten"'), 17, "threshold"),
        (('threshold = "10%"\n', ""), 10, "threshold"),
        (('"rotation.rate"', '"rotation.speed"'), 16, "rotation.speed"),
        (('kind = "ratio"', 'kind = "percent"'), 15, "kind"),
        (('kind = "ratio"\n', ""), 10, "kind"),
        (('id = "QX-01"', 'id = "first"'), 11, "LX-01"),
        (('threshold = "10%"', 'threshold = "10%"\nparams = { young = true }'), 18, "young"),
        (('threshold = "10%"', 'treshold = "10%"'), 17, "treshold"),
        (('threshold = "10%"', 'thresholds = [{ by = "2026", value = 1 }]'), 17, "by"),
        (
            ('threshold = "10%"', "thresholds = [{ by = 2027-12-31, value = 1 }, { by = 2026-12-31, value = 2 }]"),
            17,
            "order",
        ),
        (("to = 2028-12-31", "to = 2025-12-31"), 8, "ends before"),
        (("format = 1", "format = 2"), 1, "format"),
        (('code = "ours"', 'code = "Our plan"'), 2, "code"),
        (('place = "青县"\n', ""), 1, "place"),
        (('words_zh = "交流轮岗"', "words_zh = 7"), 12, "words_zh"),
        (('name_en = "Our plan"', "name_en = Our plan"), 4, "TOML"),
        (('source = "第一条"', 'source = "第一条'), 14, "TOML"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(app, change, line, says):
    text = (HEAD + CLAUSE).replace(*change)
    assert text != HEAD + CLAUSE
    with force_locale("en"):
        found = refused(text)
    assert any(at == line and says in what for at, what in found), found


def test_everything_that_is_wrong_is_told_at_once(app):
    text = HEAD.replace("format = 1", "format = 3") + CLAUSE.replace('"10%"', '"x"') + CLAUSE
    assert [line for line, _what in refused(text)] == [1, 17, 20]


def test_parts_have_their_own_lines(app):
    text = HEAD + CLAUSE.replace(
        'threshold = "10%"\n',
        '\n[clause.part.a]\nwords_zh = "甲"\nwords_en = "A"\nthreshold = "1%"\n'
        '\n[clause.part.b]\nwords_zh = "乙"\nwords_en = "B"\nthreshold = "a lot"\nparams = { people = ["everyone"] }\n'
        'measure = "certificates.teaching"\n',
    )
    assert [line for line, _what in refused(text)] == [26, 27]
    good = read_pack(text.replace('"a lot"', '"2%"').replace("everyone", "heads"))
    assert [(part.key, part.measure) for part in good.clauses[0].parts] == [
        ("a", "rotation.rate"),
        ("b", "certificates.teaching"),
    ]


def test_rules_of_staffing_are_checked_too(app):
    text = shipped_text("lianping").replace("min_boarders = 200\nfull = 1", "boarders = 200\nfull = 1", 1)
    found = refused(text)
    assert len(found) == 1
    assert "boarders" in found[0][1]


def test_a_text_beyond_all_measure_is_refused(app):
    assert refused("#" * 500_000)[0][0] == 1


def test_the_format_is_written_down(app):
    text = (ROOT / "docs" / "formats" / "policy-packs.md").read_text("utf-8")
    missing = [name for name in [*known_measures(), *GROUPS] if f"`{name}`" not in text]
    assert missing == []
    for name in known_measures():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        assert all(f"`{param}`" in row for param in _parameters(name) if param != "ask"), row
