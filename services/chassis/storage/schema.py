"""Whether a database has the tables that this version of a service is written for."""

from functools import cache
from importlib.resources import files

from services.chassis.storage.database import Transaction


@cache
def revisions(service: str) -> tuple[str, ...]:
    """The revisions of a service's migrations in their order; none where it has no migrations.

    Read from the names of the files: Alembic is not loaded by a process that serves.
    """
    try:
        versions = files(f"services.{service}") / "migrations" / "versions"
    except ModuleNotFoundError:
        return ()
    found = (entry.name for entry in versions.iterdir())
    return tuple(sorted(name.split("_")[0] for name in found if name[:1].isdigit()))


async def schema_behind(tx: Transaction, service: str) -> str | None:
    """Why the database is too old for this code; None when it fits.

    A revision that this code does not know is a newer one: the job that migrates runs before the
    last old replica stops.
    """
    known = revisions(service)
    if not known:
        await tx.fetchval("SELECT 1")
        return None
    applied = await tx.fetchval("SELECT version_num FROM alembic_version")
    if applied in known[:-1] or applied is None:
        return f"schema is at {applied}, not at {known[-1]}: run `thidua migrate`"
    return None
