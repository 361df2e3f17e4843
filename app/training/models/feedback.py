"""What people thought of a session, without their names."""

import secrets

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, EncryptedText, enum_column
from app.schools.models import Stage

QUESTIONS: dict[str, LazyString] = {
    "content": _l("The content was useful for my work"),
    "teaching": _l("The lecturers taught well"),
    "organisation": _l("The session was well organised"),
    "result": _l("I can do something now that I could not before"),
}


def _random_key() -> int:
    """Keys in the order of writing would tell who wrote which answer."""
    return secrets.randbits(62)


class SessionFeedback(Base):
    """One person's answers, 1 to 5. Neither name nor moment is kept; only the stage and kind of place, for groups."""

    __tablename__ = "training_feedback"
    __table_args__ = (
        *(CheckConstraint(f"{name} BETWEEN 1 AND 5", name=f"{name}_range") for name in QUESTIONS),
        Index("ix_training_feedback_session", "session_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, default=_random_key)
    session_id: Mapped[int] = mapped_column(ForeignKey("training_session.id", ondelete="CASCADE"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "stage"))
    is_rural: Mapped[bool]
    content: Mapped[int]
    teaching: Mapped[int]
    organisation: Mapped[int]
    result: Mapped[int]
    comment: Mapped[str | None] = mapped_column(EncryptedText)
