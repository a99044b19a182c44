"""The one language that a command speaks: Vietnamese, or English where its reader asks for it.

`THIDUA_LANG` (`vi` or `en`) decides; without it `LANG` does where it names one of the two; else
Vietnamese. Problem documents and mails are another matter: they carry both, or what the subscriber
chose.
"""

import os
from collections.abc import Mapping
from typing import Literal

VARIABLE = "THIDUA_LANG"
LANGUAGES: tuple[Literal["vi", "en"], ...] = ("vi", "en")


def language(environment: Mapping[str, str] = os.environ) -> Literal["vi", "en"]:
    """The language asked for. Raises ValueError where THIDUA_LANG names another one."""
    asked = environment.get(VARIABLE)
    if asked:
        for known in LANGUAGES:
            if asked == known:
                return known
        raise ValueError(f"{VARIABLE}={asked}: it is one of {', '.join(LANGUAGES)}")
    return "en" if environment.get("LANG", "").partition("_")[0] == "en" else "vi"


def speak(vi: str, en: str) -> str:
    """The sentence in the language asked for."""
    return vi if language() == "vi" else en
