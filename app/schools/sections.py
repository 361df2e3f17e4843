"""What later rooms show on a school's page: `sections.register("plan", provider, permission=…)` in their setup."""

from app.web.sections import Section, Sections

__all__ = ["Section", "sections"]

sections = Sections()
