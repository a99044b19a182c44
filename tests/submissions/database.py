"""The database of the tests of submissions, made once and emptied between them."""

import asyncpg

_EMPTY = """
DO $$
DECLARE names text;
BEGIN
    SELECT string_agg(quote_ident(relname), ', ') INTO names FROM pg_stat_user_tables
     WHERE schemaname = 'public' AND relname <> 'alembic_version';
    EXECUTE 'TRUNCATE ' || names || ' RESTART IDENTITY';
END $$
"""


async def empty(dsn: str) -> None:
    """Take out all rows but the mark of the migrations."""
    connection = await asyncpg.connect(dsn)
    await connection.execute(_EMPTY)
    await connection.close()
