"""development, studios, growth

Revision: 202611220900, after 0001.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '202611220900'
down_revision = '0001'
branch_labels = None
depends_on = None

OLD_KINDS = "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances')"
NEW_KINDS = "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees')"


def upgrade() -> None:
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_import_batch_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_import_batch_kind'), NEW_KINDS)

    with op.batch_alter_table('remembered_mapping', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_remembered_mapping_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_remembered_mapping_kind'), NEW_KINDS)

    op.create_table('periodic_work',
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('last_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('kind', name=op.f('pk_periodic_work'))
    )
    op.create_table('training_certificate_counter',
    sa.Column('area_code', sa.String(), nullable=False),
    sa.Column('type_code', sa.String(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.CheckConstraint('last BETWEEN 0 AND 999999', name=op.f('ck_training_certificate_counter_last_range')),
    sa.PrimaryKeyConstraint('area_code', 'type_code', name=op.f('pk_training_certificate_counter'))
    )
    op.create_table('certificate_judgement',
    sa.Column('county_id', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('judged_on', sa.Date(), nullable=False),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_certificate_judgement_county_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('county_id', name=op.f('pk_certificate_judgement')),
    info={'is_derived': True}
    )
    op.create_table('county_certificate_type',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('rules', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_county_certificate_type_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_county_certificate_type')),
    sa.UniqueConstraint('county_id', 'code', name=op.f('uq_county_certificate_type_county_id_code'))
    )
    op.create_table('draw_chain',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('length', sa.Integer(), nullable=False),
    sa.Column('commitment', sa.String(), nullable=False),
    sa.Column('secret', sa.Text(), nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('opened_by_label', sa.String(), nullable=False),
    sa.CheckConstraint('length BETWEEN 1 AND 400', name=op.f('ck_draw_chain_length_range')),
    sa.CheckConstraint('school_year BETWEEN 2000 AND 2100', name=op.f('ck_draw_chain_school_year_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_draw_chain_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_draw_chain')),
    sa.UniqueConstraint('county_id', 'school_year', name=op.f('uq_draw_chain_county_id_school_year'))
    )
    op.create_table('ethics_clause',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('audience', sa.Enum('teacher', 'leader', name='audience', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('term_months', sa.Integer(), nullable=False),
    sa.Column('does_veto', sa.Boolean(), nullable=False),
    sa.Column('is_active', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('points <= 0 AND points >= -100', name=op.f('ck_ethics_clause_points_bounded')),
    sa.CheckConstraint('term_months >= 1 AND term_months <= 600', name=op.f('ck_ethics_clause_term_bounded')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_ethics_clause_county_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_clause')),
    sa.UniqueConstraint('county_id', 'audience', 'code', name=op.f('uq_ethics_clause_county_id_audience_code'))
    )
    op.create_table('growth_programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('talent', 'team', 'secondment', 'stationing', name='programme_kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('clause', sa.String(), nullable=False),
    sa.Column('about', sa.String(), nullable=False),
    sa.Column('first_year', sa.Integer(), nullable=False),
    sa.Column('last_year', sa.Integer(), nullable=True),
    sa.Column('every_years', sa.Integer(), nullable=False),
    sa.Column('course_years', sa.Integer(), nullable=False),
    sa.Column('yearly_intake', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=True),
    sa.Column('requirements', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('is_open', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('course_years BETWEEN 1 AND 10', name=op.f('ck_growth_programme_course_years_range')),
    sa.CheckConstraint('every_years BETWEEN 1 AND 10', name=op.f('ck_growth_programme_every_years_range')),
    sa.CheckConstraint('first_year BETWEEN 2000 AND 2100', name=op.f('ck_growth_programme_first_year_range')),
    sa.CheckConstraint('last_year IS NULL OR last_year >= first_year', name=op.f('ck_growth_programme_years_in_order')),
    sa.CheckConstraint('total IS NULL OR total >= yearly_intake', name=op.f('ck_growth_programme_total_holds_an_intake')),
    sa.CheckConstraint('yearly_intake BETWEEN 1 AND 100000', name=op.f('ck_growth_programme_intake_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_growth_programme_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_growth_programme')),
    sa.UniqueConstraint('county_id', 'name', name=op.f('uq_growth_programme_county_id_name'))
    )
    op.create_table('studio_appraisal_form',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('criteria', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('excellent_mark', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('excellent_mark > pass_mark', name=op.f('ck_studio_appraisal_form_marks_in_order')),
    sa.CheckConstraint('pass_mark BETWEEN 1 AND 99 AND excellent_mark BETWEEN 2 AND 100', name=op.f('ck_studio_appraisal_form_marks_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_studio_appraisal_form_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_appraisal_form')),
    sa.UniqueConstraint('county_id', name=op.f('uq_studio_appraisal_form_county_id'))
    )
    op.create_table('studio_licence_counter',
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_studio_licence_counter_county_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('county_id', 'year', name=op.f('pk_studio_licence_counter'))
    )
    op.create_table('studio_settings',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('cycle_years', sa.Integer(), nullable=False),
    sa.Column('member_places', sa.Integer(), nullable=False),
    sa.Column('mentee_places', sa.Integer(), nullable=False),
    sa.Column('honour_types', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('honour_levels', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('answer_days', sa.Integer(), nullable=False),
    sa.Column('host_credit', sa.String(), nullable=False),
    sa.Column('member_credit', sa.String(), nullable=False),
    sa.Column('outreach_credit', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('answer_days BETWEEN 1 AND 60', name=op.f('ck_studio_settings_answer_days_range')),
    sa.CheckConstraint('cycle_years BETWEEN 1 AND 6', name=op.f('ck_studio_settings_cycle_range')),
    sa.CheckConstraint('member_places BETWEEN 1 AND 30', name=op.f('ck_studio_settings_members_range')),
    sa.CheckConstraint('mentee_places BETWEEN 0 AND 30', name=op.f('ck_studio_settings_mentees_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_studio_settings_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_settings')),
    sa.UniqueConstraint('county_id', name=op.f('uq_studio_settings_county_id'))
    )
    op.create_table('credit_rule_set',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'in_force', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('rules', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('in_force_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'in_force') = (in_force_at IS NOT NULL)", name=op.f('ck_credit_rule_set_moment_in_force')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_credit_rule_set_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_credit_rule_set_created_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_rule_set')),
    sa.UniqueConstraint('county_id', 'revision', name=op.f('uq_credit_rule_set_county_id_revision'))
    )
    with op.batch_alter_table('credit_rule_set', schema=None) as batch_op:
        batch_op.create_index('ix_credit_rule_set_in_force', ['county_id', 'status', 'valid_from', 'revision'], unique=False)

    op.create_table('evidence_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('uploaded_by_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('media_type', sa.String(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('scan_state', sa.Enum('pending', 'clean', 'infected', 'not_scanned', name='scan_state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('scan_note', sa.String(), nullable=True),
    sa.Column('is_draft', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('size > 0', name=op.f('ck_evidence_file_not_empty')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_evidence_file_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['uploaded_by_id'], ['user_account.id'], name=op.f('fk_evidence_file_uploaded_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_evidence_file'))
    )
    with op.batch_alter_table('evidence_file', schema=None) as batch_op:
        batch_op.create_index('ix_evidence_file_content', ['county_id', 'sha256'], unique=False)
        batch_op.create_index('ix_evidence_file_draft', ['is_draft', 'created_at'], unique=False)
        batch_op.create_index('ix_evidence_file_scan', ['scan_state', 'created_at'], unique=False)
        batch_op.create_index('ix_evidence_file_uploader', ['uploaded_by_id', 'is_draft'], unique=False)

    op.create_table('mail_address',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_mail_address_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', name=op.f('pk_mail_address'))
    )
    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('params', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('is_shown', sa.Boolean(), nullable=False),
    sa.Column('mail_mode', sa.Enum('at_once', 'daily', 'none', name='mail_mode', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('digest_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_notice_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_notice_user_id_key'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_digest', ['mail_mode', 'digest_on', 'user_id'], unique=False)
        batch_op.create_index('ix_notice_unread', ['user_id', 'is_shown', 'read_at', 'id'], unique=False)
        batch_op.create_index('ix_notice_user', ['user_id', 'is_shown', 'id'], unique=False)

    op.create_table('notice_preference',
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('is_shown', sa.Boolean(), nullable=False),
    sa.Column('mail_mode', sa.Enum('at_once', 'daily', 'none', name='mail_mode', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_notice_preference_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('user_id', 'kind', name=op.f('pk_notice_preference'))
    )
    op.create_table('proposal_run',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('school_year', sa.Integer(), nullable=False),
    sa.Column('requested_by_id', sa.Integer(), nullable=True),
    sa.Column('is_cancelled', sa.Boolean(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('school_year BETWEEN 2000 AND 2100', name=op.f('ck_proposal_run_school_year_range')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_proposal_run_region_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['requested_by_id'], ['user_account.id'], name=op.f('fk_proposal_run_requested_by_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_run'))
    )
    with op.batch_alter_table('proposal_run', schema=None) as batch_op:
        batch_op.create_index('ix_proposal_run_region_year', ['region_id', 'school_year', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_proposal_run_requested_by_id'), ['requested_by_id'], unique=False)

    op.create_table('weekly_draw',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('chain_id', sa.Integer(), nullable=False),
    sa.Column('week', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('link', sa.String(), nullable=False),
    sa.Column('wanted', sa.Integer(), nullable=False),
    sa.Column('pool', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('pool_digest', sa.String(), nullable=False),
    sa.Column('teachers', sa.Integer(), nullable=False),
    sa.Column('schools', sa.Integer(), nullable=False),
    sa.Column('drawn_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('drawn_by_label', sa.String(), nullable=False),
    sa.CheckConstraint('number >= 1', name=op.f('ck_weekly_draw_number_from_one')),
    sa.CheckConstraint('wanted >= 1', name=op.f('ck_weekly_draw_wanted_from_one')),
    sa.ForeignKeyConstraint(['chain_id'], ['draw_chain.id'], name=op.f('fk_weekly_draw_chain_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_weekly_draw_county_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_weekly_draw')),
    sa.UniqueConstraint('chain_id', 'number', name=op.f('uq_weekly_draw_chain_id_number')),
    sa.UniqueConstraint('county_id', 'week', name=op.f('uq_weekly_draw_county_id_week'))
    )
    op.create_table('credit_stand_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('for_user_id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('ended_on', sa.Date(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('to_on >= from_on', name=op.f('ck_credit_stand_in_dates_in_order')),
    sa.CheckConstraint('user_id <> for_user_id', name=op.f('ck_credit_stand_in_another_person')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_credit_stand_in_county_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_credit_stand_in_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['for_user_id'], ['user_account.id'], name=op.f('fk_credit_stand_in_for_user_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_credit_stand_in_school_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_credit_stand_in_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_stand_in'))
    )
    with op.batch_alter_table('credit_stand_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_stand_in_county_id'), ['county_id'], unique=False)
        batch_op.create_index('ix_credit_stand_in_for_user', ['for_user_id', 'to_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_stand_in_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_credit_stand_in_user', ['user_id', 'to_on'], unique=False)

    op.create_table('ethics_activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('study', 'supervision', 'review', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('held_on', sa.Date(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('participants', sa.Integer(), nullable=False),
    sa.Column('findings', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('participants >= 0 AND participants <= 5000', name=op.f('ck_ethics_activity_participants_bounded')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_ethics_activity_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_ethics_activity_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_activity')),
    sa.UniqueConstraint('school_id', 'kind', 'held_on', 'topic', name=op.f('uq_ethics_activity_school_id_kind_held_on_topic'))
    )
    with op.batch_alter_table('ethics_activity', schema=None) as batch_op:
        batch_op.create_index('ix_ethics_activity_county', ['county_id', 'held_on', 'id'], unique=False)

    op.create_table('evidence_content',
    sa.Column('file_id', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['evidence_file.id'], name=op.f('fk_evidence_content_file_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('file_id', name=op.f('pk_evidence_content'))
    )
    op.create_table('outgoing_mail',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('notice', 'digest', 'confirmation', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('notice_id', sa.Integer(), nullable=True),
    sa.Column('digest_on', sa.Date(), nullable=True),
    sa.Column('address', sa.String(), nullable=True),
    sa.Column('message_id', sa.String(), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sending', 'sent', 'refused', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('holder', sa.String(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('error', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("(kind = 'digest') = (digest_on IS NOT NULL)", name=op.f('ck_outgoing_mail_digest_has_day')),
    sa.CheckConstraint("(kind = 'notice') = (notice_id IS NOT NULL)", name=op.f('ck_outgoing_mail_notice_has_notice')),
    sa.CheckConstraint("(state = 'sending') = (lease_until IS NOT NULL)", name=op.f('ck_outgoing_mail_lease_while_sending')),
    sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f('ck_outgoing_mail_sent_has_moment')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_outgoing_mail_notice_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_outgoing_mail_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_mail')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outgoing_mail_message_id')),
    sa.UniqueConstraint('user_id', 'key', name=op.f('uq_outgoing_mail_user_id_key'))
    )
    with op.batch_alter_table('outgoing_mail', schema=None) as batch_op:
        batch_op.create_index('ix_outgoing_mail_due', ['state', 'next_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_outgoing_mail_notice_id'), ['notice_id'], unique=False)

    op.create_table('training_budget',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('public_funds', sa.BigInteger(), nullable=False),
    sa.Column('planned', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('planned >= 0 AND planned <= public_funds', name=op.f('ck_training_budget_planned_within_funds')),
    sa.CheckConstraint('public_funds > 0', name=op.f('ck_training_budget_funds_positive')),
    sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_training_budget_year_range')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_budget_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_budget')),
    sa.UniqueConstraint('school_id', 'year', name=op.f('uq_training_budget_school_id_year'))
    )
    op.create_table('training_programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('kind_code', sa.String(), nullable=False),
    sa.Column('organiser', sa.String(), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('description', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('pass_mark BETWEEN 60 AND 100', name=op.f('ck_training_programme_pass_mark_range')),
    sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_training_programme_year_range')),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_training_programme_region_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_programme_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_programme')),
    sa.UniqueConstraint('school_id', 'year', 'name', name=op.f('uq_training_programme_school_id_year_name'))
    )
    with op.batch_alter_table('training_programme', schema=None) as batch_op:
        batch_op.create_index('ix_training_programme_region', ['region_id', 'name', 'id'], unique=False)
        batch_op.create_index('ix_training_programme_school', ['school_id'], unique=False)
        batch_op.create_index('uq_training_programme_name', ['region_id', 'year', 'name'], unique=True, sqlite_where=sa.text('school_id IS NULL'), postgresql_where=sa.text('school_id IS NULL'))

    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('type_code', sa.String(), nullable=False),
    sa.Column('number', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('own_number', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=True),
    sa.Column('subject_code', sa.String(), nullable=True),
    sa.Column('title', sa.String(), nullable=True),
    sa.Column('issued_by', sa.String(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('valid_to', sa.Date(), nullable=True),
    sa.Column('registered_to', sa.Date(), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=True),
    sa.Column('conclusion_code', sa.String(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'claimed', 'checked', 'verified', 'returned', 'renewed', 'revoked', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('source', sa.Enum('teacher', 'school', 'county', 'import', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('renews_id', sa.Integer(), nullable=True),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('verified_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('renews_id IS NULL OR renews_id <> id', name=op.f('ck_certificate_renews_another')),
    sa.CheckConstraint('valid_to IS NULL OR issued_on IS NULL OR valid_to >= issued_on', name=op.f('ck_certificate_dates_in_order')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_certificate_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['renews_id'], ['certificate.id'], name=op.f('fk_certificate_renews_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_certificate_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('renews_id', name='uq_certificate_renews_once')
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index('ix_certificate_county_end', ['county_id', sa.literal_column("coalesce(expires_on, '9999-12-31')"), 'id'], unique=False)
        batch_op.create_index('ix_certificate_county_expires', ['county_id', 'state', 'expires_on', 'id'], unique=False)
        batch_op.create_index('ix_certificate_county_name', ['county_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_certificate_county_state', ['county_id', 'state', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_certificate_end', [sa.literal_column("coalesce(expires_on, '9999-12-31')"), 'id'], unique=False)
        batch_op.create_index('ix_certificate_expires', ['state', 'expires_on', 'id'], unique=False)
        batch_op.create_index('ix_certificate_name', ['name_pinyin', 'id', 'state', 'type_code'], unique=False)
        batch_op.create_index('ix_certificate_number', ['number', 'id'], unique=False)
        batch_op.create_index('ix_certificate_teacher', ['teacher_id', 'type_code'], unique=False)
        batch_op.create_index('uq_certificate_county_number', ['county_id', 'type_code', 'own_number'], unique=True, sqlite_where=sa.text("state IN ('claimed', 'checked', 'verified', 'renewed')"), postgresql_where=sa.text("state IN ('claimed', 'checked', 'verified', 'renewed')"))

    op.create_table('credit_claim',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('source', sa.Enum('teacher', 'training_session', 'studio_session', 'rotation', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('status', sa.Enum('draft', 'at_school', 'school_returned', 'at_county', 'county_returned', 'confirmed', 'withdrawn', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('kind_code', sa.String(), nullable=True),
    sa.Column('mode_code', sa.String(), nullable=True),
    sa.Column('level_code', sa.String(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('provider', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('done_on', sa.Date(), nullable=True),
    sa.Column('quantity', sa.BigInteger(), nullable=True),
    sa.Column('hours_claimed', sa.BigInteger(), nullable=True),
    sa.Column('hours', sa.BigInteger(), nullable=True),
    sa.Column('is_outside_cycle', sa.Boolean(), nullable=False),
    sa.Column('typed', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('return_reason', sa.String(), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(source = 'teacher') = (source_id IS NULL)", name=op.f('ck_credit_claim_source_named')),
    sa.CheckConstraint("(status = 'confirmed') = (confirmed_at IS NOT NULL)", name=op.f('ck_credit_claim_moment_confirmed')),
    sa.CheckConstraint("status IN ('draft', 'withdrawn') OR (kind_code IS NOT NULL AND from_on IS NOT NULL AND done_on IS NOT NULL AND hours IS NOT NULL AND title <> '')", name=op.f('ck_credit_claim_complete_once_submitted')),
    sa.CheckConstraint('from_on IS NULL OR done_on IS NULL OR done_on >= from_on', name=op.f('ck_credit_claim_dates_in_order')),
    sa.CheckConstraint('hours IS NULL OR (hours > 0 AND hours <= 200000)', name=op.f('ck_credit_claim_hours_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_credit_claim_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_credit_claim_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_credit_claim_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_claim')),
    sa.UniqueConstraint('source', 'source_id', 'teacher_id', name='uq_credit_claim_source')
    )
    with op.batch_alter_table('credit_claim', schema=None) as batch_op:
        batch_op.create_index('ix_credit_claim_county', ['county_id', 'id'], unique=False)
        batch_op.create_index('ix_credit_claim_county_queue', ['county_id', 'status', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_credit_claim_school', ['school_id', 'id'], unique=False)
        batch_op.create_index('ix_credit_claim_school_queue', ['school_id', 'status', 'submitted_at', 'id'], unique=False)
        batch_op.create_index('ix_credit_claim_teacher', ['teacher_id', 'done_on', 'id'], unique=False)

    op.create_table('credit_total',
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('outside_hours', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('hours >= 0 AND outside_hours >= 0', name=op.f('ck_credit_total_hours_not_negative')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_credit_total_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('teacher_id', 'year', name=op.f('pk_credit_total')),
    info={'is_derived': True}
    )
    with op.batch_alter_table('credit_total', schema=None) as batch_op:
        batch_op.create_index('ix_credit_total_cycle', ['teacher_id', 'cycle', 'year', 'hours'], unique=False)

    op.create_table('drawn_lesson',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('draw_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('drawn', 'taught', 'excused', name='drawn_lesson_status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('lesson_on', sa.Date(), nullable=True),
    sa.Column('remarks', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.CheckConstraint("(status = 'taught') = (lesson_on IS NOT NULL)", name=op.f('ck_drawn_lesson_taught_has_day')),
    sa.CheckConstraint("status <> 'excused' OR reason <> ''", name=op.f('ck_drawn_lesson_excuse_has_reason')),
    sa.ForeignKeyConstraint(['draw_id'], ['weekly_draw.id'], name=op.f('fk_drawn_lesson_draw_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_drawn_lesson_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_drawn_lesson_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_drawn_lesson')),
    sa.UniqueConstraint('draw_id', 'position', 'place', name=op.f('uq_drawn_lesson_draw_id_position_place'))
    )
    with op.batch_alter_table('drawn_lesson', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_drawn_lesson_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_drawn_lesson_teacher', ['teacher_id'], unique=False)
        batch_op.create_index('uq_drawn_lesson_one_a_school', ['draw_id', 'school_id'], unique=True, sqlite_where=sa.text("status <> 'excused'"), postgresql_where=sa.text("status <> 'excused'"))

    op.create_table('ethics_activity_evidence',
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_ethics_activity_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['record_id'], ['ethics_activity.id'], name=op.f('fk_ethics_activity_evidence_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', 'evidence_id', name=op.f('pk_ethics_activity_evidence'))
    )
    with op.batch_alter_table('ethics_activity_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ethics_activity_evidence_evidence_id'), ['evidence_id'], unique=False)

    op.create_table('ethics_appraisal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('conclusion_code', sa.String(), nullable=False),
    sa.Column('appraised_on', sa.Date(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=True),
    sa.Column('does_veto', sa.Boolean(), nullable=False),
    sa.Column('veto_from', sa.Date(), nullable=True),
    sa.Column('veto_to', sa.Date(), nullable=True),
    sa.Column('state', sa.Enum('proposed', 'in_force', 'returned', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('awaits_ruling', sa.Boolean(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_ethics_appraisal_decided_unless_proposed')),
    sa.CheckConstraint('(veto_from IS NULL) = (veto_to IS NULL)', name=op.f('ck_ethics_appraisal_veto_has_both_days')),
    sa.CheckConstraint('does_veto = (veto_to IS NOT NULL)', name=op.f('ck_ethics_appraisal_veto_has_term')),
    sa.CheckConstraint('veto_to IS NULL OR veto_to >= veto_from', name=op.f('ck_ethics_appraisal_dates_in_order')),
    sa.CheckConstraint('year >= 1990 AND year <= 2100', name=op.f('ck_ethics_appraisal_year_bounded')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_ethics_appraisal_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_ethics_appraisal_decided_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_ethics_appraisal_proposed_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_ethics_appraisal_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_ethics_appraisal_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_appraisal')),
    sa.UniqueConstraint('teacher_id', 'year', name=op.f('uq_ethics_appraisal_teacher_id_year'))
    )
    with op.batch_alter_table('ethics_appraisal', schema=None) as batch_op:
        batch_op.create_index('ix_ethics_appraisal_county', ['county_id', 'year', 'id'], unique=False)
        batch_op.create_index('ix_ethics_appraisal_school', ['school_id', 'year'], unique=False)
        batch_op.create_index('ix_ethics_appraisal_state', ['state', 'county_id', 'id'], unique=False)
        batch_op.create_index('ix_ethics_appraisal_veto', ['county_id', 'does_veto', 'veto_to'], unique=False)

    op.create_table('ethics_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('award', 'deduction', 'negative', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('audience', sa.Enum('teacher', 'leader', name='audience', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('clause_code', sa.String(), nullable=True),
    sa.Column('clause_text', sa.String(), nullable=True),
    sa.Column('points', sa.Integer(), nullable=False),
    sa.Column('does_veto', sa.Boolean(), nullable=False),
    sa.Column('happened_on', sa.Date(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=False),
    sa.Column('facts', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'in_force', 'returned', 'withdrawn', name='state', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('awaits_ruling', sa.Boolean(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(kind = 'negative') = (clause_code IS NOT NULL)", name=op.f('ck_ethics_entry_negative_has_clause')),
    sa.CheckConstraint("(state = 'proposed') = (decided_at IS NULL)", name=op.f('ck_ethics_entry_decided_unless_proposed')),
    sa.CheckConstraint("CASE kind WHEN 'award' THEN points > 0 ELSE points <= 0 END", name=op.f('ck_ethics_entry_points_by_kind')),
    sa.CheckConstraint("NOT does_veto OR kind = 'negative'", name=op.f('ck_ethics_entry_veto_by_the_list')),
    sa.CheckConstraint('from_on >= happened_on', name=op.f('ck_ethics_entry_begins_after_it_happened')),
    sa.CheckConstraint('points >= -100 AND points <= 100', name=op.f('ck_ethics_entry_points_bounded')),
    sa.CheckConstraint('to_on >= from_on', name=op.f('ck_ethics_entry_dates_in_order')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_ethics_entry_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['decided_by_id'], ['user_account.id'], name=op.f('fk_ethics_entry_decided_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['user_account.id'], name=op.f('fk_ethics_entry_proposed_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_ethics_entry_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_ethics_entry_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_entry'))
    )
    with op.batch_alter_table('ethics_entry', schema=None) as batch_op:
        batch_op.create_index('ix_ethics_entry_county', ['county_id', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_ethics_entry_school_id'), ['school_id'], unique=False)
        batch_op.create_index('ix_ethics_entry_state', ['state', 'county_id', 'id'], unique=False)
        batch_op.create_index('ix_ethics_entry_teacher', ['teacher_id', 'to_on'], unique=False)
        batch_op.create_index('ix_ethics_entry_veto', ['county_id', 'does_veto', 'to_on'], unique=False)
        batch_op.create_index('uq_ethics_entry_same', ['teacher_id', 'clause_code', 'happened_on'], unique=True, sqlite_where=sa.text("state IN ('proposed', 'in_force')"), postgresql_where=sa.text("state IN ('proposed', 'in_force')"))

    op.create_table('programme_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('nominated', 'admitted', 'declined', 'completed', 'left', name='place_status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('statement', sa.Text(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('host_school_id', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('proposed_by_label', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("status <> 'completed' OR to_on IS NOT NULL", name=op.f('ck_programme_place_completed_has_end')),
    sa.CheckConstraint("status NOT IN ('declined', 'left') OR reason <> ''", name=op.f('ck_programme_place_refusal_has_reason')),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_programme_place_dates_in_order')),
    sa.ForeignKeyConstraint(['host_school_id'], ['school.id'], name=op.f('fk_programme_place_host_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['programme_id'], ['growth_programme.id'], name=op.f('fk_programme_place_programme_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_programme_place_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_place')),
    sa.UniqueConstraint('programme_id', 'teacher_id', 'year', name=op.f('uq_programme_place_programme_id_teacher_id_year'))
    )
    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.create_index('ix_programme_place_host', ['host_school_id'], unique=False)
        batch_op.create_index('ix_programme_place_teacher', ['teacher_id'], unique=False)
        batch_op.create_index('ix_programme_place_year', ['programme_id', 'year', 'status', 'teacher_id'], unique=False)

    op.create_table('studio',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('host_id', sa.Integer(), nullable=False),
    sa.Column('assistant_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('kind', sa.Enum('teacher', 'principal', 'class_teacher', 'psychology', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('subject_code', sa.String(), nullable=True),
    sa.Column('stage', sa.Enum('kindergarten', 'primary', 'junior', 'senior', name='stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_network', sa.Boolean(), nullable=False),
    sa.Column('status', sa.Enum('applied', 'returned', 'declined', 'active', 'suspended', 'merged', 'closed', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('licence_number', sa.String(), nullable=True),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('cycle_years', sa.Integer(), nullable=False),
    sa.Column('cycle_no', sa.Integer(), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=True),
    sa.Column('ends_on', sa.Date(), nullable=True),
    sa.Column('closed_on', sa.Date(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('successor_id', sa.Integer(), nullable=True),
    sa.Column('member_places', sa.Integer(), nullable=False),
    sa.Column('mentee_places', sa.Integer(), nullable=False),
    sa.Column('members_taken', sa.Integer(), nullable=False),
    sa.Column('waiting_last', sa.Integer(), nullable=False),
    sa.Column('honour_types', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('honour_levels', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'merged') = (successor_id IS NOT NULL)", name=op.f('ck_studio_merged_has_successor')),
    sa.CheckConstraint("(status IN ('applied', 'returned', 'declined')) = (licence_number IS NULL)", name=op.f('ck_studio_licensed')),
    sa.CheckConstraint("(status IN ('closed', 'merged')) = (closed_on IS NOT NULL)", name=op.f('ck_studio_closed_has_day')),
    sa.CheckConstraint('assistant_id IS NULL OR assistant_id <> host_id', name=op.f('ck_studio_assistant_is_another')),
    sa.CheckConstraint('cycle_no >= 1', name=op.f('ck_studio_cycle_counts')),
    sa.CheckConstraint('ends_on IS NULL OR begins_on IS NOT NULL AND ends_on > begins_on', name=op.f('ck_studio_dates_in_order')),
    sa.CheckConstraint('members_taken >= 0 AND members_taken <= member_places', name=op.f('ck_studio_places_not_exceeded')),
    sa.CheckConstraint('mentee_places >= 0', name=op.f('ck_studio_mentees_not_negative')),
    sa.CheckConstraint('waiting_last >= 0', name=op.f('ck_studio_waiting_not_negative')),
    sa.ForeignKeyConstraint(['assistant_id'], ['teacher.id'], name=op.f('fk_studio_assistant_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_studio_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['host_id'], ['teacher.id'], name=op.f('fk_studio_host_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_studio_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['successor_id'], ['studio.id'], name=op.f('fk_studio_successor_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio')),
    sa.UniqueConstraint('county_id', 'name', name=op.f('uq_studio_county_id_name')),
    sa.UniqueConstraint('licence_number', name=op.f('uq_studio_licence_number'))
    )
    with op.batch_alter_table('studio', schema=None) as batch_op:
        batch_op.create_index('ix_studio_assistant', ['assistant_id'], unique=False)
        batch_op.create_index('ix_studio_county_ends', ['county_id', 'status', 'ends_on', 'id'], unique=False)
        batch_op.create_index('ix_studio_county_name', ['county_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_studio_host', ['host_id'], unique=False)
        batch_op.create_index('ix_studio_name', ['name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_studio_school', ['school_id'], unique=False)

    op.create_table('teacher_degree',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('institution', sa.String(), nullable=False),
    sa.Column('major', sa.String(), nullable=True),
    sa.Column('is_teacher_training', sa.Boolean(), nullable=False),
    sa.Column('started_on', sa.Date(), nullable=True),
    sa.Column('graduated_on', sa.Date(), nullable=True),
    sa.Column('degree_level_code', sa.String(), nullable=True),
    sa.Column('degree_on', sa.Date(), nullable=True),
    sa.Column('study_mode_code', sa.String(), nullable=True),
    sa.CheckConstraint('started_on IS NULL OR graduated_on IS NULL OR graduated_on >= started_on', name=op.f('ck_teacher_degree_dates_in_order')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_teacher_degree_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_teacher_degree')),
    sa.UniqueConstraint('teacher_id', 'level_code', 'institution', name='uq_teacher_degree_course')
    )
    op.create_table('title_record',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('rated', 'employed', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('title_code', sa.String(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('given_by', sa.String(), nullable=True),
    sa.Column('number', sa.String(), nullable=True),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_title_record_dates_in_order')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_title_record_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_title_record')),
    sa.UniqueConstraint('teacher_id', 'kind', 'from_on', name=op.f('uq_title_record_teacher_id_kind_from_on'))
    )
    op.create_table('training_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('region_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('mode_code', sa.String(), nullable=False),
    sa.Column('status', sa.Enum('draft', 'open', 'closed', 'finished', 'cancelled', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('admission', sa.Enum('centre', 'school', 'direct', name='admission', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('daily_from', sa.Time(), nullable=True),
    sa.Column('daily_to', sa.Time(), nullable=True),
    sa.Column('is_on_site', sa.Boolean(), nullable=False),
    sa.Column('venue', sa.String(), nullable=True),
    sa.Column('lecturers', sa.String(), nullable=True),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.Column('waiting_last', sa.Integer(), nullable=False),
    sa.Column('enrol_until', sa.Date(), nullable=True),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(daily_from IS NULL) = (daily_to IS NULL) AND (daily_from IS NULL OR daily_to > daily_from)', name=op.f('ck_training_session_times_in_order')),
    sa.CheckConstraint('ends_on >= begins_on', name=op.f('ck_training_session_days_in_order')),
    sa.CheckConstraint('hours > 0', name=op.f('ck_training_session_hours_positive')),
    sa.CheckConstraint('taken >= 0 AND taken <= places', name=op.f('ck_training_session_places_not_exceeded')),
    sa.CheckConstraint('waiting_last >= 0', name=op.f('ck_training_session_waiting_not_negative')),
    sa.ForeignKeyConstraint(['programme_id'], ['training_programme.id'], name=op.f('fk_training_session_programme_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['region_id'], ['region.id'], name=op.f('fk_training_session_region_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_session_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_session'))
    )
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.create_index('ix_training_session_begins', ['begins_on', 'id'], unique=False)
        batch_op.create_index('ix_training_session_programme', ['programme_id'], unique=False)
        batch_op.create_index('ix_training_session_region', ['region_id', 'begins_on', 'id'], unique=False)
        batch_op.create_index('ix_training_session_school', ['school_id'], unique=False)

    op.create_table('yearly_appraisal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('result_code', sa.String(), nullable=False),
    sa.Column('unit_name', sa.String(), nullable=True),
    sa.Column('confirmed_on', sa.Date(), nullable=True),
    sa.CheckConstraint('year BETWEEN 1950 AND 2100', name=op.f('ck_yearly_appraisal_year_range')),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_yearly_appraisal_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_yearly_appraisal')),
    sa.UniqueConstraint('teacher_id', 'year', name=op.f('uq_yearly_appraisal_teacher_id_year'))
    )
    op.create_table('certificate_evidence',
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_evidence_certificate_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_certificate_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('certificate_id', 'evidence_id', name=op.f('pk_certificate_evidence'))
    )
    with op.batch_alter_table('certificate_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_evidence_evidence_id'), ['evidence_id'], unique=False)

    op.create_table('certificate_gap',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('stage', sa.Enum('kindergarten', 'primary', 'junior', 'senior', name='stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('subject_code', sa.String(), nullable=False),
    sa.Column('type_code', sa.String(), nullable=False),
    sa.Column('reason', sa.Enum('missing', 'expired', 'registration_overdue', 'registration_refused', 'registration_deferred', 'revoked', 'unverified', 'other_stage', 'other_subject', name='reason', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_barring', sa.Boolean(), nullable=False),
    sa.Column('since_on', sa.Date(), nullable=True),
    sa.Column('certificate_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_gap_certificate_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_certificate_gap_county_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_certificate_gap_school_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_certificate_gap_teacher_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_gap')),
    sa.UniqueConstraint('teacher_id', 'type_code', 'reason', name=op.f('uq_certificate_gap_teacher_id_type_code_reason')),
    info={'is_derived': True}
    )
    with op.batch_alter_table('certificate_gap', schema=None) as batch_op:
        batch_op.create_index('ix_certificate_gap_certificate', ['certificate_id'], unique=False)
        batch_op.create_index('ix_certificate_gap_county', ['county_id', 'is_barring', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_certificate_gap_county_name', ['county_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_certificate_gap_name', ['name_pinyin', 'id', 'is_barring'], unique=False)
        batch_op.create_index('ix_certificate_gap_school', ['school_id', 'name_pinyin', 'id', 'is_barring'], unique=False)

    op.create_table('certificate_registration',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('conclusion_code', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_registration_certificate_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate_registration')),
    sa.UniqueConstraint('certificate_id', 'on', name='uq_certificate_registration_day')
    )
    op.create_table('credit_claim_evidence',
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['claim_id'], ['credit_claim.id'], name=op.f('fk_credit_claim_evidence_claim_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_credit_claim_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('claim_id', 'evidence_id', name=op.f('pk_credit_claim_evidence'))
    )
    with op.batch_alter_table('credit_claim_evidence', schema=None) as batch_op:
        batch_op.create_index('ix_credit_claim_evidence_evidence', ['evidence_id'], unique=False)

    op.create_table('credit_claim_step',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('kind', sa.Enum('submitted', 'checked', 'confirmed', 'returned', 'hours_changed', 'taken_back', 'withdrawn', 'from_source', 'disputed', 'answered', 'ruled', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('actor_label', sa.String(), nullable=False),
    sa.Column('acting_for_label', sa.String(), nullable=False),
    sa.Column('hours_before', sa.BigInteger(), nullable=True),
    sa.Column('hours_after', sa.BigInteger(), nullable=True),
    sa.Column('reason', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['user_account.id'], name=op.f('fk_credit_claim_step_actor_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['claim_id'], ['credit_claim.id'], name=op.f('fk_credit_claim_step_claim_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_claim_step'))
    )
    with op.batch_alter_table('credit_claim_step', schema=None) as batch_op:
        batch_op.create_index('ix_credit_claim_step_claim', ['claim_id', 'id'], unique=False)

    op.create_table('credit_dispute',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('open', 'upheld', 'rejected', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('ruled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'open') = (ruled_at IS NULL)", name=op.f('ck_credit_dispute_moment_ruled')),
    sa.ForeignKeyConstraint(['claim_id'], ['credit_claim.id'], name=op.f('fk_credit_dispute_claim_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_dispute'))
    )
    with op.batch_alter_table('credit_dispute', schema=None) as batch_op:
        batch_op.create_index('ix_credit_dispute_claim', ['claim_id'], unique=False)
        batch_op.create_index('uq_credit_dispute_open', ['claim_id'], unique=True, sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))

    op.create_table('credit_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('claim_id', sa.Integer(), nullable=False),
    sa.Column('rule_set_id', sa.Integer(), nullable=False),
    sa.Column('kind_code', sa.String(), nullable=False),
    sa.Column('account', sa.Enum('cycle', 'outside', name='account', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('cycle', sa.Integer(), nullable=False),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('reverses_id', sa.Integer(), nullable=True),
    sa.Column('cause', sa.Enum('confirmed', 'displaced', 'changed', 'withdrawn', 'rules', 'recount', name='cause', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(reverses_id IS NULL AND hours > 0) OR (reverses_id IS NOT NULL AND hours < 0)', name=op.f('ck_credit_entry_sign_of_hours')),
    sa.CheckConstraint('year >= cycle', name=op.f('ck_credit_entry_year_in_cycle')),
    sa.ForeignKeyConstraint(['claim_id'], ['credit_claim.id'], name=op.f('fk_credit_entry_claim_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['reverses_id'], ['credit_entry.id'], name=op.f('fk_credit_entry_reverses_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['rule_set_id'], ['credit_rule_set.id'], name=op.f('fk_credit_entry_rule_set_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_credit_entry_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_entry')),
    sa.UniqueConstraint('reverses_id', name='uq_credit_entry_reverses')
    )
    with op.batch_alter_table('credit_entry', schema=None) as batch_op:
        batch_op.create_index('ix_credit_entry_claim', ['claim_id'], unique=False)
        batch_op.create_index('ix_credit_entry_teacher', ['teacher_id', 'id'], unique=False)

    op.create_table('ethics_appraisal_evidence',
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_ethics_appraisal_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['record_id'], ['ethics_appraisal.id'], name=op.f('fk_ethics_appraisal_evidence_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', 'evidence_id', name=op.f('pk_ethics_appraisal_evidence'))
    )
    with op.batch_alter_table('ethics_appraisal_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ethics_appraisal_evidence_evidence_id'), ['evidence_id'], unique=False)

    op.create_table('ethics_entry_evidence',
    sa.Column('record_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_ethics_entry_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['record_id'], ['ethics_entry.id'], name=op.f('fk_ethics_entry_evidence_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', 'evidence_id', name=op.f('pk_ethics_entry_evidence'))
    )
    with op.batch_alter_table('ethics_entry_evidence', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ethics_entry_evidence_evidence_id'), ['evidence_id'], unique=False)

    op.create_table('ethics_remark',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('entry_id', sa.Integer(), nullable=True),
    sa.Column('appraisal_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('answer', 'ruling', 'return', 'correction', 'withdrawal', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_name', sa.String(), nullable=False),
    sa.Column('said', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(entry_id IS NULL) <> (appraisal_id IS NULL)', name=op.f('ck_ethics_remark_of_one_record')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['ethics_appraisal.id'], name=op.f('fk_ethics_remark_appraisal_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_ethics_remark_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['entry_id'], ['ethics_entry.id'], name=op.f('fk_ethics_remark_entry_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ethics_remark'))
    )
    with op.batch_alter_table('ethics_remark', schema=None) as batch_op:
        batch_op.create_index('ix_ethics_remark_appraisal', ['appraisal_id', 'id'], unique=False)
        batch_op.create_index('ix_ethics_remark_entry', ['entry_id', 'id'], unique=False)

    op.create_table('programme_report',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('place_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('written_by_label', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['place_id'], ['programme_place.id'], name=op.f('fk_programme_report_place_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_report'))
    )
    with op.batch_alter_table('programme_report', schema=None) as batch_op:
        batch_op.create_index('ix_programme_report_place', ['place_id', 'on'], unique=False)

    op.create_table('proposal_run_county',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('scenario_id', sa.Integer(), nullable=True),
    sa.Column('left_out', sa.Enum('no_teachers', 'no_posts', 'no_rules', 'closed', 'under_way', name='left_out', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.CheckConstraint('left_out IS NULL OR scenario_id IS NULL', name=op.f('ck_proposal_run_county_solved_or_left_out')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_proposal_run_county_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['run_id'], ['proposal_run.id'], name=op.f('fk_proposal_run_county_run_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scenario_id'], ['rotation_scenario.id'], name=op.f('fk_proposal_run_county_scenario_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_proposal_run_county')),
    sa.UniqueConstraint('run_id', 'county_id', name='uq_proposal_run_county_once'),
    sa.UniqueConstraint('scenario_id', name='uq_proposal_run_county_scenario')
    )
    with op.batch_alter_table('proposal_run_county', schema=None) as batch_op:
        batch_op.create_index('ix_proposal_run_county_county', ['county_id'], unique=False)

    op.create_table('studio_appraisal',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('cycle_no', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('midterm', 'final', name='stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('reporting', 'reviewing', 'decided', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('criteria', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('pass_mark', sa.Integer(), nullable=False),
    sa.Column('excellent_mark', sa.Integer(), nullable=False),
    sa.Column('report', sa.String(), nullable=True),
    sa.Column('figures', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
    sa.Column('reported_on', sa.Date(), nullable=True),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('result', sa.Enum('excellent', 'passed', 'failed', name='result', native_enum=False, create_constraint=True, length=24), nullable=True),
    sa.Column('decided_on', sa.Date(), nullable=True),
    sa.Column('opinion', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'decided') = (result IS NOT NULL AND score IS NOT NULL)", name=op.f('ck_studio_appraisal_decided_has_result')),
    sa.CheckConstraint("status = 'reporting' OR report IS NOT NULL", name=op.f('ck_studio_appraisal_reported_before_review')),
    sa.CheckConstraint('score IS NULL OR (score >= 0 AND score <= 10000)', name=op.f('ck_studio_appraisal_score_range')),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_appraisal_studio_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_appraisal')),
    sa.UniqueConstraint('studio_id', 'cycle_no', 'stage', name=op.f('uq_studio_appraisal_studio_id_cycle_no_stage'))
    )
    with op.batch_alter_table('studio_appraisal', schema=None) as batch_op:
        batch_op.create_index('ix_studio_appraisal_status', ['status', 'due_on'], unique=False)

    op.create_table('studio_grant',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_studio_grant_amount_positive')),
    sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_studio_grant_year_range')),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_grant_studio_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_grant')),
    sa.UniqueConstraint('studio_id', 'year', 'source', name=op.f('uq_studio_grant_studio_id_year_source'))
    )
    op.create_table('studio_meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('seminar', 'public_lesson', 'observation', 'lecture', 'outreach', 'research', 'study_trip', 'showcase', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('planned', 'held', 'cancelled', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('begins_at', sa.Time(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('venue', sa.String(), nullable=True),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('agenda', sa.String(), nullable=True),
    sa.Column('summary', sa.String(), nullable=True),
    sa.Column('cancelled_reason', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'cancelled') = (cancelled_reason IS NOT NULL)", name=op.f('ck_studio_meeting_cancelled_has_reason')),
    sa.CheckConstraint('hours > 0 AND hours <= 10000', name=op.f('ck_studio_meeting_hours_range')),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_meeting_studio_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_meeting'))
    )
    with op.batch_alter_table('studio_meeting', schema=None) as batch_op:
        batch_op.create_index('ix_studio_meeting_kind', ['studio_id', 'kind', 'status', 'on'], unique=False)
        batch_op.create_index('ix_studio_meeting_studio', ['studio_id', 'on', 'id'], unique=False)

    op.create_table('studio_membership',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('name_pinyin', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('kind', sa.Enum('teacher', 'principal', 'class_teacher', 'psychology', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('role', sa.Enum('host', 'member', 'mentee', name='role', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('applied', 'invited', 'waiting', 'active', 'declined', 'withdrawn', 'left', 'dismissed', 'finished', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=True),
    sa.Column('wanted_leader_id', sa.Integer(), nullable=True),
    sa.Column('waiting_no', sa.Integer(), nullable=True),
    sa.Column('from_on', sa.Date(), nullable=True),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.Column('statement', sa.String(), nullable=True),
    sa.Column('honour_title', sa.String(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('asked_on', sa.Date(), nullable=True),
    sa.Column('asked_reason', sa.Text(), nullable=True),
    sa.Column('answered_on', sa.Date(), nullable=True),
    sa.Column('answer_agrees', sa.Boolean(), nullable=True),
    sa.Column('answer', sa.Text(), nullable=True),
    sa.Column('mentee_places', sa.Integer(), nullable=False),
    sa.Column('mentees_taken', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'waiting') = (waiting_no IS NOT NULL)", name=op.f('ck_studio_membership_waiting_has_number')),
    sa.CheckConstraint("(status IN ('active', 'left', 'dismissed', 'finished')) = (from_on IS NOT NULL)", name=op.f('ck_studio_membership_joined_has_day')),
    sa.CheckConstraint("(status IN ('left', 'dismissed', 'finished')) = (to_on IS NOT NULL)", name=op.f('ck_studio_membership_ended_has_day')),
    sa.CheckConstraint("role <> 'mentee' OR status <> 'active' OR leader_id IS NOT NULL", name=op.f('ck_studio_membership_mentee_has_leader')),
    sa.CheckConstraint("role = 'member' OR mentee_places = 0", name=op.f('ck_studio_membership_only_members_lead')),
    sa.CheckConstraint('(answered_on IS NULL) = (answer_agrees IS NULL)', name=op.f('ck_studio_membership_answered_says')),
    sa.CheckConstraint('(asked_on IS NULL) = (asked_reason IS NULL)', name=op.f('ck_studio_membership_asked_has_reason')),
    sa.CheckConstraint('mentees_taken >= 0 AND mentees_taken <= mentee_places', name=op.f('ck_studio_membership_places_not_exceeded')),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_studio_membership_dates_in_order')),
    sa.ForeignKeyConstraint(['leader_id'], ['studio_membership.id'], name=op.f('fk_studio_membership_leader_id')),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_membership_studio_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_studio_membership_teacher_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['wanted_leader_id'], ['studio_membership.id'], name=op.f('fk_studio_membership_wanted_leader_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_membership')),
    sa.UniqueConstraint('studio_id', 'role', 'waiting_no', name=op.f('uq_studio_membership_studio_id_role_waiting_no'))
    )
    with op.batch_alter_table('studio_membership', schema=None) as batch_op:
        batch_op.create_index('ix_studio_membership_leader', ['leader_id', 'status'], unique=False)
        batch_op.create_index('ix_studio_membership_studio', ['studio_id', 'status', 'role'], unique=False)
        batch_op.create_index('ix_studio_membership_studio_name', ['studio_id', 'name_pinyin', 'id'], unique=False)
        batch_op.create_index('ix_studio_membership_teacher', ['teacher_id', 'status'], unique=False)
        batch_op.create_index('uq_studio_membership_kind', ['teacher_id', 'kind'], unique=True, sqlite_where=sa.text("status = 'active'"), postgresql_where=sa.text("status = 'active'"))
        batch_op.create_index('uq_studio_membership_open', ['studio_id', 'teacher_id'], unique=True, sqlite_where=sa.text("status IN ('applied', 'invited', 'waiting', 'active')"), postgresql_where=sa.text("status IN ('applied', 'invited', 'waiting', 'active')"))

    op.create_table('studio_observation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('observer_id', sa.Integer(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('class_name', sa.String(), nullable=True),
    sa.Column('aims', sa.Integer(), nullable=False),
    sa.Column('content', sa.Integer(), nullable=False),
    sa.Column('method', sa.Integer(), nullable=False),
    sa.Column('effect', sa.Integer(), nullable=False),
    sa.Column('strengths', sa.Text(), nullable=False),
    sa.Column('advice', sa.Text(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('aims BETWEEN 1 AND 5', name=op.f('ck_studio_observation_aims_range')),
    sa.CheckConstraint('content BETWEEN 1 AND 5', name=op.f('ck_studio_observation_content_range')),
    sa.CheckConstraint('effect BETWEEN 1 AND 5', name=op.f('ck_studio_observation_effect_range')),
    sa.CheckConstraint('method BETWEEN 1 AND 5', name=op.f('ck_studio_observation_method_range')),
    sa.CheckConstraint('observer_id <> teacher_id', name=op.f('ck_studio_observation_observer_is_another')),
    sa.ForeignKeyConstraint(['observer_id'], ['teacher.id'], name=op.f('fk_studio_observation_observer_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_observation_studio_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_studio_observation_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_observation'))
    )
    with op.batch_alter_table('studio_observation', schema=None) as batch_op:
        batch_op.create_index('ix_studio_observation_studio', ['studio_id', 'on', 'id'], unique=False)
        batch_op.create_index('ix_studio_observation_teacher', ['teacher_id', 'on'], unique=False)

    op.create_table('studio_outcome',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('public_lesson', 'research', 'paper', 'resource', 'award', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('level_code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=False),
    sa.Column('note', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_outcome_studio_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_studio_outcome_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_outcome'))
    )
    with op.batch_alter_table('studio_outcome', schema=None) as batch_op:
        batch_op.create_index('ix_studio_outcome_studio', ['studio_id', 'on', 'id'], unique=False)
        batch_op.create_index('ix_studio_outcome_teacher', ['teacher_id', 'kind'], unique=False)

    op.create_table('studio_plan',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('aims', sa.String(), nullable=False),
    sa.Column('summary', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('year BETWEEN 2000 AND 2100', name=op.f('ck_studio_plan_year')),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_plan_studio_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_plan')),
    sa.UniqueConstraint('studio_id', 'year', name=op.f('uq_studio_plan_studio_id_year'))
    )
    op.create_table('studio_spending',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('studio_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('spent_on', sa.Date(), nullable=False),
    sa.Column('category', sa.Enum('books', 'equipment', 'website', 'travel', 'research', name='category', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('beyond_reason', sa.String(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_studio_spending_amount_positive')),
    sa.ForeignKeyConstraint(['studio_id'], ['studio.id'], name=op.f('fk_studio_spending_studio_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_spending'))
    )
    with op.batch_alter_table('studio_spending', schema=None) as batch_op:
        batch_op.create_index('ix_studio_spending_studio', ['studio_id', 'year', 'spent_on', 'id'], unique=False)

    op.create_table('training_feedback',
    sa.Column('id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('stage', sa.Enum('kindergarten', 'primary', 'junior', 'senior', name='stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('is_rural', sa.Boolean(), nullable=False),
    sa.Column('content', sa.Integer(), nullable=False),
    sa.Column('teaching', sa.Integer(), nullable=False),
    sa.Column('organisation', sa.Integer(), nullable=False),
    sa.Column('result', sa.Integer(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.CheckConstraint('content BETWEEN 1 AND 5', name=op.f('ck_training_feedback_content_range')),
    sa.CheckConstraint('organisation BETWEEN 1 AND 5', name=op.f('ck_training_feedback_organisation_range')),
    sa.CheckConstraint('result BETWEEN 1 AND 5', name=op.f('ck_training_feedback_result_range')),
    sa.CheckConstraint('teaching BETWEEN 1 AND 5', name=op.f('ck_training_feedback_teaching_range')),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_feedback_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_feedback'))
    )
    with op.batch_alter_table('training_feedback', schema=None) as batch_op:
        batch_op.create_index('ix_training_feedback_session', ['session_id'], unique=False)

    op.create_table('training_quota',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=True),
    sa.Column('county_id', sa.Integer(), nullable=True),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('school_id IS NULL OR county_id IS NULL', name=op.f('ck_training_quota_one_holder')),
    sa.CheckConstraint('taken >= 0 AND taken <= places', name=op.f('ck_training_quota_quota_not_exceeded')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_training_quota_county_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_quota_school_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_quota_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_quota')),
    sa.UniqueConstraint('session_id', 'county_id', name=op.f('uq_training_quota_session_id_county_id')),
    sa.UniqueConstraint('session_id', 'school_id', name=op.f('uq_training_quota_session_id_school_id'))
    )
    with op.batch_alter_table('training_quota', schema=None) as batch_op:
        batch_op.create_index('uq_training_quota_open', ['session_id'], unique=True, sqlite_where=sa.text('school_id IS NULL AND county_id IS NULL'), postgresql_where=sa.text('school_id IS NULL AND county_id IS NULL'))

    op.create_table('training_roster',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('checked', 'applied', 'undone', 'discarded', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('file_name', sa.String(), nullable=False),
    sa.Column('sheet_name', sa.String(), nullable=False),
    sa.Column('header_row', sa.Integer(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('rows', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('problems', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('created_by_id', sa.Integer(), nullable=True),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'undone') = (undone_at IS NOT NULL)", name=op.f('ck_training_roster_undone_has_moment')),
    sa.CheckConstraint("(status IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name=op.f('ck_training_roster_applied_has_moment')),
    sa.ForeignKeyConstraint(['created_by_id'], ['user_account.id'], name=op.f('fk_training_roster_created_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_roster_session_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_roster'))
    )
    with op.batch_alter_table('training_roster', schema=None) as batch_op:
        batch_op.create_index('ix_training_roster_session', ['session_id', 'id'], unique=False)

    op.create_table('training_spending',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('spent_on', sa.Date(), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('purpose', sa.String(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount > 0', name=op.f('ck_training_spending_amount_positive')),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_spending_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_spending_session_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_spending'))
    )
    with op.batch_alter_table('training_spending', schema=None) as batch_op:
        batch_op.create_index('ix_training_spending_school', ['school_id', 'year', 'spent_on'], unique=False)
        batch_op.create_index('ix_training_spending_session', ['session_id'], unique=False)

    op.create_table('credit_dispute_message',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('dispute_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('author_label', sa.String(), nullable=False),
    sa.Column('body', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_credit_dispute_message_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['dispute_id'], ['credit_dispute.id'], name=op.f('fk_credit_dispute_message_dispute_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit_dispute_message'))
    )
    with op.batch_alter_table('credit_dispute_message', schema=None) as batch_op:
        batch_op.create_index('ix_credit_dispute_message_dispute', ['dispute_id', 'id'], unique=False)

    op.create_table('studio_appraisal_review',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('appraisal_id', sa.Integer(), nullable=False),
    sa.Column('reviewer_id', sa.Integer(), nullable=False),
    sa.Column('scores', sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('comment', sa.Text(), nullable=True),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(submitted_at IS NULL) = (score IS NULL)', name=op.f('ck_studio_appraisal_review_submitted_has_score')),
    sa.CheckConstraint('score IS NULL OR (score >= 0 AND score <= 10000)', name=op.f('ck_studio_appraisal_review_score_range')),
    sa.ForeignKeyConstraint(['appraisal_id'], ['studio_appraisal.id'], name=op.f('fk_studio_appraisal_review_appraisal_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['reviewer_id'], ['user_account.id'], name=op.f('fk_studio_appraisal_review_reviewer_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_appraisal_review')),
    sa.UniqueConstraint('appraisal_id', 'reviewer_id', name=op.f('uq_studio_appraisal_review_appraisal_id_reviewer_id'))
    )
    with op.batch_alter_table('studio_appraisal_review', schema=None) as batch_op:
        batch_op.create_index('ix_studio_appraisal_review_reviewer', ['reviewer_id', 'submitted_at'], unique=False)

    op.create_table('studio_attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('meeting_id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('credited_hours', sa.BigInteger(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('credited_hours IS NULL OR credited_hours > 0', name=op.f('ck_studio_attendance_hours_positive')),
    sa.ForeignKeyConstraint(['meeting_id'], ['studio_meeting.id'], name=op.f('fk_studio_attendance_meeting_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['membership_id'], ['studio_membership.id'], name=op.f('fk_studio_attendance_membership_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_attendance')),
    sa.UniqueConstraint('meeting_id', 'membership_id', name=op.f('uq_studio_attendance_meeting_id_membership_id'))
    )
    with op.batch_alter_table('studio_attendance', schema=None) as batch_op:
        batch_op.create_index('ix_studio_attendance_membership', ['membership_id'], unique=False)

    op.create_table('studio_lesson_request',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('asked_by_id', sa.Integer(), nullable=True),
    sa.Column('kind', sa.Enum('lesson', 'workshop', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('status', sa.Enum('open', 'accepted', 'delivered', 'confirmed', 'cancelled', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('subject_code', sa.String(), nullable=False),
    sa.Column('stage', sa.Enum('kindergarten', 'primary', 'junior', 'senior', name='stage', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('topic', sa.String(), nullable=False),
    sa.Column('detail', sa.String(), nullable=True),
    sa.Column('wanted_from', sa.Date(), nullable=False),
    sa.Column('wanted_to', sa.Date(), nullable=False),
    sa.Column('giver_id', sa.Integer(), nullable=True),
    sa.Column('agreed_on', sa.Date(), nullable=True),
    sa.Column('given_on', sa.Date(), nullable=True),
    sa.Column('hours', sa.BigInteger(), nullable=True),
    sa.Column('report', sa.String(), nullable=True),
    sa.Column('given_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rating', sa.Integer(), nullable=True),
    sa.Column('feedback', sa.Text(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('meeting_id', sa.Integer(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(status = 'confirmed') = (rating IS NOT NULL AND meeting_id IS NOT NULL)", name=op.f('ck_studio_lesson_request_confirmed')),
    sa.CheckConstraint("(status IN ('delivered', 'confirmed')) = (given_on IS NOT NULL AND hours IS NOT NULL)", name=op.f('ck_studio_lesson_request_given')),
    sa.CheckConstraint("(status IN ('open', 'cancelled')) = (giver_id IS NULL)", name=op.f('ck_studio_lesson_request_accepted_has_giver')),
    sa.CheckConstraint('(giver_id IS NULL) = (agreed_on IS NULL)', name=op.f('ck_studio_lesson_request_accepted_has_day')),
    sa.CheckConstraint('hours IS NULL OR (hours > 0 AND hours <= 10000)', name=op.f('ck_studio_lesson_request_hours_range')),
    sa.CheckConstraint('rating IS NULL OR rating BETWEEN 1 AND 5', name=op.f('ck_studio_lesson_request_rating_range')),
    sa.CheckConstraint('wanted_to >= wanted_from', name=op.f('ck_studio_lesson_request_dates_in_order')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_studio_lesson_request_asked_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_studio_lesson_request_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['giver_id'], ['studio_membership.id'], name=op.f('fk_studio_lesson_request_giver_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['meeting_id'], ['studio_meeting.id'], name=op.f('fk_studio_lesson_request_meeting_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_studio_lesson_request_school_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_lesson_request')),
    sa.UniqueConstraint('meeting_id', name=op.f('uq_studio_lesson_request_meeting_id'))
    )
    with op.batch_alter_table('studio_lesson_request', schema=None) as batch_op:
        batch_op.create_index('ix_studio_lesson_request_county', ['county_id', 'status', 'wanted_to', 'id'], unique=False)
        batch_op.create_index('ix_studio_lesson_request_giver', ['giver_id'], unique=False)
        batch_op.create_index('ix_studio_lesson_request_school', ['school_id', 'wanted_to', 'id'], unique=False)

    op.create_table('studio_note',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('author_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['author_id'], ['user_account.id'], name=op.f('fk_studio_note_author_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['membership_id'], ['studio_membership.id'], name=op.f('fk_studio_note_membership_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_note'))
    )
    with op.batch_alter_table('studio_note', schema=None) as batch_op:
        batch_op.create_index('ix_studio_note_membership', ['membership_id', 'id'], unique=False)

    op.create_table('studio_outcome_evidence',
    sa.Column('outcome_id', sa.Integer(), nullable=False),
    sa.Column('evidence_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['evidence_id'], ['evidence_file.id'], name=op.f('fk_studio_outcome_evidence_evidence_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['outcome_id'], ['studio_outcome.id'], name=op.f('fk_studio_outcome_evidence_outcome_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('outcome_id', 'evidence_id', name=op.f('pk_studio_outcome_evidence'))
    )
    with op.batch_alter_table('studio_outcome_evidence', schema=None) as batch_op:
        batch_op.create_index('ix_studio_outcome_evidence_evidence', ['evidence_id'], unique=False)

    op.create_table('studio_personal_target',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('measure', sa.Enum('hours', 'public_lesson', 'observation', 'meeting', 'paper', 'research', 'resource', name='measure', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('target', sa.BigInteger(), nullable=False),
    sa.CheckConstraint('target > 0', name=op.f('ck_studio_personal_target_target_positive')),
    sa.ForeignKeyConstraint(['membership_id'], ['studio_membership.id'], name=op.f('fk_studio_personal_target_membership_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_personal_target')),
    sa.UniqueConstraint('membership_id', 'measure', name=op.f('uq_studio_personal_target_membership_id_measure'))
    )
    op.create_table('studio_place',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('membership_id', sa.Integer(), nullable=False),
    sa.Column('leader_id', sa.Integer(), nullable=False),
    sa.Column('from_on', sa.Date(), nullable=False),
    sa.Column('to_on', sa.Date(), nullable=True),
    sa.CheckConstraint('to_on IS NULL OR to_on >= from_on', name=op.f('ck_studio_place_dates_in_order')),
    sa.ForeignKeyConstraint(['leader_id'], ['studio_membership.id'], name=op.f('fk_studio_place_leader_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['membership_id'], ['studio_membership.id'], name=op.f('fk_studio_place_membership_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_place'))
    )
    with op.batch_alter_table('studio_place', schema=None) as batch_op:
        batch_op.create_index('ix_studio_place_leader', ['leader_id'], unique=False)
        batch_op.create_index('uq_studio_place_present', ['membership_id'], unique=True, sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))

    op.create_table('studio_plan_target',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('plan_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('public_lesson', 'observation', 'outreach', 'research', 'paper', 'resource', name='kind', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_studio_plan_target_number_not_negative')),
    sa.ForeignKeyConstraint(['plan_id'], ['studio_plan.id'], name=op.f('fk_studio_plan_target_plan_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_studio_plan_target')),
    sa.UniqueConstraint('plan_id', 'kind', name=op.f('uq_studio_plan_target_plan_id_kind'))
    )
    op.create_table('training_enrolment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('teacher_id', sa.Integer(), nullable=False),
    sa.Column('school_id', sa.Integer(), nullable=False),
    sa.Column('county_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.Enum('applied', 'nominated', 'waiting', 'confirmed', 'declined', 'cancelled', name='status', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('quota_id', sa.Integer(), nullable=True),
    sa.Column('waiting_no', sa.Integer(), nullable=True),
    sa.Column('reason', sa.String(), nullable=True),
    sa.Column('result', sa.Enum('none', 'passed', 'failed', name='result', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('score', sa.BigInteger(), nullable=True),
    sa.Column('hours', sa.BigInteger(), nullable=True),
    sa.Column('credited_hours', sa.BigInteger(), nullable=True),
    sa.Column('has_given_feedback', sa.Boolean(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("(result = 'none') = (hours IS NULL)", name=op.f('ck_training_enrolment_result_has_hours')),
    sa.CheckConstraint("(status = 'confirmed') = (quota_id IS NOT NULL)", name=op.f('ck_training_enrolment_confirmed_holds_place')),
    sa.CheckConstraint("(status = 'waiting') = (waiting_no IS NOT NULL)", name=op.f('ck_training_enrolment_waiting_has_number')),
    sa.CheckConstraint("result = 'none' OR status = 'confirmed'", name=op.f('ck_training_enrolment_result_of_confirmed')),
    sa.CheckConstraint('hours IS NULL OR hours >= 0', name=op.f('ck_training_enrolment_hours_not_negative')),
    sa.CheckConstraint('score IS NULL OR (score >= 0 AND score <= 10000)', name=op.f('ck_training_enrolment_score_range')),
    sa.ForeignKeyConstraint(['county_id'], ['region.id'], name=op.f('fk_training_enrolment_county_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['quota_id'], ['training_quota.id'], name=op.f('fk_training_enrolment_quota_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['school_id'], ['school.id'], name=op.f('fk_training_enrolment_school_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_enrolment_session_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['teacher_id'], ['teacher.id'], name=op.f('fk_training_enrolment_teacher_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_enrolment')),
    sa.UniqueConstraint('session_id', 'teacher_id', name=op.f('uq_training_enrolment_session_id_teacher_id')),
    sa.UniqueConstraint('session_id', 'waiting_no', name=op.f('uq_training_enrolment_session_id_waiting_no'))
    )
    with op.batch_alter_table('training_enrolment', schema=None) as batch_op:
        batch_op.create_index('ix_training_enrolment_quota', ['quota_id'], unique=False)
        batch_op.create_index('ix_training_enrolment_school', ['school_id', 'status'], unique=False)
        batch_op.create_index('ix_training_enrolment_session', ['session_id', 'status', 'teacher_id'], unique=False)
        batch_op.create_index('ix_training_enrolment_teacher', ['teacher_id', 'session_id'], unique=False)

    op.create_table('training_attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('source', sa.Enum('list', 'code', name='source', native_enum=False, create_constraint=True, length=24), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['enrolment_id'], ['training_enrolment.id'], name=op.f('fk_training_attendance_enrolment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_attendance')),
    sa.UniqueConstraint('enrolment_id', 'day', name=op.f('uq_training_attendance_enrolment_id_day'))
    )
    op.create_table('training_certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('enrolment_id', sa.Integer(), nullable=False),
    sa.Column('session_id', sa.Integer(), nullable=False),
    sa.Column('area_code', sa.String(), nullable=False),
    sa.Column('type_code', sa.String(), nullable=False),
    sa.Column('serial', sa.Integer(), nullable=False),
    sa.Column('number', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('name', sa.String().with_variant(sa.String(collation='C'), 'postgresql'), nullable=False),
    sa.Column('programme', sa.String(), nullable=False),
    sa.Column('session_name', sa.String(), nullable=False),
    sa.Column('organiser', sa.String(), nullable=False),
    sa.Column('begins_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('hours', sa.BigInteger(), nullable=False),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_reason', sa.String(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_reason IS NULL)', name=op.f('ck_training_certificate_revoked_has_reason')),
    sa.CheckConstraint('serial BETWEEN 1 AND 999999', name=op.f('ck_training_certificate_serial_range')),
    sa.ForeignKeyConstraint(['enrolment_id'], ['training_enrolment.id'], name=op.f('fk_training_certificate_enrolment_id'), ondelete='RESTRICT'),
    sa.ForeignKeyConstraint(['session_id'], ['training_session.id'], name=op.f('fk_training_certificate_session_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_training_certificate')),
    sa.UniqueConstraint('area_code', 'type_code', 'serial', name=op.f('uq_training_certificate_area_code_type_code_serial')),
    sa.UniqueConstraint('number', name=op.f('uq_training_certificate_number')),
    sa.UniqueConstraint('token', name=op.f('uq_training_certificate_token'))
    )
    with op.batch_alter_table('training_certificate', schema=None) as batch_op:
        batch_op.create_index('ix_training_certificate_enrolment', ['enrolment_id'], unique=False)
        batch_op.create_index('ix_training_certificate_name', ['name', 'id'], unique=False)
        batch_op.create_index('ix_training_certificate_session', ['session_id', 'number'], unique=False)
        batch_op.create_index('uq_training_certificate_valid', ['enrolment_id'], unique=True, sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))



def downgrade() -> None:
    op.execute("DELETE FROM remembered_mapping WHERE NOT (" + OLD_KINDS + ")")
    with op.batch_alter_table('remembered_mapping', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_remembered_mapping_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_remembered_mapping_kind'), OLD_KINDS)

    op.execute("DELETE FROM import_batch WHERE NOT (" + OLD_KINDS + ")")
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_import_batch_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_import_batch_kind'), OLD_KINDS)

    with op.batch_alter_table('training_certificate', schema=None) as batch_op:
        batch_op.drop_index('uq_training_certificate_valid', sqlite_where=sa.text('revoked_at IS NULL'), postgresql_where=sa.text('revoked_at IS NULL'))
        batch_op.drop_index('ix_training_certificate_session')
        batch_op.drop_index('ix_training_certificate_name')
        batch_op.drop_index('ix_training_certificate_enrolment')

    op.drop_table('training_certificate')
    op.drop_table('training_attendance')
    with op.batch_alter_table('training_enrolment', schema=None) as batch_op:
        batch_op.drop_index('ix_training_enrolment_teacher')
        batch_op.drop_index('ix_training_enrolment_session')
        batch_op.drop_index('ix_training_enrolment_school')
        batch_op.drop_index('ix_training_enrolment_quota')

    op.drop_table('training_enrolment')
    op.drop_table('studio_plan_target')
    with op.batch_alter_table('studio_place', schema=None) as batch_op:
        batch_op.drop_index('uq_studio_place_present', sqlite_where=sa.text('to_on IS NULL'), postgresql_where=sa.text('to_on IS NULL'))
        batch_op.drop_index('ix_studio_place_leader')

    op.drop_table('studio_place')
    op.drop_table('studio_personal_target')
    with op.batch_alter_table('studio_outcome_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_outcome_evidence_evidence')

    op.drop_table('studio_outcome_evidence')
    with op.batch_alter_table('studio_note', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_note_membership')

    op.drop_table('studio_note')
    with op.batch_alter_table('studio_lesson_request', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_lesson_request_school')
        batch_op.drop_index('ix_studio_lesson_request_giver')
        batch_op.drop_index('ix_studio_lesson_request_county')

    op.drop_table('studio_lesson_request')
    with op.batch_alter_table('studio_attendance', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_attendance_membership')

    op.drop_table('studio_attendance')
    with op.batch_alter_table('studio_appraisal_review', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_appraisal_review_reviewer')

    op.drop_table('studio_appraisal_review')
    with op.batch_alter_table('credit_dispute_message', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_dispute_message_dispute')

    op.drop_table('credit_dispute_message')
    with op.batch_alter_table('training_spending', schema=None) as batch_op:
        batch_op.drop_index('ix_training_spending_session')
        batch_op.drop_index('ix_training_spending_school')

    op.drop_table('training_spending')
    with op.batch_alter_table('training_roster', schema=None) as batch_op:
        batch_op.drop_index('ix_training_roster_session')

    op.drop_table('training_roster')
    with op.batch_alter_table('training_quota', schema=None) as batch_op:
        batch_op.drop_index('uq_training_quota_open', sqlite_where=sa.text('school_id IS NULL AND county_id IS NULL'), postgresql_where=sa.text('school_id IS NULL AND county_id IS NULL'))

    op.drop_table('training_quota')
    with op.batch_alter_table('training_feedback', schema=None) as batch_op:
        batch_op.drop_index('ix_training_feedback_session')

    op.drop_table('training_feedback')
    with op.batch_alter_table('studio_spending', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_spending_studio')

    op.drop_table('studio_spending')
    op.drop_table('studio_plan')
    with op.batch_alter_table('studio_outcome', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_outcome_teacher')
        batch_op.drop_index('ix_studio_outcome_studio')

    op.drop_table('studio_outcome')
    with op.batch_alter_table('studio_observation', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_observation_teacher')
        batch_op.drop_index('ix_studio_observation_studio')

    op.drop_table('studio_observation')
    with op.batch_alter_table('studio_membership', schema=None) as batch_op:
        batch_op.drop_index('uq_studio_membership_open', sqlite_where=sa.text("status IN ('applied', 'invited', 'waiting', 'active')"), postgresql_where=sa.text("status IN ('applied', 'invited', 'waiting', 'active')"))
        batch_op.drop_index('uq_studio_membership_kind', sqlite_where=sa.text("status = 'active'"), postgresql_where=sa.text("status = 'active'"))
        batch_op.drop_index('ix_studio_membership_teacher')
        batch_op.drop_index('ix_studio_membership_studio_name')
        batch_op.drop_index('ix_studio_membership_studio')
        batch_op.drop_index('ix_studio_membership_leader')

    op.drop_table('studio_membership')
    with op.batch_alter_table('studio_meeting', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_meeting_studio')
        batch_op.drop_index('ix_studio_meeting_kind')

    op.drop_table('studio_meeting')
    op.drop_table('studio_grant')
    with op.batch_alter_table('studio_appraisal', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_appraisal_status')

    op.drop_table('studio_appraisal')
    with op.batch_alter_table('proposal_run_county', schema=None) as batch_op:
        batch_op.drop_index('ix_proposal_run_county_county')

    op.drop_table('proposal_run_county')
    with op.batch_alter_table('programme_report', schema=None) as batch_op:
        batch_op.drop_index('ix_programme_report_place')

    op.drop_table('programme_report')
    with op.batch_alter_table('ethics_remark', schema=None) as batch_op:
        batch_op.drop_index('ix_ethics_remark_entry')
        batch_op.drop_index('ix_ethics_remark_appraisal')

    op.drop_table('ethics_remark')
    with op.batch_alter_table('ethics_entry_evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ethics_entry_evidence_evidence_id'))

    op.drop_table('ethics_entry_evidence')
    with op.batch_alter_table('ethics_appraisal_evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ethics_appraisal_evidence_evidence_id'))

    op.drop_table('ethics_appraisal_evidence')
    with op.batch_alter_table('credit_entry', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_entry_teacher')
        batch_op.drop_index('ix_credit_entry_claim')

    op.drop_table('credit_entry')
    with op.batch_alter_table('credit_dispute', schema=None) as batch_op:
        batch_op.drop_index('uq_credit_dispute_open', sqlite_where=sa.text("status = 'open'"), postgresql_where=sa.text("status = 'open'"))
        batch_op.drop_index('ix_credit_dispute_claim')

    op.drop_table('credit_dispute')
    with op.batch_alter_table('credit_claim_step', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_claim_step_claim')

    op.drop_table('credit_claim_step')
    with op.batch_alter_table('credit_claim_evidence', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_claim_evidence_evidence')

    op.drop_table('credit_claim_evidence')
    op.drop_table('certificate_registration')
    with op.batch_alter_table('certificate_gap', schema=None) as batch_op:
        batch_op.drop_index('ix_certificate_gap_school')
        batch_op.drop_index('ix_certificate_gap_name')
        batch_op.drop_index('ix_certificate_gap_county_name')
        batch_op.drop_index('ix_certificate_gap_county')
        batch_op.drop_index('ix_certificate_gap_certificate')

    op.drop_table('certificate_gap')
    with op.batch_alter_table('certificate_evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_evidence_evidence_id'))

    op.drop_table('certificate_evidence')
    op.drop_table('yearly_appraisal')
    with op.batch_alter_table('training_session', schema=None) as batch_op:
        batch_op.drop_index('ix_training_session_school')
        batch_op.drop_index('ix_training_session_region')
        batch_op.drop_index('ix_training_session_programme')
        batch_op.drop_index('ix_training_session_begins')

    op.drop_table('training_session')
    op.drop_table('title_record')
    op.drop_table('teacher_degree')
    with op.batch_alter_table('studio', schema=None) as batch_op:
        batch_op.drop_index('ix_studio_school')
        batch_op.drop_index('ix_studio_name')
        batch_op.drop_index('ix_studio_host')
        batch_op.drop_index('ix_studio_county_name')
        batch_op.drop_index('ix_studio_county_ends')
        batch_op.drop_index('ix_studio_assistant')

    op.drop_table('studio')
    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.drop_index('ix_programme_place_year')
        batch_op.drop_index('ix_programme_place_teacher')
        batch_op.drop_index('ix_programme_place_host')

    op.drop_table('programme_place')
    with op.batch_alter_table('ethics_entry', schema=None) as batch_op:
        batch_op.drop_index('uq_ethics_entry_same', sqlite_where=sa.text("state IN ('proposed', 'in_force')"), postgresql_where=sa.text("state IN ('proposed', 'in_force')"))
        batch_op.drop_index('ix_ethics_entry_veto')
        batch_op.drop_index('ix_ethics_entry_teacher')
        batch_op.drop_index('ix_ethics_entry_state')
        batch_op.drop_index(batch_op.f('ix_ethics_entry_school_id'))
        batch_op.drop_index('ix_ethics_entry_county')

    op.drop_table('ethics_entry')
    with op.batch_alter_table('ethics_appraisal', schema=None) as batch_op:
        batch_op.drop_index('ix_ethics_appraisal_veto')
        batch_op.drop_index('ix_ethics_appraisal_state')
        batch_op.drop_index('ix_ethics_appraisal_school')
        batch_op.drop_index('ix_ethics_appraisal_county')

    op.drop_table('ethics_appraisal')
    with op.batch_alter_table('ethics_activity_evidence', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ethics_activity_evidence_evidence_id'))

    op.drop_table('ethics_activity_evidence')
    with op.batch_alter_table('drawn_lesson', schema=None) as batch_op:
        batch_op.drop_index('uq_drawn_lesson_one_a_school', sqlite_where=sa.text("status <> 'excused'"), postgresql_where=sa.text("status <> 'excused'"))
        batch_op.drop_index('ix_drawn_lesson_teacher')
        batch_op.drop_index(batch_op.f('ix_drawn_lesson_school_id'))

    op.drop_table('drawn_lesson')
    with op.batch_alter_table('credit_total', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_total_cycle')

    op.drop_table('credit_total')
    with op.batch_alter_table('credit_claim', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_claim_teacher')
        batch_op.drop_index('ix_credit_claim_school_queue')
        batch_op.drop_index('ix_credit_claim_school')
        batch_op.drop_index('ix_credit_claim_county_queue')
        batch_op.drop_index('ix_credit_claim_county')

    op.drop_table('credit_claim')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index('uq_certificate_county_number', sqlite_where=sa.text("state IN ('claimed', 'checked', 'verified', 'renewed')"), postgresql_where=sa.text("state IN ('claimed', 'checked', 'verified', 'renewed')"))
        batch_op.drop_index('ix_certificate_teacher')
        batch_op.drop_index('ix_certificate_number')
        batch_op.drop_index('ix_certificate_name')
        batch_op.drop_index('ix_certificate_expires')
        batch_op.drop_index('ix_certificate_end')
        batch_op.drop_index('ix_certificate_county_state')
        batch_op.drop_index('ix_certificate_county_name')
        batch_op.drop_index('ix_certificate_county_expires')
        batch_op.drop_index('ix_certificate_county_end')

    op.drop_table('certificate')
    with op.batch_alter_table('training_programme', schema=None) as batch_op:
        batch_op.drop_index('uq_training_programme_name', sqlite_where=sa.text('school_id IS NULL'), postgresql_where=sa.text('school_id IS NULL'))
        batch_op.drop_index('ix_training_programme_school')
        batch_op.drop_index('ix_training_programme_region')

    op.drop_table('training_programme')
    op.drop_table('training_budget')
    with op.batch_alter_table('outgoing_mail', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_outgoing_mail_notice_id'))
        batch_op.drop_index('ix_outgoing_mail_due')

    op.drop_table('outgoing_mail')
    op.drop_table('evidence_content')
    with op.batch_alter_table('ethics_activity', schema=None) as batch_op:
        batch_op.drop_index('ix_ethics_activity_county')

    op.drop_table('ethics_activity')
    with op.batch_alter_table('credit_stand_in', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_stand_in_user')
        batch_op.drop_index(batch_op.f('ix_credit_stand_in_school_id'))
        batch_op.drop_index('ix_credit_stand_in_for_user')
        batch_op.drop_index(batch_op.f('ix_credit_stand_in_county_id'))

    op.drop_table('credit_stand_in')
    op.drop_table('weekly_draw')
    with op.batch_alter_table('proposal_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_proposal_run_requested_by_id'))
        batch_op.drop_index('ix_proposal_run_region_year')

    op.drop_table('proposal_run')
    op.drop_table('notice_preference')
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_user')
        batch_op.drop_index('ix_notice_unread')
        batch_op.drop_index('ix_notice_digest')

    op.drop_table('notice')
    op.drop_table('mail_address')
    with op.batch_alter_table('evidence_file', schema=None) as batch_op:
        batch_op.drop_index('ix_evidence_file_uploader')
        batch_op.drop_index('ix_evidence_file_scan')
        batch_op.drop_index('ix_evidence_file_draft')
        batch_op.drop_index('ix_evidence_file_content')

    op.drop_table('evidence_file')
    with op.batch_alter_table('credit_rule_set', schema=None) as batch_op:
        batch_op.drop_index('ix_credit_rule_set_in_force')

    op.drop_table('credit_rule_set')
    op.drop_table('studio_settings')
    op.drop_table('studio_licence_counter')
    op.drop_table('studio_appraisal_form')
    op.drop_table('growth_programme')
    op.drop_table('ethics_clause')
    op.drop_table('draw_chain')
    op.drop_table('county_certificate_type')
    op.drop_table('certificate_judgement')
    op.drop_table('training_certificate_counter')
    op.drop_table('periodic_work')
