"""Pages of one application: the school's opinion, the scores, the recognition and its withdrawal."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.access import Permission
from app.db.clock import today
from app.growth import wording
from app.growth.forms.ladder import OpinionForm, RevokeForm, WhyForm
from app.growth.models import LadderApplication, LadderStatus, RoundStatus
from app.growth.operations import ladder_people as operations
from app.growth.queries import ladder as queries
from app.growth.routes import bp
from app.growth.routes.ladder import trail
from app.studios.forms.work import review_form
from app.studios.routes.common import form_page
from app.web import history
from app.web.attempts import Page, press
from app.web.forms import VersionedForm
from app.web.guards import requires, signed_in

P = Permission


def application_or_404(application_id: int, *permissions: Permission) -> LadderApplication:
    """An application that one of the permissions reaches."""
    ways = (
        queries.one_application(application_id, current_user.grants, way) for way in permissions or (P.GROWTH_READ,)
    )
    return next((found for found in ways if found), None) or abort(404)


@bp.get("/ladder/applications/<int:application_id>")
@requires(P.GROWTH_READ)
def ladder_application(application_id: int) -> Page:
    """One application with all that was said and scored."""
    one = application_or_404(application_id)
    grants = current_user.grants
    may_edit = queries.one_application(application_id, grants, P.GROWTH_EDIT) is not None
    is_school = queries.one_application(application_id, grants, P.GROWTH_NOMINATE) is not None
    entries = history.read("ladder_application", one.id, MultiDict()).items
    return render_template(
        "growth/ladder_application.html",
        one=one,
        statuses=LadderStatus,
        is_open=one.round.status is RoundStatus.OPEN,
        is_notice_over=one.round.notice_to is not None and today() > one.round.notice_to,
        may_edit=may_edit,
        may_say=may_edit or is_school,
        shows_scores=may_edit or one.round.status in (RoundStatus.NOTICE, RoundStatus.DONE),
        # Who scored, and how, is the county's to know.
        entries=wording.LADDER_WORDS.tell(e for e in entries if may_edit or e.action != "ladder.score"),
    )


def _step(
    one: LadderApplication,
    form: VersionedForm,
    operation: Callable[..., Any],
    heading: str,
    *names: str,
    intro: str = "",
) -> Page:
    back = url_for(".ladder_application", application_id=one.id)

    def act() -> None:
        if not form.refuse_stale(one):
            operation(one=one, actor=current_user, **form.values(*names))

    return form_page(
        form,
        act,
        heading=heading,
        back=back,
        trail=trail((one.round.label, url_for(".ladder_round", round_id=one.round_id)), (one.teacher.name, back)),
        about=one.label,
        intro=intro,
    )


@bp.route("/ladder/applications/<int:application_id>/opinion", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def say_opinion(application_id: int) -> Page:
    """The school recommends a teacher."""
    one = application_or_404(application_id, P.GROWTH_NOMINATE, P.GROWTH_EDIT)
    form = OpinionForm(row_version=str(one.version))
    intro = _("With the opinion the application goes to the review.")
    return _step(one, form, operations.support, _("Recommend"), "opinion", intro=intro)


@bp.route("/ladder/applications/<int:application_id>/return", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def return_ladder_application(application_id: int) -> Page:
    """Return an application to be completed."""
    one = application_or_404(application_id, P.GROWTH_NOMINATE, P.GROWTH_EDIT)
    form = WhyForm(row_version=str(one.version))
    return _step(one, form, operations.send_back, _("Return the application"), "reason")


@bp.route("/ladder/applications/<int:application_id>/refuse", methods=["GET", "POST"])
@requires(P.GROWTH_READ)
def refuse_ladder_application(application_id: int) -> Page:
    """Do not recommend."""
    one = application_or_404(application_id, P.GROWTH_NOMINATE, P.GROWTH_EDIT)
    form = WhyForm(row_version=str(one.version))
    return _step(one, form, operations.refuse, _("Do not recommend"), "reason")


@bp.route("/ladder/applications/<int:application_id>/drop", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def drop_ladder_application(application_id: int) -> Page:
    """Take somebody off the public notice."""
    one = application_or_404(application_id, P.GROWTH_EDIT)
    form = WhyForm(row_version=str(one.version))
    return _step(one, form, operations.drop, _("Do not recognise"), "reason", intro=_("The place stays free."))


@bp.post("/ladder/applications/<int:application_id>/recognise")
@requires(P.GROWTH_EDIT)
def recognise(application_id: int) -> Response:
    """Recognise one teacher."""
    one = application_or_404(application_id, P.GROWTH_EDIT)
    done = _("%(name)s is recognised and holds the honour from today.", name=one.teacher.name)
    back = url_for(".ladder_application", application_id=application_id)
    return press(lambda: operations.recognise(one=one, actor=current_user), done, back)


@bp.route("/ladder/applications/<int:application_id>/revoke", methods=["GET", "POST"])
@requires(P.GROWTH_EDIT)
def revoke(application_id: int) -> Page:
    """Withdraw a recognition."""
    one = application_or_404(application_id, P.GROWTH_EDIT)
    form = RevokeForm(on=today(), row_version=str(one.version))
    intro = _("The honour ends the day before; eligibility and studios go by it from then on.")
    return _step(one, form, operations.revoke, _("Withdraw the recognition"), "on", "reason", intro=intro)


@bp.get("/ladder/reviews")
@signed_in
def ladder_reviews() -> Page:
    """What one is to score."""
    return render_template("growth/ladder_reviews.html", rows=queries.reviews_of(current_user.id))


@bp.route("/ladder/reviews/<int:ladder_review_id>", methods=["GET", "POST"])
@signed_in
def ladder_review(ladder_review_id: int) -> Page:
    """A reviewer's own scores of one application."""
    row = queries.one_review(ladder_review_id, current_user.id) or abort(404)
    one = row.application
    criteria = one.round.criteria
    kept = {f"score_{number}": score for number, score in enumerate(row.scores)} | {"comment": row.comment}
    form = review_form(criteria)(data=kept)

    def act() -> None:
        scores = [form[f"score_{number}"].data for number in range(len(criteria))]
        operations.review(row=row, scores=scores, comment=form["comment"].data, actor=current_user)

    return form_page(
        form,
        act,
        heading=one.teacher.name,
        back=url_for(".ladder_reviews"),
        trail=[(_("Applications to score"), url_for(".ladder_reviews"))],
        about=f"{one.round.label}, {one.school.name}",
        label=_("Save the scores"),
        done=_("The scores are saved; they can be corrected until the public notice."),
        template="growth/ladder_review.html",
        given={"one": one},
    )
