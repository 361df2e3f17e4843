"""Changing schools, their subject posts and their education groups."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app import audit
from app.audit.operations import Actor, changes
from app.db.mixins import utc_now
from app.extensions import db
from app.schools import norms
from app.schools.models import EducationGroup, PostSource, School, SchoolStage, Stage, SubjectPost
from app.schools.pinyin import school_initials, school_pinyin
from app.web.errors import Refused

type Figures = Mapping[Stage, Mapping[str, int]]
type Posts = Mapping[tuple[Stage, str], int]


def add_school(*, actor: Actor, county_id: int, stages: Figures, **fields: Any) -> School:
    """Add a school to a county, with what it teaches."""
    _check_free(county_id, fields.get("code"), fields.get("name"), None)
    school = School(county_id=county_id, **fields, **_pinyin(fields["name"]))
    school.stages = [SchoolStage(stage=stage, **figures) for stage, figures in stages.items()]
    _check_group(school)
    db.session.add(school)
    db.session.flush()
    _record(actor, "school.add", school, {}, _told(school, fields) | _figures(school))
    return school


def change_school(*, actor: Actor, school: School, stages: Figures | None = None, **fields: Any) -> bool:
    """Change a school whose stages are loaded; only what differs is written. Tells whether anything did."""
    _check_free(school.county_id, fields.get("code"), fields.get("name"), school.id)
    before, after = changes(school, fields)
    told_before, told_after = _told(school, before), {}
    for name, value in after.items():
        setattr(school, name, value)
    if "name" in after:
        for name, value in _pinyin(school.name).items():
            setattr(school, name, value)
    _check_group(school)
    told_after = _told(school, after)
    if stages is not None:
        old = _figures(school)
        _set_stages(school, stages)
        new = _figures(school)
        differ = [name for name in {**old, **new} if old.get(name) != new.get(name)]
        told_before |= {name: old.get(name) for name in differ}
        told_after |= {name: new.get(name) for name in differ}
        if differ:
            school.updated_at = utc_now()
    db.session.flush()
    if told_after:
        _record(actor, "school.edit", school, told_before, told_after)
    return bool(told_after)


def set_open(*, actor: Actor, school: School, is_active: bool) -> None:
    """Close a school, or open it again. Its teachers stay on record."""
    if school.is_active == is_active:
        return
    school.is_active = is_active
    db.session.flush()
    action = "school.reopen" if is_active else "school.close"
    _record(actor, action, school, {"is_active": not is_active}, {"is_active": is_active})


def set_posts(*, actor: Actor, school: School, posts: Posts, source: PostSource = PostSource.OFFICER) -> int:
    """Set the figures that differ from what stands; each takes `source`. Returns how many changed."""
    standing = {(post.stage, post.subject_code): post for post in school.posts}
    before, after = {}, {}
    for (stage, subject), number in posts.items():
        post = standing.get((stage, subject))
        if post is not None and post.posts == number:
            continue
        if post is None and number == 0:
            continue
        name = f"{stage.value}.posts.{subject}"
        before[name], after[name] = post.posts if post else None, number
        if post is None:
            school.posts.append(SubjectPost(stage=stage, subject_code=subject, posts=number, source=source))
        else:
            post.posts, post.source = number, source
    db.session.flush()
    if after:
        action = "posts.propose" if source is PostSource.NORM else "posts.edit"
        _record(actor, action, school, before, after)
    return len(after)


def accept_proposal(
    *, actor: Actor, school: School, rows: Iterable[tuple[Stage, str]] | None = None, overwrite: bool = False
) -> int:
    """Take the norm's figures over, all of them or the chosen rows. Figures that an officer set, or a workbook
    brought, stay unless `overwrite` asks for them too; a figure chosen by its row is asked for."""
    proposed = norms.proposal(school, norms.current())
    standing = {(post.stage, post.subject_code): post for post in school.posts}
    wanted = set(proposed) | set(standing) if rows is None else set(rows)
    keep = rows is None and not overwrite
    taken = {}
    for key in wanted:
        post = standing.get(key)
        if keep and post is not None and post.source is not PostSource.NORM:
            continue
        taken[key] = proposed.get(key, 0)
    changed = set_posts(actor=actor, school=school, posts=taken, source=PostSource.NORM)
    for key, number in taken.items():
        post = standing.get(key)
        if post is not None and post.posts == number:
            post.source = PostSource.NORM
    db.session.flush()
    return changed


def save_group(
    *, actor: Actor, county_id: int, name: str, members: Iterable[int], group: EducationGroup | None = None
) -> EducationGroup:
    """Name an education group and say which schools of the county belong to it."""
    taken = db.session.scalar(
        select(EducationGroup).where(EducationGroup.county_id == county_id, EducationGroup.name == name)
    )
    if taken is not None and taken is not group:
        raise Refused(_("There is already an education group called “%(name)s” in this county.", name=name))
    old_name = group.name if group else None
    if group is None:
        group = EducationGroup(county_id=county_id, name=name)
        db.session.add(group)
    group.name = name
    db.session.flush()
    if old_name != name:
        audit.record(
            actor=actor,
            action="group.save",
            subject=group,
            before={"name": old_name},
            after={"name": name},
            region_id=county_id,
        )
    _set_members(actor, group, set(members))
    return group


def delete_group(*, actor: Actor, group: EducationGroup) -> None:
    """Delete an education group; its schools stay, outside any group."""
    _set_members(actor, group, set())
    audit.record(
        actor=actor, action="group.delete", subject=group, before={"name": group.name}, region_id=group.county_id
    )
    db.session.delete(group)
    db.session.flush()


def _set_members(actor: Actor, group: EducationGroup, wanted: set[int]) -> None:
    for school in db.session.scalars(
        select(School).where(School.county_id == group.county_id, School.id.in_(wanted) | (School.group_id == group.id))
    ):
        if school.id in wanted and school.group_id != group.id:
            old = db.session.get(EducationGroup, school.group_id) if school.group_id else None
            school.group_id = group.id
            _record(actor, "group.join", school, {"group": old and old.name}, {"group": group.name})
        elif school.id not in wanted:
            school.group_id = None
            _record(actor, "group.leave", school, {"group": group.name}, {"group": None})
    db.session.flush()


def _pinyin(name: str) -> dict[str, str]:
    return {"name_pinyin": school_pinyin(name), "name_initials": school_initials(name)}


def _check_free(county_id: int, code: str | None, name: str | None, own_id: int | None) -> None:
    """A county's schools differ in code and in name."""
    if taken := taken_by(county_id, code, name, own_id):
        raise Refused(next(iter(taken.values())))


def taken_by(county_id: int, code: str | None, name: str | None, own_id: int | None) -> dict[str, str]:
    """What another school of the county already has: field → sentence."""
    found = {}
    for field, column, value in (("code", School.code, code), ("name", School.name, name)):
        if not value:
            continue
        other = db.session.scalar(
            select(School).where(School.county_id == county_id, column == value, School.id != (own_id or 0))
        )
        if other is not None:
            found[field] = _("%(school)s already has this; each school needs its own.", school=other.label)
    return found


def _check_group(school: School) -> None:
    if school.group_id is None:
        return
    group = db.session.get(EducationGroup, school.group_id)
    if group is None or group.county_id != school.county_id:
        raise Refused(_("The education group belongs to another county."))


def _set_stages(school: School, stages: Figures) -> None:
    standing = {one.stage: one for one in school.stages}
    for stage, figures in stages.items():
        one = standing.get(stage)
        if one is None:
            school.stages.append(SchoolStage(stage=stage, **figures))
        else:
            for name, value in figures.items():
                setattr(one, name, value)
    for stage, one in standing.items():
        if stage not in stages:
            school.stages.remove(one)


def _figures(school: School) -> dict[str, Any]:
    return {
        f"{one.stage.value}.{name}": getattr(one, name)
        for one in school.stages
        for name in ("pupils", "boarders", "classes")
    }


def _told(school: School, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields as the log keeps them: a group by its name."""
    told = dict(fields)
    if "group_id" in told:
        group = db.session.get(EducationGroup, told.pop("group_id") or 0)
        told["group"] = group.name if group else None
    return told


def _record(actor: Actor, action: str, school: School, before: dict[str, Any], after: dict[str, Any]) -> None:
    audit.record(
        actor=actor,
        action=action,
        subject=school,
        before=before or None,
        after=after,
        region_id=school.county_id,
        school_id=school.id,
    )
