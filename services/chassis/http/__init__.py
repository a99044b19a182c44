"""What a service's API is made of."""

from services.chassis.http.auth import Caller, Principal, access, require_unit
from services.chassis.http.idempotency import Once
from services.chassis.http.router import Router
from services.chassis.http.together import Together

__all__ = ["Caller", "Once", "Principal", "Router", "Together", "access", "require_unit"]
