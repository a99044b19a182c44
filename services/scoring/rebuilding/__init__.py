"""Rebuilds scoring's database from the topics alone, compares it, and lets it take over.

Facts are taken by the code of every day, in one process
(docs/decisions/0067-a-rebuild-runs-the-services-code.md).
"""
