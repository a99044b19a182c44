"""Essays of the contest and the commendations proposed for their exemplars."""
