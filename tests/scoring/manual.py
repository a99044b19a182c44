"""docs/rule-sets.md as data: its YAML blocks, each a part of a rule set or a worked example.

A part of a rule set is completed here with what the page leaves out (titles of the table, sums) and
then loaded as a campaign is, with the checks of the loader. An example stands under the part that
it is computed by, or names a campaign that is a directory of its own.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from services.contracts.campaign.campaign import Campaign
from services.contracts.campaign.yaml_file import read_yaml
from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet, Table
from services.contracts.rules.loader import load_with_rules
from services.measuring.records import KnownFact
from services.scoring.engine.results import Results, UnitPoints
from services.scoring.engine.score import score
from tests.scoring import facts as make

ROOT = Path(__file__).parents[2]
MANUAL = ROOT / "docs" / "rule-sets.md"
PLAN = Path(__file__).parent / "tables" / "plan.yaml"
DAY = date(2020, 12, 31)

Block = Mapping[str, Any]
_FENCED = re.compile(r"^(#{2,3}) ([^\n]+)$|^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TITLE = {"vi": "Minh họa", "en": "Sample"}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule set, where it stands in the manual, and what it is tried on."""

    heading: str
    line: int
    rules: Block
    examples: tuple[Block, ...]

    @property
    def name(self) -> str:
        """What a failing test is called."""
        return f"line {self.line}: {self.heading}"


def parts(text: str) -> list[Part]:
    """All parts of rule sets in the manual, each with the examples that follow it."""
    found: list[Part] = []
    heading = ""
    for match in _FENCED.finditer(text):
        if match[2]:
            heading = match[2]
            continue
        line = text.count("\n", 0, match.start()) + 1
        block = _read(match[3], line)
        if "expected" not in block:
            found.append(Part(heading, line, block, ()))
            continue
        if "campaign" in block:
            found.append(Part(heading, line, {}, (block,)))
            continue
        last = found[-1]
        assert last.heading == heading, f"line {line}: an example without a rule above it"
        found[-1] = Part(heading, last.line, last.rules, (*last.examples, block))
    return found


def _read(text: str, line: int) -> Block:
    document, problems = read_yaml(f"rule-sets.md from line {line}", text.encode())
    assert not problems, "\n".join(map(str, problems))
    assert document is not None
    assert isinstance(document.data, dict)
    return document.data


def campaign(rules: Block, units: Mapping[str, Block]) -> tuple[Campaign, RuleSet]:
    """The campaign that a part of a rule set makes with some units.

    Raises CampaignProblems with whatever the loader has against it.
    """
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        shutil.copy(PLAN, directory)
        (directory / "rules.yaml").write_text(json.dumps(completed(rules)), encoding="utf-8")
        rows = ["code,name,kind,level,parent,cluster,gso_code", "TP,Thành phố,city,city,,,"]
        for code, unit in units.items():
            kind, cluster = unit.get("kind", "department"), unit.get("cluster", "departments")
            rows.append(f"{code},Đơn vị {code},{kind},upper,TP,{cluster},")
        (directory / "units.csv").write_text("\n".join(rows), encoding="utf-8")
        return load_with_rules(directory)


def completed(part: Block) -> dict[str, Any]:
    """A whole rule set around a part of one."""
    of_table = set(Table.model_fields) - {"groups"}
    of_rules = set(RuleSet.model_fields)
    unknown = set(part) - of_rules - of_table - {"criteria", "groups"}
    assert not unknown, f"neither of a rule set nor of a table: {unknown}"
    tables = part.get("tables")
    if tables is None:
        groups = part.get("groups") or [_group(part["criteria"])]
        table = {"id": "sample", "title": _TITLE, "applies_to": {"levels": ["upper"]}}
        table |= {"maximum": _sum(groups), "groups": groups}
        tables = [table | {key: part[key] for key in part if key in of_table - of_rules}]
    return {
        "rule_set": "manual",
        "sample": True,
        "title": _TITLE,
        "campaign": make.CAMPAIGN,
        "measures": {},
        **{key: part[key] for key in part if key in of_rules},
        "tables": tables,
    }


def _group(criteria: list[Block]) -> Block:
    return {"id": "I", "title": _TITLE, "maximum": _sum(criteria), "criteria": criteria}


def _sum(items: list[Block]) -> str:
    return str(sum((Decimal(one["maximum"]) for one in items if not one.get("bonus")), Decimal(0)))


def results(part: Part, example: Block) -> Results:
    """What the facts of an example amount to."""
    loaded, rules, known = example_of(part, example)
    return score(known, loaded.units.clusters(DAY), rules, as_of=_end_of(example))


def example_of(part: Part, example: Block) -> tuple[Campaign, RuleSet, list[KnownFact]]:
    """The campaign and the rules of an example, and its facts."""
    facts = example.get("facts") or {}
    if "campaign" in example:
        loaded, rules = load_with_rules(ROOT / example["campaign"])
    else:
        loaded, rules = campaign(part.rules, _units(example))
    known = make.known(
        *(fact for code in facts for one in facts[code] for fact in _facts(code, one))
    )
    return loaded, rules, known


def _units(example: Block) -> dict[str, Block]:
    """The units that an example speaks of, all alike unless it says otherwise."""
    facts = example.get("facts") or {}
    codes = (*facts, *example["expected"])
    return {code: {} for code in codes} | dict(example.get("units") or {})


def _end_of(example: Block) -> datetime | None:
    day = example.get("as_of")
    return None if day is None else datetime.fromisoformat(f"{day}T23:59:59+07:00")


_FACTORIES: Mapping[str, Callable[..., UnitFact]] = {
    "essay-submitted": make.essay,
    "essay-judged": make.judged,
    "essay-withdrawn": make.withdrawn,
    "commendation-proposed": make.proposed,
    "obligation-fulfilled": make.fulfilled,
    "obligation-waived": make.waived,
    "deadline-missed": make.missed,
    "score-entered": lambda unit, criterion, points, stage="final", **more: make.score_entered(
        unit, criterion, stage, points, **more
    ),
    "figure-reported": lambda unit, name, value, period="2020", **more: make.figure(
        unit, f"{name}:{period}", value, **more
    ),
}


def _facts(unit: str, written: Block) -> Iterator[UnitFact]:
    """A line of an example as facts; `times: 3` is three different things of the kind."""
    fields = dict(written)
    event, times = fields.pop("event"), fields.pop("times", 1)
    about = fields.pop("essay", None)
    for at in range(times):
        name = (f"{unit}/{about or event}/{at}",) if event in _NAMED else ()
        yield _FACTORIES[event](unit, *name, **fields)


_NAMED = {"essay-submitted", "essay-judged", "essay-withdrawn", "commendation-proposed"}


def shown(points: UnitPoints, key: str) -> object:
    """What the engine gives for a key of `expected`: of the unit, or of a group or criterion."""
    if hasattr(points, key):
        found = getattr(points, key)
        return list(found) if isinstance(found, tuple) else found
    lines = {line.criterion: line for line in points.lines}
    if key in lines:
        return lines[key].points if lines[key].assigned else "not-assigned"
    groups = {group.group: group.points for group in points.groups}
    groups |= {each.group: each.points for group in points.groups for each in group.subtotals}
    groups |= {part.table: part.total for part in points.parts}
    return groups[key]
