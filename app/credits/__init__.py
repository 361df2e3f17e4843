"""Training credits 学时: claims, their review, the counties' rules and the ledger that adds up."""
