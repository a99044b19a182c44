"""Every Vietnamese sentence that the product can show, with its place: from code and from files."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VIETNAMESE = re.compile(
    "[àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ]", re.IGNORECASE
)
"""A letter that, of the two languages of the product, only Vietnamese has."""
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|`[^`]*`")
"""What an English text may quote, and a Vietnamese one may repeat as it stands in a file."""
VALUE = "…"
"""Stands where a sentence takes a value when it is made."""

PROSE = ("*.md", "docs/**/*.md", "infra/**/*.md", "Makefile", ".env.example", "Dockerfile")
DATA = (
    "docker-compose.yml",
    "infra/**/*.yaml",
    "infra/**/*.yml",
    "infra/**/*.json",
    "infra/**/*.csv",
    "services/**/*.json",
    "tests/**/*.yaml",
    "tests/**/*.csv",
)
"""Files whose texts stand between quotation marks. docs/notice-251-2020.txt is another's words."""
FROZEN = "services/contracts/schemas/released/"
"""Released schemas stay as they were."""
NOT_VIETNAMESE = {
    "len", "plain", "number_en", "in_columns_en", "count_en", "days_en", "day_en"
}  # fmt: skip
"""Calls whose text has no dot between thousands, or English marks and words."""
CODE_IN_TEXT = re.compile("`[^`]*`")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A Vietnamese text and where it stands."""

    place: str
    text: str
    is_data: bool = False
    """Its quotation marks are the file's syntax, and quote nothing."""

    @property
    def unquoted(self) -> str:
        """Without what it quotes."""
        return (CODE_IN_TEXT if self.is_data else QUOTED).sub("", self.text)


def of_code() -> Iterator[Sentence]:
    """The literals of services/ and infra/ in Vietnamese; of f-strings with VALUE for values."""
    for folder in ("services", "infra"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT)
            for line, text in _literals(ast.parse(path.read_text())):
                for part in text.splitlines():  # a text in two languages has a line for each
                    sentence = Sentence(f"{name}:{line}", part)
                    if VIETNAMESE.search(sentence.unquoted):
                        yield sentence


def of_files() -> Iterator[Sentence]:
    """The lines in Vietnamese of manuals, campaigns, schemas, alerts and what else is no code."""
    for patterns, is_data in ((PROSE, False), (DATA, True)):
        for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
            for number, line in enumerate(path.read_text().splitlines(), 1):
                place = f"{path.relative_to(ROOT)}:{number}"
                if place.startswith(FROZEN):
                    continue
                value, _, comment = line.partition("# ") if is_data else (line, "", "")
                for text, quotes_are_syntax in ((value, is_data), (comment, False)):
                    if VIETNAMESE.search(text):
                        yield Sentence(place, text, quotes_are_syntax)


def numbers_of_code() -> Iterator[tuple[str, str, str]]:
    """Numbers that a Vietnamese f-string takes as code or English has them: place, text, call."""
    for folder in ("services", "infra"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.JoinedStr) or not VIETNAMESE.search(_joined(node)):
                    continue
                for part in node.values:
                    if isinstance(part, ast.FormattedValue) and _is_not_vietnamese(part):
                        place = f"{path.relative_to(ROOT)}:{node.lineno}"
                        yield place, _joined(node), ast.unparse(part.value)


def _is_not_vietnamese(part: ast.FormattedValue) -> bool:
    called = part.value.func if isinstance(part.value, ast.Call) else None
    if isinstance(called, ast.Name) and called.id in NOT_VIETNAMESE:
        return True
    return part.format_spec is not None and bool(re.search("[,.]", ast.unparse(part.format_spec)))


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Literals with their lines; without docstrings, which are English and quote."""
    passed_over = set(_docstrings(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            # Its own pieces belong to it; literals inside its values are texts of their own.
            passed_over.update(part for part in node.values if isinstance(part, ast.Constant))
            yield node.lineno, _joined(node)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in passed_over
        ):
            yield node.lineno, node.value


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


def _joined(node: ast.JoinedStr) -> str:
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else VALUE for part in node.values
    )
