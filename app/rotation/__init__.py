"""The yearly rotation: plans, scenarios, proposals, approval, publication and postings.

Tables: rotation_plan, rotation_snapshot, rotation_scenario, rotation_decision, proposed_move, plan_review, publication,
posting, teacher_wish. Used by: personnel officers; leaders approve; schools and teachers read what is published.
"""
