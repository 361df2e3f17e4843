"""The fifteen guarantees of the government (教督〔2017〕6号 第七条), and what is measured of those about teachers."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from app.targets.models import GuaranteeEntry

HOURS, POSTS, ROTATION, CERTIFICATES = 9, 10, 11, 12
ITEMS: Mapping[int, LazyString] = {
    1: _l("Schools are laid out sensibly and as the state prescribes."),
    2: _l("Building standards, staffing norms, public funds and basic equipment are the same in town and country."),
    3: _l("A music and an art room for every 12 classes, of 96 and 90 m² at least."),
    4: _l("Schools of at most 2000 pupils, one-through schools of at most 2500 in compulsory stages."),
    5: _l("Classes of at most 45 pupils in primary and 50 in junior schools."),
    6: _l("Village schools and teaching points below 100 pupils are funded as if they had 100."),
    7: _l("Special schools: public funds of at least 8000 yuan a pupil."),
    8: _l("Teachers’ mean pay is not below that of the county’s civil servants."),
    9: _l("All teachers have 360 training hours in five years."),
    10: _l("The county shares out staff quota and posts among its schools within the approved totals."),
    11: _l("At least 10 % of those who meet the conditions rotate each year; of them at least 20 % backbone teachers."),
    12: _l("All full-time teachers hold a teaching qualification."),
    13: _l("Enrolment near home: 100 % in primary, 95 % in junior schools of towns."),
    14: _l("At least 50 % of the places of good senior schools are shared out among junior schools."),
    15: _l("Children left behind are cared for; at least 85 % of migrant children attend public or purchased places."),
}
OFFICIAL: Mapping[int, str] = {
    1: "县域内义务教育学校规划布局合理，符合国家规定要求",
    2: "县域内城乡义务教育学校建设标准统一、教师编制标准统一、生均公用经费基准定额统一且不断提高、基本装备配置标准统一",
    3: "所有小学、初中每12个班级配备音乐、美术专用教室1间以上；音乐专用教室不小于96平方米，美术专用教室不小于90平方米",
    4: "所有小学、初中规模不超过2000人，九年一贯制学校、十二年一贯制学校义务教育阶段规模不超过2500人",
    5: "所有小学、初中班级学生数分别不超过45人、50人",
    6: "不足100名学生村小学和教学点按100名学生核定公用经费",
    7: "特殊教育学校生均公用经费不低于8000元",
    8: "教师平均工资收入水平不低于当地公务员平均工资收入水平，按规定足额核拨教师绩效工资总量",
    9: "教师5年360学时培训完成率达到100%",
    10: "在核定的教职工编制总额和岗位总量内，统筹分配各校教职工编制和岗位数量",
    11: "每年交流轮岗教师的比例不低于符合交流条件教师总数的10%；其中骨干教师不低于交流轮岗教师总数的20%",
    12: "专任教师持有教师资格证上岗率达到100%",
    13: "城区和镇区公办小学、初中就近划片入学比例分别达到100%、95%以上",
    14: "优质高中招生名额分配比例不低于50%，并向农村初中倾斜",
    15: "留守儿童关爱体系健全，符合条件的随迁子女在公办学校和政府购买服务的民办学校就读的比例不低于85%",
}
MEASURED = (HOURS, ROTATION, CERTIFICATES)


@dataclass(frozen=True, slots=True)
class Part:
    """One measured figure of a guarantee: so many of so many, against a threshold; nothing where data are lacking."""

    name: str
    label: LazyString | str
    numerator: int | None
    denominator: int | None
    threshold: Fraction
    url: str = ""

    @property
    def share(self) -> Fraction | None:
        """The share, exactly."""
        if self.numerator is None or not self.denominator:
            return None
        return Fraction(self.numerator, self.denominator)

    @property
    def is_met(self) -> bool | None:
        """Whether the threshold is reached, judged before rounding."""
        return None if self.share is None else self.share >= self.threshold

    @property
    def short_by(self) -> int | None:
        """How many people are missing; None where nothing is."""
        if self.is_met is not False or self.numerator is None or self.denominator is None:
            return None
        needed = self.threshold * self.denominator
        return -(-needed.numerator // needed.denominator) - self.numerator


@dataclass(frozen=True, slots=True)
class GuaranteeLine:
    """One of the fifteen: measured parts, or what the county says of it."""

    number: int
    parts: tuple[Part, ...]
    entry: GuaranteeEntry | None
    note: str = ""

    @property
    def label(self) -> LazyString:
        """The guarantee in the person's language."""
        return ITEMS[self.number]

    @property
    def is_measured(self) -> bool:
        """Whether our own data judge it."""
        return self.number in MEASURED

    @property
    def is_met(self) -> bool | None:
        """Whether it is kept; None while nobody knows."""
        if not self.is_measured:
            return self.entry.is_met if self.entry else None
        verdicts = [part.is_met for part in self.parts]
        if False in verdicts:
            return False
        return None if None in verdicts else True
