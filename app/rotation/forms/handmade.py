"""Uploading a plan made by hand."""

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from app.web.forms import Form


class HandmadeForm(Form):
    """A list of moves and what it is called."""

    name = StringField(
        _l("Name of the list"),
        [InputRequired(_l("Give it a name.")), Length(max=60)],
        render_kw={"autocomplete": "off"},
    )
    file = FileField(
        _l("Workbook"),
        [FileRequired(_l("Choose a file."))],
        description=_l(
            "xlsx or csv: 身份证号, 工号, or 姓名 with 学校 for who goes; 派往学校 for where; 学科 may be left out."
        ),
    )
