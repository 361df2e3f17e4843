"""What later rooms show on a teacher's page and on a person's own page.

`of_teacher.register("eligibility", provider, permission=…)` for officers, `of_oneself.register(…)` for the page "me".
"""

from app.web.sections import Section, Sections

__all__ = ["Section", "of_oneself", "of_teacher"]

of_teacher = Sections()
of_oneself = Sections()
