"""Regular expressions as JSON Schema reads them (ECMA-262), for those that Python reads alike."""

import re


def matches(pattern: str, text: str) -> bool:
    """Whether a validator of JSON Schema takes the text; `$` is its very end."""
    return re.search(pattern.removesuffix("$") + r"\Z", text, re.ASCII) is not None
