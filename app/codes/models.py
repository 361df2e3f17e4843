"""Code items."""

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Json


class CodeItem(Base):
    """One value of one code table."""

    __tablename__ = "code_item"
    __table_args__ = (UniqueConstraint("table_key", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    table_key: Mapped[str]
    code: Mapped[str]
    national_code: Mapped[str | None]
    label_zh: Mapped[str]
    label_en: Mapped[str]
    parent_code: Mapped[str | None]
    aliases: Mapped[list[str]] = mapped_column(Json, default=list)
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    revision: Mapped[int] = mapped_column(default=1)
