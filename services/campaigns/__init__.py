"""The campaigns that the Board announced, as each service keeps them: several at once.

    topic campaign-announced ─ follower.py ─▶ take.py ─▶ tables of models.py ─▶ registry.py

A service reads a campaign from its own database. The follower brings what is announced elsewhere
into it, so that a service with an empty database builds itself from the topics, and the registry
keeps in memory what the service makes of each campaign, up to the row that everyone locks.
"""
