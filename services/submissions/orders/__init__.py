"""Orders of the Board: documents that move days, release units, or take such a document back."""
