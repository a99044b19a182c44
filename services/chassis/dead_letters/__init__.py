"""Dead letters: set aside with their batch, listed, redriven or discarded by people."""

from services.chassis.dead_letters.letter import Failure, Record, dead_letter

__all__ = ["Failure", "Record", "dead_letter"]
