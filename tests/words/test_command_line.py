"""Promise: every command explains itself, and refuses, in the language asked for."""

import pathlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner, Result

from services.cli.main import app
from services.cli.speaking import choose_language
from tests.words.collected import VIETNAMESE, Sentence
from tests.words.test_vietnamese import NOT_WRITTEN, found

Path = tuple[str, ...]


def commands() -> Iterator[tuple[Path, Any]]:
    """Every command and group with the words that call it."""

    def walk(made: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        yield path, made
        for name, child in getattr(made, "commands", {}).items():
            yield from walk(child, (*path, name))

    yield from walk(get_command(app), ())


PATHS = [path for path, _ in commands()]
LEAVES = [path for path, made in commands() if not hasattr(made, "commands")]


def thidua(language: str, *words: str) -> Result:
    return CliRunner().invoke(app, [*words], prog_name="thidua", env={"THIDUA_LANG": language})


def explanations(monkeypatch: pytest.MonkeyPatch, language: str, path: Path) -> dict[str, str]:
    """What a command has to explain, by name: itself, its end, its arguments and options."""
    monkeypatch.setenv("THIDUA_LANG", language)
    made = dict(commands())[path]
    choose_language(made)
    texts = {"": made.help or ""}
    if made.epilog:
        texts["epilog"] = made.epilog
    return texts | {one.opts[-1]: one.help or "" for one in made.params}


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_command_and_options_are_explained_in_both_languages(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vietnamese = explanations(monkeypatch, "vi", path)
    english = explanations(monkeypatch, "en", path)
    assert vietnamese.keys() == english.keys()
    for name, text in vietnamese.items():
        assert VIETNAMESE.search(text), f"{name} has no Vietnamese"
        assert not found(NOT_WRITTEN, [Sentence(f"{path} {name}", text)])
        assert english[name], f"{name} has no English"
        assert not VIETNAMESE.search(english[name]), f"{name} is in two languages at once"


@pytest.mark.parametrize("path", PATHS, ids=" ".join)
def test_help_shows_all_of_it_in_one_language(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for language, frame in (("vi", "Cách dùng: thidua"), ("en", "Usage: thidua")):
        answer = thidua(language, *path, "--help")
        assert answer.exit_code == 0
        shown = " ".join(answer.output.split())
        assert frame in shown
        for text in explanations(monkeypatch, language, path).values():
            assert " ".join(text.split())[:30] in shown
        assert "..." not in "".join(re.split("Các lệnh:|Commands:", shown)[1:]), "a sentence is cut"
        if language == "en":
            assert not VIETNAMESE.search(shown)
        else:
            assert not re.search(r"\b(Usage|Options|Commands|Arguments|default|required)\b", shown)


@pytest.mark.parametrize(
    ("words", "vi", "en"),
    [
        (("bogus",), "Không có lệnh 'bogus'.", "No such command 'bogus'."),
        (("docs", "wrte"), "Không có lệnh 'wrte'; có thể là 'write'.", "Did you mean 'write'?"),
        (("run",), "Thiếu tham số 'SERVICE'.", "Missing argument 'SERVICE'."),
        (("run", "scorin"), "Không có dịch vụ này; có submissions,", "no such service; there are"),
        (("run", "scoring", "x"), "Thừa tham số: x.", "Got unexpected extra argument(s) (x)"),
        (("verify", ".", "--version"), "Tùy chọn '--version' cần một giá trị.", "requires an"),
        (("what-if", "x"), "Thiếu tham số 'RULES.yaml'.", "Missing argument 'RULES.yaml'."),
        (("what-if", "x", "nowhere.yaml"), "Không tìm thấy 'nowhere.yaml'.", "does not exist."),
        (("what-if", "x", "docs"), "'docs' là thư mục, không phải tệp.", "is a directory."),
        (("campaign", "check", "nowhere"), "Không tìm thấy 'nowhere'.", "does not exist."),
        (("demo", "--campaign", "nowhere"), "Không tìm thấy 'nowhere'.", "does not exist."),
        (("demo", "--campaign", "Makefile"), "'Makefile' là tệp, không", "is a file."),
        (("demo", "--replicas", "x"), "'--replicas': Phải là số nguyên.", "valid integer"),
        (("demo", "--replicas", "9"), "Không được lớn hơn 6.", "less than or equal to 6"),
        (("demo", "--scale", "x"), "Phải là số, viết với dấu chấm", "valid number"),
        (("demo", "--scale", "0"), "Không được nhỏ hơn 0,06.", "greater than or equal to 0.06"),
        (("demo", "--replica", "2"), "Không có tùy chọn --replica; có", "No such option: --repl"),
        (("token", "--role", "king"), "Không có giá trị 'king'; chọn", "'king' is not one of"),
        (("token",), "Thiếu tùy chọn '--role'.", "Missing option '--role'"),
        (("token", "--role", "unit", "--unit", "Q0O9"), "“Q009”", "did you mean “Q009”?"),
        (("token", "--role", "unit"), "Vai trò unit cần --unit", "a token for unit needs --unit"),
        (("rebuild", "scoring", "--take-over=1"), "không nhận giá trị.", "does not take a value"),
        (("rebuild", "scoring", "--into", "x"), "x không phải địa chỉ", "x is no address"),
        (("republish", "scoring", "--since", "x"), "x: không phải một thời điểm", "x: not a"),
        (("replay", "scoring"), "Chọn một trong --to-time", "give one of --to-time"),
        (("dead-letters", "discard", "x"), "Thiếu tùy chọn '--reason'.", "Missing option '--rea"),
        (("dead-letters", "redrive"), "Nêu mã bản tin, hoặc --all", "give ids, or --all"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_misuse_is_refused_in_the_language_asked_for(
    words: tuple[str, ...],
    vi: str,
    en: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: pathlib.Path,
) -> None:
    # Whatever stack runs in this checkout: its campaigns are none of the test's.
    monkeypatch.setattr("infra.local.units_here.LOCAL", tmp_path)
    monkeypatch.setenv("SCORING_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    for language, expected in (("vi", vi), ("en", en)):
        answer = thidua(language, *words)
        assert answer.exit_code == 2, answer.output
        assert expected in answer.stderr
        assert answer.stderr.startswith("thidua: ")
        assert bool(VIETNAMESE.search(answer.stderr)) is (language == "vi")


@pytest.mark.parametrize("path", LEAVES, ids=" ".join)
def test_an_unknown_option_is_refused_by_every_command(path: Path) -> None:
    for language, expected in (
        ("vi", "thidua: Không có tùy chọn --bogus"),
        ("en", "thidua: No such option: --bogus"),
    ):
        answer = thidua(language, *path, "--bogus")
        assert answer.exit_code == 2
        assert answer.stderr.startswith(expected)
        assert f"thidua {' '.join(path)} --help" in answer.stderr


def test_without_a_command_the_help_is_shown_and_nothing_is_done() -> None:
    for words in ((), ("dead-letters",)):
        answer = thidua("vi", *words)
        assert answer.exit_code == 2
        assert "Các lệnh:" in answer.stderr


def test_vietnamese_is_spoken_where_nobody_asked_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("THIDUA_LANG", raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    assert "Cách dùng:" in CliRunner().invoke(app, ["--help"]).output
