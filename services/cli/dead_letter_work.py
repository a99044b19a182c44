"""What `thidua dead-letters` does: each service's dead letters, on its database, without HTTP."""

import contextlib
import getpass
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from importlib import import_module

from services.chassis.dead_letters import queries as dead_letter_queries
from services.chassis.dead_letters.decide import STATES_VI, to_decide
from services.chassis.dead_letters.queries import Letter, State
from services.chassis.dead_letters.service import DeadLetterService, Redriven
from services.chassis.dead_letters.show import Shown, shown
from services.chassis.language import speak
from services.chassis.observability.logs import configure_logs
from services.chassis.observability.metrics import Metrics
from services.chassis.observability.registry import CHASSIS_METRICS
from services.chassis.problems import Refusal
from services.chassis.process_settings import SettingsError, load_settings
from services.chassis.retry import retry_if_undone
from services.chassis.running.service import Service
from services.chassis.settings import SharedSettings
from services.chassis.storage.database import Database
from services.cli.output import MisusedError
from services.cli.parts import READERS, database_settings, settings_of

_STATES: Mapping[str, State | None] = {
    "open": "open",
    "redriven": "redriven",
    "discarded": "discarded",
    "any": None,
}


class DeadLetterError(ValueError):
    """What was asked for can't be done; the message names everything that is wrong."""


async def letters(
    service: str | None, *, state: str, cause: str | None, topic: str | None, most: int
) -> tuple[list[tuple[str, Letter]], int]:
    """Letters with the service whose they are, oldest first in each, and how many are open.

    Raises MisusedError for a state that there is not.
    """
    if state not in _STATES:
        known = ", ".join(_STATES)
        raise MisusedError(
            speak(
                f"Không có tình trạng {state}; có {known}",
                f"no such state: {state}; there are {known}",
            )
        )
    found: list[tuple[str, Letter]] = []
    count = 0
    async with _databases(service) as databases:
        for name, database in databases.items():
            async with database.transaction() as tx:
                some = await dead_letter_queries.listed(
                    tx, state=_STATES[state], cause=cause, topic=topic, most=most
                )
                count += (await dead_letter_queries.count_open(tx))[0]
            found += [(name, letter) for letter in some]
    return found, count


async def letter_of(service: str | None, text: str) -> tuple[str, Letter, Shown | None]:
    """The one letter of this name, with the service whose it is. Raises DeadLetterError."""
    async with _databases(service) as databases:
        (where, names) = next(iter((await _located(databases, [text])).items()))
        async with databases[where].transaction() as tx:
            (id_,) = await dead_letter_queries.named(tx, names[0])
            letter = (await dead_letter_queries.read(tx, [id_]))[id_]
            message = await dead_letter_queries.message_of(tx, letter)
    return where, letter, shown(message) if message else None


async def redriven(
    service: str | None, names: Sequence[str], *, cause: str | None, by: str | None
) -> AsyncIterator[Redriven]:
    """Redrive letters, one transaction each and each once; without names all that are open.

    Raises DeadLetterError before the first, if a name is nobody's, or of a letter that is closed;
    and what the database raises: what was done until then stays done, and the rest is open.
    """
    who = by or _somebody()
    async with _databases(service) as databases:
        if names:
            chosen = {
                name: await _open_ones(databases[name], wanted)
                for name, wanted in (await _located(databases, names)).items()
            }
        else:
            chosen = {name: [] for name in databases}
    for name, wanted in chosen.items():
        async with _composed(name) as (composed, dead_letters):
            database = composed.chassis.database
            if names:
                for letter in wanted:
                    yield await retry_if_undone(
                        partial(_redriven, database, dead_letters, letter, who)
                    )
                continue
            async with database.transaction() as tx:
                began = await tx.fetchval("SELECT now()")
            redrive_next = partial(_next_redriven, database, dead_letters, cause, began, who)
            while result := await retry_if_undone(redrive_next):
                yield result


async def _redriven(
    database: Database, dead_letters: DeadLetterService, letter: Letter, by: str
) -> Redriven:
    async with database.transaction() as tx:
        now = (await dead_letter_queries.read(tx, [letter.id], lock=True))[letter.id]
        if now.state != "open":  # somebody else was here since the names were looked at
            detail = speak(
                f"{now.decided_by}: {STATES_VI[now.state]} trong lúc này",
                f"{now.state} by {now.decided_by} meanwhile",
            )
            return Redriven(now, "failed", "closed", detail)
        return await dead_letters.redrive(tx, now, by=by)


async def _next_redriven(
    database: Database, dead_letters: DeadLetterService, cause: str | None, began: datetime, by: str
) -> Redriven | None:
    async with database.transaction() as tx:
        found = await dead_letter_queries.next_to_try(tx, cause=cause, most=1, before=began)
        return await dead_letters.redrive(tx, found[0], by=by) if found else None


async def _open_ones(database: Database, names: Sequence[str]) -> list[Letter]:
    async with database.transaction() as tx:
        with _refusals_as_errors():
            return await to_decide(tx, names)


async def discarded(
    service: str | None, names: Sequence[str], *, reason: str, by: str | None
) -> int:
    """Close letters without effect; how many. Raises DeadLetterError before the first."""
    who, count = by or _somebody(), 0
    async with _databases(service) as databases:
        chosen = await _located(databases, names)
        for name, wanted in chosen.items():
            await _open_ones(databases[name], wanted)
        for name, wanted in chosen.items():
            configure_logs(name)
            dead_letters = DeadLetterService((), Metrics(CHASSIS_METRICS))
            async with databases[name].transaction() as tx:
                with _refusals_as_errors():
                    for letter in await to_decide(tx, wanted):
                        await dead_letters.discard(tx, letter, by=who, reason=reason)
                        count += 1
    return count


# ---- which service


@contextlib.asynccontextmanager
async def _databases(service: str | None) -> AsyncIterator[dict[str, Database]]:
    if service is not None and service not in READERS:
        readers = ", ".join(READERS)
        raise DeadLetterError(
            speak(
                f"{service} không đọc topic nào; {readers} có đọc",
                f"{service} reads no topics; {readers} do",
            )
        )
    load_settings(SharedSettings)  # a file of settings that is not there is no empty one
    found: dict[str, Database] = {}
    for name in [service] if service else READERS:
        try:
            settings = database_settings(name)
        except SettingsError:
            if service:
                raise
            continue
        found[name] = Database(
            settings.database_url, 2, source=name, topic_prefix=settings.topic_prefix
        )
    if not found:
        urls = [f"{name.upper()}_DATABASE_URL" for name in READERS]
        raise SettingsError(
            speak(
                f"Không có cơ sở dữ liệu để đọc. Đặt {' hoặc '.join(urls)}, hoặc THIDUA_ENV_FILE"
                " trỏ đến tệp có cấu hình này",
                f"set {' or '.join(urls)}, or THIDUA_ENV_FILE to the file that does: there is no"
                " database to look into",
            )
        )
    try:
        yield found
    finally:
        for database in found.values():
            await database.close()


async def _located(databases: Mapping[str, Database], names: Sequence[str]) -> dict[str, list[str]]:
    """The names by the service that has a letter so called. Raises DeadLetterError, with all."""
    by_service: dict[str, list[str]] = {}
    wrong = []
    for text in names:
        hits = []
        for name, database in databases.items():
            async with database.transaction() as tx:
                hits += [name] * len(await dead_letter_queries.named(tx, text))
        if len(hits) == 1:
            by_service.setdefault(hits[0], []).append(text)
        elif not hits:
            wrong.append(
                f"{text}: " + speak("không có bản tin nào có mã này", "no dead letter is called so")
            )
        else:
            where = ", ".join(sorted(set(hits)))
            wrong.append(
                f"{text}: "
                + speak(
                    f"có nhiều bản tin, ở {where}; viết mã dài hơn, hoặc thêm --service",
                    f"more than one, in {where}: write more, or give --service",
                )
            )
    if wrong:
        raise DeadLetterError("; ".join(wrong))
    return by_service


@contextlib.contextmanager
def _refusals_as_errors() -> Iterator[None]:
    """What the service refuses, in the command's own form."""
    try:
        yield
    except Refusal as refusal:
        raise DeadLetterError(
            "; ".join(speak(fault.vi, fault.en) for fault in refusal.faults)
        ) from None


@contextlib.asynccontextmanager
async def _composed(name: str) -> AsyncIterator[tuple[Service, DeadLetterService]]:
    """A service as it would run, for its handlers; none of its parts is started."""
    settings = load_settings(settings_of(name))
    configure_logs(name, level=settings.log_level, form=settings.log_format)
    composed: Service = import_module(f"services.{name}.app").compose(settings)
    try:
        await composed.chassis.clock.refresh()
        yield composed, DeadLetterService(composed.consumers, composed.chassis.metrics)
    finally:
        await composed.chassis.database.close()


def _somebody() -> str:
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a container's user may have no name
        return f"cli:{os.getuid()}"
