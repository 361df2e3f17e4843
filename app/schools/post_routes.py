"""Pages of a school's subject posts: the figures, and the norm's proposal for them."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from app.access import Permission
from app.codes import queries as codes
from app.db.clock import today
from app.schools import norms, operations, queries, staffing
from app.schools.forms import AcceptForm, PostsForm, field_name, posts_form
from app.schools.models import School, Stage
from app.schools.routes import bp, school_or_404
from app.web.attempts import Page
from app.web.guards import requires


@bp.route("/<int:school_id>/posts", methods=["GET", "POST"])
@requires(Permission.POST_EDIT)
def posts(school_id: int) -> Page:
    """The posts of each subject, to be corrected."""
    school = school_or_404(school_id, Permission.POST_EDIT)
    form = _posts_form(school)
    if form.validate_on_submit():
        typed = {(stage, subject): form[field_name(stage, subject)].data for stage, subject in _keys(school)}
        typed |= form.further()
        changed = operations.set_posts(actor=current_user, school=school, posts=typed)
        message = ngettext("%(num)d figure was changed.", "%(num)d figures were changed.", changed)
        flash(message if changed else _("Nothing differed; nothing was changed."), "success" if changed else "info")
        return redirect(url_for(".posts", school_id=school.id), 303)
    return _posts_page(school, form, AcceptForm()), 422 if form.is_submitted() else 200


@bp.post("/<int:school_id>/posts/accept")
@requires(Permission.POST_EDIT)
def accept_posts(school_id: int) -> Page:
    """Take the norm's figures over, wholly or for the chosen rows."""
    school = school_or_404(school_id, Permission.POST_EDIT)
    form = AcceptForm()
    rows = form.chosen() if form.validate_on_submit() else []
    if rows == []:
        form.form_errors.append(_("Tick the rows to take over, or take over all of them."))
        return _posts_page(school, _posts_form(school, is_fresh=True), form), 422
    changed = operations.accept_proposal(
        actor=current_user, school=school, rows=rows, overwrite=bool(form.overwrite.data)
    )
    flash(
        ngettext("%(num)d figure was taken from the norm.", "%(num)d figures were taken from the norm.", changed),
        "success",
    )
    return redirect(url_for(".posts", school_id=school.id), 303)


def _keys(school: School) -> list[tuple[Stage, str]]:
    """The subjects of the lesson plan for each stage that the school teaches, and what else it has posts for."""
    offered = norms.current().stages
    keys = {(post.stage, post.subject_code) for post in school.posts}
    for one in school.stages:
        keys |= {(one.stage, subject) for subject in offered[one.stage].shares}
    return sorted(keys)


def _posts_form(school: School, *, is_fresh: bool = False) -> PostsForm:
    standing = {(post.stage, post.subject_code): post.posts for post in school.posts}
    keys = _keys(school)
    labels = {
        (stage, subject): _("Posts: %(stage)s, %(subject)s", stage=stage.label, subject=codes.label("subject", subject))
        for stage, subject in keys
    }
    data = {field_name(*key): standing.get(key, 0) for key in keys}
    made = posts_form(keys, labels)(**({"formdata": None} if is_fresh else {}), data=data)
    made.offer([one.stage for one in school.stages])
    return made


def _posts_page(school: School, form: PostsForm, accept: AcceptForm) -> str:
    staff = staffing.of_schools([school.id], today())[school.id]
    return render_template(
        "schools/posts.html",
        school=school,
        form=form,
        accept=accept,
        staff=staff,
        rows=queries.post_rows(school, staff, norms.proposal(school, norms.current()), _keys(school)),
        norm_staff=norms.staff_by_norm(school, norms.current()),
        is_small=norms.is_small(school, school.stages, norms.current()),
        field_name=field_name,
    )
