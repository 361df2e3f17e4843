"""Who must rotate this year: rule sets by county and school year, and each teacher's verdict with its reasons.

Tables: eligibility_rule_set, eligibility_verdict, eligibility_reason. Used by: personnel officers; schools and
teachers read theirs.
"""
