"""The demo county's lists of certificates go in by the command a person would type, and leave something to do."""

import pytest
from sqlalchemy import func, select

from app.demo import certificates
from app.demo.county import COUNTY_CODE, make_county
from app.demo.installing import COMMAND_OF
from app.demo.workbooks import write_workbooks
from app.extensions import db
from app.imports.models import BatchStatus, ImportBatch
from app.qualifications.models import Certificate, CertificateGap, CertificateRegistration, CertificateState
from app.teachers.models import Teacher
from tests.factories import CountyFactory, grant
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True, scope="session")
WANTED = ("schools", "teachers", "qualifications", "certificates", "titles", "appraisals", "degrees")


def test_the_lists_go_in_whole_and_leave_something_to_do(app, runner, tmp_path, rows):
    CountyFactory(code=COUNTY_CODE, name="青蓝县")
    manifest = write_workbooks(make_county(schools=4), tmp_path, with_dirt=False)
    files = (*manifest.files, *certificates.write_books(manifest, tmp_path, seed=1))
    for file in files:
        if file.sheet in WANTED:
            result = runner.invoke(args=["import", COMMAND_OF[file.sheet], str(file.path)])
            assert result.exit_code == 0, result.output
    batches = db.session.scalars(select(ImportBatch)).all()
    assert all(batch.status is BatchStatus.APPLIED and not batch.rejected_count for batch in batches)

    people, barred = (
        rows(Teacher),
        select(func.count(CertificateGap.teacher_id.distinct())).where(CertificateGap.is_barring),
    )
    assert rows(Certificate) > people and rows(CertificateRegistration) > people / 2
    assert 0 < db.session.scalar(barred) < people / 8

    teacher = db.session.scalars(select(Teacher).order_by(Teacher.id)).first()
    grant(UserFactory(username="teacher", is_demo=True), "teacher", teacher=teacher)
    db.session.commit()
    certificates.add_claims(COUNTY_CODE)
    certificates.add_claims(COUNTY_CODE)
    counted = select(Certificate.state, func.count()).group_by(Certificate.state)
    found = dict(db.session.execute(counted).tuples().all())
    assert found[CertificateState.RETURNED] == 1
    assert found[CertificateState.CLAIMED] and found[CertificateState.CHECKED]
