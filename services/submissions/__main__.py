"""python -m services.submissions"""

from services.chassis.running.service import run
from services.submissions.app import compose
from services.submissions.settings import SubmissionsSettings

if __name__ == "__main__":
    run("submissions", SubmissionsSettings, compose)
