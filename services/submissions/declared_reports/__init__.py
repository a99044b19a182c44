"""Reports of the kinds that the plan declares: sent, read, returned by the Board, sent again."""
