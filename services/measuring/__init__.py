"""What measures are for the facts of a unit, as pure functions; no clock, no database.

`records` says which facts count, `contributions` what one adds to a measure, `tally` adds them up,
`measures` reads the values out of a tally, and `values` says whether a condition holds on them.
Scoring makes points of it, submissions decides by it what is owed on a condition: so it is below
both, and knows no rule set.
"""
