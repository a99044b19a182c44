"""A start that is refused: something must be changed by people first, and no restart helps."""

from services.chassis.language import speak


class RefusedAtStartError(RuntimeError):
    """The process ends with 78 (EX_CONFIG of sysexits.h). The sentence says what was found and what
    to do: as text in the language asked for, and both in the log."""

    def __init__(self, vi: str, en: str) -> None:
        super().__init__(speak(vi, en))
        self.vi = vi
        self.en = en
