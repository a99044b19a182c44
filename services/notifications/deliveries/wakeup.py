"""The NOTIFY that wakes the senders of all replicas: deliveries are due."""

from services.chassis.storage.database import Transaction

CHANNEL = "thidua_deliveries"
"""NOTIFY channel that wakes the senders of one database."""


async def announce(tx: Transaction) -> None:
    """Wake the senders of all replicas when this transaction commits."""
    await tx.execute("SELECT pg_notify($1, '')", CHANNEL)
