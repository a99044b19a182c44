"""What a failure says at the end of a command: a sentence and what to look at, no traceback."""

import re

from services.chassis.language import language, speak
from services.chassis.process_settings import SettingsError, load_settings
from services.chassis.settings import SharedSettings
from services.contracts.campaign.problems import CampaignProblems

_PLACE = re.compile(r"Connect call failed \('([^']+)', (\d+)")
"""How asyncio names the place that did not answer."""


def sentence_of(error: Exception) -> str:
    """One line, in the language asked for; of the files of a campaign all that is wrong."""
    # By name of the module: most commands end without having loaded a driver.
    if isinstance(error, CampaignProblems):
        return "\n".join(problem.text(language()) for problem in error.problems)
    where = type(error).__module__.partition(".")[0]
    if where in {"services", "infra"}:
        return str(error)
    if where == "aiokafka":
        return _of_the_broker(error)
    if where == "asyncpg":
        return speak(
            f"cơ sở dữ liệu báo lỗi: {error} ({type(error).__name__})",
            f"the database answers: {error} ({type(error).__name__})",
        )
    if isinstance(error, OSError):
        return _of_the_system(error)
    name = f"{type(error).__name__}: {error}"
    return speak(f"lỗi ngoài dự kiến: {name}", f"unexpected: {name}")


def _of_the_broker(error: Exception) -> str:
    try:
        place = load_settings(SharedSettings).kafka_bootstrap
    except SettingsError:
        place = "?"
    if type(error).__name__ == "KafkaConnectionError":
        return speak(
            f"không có Kafka tại {place}; kiểm tra THIDUA_KAFKA_BOOTSTRAP",
            f"no broker at {place}; check THIDUA_KAFKA_BOOTSTRAP",
        )
    return speak(f"Kafka tại {place} báo lỗi: {error}", f"the broker at {place} answers: {error}")


def _of_the_system(error: OSError) -> str:
    if place := _PLACE.search(str(error)):
        host, port = place.groups()
        return speak(
            f"không có cơ sở dữ liệu tại {host}:{port}; kiểm tra …_DATABASE_URL",
            f"no database at {host}:{port}; check …_DATABASE_URL",
        )
    if error.filename is None:
        why = f"{type(error).__name__}: {error}".removesuffix(": ")
        return speak(f"không kết nối được ({why})", f"no connection ({why})")
    if isinstance(error, FileNotFoundError):
        return speak(f"không tìm thấy {error.filename}", f"{error.filename} is not there")
    why = error.strerror or type(error).__name__
    return speak(
        f"không đọc hoặc ghi được {error.filename} ({why})",
        f"{error.filename} can't be read or written ({why})",
    )
