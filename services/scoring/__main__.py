"""python -m services.scoring"""

from services.chassis.running.service import run
from services.scoring.app import compose
from services.scoring.settings import ScoringSettings

if __name__ == "__main__":
    run("scoring", ScoringSettings, compose)
