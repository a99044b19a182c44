"""Whether an amendment fits the rules that scoring has adopted, before it is sent.

Submissions, which takes amendments, knows no rules: they belong to scoring.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from services.chassis.language import speak
from services.cli.campaign import show_problems
from services.cli.output import console
from services.contracts.campaign.loader import PLAN, UNITS
from services.contracts.rules.loader import RULES, read_with_rules

if TYPE_CHECKING:
    from services.cli.api import Api


def rules_fit(api: "Api", campaign: str, directory: Path, files: Mapping[str, str]) -> bool:
    """Whether each rule set at work or to come could be adopted for these files; else what is wrong
    is printed. `directory`: where the files are."""
    texts = {name: files[name].encode() for name in (PLAN, UNITS)}
    fit = True
    of_it = f"/v1/campaigns/{campaign}/rule-sets"
    for adopted in reversed(api.read("scoring", of_it)):
        if adopted["contradictions"] is None:
            continue  # it was replaced
        number = adopted["number"]
        rules = api.read("scoring", f"{of_it}/{number}")["rules"]
        found = [one for one in read_with_rules(texts, rules.encode())[1] if not one.warning]
        if not found:
            continue
        fit = False
        console.print(
            speak(
                f"Bảng điểm số {number} ({adopted['rule_set']}) đã áp dụng không khớp với các tệp"
                " này:",
                f"Rule set {number} ({adopted['rule_set']}), which is adopted, does not fit these"
                " files:",
            ),
            style="bold red",
            markup=False,
        )
        show_problems(found, lambda name: Path(name) if name == RULES else directory / name)
    return fit
