"""Kept answers to questions about a scenario, so that no page works anything out again."""

from datetime import datetime
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Timestamped, UtcDateTime, enum_column
from app.rotation.models.scenarios import Scenario


class AnswerKind(StrEnum):
    """What was asked about a scenario."""

    WHY_NOT = "why_not"
    WHY = "why"
    COSTS = "costs"
    MENDS = "mends"
    FAIRNESS = "fairness"
    HANDMADE = "handmade"
    REFERENCE = "reference"

    @property
    def label(self) -> LazyString:
        """The question in the person's language."""
        return {
            "why_not": _l("Why not"),
            "why": _l("Why this move"),
            "costs": _l("What the rules cost"),
            "mends": _l("What would mend short rules"),
            "fairness": _l("Who is worse off"),
            "handmade": _l("Hand-made plan"),
            "reference": _l("Plan to start from"),
        }[self.value]


class ScenarioAnswer(Timestamped, Base):
    """One question about a scenario and, once it is worked out, its answer.

    `key` tells questions of one kind apart: the teacher of a move, the digest of a hand-made plan. `body` is the answer
    as compressed JSON, by ids and codes; names and words are found when it is shown. While it is worked out, `job_id`
    is the job that does it.
    """

    __tablename__ = "scenario_answer"
    __table_args__ = (
        UniqueConstraint("scenario_id", "kind", "key"),
        CheckConstraint("(body IS NULL) = (made_at IS NULL)", name="made_with_body"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="CASCADE"))
    kind: Mapped[AnswerKind] = mapped_column(enum_column(AnswerKind, "kind"))
    key: Mapped[str] = mapped_column(default="")
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"), index=True)
    body: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    scenario: Mapped[Scenario] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the question."""
        return f"{self.kind.value} {self.key}".strip()
