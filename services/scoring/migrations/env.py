"""Alembic's way in; the chassis does the work."""

from services.chassis.storage.migrations import run_environment

run_environment()
