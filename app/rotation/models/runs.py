"""Runs: one proposal for each county below a region, each solved by a job of its own."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import User
from app.db import Base, Timestamped, enum_column
from app.regions.models import Region
from app.rotation.models.scenarios import Scenario


class LeftOut(StrEnum):
    """Why a run leaves a county out."""

    NO_TEACHERS = "no_teachers"
    NO_POSTS = "no_posts"
    NO_RULES = "no_rules"
    CLOSED = "closed"
    UNDER_WAY = "under_way"

    @property
    def label(self) -> LazyString:
        """The reason in the person's language, with what mends it."""
        return {
            "no_teachers": _l("It has no teachers yet. Import its roster."),
            "no_posts": _l("None of its schools has posts yet. Import the posts by subject."),
            "no_rules": _l("No eligibility rules are in force for this school year. Put them in force."),
            "closed": _l("Its plans of this year are with the leader, approved or published. Open a revision."),
            "under_way": _l("Another run is solving it now. Wait until that is over."),
        }[self.value]


class ProposalRun(Timestamped, Base):
    """A request to solve every county at or below a region for one school year.

    What has become of it is read from the counties' scenarios and their jobs; nothing of it is kept twice.
    """

    __tablename__ = "proposal_run"
    __table_args__ = (
        CheckConstraint("school_year BETWEEN 2000 AND 2100", name="school_year_range"),
        Index("ix_proposal_run_region_year", "region_id", "school_year", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    region_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    school_year: Mapped[int]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"), index=True)
    is_cancelled: Mapped[bool] = mapped_column(default=False)

    region: Mapped[Region] = relationship(lazy="raise_on_sql")
    requested_by: Mapped[User | None] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the run."""
        return f"{self.school_year} {self.id}"


class RunCounty(Base):
    """One county of a run: the scenario that is solved for it, or why it is left out. A county is in a run once."""

    __tablename__ = "proposal_run_county"
    __table_args__ = (
        UniqueConstraint("run_id", "county_id", name="uq_proposal_run_county_once"),
        UniqueConstraint("scenario_id", name="uq_proposal_run_county_scenario"),
        CheckConstraint("left_out IS NULL OR scenario_id IS NULL", name="solved_or_left_out"),
        Index("ix_proposal_run_county_county", "county_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("proposal_run.id", ondelete="CASCADE"))
    county_id: Mapped[int] = mapped_column(ForeignKey("region.id", ondelete="RESTRICT"))
    scenario_id: Mapped[int | None] = mapped_column(ForeignKey("rotation_scenario.id", ondelete="SET NULL"))
    left_out: Mapped[LeftOut | None] = mapped_column(enum_column(LeftOut, "left_out"))

    run: Mapped[ProposalRun] = relationship(lazy="raise_on_sql")
    county: Mapped[Region] = relationship(lazy="raise_on_sql")
    scenario: Mapped[Scenario | None] = relationship(lazy="raise_on_sql")
