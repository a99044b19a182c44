"""From the outbox to a topic: rows are claimed, sent, acknowledged, then deleted."""
