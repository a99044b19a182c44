"""`python -m services.cli`, and `thidua` where it is installed."""

import sys

from services.chassis.language import language, speak
from services.cli.main import app
from services.cli.output import MISUSED, SETTINGS


def main() -> None:
    """Run the command line. Exits with 78 where THIDUA_LANG names a language that there is not,
    with 2 where an argument is no text: nothing could be sent, stored or printed of it."""
    try:
        language()
    except ValueError as error:
        print(f"thidua: {error}", file=sys.stderr)
        sys.exit(SETTINGS)
    for word in sys.argv[1:]:
        if not _is_text(word):
            shown = word.encode(errors="surrogateescape").decode(errors="replace")
            why = speak(
                f"“{shown}” không phải UTF-8; kiểm tra bảng mã của cửa sổ lệnh hoặc tệp lệnh",
                f"“{shown}” is not UTF-8: look at the encoding of the terminal or the script",
            )
            print(f"thidua: {why}", file=sys.stderr)
            sys.exit(MISUSED)
    app(prog_name="thidua")


def _is_text(word: str) -> bool:
    try:
        word.encode()
    except UnicodeEncodeError:  # Python keeps bytes of another encoding as half characters
        return False
    return True


if __name__ == "__main__":
    main()
