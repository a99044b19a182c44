"""Slips in the words of units.csv: a level, kind or cluster that one row alone spells so.

Such a word is valid by its form, and the unit would owe nothing, be scored by no table or stand in
a cluster of its own. Words are free, so only what is nearly a word of many other rows is refused.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import Row, UnitRows

_COLUMNS = ("level", "kind", "cluster")
_MANY = 4
"""From so many units whose rows spell a word alike it is taken as meant."""
_NEARLY = 0.85
"""Ratio of equal letters: `uper` and `upper` have 0.89, `thi-xa` and `thi-tran` 0.71."""
_MOST_COMPARED = 20_000
"""Pairs of words compared in a column, about a second; 600 words against 30 usual ones."""


def check_slips(file: str, units: UnitRows) -> Iterator[FileProblem]:
    """A word of one unit only that is nearly a word of many, at the first line that has it."""
    for column in _COLUMNS:
        first: dict[tuple[str, str], Row] = {}
        for row in units.rows:
            if word := getattr(row.unit, column):
                first.setdefault((word, row.unit.code), row)
        words = Counter(word for word, _ in first)
        usual = [(word, _letters(word)) for word, its in words.items() if its >= _MANY]
        left = _MOST_COMPARED
        for (word, _), row in first.items():
            if words[word] > 1 or not usual:
                continue
            left -= len(usual)
            if left < 0:
                break
            if meant := _nearest(word, usual):
                yield FileProblem(
                    file=file,
                    line=row.line,
                    vi=f"{column}: chỉ dòng này viết “{word}”; có thể là “{meant}” như"
                    f" {words[meant]} đơn vị khác; nếu không, đặt tên khác hẳn",
                    en=f"{column}: only this line says “{word}”; did you mean “{meant}”, as"
                    f" {words[meant]} other units do? if not, take a name that differs more",
                )


def _nearest(word: str, usual: Sequence[tuple[str, str]]) -> str | None:
    """The usual word that was probably meant; numbered names (cum-1, cum-2) are no slips."""
    letters = _letters(word)
    matcher = SequenceMatcher(None, b=word)  # it keeps what it knows of its second word
    best, ratio = None, _NEARLY
    for other, its_letters in usual:
        if its_letters == letters:
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() < ratio or matcher.quick_ratio() < ratio:
            continue
        if (found := matcher.ratio()) > ratio or (best is None and found == ratio):
            best, ratio = other, found
    return best


def _letters(word: str) -> str:
    return "".join(character for character in word if not character.isdecimal())
