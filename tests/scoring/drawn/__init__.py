"""Hypothesis draws rule sets of all twelve kinds, units in clusters and facts.

The promises that hold for every one of them stand here: no table is special.
"""
