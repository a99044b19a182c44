"""What a service's API is made of."""

from services.chassis.http.auth import Caller, Principal, access, require_unit
from services.chassis.http.context import CurrentChassis, context_of
from services.chassis.http.group_commit import GroupCommit
from services.chassis.http.idempotency import Once
from services.chassis.http.large_answer import large_answer
from services.chassis.http.router import Router

__all__ = [
    "Caller",
    "CurrentChassis",
    "GroupCommit",
    "Once",
    "Principal",
    "Router",
    "access",
    "context_of",
    "large_answer",
    "require_unit",
]
