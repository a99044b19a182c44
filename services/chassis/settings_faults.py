"""What is wrong with settings, in the language that is spoken."""

from pydantic import ValidationError

from services.chassis.language import speak
from services.contracts.validation_sentences import as_end, sentence


def explained(error: ValidationError, prefix: str) -> str:
    """Every wrong variable with its fault, a line each; no value stands in it."""
    lines = []
    for fault in error.errors(include_url=False, include_input=False):
        field = "_".join(str(part) for part in fault["loc"])
        name = f"{prefix}{field.upper()}: " if field else ""
        match fault["type"]:
            case "missing":
                text = speak("chưa đặt và không có mặc định", "is not set and has no default")
            case "value_error":  # of a validator of ours, which speaks
                text = str(fault["ctx"]["error"])
            case _:
                text = speak(*map(as_end, sentence(fault)))
        lines.append(f"  {name}{text}")
    lead = speak("cấu hình không hợp lệ", "settings do not fit")
    where = speak("xem docs/settings.md", "see docs/settings.md")
    return "\n".join([f"{lead} ({where}):", *lines])
