"""The moment that a caller asks about: a day, or a day and time with its offset. Pure."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.chassis.problems import FAULTY, Fault, Refusal
from services.contracts.reading import UnreadableError, read_day, read_moment
from services.contracts.validation_sentences import as_end
from services.contracts.wording import moment

PARAMETER = "as_of"

_LAST_INSTANT = timedelta(microseconds=1)


def moment_asked(written: str, zone: ZoneInfo, now: datetime) -> datetime:
    """The moment that is written: RFC 3339, or a local day, which means its end.

    Raises Refusal (422) for what is neither, and for what is not over yet at `now`.
    """
    asked = _read(written, zone)
    if asked > now:
        then, here = moment(asked, zone), moment(now, zone)
        raise _refusal(
            f"Thời điểm {then.vi} chưa đến: bây giờ là {here.vi}. Chọn thời điểm đã qua, hoặc bỏ"
            " thời điểm để xem điểm hiện nay.",
            f"{then.en} is not over: it is {here.en} now; ask for a moment that is past, or for"
            " the points as they are.",
        )
    return asked


def _read(written: str, zone: ZoneInfo) -> datetime:
    try:
        if "T" in written.upper():
            return read_moment(written)
        next_day = read_day(written) + timedelta(days=1)
        return datetime.combine(next_day, time.min, zone) - _LAST_INSTANT
    except UnreadableError as error:
        raise _refusal(
            f"“{written[:40]}”: {as_end(error.vi)}. Có thể viết 2020-06-30, không kèm giờ;"
            " trong URL, dấu + viết là %2B.",
            f"“{written[:40]}”: {as_end(error.en)}. A day alone will do: 2020-06-30; in a URL, + is"
            " written %2B.",
        ) from None


def _refusal(vi: str, en: str) -> Refusal:
    return Refusal(FAULTY, [Fault("", vi, en, parameter=f"query:{PARAMETER}")])
