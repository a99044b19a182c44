"""Promise: dead letters are printed under headings, in one language, and always in one order."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.chassis.dead_letters.queries import Letter
from services.chassis.dead_letters.show import Shown
from services.cli.dead_letter_lines import all_of, json_line, table_of
from services.contracts.personal import WITHHELD
from tests.words.collected import VIETNAMESE

AT = datetime(2020, 6, 11, 2, tzinfo=UTC)
FIELDS = {
    "id": UUID(int=1),
    "cause": "unknown-unit",
    "detail": "X",
    "topic": "thidua.essay-submitted.v1",
    "partition": 2,
    "offset": 7,
    "event_id": None,
    "set_aside_at": AT,
    "tried_at": AT,
    "state": "open",
    "tries": 1,
}
MESSAGE = Shown(key=None, headers={"x": WITHHELD}, bytes=1, sha256=None, data=WITHHELD)


def test_keys_come_in_one_order_in_whichever_order_the_columns_came() -> None:
    one, other = Letter(**FIELDS), Letter(**dict(reversed(FIELDS.items())))
    assert json_line("scoring", one) == json_line("scoring", other)
    assert all_of("scoring", one, MESSAGE) == all_of("scoring", other, MESSAGE)
    keys = list(json.loads(json_line("scoring", one)))
    assert keys[:5] == ["id", "service", "state", "cause", "detail"]


def test_each_language_is_spoken_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THIDUA_LANG", "en")
    letter = Letter(**FIELDS)
    headings, line = table_of([("scoring", letter)])
    assert not VIETNAMESE.search(headings + line + all_of("scoring", letter, MESSAGE))
    assert headings.index("Event") == line.index("(none)")
    monkeypatch.setenv("THIDUA_LANG", "vi")
    headings, line = table_of([("scoring", letter)])
    assert headings.index("Tình trạng") == line.index("chờ xử lý")
    assert headings.index("Mã dữ liệu") == line.index("(không có)")
    assert WITHHELD in all_of("scoring", letter, MESSAGE)
