"""The yearly rotation: plans, scenarios, proposals, approval, publication and postings.

Tables: rotation_plan, rotation_snapshot, rotation_scenario, rotation_decision, proposed_move, plan_review, publication,
posting, teacher_wish, scenario_answer, proposal_run, proposal_run_county. Used by: personnel officers; leaders approve;
schools and teachers read what is published; prefectures and provinces run their counties and compare them.
"""
