"""A file is what its content says: whole pictures and PDFs pass, whatever else their names claim does not."""

import pytest
from flask_babel import force_locale

from app.evidence.models import EvidenceFile, ScanState
from app.evidence.operations import keep, known_uses, settle
from app.evidence.signatures import UnknownContent, media_type
from app.web.errors import Refused
from tests.factories import CountyFactory, UserFactory
from tests.factories.files import jpeg, pdf, png, upload, webp

GOOD = {"image/png": png(), "image/jpeg": jpeg(), "image/webp": webp(), "application/pdf": pdf()}


@pytest.mark.parametrize("kind", GOOD)
def test_whole_files_are_known_by_their_content(kind):
    assert media_type(GOOD[kind]) == kind


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_that_was_cut_off_is_damaged(kind):
    whole = GOOD[kind]
    with pytest.raises(UnknownContent) as caught:
        media_type(whole[: len(whole) - 14])
    assert caught.value.what == "damaged"


def test_a_picture_with_a_broken_check_sum_is_damaged():
    content = bytearray(png())
    content[-20] ^= 1
    with pytest.raises(UnknownContent):
        media_type(bytes(content))


def test_a_camera_may_write_behind_the_picture():
    assert media_type(jpeg() + b"MotionPhoto_Data" * 10) == "image/jpeg"


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"<!DOCTYPE html><html><script>alert(1)</script></html>", "证明.pdf", "web page"),
        (b"<?xml version='1.0'?><svg onload='x()'/>", "证明.png", "web page"),
        (b"PK\x03\x04" + b"\0" * 40, "证明.jpg", "Office"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "IMG_1.HEIC", "HEIC"),
        (b"MZ" + b"\0" * 40, "证明.jpg", "neither a picture"),
        (b"GIF89a<script>", "a.gif", "neither a picture"),
        (b"%PDF-1.4\n<script>alert(1)</script>", "证明.pdf", "damaged"),
        (b"", "证明.pdf", "empty"),
    ],
)
def test_what_is_no_evidence_is_refused_in_words(session, app, content, name, said, rows):
    county = CountyFactory()
    with force_locale("en"), pytest.raises(Refused, match=said):
        keep(actor=UserFactory(), upload=upload(content, name), county_id=county.id)
    assert rows(EvidenceFile) == 0


def test_a_file_keeps_its_content_sealed_and_gets_the_ending_of_its_content(session, app):
    county, person = CountyFactory(), UserFactory()
    file = keep(actor=person, upload=upload(jpeg(), "../../etc/证明.exe"), county_id=county.id)
    assert (file.name, file.media_type, file.size) == ("证明.jpg", "image/jpeg", len(jpeg()))
    stored = session.connection().exec_driver_sql("SELECT content FROM evidence_content").scalar_one()
    assert jpeg() not in bytes(stored)
    assert file.scan_state is ScanState.NOT_SCANNED


def test_the_size_is_asked_before_anything_is_read(session, app):
    class Huge:
        filename = "照片.jpg"

        class stream:
            @staticmethod
            def seek(place, whence=0):
                return 200 * 1024 * 1024

            @staticmethod
            def read(*_):
                raise AssertionError("read")

    with pytest.raises(Refused, match=r"200\.0 MB"):
        keep(actor=UserFactory(), upload=Huge, county_id=CountyFactory().id)


def test_the_same_content_twice_is_one_draft_and_a_known_use_once_it_hangs_on_a_record(session, app):
    county, person, other = CountyFactory(), UserFactory(), UserFactory()
    first = keep(actor=person, upload=upload(), county_id=county.id)
    assert keep(actor=person, upload=upload(name="又.png"), county_id=county.id) is first
    assert known_uses(first.sha256, county.id) == []
    settle([first])
    second = keep(actor=other, upload=upload(), county_id=county.id)
    assert second is not first
    assert known_uses(second.sha256, county.id) == [first]
    assert known_uses(second.sha256, CountyFactory().id) == []
