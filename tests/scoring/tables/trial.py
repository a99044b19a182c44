"""A real table of points, loaded as a campaign is, and scored over facts that a test says."""

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from services.contracts.campaign.campaign import Campaign
from services.contracts.events import UnitFact
from services.contracts.rules import RuleSet
from services.contracts.rules.loader import load_with_rules
from services.scoring.engine.results import Line, Results, UnitPoints
from services.scoring.engine.score import score
from tests.scoring.facts import known

HERE = Path(__file__).parent
DAY = date(2020, 12, 31)


@dataclass(frozen=True, slots=True)
class Trial:
    """A table and its units."""

    campaign: Campaign
    rules: RuleSet

    def results(self, *facts: UnitFact) -> Results:
        """The standings that the facts amount to."""
        clusters = self.campaign.units.clusters(DAY)
        return score(known(*facts), clusters, self.rules)

    def unit(self, code: str, *facts: UnitFact) -> UnitPoints:
        """All points of one unit."""
        found = self.results(*facts).unit(code)
        assert found is not None, f"no table scores {code}"
        return found

    def line(self, code: str, criterion: str, *facts: UnitFact) -> Line:
        """One criterion's points of one unit."""
        return next(one for one in self.unit(code, *facts).lines if one.criterion == criterion)


@cache
def trial(name: str, *, without: tuple[str, ...] = ()) -> Trial:
    """The table in the directory `name`, beside the plan that all share; `without` these texts.

    Raises CampaignProblems with whatever the loader has against it.
    """
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made)
        shutil.copy(HERE / "plan.yaml", directory)
        for file in ("units.csv", "rules.yaml"):
            shutil.copy(HERE / name / file, directory)
        rules = directory / "rules.yaml"
        text = rules.read_text(encoding="utf-8")
        for part in without:
            assert part in text, f"{name} has no {part!r} to leave out"
            text = text.replace(part, "")
        rules.write_text(text, encoding="utf-8")
        return Trial(*load_with_rules(directory))
