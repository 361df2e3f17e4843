"""Policy targets: every clause of an adopted policy pack as a figure on any date, with the names behind it."""
