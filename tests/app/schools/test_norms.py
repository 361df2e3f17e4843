"""The staffing norms, worked by hand (clause LX-15)."""

from app.schools import norms
from app.schools.models import School, SchoolStage, Stage


def school(*stages, locality="111", kind="211"):
    return School(locality_code=locality, kind_code=kind, stages=list(stages))


def stage(name, pupils, classes=0):
    return SchoolStage(stage=Stage(name), pupils=pupils, classes=classes, boarders=0)


def staff(*stages, **where):
    return norms.staff_by_norm(school(*stages, **where), norms.load(norms.SHIPPED))


def test_a_primary_school_has_one_member_of_staff_to_nineteen_pupils_rounded_up():
    assert staff(stage("primary", 570)) == 30
    assert staff(stage("primary", 571)) == 31


def test_junior_and_senior_stages_have_their_own_ratio():
    assert staff(stage("junior", 540)) == 40
    assert staff(stage("senior", 500)) == 40
    assert staff(stage("primary", 380), stage("junior", 270)) == 20 + 20


def test_a_small_village_school_has_at_least_two_staff_for_each_class():
    assert staff(stage("primary", 114, classes=6), locality="220") == 12
    assert staff(stage("primary", 114, classes=6), locality="111") == 6


def test_the_better_of_both_holds_for_a_small_village_school():
    assert staff(stage("primary", 190, classes=2), locality="220") == 10


def test_two_hundred_pupils_in_all_stages_are_no_longer_small():
    assert staff(stage("primary", 100, classes=6), stage("junior", 99, classes=3), locality="220") == 12 + 8
    assert staff(stage("primary", 100, classes=6), stage("junior", 100, classes=3), locality="220") == 6 + 8


def test_a_teaching_point_counts_by_classes_wherever_it_stands():
    assert staff(stage("primary", 30, classes=3), locality="121", kind="218") == 6


def test_parts_add_up_to_the_whole_by_largest_remainders():
    assert norms.apportion(10, {"a": 1, "b": 1, "c": 1}) == {"a": 4, "b": 3, "c": 3}
    assert norms.apportion(7, {"a": 50, "b": 30, "c": 20}) == {"a": 4, "b": 2, "c": 1}
    assert norms.apportion(0, {"a": 1}) == {"a": 0}


def test_the_proposal_spreads_the_staff_of_a_primary_school_over_its_subjects():
    found = norms.proposal(school(stage("primary", 380)), norms.load(norms.SHIPPED))
    # 20 posts by shares 30 24 10 9 6 6 5 5 3 2: 6.0 4.8 2.0 1.8 1.2 1.2 1.0 1.0 0.6 0.4
    assert {subject: posts for (_stage, subject), posts in found.items()} == {
        "chinese": 6, "mathematics": 5, "english": 2, "pe": 2, "music": 1, "art": 1, "science": 1, "politics": 1,
        "it": 1, "labour": 0,
    }  # fmt: skip


def test_every_shipped_share_table_is_of_known_subjects(app):
    from app.codes.queries import tables

    for one in norms.load(norms.SHIPPED).stages.values():
        assert set(one.shares) <= set(tables()["subject"])
        assert sum(one.shares.values()) == 100
