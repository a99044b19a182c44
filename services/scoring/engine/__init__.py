"""The rules of the contest as pure functions: facts in, points out; no clock, no database.

What facts add up to is in `services/measuring`; `criteria` turns that into points, `score` adds
these up to totals, `scale` makes them comparable, `ranking` ranks a cluster, `digest` says whether
two results are the same, `explain` says which facts a line is computed from.
"""
