"""Sessions: the list, the calendar, one session, its form, its places, its steps, its history."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.extensions import db
from app.schools import queries as school_queries
from app.schools.access import one_county
from app.training import month_view, presenting
from app.training.access import enrolments_where, sessions_where, spendings_where
from app.training.forms.sessions import SESSION_FIELDS, ReasonForm, SessionForm, read_quotas
from app.training.models import SessionStatus, TrainingSession
from app.training.operations import sessions as operations
from app.training.queries import feedback as feedback_queries
from app.training.queries import money as money_queries
from app.training.queries import people as people_queries
from app.training.queries import sessions as queries
from app.training.routes import bp
from app.training.routes.common import may_run, programme_or_404, session_or_404
from app.web import history, lists
from app.web.attempts import Page, attempt, tried
from app.web.errors import Refused
from app.web.exports import asked_format, send_table
from app.web.guards import requires

P = Permission


@bp.get("")
@requires(P.TRAINING_READ)
def index() -> Page:
    """The list of sessions."""
    grants = current_user.grants
    listing = queries.SESSIONS.read(request.args)
    statement = queries.sessions_listed(listing, sessions_where(grants, P.TRAINING_READ))
    found = lists.fetch(db.session(), statement, listing, key=TrainingSession.id, options=queries.SESSION_PARTS)
    many = not one_county(grants, P.TRAINING_READ)
    return render_template(
        "training/index.html",
        **lists.view(listing, found),
        filters={one.name: one for one in queries.SESSIONS.filters},
        counties=school_queries.counties(grants, P.TRAINING_READ) if many else [],
        organiser_of=presenting.organiser_of,
        may_add=current_user.may(P.TRAINING_EDIT),
        may_export=current_user.may(P.EXPORT),
        named=lists.named,
    )


@bp.post("/export")
@requires(P.EXPORT)
def export() -> Response:
    """The sessions that the list shows now, as a workbook."""
    listing = queries.SESSIONS.read(request.args)
    grants = [grant for grant in current_user.grants if grant.allows(P.EXPORT)]
    statement = queries.sessions_listed(listing, sessions_where(grants, P.TRAINING_READ))
    return send_table(
        presenting.session_columns(),
        lambda: db.session.scalars(lists.ordered(statement, listing).options(*queries.SESSION_PARTS)),
        _("Training sessions"),
        actor=current_user,
        subject="training_session",
        fmt=asked_format(),
        filters=listing.in_words(),
        region_id=next((g.region_id for g in grants if g.region_id), None),
    )


@bp.get("/calendar")
@requires(P.TRAINING_READ)
def calendar() -> Page:
    """A month of sessions, as a sheet and as its list."""
    first = month_view.month_of(request.args.get("month", ""), today())
    reach = sessions_where(current_user.grants, P.TRAINING_READ)
    start, end = month_view.sheet_bounds(first)
    found = queries.between(start, end, reach)
    last = month_view.last_day(first)
    return render_template(
        "training/calendar.html",
        first=first,
        weeks=month_view.weeks(first, found),
        sessions=[row for row in found if row.begins_on <= last and row.ends_on >= first],
        previous=month_view.neighbour(first, -1),
        following=month_view.neighbour(first, 1),
        today=today(),
        organiser_of=presenting.organiser_of,
        is_cut=len(found) == queries.MONTH_LIMIT,
    )


@bp.route("/programmes/<int:programme_id>/sessions/new", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def new(programme_id: int) -> Page:
    """Add a session to a programme."""
    programme = programme_or_404(programme_id, P.TRAINING_EDIT)
    form = SessionForm()
    form.year = programme.year
    made: list[TrainingSession] = []
    if form.validate_on_submit() and attempt(
        form,
        lambda: made.append(
            operations.add_session(actor=current_user, programme=programme, **form.values(*SESSION_FIELDS))
        ),
    ):
        flash(_("%(name)s was added. Open it for enrolment when it is ready.", name=made[0].name), "success")
        return redirect(url_for(".show", session_id=made[0].id), 303)
    programme = programme_or_404(programme_id, P.TRAINING_EDIT)
    page = render_template("training/edit_session.html", form=form, programme=programme, session=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/sessions/<int:session_id>/edit", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def edit(session_id: int) -> Page:
    """Change a session."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    form = SessionForm(obj=session, row_version=str(session.version))
    form.year = session.programme.year
    if form.validate_on_submit() and not form.refuse_stale(session):
        fields = form.values(*SESSION_FIELDS)
        if attempt(
            form,
            lambda: operations.change_session(actor=current_user, session=session, year=form.year, **fields),
        ):
            flash(_("%(name)s was saved.", name=fields["name"]), "success")
            return redirect(url_for(".show", session_id=session_id), 303)
    session = session_or_404(session_id, P.TRAINING_EDIT)
    page = render_template("training/edit_session.html", form=form, programme=session.programme, session=session)
    return page, 422 if form.is_submitted() else 200


@bp.get("/sessions/<int:session_id>")
@requires(P.TRAINING_READ)
def show(session_id: int) -> Page:
    """One session: its figures, its places, what can be done next."""
    session = session_or_404(session_id)
    return render_template("training/show.html", session=session, **_about(session))


def _about(session: TrainingSession) -> dict[str, Any]:
    grants = current_user.grants
    return {
        "tally": people_queries.tally(session.id, enrolments_where(grants, P.TRAINING_READ)),
        "reserved": [quota for quota in session.quotas if not quota.is_open],
        "open_places": next((quota for quota in session.quotas if quota.is_open), None),
        "answers": feedback_queries.number_of(session.id),
        "spent": money_queries.session_spent(session.id, spendings_where(grants, P.TRAINING_READ)),
        "organiser": presenting.organiser_of(session),
        "times": presenting.daily_times(session),
        "next_steps": operations.NEXT[session.status],
        "may_run": may_run(session),
        "may_nominate": current_user.may(P.TRAINING_NOMINATE),
        "today": today(),
        "reason_form": ReasonForm(formdata=None),
    }


@bp.post("/sessions/<int:session_id>/status")
@requires(P.TRAINING_EDIT)
def set_status(session_id: int) -> Response:
    """Open, close, finish or cancel a session."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    asked = request.form.get("status", "")
    if asked not in set(SessionStatus):
        raise Refused(_("Choose one of the steps that the page offers."))
    status, reason = SessionStatus(asked), request.form.get("reason", "").strip() or None
    if tried(lambda: operations.set_status(actor=current_user, session=session, status=status, reason=reason)):
        flash(_("%(name)s: %(status)s.", name=session.name, status=status.label), "success")
    return redirect(url_for(".show", session_id=session_id), 303)


@bp.route("/sessions/<int:session_id>/quotas", methods=["GET", "POST"])
@requires(P.TRAINING_EDIT)
def quotas(session_id: int) -> Page:
    """How the places are shared out between schools, or counties."""
    session = session_or_404(session_id, P.TRAINING_EDIT)
    holders = queries.quota_holders(session)
    problems: dict[str, str] = {}
    if request.method == "POST":
        wanted, problems = read_quotas(request.form, holders)
        if not problems:
            try:
                operations.set_quotas(actor=current_user, session=session, wanted=wanted)
                flash(_("The places were shared out."), "success")
                return redirect(url_for(".show", session_id=session_id), 303)
            except Refused as refusal:
                db.session.rollback()
                problems = {"": str(refusal.message)}
                session, holders = session_or_404(session_id, P.TRAINING_EDIT), holders
    standing = {("school", q.school_id) if q.school_id else ("county", q.county_id): q for q in session.quotas}
    page = render_template(
        "training/quotas.html",
        session=session,
        holders=holders,
        standing=standing,
        problems=problems,
        typed=request.form,
    )
    return page, 422 if problems else 200


@bp.get("/sessions/<int:session_id>/history")
@requires(P.TRAINING_READ)
def past(session_id: int) -> Page:
    """Who changed what about a session, and when."""
    session = session_or_404(session_id)
    page = history.read("training_session", session.id, request.args)
    return render_template(
        "training/history.html",
        session=session,
        page=page,
        entries=presenting.SESSION_HISTORY.tell(page.items),
        may_run=may_run(session),
        may_nominate=current_user.may(P.TRAINING_NOMINATE),
    )
