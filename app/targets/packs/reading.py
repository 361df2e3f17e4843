"""Reading a pack: the TOML, then every table against the schema. All that is wrong is told at once, with its line."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any

from flask_babel import gettext as _

from app.targets.evaluators.registry import known_measures, wrong_params
from app.targets.packs.lines import Path, line_at, lines_of
from app.targets.packs.pack import FORMAT, Clause, Kind, Operator, Pack, Part, Per, Scope, Threshold, Unit

LONGEST = 400_000
_CODE = re.compile(r"^[a-z][a-z0-9-]{1,39}$")
_ID = re.compile(r"^[A-Z]{1,8}-\d{1,3}[a-z]?$")
_KEY = re.compile(r"^[a-z0-9][a-z0-9_]{0,39}$")
_FIGURE = re.compile(r"^[a-z][a-z0-9_.]{1,79}$")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_PACK_KEYS = {"format", "code", "name_zh", "name_en", "place", "source", "from", "to", "clause"}
_PART_KEYS = {
    "kind", "measure", "words_zh", "words_en", "scope", "unit", "operator", "per", "figure", "set_by_county", "params",
    "threshold", "thresholds", "share",
}  # fmt: skip
_CLAUSE_KEYS = _PART_KEYS | {"id", "source", "part", "off"}
_THRESHOLD_KEYS = {"value", "by", "from", "share"}


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong with a pack."""

    line: int
    what: str

    def __str__(self) -> str:
        return str(_("line %(line)s: %(what)s", line=self.line, what=self.what))


class PackError(ValueError):
    """A pack that is refused; `findings` say why, in the order of their lines."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = sorted(findings)
        super().__init__("\n".join(map(str, self.findings)))


def read_pack(text: str) -> Pack:
    """The pack that a text says; PackError with everything that is wrong."""
    if len(text) > LONGEST:
        raise PackError([Finding(1, _("The file is longer than a pack can be."))])
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        place = _AT_LINE.search(str(error))
        line = int(place[1]) if place else text.count("\n") + 1
        said = _AT_LINE.sub("", str(error)).strip()
        raise PackError([Finding(line, _("This is not TOML: %(said)s", said=said))]) from error
    reader = _Reader(text)
    pack = reader.pack(data)
    if reader.findings or pack is None:
        raise PackError(reader.findings)
    return pack


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines = lines_of(text)
        self.findings: list[Finding] = []

    def wrong(self, path: Path, what: str) -> None:
        self.findings.append(Finding(line_at(self.lines, path), what))

    # --- tables ------------------------------------------------------------------------------

    def pack(self, data: Mapping[str, Any]) -> Pack | None:
        self._only(data, _PACK_KEYS, ())
        if data.get("format") != FORMAT:
            self.wrong(("format",), _("“format” must be %(number)s.", number=FORMAT))
        first, last = self._day(data, "from", ()), self._day(data, "to", ())
        if first and last and last < first:
            self.wrong(("to",), _("The pack ends before it begins."))
        clauses = tuple(self._clauses(data.get("clause")))
        self._twice([clause.id for clause in clauses], "clause", _("There are two clauses %(id)s."))
        texts = {name: self._text(data, name, ()) for name in ("code", "name_zh", "name_en", "place", "source")}
        if texts["code"] and not _CODE.match(texts["code"]):
            self.wrong(("code",), _("“code” is of lower case letters, digits and hyphens, such as luxi."))
        if not clauses and not self.findings:
            self.wrong((), _("The pack has no clause."))
        if first is None or last is None:
            return None
        on, off = ([clause for clause in clauses if clause.is_off is is_off] for is_off in (False, True))
        return Pack(**texts, from_on=first, to_on=last, clauses=tuple(on), off=tuple(off))

    def _clauses(self, listed: Any) -> Iterator[Clause]:
        if listed is not None and not _is_tables(listed):
            self.wrong(("clause",), _("Each clause is a table of its own: [[clause]]."))
            return
        for number, table in enumerate(listed or ()):
            path: Path = ("clause", number)
            self._only(table, _CLAUSE_KEYS, path)
            clause_id = self._text(table, "id", path)
            if clause_id and not _ID.match(clause_id):
                self.wrong((*path, "id"), _("A clause's id is of capitals and a number, such as LX-01."))
            yield Clause(
                id=clause_id,
                words_zh=self._text(table, "words_zh", path),
                words_en=self._text(table, "words_en", path),
                source=self._text(table, "source", path),
                parts=tuple(self._parts(table, path, clause_id)),
                line=line_at(self.lines, path),
                is_off=self._truth(table, "off", path),
            )

    def _parts(self, table: Mapping[str, Any], path: Path, clause_id: str) -> Iterator[Part]:
        listed = table.get("part")
        if listed is None:
            yield self._part(table, path, "", clause_id, table)
            return
        if not isinstance(listed, dict) or not listed or not all(isinstance(one, dict) for one in listed.values()):
            self.wrong((*path, "part"), _("Each part is a table with a name: [clause.part.primary]."))
            return
        for key, one in listed.items():
            here = (*path, "part", key)
            if not _KEY.match(key):
                self.wrong(here, _("A part's name is of lower case letters, digits and underscores."))
            self._only(one, _PART_KEYS, here)
            merged = {name: table[name] for name in _PART_KEYS & table.keys() if not name.startswith("words_")} | one
            yield self._part(merged, here, key, clause_id, one)

    def _part(self, table: Mapping[str, Any], path: Path, key: str, clause_id: str, own: Mapping[str, Any]) -> Part:
        kind = self._choice(Kind, table, "kind", path) or Kind.REPORT
        measure = self._text(table, "measure", path)
        params = table.get("params", {})
        if not isinstance(params, dict):
            self.wrong((*path, "params"), _("“params” is a table."))
            params = {}
        if measure and measure not in known_measures():
            self.wrong((*path, "measure"), _("There is no measure “%(name)s”.", name=measure))
        elif measure:
            for name, reason in wrong_params(measure, params):
                self.wrong((*path, "params", name), reason)
        figure = table.get("figure", f"{clause_id.lower().replace('-', '_')}{'.' if key else ''}{key}")
        if not isinstance(figure, str) or (clause_id and not _FIGURE.match(figure)):
            self.wrong((*path, "figure"), _("“figure” is of lower case letters, digits, underscores and dots."))
            figure = ""
        is_set_by_county = self._truth(table, "set_by_county", path)
        thresholds = tuple(self._thresholds(table, path))
        is_free = is_set_by_county or kind in (Kind.REPORT, Kind.GATE) or measure in _own_thresholds()
        if not thresholds and not is_free:
            self.wrong(path, _("The figure has no threshold; say “set_by_county = true” where the county sets it."))
        return Part(
            key=key,
            kind=kind,
            measure=measure,
            words_zh=self._text(own, "words_zh", path) if key else "",
            words_en=self._text(own, "words_en", path) if key else "",
            scope=self._choice(Scope, table, "scope", path, Scope.COUNTY) or Scope.COUNTY,
            unit=self._choice(Unit, table, "unit", path, _usual_unit(kind)) or Unit.NUMBER,
            operator=self._choice(Operator, table, "operator", path, _usual_operator(kind)) or Operator.AT_LEAST,
            per=self._choice(Per, table, "per", path, None) if "per" in table else None,
            figure=figure,
            is_set_by_county=is_set_by_county,
            params=params,
            thresholds=thresholds,
        )

    def _thresholds(self, table: Mapping[str, Any], path: Path) -> Iterator[Threshold]:
        share = self._number(table, "share", path, Fraction(1))
        if "threshold" in table and "thresholds" in table:
            self.wrong((*path, "thresholds"), _("Either “threshold” or “thresholds”, not both."))
        if "threshold" in table:
            yield Threshold(self._number(table, "threshold", path), share=share or Fraction(1))
        elif "share" in table and "thresholds" not in table:
            yield Threshold(share=share or Fraction(1))
        listed = table.get("thresholds", [])
        here = (*path, "thresholds")
        if not _is_tables(listed):
            self.wrong(here, _('“thresholds” is a list such as [{ by = 2025-12-31, value = "60%" }].'))
            return
        last: date | None = None
        for one in listed:
            self._only(one, _THRESHOLD_KEYS, here)
            by = self._day(one, "by", here, is_needed=False)
            if last and by and by <= last:
                self.wrong(here, _("The thresholds stand in the order of their days, each day once."))
            last = by or last
            yield Threshold(
                self._number(one, "value", here) if "value" in one else None,
                by,
                self._day(one, "from", here, is_needed=False),
                self._number(one, "share", here, Fraction(1)) or Fraction(1),
            )

    # --- values ------------------------------------------------------------------------------

    def _only(self, table: Mapping[str, Any], allowed: set[str], path: Path) -> None:
        for name in table:
            if name not in allowed:
                self.wrong((*path, name), _("“%(name)s” is not known here.", name=name))

    def _text(self, table: Mapping[str, Any], name: str, path: Path) -> str:
        value = table.get(name)
        if value is None:
            self.wrong(path, _("“%(name)s” is missing.", name=name))
            return ""
        if not isinstance(value, str) or not value.strip():
            self.wrong((*path, name), _("“%(name)s” is a text.", name=name))
            return ""
        return value.strip()

    def _truth(self, table: Mapping[str, Any], name: str, path: Path) -> bool:
        value = table.get(name, False)
        if not isinstance(value, bool):
            self.wrong((*path, name), _("“%(name)s” is true or false.", name=name))
        return value is True

    def _day(self, table: Mapping[str, Any], name: str, path: Path, *, is_needed: bool = True) -> date | None:
        value = table.get(name)
        if value is None:
            if is_needed:
                self.wrong(path, _("“%(name)s” is missing.", name=name))
            return None
        if not isinstance(value, date) or isinstance(value, datetime):
            self.wrong((*path, name), _("“%(name)s” is a day such as 2025-12-31, without quotation marks.", name=name))
            return None
        return value

    def _number(
        self, table: Mapping[str, Any], name: str, path: Path, otherwise: Fraction | None = None
    ) -> Fraction | None:
        if name not in table:
            return otherwise
        number = exact(table[name])
        if number is None or number < 0:
            said = _('“%(name)s” is a number such as 100, "10%%", "4.2" or "1:4000".', name=name)
            self.wrong((*path, name), said)
            return otherwise
        return number

    def _choice[E: StrEnum](
        self, kind: type[E], table: Mapping[str, Any], name: str, path: Path, otherwise: E | None = None
    ) -> E | None:
        value = table.get(name)
        if value is None:
            if otherwise is None:
                self.wrong(path, _("“%(name)s” is missing.", name=name))
            return otherwise
        if value not in [member.value for member in kind]:
            known = ", ".join(member.value for member in kind)
            self.wrong((*path, name), _("“%(name)s” is one of: %(known)s.", name=name, known=known))
            return otherwise
        return kind(value)

    def _twice(self, names: Sequence[str], table: str, sentence: str) -> None:
        seen: set[str] = set()
        for number, name in enumerate(names):
            if name and name in seen:
                self.wrong((table, number, "id"), sentence % {"id": name})
            seen.add(name)


def exact(value: Any) -> Fraction | None:
    """A number as a pack writes it, exactly; None for what is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | Decimal):
        return Fraction(value) if not isinstance(value, Decimal) or value.is_finite() else None
    if not isinstance(value, str):
        return None
    text, hundred = value.strip(), 1
    if text.endswith("%"):
        text, hundred = text[:-1].strip(), 100
    left, colon, right = text.partition(":")
    try:
        number = Fraction(Decimal(left)) / (Fraction(Decimal(right)) if colon else 1)
    except (InvalidOperation, ZeroDivisionError, OverflowError, ValueError):
        return None
    return number / hundred


def _own_thresholds() -> set[str]:
    return {name for name, measure in known_measures().items() if measure.sets_threshold}


def _usual_unit(kind: Kind) -> Unit:
    return {Kind.COUNT: Unit.NUMBER, Kind.CV: Unit.CV, Kind.GATE: Unit.NUMBER, Kind.REPORT: Unit.NUMBER}.get(
        kind, Unit.PERCENT
    )


def _usual_operator(kind: Kind) -> Operator:
    return {Kind.CV: Operator.BELOW, Kind.GATE: Operator.AT_MOST}.get(kind, Operator.AT_LEAST)


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)
