"""The moment that a caller asks about: a day, or a day and time with its offset. Pure."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.chassis.problems import FAULTY, Fault, Refusal

PARAMETER = "as_of"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[-+][0-9]{2}:[0-9]{2})"
)
_LAST_INSTANT = timedelta(microseconds=1)


def moment_asked(written: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment that is written: RFC 3339, or a local day, which means its end.

    Raises Refusal (422) for what is neither, and for what is not over yet at `now`.
    """
    moment = _read(written.strip(), zone)
    if moment is None:
        raise _refusal(
            f"“{written[:40]}” không phải thời điểm; viết ngày 2020-06-30, hoặc "
            "2020-06-30T17:00:00+07:00 (trong URL, dấu + viết là %2B).",
            f"“{written[:40]}” is no moment: write a day, 2020-06-30, or "
            "2020-06-30T17:00:00+07:00 (in a URL, + is written %2B).",
        )
    if moment > now:
        here = now.astimezone(zone).isoformat(timespec="seconds")
        raise _refusal(
            f"{written} chưa đến: bây giờ là {here}. Chọn thời điểm đã qua, hoặc bỏ as_of.",
            f"{written} is not over: it is {here} now; ask for a moment that is past, or leave"
            " as_of out.",
        )
    return moment


def _read(written: str, zone: ZoneInfo) -> datetime | None:
    try:
        if _DAY.fullmatch(written):
            next_day = date.fromisoformat(written) + timedelta(days=1)
            return datetime.combine(next_day, time.min, zone) - _LAST_INSTANT
        if _MOMENT.fullmatch(written):
            return datetime.fromisoformat(written.upper())
    except (ValueError, OverflowError):
        return None
    return None


def _refusal(vi: str, en: str) -> Refusal:
    return Refusal(FAULTY, [Fault("", vi, en, parameter=f"query:{PARAMETER}")])
