"""thidua campaign list, show: which campaigns were announced, and one with its documents."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from services.chassis.language import speak
from services.cli.announcing import CampaignId
from services.cli.output import MisusedError, console, exit_codes
from services.cli.speaking import command, group, option
from services.contracts.reading import read_day, read_moment
from services.contracts.rules.loader import RULES
from services.contracts.wording import count_en, day, moment, number_vi

app = group("")

_STATES = {
    "announced": ("chưa bắt đầu", "not open yet"),
    "open": ("đang diễn ra", "open"),
    "closed": ("đã kết thúc", "closed"),
    "withdrawn": ("đã rút lại", "withdrawn"),
}
_Target = Annotated[
    Path | None,
    option(
        "Ghi các tệp của đợt thi đua vào thư mục này; không ghi đè tệp đã có.",
        "Write the campaign's files into this directory; no file that is there is overwritten.",
        metavar="DIR",
        file_okay=False,
    ),
]
_Version = Annotated[
    int | None,
    option(
        "Phiên bản; mặc định: mới nhất.",
        "Which version; default: the newest.",
        min=1,
        metavar="N",
    ),
]


@command(
    app,
    "list",
    vi="Liệt kê các đợt thi đua đã công bố: mã, tình trạng, thời gian, số đơn vị, văn bản.",
    example="thidua campaign list",
)
def show_list() -> None:
    """List the campaigns that were announced: code, state, days, units, document."""
    with exit_codes():
        from services.cli.api import open_api  # noqa: PLC0415 - loads the HTTP client

        with open_api() as api:
            campaigns = api.read("submissions", "/v1/campaigns")["campaigns"]
    if not campaigns:
        console.print(speak("Chưa công bố đợt thi đua nào.", "No campaign was announced yet."))
    for line in _columns(map(_row, campaigns)):
        console.print(line, markup=False)


@command(
    app,
    vi="Xem một đợt thi đua: tình trạng, phiên bản, các cuộc thi, các bảng điểm đã áp dụng.\n\nVới"
    " --files, ghi plan.yaml và units.csv của phiên bản đó, và rules.yaml của bảng điểm áp dụng"
    " sau cùng, vào một thư mục để sửa rồi gửi lại bằng `amend` hoặc `adopt`.",
    example="thidua campaign show hanoi-2020 --files hanoi-2020",
)
def show(campaign: CampaignId, files: _Target = None, version: _Version = None) -> None:
    """Show one campaign: its state, its version, its contests, the rule sets that were adopted.

    With --files, plan.yaml and units.csv of that version and the rules.yaml that comes into force
    last are written into a directory, to be changed and sent back with `amend` or `adopt`.
    """
    with exit_codes():
        from services.cli.api import open_api  # noqa: PLC0415 - loads the HTTP client

        with open_api() as api:
            head = api.read("submissions", f"/v1/campaigns/{campaign}")
            of_it = f"/v1/campaigns/{campaign}"
            number = version or head["version"]
            written = api.read("submissions", f"{of_it}/versions/{number}")
            adopted = api.read("scoring", f"{of_it}/rule-sets")
            texts: dict[str, str] = dict(written["files"] or {})
            if files is not None and adopted:
                last = adopted[0]["number"]
                texts[RULES] = api.read("scoring", f"{of_it}/rule-sets/{last}")["rules"]
        if files is not None:
            _write(files, texts)
    zone = ZoneInfo(head["timezone"])
    for line in (
        *_columns([_row(head)]),
        _of_version(written, zone),
        *map(_contest, head["contests"]),
        *(line for one in adopted for line in _rule_set(one, zone)),
    ):
        console.print(line, markup=False)
    if files is not None:
        names = ", ".join(str(files / name) for name in texts)
        console.print(speak(f"Đã ghi {names}", f"Wrote {names}"), style="green")


def _write(directory: Path, texts: Mapping[str, str]) -> None:
    """Raises MisusedError where a file would be overwritten; then nothing is written."""
    if there := [name for name in texts if (directory / name).exists()]:
        names = ", ".join(str(directory / name) for name in there)
        raise MisusedError(
            speak(
                f"Đã có {names}; chọn thư mục khác cho --files",
                f"{names} is there already: give another directory for --files",
            )
        )
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (directory / name).write_bytes(text.encode())


def _row(campaign: Mapping[str, Any]) -> tuple[str, ...]:
    units = campaign["units"]
    return (
        campaign["campaign"],
        speak(*_STATES[campaign["state"]]),
        f"{_day(campaign['opens'])} – {_day(campaign['closes'])}",
        speak(f"{number_vi(units)} đơn vị", count_en(units, "unit")),
        speak(f"phiên bản {campaign['version']}", f"version {campaign['version']}"),
        campaign["document"],
    )


def _day(text: str) -> str:
    named = day(read_day(text))
    return speak(named.vi, named.en)


def _of_version(version: Mapping[str, Any], zone: ZoneInfo) -> str:
    number, at = version["version"], moment(read_moment(version["at"]), zone)
    return speak(
        f"Phiên bản {number}, {at.vi}: {version['document']}",
        f"Version {number}, {at.en}: {version['document']}",
    ) + (f" · {version['reason']}" if version["reason"] else "")


def _contest(contest: Mapping[str, Any]) -> str:
    title, last = contest["title"], day(read_day(contest["last_day"]))
    return speak(
        f"Cuộc thi “{title['vi']}” ({contest['contest']}), đến hết ngày {last.vi}",
        f"Contest “{title['en']}” ({contest['contest']}), until {last.en}",
    )


def _rule_set(adopted: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    number, since = adopted["number"], moment(read_moment(adopted["since"]), zone)
    sample = speak(" · BẢNG ĐIỂM MINH HỌA", " · SAMPLE TABLE") if adopted["sample"] else ""
    yield speak(
        f"Bảng điểm số {number}, từ {since.vi}: {adopted['rule_set']}{sample}",
        f"Rule set {number}, from {since.en}: {adopted['rule_set']}{sample}",
    )
    for found in adopted["contradictions"] or ():
        sentence = speak(found["vi"], found["en"])
        yield speak(f"  không khớp: {sentence}", f"  does not fit: {sentence}")


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    every = list(rows)
    widths = [max(map(len, column)) for column in zip(*every, strict=True)]
    for row in every:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
