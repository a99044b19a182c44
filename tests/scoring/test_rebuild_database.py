"""Where a rebuild may write: into an empty database, and nowhere else."""

import asyncio

import pytest

from infra.local.issuer import Issuer
from services.scoring.rebuilding.errors import RebuildError
from services.scoring.rebuilding.rebuild import rebuild
from tests.scoring.stand import settings_of


async def test_a_rebuild_touches_no_database_that_has_anything_in_it(
    scoring_url: str, issuer: Issuer
) -> None:
    settings = settings_of(scoring_url, issuer)
    with pytest.raises(RebuildError, match="not empty"):
        await asyncio.to_thread(rebuild, settings, scoring_url)


async def test_a_role_that_may_not_create_databases_is_told_what_to_do(
    scoring_url: str, issuer: Issuer
) -> None:
    settings = settings_of(scoring_url, issuer)
    with pytest.raises(RebuildError, match="--into"):
        await asyncio.to_thread(rebuild, settings)
