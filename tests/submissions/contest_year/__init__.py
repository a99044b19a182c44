"""A contest year from July to April as files, what its units did, and the ledger that must come of
it."""
