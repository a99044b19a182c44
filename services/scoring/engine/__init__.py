"""The rules of the contest as pure functions: facts in, points out; no clock, no database.

`records` says which facts count, `tally` adds them up, `criteria` turns what was added up into
points, `score` adds these up to totals, `scale` makes them comparable, `ranking` ranks a cluster,
`digest` says whether two results are the same, `explain` says which facts a line is computed from.
"""
