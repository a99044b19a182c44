"""Cases in the words of a table: “chưa gửi báo cáo 6 tháng và số bài dự thi dưới 3”."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from services.contracts.campaign.measuring import Measure
from services.contracts.campaign.measuring.proving.cases import Case, Piece, Situations
from services.contracts.campaign.measuring.proving.intervals import Interval, Numbers
from services.contracts.campaign.measuring.proving.measure_values import MeasureValues
from services.contracts.wording import Bilingual, number

_STATES = {
    "missed": Bilingual("quá hạn", "overdue"),
    "waived": Bilingual("được miễn", "waived"),
    "open": Bilingual("chưa đến hạn", "not yet due"),
}
_REPORT = "báo cáo"
"""What is sent; all else is done."""


def title_of(name: str, measures: Mapping[str, Measure]) -> Bilingual:
    """What people call a measure; its name where it has no title."""
    measure = measures.get(name)
    return measure.title if measure is not None and measure.title else Bilingual(name, name)


def case_words(
    case: Case,
    situations: Situations,
    measures: Mapping[str, Measure],
    values: Mapping[str, MeasureValues],
) -> Bilingual:
    """A case; measures that may be anything in it are not named."""
    parts: list[Bilingual] = []
    for at, chosen in enumerate(case):
        pieces, name = situations.pieces[at], situations.measures[at]
        if len(chosen) < len(pieces):
            title = title_of(name, measures)
            parts.append(pieces_words([pieces[n] for n in sorted(chosen)], title, values[name]))
    if not parts:
        return Bilingual("mọi trường hợp", "every case")
    if len(parts) == 1:
        return parts[0]
    return Bilingual(
        " và ".join(_apart(part.vi, " hoặc ") for part in parts),
        " and ".join(_apart(part.en, " or ") for part in parts),
    )


def _apart(text: str, joiner: str) -> str:
    return f"({text})" if joiner in text else text


def pieces_words(pieces: Sequence[Piece], title: Bilingual, values: MeasureValues) -> Bilingual:
    """Some pieces of what one measure can be."""
    numbers = _merged([piece.numbers for piece in pieces if piece.numbers is not None])
    if values.is_obligation:
        found = _obligation(numbers, {p.state for p in pieces if p.state}, title, values.numbers)
    else:
        found = [numbers_words(one, title, values.numbers) for one in numbers]
        if any(piece == Piece() for piece in pieces):
            found.append(Bilingual(f"chưa có {title.vi}", f"no {title.en}"))
    return Bilingual(" hoặc ".join(one.vi for one in found), " or ".join(one.en for one in found))


def _merged(intervals: Sequence[Interval]) -> list[Interval]:
    """Neighbours made one; they come from low to high."""
    found: list[Interval] = []
    for one in intervals:
        if found and found[-1].high >= one.low:
            found[-1] = Interval(found[-1].low, one.high)
        else:
            found.append(one)
    return found


def _obligation(
    late: Sequence[Interval], states: set[str], title: Bilingual, days: Numbers
) -> list[Bilingual]:
    is_report = title.vi.lower().startswith(_REPORT)
    found = []
    for one in late:
        if one == days.inside(Interval()):
            done = "đã gửi" if is_report else "đã hoàn thành"
            found.append(Bilingual(f"{done} {title.vi}", f"{title.en} done"))
            continue
        words = numbers_words(one, Bilingual("chậm", "days late"), days)
        found.append(Bilingual(f"{title.vi} {words.vi} ngày", f"{title.en}: {words.en}"))
    if states == set(_STATES):
        undone = "chưa gửi" if is_report else "chưa thực hiện"
        found.append(Bilingual(f"{undone} {title.vi}", f"{title.en} not done"))
    elif states:
        named = [words for state, words in _STATES.items() if state in states]
        vi, en = " hoặc ".join(one.vi for one in named), " or ".join(one.en for one in named)
        found.append(Bilingual(f"{title.vi} {vi}", f"{title.en} {en}"))
    return found


def numbers_words(interval: Interval, title: Bilingual, numbers: Numbers) -> Bilingual:
    """Numbers of a measure as an officer writes them: “số bài dự thi từ 3 đến 4”."""
    whole = numbers.inside(Interval())
    low, high = interval
    low_vi = low_en = high_vi = high_en = ""
    if low > whole.low:
        at = number(low.at)
        low_vi, low_en = (
            (f"trên {at.vi}", f"more than {at.en}") if low.after else (f"từ {at.vi}", f"{at.en}")
        )
    if high < whole.high:
        if numbers.step is not None and low > whole.low:
            last = number(high.at - numbers.step)
            if high.at - numbers.step == low.at:
                return Bilingual(f"{title.vi} bằng {last.vi}", f"{title.en} {last.en}")
            return Bilingual(
                f"{title.vi} {low_vi} đến {last.vi}", f"{title.en} from {low_en} to {last.en}"
            )
        at = number(high.at)
        high_vi, high_en = (
            (f"đến {at.vi}", f"up to {at.en}")
            if high.after
            else (f"dưới {at.vi}", f"below {at.en}")
        )
        if numbers.step is not None and high.at - numbers.step == whole.low.at:
            only = number(whole.low.at)
            return Bilingual(f"{title.vi} bằng {only.vi}", f"{title.en} {only.en}")
    if low.at == high.at:
        return Bilingual(f"{title.vi} bằng {number(low.at).vi}", f"{title.en} {number(low.at).en}")
    if low_vi and not high_vi and not low.after:
        low_vi, low_en = f"{low_vi} trở lên", f"{low_en} or more"
    if high_vi and not low_vi and high.after:
        high_vi, high_en = f"không quá {number(high.at).vi}", f"{number(high.at).en} or less"
    if low_vi and high_vi and not high.after and not low.after:
        low_en = f"from {low_en}"
    vi, en = (
        " ".join(part for part in two if part) for two in ((low_vi, high_vi), (low_en, high_en))
    )
    return Bilingual(f"{title.vi} {vi or 'bất kỳ'}", f"{title.en} {en or 'of any number'}")


def is_one_end(case: Case, situations: Situations, values: Mapping[str, MeasureValues]) -> bool:
    """Whether a case is the plain rest of one measure: an end of its numbers, or what isn't done.

    So the last line of a list that goes from the best to the worst reads: “còn lại”.
    """
    narrowed = [at for at, chosen in enumerate(case) if len(chosen) < len(situations.pieces[at])]
    if not narrowed:
        return True
    if len(narrowed) > 1:
        return False
    at = narrowed[0]
    pieces, chosen = situations.pieces[at], sorted(case[at])
    numbers = [n for n in range(len(pieces)) if pieces[n].numbers is not None]
    left = [n for n in chosen if n in numbers]
    on_end = all(b - a == 1 for a, b in pairwise(left))
    if values[situations.measures[at]].is_obligation:
        overdue = any(pieces[n].state == "missed" for n in chosen)
        return overdue and on_end and (not left or left[-1] == numbers[-1])
    return on_end and (not left or left[0] == numbers[0] or left[-1] == numbers[-1])
