"""Facts to send where a test does not mind which."""

from typing import Any
from uuid import uuid4

from services.contracts.events import EssaySubmitted


def essay(unit: str, words: int = 1) -> EssaySubmitted:
    """A fact; its `words` number it where a test counts."""
    example: dict[str, Any] = dict(EssaySubmitted.sheet.example)
    example |= {"unit": unit, "words": words, "essay_id": uuid4()}
    return EssaySubmitted.model_validate(example)
