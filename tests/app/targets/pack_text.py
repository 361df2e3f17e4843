"""A pack of a few clauses whose figures can be counted by hand, for the tests of pages."""

TEXT = """format = 1
code = "small"
name_zh = "小包"
name_en = "Small pack"
place = "青县"
source = "青办发〔2026〕1号"
from = 2026-01-01
to = 2028-12-31

[[clause]]
id = "T-01"
words_zh = "交流轮岗人数占符合条件教师的比例"
words_en = "Teachers who rotate, of those who meet the conditions"
source = "第1条"
kind = "ratio"
measure = "rotation.rate"
per = "school_year"
threshold = "10%"

[[clause]]
id = "T-02"
words_zh = "全员竞聘与空岗竞聘"
words_en = "Competition for all posts and for vacant posts"
source = "第2条"
kind = "count"
measure = "filled"

[clause.part.all]
words_zh = "全员竞聘"
words_en = "For all posts"
figure = "competition.all"
per = "3_years"
threshold = 1

[clause.part.vacant]
words_zh = "空岗竞聘"
words_en = "For vacant posts"
figure = "competition.vacant"
per = "year"
thresholds = [{ by = 2026-12-31, value = 1 }, { by = 2027-12-31, value = 2 }]

[[clause]]
id = "T-03"
words_zh = "教师培训经费占公用经费预算的比例"
words_en = "Training money of the school's budget"
source = "第3条"
kind = "each"
scope = "school"
measure = "filled.each_school"
figure = "training.money"
threshold = "5%"

[[clause]]
id = "T-04"
words_zh = "选派跟岗学习人数"
words_en = "People sent to learn at a partner"
source = "第4条"
kind = "ratio"
measure = "filled"
figure = "partner.share"
threshold = "50%"
"""
