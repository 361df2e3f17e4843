"""Rounds of placement: opened and changed by an officer; wishes and choices while it is open."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from app import audit
from app.audit.operations import Actor, changes
from app.extensions import db
from app.studios.models import (
    HostChoice,
    PlacementEntry,
    PlacementKind,
    PlacementProposal,
    PlacementRound,
    PlacementWish,
    ProposalStatus,
    RoundStatus,
    host_columns,
)
from app.studios.placement_kinds import spec_of
from app.studios.placement_settings import complete
from app.teachers.models import Teacher
from app.web.errors import Refused, refused_if_taken

MOST_WISHES = 10


def log(one: PlacementRound, row: Any, action: str, actor: Actor, *, label: str = "", **told: Any) -> None:
    """An entry about something of a round."""
    audit.record(
        actor=actor,
        action=action,
        subject_type=row.__tablename__,
        subject_id=row.id,
        subject_label=label or row.label,
        region_id=one.county_id,
        **told,
    )


def held(round_id: int) -> PlacementRound:
    """The round as it is now. Whoever changes it, or anything below it, holds its row until the transaction ends."""
    db.session.flush()
    return db.session.scalars(
        select(PlacementRound)
        .where(PlacementRound.id == round_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def held_open(round_id: int) -> PlacementRound:
    """The round, held, if it is still open."""
    one = held(round_id)
    if one.status is not RoundStatus.OPEN:
        raise Refused(_("This round is “%(status)s”; nothing in it changes any more.", status=one.status.label))
    return one


def open_round(*, county_id: int, kind: PlacementKind, actor: Actor, **fields: Any) -> PlacementRound:
    """Open a round."""
    one = PlacementRound(county_id=county_id, kind=kind, **fields)
    one.settings = complete(fields.get("settings", {}))
    _checked(one.wishes_until, one.choices_until)
    with refused_if_taken(_("The county has a round of this name already.")):
        db.session.add(one)
    log(one, one, "placement.open", actor, after=_told(fields))
    return one


def change_round(*, one: PlacementRound, actor: Actor, **fields: Any) -> None:
    """Change a round's name, days and settings; proposals that were solved keep theirs."""
    one = held_open(one.id)
    if "settings" in fields:
        fields["settings"] = complete(fields["settings"])
    before, after = changes(one, fields)
    if not after:
        return
    _checked(fields.get("wishes_until", one.wishes_until), fields.get("choices_until", one.choices_until))
    with refused_if_taken(_("The county has a round of this name already.")):
        for name, value in after.items():
            setattr(one, name, value)
    log(one, one, "placement.edit", actor, before=before, after=after)


def cancel_round(*, one: PlacementRound, reason: str, actor: Actor) -> None:
    """Call a round off; what people said stays on record."""
    one = held_open(one.id)
    if _is_being_solved(one.id):
        raise Refused(_("A proposal is being solved. Cancel that first."))
    one.status = RoundStatus.CANCELLED
    db.session.flush()
    log(one, one, "placement.cancel", actor, reason=reason)


def _is_being_solved(round_id: int) -> bool:
    under_way = PlacementProposal.status.in_((ProposalStatus.QUEUED, ProposalStatus.SOLVING))
    return bool(db.session.scalar(select(func.count()).where(PlacementProposal.round_id == round_id, under_way)))


def _checked(wishes_until: date, choices_until: date) -> None:
    if choices_until < wishes_until:
        raise Refused(_("The hosts choose after the wishes are in: their last day cannot be earlier."))


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "settings"} | dict(fields.get("settings", {}))


# --- wishes -------------------------------------------------------------------------------------------------------


def state_wishes(
    *,
    one: PlacementRound,
    teacher: Teacher,
    hosts: Sequence[int],
    is_flexible: bool,
    statement: str,
    today: date,
    actor: Actor,
    is_late_allowed: bool = False,
) -> PlacementEntry | None:
    """State somebody's wishes, the best first, in place of earlier ones; None where all were taken back.

    An officer may enter wishes after the last day (`is_late_allowed`), as they come in on paper.
    """
    one = held_open(one.id)
    if not is_late_allowed and today > one.wishes_until:
        raise Refused(_("Wishes could be stated until %(day)s.", day=one.wishes_until))
    if refusal := spec_of(one).obstacle(one, teacher, today):
        raise Refused(refusal)
    _check_wishes(one, hosts)
    entry = db.session.scalar(
        select(PlacementEntry).where(PlacementEntry.round_id == one.id, PlacementEntry.teacher_id == teacher.id)
    )
    if entry is not None:
        db.session.execute(delete(PlacementWish).where(PlacementWish.entry_id == entry.id))
    if not hosts and not is_flexible:
        if entry is not None:
            log(one, entry, "placement.wish.withdraw", actor, label=teacher.name)
            db.session.execute(delete(PlacementEntry).where(PlacementEntry.id == entry.id))
            db.session.expire_all()
        return None
    if entry is None:
        entry = PlacementEntry(round_id=one.id, teacher_id=teacher.id, name_pinyin=teacher.name_pinyin)
        db.session.add(entry)
    entry.is_flexible, entry.statement = is_flexible, statement
    db.session.flush()
    db.session.add_all(
        PlacementWish(entry_id=entry.id, rank=rank, **host_columns(one.kind, host))
        for rank, host in enumerate(hosts, start=1)
    )
    db.session.flush()
    names = spec_of(one).names(hosts)
    after = {"wishes": [names[host] for host in hosts], "flexible": is_flexible}
    log(one, entry, "placement.wish.set", actor, label=teacher.name, after=after)
    return entry


def _check_wishes(one: PlacementRound, hosts: Sequence[int]) -> None:
    if len(hosts) > one.most_wishes:
        raise Refused(_("At most %(number)s wishes can be stated.", number=one.most_wishes))
    if len(set(hosts)) != len(hosts):
        raise Refused(_("Each wish can be named only once."))
    if set(hosts) - {line.id for line in spec_of(one).hosts(one)}:
        raise Refused(_("One of the wishes is not part of this round any more. Open the page again."))


# --- the hosts' choices -------------------------------------------------------------------------------------------


def state_choices(
    *,
    one: PlacementRound,
    host_id: int,
    ranks: Mapping[int, int],
    refused: Sequence[int],
    asked: Sequence[int],
    today: date,
    actor: Actor,
) -> None:
    """What a host thinks of those who wish for it (`asked`): their ranks, the same for equals, and whom it refuses.

    Who stands in neither is taken after those who are ranked.
    """
    one = held_open(one.id)
    if today > one.choices_until:
        raise Refused(_("Hosts could choose until %(day)s.", day=one.choices_until))
    people = set(ranks) | set(refused)
    if people - set(asked):
        raise Refused(_("Somebody took a wish back meanwhile. Look at the list again."))
    column = HostChoice.studio_id if one.kind is PlacementKind.STUDIO else HostChoice.mentor_id
    db.session.execute(delete(HostChoice).where(HostChoice.round_id == one.id, column == host_id))
    rows = [HostChoice(round_id=one.id, teacher_id=person, rank=rank, is_refused=False,
                       **host_columns(one.kind, host_id)) for person, rank in ranks.items()]  # fmt: skip
    rows += [HostChoice(round_id=one.id, teacher_id=person, rank=None, is_refused=True,
                        **host_columns(one.kind, host_id)) for person in refused]  # fmt: skip
    db.session.add_all(rows)
    db.session.flush()
    after = {"host": spec_of(one).names([host_id]).get(host_id), "ranked": len(ranks), "refused": len(refused)}
    log(one, one, "placement.choose", actor, after=after)
