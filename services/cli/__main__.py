"""`python -m services.cli`, and `thidua` where it is installed."""

import sys

from services.chassis.language import language
from services.cli.main import app
from services.cli.output import SETTINGS


def main() -> None:
    """Run the command line. Exits with 78 where THIDUA_LANG names a language that there is not."""
    try:
        language()
    except ValueError as error:
        print(f"thidua: {error}", file=sys.stderr)
        sys.exit(SETTINGS)
    app(prog_name="thidua")


if __name__ == "__main__":
    main()
