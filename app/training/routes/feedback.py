"""Feedback: what people thought of a session, in groups large enough to hide in."""

from typing import Any

from flask import render_template
from flask_login import current_user

from app.access import Permission
from app.training.models import QUESTIONS
from app.training.queries import feedback as queries
from app.training.routes import bp
from app.training.routes.common import may_run, session_or_404
from app.web.attempts import Page
from app.web.guards import requires

P = Permission


@bp.get("/sessions/<int:session_id>/feedback")
@requires(P.TRAINING_READ)
def feedback(session_id: int) -> Page:
    """Averages by question and group, and remarks; nothing where so few answered that it would be plain who."""
    session = session_or_404(session_id)
    rows = queries.rows_of(session.id)
    whole = queries.summary(rows)
    return render_template(
        "training/feedback.html",
        session=session,
        whole=whole,
        groups=[*queries.by_stage(rows), *queries.by_place(rows)],
        comments=queries.comments(rows),
        questions=QUESTIONS,
        smallest=queries.SMALLEST,
        option=_chart(whole),
        may_run=may_run(session),
        may_nominate=current_user.may(P.TRAINING_NOMINATE),
    )


def _chart(whole: queries.Group) -> dict[str, Any] | None:
    """The averages as bars."""
    if whole.averages is None:
        return None
    names = list(QUESTIONS)[::-1]
    return {
        "grid": {"left": 8, "right": 40, "top": 8, "bottom": 8, "containLabel": True},
        "xAxis": {"type": "value", "min": 0, "max": 5},
        "yAxis": {
            "type": "category",
            "data": [str(QUESTIONS[name]) for name in names],
            "axisLabel": {"width": 160, "overflow": "break"},
        },
        "series": [
            {
                "type": "bar",
                "data": [float(whole.averages[name]) for name in names],
                "label": {"show": True, "position": "right"},
                "barMaxWidth": 22,
            }
        ],
    }
