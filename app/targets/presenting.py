"""How this room's figures are said on pages and in exports."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit import labels
from app.codes import queries as codes
from app.tables.catalogue import RESOURCES as SHEET
from app.targets.balance import EXCLUSIONS, Indicator, StageRow, rounded, shown
from app.targets.models import ResourcePart, SchoolResources
from app.targets.queries.resources import SchoolLine
from app.web.facts import DAY, Fact, Vocabulary, vocabulary_of

_WHOLE_NUMBERS = ("multimedia_rooms", "grades")


def resource_cells(line: SchoolLine, year: int) -> Iterator[dict[str, Any]]:
    """A school's rows in the columns of the import; one that has none has an empty row to be filled in."""
    blank = {field.key: None for field in SHEET} | {"school": line.school.name, "school_year": str(year)}
    if not line.rows:
        yield blank
    for row in line.rows:
        yield blank | {
            "part": in_chinese("stage", row.part.value) if row.part is not ResourcePart.WHOLE else None,
            "sponsor": in_chinese("sponsor", row.sponsor_code) if row.sponsor_code else None,
            **{name: _number(getattr(row, name)) for name in FIGURES},
        }


def in_chinese(table: str, code: str) -> str:
    """A code in the words of the official forms, whatever the person's language."""
    found = codes.tables().get(table, {}).get(code)
    return found.label_zh if found else code


FIGURES = (
    "grades",
    "teaching_area",
    "indoor_sport_area",
    "sport_area",
    "rented_sport_area",
    "equipment_value",
    "multimedia_rooms",
)


def _number(value: Decimal | int | None) -> float | int | None:
    return float(value) if isinstance(value, Decimal) else value


def percent(value: Fraction | None, places: int = 1) -> str:
    """A share in per cent; rounded only to be shown."""
    return "–" if value is None else f"{shown(value * 100, places)} %"


def quantity(value: Fraction | Decimal | int | None) -> str:
    """A number without needless zeros: 24, 7.5; a dash for none."""
    if value is None:
        return "–"
    text = f"{shown(Fraction(value))}"
    return text.rstrip("0").rstrip(".")


def verdict_words(row: StageRow) -> str:
    """Whether a school's stage passes, in words."""
    if row.excluded:
        return str(_("left out: %(why)s", why=EXCLUSIONS[row.excluded]))
    return str({True: _("Passes"), False: _("Does not pass"), None: _("Figures missing")}[row.is_passed])


def balance_columns() -> list[tuple[Any, Any]]:
    """The columns of the export by school: label and value of a row. Values are rounded as the official tables are."""

    def value_of(one: Indicator) -> Any:
        return lambda row: None if (value := row.value(one)) is None else float(rounded(value))

    def item_of(one: Indicator) -> Any:
        return lambda row: None if one not in row.items else float(rounded(row.items[one]))

    columns: list[tuple[Any, Any]] = [
        (_l("School"), lambda row: row.school),
        (_l("Stage"), lambda row: str(row.stage.label)),
        (_l("Pupils"), lambda row: row.pupils),
        (_l("Classes"), lambda row: row.classes),
    ]
    for one in Indicator:
        columns += [(_l("%(what)s, number", what=one.short), item_of(one)), (one.label, value_of(one))]
    return [
        *columns,
        (_l("Reached or not"), verdict_words),
        (_l("Lacking"), lambda row: "；".join(str(one.short) for one in row.lacking)),
    ]


HISTORY = vocabulary_of(
    SchoolResources.__tablename__,
    Vocabulary(
        {
            fact.name: fact
            for fact in (
                Fact("part", _l("Part of the school"), values=ResourcePart),
                Fact("school_year", _l("School year")),
                Fact("teaching_area", _l("Teaching rooms (m²)")),
                Fact("indoor_sport_area", _l("Of them indoor sport (m²)")),
                Fact("sport_area", _l("Sports grounds (m²)")),
                Fact("rented_sport_area", _l("Rented sports grounds (m²)")),
                Fact("equipment_value", _l("Teaching equipment (yuan)")),
                Fact("multimedia_rooms", _l("Multimedia classrooms")),
                Fact("grades", _l("Grades")),
                Fact("sponsor_code", _l("Run by"), table="sponsor"),
            )
        },
        {
            "resources.set": (_l("Filled in"), "pencil"),
            "resources.remove": (_l("Taken out"), "trash"),
        },
    ),
)
GUARANTEES = vocabulary_of(
    "guarantee_entry",
    Vocabulary(
        {
            fact.name: fact
            for fact in (
                Fact("is_met", _l("Guarantee kept")),
                Fact("figure", _l("Figure")),
                Fact("evidence", _l("Evidence")),
                Fact("stated_on", _l("Stated on"), kind=DAY),
            )
        },
        {"guarantee.state": (_l("Stated"), "pencil")},
    ),
)


def init_app(app: Flask) -> None:
    """Give the templates these words, and the log those of this room's records."""
    app.jinja_env.filters["official"] = shown
    app.jinja_env.filters["percent"] = percent
    app.jinja_env.filters["quantity"] = quantity
    app.jinja_env.filters["balance_verdict"] = verdict_words
    labels.OBJECTS.setdefault("resources", _l("Resources of a school"))
    labels.OBJECTS.setdefault("balance", _l("Balance figures"))
    labels.OBJECTS.setdefault("guarantee", _l("Guarantee"))
    labels.VERBS.setdefault("resources.set", _l("filled in"))
    labels.VERBS.setdefault("guarantee.state", _l("stated"))
