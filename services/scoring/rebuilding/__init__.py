"""A database of scoring made again from the topics alone, compared, and put in the old one's place.

Facts are taken by the code of every day, in one process
(docs/decisions/0067-a-rebuild-is-the-code-of-every-day.md).
"""
