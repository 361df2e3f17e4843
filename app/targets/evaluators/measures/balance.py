"""The teacher-side figures of the balance of compulsory schooling (教督〔2017〕6号), school by school."""

from app.targets.evaluators.registry import Action

SCHOOLS = Action("schools.index")
