"""The field for evidence: several files, and what was uploaded is still there when the form comes back."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import FileStorage
from wtforms import Field, ValidationError
from wtforms.widgets import html_params

from app.evidence import operations, queries
from app.evidence.models import EvidenceFile
from app.extensions import db
from app.web.errors import Refused
from app.web.transaction import run_pending

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class FilesWidget:
    """The file box alone; the page's macro draws the kept files above it."""

    input_type = "file"

    def __call__(self, field: Any, **more: Any) -> Markup:
        more.setdefault("id", field.id)
        attributes = html_params(type="file", name=field.name, multiple=True, accept=ACCEPTED, **more)
        return Markup(f"<input {attributes}>")  # noqa: S704 (html_params escapes)


class EvidenceField(Field):
    """Files that prove what the form says. `data` is the list of EvidenceFile; on a row they come from the row.

    The view says whose county it is before it validates: `form.evidence.belongs_to(teacher.county_id)`. Whatever is
    uploaded is judged and kept at once as a draft of the person's, even where the rest of the form is wrong; the
    operation then writes the room's link rows and calls `evidence.operations.settle(files)`.
    """

    widget = FilesWidget()
    data: list[EvidenceFile]

    def __init__(
        self,
        label: Any = None,
        validators: Any = None,
        *,
        minimum: int = 0,
        needed: Callable[[Any], bool] | None = None,
        **more: Any,
    ) -> None:
        more.setdefault("default", list)
        super().__init__(label, validators, **more)
        self.minimum, self.needed = minimum, needed
        self.county_id: int | None = None
        self.uploads: list[FileStorage] = []
        self.kept_ids: list[int] = []
        self.is_kept = False

    def belongs_to(self, county_id: int) -> None:
        """The county whose record the files will hang on."""
        self.county_id = county_id

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Nothing is kept yet: only the names of what was kept before, and the new uploads, are read."""
        self.uploads = [one for one in valuelist if isinstance(one, FileStorage) and one.filename]
        self.kept_ids = [int(one) for one in valuelist if isinstance(one, str) and one.isdecimal() and len(one) < 10]

    def pre_validate(self, form: Any) -> None:
        """Keep what came, and say what is wrong with what could not be kept."""
        self._keep()
        wanted = self.minimum if self.needed is None or self.needed(form) else 0
        if len(self.data) < wanted and not self.errors:
            raise ValidationError(_("Add a photograph, a scan or a PDF that proves this."))

    def _keep(self) -> None:
        if self.is_kept:
            return
        if self.county_id is None:
            raise RuntimeError("call belongs_to(county_id) before the form is validated")
        self.is_kept = True
        already = [file.id for file in self.object_data or []]
        files = list(queries.offered(current_user, self.county_id, self.kept_ids, already))
        limit: int = current_app.config["EVIDENCE_MAX_FILES"]
        problems = []
        for upload in self.uploads:
            try:
                if len(files) >= limit:
                    raise Refused(_("A record carries at most %(limit)s files.", limit=limit))
                file = operations.keep(actor=current_user, upload=upload, county_id=self.county_id)
                files += [file] if file not in files else []
            except Refused as refused:
                problems.append(str(refused.message))
        self.data = files
        if self.uploads:
            _commit_drafts()
        if problems:
            raise ValidationError(" ".join(dict.fromkeys(problems)))


def _commit_drafts() -> None:
    """The drafts stay even where the form is wrong. What the view has loaded stays loaded, for it goes on with it."""
    session = db.session()
    before, session.expire_on_commit = session.expire_on_commit, False
    try:
        session.commit()
    finally:
        session.expire_on_commit = before
    run_pending()
