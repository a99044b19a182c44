"""Alembic's entry for notifications."""

from services.chassis.storage.migrations import run_environment

run_environment()
