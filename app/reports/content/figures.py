"""Everything that reports are written from, read once for a county and a school year."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from app.codes import queries as codes
from app.extensions import db
from app.regions.models import Region
from app.schools.models import School, Stage
from app.targets.balance import County, rounded
from app.targets.evaluators.periods import school_year, school_year_of
from app.targets.guarantees import GuaranteeLine
from app.targets.queries import balance, guarantees, staffing
from app.targets.queries.staffing import StaffLine, Totals, YearLine
from app.training.queries.money import Totals as Money

STAGE_WORDS = {Stage.PRIMARY: "小学", Stage.JUNIOR: "初中"}


@dataclass(frozen=True)
class Figures:
    """A county's figures of a school year, as of the cut-off day."""

    county: Region
    year: int
    cut_off: date
    is_present: bool
    balance: County
    earlier: County
    guarantees: list[GuaranteeLine]
    staff: list[StaffLine]
    totals: Totals
    recruits: list[YearLine]
    mental: list[YearLine]
    money: Money

    @property
    def year_words(self) -> str:
        """2026—2027学年."""
        return f"{self.year}—{self.year + 1}学年"

    @property
    def cut_off_words(self) -> str:
        """The cut-off day as a document says it."""
        return chinese_day(self.cut_off)


def gather(county_id: int, year: int, day: date) -> Figures:
    """Read all of it. An earlier school year is told as it was put on record."""
    county = db.session.get_one(Region, county_id)
    where = School.county_id == county_id
    recorded = balance.recorded_on(county_id, year)
    is_present = year >= school_year_of(day)
    on = min(day, school_year(year).last)
    lines = staffing.lines(where, day)
    return Figures(
        county=county,
        year=year,
        cut_off=day if is_present else recorded or on,
        is_present=is_present,
        balance=balance.county(county_id, year, day),
        earlier=County.of(balance.recorded(where, year - 1)),
        guarantees=guarantees.guarantees(county, year, day),
        staff=lines,
        totals=staffing.totals(lines),
        recruits=staffing.recruits(where, day),
        mental=staffing.mental_by_year(where, day),
        money=guarantees.money(county, on),
    )


def chinese_day(day: date) -> str:
    """2026年11月22日."""
    return f"{day.year}年{day.month}月{day.day}日"


def in_chinese(table: str, code: str | None) -> str:
    """A code in the words of the forms, whatever the person's language."""
    found = codes.tables().get(table, {}).get(code or "")
    return found.label_zh if found else code or ""


def percent(share: Fraction | None, places: int = 1) -> str:
    """A share in per cent, rounded half up to be printed."""
    return "—" if share is None else f"{rounded(share * 100, places)}%"
