"""What keeps somebody out of a studio: an ethics veto, no title of the kind asked for, another studio of the kind."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.codes import queries as codes
from app.ethics.vetoes import veto_of
from app.extensions import db
from app.studios.models import MemberRole, Membership, MembershipStatus, Studio, StudioKind, StudioSettings
from app.teachers.backbones import valid_on
from app.teachers.models import BackboneHonour, Teacher


def obstacle(studio: Studio, teacher: Teacher, role: MemberRole, on: date) -> str | None:
    """Why somebody cannot join on that day, as a sentence; None where nothing is in the way."""
    if teacher.left_on is not None:
        return str(_("%(name)s has left.", name=teacher.name))
    if teacher.county_id != studio.county_id:
        return str(_("%(name)s works in another county than the studio.", name=teacher.name))
    if refusal := vetoed(teacher, on):
        return refusal
    if role is MemberRole.MEMBER and honour_on(studio, teacher, on) is None:
        return str(
            _(
                "A member of this studio needs, on the day of joining, one of these titles at one of these levels:"
                " %(types)s (%(levels)s). %(name)s holds none that is valid on %(day)s.",
                types=_(", ").join(codes.label("honour_type", code) for code in studio.honour_types),
                levels=_(", ").join(codes.label("honour_level", code) for code in studio.honour_levels),
                name=teacher.name,
                day=on,
            )
        )
    return elsewhere(teacher, studio.kind, but=studio.id)


def vetoed(teacher: Teacher, on: date) -> str | None:
    """The sentence that an ethics veto calls for."""
    if veto_of(teacher.id, on) is None:
        return None
    return str(
        _(
            "A confirmed finding on professional ethics stands against %(name)s on %(day)s; while it does, nobody can"
            " found a studio or join one. Ask the personnel office until when it stands.",
            name=teacher.name,
            day=on,
        )
    )


def honour_on(studio: Studio, teacher: Teacher, on: date) -> BackboneHonour | None:
    """The title by which somebody may be a member of the studio on that day."""
    return db.session.scalar(
        select(BackboneHonour)
        .where(
            BackboneHonour.teacher_id == teacher.id,
            valid_on(on, studio.honour_levels, studio.honour_types),
        )
        .order_by(BackboneHonour.level_code, BackboneHonour.id)
        .limit(1)
    )


def host_lacks(rules: StudioSettings, teacher: Teacher, on: date) -> str | None:
    """The sentence for somebody who holds none of the titles that the county asks of a host."""
    if not rules.host_honour_types:
        return None
    held = valid_on(on, rules.host_honour_levels, rules.host_honour_types)
    own = select(BackboneHonour.id).where(BackboneHonour.teacher_id == teacher.id, held)
    if db.session.scalar(own.limit(1)) is not None:
        return None
    return str(
        _(
            "A host needs one of these titles at one of these levels: %(types)s (%(levels)s). %(name)s holds none that"
            " is valid on %(day)s.",
            types=_(", ").join(codes.label("honour_type", code) for code in rules.host_honour_types),
            levels=_(", ").join(codes.label("honour_level", code) for code in rules.host_honour_levels),
            name=teacher.name,
            day=on,
        )
    )


def elsewhere(teacher: Teacher, kind: StudioKind, *, but: int | None = None) -> str | None:
    """The sentence for somebody who is active in another studio of the same kind."""
    other = db.session.scalar(
        select(Studio)
        .join(Membership, Membership.studio_id == Studio.id)
        .where(
            Membership.teacher_id == teacher.id,
            Membership.kind == kind,
            Membership.status == MembershipStatus.ACTIVE,
            Studio.id != (but or 0),
        )
        .limit(1)
    )
    if other is None:
        return None
    return str(
        _(
            "%(name)s belongs to %(studio)s already, and nobody can be in two studios of one kind (%(kind)s).",
            name=teacher.name,
            studio=other.name,
            kind=kind.label,
        )
    )
