"""What a service's API is made of."""

from services.chassis.http.auth import Caller, Principal, access, require_unit
from services.chassis.http.group_commit import GroupCommit
from services.chassis.http.idempotency import Once
from services.chassis.http.router import Router

__all__ = ["Caller", "GroupCommit", "Once", "Principal", "Router", "access", "require_unit"]
