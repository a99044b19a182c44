"""Where a rebuild may write: into an empty database, and nowhere else."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from infra.local.issuer import Issuer
from infra.local.postgres import PostgresCluster
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.rebuild import rebuild
from tests.scoring.served_scoring import settings_of

ROOT = Path(__file__).parents[2]
MANUAL = " ".join((ROOT / "docs" / "operating.md").read_text(encoding="utf-8").split())


async def test_a_rebuild_touches_no_database_that_has_anything_in_it(
    scoring_url: str, issuer: Issuer
) -> None:
    settings = settings_of(scoring_url, issuer)
    with pytest.raises(RebuildError, match="không trống"):
        await asyncio.to_thread(rebuild, settings, scoring_url)


async def test_without_an_address_it_drops_nothing_that_has_taken_over_and_serves(
    scoring_url: str, postgres: PostgresCluster, issuer: Issuer
) -> None:
    """`<name>_rebuild` took over, and the same command is given once more."""
    parts = urlsplit(scoring_url)
    name, role = parts.path[1:], parts.username
    assert role
    serving = f"{name}_rebuild"
    postgres.execute(
        'CREATE DATABASE :"name" TEMPLATE :"template" OWNER :"role"',
        name=serving,
        template=name,
        role=role,
    )
    try:
        with pytest.raises(RebuildError, match=f"{serving} không trống"):
            await asyncio.to_thread(rebuild, settings_of(scoring_url, issuer))
        connection = await asyncpg.connect(urlunsplit(parts._replace(path=f"/{serving}")))
        rows = await connection.fetchval("SELECT count(*) FROM points")
        await connection.close()
        assert rows > 0
    finally:
        postgres.execute('DROP DATABASE :"name" WITH (FORCE)', name=serving)


async def test_a_role_that_may_not_create_databases_learns_what_to_do(
    scoring_url: str, issuer: Issuer
) -> None:
    settings = settings_of(scoring_url, issuer)
    role, name = urlsplit(scoring_url).username, urlsplit(scoring_url).path[1:]
    with pytest.raises(RebuildError, match="--into") as refused:
        await asyncio.to_thread(rebuild, settings)
    statement = f'CREATE DATABASE "{name}_rebuild" OWNER "{role}" TEMPLATE template0 ENCODING'
    assert statement in str(refused.value)
    assert "CREATE DATABASE scoring_new OWNER scoring TEMPLATE template0 ENCODING" in MANUAL
