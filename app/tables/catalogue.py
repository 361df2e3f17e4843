"""The sheets that offices send, column by column, in the names of the national teacher system."""

from __future__ import annotations

from app.tables.specification import Field, Kind, MissingDay, Sheet

STAGES: dict[str, str] = {"kindergarten": "学前", "primary": "小学", "junior": "初中", "senior": "高中"}

_NAME = Field(
    "name",
    "姓名",
    "Name",
    aliases=("教师姓名", "学员姓名", "教职工姓名"),
    required=True,
    compact=True,
    max_length=60,
    example="林青禾",
)
_ID_TYPE = Field(
    "id_type",
    "身份证件类型",
    "Identity document type",
    Kind.CODE,
    ("证件类型", "身份证类型"),
    code_table="id_type",
    example="1-居民身份证",
)
_ID_NUMBER = Field(
    "id_number",
    "身份证件号",
    "Identity document number",
    Kind.ID_NUMBER,
    ("身份证", "身份证号", "身份证号码", "教师身份证号", "身份证件号码", "证件号", "证件号码", "公民身份号码"),
    required=True,
    max_length=40,
    example="18 位，按文本填写",
)
_STAGE_NAMES = ("任教学段", "学段名称")
_SUBJECT_NAMES = ("任教学科", "教授科目", "任教课程", "任课学科", "现任教学科", "主教学科", "学科名称", "科目")
_SCHOOL_NAMES = ("学校", "学校名称", "单位", "单位名称", "所在学校", "所在单位", "学校(单位)名称")

_PUPILS = ("学生数", "在校生数", "在校学生数", "学生人数", "在校生")
_BOARDERS = ("寄宿生数", "寄宿生", "寄宿学生数", "住校生数", "住宿生数")
_CLASSES = ("班级数", "班数", "教学班数", "教学班", "班级")
_STAGE_WORDS = {
    "kindergarten": ("学前", "幼儿园", "幼儿"),
    "primary": ("小学",),
    "junior": ("初中",),
    "senior": ("高中",),
}


def _school(key: str, label_zh: str, label_en: str, aliases: tuple[str, ...] = (), **more: object) -> Field:
    """A column that names a school, by name or by code."""
    return Field(key, label_zh, label_en, aliases=aliases, references="school", compact=True, **more)  # type: ignore[arg-type]


def _stage_counts(prefix: str, words: tuple[str, ...], english: str) -> tuple[Field, ...]:
    """One whole-number column a stage, such as `pupils_primary`."""
    return tuple(
        Field(
            f"{prefix}_{stage}",
            _STAGE_WORDS[stage][0] + words[0],
            f"{english}, {stage}",
            Kind.INTEGER,
            tuple(label + word for label in _STAGE_WORDS[stage] for word in words)[1:],
            minimum=0,
            maximum=30_000,
        )
        for stage in STAGES
    )


SCHOOLS = Sheet(
    "schools",
    "学校名册",
    "Schools",
    (
        Field(
            "code",
            "学校标识码",
            "School code",
            aliases=("学校代码", "学校编码", "单位标识码", "学校(机构)标识码", "标识码", "单位代码"),
            required=True,
            compact=True,
            max_length=20,
            example="2199010001",
        ),
        Field(
            "name",
            "学校名称",
            "School",
            aliases=("学校", "单位名称", "单位", "学校全称"),
            required=True,
            compact=True,
            max_length=120,
            example="青蓝县第一小学",
        ),
        Field(
            "kind",
            "办学类型",
            "Kind of school",
            Kind.CODE,
            ("学校类别", "学校类型", "学校(机构)类别", "办学类别"),
            required=True,
            code_table="school_kind",
            example="211-小学",
        ),
        Field(
            "stages",
            "学段",
            "Stages",
            Kind.CODES,
            ("办学学段", "涵盖学段", "开设学段"),
            code_table="stage",
            example="小学；初中",
        ),
        Field(
            "locality",
            "城乡分类",
            "Locality",
            Kind.CODE,
            ("城乡分类代码", "城乡类型", "城乡类别", "所在地城乡分类"),
            required=True,
            code_table="locality",
            example="111-主城区",
        ),
        Field(
            "is_sending",
            "是否派出学校",
            "Sends teachers",
            Kind.BOOLEAN,
            ("派出学校", "是否城镇优质学校", "城镇学校或优质学校", "是否优质学校", "是否计入轮岗比例"),
        ),
        Field("is_weak", "是否薄弱学校", "Weak school", Kind.BOOLEAN, ("薄弱学校", "是否农村薄弱学校", "是否优先保障")),
        Field(
            "township",
            "所在乡镇",
            "Township",
            aliases=("乡镇", "所属乡镇", "乡镇街道", "乡镇(街道)", "所在乡镇街道"),
            max_length=60,
        ),
        Field("lat", "纬度", "Latitude", Kind.DECIMAL, ("学校纬度",), minimum=-90, maximum=90),
        Field("lng", "经度", "Longitude", Kind.DECIMAL, ("学校经度",), minimum=-180, maximum=180),
        Field(
            "group",
            "教育集团",
            "Education group",
            aliases=("所属集团", "隶属集团", "所属教育集团", "集团名称"),
            compact=True,
            max_length=80,
        ),
        Field(
            "quota",
            "编制数",
            "Staffing quota",
            Kind.INTEGER,
            ("编制", "核定编制", "核定编制数", "教职工编制数", "核编数"),
            required=True,
            minimum=0,
            maximum=5000,
        ),
        *_stage_counts("pupils", _PUPILS, "Pupils"),
        *_stage_counts("boarders", _BOARDERS, "Boarders"),
        *_stage_counts("classes", _CLASSES, "Classes"),
    ),
    identity=("code",),
)

POSTS = Sheet(
    "posts",
    "学科岗位",
    "Subject posts",
    (
        _school("school", "学校", "School", (*_SCHOOL_NAMES[1:], "学校代码", "学校标识码"), required=True),
        Field("stage", "学段", "Stage", Kind.CODE, _STAGE_NAMES, required=True, code_table="stage", example="小学"),
        Field(
            "subject", "学科", "Subject", Kind.CODE, _SUBJECT_NAMES, required=True, code_table="subject", example="语文"
        ),
        Field(
            "posts",
            "岗位数",
            "Posts",
            Kind.INTEGER,
            ("核定岗位数", "学科岗位数", "应配教师数", "需求数", "应配数", "岗位"),
            required=True,
            minimum=0,
            maximum=1000,
        ),
    ),
    identity=("school", "stage", "subject"),
)

TEACHERS = Sheet(
    "teachers",
    "教师名册",
    "Teachers",
    (
        _NAME,
        Field("former_name", "曾用名", "Former name", compact=True, max_length=60),
        Field("sex", "性别", "Sex", Kind.CODE, code_table="sex", example="2-女"),
        _ID_TYPE,
        _ID_NUMBER,
        Field(
            "birth_on", "出生日期", "Date of birth", Kind.DATE, ("出生年月日", "生日", "出生年月"), example="1988-03-12"
        ),
        Field("ethnic_group", "民族", "Ethnic group", Kind.CODE, code_table="ethnic_group", example="01-汉族"),
        Field(
            "political_status",
            "政治面貌",
            "Political status",
            Kind.CODES,
            ("党派",),
            code_table="political_status",
            example="13-群众",
        ),
        Field(
            "highest_degree",
            "最高学历",
            "Highest education",
            Kind.CODE,
            ("学历", "最高学历层次", "文化程度"),
            code_table="education_level",
            example="21-大学本科毕业",
        ),
        Field(
            "started_work_on",
            "参加工作年月",
            "Started work",
            Kind.MONTH,
            ("参加工作时间", "参工时间", "参加工作日期", "工作时间"),
            missing_day=MissingDay.FIRST,
            example="2010-09",
        ),
        Field(
            "joined_school_on",
            "进本校年月",
            "Joined this school",
            Kind.MONTH,
            (
                "进入本校日期",
                "本校任教起始时间",
                "进本园年月",
                "进入本单位年月",
                "进入本校时间",
                "进校时间",
                "到校时间",
                "进本校时间",
                "调入本校时间",
            ),
            required=True,
            missing_day=MissingDay.FIRST,
            example="2017-09",
        ),
        Field(
            "staff_category",
            "教职工类别",
            "Staff category",
            Kind.CODE,
            ("人员类别", "教职工类型"),
            code_table="staff_category",
            example="A1-专任教师",
        ),
        Field(
            "is_established",
            "是否在编",
            "On the establishment",
            Kind.BOOLEAN,
            ("在编", "编制状态", "在编情况", "编制情况"),
            example="是",
        ),
        _school(
            "employing_school",
            "编制所在学校",
            "Employing school",
            (
                "编制单位",
                "编制单位(用工单位)",
                "编制学校",
                "人事关系所在学校",
                "人事关系所在单位",
                "用工单位",
                *_SCHOOL_NAMES,
            ),
            required=True,
            last_resort=(
                "工作单位",
                "任教单位名称",
                "任教学校",
                "现任教学校",
                "学校代码",
                "学校编码",
                "单位标识码",
                "学校标识码",
            ),
        ),
        _school(
            "working_school",
            "现工作学校",
            "Working school",
            (
                "工作单位",
                "任教单位名称",
                "任教学校",
                "现任教学校",
                "现任教单位",
                "实际工作学校",
                "实际任教学校",
                "工作学校",
            ),
        ),
        Field("stage", "任教学段", "Stage", Kind.CODE, ("学段",), code_table="stage", example="小学"),
        Field(
            "subject", "任教学科", "Subject", Kind.CODE, (*_SUBJECT_NAMES, "学科"), code_table="subject", example="语文"
        ),
        Field(
            "stage_subject",
            "任教学段学科",
            "Stage and subject",
            aliases=("学段学科", "学段/学科", "任教学段/学科", "学段及学科"),
            max_length=60,
            example="小学语文",
        ),
        Field(
            "further_subjects",
            "可兼任学科",
            "Further subjects",
            Kind.CODES,
            ("兼任学科", "其他任教学科", "兼教学科", "可任教其他学科", "兼课学科"),
            code_table="subject",
            example="科学；劳动",
        ),
        Field(
            "title_rated",
            "(评)教师职称",
            "Title obtained",
            Kind.CODE,
            (
                "职称(评)",
                "(评)职称",
                "职称",
                "教师职称",
                "专业技术职称",
                "专业技术资格",
                "专业技术职务任职资格",
                "已评职称",
            ),
            code_table="title",
            example="一级教师",
        ),
        Field(
            "title_employed",
            "(聘)教师职称",
            "Title employed",
            Kind.CODE,
            (
                "职称(聘)",
                "(聘)职称",
                "现任专业技术职务",
                "聘任专业技术职务",
                "现聘专业技术职务",
                "聘任职称",
                "已聘职称",
            ),
            code_table="title",
            example="一级教师",
        ),
        Field(
            "title_employed_on",
            "聘任开始年月",
            "Title employed since",
            Kind.MONTH,
            ("聘任时间", "聘任年月", "现职称聘任时间", "专业技术职务聘任开始年月"),
            missing_day=MissingDay.FIRST,
            example="2019-12",
        ),
        Field(
            "post_category",
            "岗位类别",
            "Post category",
            Kind.CODE,
            ("现任岗位类别",),
            code_table="post_category",
            example="1-教师岗位",
        ),
        Field(
            "post_grade",
            "岗位等级",
            "Post grade",
            Kind.CODE,
            ("现任岗位等级", "岗位级别", "专业技术岗位等级"),
            code_table="post_grade",
            example="专业技术岗位十级",
        ),
        Field(
            "school_position",
            "校级职务",
            "School position",
            Kind.CODES,
            ("行政职务", "学校行政职务", "职务"),
            code_table="school_position",
            example="00-无",
        ),
        Field(
            "state",
            "人员状态",
            "State",
            Kind.CODE,
            ("教师状态", "在岗状态", "在岗情况"),
            code_table="teacher_state",
            example="100-在本单位任职",
        ),
        Field(
            "is_class_teacher",
            "是否班主任",
            "Class teacher",
            Kind.BOOLEAN,
            ("班主任", "担任班主任", "是否担任班主任"),
            example="否",
        ),
        Field(
            "phone",
            "手机",
            "Phone",
            Kind.PHONE,
            ("手机号", "手机号码", "联系电话", "电话", "联系方式", "移动电话"),
            max_length=40,
        ),
        Field(
            "email",
            "电子邮箱",
            "Email",
            aliases=("邮箱", "电子邮件", "E-mail"),
            max_length=120,
            pattern=r"[^@\s]+@[^@\s]+\.[^@\s]+",
        ),
        Field(
            "home_township",
            "家庭所在乡镇",
            "Home township",
            aliases=("家庭住址乡镇", "居住乡镇", "家庭所在地", "居住地"),
            max_length=60,
        ),
        Field("home_lat", "家庭纬度", "Home latitude", Kind.DECIMAL, ("居住地纬度",), minimum=-90, maximum=90),
        Field("home_lng", "家庭经度", "Home longitude", Kind.DECIMAL, ("居住地经度",), minimum=-180, maximum=180),
        Field(
            "staff_number",
            "教职工号",
            "Staff number",
            aliases=("教师编号", "教师个人标识码", "个人标识码", "标识码", "工号"),
            compact=True,
            max_length=40,
        ),
    ),
    identity=("id_type", "id_number"),
    usual_order=(("birth_on", "started_work_on"), ("started_work_on", "joined_school_on")),
)

HONOURS = Sheet(
    "honours",
    "骨干教师",
    "Backbone honours",
    (
        _NAME,
        _ID_NUMBER,
        _school("school", "学校", "School", (*_SCHOOL_NAMES[1:], "任教单位名称", "工作单位")),
        Field(
            "type",
            "骨干教师类型",
            "Honour type",
            Kind.CODE,
            ("骨干类型", "骨干教师类别", "荣誉类型", "类型"),
            required=True,
            code_table="honour_type",
            example="骨干教师",
        ),
        Field(
            "level",
            "骨干教师级别",
            "Honour level",
            Kind.CODE,
            ("骨干级别", "荣誉级别", "级别"),
            required=True,
            code_table="honour_level",
            example="4-县级",
        ),
        Field(
            "title",
            "骨干称号名称",
            "Honour title",
            aliases=("称号名称", "骨干称号", "荣誉称号", "称号"),
            max_length=120,
            example="青蓝县第三批骨干教师",
        ),
        Field(
            "valid_from",
            "获得骨干教师称号时间",
            "Valid from",
            Kind.DATE,
            ("获得称号时间", "认定时间", "有效期起", "获得时间", "起始时间", "授予时间"),
            required=True,
            missing_day=MissingDay.FIRST,
            example="2023-09-01",
        ),
        Field(
            "valid_to",
            "有效期止",
            "Valid to",
            Kind.DATE,
            ("有效期至", "到期时间", "截止时间", "称号到期时间"),
            missing_day=MissingDay.LAST,
            example="2028-08-31",
        ),
    ),
    identity=("id_number", "type", "level", "valid_from"),
    spans=(("valid_from", "valid_to"),),
)

ROTATIONS = Sheet(
    "rotations",
    "交流轮岗经历",
    "Earlier rotations",
    (
        _NAME,
        _ID_TYPE,
        _ID_NUMBER,
        Field(
            "kind",
            "交流轮岗类型",
            "Kind of rotation",
            Kind.CODE,
            ("轮岗类型", "交流类型", "交流形式"),
            required=True,
            code_table="rotation_kind",
            example="10-定期交流",
        ),
        Field(
            "is_transfer",
            "是否调动人事关系",
            "Personnel file moves too",
            Kind.BOOLEAN,
            ("是否转人事关系", "人事关系是否调动"),
            example="否",
        ),
        Field(
            "from_on",
            "开始年月",
            "From",
            Kind.MONTH,
            ("开始时间", "交流开始时间", "起始年月", "交流开始年月"),
            required=True,
            missing_day=MissingDay.FIRST,
            example="2021-09",
        ),
        Field(
            "to_on",
            "结束年月",
            "To",
            Kind.MONTH,
            ("结束时间", "交流结束时间", "终止年月", "交流结束年月"),
            missing_day=MissingDay.LAST,
            example="2022-07",
        ),
        _school(
            "from_school", "原单位名称", "From school", ("原单位", "原学校", "派出学校", "派出单位"), required=True
        ),
        _school(
            "to_school",
            "交流轮岗单位名称",
            "To school",
            ("交流轮岗单位", "交流单位", "交流学校", "派往学校", "受援学校", "接收学校"),
            required=True,
        ),
    ),
    identity=("id_number", "kind", "from_on"),
    spans=(("from_on", "to_on"),),
)

CIRCUMSTANCES = Sheet(
    "circumstances",
    "特殊情况",
    "Special circumstances",
    (
        _NAME,
        _ID_NUMBER,
        Field(
            "kind",
            "特殊情况类型",
            "Circumstance",
            Kind.CODE,
            ("情况类型", "免于交流情形", "不参加交流原因", "特殊情况"),
            required=True,
            code_table="circumstance_kind",
            example="怀孕",
        ),
        Field(
            "evidence",
            "证明材料",
            "Evidence",
            aliases=("依据", "证明", "证明材料说明", "情况说明"),
            required=True,
            max_length=500,
            example="县妇幼保健院诊断证明",
        ),
        Field(
            "from_on",
            "开始日期",
            "From",
            Kind.DATE,
            ("起始日期", "开始时间", "生效日期"),
            required=True,
            missing_day=MissingDay.FIRST,
            example="2026-03-01",
        ),
        Field(
            "to_on",
            "结束日期",
            "To",
            Kind.DATE,
            ("截止日期", "结束时间", "有效期至", "失效日期"),
            missing_day=MissingDay.LAST,
            example="2027-02-28",
        ),
    ),
    identity=("id_number", "kind", "from_on"),
    spans=(("from_on", "to_on"),),
)

CATALOGUE: dict[str, Sheet] = {
    sheet.name: sheet for sheet in (SCHOOLS, POSTS, TEACHERS, HONOURS, ROTATIONS, CIRCUMSTANCES)
}
