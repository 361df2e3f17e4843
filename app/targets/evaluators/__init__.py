"""How clauses are evaluated: one module a kind of figure."""
