"""Kafka: how to reach it, its topics and records, the positions of groups."""
