"""The host's workplace: the studio's people, and what the host does with each."""

from collections.abc import Callable
from io import BytesIO

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.studios import roster_files, wording
from app.studios.forms.common import ReasonForm
from app.studios.forms.people import (
    AcceptForm,
    InviteForm,
    LeaderForm,
    MessageForm,
    NoteForm,
    PersonalPlanForm,
    RosterForm,
)
from app.studios.models import (
    MemberNote,
    MemberRole,
    Membership,
    MembershipStatus,
    PersonalMeasure,
    PlacementKind,
    Studio,
    StudioStatus,
)
from app.studios.operations import people as operations
from app.studios.operations import workplace as workplace_operations
from app.studios.queries import people as queries
from app.studios.queries import studios as studio_queries
from app.studios.queries import work as work_queries
from app.studios.queries.placement import rounds_asking
from app.studios.routes import bp
from app.studios.routes.common import form_page, membership_or_404, studio_or_404
from app.web import history, lists
from app.web.attempts import Page, attempt, press
from app.web.exports import Column, asked_format, send_table
from app.web.forms import Form
from app.web.guards import requires
from app.web.lists import shown

P = Permission


@bp.get("/mine")
@requires(P.STUDIO_HOST)
def mine() -> Page:
    """The studios that one hosts; where there is one only, that one."""
    rows = studio_queries.studios_of(current_user.grants, P.STUDIO_HOST)
    running = [row for row in rows if row.status.is_running]
    if len(running) == 1:
        return redirect(url_for(".workplace", studio_id=running[0].id))
    return render_template("studios/mine.html", rows=rows)


@bp.get("/<int:studio_id>/work")
@requires(P.STUDIO_HOST)
def workplace(studio_id: int) -> Page:
    """My studio: places taken and free, what is due."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    people = queries.active(studio.id)
    due = db.session.scalars(
        select(Membership)
        .where(
            Membership.studio_id == studio.id,
            (Membership.status == MembershipStatus.APPLIED)
            | (Membership.asked_on.is_not(None) & (Membership.status == MembershipStatus.ACTIVE)),
        )
        .options(*queries.PARTS)
        .order_by(Membership.id)
    ).all()
    return render_template(
        "studios/workplace.html",
        studio=studio,
        people=people,
        due=due,
        waiting=queries.waiting_list(studio.id),
        work=work_queries.overview(studio, today()),
        appraisals=work_queries.appraisals_of(studio.id),
        statuses=StudioStatus,
        roles=MemberRole,
        today=today(),
        asked=rounds_asking(PlacementKind.STUDIO, studio.county_id, studio.id),
    )


@bp.get("/<int:studio_id>/people")
@requires(P.STUDIO_HOST)
def people(studio_id: int) -> Page:
    """The list of members and mentees."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.PEOPLE.read(request.args)
    found = lists.fetch(
        db.session(), queries.people_listed(listing, studio), listing, key=Membership.id, options=queries.PARTS
    )
    return render_template(
        "studios/people.html",
        studio=studio,
        **shown(listing, found),
        parts=work_queries.parts_of(found.items),
        noted=queries.note_counts([row.id for row in found.items]),
        leaders=[(row.id, row.teacher.name) for row in queries.active(studio.id, MemberRole.MEMBER)],
        message_form=MessageForm(formdata=None),
    )


@bp.post("/<int:studio_id>/people/export")
@requires(P.STUDIO_HOST)
def export_people(studio_id: int) -> Response:
    """The people that the list shows now, as a workbook."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    listing = queries.PEOPLE.read(request.args)
    statement = lists.ordered(queries.people_listed(listing, studio), listing).options(*queries.PARTS)
    rows = db.session.scalars(statement).all()
    parts = work_queries.parts_of(rows)

    def done(measure: PersonalMeasure) -> Column:
        return Column(measure.label, lambda row: parts[row.id].done[measure])

    columns = [
        Column(_("Name"), "teacher.name"),
        Column(_("School"), "teacher.working_school.name"),
        Column(_("Role"), "role"),
        Column(_("Status"), "status"),
        Column(_("Led by"), lambda row: row.leader.teacher.name if row.leader else ""),
        Column(_("In the studio since"), "from_on"),
        Column(_("In the studio until"), "to_on"),
        *(done(measure) for measure in PersonalMeasure),
        Column(_("Certificates"), lambda row: parts[row.id].certificates),
    ]
    return send_table(
        columns,
        lambda: db.session.scalars(statement),
        studio.name,
        actor=current_user,
        subject="studio_membership",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=studio.county_id,
        school_id=studio.school_id,
    )


@bp.route("/<int:studio_id>/people/message", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def message(studio_id: int) -> Page:
    """Write to the people chosen, or to all."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    form = MessageForm()
    everybody = queries.active(studio.id, MemberRole.MEMBER, MemberRole.MENTEE)
    asked = request.form.getlist("person") or request.args.getlist("person")
    chosen = {int(number) for number in asked if number.isdecimal()} or {row.id for row in everybody}
    told: list[int] = []

    def act() -> None:
        told.append(
            workplace_operations.send_message(
                actor=current_user,
                studio=studio,
                membership_ids=sorted(chosen),
                subject=form.subject.data or "",
                text=form.text.data or "",
            )
        )

    if form.validate_on_submit() and attempt(form, act):
        flash(ngettext("%(num)d person was told.", "%(num)d people were told.", told[0]), "success")
        return redirect(url_for(".people", studio_id=studio_id), 303)
    page = render_template(
        "studios/message.html",
        studio=studio_or_404(studio_id, P.STUDIO_HOST),
        form=form,
        people=queries.active(studio_id, MemberRole.MEMBER, MemberRole.MENTEE),
        chosen=chosen,
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/<int:studio_id>/people/invite", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def invite(studio_id: int) -> Page:
    """Invite a teacher."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    form = InviteForm()
    form.offer(studio.county_id, queries.members_with_room(studio.id), _("Whoever has a place free"))

    def act() -> None:
        role = MemberRole(form.role.data)
        leader = db.session.get(Membership, form.leader.data or 0) if role is MemberRole.MENTEE else None
        operations.invite(actor=current_user, studio=studio, teacher=form.teacher.row, role=role, leader=leader)

    return _people_form(studio, form, act, _("Invite a teacher"), done=_("The invitation was sent."))


def _people_form(studio: Studio, form: Form, act: Callable[[], None], heading: str, done: str = "") -> Page:
    back = url_for(".people", studio_id=studio.id)
    trail = [(studio.name, url_for(".workplace", studio_id=studio.id)), (_("People of the studio"), back)]
    return form_page(form, act, heading=heading, back=back, trail=trail, about=studio.name, done=done)


@bp.route("/<int:studio_id>/people/import", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def import_people(studio_id: int) -> Page:
    """Read a list of names and identity numbers, and show whom it names before anybody is invited."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    form = RosterForm()
    found = roster_files.PeopleFile()

    def act() -> None:
        read = roster_files.read_people(form.file.data.read(), studio.county_id)
        found.teachers, found.problems = read.teachers, read.problems

    is_read = form.validate_on_submit() and attempt(form, act)
    status = 422 if form.is_submitted() and not is_read else 200
    if not is_read:
        studio = studio_or_404(studio_id, P.STUDIO_HOST)
    return render_template(
        "studios/import_people.html", studio=studio, form=form, found=found if is_read else None
    ), status


@bp.get("/people-template")
@requires(P.STUDIO_HOST)
def people_template() -> Response:
    """An empty list to fill in."""
    return send_file(
        BytesIO(roster_files.template()),
        mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        as_attachment=True,
        download_name=f"{roster_files.PEOPLE.label_zh}.xlsx",
    )


@bp.post("/<int:studio_id>/people/import/apply")
@requires(P.STUDIO_HOST)
def invite_listed(studio_id: int) -> Response:
    """Invite those of the list that were ticked."""
    studio = studio_or_404(studio_id, P.STUDIO_HOST)
    numbers = [int(text) for text in request.form.getlist("teacher") if text.isdecimal()]
    role = MemberRole.MEMBER if request.form.get("role") == "member" else MemberRole.MENTEE
    invited, refusals = workplace_operations.invite_many(
        actor=current_user, studio=studio, teacher_ids=numbers[: roster_files.MOST], role=role
    )
    if invited:
        flash(ngettext("%(num)d teacher was invited.", "%(num)d teachers were invited.", invited), "success")
    for sentence in refusals[:10]:
        flash(sentence, "warning")
    if not invited and not refusals:
        flash(_("Tick the teachers to invite."), "error")
    return redirect(url_for(".people", studio_id=studio_id), 303)


# --- one person ---------------------------------------------------------------------------------------------------


@bp.get("/people/<int:membership_id>")
@requires(P.STUDIO_HOST)
def person(membership_id: int) -> Page:
    """One member or mentee: the part done, the plan, the places, the notes."""
    row = membership_or_404(membership_id, P.STUDIO_HOST)
    return render_template(
        "studios/person.html",
        row=row,
        part=work_queries.parts_of([row])[row.id],
        notes=queries.notes_of(row.id),
        note_form=NoteForm(formdata=None),
        statuses=MembershipStatus,
        roles=MemberRole,
        can_move=row.status is MembershipStatus.ACTIVE and row.role is MemberRole.MENTEE,
        entries=wording.PERSON_WORDS.tell(history.read("studio_membership", row.id, request.args).items),
    )


def _person_form(
    row: Membership, form: Form, act: Callable[[], None], heading: str, intro: str = "", button: str = ""
) -> Page:
    back = url_for(".person", membership_id=row.id)
    trail = [
        (row.studio.name, url_for(".workplace", studio_id=row.studio_id)),
        (_("People of the studio"), url_for(".people", studio_id=row.studio_id)),
        (row.teacher.name, back),
    ]
    return form_page(
        form, act, heading=heading, back=back, trail=trail, about=row.teacher.name, intro=intro, label=button
    )


@bp.route("/people/<int:membership_id>/accept", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def accept(membership_id: int) -> Page:
    """Accept an application."""
    row = membership_or_404(membership_id, P.STUDIO_HOST)
    form = AcceptForm(leader=row.wanted_leader_id)
    room = queries.members_with_room(row.studio_id)
    if row.role is not MemberRole.MENTEE:
        room = []
    form.leader.offer(room, _("Whoever has a place free") if row.role is MemberRole.MENTEE else _("The host"))
    if not form.is_submitted() and row.wanted_leader_id not in {number for number, _name in room}:
        form.leader.data = None

    def act() -> None:
        leader = db.session.get(Membership, form.leader.data or 0)
        operations.accept_application(actor=current_user, row=row, leader=leader)

    free = row.statement or ""
    return _person_form(row, form, act, _("Accept"), free, _("Accept"))


@bp.route("/people/<int:membership_id>/decline", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def decline_person(membership_id: int) -> Page:
    """Decline an application or take somebody off the waiting list."""
    row, form = membership_or_404(membership_id, P.STUDIO_HOST), ReasonForm()

    def act() -> None:
        operations.decline(actor=current_user, row=row, reason=form.reason.data or "")

    return _person_form(row, form, act, _("Do not take"))


@bp.post("/people/<int:membership_id>/take-back")
@requires(P.STUDIO_HOST)
def take_back(membership_id: int) -> Response:
    """Take an invitation back."""
    row = membership_or_404(membership_id, P.STUDIO_HOST)
    back = url_for(".people", studio_id=row.studio_id)
    return press(lambda: operations.take_back(actor=current_user, row=row), _("The invitation was taken back."), back)


@bp.route("/people/<int:membership_id>/move", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def move_person(membership_id: int) -> Page:
    """Let another member lead a mentee."""
    row, form = membership_or_404(membership_id, P.STUDIO_HOST), LeaderForm()
    room = [one for one in queries.members_with_room(row.studio_id) if one[0] != row.leader_id]
    form.leader.offer(room, _("Please choose"))

    def act() -> None:
        leader = db.session.get_one(Membership, form.leader.data)
        operations.lead_by(actor=current_user, row=row, leader=leader)

    intro = "" if room else _("No other member has a place free.")
    return _person_form(row, form, act, _("Move to another member"), intro, _("Move"))


@bp.route("/people/<int:membership_id>/ask-to-leave", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def ask_to_leave(membership_id: int) -> Page:
    """Ask somebody to leave, with a reason that they can answer."""
    row, form = membership_or_404(membership_id, P.STUDIO_HOST), ReasonForm()

    def act() -> None:
        operations.ask_to_leave(actor=current_user, row=row, reason=form.reason.data or "")

    days = operations.answer_days(row.studio.county_id)
    intro = ngettext(
        "The person reads the reason and may answer within %(num)d day; you decide after that.",
        "The person reads the reason and may answer within %(num)d days; you decide after that.",
        days,
    )
    return _person_form(row, form, act, _("Ask to leave"), intro)


@bp.post("/people/<int:membership_id>/keep")
@requires(P.STUDIO_HOST)
def keep_person(membership_id: int) -> Response:
    """Let somebody stay after all."""
    row = membership_or_404(membership_id, P.STUDIO_HOST)
    back = url_for(".person", membership_id=membership_id)
    return press(lambda: operations.keep(actor=current_user, row=row), _("The person stays."), back)


@bp.post("/people/<int:membership_id>/dismiss")
@requires(P.STUDIO_HOST)
def dismiss(membership_id: int) -> Response:
    """End somebody's place after the answer."""
    row = membership_or_404(membership_id, P.STUDIO_HOST)
    back = url_for(".person", membership_id=membership_id)
    return press(lambda: operations.dismiss(actor=current_user, row=row), _("The place has ended."), back)


@bp.post("/people/<int:membership_id>/notes")
@requires(P.STUDIO_HOST)
def add_note(membership_id: int) -> Page:
    """Add a private note."""
    row, form = membership_or_404(membership_id, P.STUDIO_HOST), NoteForm()

    def act() -> None:
        workplace_operations.add_note(actor=current_user, row=row, body=form.body.data or "")

    return _person_form(row, form, act, _("Add a note"))


@bp.post("/people/notes/<int:note_id>/delete")
@requires(P.STUDIO_HOST)
def delete_note(note_id: int) -> Response:
    """Delete a private note."""
    made = db.session.get(MemberNote, note_id) or abort(404)
    row = membership_or_404(made.membership_id, P.STUDIO_HOST)
    back = url_for(".person", membership_id=row.id)
    return press(
        lambda: workplace_operations.delete_note(actor=current_user, row=row, made=made),
        _("The note was deleted."),
        back,
    )


@bp.route("/people/<int:membership_id>/plan", methods=["GET", "POST"])
@requires(P.STUDIO_HOST)
def personal_plan(membership_id: int) -> Page:
    """Set the aims of somebody's plan."""
    row = membership_or_404(membership_id, P.STUDIO_HOST)
    form = PersonalPlanForm(data={one.measure.value: one.target for one in row.targets})

    def act() -> None:
        targets = {measure: form[measure.value].data for measure in PersonalMeasure}
        workplace_operations.set_personal_plan(actor=current_user, row=row, targets=targets)

    intro = _("What stays empty is no aim. What is done is counted by itself.")
    return _person_form(row, form, act, _("Personal plan"), intro, _("Save"))
