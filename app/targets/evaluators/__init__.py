"""Working out the clauses of a pack: measures over the rows of a day, and the verdicts on what they find."""
