"""A database of scoring made again from the topics alone, compared, and put in the old one's place.

What stands on the topics is first stored, by several processes side by side, and counted when all
of it is there; what comes after that is taken as every day
(docs/decisions/0067-a-rebuild-stores-then-counts.md).
"""
