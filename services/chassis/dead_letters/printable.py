"""Foreign text made safe to print: characters that a terminal acts on are escaped."""


def printable(text: str) -> str:
    """The text with all other characters than those that are seen as their escapes."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def printable_within(value: object) -> object:
    """The same for all text in lists and dictionaries, names of members excepted."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [printable_within(item) for item in value]
    if isinstance(value, dict):
        return {name: printable_within(inner) for name, inner in value.items()}
    return value
