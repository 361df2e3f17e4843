"""The room's tables, by theme."""

from app.growth.models.draws import DrawChain, DrawnLesson, FrozenDrawError, LessonStatus, WeeklyDraw

__all__ = ["DrawChain", "DrawnLesson", "FrozenDrawError", "LessonStatus", "WeeklyDraw"]
