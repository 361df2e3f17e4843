"""Finding people by name inside a list that is small already: a plan's moves, a county's wishes, postings."""

from sqlalchemy import ColumnElement, or_

from app.teachers.models import Teacher


def name_like(typed: str) -> ColumnElement[bool]:
    """Condition on Teacher: the text stands in the name, or begins its pinyin or initials."""
    letters = typed.lower().replace(" ", "").replace("'", "")
    return or_(
        Teacher.name.contains(typed, autoescape=True),
        Teacher.name_pinyin.startswith(letters, autoescape=True),
        Teacher.name_initials.startswith(letters, autoescape=True),
    )
