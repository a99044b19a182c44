"""Subscriptions: what is asked for, who may, and which events each concerns."""
