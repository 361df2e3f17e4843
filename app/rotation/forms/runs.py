"""The form of a run over several counties."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange, Optional

from app.web.forms import Form


class RunForm(Form):
    """Which counties to solve, for which school year."""

    region_id = SelectField(
        _l("Counties of"),
        coerce=int,
        description=_l("Every county of it gets a proposal. One that cannot be solved is named with the reason."),
    )
    school_year = IntegerField(
        _l("School year"),
        [InputRequired(_l("Write the year in which the school year begins.")), NumberRange(2000, 2100)],
        description=_l("The year in which it begins: 2026 for 2026–2027."),
        render_kw={"inputmode": "numeric"},
    )
    time_limit = IntegerField(
        _l("Time limit for each county (seconds)"),
        [Optional(), NumberRange(5, 3600)],
        description=_l("Left empty, each county's own setting holds."),
        render_kw={"inputmode": "numeric"},
    )
