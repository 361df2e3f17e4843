"""Places of programme intakes, mentor pairs as a kind of import

Revision: 202611221500, after 202611221300.
"""

import sqlalchemy as sa
from alembic import op


revision = '202611221500'
down_revision = '202611221300'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('programme_intake',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('programme_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('places_taken', sa.Integer(), nullable=False),
    sa.Column('waiting_last', sa.Integer(), nullable=False),
    sa.CheckConstraint('places BETWEEN 1 AND 100000', name=op.f('ck_programme_intake_places_range')),
    sa.CheckConstraint('places_taken >= 0 AND places_taken <= places', name=op.f('ck_programme_intake_places_not_exceeded')),
    sa.CheckConstraint('waiting_last >= 0', name=op.f('ck_programme_intake_waiting_from_one')),
    sa.ForeignKeyConstraint(['programme_id'], ['growth_programme.id'], name=op.f('fk_programme_intake_programme_id'), ondelete='RESTRICT'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_programme_intake')),
    sa.UniqueConstraint('programme_id', 'year', name='uq_programme_intake_year')
    )
    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.add_column(sa.Column('waiting_no', sa.Integer(), nullable=True))
        batch_op.create_unique_constraint('uq_programme_place_waiting', ['programme_id', 'year', 'waiting_no'])

    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_import_batch_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_import_batch_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources', 'mentor_pairs')")

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_programme_place_place_status'), type_='check')
        batch_op.create_check_constraint(op.f('ck_programme_place_place_status'), "status IN ('nominated', 'waiting', 'admitted', 'declined', 'completed', 'left')")

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.create_check_constraint(op.f('ck_programme_place_waiting_has_number'), "(status = 'waiting') = (waiting_no IS NOT NULL)")

    with op.batch_alter_table('remembered_mapping', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_remembered_mapping_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_remembered_mapping_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources', 'mentor_pairs')")


def downgrade() -> None:
    op.execute("DELETE FROM remembered_mapping WHERE NOT (kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources'))")
    with op.batch_alter_table('remembered_mapping', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_remembered_mapping_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_remembered_mapping_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources')")

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_programme_place_waiting_has_number'), type_='check')

    op.execute("UPDATE programme_place SET status = 'nominated' WHERE status = 'waiting'")
    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_programme_place_place_status'), type_='check')
        batch_op.create_check_constraint(op.f('ck_programme_place_place_status'), "status IN ('nominated', 'admitted', 'declined', 'completed', 'left')")

    op.execute("DELETE FROM import_batch WHERE NOT (kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources'))")
    with op.batch_alter_table('import_batch', schema=None) as batch_op:
        batch_op.drop_constraint(op.f('ck_import_batch_kind'), type_='check')
        batch_op.create_check_constraint(op.f('ck_import_batch_kind'), "kind IN ('schools', 'posts', 'teachers', 'honours', 'rotations', 'circumstances', 'qualifications', 'certificates', 'titles', 'appraisals', 'degrees', 'resources')")

    with op.batch_alter_table('programme_place', schema=None) as batch_op:
        batch_op.drop_constraint('uq_programme_place_waiting', type_='unique')
        batch_op.drop_column('waiting_no')

    op.drop_table('programme_intake')
