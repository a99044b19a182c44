"""Publications: standings frozen with their facts, put back by a rebuild, verified by anyone."""
