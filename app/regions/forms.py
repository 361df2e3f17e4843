"""Forms of the region tree."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import FloatField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.regions.models import Region, RegionLevel
from app.web.forms import Form


class RegionForm(Form):
    """A region's facts; `offer` fills the choices."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=60)])
    code = StringField(
        _l("Code"),
        [InputRequired(), Length(max=12)],
        description=_l("Six digits by GB/T 2260; for townships nine or twelve."),
    )
    parent_id = SelectField(_l("Lies below"), coerce=lambda value: int(value) if value else None)
    lat = FloatField(_l("Latitude"), [Optional(), NumberRange(-90, 90)])
    lng = FloatField(_l("Longitude"), [Optional(), NumberRange(-180, 180)])

    def offer(self, parents: Sequence[Region], fixed: Region | None = None) -> None:
        """Offer the regions that may lie above; `fixed` is the present one where it is out of the person's reach."""
        above = [fixed] if fixed is not None and fixed not in parents else []
        self.parent_id.choices = [(str(r.id), f"{r.name} ({r.code})") for r in [*above, *parents]]


class NewRegionForm(RegionForm):
    """A region that is not there yet."""

    level = SelectField(
        _l("Level"), choices=[(level.value, level.label) for level in RegionLevel if level != RegionLevel.PROVINCE]
    )
