"""Dead letters: set aside with their batch, listed, redriven or discarded by people."""

from services.chassis.dead_letters.letter import Fault, Record, dead_letter

__all__ = ["Fault", "Record", "dead_letter"]
