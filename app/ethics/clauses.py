"""The negative lists: what ships, and what a county made of it. Also the county's terms and points."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select

from app.config import ROOT
from app.ethics.models import Audience, EthicsClause
from app.extensions import db

SHIPPED = ROOT / "policies" / "ethics" / "negative_list.json"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause, wherever it comes from."""

    audience: Audience
    code: str
    text: str
    points: int
    term_months: int
    does_veto: bool
    id: int | None = None
    is_active: bool = True

    @property
    def key(self) -> str:
        """By which a form names it."""
        return f"{self.audience.value}:{self.code}"


@cache
def _policy() -> dict[str, Any]:
    return json.loads(SHIPPED.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def setting(name: str) -> int:
    """A figure of the policy: `base_points`, `entry_months`, `veto_months`."""
    return int(_policy()["settings"][name])


def is_failing(conclusion_code: str) -> bool:
    """Whether a conclusion of the yearly appraisal vetoes."""
    return conclusion_code in _policy()["failing"]


def shipped() -> list[Clause]:
    """The lists that ship."""
    return [Clause(audience, **one) for audience in Audience for one in _policy()[audience.value]]


def own_rows(county_id: int) -> Sequence[EthicsClause]:
    """The rows of a county's own lists."""
    query = select(EthicsClause).where(EthicsClause.county_id == county_id)
    return db.session.scalars(query.order_by(EthicsClause.audience.desc(), EthicsClause.code)).all()


def clauses(county_id: int, *, every: bool = False) -> list[Clause]:
    """The clauses in use in a county, for teachers first; with `every` those too that were taken out of use."""
    rows = own_rows(county_id)
    if not rows:
        return shipped()
    found = [Clause(r.audience, r.code, r.text, r.points, r.term_months, r.does_veto, r.id, r.is_active) for r in rows]
    return [one for one in found if every or one.is_active]


def clause(county_id: int, key: str) -> Clause | None:
    """The clause that a form names."""
    return next((one for one in clauses(county_id) if one.key == key), None)
