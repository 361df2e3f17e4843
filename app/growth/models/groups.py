"""Growth groups 1+6+N and 1+3+N of schools, and the schools at which researchers are stationed."""

from datetime import date
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Timestamped, Versioned, enum_column
from app.growth.models.programmes import ProgrammePlace
from app.schools.models import School, Stage
from app.teachers.models import Teacher

# How many heads of grades a group has beside its one psychology teacher.
GRADES = {Stage.PRIMARY: 6, Stage.JUNIOR: 3, Stage.SENIOR: 3}
_OPEN = text("to_on IS NULL")


class GroupRole(StrEnum):
    """What somebody is in a growth group."""

    PSYCHOLOGY = "psychology"
    GRADE_HEAD = "grade_head"
    TEACHER = "teacher"

    @property
    def label(self) -> LazyString:
        """The role in the person's language."""
        return {
            "psychology": _l("Full-time mental health teacher"),
            "grade_head": _l("Head of a grade"),
            "teacher": _l("Teacher of the group"),
        }[self.value]


class GrowthGroup(Versioned, Timestamped, Base):
    """A school's growth group of one stage: 1 psychology teacher, `grades` heads of grades, N teachers (JM-06)."""

    __tablename__ = "growth_group"
    __table_args__ = (
        UniqueConstraint("id", "grades", name="uq_growth_group_grades"),
        Index("uq_growth_group_one_open", "school_id", "stage", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("(stage = 'primary' AND grades = 6) OR (stage IN ('junior', 'senior') AND grades = 3)",
                        name="grades_of_stage"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        CheckConstraint("to_on IS NULL OR reason <> ''", name="end_has_reason"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    stage: Mapped[Stage] = mapped_column(enum_column(Stage, "growth_group_stage"))
    grades: Mapped[int]
    about: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")

    school: Mapped[School] = relationship(lazy="raise_on_sql")
    members: Mapped[list["GroupMember"]] = relationship(
        back_populates="group",
        lazy="raise_on_sql",
        order_by="(GroupMember.role, GroupMember.grade, GroupMember.id)",
    )

    @property
    def label(self) -> str:
        """How the log names the group."""
        return f"1+{self.grades}+N"


class GroupMember(Versioned, Timestamped, Base):
    """Somebody in a growth group, with dates. A head is the head of one grade; no grade has two at a time."""

    __tablename__ = "growth_group_member"
    __table_args__ = (
        ForeignKeyConstraint(["group_id", "grades"], ["growth_group.id", "growth_group.grades"],
                             name="fk_growth_group_member_group"),
        CheckConstraint("(role = 'grade_head') = (grade IS NOT NULL)", name="head_has_grade"),
        CheckConstraint("grade IS NULL OR grade BETWEEN 1 AND grades", name="grade_of_group"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        CheckConstraint("to_on IS NULL OR reason <> ''", name="end_has_reason"),
        Index("uq_growth_group_member_once", "group_id", "teacher_id", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_growth_group_member_grade", "group_id", "grade", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("uq_growth_group_member_psychology", "group_id", unique=True,
              sqlite_where=text("to_on IS NULL AND role = 'psychology'"),
              postgresql_where=text("to_on IS NULL AND role = 'psychology'")),
        Index("ix_growth_group_member_teacher", "teacher_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int]
    grades: Mapped[int]
    teacher_id: Mapped[int] = mapped_column(ForeignKey("teacher.id", ondelete="RESTRICT"))
    role: Mapped[GroupRole] = mapped_column(enum_column(GroupRole, "growth_group_role"))
    grade: Mapped[int | None]
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")

    group: Mapped[GrowthGroup] = relationship(back_populates="members", lazy="raise_on_sql")
    teacher: Mapped[Teacher] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the member."""
        return f"{self.group_id}/{self.role.value}"


class StationedSchool(Versioned, Timestamped, Base):
    """A school at which a researcher of a stationing programme is stationed 蹲点联系; a school has one at a time."""

    __tablename__ = "stationed_school"
    __table_args__ = (
        Index("uq_stationed_school_one_open", "school_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="dates_in_order"),
        CheckConstraint("to_on IS NULL OR reason <> ''", name="end_has_reason"),
        Index("ix_stationed_school_place", "place_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("programme_place.id", ondelete="RESTRICT"))
    school_id: Mapped[int] = mapped_column(ForeignKey("school.id", ondelete="RESTRICT"))
    from_on: Mapped[date]
    to_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")

    place: Mapped[ProgrammePlace] = relationship(lazy="raise_on_sql")
    school: Mapped[School] = relationship(lazy="raise_on_sql")

    @property
    def label(self) -> str:
        """How the log names the stay."""
        return f"{self.place_id}/{self.school_id}"
