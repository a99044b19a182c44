"""Commands whose help and refusals are in the language asked for (THIDUA_LANG), on typer."""

import inspect
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from services.chassis.language import speak
from services.cli.misuse import in_vietnamese
from services.cli.output import MISUSED

Function = TypeVar("Function", bound=Callable[..., None])
Pair = tuple[str, str]
"""Vietnamese, English."""

_BETWEEN = "\0"
_WHOLE_SENTENCE = 1000
"""Characters, more than any first sentence has: it is wrapped, never cut."""


def both(vi: str, en: str) -> str:
    """A help text in both languages; the command that shows it takes the one asked for."""
    return f"{vi}{_BETWEEN}{en}"


def option(vi: str, en: str, *names: str, **more: Any) -> Any:
    """An option of typer's, explained in both languages."""
    return typer.Option(*names, help=both(vi, en), **more)


def argument(vi: str, en: str, **more: Any) -> Any:
    """An argument of typer's, explained in both languages."""
    return typer.Argument(help=both(vi, en), **more)


def group(help_: str) -> typer.Typer:
    """A group of commands, or the place of one. `help_` is made by `both`."""
    return typer.Typer(
        cls=SpeakingGroup,
        help=help_,
        add_completion=False,
        rich_markup_mode=None,  # help as plain text, the same in a log and in a terminal
        pretty_exceptions_show_locals=False,  # they hold passwords
    )


def command(
    app: typer.Typer,
    name: str | None = None,
    *,
    vi: str,
    example: str,
    done: Pair = ("thành công", "done"),
    failed: Pair = ("không thực hiện được", "failed"),
) -> Callable[[Function], Function]:
    """Register a function as a command. Its docstring is the English help, `vi` the Vietnamese.

    `done` and `failed`: what exit codes 0 and 1 mean.
    """
    epilog = both(
        f"Ví dụ: {example}\n\nMã kết thúc: 0 {done[0]}, 1 {failed[0]}, 2 sai cú pháp lệnh, 78 cấu"
        " hình không hợp lệ.",
        f"Example: {example}\n\nExit codes: 0 {done[1]}, 1 {failed[1]}, 2 misused, 78 settings"
        " don't fit.",
    )

    def register(function: Function) -> Function:
        help_ = both(vi, inspect.getdoc(function) or "")
        app.command(name, cls=SpeakingCommand, help=help_, epilog=epilog)(function)
        return function

    return register


class SpeakingCommand(TyperCommand):
    """A command whose help is in the language asked for."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Begin a call."""
        choose_language(self)
        return super().make_context(*args, **more)

    def get_help_option(self, ctx: Any) -> Any:
        """`--help`, explained."""
        return _explained(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line that shows how the command is called."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments and options, each explained."""
        _write_parameters(self, ctx, formatter)


class SpeakingGroup(TyperGroup):
    """A group whose help is in the language asked for, and so is what it refuses."""

    def make_context(self, *args: Any, **more: Any) -> Any:
        """Begin a call."""
        choose_language(self)
        for child in self.commands.values():
            choose_language(child)
        self.subcommand_metavar = speak("LỆNH [THAM SỐ]...", "COMMAND [ARGS]...")
        return super().make_context(*args, **more)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run, and end the process; a misuse is one sentence and where to read more."""
        rest = (prog_name, complete_var, False, windows_expand_args)
        if not standalone_mode:
            return super().main(args, *rest, **extra)
        try:
            code = super().main(args, *rest, **extra)
        except typer.TyperException as error:
            print(_refusal(error), file=sys.stderr)
            sys.exit(error.exit_code)
        sys.exit(code if isinstance(code, int) else 0)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Without a command the help is printed as a refusal."""
        if not args:
            print(ctx.get_help(), file=sys.stderr)
            raise typer.Exit(MISUSED)
        return super().parse_args(ctx, args)

    def get_help_option(self, ctx: Any) -> Any:
        """`--help`, explained."""
        return _explained(super().get_help_option(ctx))

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line that shows how the group is called."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Options, then the commands, each with the first sentence of its help."""
        _write_parameters(self, ctx, formatter)
        with formatter.section(speak("Các lệnh", "Commands")):
            formatter.write_dl(
                [
                    (name, self.commands[name].get_short_help_str(_WHOLE_SENTENCE))
                    for name in self.list_commands(ctx)
                ]
            )


def choose_language(made: Any) -> None:
    """Take one language of each text of a command that `both` made. Typer makes commands anew for
    each call of the program, so the other language is not needed later."""
    made.help, made.epilog = _one_of(made.help), _one_of(made.epilog)
    made.options_metavar = speak("[TÙY CHỌN]", "[OPTIONS]")
    for parameter in made.params:
        if hasattr(parameter, "help"):
            parameter.help = _one_of(parameter.help)


def _one_of(text: str | None) -> str | None:
    vi, between, en = (text or "").partition(_BETWEEN)
    return speak(vi, en) if between else text


def _explained(option: Any) -> Any:
    if option is not None:
        option.help = speak("Hiển thị trợ giúp này.", "Show this message and exit.")
    return option


def _write_usage(made: TyperCommand | TyperGroup, ctx: Any, formatter: Any) -> None:
    pieces = " ".join(made.collect_usage_pieces(ctx))
    formatter.write_usage(ctx.command_path, pieces, prefix=speak("Cách dùng: ", "Usage: "))


def _write_parameters(made: TyperCommand | TyperGroup, ctx: Any, formatter: Any) -> None:
    arguments, options = [], []
    for parameter in made.get_params(ctx):
        if record := parameter.get_help_record(ctx):
            name, text = record
            text = text.replace("[default: ", speak("[mặc định: ", "[default: "))
            text = re.sub(r"\brequired\]$", speak("bắt buộc]", "required]"), text)
            if parameter.param_type_name == "argument":
                arguments.append((name.partition(" <")[0], text))
            else:
                options.append((name, text))
    for title, rows in (
        (speak("Tham số", "Arguments"), arguments),
        (speak("Tùy chọn", "Options"), options),
    ):
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows)


def _refusal(error: typer.TyperException) -> str:
    """What was wrong with a command line, and how to see what it could have been."""
    text = error.format_message().removeprefix("Invalid value: ")
    lines = [f"thidua: {speak(in_vietnamese(text), text)}"]
    if context := getattr(error, "ctx", None):
        lines.append(f"{speak('Trợ giúp', 'Help')}: {context.command_path} --help")
    return "\n".join(lines)
