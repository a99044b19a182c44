"""Alembic's entry; all of it is in the chassis."""

from services.chassis.storage.migrations import run_environment

run_environment()
