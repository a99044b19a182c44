"""Slips in the words of units.csv: a level, kind or cluster that one row alone spells so.

Such a word is valid by its form, and the unit would owe nothing, be scored by no table or stand in
a cluster of its own. Words are free, so only what is nearly a word of many other rows is refused.
"""

from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from services.contracts.campaign.problems import FileProblem
from services.contracts.campaign.units_file import UnitRows

_COLUMNS = ("level", "kind", "cluster")
_MANY = 4
"""From so many rows that spell a word alike it is taken as meant."""
_NEARLY = 0.85
"""Ratio of equal letters: `uper` and `upper` have 0.89, `thi-xa` and `thi-tran` 0.71."""


def check_slips(file: str, units: UnitRows) -> Iterator[FileProblem]:
    """A word of one row only that is nearly a word of many, each at its line."""
    for column in _COLUMNS:
        words = Counter(word for row in units.rows if (word := getattr(row.unit, column)))
        usual = [word for word, rows in words.items() if rows >= _MANY]
        for row in units.rows:
            word = getattr(row.unit, column)
            if word and words[word] == 1 and (meant := _nearest(word, usual)):
                yield FileProblem(
                    file=file,
                    line=row.line,
                    vi=f"{column}: chỉ dòng này viết “{word}”; có thể là “{meant}” như"
                    f" {words[meant]} dòng khác; nếu không, đặt tên khác hẳn",
                    en=f"{column}: only this line says “{word}”; did you mean “{meant}”, as"
                    f" {words[meant]} other lines do? if not, take a name that differs more",
                )


def _nearest(word: str, usual: list[str]) -> str | None:
    """The usual word that was probably meant; numbered names (cum-1, cum-2) are no slips."""
    near = {
        other: SequenceMatcher(None, word, other).ratio()
        for other in usual
        if _letters(word) != _letters(other)
    }
    best = max(near, key=lambda other: near[other], default=None)
    return best if best is not None and near[best] >= _NEARLY else None


def _letters(word: str) -> str:
    return "".join(character for character in word if not character.isdecimal())
