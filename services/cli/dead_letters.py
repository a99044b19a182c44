"""thidua dead-letters …: list, show, redrive and discard what could not be processed."""

import asyncio
import json
from dataclasses import asdict
from typing import Annotated

import typer

from services.chassis.language import speak
from services.chassis.settings import SharedSettings, load_settings
from services.cli.output import FAILED, console, epilog, exit_codes
from services.cli.parts import READERS, topic_by_name

app = typer.Typer(no_args_is_help=True, help="Dead letters: list, show, redrive, discard.")

ServiceOption = Annotated[
    str | None,
    typer.Option(
        "--service",
        help=f"One of {', '.join(READERS)}; default: each whose <SERVICE>_DATABASE_URL is set.",
    ),
]
Ids = Annotated[
    list[str],
    typer.Argument(metavar="ID…", help="Beginning of a letter's id, or the id of its event."),
]
By = Annotated[str | None, typer.Option(help="Who decides; default: the user of this machine.")]


@app.command("list", epilog=epilog("thidua dead-letters list --cause unknown-unit"))
def show_list(
    *,
    service: ServiceOption = None,
    state: Annotated[str, typer.Option(help="open, redriven, discarded or any.")] = "open",
    cause: Annotated[str | None, typer.Option(help="Only of this cause.")] = None,
    topic: Annotated[str | None, typer.Option(help="Only of this topic or event.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many of each service.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List what was set aside, oldest first: id, state, cause, tries, place, event."""
    with exit_codes():
        from services.chassis.dead_letters.printable import printable  # noqa: PLC0415 - likewise
        from services.cli.dead_letter_work import letters  # noqa: PLC0415 - loads the rest

        if topic is not None:
            topic = topic_by_name(load_settings(SharedSettings), topic)
        found, open_ = asyncio.run(
            letters(service, state=state, cause=cause, topic=topic, most=limit)
        )
        for name, letter in found:
            if as_json:
                console.print(
                    json.dumps({"service": name, **asdict(letter)}, default=str), markup=False
                )
                continue
            line = (
                f"{str(letter.id)[:8]}  {name}  {letter.state}  {letter.cause}"
                f"  {letter.tries}×  {letter.set_aside_at:%Y-%m-%dT%H:%M:%SZ}"
                f"  {letter.topic}:{letter.partition}:{letter.offset}  {letter.event_id or '-'}"
            )
            if letter.unpublished:
                line += speak("  chỉ có trong cơ sở dữ liệu", "  in the database only")
            console.print(printable(line), markup=False)
        if not as_json:
            console.print(
                speak(
                    f"Liệt kê {len(found)} bản tin; tổng số chờ xử lý: {open_}",
                    f"{len(found)} listed; {open_} open in all",
                )
            )


@app.command(epilog=epilog("thidua dead-letters show 3f9a2c1b"))
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="As `list` prints it.")],
    service: ServiceOption = None,
) -> None:
    """Show all of one: cause, place, headers, and the body without what may name a person."""
    with exit_codes():
        from services.chassis.dead_letters.printable import printable_within  # noqa: PLC0415
        from services.cli.dead_letter_work import letter_of  # noqa: PLC0415 - loads the rest

        where, letter, message = asyncio.run(letter_of(service, name))
        shown = {"service": where, **asdict(letter)}
        shown["message"] = asdict(message) if message else None
        text = json.dumps(printable_within(shown), ensure_ascii=False, indent=2, default=str)
        console.print(text, markup=False)


@app.command(
    epilog=epilog(
        "thidua dead-letters redrive 3f9a2c1b",
        codes="0 all succeeded, 1 one failed again or all failed, 2 misused, 78 settings don't fit",
    )
)
def redrive(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="ID…", help="Beginning of a letter's id, or its event's id."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that are open.")] = False,
    cause: Annotated[str | None, typer.Option(help="With --all: only of this cause.")] = None,
    service: ServiceOption = None,
    by: By = None,
) -> None:
    """Redrive letters, each in a transaction of its own, through the service's own handler.

    Nothing is tried if one of the names is nobody's or of a closed letter. Reads all settings of
    the service. The service may run meanwhile, or not. What fails again stays open, with one more
    try.
    """
    if bool(names) == every or (cause and not every):
        raise typer.BadParameter("give ids, or --all, which may have a --cause")
    with exit_codes():
        from services.cli.dead_letter_work import redriven  # noqa: PLC0415 - loads the rest

        counted = {"done": 0, "failed": 0}

        async def print_results() -> None:
            async for result in redriven(service, names or [], cause=cause, by=by):
                failed = result.outcome == "failed"
                counted["failed" if failed else "done"] += 1
                why = f"  {result.cause} {result.detail}" if failed else ""
                console.print(f"{str(result.letter.id)[:8]}  {result.outcome}{why}", markup=False)

        try:
            asyncio.run(print_results())
        finally:  # what was done until a failure stays done
            done, failed = counted["done"], counted["failed"]
            console.print(
                speak(
                    f"Đã xử lý lại {done}, vẫn lỗi {failed}",
                    f"{done} succeeded, {failed} failed again",
                )
            )
    if failed:
        raise typer.Exit(FAILED)


@app.command(epilog=epilog('thidua dead-letters discard 3f9a2c1b --reason "written by a test"'))
def discard(
    names: Ids,
    reason: Annotated[
        str, typer.Option(help="Why, in 3 to 500 characters; it is kept with the letter.")
    ],
    service: ServiceOption = None,
    by: By = None,
) -> None:
    """Close letters without any effect. The messages stay on their topics, and so does the list."""
    with exit_codes():
        from services.cli.dead_letter_work import discarded  # noqa: PLC0415 - loads the rest

        count = asyncio.run(discarded(service, names, reason=reason, by=by))
        console.print(speak(f"Đã loại bỏ {count} bản tin", f"{count} discarded"))
