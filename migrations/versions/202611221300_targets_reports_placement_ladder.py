"""targets, reports, placement, ladder

Revision: 202611221300, after 202611220900.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '202611221300'
down_revision = '202611220900'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('guarantee_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('item', sa.Integer(), nullable=False),
    sa.Column('is_met', sa.Boolean(), nullable=False),
    sa.Column('figure', sa.String(), nullable=False),
    sa.Column('evidence', sa.String(), nullable=False),
    sa.Column('stated_on', sa.Date(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('item BETWEEN 1 AND 15', name=op.f('ck_guarantee_entry_item_range')),
    sa.CheckConstraint('school_year BETWEEN 2000 AND 2100', name=op.f('ck_guarantee_entry_school_year_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_guarantee_entry_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_guarantee_entry')),
    sa.UniqueConstraint('county_id', 'school_year', 'item', name=op.f('uq_guarantee_entry_county_id_school_year_item'))
    )
    op.create_table('ladder_rung',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('type_code', sa.String(), nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('valid_years', sa.Integer(), nullable=True),
    sa.Column('yearly_target', sa.Integer(), nullable=True),
    sa.Column('requirements', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('criteria', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('notice_days BETWEEN 1 AND 60', name=op.f('ck_ladder_rung_notice_days_range')),
    sa.CheckConstraint('pass_mark BETWEEN 1 AND 100', name=op.f('ck_ladder_rung_pass_mark_range')),
    sa.CheckConstraint('position BETWEEN 1 AND 20', name=op.f('ck_ladder_rung_position_range')),
    sa.CheckConstraint('valid_years IS NULL OR valid_years BETWEEN 1 AND 10', name=op.f('ck_ladder_rung_valid_years_range')),
    sa.CheckConstraint('yearly_target IS NULL OR yearly_target BETWEEN 1 AND 100000', name=op.f('ck_ladder_rung_target_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_ladder_rung_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_rung')),
    sa.UniqueConstraint('county_id', 'name', name=op.f('uq_ladder_rung_county_id_name')),
    sa.UniqueConstraint('county_id', 'position', name='uq_ladder_rung_position')
    )
    op.create_table('mentor_settings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('newcomer_years', sa.Integer(), nullable=False),
    sa.Column('mentor_places', sa.Integer(), nullable=False),
    sa.Column('agreement_years', sa.Integer(), nullable=False),
    sa.Column('lessons_a_term', sa.Integer(), nullable=False),
    sa.Column('credit_kind', sa.String(), nullable=False),
    sa.Column('excellent_hours', sa.BigInteger(), nullable=False),
    sa.Column('passed_hours', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('agreement_years BETWEEN 1 AND 5', name=op.f('ck_mentor_settings_agreement_range')),
    sa.CheckConstraint('excellent_hours >= 0 AND passed_hours >= 0', name=op.f('ck_mentor_settings_hours_not_negative')),
    sa.CheckConstraint('lessons_a_term BETWEEN 0 AND 200', name=op.f('ck_mentor_settings_lessons_range')),
    sa.CheckConstraint('mentor_places BETWEEN 1 AND 10', name=op.f('ck_mentor_settings_places_range')),
    sa.CheckConstraint('newcomer_years BETWEEN 1 AND 10', name=op.f('ck_mentor_settings_newcomer_years_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_mentor_settings_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_settings')),
    sa.UniqueConstraint('county_id', name=op.f('uq_mentor_settings_county_id'))
    )
    op.create_table('placement_snapshot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('body', sa.LargeBinary(), nullable=False),
    sa.Column('applicant_count', sa.Integer(), nullable=False),
    sa.Column('host_count', sa.Integer(), nullable=False),
    sa.Column('place_count', sa.Integer(), nullable=False),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_placement_snapshot_whole_digest')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_placement_snapshot_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_snapshot')),
    sa.UniqueConstraint('county_id', 'sha256', name=op.f('uq_placement_snapshot_county_id_sha256'))
    )
    op.create_table('report_schedule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('official_tables', 'evidence', 'return_form', 'work_report', 'everything', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('format', sa.Enum('xlsx', 'docx', 'pdf', name='format', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('rhythm', sa.Enum('monthly', 'quarterly', 'yearly', name='rhythm', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('leaves_county', sa.Boolean(), nullable=False),
    sa.Column('next_on', sa.Date(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_report_schedule_county_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report_schedule')),
    sa.UniqueConstraint('county_id', 'kind', 'format', 'rhythm', name=op.f('uq_report_schedule_county_id_kind_format_rhythm'))
    )
    with op.batch_alter_table('report_schedule', schema=None) as batch_op:
        batch_op.create_index('ix_report_schedule_due', ['is_active', 'next_on'], unique=False)

    op.create_table('ladder_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('rung_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('open', 'reviewing', 'notice', 'done', 'cancelled', name='ladder_round_status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('places_taken', sa.Integer(), nullable=False),
    sa.Column('opens_on', sa.Date(), nullable=False),
    sa.Column('closes_on', sa.Date(), nullable=False),
    sa.Column('notice_from', sa.Date(), nullable=True),
    sa.Column('notice_to', sa.Date(), nullable=True),
    sa.Column('requirements', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('criteria', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status <> 'cancelled' OR reason <> ''", name=op.f('ck_ladder_round_cancelled_has_reason')),
    sa.CheckConstraint("status NOT IN ('notice', 'done') OR notice_to IS NOT NULL", name=op.f('ck_ladder_round_notice_has_days')),
    sa.CheckConstraint('closes_on >= opens_on', name=op.f('ck_ladder_round_dates_in_order')),
    sa.CheckConstraint('notice_to IS NULL OR notice_to >= notice_from', name=op.f('ck_ladder_round_notice_in_order')),
    sa.CheckConstraint('places BETWEEN 1 AND 100000', name=op.f('ck_ladder_round_places_range')),
    sa.CheckConstraint('places_taken >= 0 AND places_taken <= places', name=op.f('ck_ladder_round_places_not_exceeded')),
    sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_ladder_round_year_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_ladder_round_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['rung_id'], ['ladder_rung.id'], name=op.f('fk_ladder_round_rung_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_round'))
    )
    with op.batch_alter_table('ladder_round', schema=None) as batch_op:
        batch_op.create_index('ix_ladder_round_county', ['county_id', 'year', 'id'], unique=False)
        batch_op.create_index('uq_ladder_round_one_a_year', ['rung_id', 'year'], unique=True, sqlite_where=sa.text("status <> 'cancelled'"), postgresql_where=sa.text("status <> 'cancelled'"))

    op.create_table('policy_pack',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('name_zh', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'adopted', 'ended', name='pack_status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('based_on_id', sa.Integer(), nullable=True),
    sa.Column('adopted_from', sa.Date(), nullable=True),
    sa.Column('adopted_to', sa.Date(), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'draft') = (adopted_from IS NULL)", name=op.f('ck_policy_pack_adopted_has_day')),
    sa.CheckConstraint("content <> ''", name=op.f('ck_policy_pack_content_not_empty')),
    sa.CheckConstraint("status <> 'ended' OR adopted_to IS NOT NULL", name=op.f('ck_policy_pack_ended_has_day')),
    sa.CheckConstraint('adopted_to IS NULL OR adopted_to >= adopted_from', name=op.f('ck_policy_pack_dates_in_order')),
    sa.CheckConstraint('number >= 1', name=op.f('ck_policy_pack_number_from_one')),
    sa.ForeignKeyConstraint(['based_on_id'], ['policy_pack.id'], name=op.f('fk_policy_pack_based_on_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_policy_pack_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_policy_pack_created_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_policy_pack')),
    sa.UniqueConstraint('county_id', 'code', 'number', name=op.f('uq_policy_pack_county_id_code_number'))
    )
    with op.batch_alter_table('policy_pack', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_policy_pack_based_on_id'), ['based_on_id'], unique=False)
        batch_op.create_index('ix_policy_pack_county', ['county_id', 'status', 'code'], unique=False)
        batch_op.create_index('uq_policy_pack_adopted', ['county_id', 'code'], unique=True, sqlite_where=sa.text("status = 'adopted'"), postgresql_where=sa.text("status = 'adopted'"))

    op.create_table('balance_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('kindergarten', 'primary', 'junior', 'senior', name='stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('recorded_on', sa.Date(), nullable=False),
    sa.Column('recorded_by_label', sa.String(), nullable=False),
    sa.Column('pupils', sa.Integer(), nullable=False),
    sa.Column('classes', sa.Integer(), nullable=False),
    sa.Column('excluded', sa.String(), nullable=False),
    sa.Column('items', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('classes >= 0', name=op.f('ck_balance_record_classes_not_negative')),
    sa.CheckConstraint('pupils >= 0', name=op.f('ck_balance_record_pupils_not_negative')),
    sa.CheckConstraint('school_year BETWEEN 2000 AND 2100', name=op.f('ck_balance_record_school_year_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_balance_record_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_balance_record_school_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_balance_record')),
    sa.UniqueConstraint('school_id', 'stage', 'school_year', name=op.f('uq_balance_record_school_id_stage_school_year'))
    )
    with op.batch_alter_table('balance_record', schema=None) as batch_op:
        batch_op.create_index('ix_balance_record_county', ['county_id', 'school_year'], unique=False)

    op.create_table('current_figure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('pack_id', sa.Integer(), nullable=False),
    sa.Column('clause_id', sa.String(), nullable=False),
    sa.Column('part_key', sa.String(), nullable=False),
    sa.Column('figure_name', sa.String(), nullable=False),
    sa.Column('verdict', sa.Enum('met', 'on_course', 'missed', 'unknown', 'reported', name='verdict', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('summary', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('body', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('computed_on', sa.Date(), nullable=False),
    sa.Column('computed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('took_ms', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_current_figure_county_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['pack_id'], ['policy_pack.id'], name=op.f('fk_current_figure_pack_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_current_figure')),
    sa.UniqueConstraint('pack_id', 'clause_id', 'part_key', name='uq_current_figure_part'),
    info={'is_derived': True}
    )
    with op.batch_alter_table('current_figure', schema=None) as batch_op:
        batch_op.create_index('ix_current_figure_county', ['county_id', 'verdict'], unique=False)
        batch_op.create_index('ix_current_figure_filled', ['county_id', 'figure_name'], unique=False)

    op.create_table('figure_snapshot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('pack_id', sa.Integer(), nullable=False),
    sa.Column('clause_id', sa.String(), nullable=False),
    sa.Column('part_key', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('verdict', sa.Enum('met', 'on_course', 'missed', 'unknown', 'reported', name='verdict', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('source', sa.Enum('measured', 'filled', 'mixed', name='figure_source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('figure', sa.String(), nullable=True),
    sa.Column('numerator', sa.String(), nullable=True),
    sa.Column('denominator', sa.String(), nullable=True),
    sa.Column('threshold', sa.String(), nullable=True),
    sa.Column('missing', sa.Integer(), nullable=True),
    sa.Column('taken_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_figure_snapshot_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['pack_id'], ['policy_pack.id'], name=op.f('fk_figure_snapshot_pack_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_figure_snapshot')),
    sa.UniqueConstraint('pack_id', 'clause_id', 'part_key', 'on', name='uq_figure_snapshot_day')
    )
    with op.batch_alter_table('figure_snapshot', schema=None) as batch_op:
        batch_op.create_index('ix_figure_snapshot_county', ['county_id', 'on', 'clause_id'], unique=False)

    op.create_table('filled_figure',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('figure', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('numerator', sa.BigInteger(), nullable=False),
    sa.Column('denominator', sa.BigInteger(), nullable=True),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('filled_by_id', sa.Integer(), nullable=True),
    sa.Column('filled_by_label', sa.String(), nullable=False),
    sa.Column('filled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_reason', sa.String(), nullable=True),
    sa.CheckConstraint('(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)', name=op.f('ck_filled_figure_withdrawn_has_reason')),
    sa.CheckConstraint('denominator IS NULL OR denominator > 0', name=op.f('ck_filled_figure_denominator_positive')),
    sa.CheckConstraint('numerator >= 0', name=op.f('ck_filled_figure_numerator_not_negative')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_filled_figure_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['filled_by_id'], ['user_account.id'], name=op.f('fk_filled_figure_filled_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_filled_figure_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_filled_figure'))
    )
    with op.batch_alter_table('filled_figure', schema=None) as batch_op:
        batch_op.create_index('ix_filled_figure_county', ['county_id', 'figure', 'on', 'id'], unique=False)
        batch_op.create_index('ix_filled_figure_school', ['school_id', 'figure'], unique=False)

    op.create_table('growth_group',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('kindergarten', 'primary', 'junior', 'senior', name='growth_group_stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('grades', sa.Integer(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(stage = 'primary' AND grades = 6) OR (stage IN ('junior', 'senior') AND grades = 3)", name=op.f('ck_growth_group_grades_of_stage')),
    sa.CheckConstraint("to_on IS NULL OR reason <> ''", name=op.f('ck_growth_group_end_has_reason')),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_growth_group_dates_in_order')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_growth_group_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_growth_group')),
    sa.UniqueConstraint('id', 'grades', name='uq_growth_group_grades')
    )
    with op.batch_alter_table('growth_group', schema=None) as batch_op:
        batch_op.create_index('uq_growth_group_one_open', ['school_id', 'stage'], unique=True, sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))

    op.create_table('ladder_reviewer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['ladder_round.id'], name=op.f('fk_ladder_reviewer_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_ladder_reviewer_user_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_reviewer')),
    sa.UniqueConstraint('round_id', 'user_id', name=op.f('uq_ladder_reviewer_round_id_user_id'))
    )
    with op.batch_alter_table('ladder_reviewer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ladder_reviewer_user_id'), ['user_id'], unique=False)

    op.create_table('placement_round',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('studio', 'mentor', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('studio_kind', sa.Enum('teacher', 'principal', 'class_teacher', 'psychology', name='studio_kind', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('role', sa.Enum('host', 'member', 'mentee', name='role', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('wishes_until', sa.Date(), nullable=False),
    sa.Column('choices_until', sa.Date(), nullable=False),
    sa.Column('most_wishes', sa.Integer(), nullable=False),
    sa.Column('settings', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('status', sa.Enum('open', 'approved', 'cancelled', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('approved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('approved_by_label', sa.String(), nullable=False),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'studio') = (studio_kind IS NOT NULL AND role IS NOT NULL)", name=op.f('ck_placement_round_studio_round')),
    sa.CheckConstraint("(status = 'approved') = (approved_at IS NOT NULL)", name=op.f('ck_placement_round_approved_has_moment')),
    sa.CheckConstraint("role IS NULL OR role <> 'host'", name=op.f('ck_placement_round_no_hosts')),
    sa.CheckConstraint('choices_until >= wishes_until', name=op.f('ck_placement_round_dates_in_order')),
    sa.CheckConstraint('most_wishes BETWEEN 1 AND 10', name=op.f('ck_placement_round_wishes_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_placement_round_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_placement_round_job_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_round')),
    sa.UniqueConstraint('county_id', 'name', name=op.f('uq_placement_round_county_id_name'))
    )
    with op.batch_alter_table('placement_round', schema=None) as batch_op:
        batch_op.create_index('ix_placement_round_county', ['county_id', 'kind', 'status', 'id'], unique=False)

    op.create_table('report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('official_tables', 'evidence', 'return_form', 'work_report', 'everything', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('format', sa.Enum('xlsx', 'docx', 'pdf', name='format', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('cut_off_on', sa.Date(), nullable=False),
    sa.Column('leaves_county', sa.Boolean(), nullable=False),
    sa.Column('asked_by_label', sa.String(), nullable=False),
    sa.Column('schedule_id', sa.Integer(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('summary', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(content IS NULL) = (sha256 = '')", name=op.f('ck_report_content_has_digest')),
    sa.CheckConstraint('school_year BETWEEN 2000 AND 2100', name=op.f('ck_report_school_year_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_report_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_report_job_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['schedule_id'], ['report_schedule.id'], name=op.f('fk_report_schedule_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_report'))
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index('ix_report_county', ['county_id', 'id'], unique=False)
        batch_op.create_index('ix_report_job', ['job_id'], unique=False)
        batch_op.create_index('ix_report_kind', ['kind', 'id'], unique=False)
        batch_op.create_index('ix_report_schedule', ['schedule_id'], unique=False)

    op.create_table('school_resources',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('part', sa.Enum('whole', 'primary', 'junior', 'senior', name='part', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('teaching_area', sa.BigInteger(), nullable=True),
    sa.Column('indoor_sport_area', sa.BigInteger(), nullable=False),
    sa.Column('sport_area', sa.BigInteger(), nullable=True),
    sa.Column('rented_sport_area', sa.BigInteger(), nullable=False),
    sa.Column('equipment_value', sa.BigInteger(), nullable=True),
    sa.Column('multimedia_rooms', sa.Integer(), nullable=True),
    sa.Column('grades', sa.Integer(), nullable=True),
    sa.Column('sponsor_code', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('equipment_value >= 0', name=op.f('ck_school_resources_equipment_not_negative')),
    sa.CheckConstraint('grades BETWEEN 1 AND 12', name=op.f('ck_school_resources_grades_range')),
    sa.CheckConstraint('indoor_sport_area >= 0 AND (teaching_area IS NULL OR indoor_sport_area <= teaching_area)', name=op.f('ck_school_resources_indoor_within_teaching')),
    sa.CheckConstraint('multimedia_rooms >= 0', name=op.f('ck_school_resources_rooms_not_negative')),
    sa.CheckConstraint('rented_sport_area >= 0', name=op.f('ck_school_resources_rented_area_not_negative')),
    sa.CheckConstraint('school_year BETWEEN 2000 AND 2100', name=op.f('ck_school_resources_school_year_range')),
    sa.CheckConstraint('sport_area >= 0', name=op.f('ck_school_resources_sport_area_not_negative')),
    sa.CheckConstraint('teaching_area >= 0', name=op.f('ck_school_resources_teaching_area_not_negative')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_school_resources_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_school_resources')),
    sa.UniqueConstraint('school_id', 'school_year', 'part', name=op.f('uq_school_resources_school_id_school_year_part'))
    )
    with op.batch_alter_table('school_resources', schema=None) as batch_op:
        batch_op.create_index('ix_school_resources_year', ['school_year', 'school_id'], unique=False)

    op.create_table('filled_figure_evidence',
    sa.Column('figure_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_filled_figure_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['figure_id'], ['filled_figure.id'], name=op.f('fk_filled_figure_evidence_figure_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('figure_id', 'evidence_id', name=op.f('pk_filled_figure_evidence'))
    )
    with op.batch_alter_table('filled_figure_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_filled_figure_evidence_evidence_id'), ['evidence_id'], unique=False)

    op.create_table('growth_group_member',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('group_id', sa.Integer(), nullable=False),
    sa.Column('grades', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('psychology', 'grade_head', 'teacher', name='growth_group_role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('grade', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(role = 'grade_head') = (grade IS NOT NULL)", name=op.f('ck_growth_group_member_head_has_grade')),
    sa.CheckConstraint("to_on IS NULL OR reason <> ''", name=op.f('ck_growth_group_member_end_has_reason')),
    sa.CheckConstraint('grade IS NULL OR grade BETWEEN 1 AND grades', name=op.f('ck_growth_group_member_grade_of_group')),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_growth_group_member_dates_in_order')),
    sa.ForeignKeyConstraint(['group_id', 'grades'], ['growth_group.id', 'growth_group.grades'], name='fk_growth_group_member_group'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_growth_group_member_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_growth_group_member'))
    )
    with op.batch_alter_table('growth_group_member', schema=None) as batch_op:
        batch_op.create_index('ix_growth_group_member_teacher', ['teacher_id'], unique=False)
        batch_op.create_index('uq_growth_group_member_grade', ['group_id', 'grade'], unique=True, sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))
        batch_op.create_index('uq_growth_group_member_once', ['group_id', 'teacher_id'], unique=True, sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))
        batch_op.create_index('uq_growth_group_member_psychology', ['group_id'], unique=True, sqlite_where=sa.text("to_on IS NULL AND role = 'psychology'"), postgresql_where=sa.text("to_on IS NULL AND role = 'psychology'"))

    op.create_table('growth_mentor',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('pairs_taken', sa.Integer(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('pairs_taken >= 0 AND pairs_taken <= places', name=op.f('ck_growth_mentor_places_not_exceeded')),
    sa.CheckConstraint('places BETWEEN 0 AND 10', name=op.f('ck_growth_mentor_places_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_growth_mentor_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_growth_mentor_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_growth_mentor')),
    sa.UniqueConstraint('teacher_id', name=op.f('uq_growth_mentor_teacher_id'))
    )
    with op.batch_alter_table('growth_mentor', schema=None) as batch_op:
        batch_op.create_index('ix_growth_mentor_county_name', ['county_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_growth_mentor_name', ['name_pinyin', 'id'], unique=False)

    op.create_table('placement_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('is_flexible', sa.Boolean(), nullable=False),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['round_id'], ['placement_round.id'], name=op.f('fk_placement_entry_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_placement_entry_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_entry')),
    sa.UniqueConstraint('round_id', 'teacher_id', name=op.f('uq_placement_entry_round_id_teacher_id'))
    )
    with op.batch_alter_table('placement_entry', schema=None) as batch_op:
        batch_op.create_index('ix_placement_entry_name', ['round_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_placement_entry_teacher', ['teacher_id'], unique=False)

    op.create_table('placement_proposal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('based_on_id', sa.Integer(), nullable=True),
    sa.Column('is_same_data', sa.Boolean(), nullable=False),
    sa.Column('settings', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('snapshot_id', sa.Integer(), nullable=True),
    sa.Column('job_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum('queued', 'solving', 'solved', 'infeasible', 'failed', 'cancelled', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_approved', sa.Boolean(), nullable=False),
    sa.Column('report', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('problem_sha256', sa.String(), nullable=True),
    sa.Column('detail', sa.LargeBinary(), nullable=True),
    sa.Column('solved_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("NOT is_approved OR status = 'solved'", name=op.f('ck_placement_proposal_approved_is_solved')),
    sa.CheckConstraint("status <> 'solved' OR (snapshot_id IS NOT NULL AND detail IS NOT NULL AND solved_at IS NOT NULL)", name=op.f('ck_placement_proposal_solved_is_complete')),
    sa.ForeignKeyConstraint(['based_on_id'], ['placement_proposal.id'], name=op.f('fk_placement_proposal_based_on_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_placement_proposal_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['job_id'], ['job.id'], name=op.f('fk_placement_proposal_job_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['placement_round.id'], name=op.f('fk_placement_proposal_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['snapshot_id'], ['placement_snapshot.id'], name=op.f('fk_placement_proposal_snapshot_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_proposal')),
    sa.UniqueConstraint('round_id', 'number', name=op.f('uq_placement_proposal_round_id_number'))
    )
    with op.batch_alter_table('placement_proposal', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_placement_proposal_based_on_id'), ['based_on_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_proposal_snapshot_id'), ['snapshot_id'], unique=False)
        batch_op.create_index('uq_placement_proposal_approved', ['round_id'], unique=True, sqlite_where=sa.text('is_approved'), postgresql_where=sa.text('is_approved'))

    op.create_table('ladder_application',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('applied', 'returned', 'supported', 'refused', 'withdrawn', 'proposed', 'not_chosen', 'recognised', 'revoked', name='ladder_application_status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('opinion_by_label', sa.String(), nullable=True),
    sa.Column('opinion_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('recognised_on', sa.Date(), nullable=True),
    sa.Column('revoked_on', sa.Date(), nullable=True),
    sa.Column('honour_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'revoked') = (revoked_on IS NOT NULL)", name=op.f('ck_ladder_application_revoked_has_day')),
    sa.CheckConstraint("(status IN ('recognised', 'revoked')) = (recognised_on IS NOT NULL)", name=op.f('ck_ladder_application_recognised_has_day')),
    sa.CheckConstraint("status NOT IN ('proposed', 'recognised', 'revoked') OR score IS NOT NULL AND rank IS NOT NULL", name=op.f('ck_ladder_application_chosen_has_score')),
    sa.CheckConstraint("status NOT IN ('refused', 'returned', 'revoked') OR reason <> ''", name=op.f('ck_ladder_application_refusal_has_reason')),
    sa.CheckConstraint('rank IS NULL OR rank >= 1', name=op.f('ck_ladder_application_rank_from_one')),
    sa.CheckConstraint('revoked_on IS NULL OR revoked_on >= recognised_on', name=op.f('ck_ladder_application_revoked_after')),
    sa.CheckConstraint('score IS NULL OR (score >= 0 AND score <= 10000)', name=op.f('ck_ladder_application_score_range')),
    sa.ForeignKeyConstraint(['honour_id'], ['backbone_honour.id'], name=op.f('fk_ladder_application_honour_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['round_id'], ['ladder_round.id'], name=op.f('fk_ladder_application_round_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_ladder_application_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_ladder_application_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_application')),
    sa.UniqueConstraint('honour_id', name='uq_ladder_application_honour'),
    sa.UniqueConstraint('round_id', 'rank', name='uq_ladder_application_rank'),
    sa.UniqueConstraint('round_id', 'teacher_id', name=op.f('uq_ladder_application_round_id_teacher_id'))
    )
    with op.batch_alter_table('ladder_application', schema=None) as batch_op:
        batch_op.create_index('ix_ladder_application_round', ['round_id', 'status', 'rank'], unique=False)
        batch_op.create_index('ix_ladder_application_school', ['school_id', 'status'], unique=False)
        batch_op.create_index('ix_ladder_application_teacher', ['teacher_id'], unique=False)

    op.create_table('mentor_pair',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('mentor_id', sa.Integer(), nullable=False),
    sa.Column('newcomer_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('status', sa.Enum('draft', 'active', 'completed', 'ended', 'withdrawn', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('goals', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('mentor_signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('newcomer_signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('school_signed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('school_signed_label', sa.String(), nullable=False),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('result', sa.Enum('excellent', 'passed', 'failed', name='result', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('appraised_by_label', sa.String(), nullable=False),
    sa.Column('credited_hours', sa.BigInteger(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'completed') = (result IS NOT NULL)", name=op.f('ck_mentor_pair_completed_has_result')),
    sa.CheckConstraint("(status IN ('completed', 'ended')) = (ended_on IS NOT NULL)", name=op.f('ck_mentor_pair_over_has_day')),
    sa.CheckConstraint("status <> 'active' OR (mentor_signed_at IS NOT NULL AND newcomer_signed_at IS NOT NULL AND school_signed_at IS NOT NULL)", name=op.f('ck_mentor_pair_active_is_signed')),
    sa.CheckConstraint("status NOT IN ('ended', 'withdrawn') OR reason IS NOT NULL", name=op.f('ck_mentor_pair_early_end_has_reason')),
    sa.CheckConstraint('credited_hours IS NULL OR credited_hours > 0', name=op.f('ck_mentor_pair_hours_positive')),
    sa.CheckConstraint('to_on > from_on', name=op.f('ck_mentor_pair_dates_in_order')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_mentor_pair_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['mentor_id'], ['growth_mentor.id'], name=op.f('fk_mentor_pair_mentor_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['newcomer_id'], ['teacher.id'], name=op.f('fk_mentor_pair_newcomer_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_mentor_pair_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_pair'))
    )
    with op.batch_alter_table('mentor_pair', schema=None) as batch_op:
        batch_op.create_index('ix_mentor_pair_county', ['county_id', 'status', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_mentor_pair_mentor', ['mentor_id', 'status'], unique=False)
        batch_op.create_index('ix_mentor_pair_name', ['name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_mentor_pair_person', ['newcomer_id'], unique=False)
        batch_op.create_index('ix_mentor_pair_school', ['school_id', 'status'], unique=False)
        batch_op.create_index('uq_mentor_pair_newcomer', ['newcomer_id'], unique=True, sqlite_where=sa.text("status IN ('draft', 'active')"), postgresql_where=sa.text("status IN ('draft', 'active')"))

    op.create_table('placement_choice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('round_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=True),
    sa.Column('is_refused', sa.Boolean(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=True),
    sa.Column('mentor_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(rank IS NULL) = is_refused', name=op.f('ck_placement_choice_ranked_or_refused')),
    sa.CheckConstraint('(studio_id IS NULL) <> (mentor_id IS NULL)', name=op.f('ck_placement_choice_one_host')),
    sa.CheckConstraint('rank IS NULL OR rank BETWEEN 1 AND 999', name=op.f('ck_placement_choice_rank_range')),
    sa.ForeignKeyConstraint(['mentor_id'], ['teacher.id'], name=op.f('fk_placement_choice_mentor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['round_id'], ['placement_round.id'], name=op.f('fk_placement_choice_round_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_placement_choice_studio_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_placement_choice_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_choice'))
    )
    with op.batch_alter_table('placement_choice', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_placement_choice_mentor_id'), ['mentor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_choice_studio_id'), ['studio_id'], unique=False)
        batch_op.create_index('ix_placement_choice_teacher', ['teacher_id'], unique=False)
        batch_op.create_index('uq_placement_choice_mentor', ['round_id', 'teacher_id', 'mentor_id'], unique=True, sqlite_where=sa.text('mentor_id IS NOT NULL'), postgresql_where=sa.text('mentor_id IS NOT NULL'))
        batch_op.create_index('uq_placement_choice_studio', ['round_id', 'teacher_id', 'studio_id'], unique=True, sqlite_where=sa.text('studio_id IS NOT NULL'), postgresql_where=sa.text('studio_id IS NOT NULL'))

    op.create_table('placement_decision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('lock', 'ban', 'no_place', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('is_input', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('studio_id', sa.Integer(), nullable=True),
    sa.Column('mentor_id', sa.Integer(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'no_place') = (studio_id IS NULL AND mentor_id IS NULL)", name=op.f('ck_placement_decision_host_unless_no_place')),
    sa.CheckConstraint('is_input OR is_active', name=op.f('ck_placement_decision_has_a_purpose')),
    sa.CheckConstraint('studio_id IS NULL OR mentor_id IS NULL', name=op.f('ck_placement_decision_one_host')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_placement_decision_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['mentor_id'], ['teacher.id'], name=op.f('fk_placement_decision_mentor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['placement_proposal.id'], name=op.f('fk_placement_decision_proposal_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_placement_decision_studio_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_placement_decision_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_decision'))
    )
    with op.batch_alter_table('placement_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_placement_decision_mentor_id'), ['mentor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_decision_proposal_id'), ['proposal_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_decision_studio_id'), ['studio_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_decision_teacher_id'), ['teacher_id'], unique=False)
        batch_op.create_index('uq_placement_decision_ban_mentor', ['proposal_id', 'teacher_id', 'mentor_id'], unique=True, sqlite_where=sa.text("mentor_id IS NOT NULL AND is_active AND kind = 'ban'"), postgresql_where=sa.text("mentor_id IS NOT NULL AND is_active AND kind = 'ban'"))
        batch_op.create_index('uq_placement_decision_ban_studio', ['proposal_id', 'teacher_id', 'studio_id'], unique=True, sqlite_where=sa.text("studio_id IS NOT NULL AND is_active AND kind = 'ban'"), postgresql_where=sa.text("studio_id IS NOT NULL AND is_active AND kind = 'ban'"))
        batch_op.create_index('uq_placement_decision_place', ['proposal_id', 'teacher_id'], unique=True, sqlite_where=sa.text("is_active AND kind <> 'ban'"), postgresql_where=sa.text("is_active AND kind <> 'ban'"))

    op.create_table('placement_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('proposal_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('wish_rank', sa.Integer(), nullable=True),
    sa.Column('host_rank', sa.Integer(), nullable=True),
    sa.Column('km', sa.Double(), nullable=True),
    sa.Column('is_rural', sa.Boolean(), nullable=False),
    sa.Column('why', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('status', sa.Enum('proposed', 'given', 'refused', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('problem', sa.String(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=True),
    sa.Column('mentor_id', sa.Integer(), nullable=True),
    sa.CheckConstraint("(status = 'refused') = (problem <> '')", name=op.f('ck_placement_place_refused_has_reason')),
    sa.CheckConstraint('(studio_id IS NULL) <> (mentor_id IS NULL)', name=op.f('ck_placement_place_one_host')),
    sa.CheckConstraint('km IS NULL OR km >= 0', name=op.f('ck_placement_place_km_not_negative')),
    sa.ForeignKeyConstraint(['mentor_id'], ['teacher.id'], name=op.f('fk_placement_place_mentor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['proposal_id'], ['placement_proposal.id'], name=op.f('fk_placement_place_proposal_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_placement_place_studio_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_placement_place_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_place')),
    sa.UniqueConstraint('proposal_id', 'teacher_id', name=op.f('uq_placement_place_proposal_id_teacher_id'))
    )
    with op.batch_alter_table('placement_place', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_placement_place_mentor_id'), ['mentor_id'], unique=False)
        batch_op.create_index('ix_placement_place_name', ['proposal_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_place_studio_id'), ['studio_id'], unique=False)
        batch_op.create_index('ix_placement_place_teacher', ['teacher_id'], unique=False)

    op.create_table('placement_wish',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=False),
    sa.Column('rank', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=True),
    sa.Column('mentor_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('(studio_id IS NULL) <> (mentor_id IS NULL)', name=op.f('ck_placement_wish_one_host')),
    sa.CheckConstraint('rank BETWEEN 1 AND 10', name=op.f('ck_placement_wish_rank_range')),
    sa.ForeignKeyConstraint(['entry_id'], ['placement_entry.id'], name=op.f('fk_placement_wish_entry_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['mentor_id'], ['teacher.id'], name=op.f('fk_placement_wish_mentor_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_placement_wish_studio_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_placement_wish')),
    sa.UniqueConstraint('entry_id', 'rank', name=op.f('uq_placement_wish_entry_id_rank'))
    )
    with op.batch_alter_table('placement_wish', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_placement_wish_mentor_id'), ['mentor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_placement_wish_studio_id'), ['studio_id'], unique=False)
        batch_op.create_index('uq_placement_wish_mentor', ['entry_id', 'mentor_id'], unique=True, sqlite_where=sa.text('mentor_id IS NOT NULL'), postgresql_where=sa.text('mentor_id IS NOT NULL'))
        batch_op.create_index('uq_placement_wish_studio', ['entry_id', 'studio_id'], unique=True, sqlite_where=sa.text('studio_id IS NOT NULL'), postgresql_where=sa.text('studio_id IS NOT NULL'))

    op.create_table('stationed_school',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("to_on IS NULL OR reason <> ''", name=op.f('ck_stationed_school_end_has_reason')),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_stationed_school_dates_in_order')),
    sa.ForeignKeyConstraint(['place_id'], ['programme_place.id'], name=op.f('fk_stationed_school_place_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_stationed_school_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_stationed_school'))
    )
    with op.batch_alter_table('stationed_school', schema=None) as batch_op:
        batch_op.create_index('ix_stationed_school_place', ['place_id'], unique=False)
        batch_op.create_index('uq_stationed_school_one_open', ['school_id'], unique=True, sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))

    op.create_table('ladder_evidence',
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['application_id'], ['ladder_application.id'], name=op.f('fk_ladder_evidence_application_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_ladder_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('application_id', 'evidence_id', name=op.f('pk_ladder_evidence'))
    )
    with op.batch_alter_table('ladder_evidence', schema=None) as batch_op:
        batch_op.create_index('ix_ladder_evidence_evidence', ['evidence_id'], unique=False)

    op.create_table('ladder_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('application_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('scores', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(submitted_at IS NULL) = (score IS NULL)', name=op.f('ck_ladder_review_submitted_has_score')),
    sa.CheckConstraint('score IS NULL OR (score >= 0 AND score <= 10000)', name=op.f('ck_ladder_review_score_range')),
    sa.ForeignKeyConstraint(['application_id'], ['ladder_application.id'], name=op.f('fk_ladder_review_application_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user_account.id'], name=op.f('fk_ladder_review_reviewer_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ladder_review')),
    sa.UniqueConstraint('application_id', 'reviewer_id', name=op.f('uq_ladder_review_application_id_reviewer_id'))
    )
    with op.batch_alter_table('ladder_review', schema=None) as batch_op:
        batch_op.create_index('ix_ladder_review_reviewer', ['reviewer_id', 'submitted_at'], unique=False)

    op.create_table('mentor_lesson',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('given_by', sa.Enum('mentor', 'newcomer', name='given_by', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('entered_by_label', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['pair_id'], ['mentor_pair.id'], name=op.f('fk_mentor_lesson_pair_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_lesson'))
    )
    with op.batch_alter_table('mentor_lesson', schema=None) as batch_op:
        batch_op.create_index('ix_mentor_lesson_pair', ['pair_id', 'on', 'id'], unique=False)

    op.create_table('mentor_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('pair_id', sa.Integer(), nullable=False),
    sa.Column('side', sa.Enum('mentor', 'newcomer', name='side', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('term', sa.Integer(), nullable=False),
    sa.Column('done', sa.Text(), nullable=False),
    sa.Column('next', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('term IN (1, 2)', name=op.f('ck_mentor_report_term_known')),
    sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_mentor_report_year_range')),
    sa.ForeignKeyConstraint(['pair_id'], ['mentor_pair.id'], name=op.f('fk_mentor_report_pair_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_mentor_report')),
    sa.UniqueConstraint('pair_id', 'side', 'year', 'term', name=op.f('uq_mentor_report_pair_id_side_year_term'))
    )
    op.create_table('mentor_report_evidence',
    sa.Column('report_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_mentor_report_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['report_id'], ['mentor_report.id'], name=op.f('fk_mentor_report_evidence_report_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('report_id', 'evidence_id', name=op.f('pk_mentor_report_evidence'))
    )
    with op.batch_alter_table('mentor_report_evidence', schema=None) as batch_op:
        batch_op.create_index('ix_mentor_report_evidence_evidence', ['evidence_id'], unique=False)

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.add_column(sa.Column('host_name', sa.String(), nullable=False, server_default=''))

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.alter_column('host_name', server_default=None)

    with op.batch_alter_table('studio_settings', schema=None) as batch_op:
        batch_op.add_column(sa.Column('host_honour_types', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('host_honour_levels', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False, server_default='[]'))

    with op.batch_alter_table('studio_settings', schema=None) as batch_op:
        batch_op.alter_column('host_honour_types', server_default=None)
        batch_op.alter_column('host_honour_levels', server_default=None)

    with op.batch_alter_table('credit_claim', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_credit_claim_source'), type_='check')
        batch_op.create_check_constraint(op.f('ck_credit_claim_source'), "source IN ('teacher', 'training_session', 'studio_session', 'rotation', 'mentoring')")

    with op.batch_alter_table('growth_programme', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_growth_programme_programme_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_growth_programme_programme_kind'), "kind IN ('talent', 'team', 'secondment', 'stationing', 'three_trainings', 'tiers')")

    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_import_batch_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_import_batch_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources')")

    with op.batch_alter_table('remembered_mapping', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_remembered_mapping_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_remembered_mapping_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources')")


def downgrade() -> None:
    op.execute("DELETE FROM remembered_mapping WHERE NOT (kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees'))")
    with op.batch_alter_table('remembered_mapping', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_remembered_mapping_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_remembered_mapping_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees')")

    op.execute("DELETE FROM import_batch WHERE NOT (kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees'))")
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_import_batch_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_import_batch_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees')")

    op.execute("DELETE FROM growth_programme WHERE NOT (kind IN ('talent', 'team', 'secondment', 'stationing'))")
    with op.batch_alter_table('growth_programme', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_growth_programme_programme_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_growth_programme_programme_kind'), "kind IN ('talent', 'team', 'secondment', 'stationing')")

    op.execute("DELETE FROM credit_claim WHERE NOT (source IN ('teacher', 'training_session', 'studio_session', 'rotation'))")
    with op.batch_alter_table('credit_claim', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_credit_claim_source'), type_='check')
        batch_op.create_check_constraint(op.f('ck_credit_claim_source'), "source IN ('teacher', 'training_session', 'studio_session', 'rotation')")

    with op.batch_alter_table('studio_settings', schema=None) as batch_op:
        batch_op.drop_column('host_honour_levels')
        batch_op.drop_column('host_honour_types')

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.drop_column('host_name')

    with op.batch_alter_table('mentor_report_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_mentor_report_evidence_evidence')

    op.drop_table('mentor_report_evidence')
    op.drop_table('mentor_report')
    with op.batch_alter_table('mentor_lesson', schema=None) as batch_op:
        batch_op.drop_index('ix_mentor_lesson_pair')

    op.drop_table('mentor_lesson')
    with op.batch_alter_table('ladder_review', schema=None) as batch_op:
        batch_op.drop_index('ix_ladder_review_reviewer')

    op.drop_table('ladder_review')
    with op.batch_alter_table('ladder_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_ladder_evidence_evidence')

    op.drop_table('ladder_evidence')
    with op.batch_alter_table('stationed_school', schema=None) as batch_op:
        batch_op.drop_index('uq_stationed_school_one_open', sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))
        batch_op.drop_index('ix_stationed_school_place')

    op.drop_table('stationed_school')
    with op.batch_alter_table('placement_wish', schema=None) as batch_op:
        batch_op.drop_index('uq_placement_wish_studio', sqlite_where=sa.text('studio_id IS NOT NULL'), postgresql_where=sa.text('studio_id IS NOT NULL'))
        batch_op.drop_index('uq_placement_wish_mentor', sqlite_where=sa.text('mentor_id IS NOT NULL'), postgresql_where=sa.text('mentor_id IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_placement_wish_studio_id'))
        batch_op.drop_index(batch_op.f('ix_placement_wish_mentor_id'))

    op.drop_table('placement_wish')
    with op.batch_alter_table('placement_place', schema=None) as batch_op:
        batch_op.drop_index('ix_placement_place_teacher')
        batch_op.drop_index(batch_op.f('ix_placement_place_studio_id'))
        batch_op.drop_index('ix_placement_place_name')
        batch_op.drop_index(batch_op.f('ix_placement_place_mentor_id'))

    op.drop_table('placement_place')
    with op.batch_alter_table('placement_decision', schema=None) as batch_op:
        batch_op.drop_index('uq_placement_decision_place', sqlite_where=sa.text("is_active AND kind <> 'ban'"), postgresql_where=sa.text("is_active AND kind <> 'ban'"))
        batch_op.drop_index('uq_placement_decision_ban_studio', sqlite_where=sa.text("studio_id IS NOT NULL AND is_active AND kind = 'ban'"), postgresql_where=sa.text("studio_id IS NOT NULL AND is_active AND kind = 'ban'"))
        batch_op.drop_index('uq_placement_decision_ban_mentor', sqlite_where=sa.text("mentor_id IS NOT NULL AND is_active AND kind = 'ban'"), postgresql_where=sa.text("mentor_id IS NOT NULL AND is_active AND kind = 'ban'"))
        batch_op.drop_index(batch_op.f('ix_placement_decision_teacher_id'))
        batch_op.drop_index(batch_op.f('ix_placement_decision_studio_id'))
        batch_op.drop_index(batch_op.f('ix_placement_decision_proposal_id'))
        batch_op.drop_index(batch_op.f('ix_placement_decision_mentor_id'))

    op.drop_table('placement_decision')
    with op.batch_alter_table('placement_choice', schema=None) as batch_op:
        batch_op.drop_index('uq_placement_choice_studio', sqlite_where=sa.text('studio_id IS NOT NULL'), postgresql_where=sa.text('studio_id IS NOT NULL'))
        batch_op.drop_index('uq_placement_choice_mentor', sqlite_where=sa.text('mentor_id IS NOT NULL'), postgresql_where=sa.text('mentor_id IS NOT NULL'))
        batch_op.drop_index('ix_placement_choice_teacher')
        batch_op.drop_index(batch_op.f('ix_placement_choice_studio_id'))
        batch_op.drop_index(batch_op.f('ix_placement_choice_mentor_id'))

    op.drop_table('placement_choice')
    with op.batch_alter_table('mentor_pair', schema=None) as batch_op:
        batch_op.drop_index('uq_mentor_pair_newcomer', sqlite_where=sa.text("status IN ('draft', 'active')"), postgresql_where=sa.text("status IN ('draft', 'active')"))
        batch_op.drop_index('ix_mentor_pair_school')
        batch_op.drop_index('ix_mentor_pair_person')
        batch_op.drop_index('ix_mentor_pair_name')
        batch_op.drop_index('ix_mentor_pair_mentor')
        batch_op.drop_index('ix_mentor_pair_county')

    op.drop_table('mentor_pair')
    with op.batch_alter_table('ladder_application', schema=None) as batch_op:
        batch_op.drop_index('ix_ladder_application_teacher')
        batch_op.drop_index('ix_ladder_application_school')
        batch_op.drop_index('ix_ladder_application_round')

    op.drop_table('ladder_application')
    with op.batch_alter_table('placement_proposal', schema=None) as batch_op:
        batch_op.drop_index('uq_placement_proposal_approved', sqlite_where=sa.text('is_approved'), postgresql_where=sa.text('is_approved'))
        batch_op.drop_index(batch_op.f('ix_placement_proposal_snapshot_id'))
        batch_op.drop_index(batch_op.f('ix_placement_proposal_based_on_id'))

    op.drop_table('placement_proposal')
    with op.batch_alter_table('placement_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_placement_entry_teacher')
        batch_op.drop_index('ix_placement_entry_name')

    op.drop_table('placement_entry')
    with op.batch_alter_table('growth_mentor', schema=None) as batch_op:
        batch_op.drop_index('ix_growth_mentor_name')
        batch_op.drop_index('ix_growth_mentor_county_name')

    op.drop_table('growth_mentor')
    with op.batch_alter_table('growth_group_member', schema=None) as batch_op:
        batch_op.drop_index('uq_growth_group_member_psychology', sqlite_where=sa.text("to_on IS NULL AND role = 'psychology'"), postgresql_where=sa.text("to_on IS NULL AND role = 'psychology'"))
        batch_op.drop_index('uq_growth_group_member_once', sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))
        batch_op.drop_index('uq_growth_group_member_grade', sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))
        batch_op.drop_index('ix_growth_group_member_teacher')

    op.drop_table('growth_group_member')
    with op.batch_alter_table('filled_figure_evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_filled_figure_evidence_evidence_id'))

    op.drop_table('filled_figure_evidence')
    with op.batch_alter_table('school_resources', schema=None) as batch_op:
        batch_op.drop_index('ix_school_resources_year')

    op.drop_table('school_resources')
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_index('ix_report_schedule')
        batch_op.drop_index('ix_report_kind')
        batch_op.drop_index('ix_report_job')
        batch_op.drop_index('ix_report_county')

    op.drop_table('report')
    with op.batch_alter_table('placement_round', schema=None) as batch_op:
        batch_op.drop_index('ix_placement_round_county')

    op.drop_table('placement_round')
    with op.batch_alter_table('ladder_reviewer', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ladder_reviewer_user_id'))

    op.drop_table('ladder_reviewer')
    with op.batch_alter_table('growth_group', schema=None) as batch_op:
        batch_op.drop_index('uq_growth_group_one_open', sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))

    op.drop_table('growth_group')
    with op.batch_alter_table('filled_figure', schema=None) as batch_op:
        batch_op.drop_index('ix_filled_figure_school')
        batch_op.drop_index('ix_filled_figure_county')

    op.drop_table('filled_figure')
    with op.batch_alter_table('figure_snapshot', schema=None) as batch_op:
        batch_op.drop_index('ix_figure_snapshot_county')

    op.drop_table('figure_snapshot')
    with op.batch_alter_table('current_figure', schema=None) as batch_op:
        batch_op.drop_index('ix_current_figure_filled')
        batch_op.drop_index('ix_current_figure_county')

    op.drop_table('current_figure')
    with op.batch_alter_table('balance_record', schema=None) as batch_op:
        batch_op.drop_index('ix_balance_record_county')

    op.drop_table('balance_record')
    with op.batch_alter_table('policy_pack', schema=None) as batch_op:
        batch_op.drop_index('uq_policy_pack_adopted', sqlite_where=sa.text("status = 'adopted'"), postgresql_where=sa.text("status = 'adopted'"))
        batch_op.drop_index('ix_policy_pack_county')
        batch_op.drop_index(batch_op.f('ix_policy_pack_based_on_id'))

    op.drop_table('policy_pack')
    with op.batch_alter_table('ladder_round', schema=None) as batch_op:
        batch_op.drop_index('uq_ladder_round_one_a_year', sqlite_where=sa.text("status <> 'cancelled'"), postgresql_where=sa.text("status <> 'cancelled'"))
        batch_op.drop_index('ix_ladder_round_county')

    op.drop_table('ladder_round')
    with op.batch_alter_table('report_schedule', schema=None) as batch_op:
        batch_op.drop_index('ix_report_schedule_due')

    op.drop_table('report_schedule')
    op.drop_table('placement_snapshot')
    op.drop_table('mentor_settings')
    op.drop_table('ladder_rung')
    op.drop_table('guarantee_entry')
