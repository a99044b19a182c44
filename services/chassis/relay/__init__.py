"""From the outbox to a topic: claimed, sent, acknowledged, and only then gone."""
