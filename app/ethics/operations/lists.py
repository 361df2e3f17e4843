"""A county's own negative lists."""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.audit.operations import Actor, changes
from app.ethics.clauses import own_rows, shipped
from app.ethics.models import Audience, EthicsClause
from app.ethics.operations.telling import log
from app.extensions import db
from app.regions.models import Region
from app.web.errors import Refused


def make_own(*, actor: Actor, county: Region) -> int:
    """Copy the lists that ship, so that the county can edit them; done once. Returns how many clauses there are."""
    db.session.execute(select(Region.id).where(Region.id == county.id).with_for_update())
    if own_rows(county.id):
        raise Refused(_("%(county)s has lists of its own already.", county=county.name))
    rows = [
        EthicsClause(
            county_id=county.id,
            audience=one.audience,
            code=one.code,
            text=one.text,
            points=one.points,
            term_months=one.term_months,
            does_veto=one.does_veto,
        )
        for one in shipped()
    ]
    db.session.add_all(rows)
    db.session.flush()
    log(actor, "ethics.lists", rows[0], after={"clauses": len(rows)})
    return len(rows)


def add_clause(*, actor: Actor, county: Region, audience: Audience, code: str, **fields: Any) -> EthicsClause:
    """Add a clause to a county's own list."""
    if not own_rows(county.id):
        make_own(actor=actor, county=county)
    taken = select(EthicsClause.id).where(
        EthicsClause.county_id == county.id, EthicsClause.audience == audience, EthicsClause.code == code
    )
    if db.session.scalar(taken):
        raise Refused(_("The list already has a clause %(code)s.", code=code))
    row = EthicsClause(county_id=county.id, audience=audience, code=code, **fields)
    db.session.add(row)
    db.session.flush()
    log(actor, "ethics.clause", row, after={"audience": audience, "code": code, **fields})
    return row


def change_clause(*, actor: Actor, row: EthicsClause, **fields: Any) -> bool:
    """Change a clause. What is on record keeps the words and the term it was entered with."""
    before, after = changes(row, fields)
    for name, value in after.items():
        setattr(row, name, value)
    db.session.flush()
    if after:
        log(actor, "ethics.clause", row, before=before, after=after)
    return bool(after)
