"""thidua campaign adopt: a rule set comes into force, once somebody has seen what it changes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.chassis.language import speak
from services.cli.announcing import CampaignId, Document, not_empty
from services.cli.campaign import show_problems
from services.cli.output import FAILED, console, exit_codes, moment
from services.cli.speaking import argument, command, group, option
from services.contracts.campaign.problems import CampaignProblems
from services.contracts.campaign.yaml_file import text_of
from services.contracts.reading import read_moment
from services.contracts.rules.loader import read_rules
from services.contracts.wording import count_en, number_vi
from services.contracts.wording import moment as in_words

if TYPE_CHECKING:
    from services.cli.api import Api

app = group("")

_MOST_SHOWN = 20
"""Units that move are listed up to here; `thidua what-if` lists all."""

_Rules = Annotated[
    Path,
    argument(
        "Bảng điểm: một tệp rules.yaml của đợt thi đua này.",
        "The table: a rules.yaml of this campaign.",
        metavar="RULES.yaml",
        exists=True,
        dir_okay=False,
        readable=True,
    ),
]
_Reason = Annotated[
    str | None,
    option(
        "Lý do; bảng điểm đầu tiên không cần.",
        "Why; the first table needs none.",
        callback=not_empty,
        metavar="TEXT",
    ),
]
_Since = Annotated[
    str | None,
    option(
        "Áp dụng từ thời điểm nào, có múi giờ; mặc định: từ bây giờ.",
        "From which moment it holds, with a time zone; default: from now on.",
        metavar="MOMENT",
    ),
]
_Yes = Annotated[bool, option("Không hỏi lại trước khi áp dụng.", "Adopt without asking.", "--yes")]


@command(
    app,
    vi="Áp dụng một bảng điểm: cho biết trước đơn vị nào thay đổi thứ hạng, hỏi lại, rồi áp dụng."
    "\n\nBảng điểm được áp dụng đúng là bảng đã được xem. Cần có THIDUA_SCORING_URL và"
    " THIDUA_TOKEN.",
    example='thidua campaign adopt hanoi-2020 rules.yaml --document "90/QD-BTD" --reason "..."',
    done=("đã áp dụng", "adopted"),
    failed=(
        "bảng điểm có lỗi, bị từ chối, hoặc không được đồng ý",
        "faults, refused, or not agreed",
    ),
)
def adopt(
    campaign: CampaignId,
    rules: _Rules,
    *,
    document: Document,
    reason: _Reason = None,
    since: _Since = None,
    yes: _Yes = False,
) -> None:
    """Adopt a rule set: show first who would move by it, ask, then adopt it.

    What is adopted is exactly what was shown. Needs THIDUA_SCORING_URL and THIDUA_TOKEN.
    """
    with exit_codes():
        from services.cli.api import open_api  # noqa: PLC0415 - loads the HTTP client

        since_when = moment(since)
        try:
            read = read_rules(rules.read_bytes())
        except CampaignProblems as faulty:
            show_problems(faulty.problems, lambda _: rules)
            raise typer.Exit(FAILED) from None
        written = text_of(rules.read_bytes())
        with open_api() as api:
            digest = _show_change(api, campaign, written)
            if not (yes or _agreed()):
                console.print(speak("Chưa áp dụng.", "Nothing was adopted."))
                raise typer.Exit(FAILED)
            body: dict[str, Any] = {
                "rules": written,
                "rules_digest": digest,
                "document": document,
                "reason": reason,
            }
            if since_when is not None:
                body["in_force_since"] = since_when.isoformat()
            adopted = api.send("scoring", f"/v1/campaigns/{campaign}/rule-sets", body)
    for advice in adopted["advice"]:
        console.print(speak(advice["vi"], advice["en"]), markup=False)
    number, name = adopted["number"], adopted["rule_set"]
    from_then = in_words(read_moment(adopted["since"]), read.zone)
    console.print(
        speak(
            f"Đã áp dụng bảng điểm số {number} ({name}) từ {from_then.vi}",
            f"Adopted rule set {number} ({name}), in force from {from_then.en}",
        ),
        style="green",
    )


def _show_change(api: "Api", campaign: str, written: str) -> str:
    """Print what the rules would change; the digest of the rules that this was computed for."""
    found = api.send("scoring", f"/v1/campaigns/{campaign}/what-if", {"rules": written})
    for line in lines_of(found):
        console.print(line, markup=False)
    digest: str = found["draft"]["digest"]
    return digest


def lines_of(found: Mapping[str, Any]) -> Iterator[str]:
    """An answer of what-if as lines for a person, in the language asked for."""
    present, draft = found["present"], found["draft"]
    if present is not None:
        yield _rules(speak("đang áp dụng:", "in force:"), present)
    yield _rules(speak("sẽ áp dụng:  ", "to adopt:"), draft)
    units, moved = found["units"], found["moved"]
    simulated = speak(" · DỮ LIỆU MÔ PHỎNG", " · SIMULATED DATA") if found["simulated"] else ""
    yield speak(
        f"{number_vi(moved)} trong {number_vi(units)} đơn vị có thay đổi{simulated}",
        f"{moved:,} of {count_en(units, 'unit')} change{simulated}",
    )
    for mover in found["movers"][:_MOST_SHOWN]:
        yield "  " + _mover(mover)
    if (more := moved - _MOST_SHOWN) > 0:
        yield speak(f"  … và {number_vi(more)} đơn vị nữa", f"  … and {more:,} more")


def _rules(name: str, rules: Mapping[str, Any]) -> str:
    sample = speak(" · BẢNG ĐIỂM MINH HỌA", " · SAMPLE TABLE") if rules["sample"] else ""
    return f"{name} {rules['id']} {rules['digest'][:16]}…{sample}"


def _mover(mover: Mapping[str, Any]) -> str:
    rank, total = (_change(mover, field) for field in ("rank", "total"))
    because = ", ".join(line["criterion"] for line in mover["lines"])
    return speak(
        f"{mover['unit']} {mover['name']}: hạng {rank}, điểm {total}",
        f"{mover['unit']} {mover['name']}: rank {rank}, points {total}",
    ) + (f" ({because})" if because else "")


def _change(mover: Mapping[str, Any], field: str) -> str:
    before, after = (
        str(side[field]) if (side := mover[name]) else "—" for name in ("before", "after")
    )
    return before if before == after else f"{before} → {after}"


def _agreed() -> bool:
    """Whether somebody at the terminal agrees. A pipe agrees to nothing: `--yes` does."""
    asked = speak("Áp dụng bảng điểm này? Gõ “có” để đồng ý: ", "Adopt it? Type “yes” to agree: ")
    try:
        answer = input(asked)
    except EOFError:
        return False
    return answer.strip().lower() in {"có", "co", "c", "yes", "y"}
