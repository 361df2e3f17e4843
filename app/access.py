"""Who may do what, and to which rows.

A *grant* gives a person one role over one scope: a node of the region tree (and all below it), one school, or
themselves. The matrix below says what each role may do; `schools_where` and `teachers_where` turn the grants into
SQL conditions, so that rows outside the scope are never read.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString


class Role(StrEnum):
    """What a person is in the system; one person may hold several."""

    PERSONNEL_OFFICER = "personnel_officer"
    SCHOOL_ADMINISTRATOR = "school_administrator"
    TEACHER = "teacher"
    STUDIO_HOST = "studio_host"
    DEVELOPMENT_CENTRE = "development_centre"
    BUREAU_LEADER = "bureau_leader"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"

    @property
    def label(self) -> LazyString:
        """The role's name in the person's language."""
        return ROLE_LABELS[self]

    @property
    def scope_kind(self) -> str:
        """What the role is held over: `region`, `school` or `self`."""
        return SCOPE_KINDS.get(self, "region")


SCOPE_KINDS = {Role.SCHOOL_ADMINISTRATOR: "school", Role.TEACHER: "self", Role.STUDIO_HOST: "self"}
ROLE_LABELS = {
    Role.PERSONNEL_OFFICER: _l("Personnel officer"),
    Role.SCHOOL_ADMINISTRATOR: _l("School administrator"),
    Role.TEACHER: _l("Teacher"),
    Role.STUDIO_HOST: _l("Studio host"),
    Role.DEVELOPMENT_CENTRE: _l("Development centre"),
    Role.BUREAU_LEADER: _l("Bureau leader"),
    Role.AUDITOR: _l("Auditor"),
    Role.SYSTEM_ADMINISTRATOR: _l("System administrator"),
}


class Permission(StrEnum):
    """Everything that can be allowed or refused. A view names exactly one."""

    SCHOOL_READ = "school.read"
    SCHOOL_EDIT = "school.edit"
    POST_EDIT = "post.edit"
    TEACHER_READ = "teacher.read"
    TEACHER_EDIT = "teacher.edit"
    IDENTITY_REVEAL = "identity.reveal"
    EXPORT = "export"
    IMPORT = "import"
    CODE_EDIT = "code.edit"
    ELIGIBILITY_READ = "eligibility.read"
    ELIGIBILITY_EDIT = "eligibility.edit"
    PLAN_READ = "plan.read"
    PLAN_EDIT = "plan.edit"
    PLAN_APPROVE = "plan.approve"
    PLAN_PUBLISH = "plan.publish"
    PUBLICATION_READ = "publication.read"
    POSTING_READ = "posting.read"
    POSTING_EDIT = "posting.edit"
    QUALIFICATION_READ = "qualification.read"
    QUALIFICATION_EDIT = "qualification.edit"
    QUALIFICATION_CHECK = "qualification.check"
    QUALIFICATION_VERIFY = "qualification.verify"
    CERTIFICATE_TYPE_EDIT = "certificate_type.edit"
    TRAINING_READ = "training.read"
    TRAINING_EDIT = "training.edit"
    TRAINING_NOMINATE = "training.nominate"
    BUDGET_EDIT = "budget.edit"
    CREDIT_READ = "credit.read"
    CREDIT_CHECK = "credit.check"
    CREDIT_CONFIRM = "credit.confirm"
    CREDIT_RULE_EDIT = "credit_rule.edit"
    ETHICS_READ = "ethics.read"
    ETHICS_EDIT = "ethics.edit"
    ETHICS_CONFIRM = "ethics.confirm"
    STUDIO_READ = "studio.read"
    STUDIO_EDIT = "studio.edit"
    STUDIO_APPROVE = "studio.approve"
    STUDIO_HOST = "studio.host"
    LESSON_REQUEST = "lesson.request"
    GROWTH_READ = "growth.read"
    GROWTH_EDIT = "growth.edit"
    GROWTH_NOMINATE = "growth.nominate"
    TARGET_READ = "target.read"
    TARGET_EDIT = "target.edit"
    PACK_EDIT = "pack.edit"
    REPORT_READ = "report.read"
    REPORT_EDIT = "report.edit"
    JOB_READ = "job.read"
    ACCOUNT_MANAGE = "account.manage"
    AUDIT_READ = "audit.read"
    SETTINGS_EDIT = "settings.edit"
    OWN_RECORD = "own.record"
    OWN_ACCOUNT = "own.account"


P = Permission
EVERYONE = {P.OWN_ACCOUNT}
MATRIX: dict[Role, frozenset[Permission]] = {
    Role.PERSONNEL_OFFICER: frozenset(
        EVERYONE
        | {
            P.SCHOOL_READ,
            P.SCHOOL_EDIT,
            P.POST_EDIT,
            P.TEACHER_READ,
            P.TEACHER_EDIT,
            P.IDENTITY_REVEAL,
            P.EXPORT,
            P.IMPORT,
            P.ELIGIBILITY_READ,
            P.ELIGIBILITY_EDIT,
            P.PLAN_READ,
            P.PLAN_EDIT,
            P.PLAN_PUBLISH,
            P.PUBLICATION_READ,
            P.POSTING_READ,
            P.POSTING_EDIT,
            P.JOB_READ,
            P.QUALIFICATION_READ,
            P.QUALIFICATION_EDIT,
            P.QUALIFICATION_VERIFY,
            P.CERTIFICATE_TYPE_EDIT,
            P.TRAINING_READ,
            P.CREDIT_READ,
            P.ETHICS_READ,
            P.ETHICS_EDIT,
            P.ETHICS_CONFIRM,
            P.STUDIO_READ,
            P.GROWTH_READ,
            P.GROWTH_EDIT,
            P.TARGET_READ,
            P.TARGET_EDIT,
            P.PACK_EDIT,
            P.REPORT_READ,
            P.REPORT_EDIT,
        }
    ),
    Role.SCHOOL_ADMINISTRATOR: frozenset(
        EVERYONE
        | {
            P.SCHOOL_READ,
            P.POST_EDIT,
            P.TEACHER_READ,
            P.TEACHER_EDIT,
            P.EXPORT,
            P.ELIGIBILITY_READ,
            P.PUBLICATION_READ,
            P.POSTING_READ,
            P.QUALIFICATION_READ,
            P.QUALIFICATION_EDIT,
            P.QUALIFICATION_CHECK,
            P.TRAINING_READ,
            P.TRAINING_EDIT,  # of the school's own sessions
            P.TRAINING_NOMINATE,
            P.BUDGET_EDIT,
            P.CREDIT_READ,
            P.CREDIT_CHECK,
            P.ETHICS_READ,
            P.ETHICS_EDIT,
            P.STUDIO_READ,
            P.LESSON_REQUEST,
            P.GROWTH_READ,
            P.GROWTH_NOMINATE,
            P.TARGET_READ,
            P.TARGET_EDIT,  # the school's own filled-in figures
        }
    ),
    Role.TEACHER: frozenset(EVERYONE | {P.OWN_RECORD, P.PUBLICATION_READ}),
    Role.STUDIO_HOST: frozenset(EVERYONE | {P.OWN_RECORD, P.PUBLICATION_READ, P.STUDIO_HOST}),
    Role.DEVELOPMENT_CENTRE: frozenset(
        EVERYONE
        | {
            P.SCHOOL_READ,
            P.TEACHER_READ,
            P.EXPORT,
            P.PUBLICATION_READ,
            P.QUALIFICATION_READ,
            P.QUALIFICATION_EDIT,
            P.QUALIFICATION_VERIFY,
            P.CERTIFICATE_TYPE_EDIT,
            P.TRAINING_READ,
            P.TRAINING_EDIT,
            P.BUDGET_EDIT,
            P.CREDIT_READ,
            P.CREDIT_CONFIRM,
            P.CREDIT_RULE_EDIT,
            P.JOB_READ,
            P.STUDIO_READ,
            P.STUDIO_EDIT,
            P.STUDIO_APPROVE,
            P.GROWTH_READ,
            P.GROWTH_EDIT,
            P.TARGET_READ,
            P.TARGET_EDIT,
            P.REPORT_READ,
        }
    ),
    Role.BUREAU_LEADER: frozenset(
        EVERYONE
        | {
            P.SCHOOL_READ,
            P.TEACHER_READ,
            P.ELIGIBILITY_READ,
            P.PLAN_READ,
            P.PLAN_APPROVE,
            P.PUBLICATION_READ,
            P.POSTING_READ,
            P.EXPORT,
            P.QUALIFICATION_READ,
            P.TRAINING_READ,
            P.CREDIT_READ,
            P.ETHICS_READ,
            P.STUDIO_READ,
            P.STUDIO_APPROVE,
            P.GROWTH_READ,
            P.TARGET_READ,
            P.REPORT_READ,
        }
    ),
    Role.AUDITOR: frozenset(EVERYONE | {P.AUDIT_READ, P.EXPORT}),
    Role.SYSTEM_ADMINISTRATOR: frozenset(
        EVERYONE | {P.ACCOUNT_MANAGE, P.SETTINGS_EDIT, P.CODE_EDIT, P.JOB_READ, P.AUDIT_READ}
    ),
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One role over one scope. Exactly one of region, school or teacher is set, by the role's scope kind."""

    role: Role
    region_id: int | None = None
    region_path: str | None = None
    school_id: int | None = None
    teacher_id: int | None = None
    region_level: str | None = None

    def allows(self, permission: Permission) -> bool:
        """Whether the role carries the permission."""
        return permission in MATRIX[self.role]
