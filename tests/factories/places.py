"""Regions, schools and what they need."""

import factory

from app.extensions import db
from app.regions.models import Region, RegionLevel
from app.schools.models import EducationGroup, School, SchoolStage, Stage, SubjectPost
from tests.factories.base import Factory


class RegionFactory(Factory):
    """A node of the region tree; its path is set as the operation sets it."""

    class Meta:
        model = Region

    code = factory.Sequence(lambda n: f"99{n:04d}")
    name = factory.Sequence(lambda n: f"地区{n}")

    @factory.post_generation
    def _path(self, create, extracted, **kwargs):
        above = db.session.get(Region, self.parent_id).path if self.parent_id else "/"
        self.path = f"{above}{self.id}/"
        db.session.flush()


class ProvinceFactory(RegionFactory):
    level = RegionLevel.PROVINCE


class PrefectureFactory(RegionFactory):
    level = RegionLevel.PREFECTURE
    parent_id = factory.LazyFunction(lambda: ProvinceFactory().id)


class CountyFactory(RegionFactory):
    level = RegionLevel.COUNTY
    name = factory.Sequence(lambda n: f"青{n}县")
    parent_id = factory.LazyFunction(lambda: PrefectureFactory().id)


class EducationGroupFactory(Factory):
    class Meta:
        model = EducationGroup

    county_id = factory.LazyFunction(lambda: CountyFactory().id)
    name = factory.Sequence(lambda n: f"第{n}教育集团")


class SchoolFactory(Factory):
    """A rural primary school without stages or posts; give `county`."""

    class Meta:
        model = School

    class Params:
        county = None

    county_id = factory.LazyAttribute(lambda o: (o.county or CountyFactory()).id)
    code = factory.Sequence(lambda n: f"21990{n:05d}")
    name = factory.Sequence(lambda n: f"第{n}小学")
    name_pinyin = factory.Sequence(lambda n: f"di{n:05d}xiaoxue")
    kind_code = "211"
    locality_code = "220"
    quota = 50
    lat = 24.5
    lng = 103.7


class SchoolStageFactory(Factory):
    class Meta:
        model = SchoolStage

    school_id = factory.LazyFunction(lambda: SchoolFactory().id)
    stage = Stage.PRIMARY
    pupils = 300
    boarders = 0
    classes = 8


class SubjectPostFactory(Factory):
    class Meta:
        model = SubjectPost

    school_id = factory.LazyFunction(lambda: SchoolFactory().id)
    stage = Stage.PRIMARY
    subject_code = "chinese"
    posts = 4
