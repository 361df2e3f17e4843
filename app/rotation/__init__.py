"""Plans, scenarios, proposals, approval, publication and postings of the yearly rotation."""
