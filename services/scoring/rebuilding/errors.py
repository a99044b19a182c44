"""What keeps a rebuild from its end; the messages say what to do."""

from services.chassis.language import speak
from services.chassis.refused import RefusedAtStartError


class RebuildError(RuntimeError):
    """The rebuild could not be begun or ended."""


class TakeOverError(RuntimeError):
    """It can't begin, or the database is not to be served yet."""


class UnfinishedRebuildError(RefusedAtStartError, TakeOverError):
    """A rebuilt database that has not taken over is not to be served."""


def restarted() -> RebuildError:
    """The server of the database that is rebuilt was restarted, or ended a connection."""
    return RebuildError(
        speak(
            "Máy chủ của cơ sở dữ liệu đang dựng lại vừa khởi động lại, hoặc ngắt kết nối. Chạy lại"
            " lệnh này; với --into, việc dựng lại tiếp tục từ chỗ dừng",
            "the server of the database that is rebuilt was restarted, or ended a connection. Run"
            " the same again: with --into it goes on where it was",
        )
    )
