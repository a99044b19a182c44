"""Whether a database has the tables that this version of a service is written for.

SQL by hand: the table is Alembic's, which a process that serves does not load.
"""

import re
from functools import cache
from importlib.resources import files

from services.chassis.refused import RefusedAtStartError
from services.chassis.storage.database import Transaction

_RETIRED = re.compile(r"\d{4}")
"""0001 to 0008: what revisions were called before the tables were stated anew in one. A name of
today is its day and what it does, like 2026_12_01_tables, so that none is ever one of those."""


class RetiredSchemaError(RefusedAtStartError):
    """A database has tables of a revision from which no way leads on."""


class SchemaBehindError(RefusedAtStartError):
    """A database has no tables yet, or those of an earlier release."""


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
    return tuple(sorted(name.removesuffix(".py") for name in found if name[:1].isdigit()))


def why_retired(service: str, revision: str | None) -> tuple[str, str] | None:
    """Why a database at this revision can't be used or migrated, in Vietnamese and in English;
    None where it can."""
    if revision is None or not _RETIRED.fullmatch(revision):
        return None
    return (
        f"Cơ sở dữ liệu của {service} ở phiên bản {revision} đã ngừng hỗ trợ, không nâng cấp được."
        " Tạo cơ sở dữ liệu mới rồi chạy `thidua migrate`.",
        f"The database of {service} is at the retired revision {revision}, which can't be migrated:"
        " make a new database, then run `thidua migrate`.",
    )


def require_revision(service: str, revision: str | None) -> None:
    """At start: raises RetiredSchemaError for a database that can't be used any more, and
    SchemaBehindError for one that is to be migrated first."""
    if why := why_retired(service, revision):
        raise RetiredSchemaError(*why)
    known = revisions(service)
    if revision is None or revision in known[:-1]:
        at = revision or "–"
        raise SchemaBehindError(
            f"Cơ sở dữ liệu của {service} chưa được cập nhật (phiên bản hiện có {at}, cần"
            f" {known[-1]}). Chạy `thidua migrate {service}` rồi khởi động lại.",
            f"The database of {service} is not up to date (it is at {at}, this release needs"
            f" {known[-1]}). Run `thidua migrate {service}`, then start again.",
        )


async def schema_behind(tx: Transaction, service: str) -> str | None:
    """Why the database does not fit this code, in English as all of health; None when it does.

    A revision that this code does not know is a newer one: the job that migrates runs before the
    last old replica stops.
    """
    known = revisions(service)
    if not known:
        await tx.fetchval("SELECT 1")
        return None
    applied = await _applied(tx)
    if applied is None or applied in known[:-1]:
        return f"schema is at {applied}, not at {known[-1]}: run `thidua migrate`"
    why = why_retired(service, applied)
    return why[1] if why else None


async def _applied(tx: Transaction) -> str | None:
    """The revision that the database has; None for one that was never migrated."""
    if await tx.fetchval("SELECT to_regclass('alembic_version')") is None:
        return None
    revision: str | None = await tx.fetchval("SELECT version_num FROM alembic_version")
    return revision
