"""Alembic's entry; all of it is in the chassis."""

from services.chassis.migrations import run_environment

run_environment()
