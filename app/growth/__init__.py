"""Growth programmes, mentor pairs, the ladder of backbone titles, and the weekly draw."""
