"""Promise: a command speaks one language, the one that its reader asked for."""

import pytest

from services.chassis.language import language


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, "vi"),
        ({"LANG": "C.UTF-8"}, "vi"),
        ({"LANG": "vi_VN.UTF-8"}, "vi"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "THIDUA_LANG": "vi"}, "vi"),
        ({"THIDUA_LANG": "en"}, "en"),
        ({"THIDUA_LANG": ""}, "vi"),
    ],
)
def test_the_language_asked_for(environment: dict[str, str], expected: str) -> None:
    assert language(environment) == expected


def test_another_language_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ValueError, match="THIDUA_LANG=fr: it is one of vi, en"):
        language({"THIDUA_LANG": "fr"})
