"""Refusals: what was wrong, where, and what to do; in Vietnamese with English beside.

Pure values. A service declares its problem types as constants and raises `Refusal` with all faults
at once; `services.chassis.http` writes them as RFC 9457 problem documents. Nothing is changed by a
request that is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import PydanticCustomError

from services.contracts.wording import number_vi

TYPE_BASE = "https://thidua.hanoi.gov.vn/problems/"
"""Problem types are stable names under this; they need not resolve."""

CATALOGUE: dict[str, "Problem"] = {}
"""Every problem type declared in this process, by slug; docs/problems.md is checked against it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A type of problem (RFC 9457 §3.1.1): stable, documented, one status.

    Made once, as a constant; a second one with the same slug is an error.
    """

    slug: str
    status: int
    vi: str
    """Title in Vietnamese."""
    en: str
    """Title in English."""
    remedy: str = ""
    """For docs/problems.md: what the caller does about it."""

    def __post_init__(self) -> None:
        if CATALOGUE.setdefault(self.slug, self) != self:
            raise ValueError(f"the problem {self.slug!r} is declared twice")

    @property
    def type(self) -> str:
        """URI of the type."""
        return TYPE_BASE + self.slug


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where it is, and what to do, in both languages."""

    pointer: str
    """JSON Pointer into the request body (RFC 6901), "" for the body as a whole."""
    vi: str
    en: str
    rule: str | None = None
    """The rule it breaks, as the campaign names it, e.g. `essays.max-words`."""
    parameter: str | None = None
    """In place of the pointer: `query:unit`, `path:id`, `header:Idempotency-Key`."""

    def document(self) -> dict[str, str]:
        """As it is written."""
        where = (
            {"pointer": self.pointer} if self.parameter is None else {"parameter": self.parameter}
        )
        rule = {"rule": self.rule} if self.rule else {}
        return {**where, "vi": self.vi, "en": self.en, **rule}


class Refusal(Exception):  # noqa: N818 - the domain's word; it is an answer, not a malfunction
    """A request that is refused, with every fault that was found.

    >>> raise Refusal(ESSAY_FAULTS, [Fault("/name", "Chưa nhập họ và tên.", "Name missing.")])
    """

    def __init__(
        self,
        problem: Problem,
        faults: Sequence[Fault] = (),
        *,
        detail: tuple[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.problem = problem
        self.faults = tuple(faults)
        self.detail = detail
        """(vi, en) about this occurrence; default: how many faults, or the title."""
        self.headers = dict(headers or {})
        super().__init__(f"{problem.slug}: {'; '.join(f.en for f in faults) or self.detail_en}")

    @property
    def detail_vi(self) -> str:
        """About this occurrence, in Vietnamese."""
        if self.detail:
            return self.detail[0]
        return (
            f"Có {number_vi(len(self.faults))} lỗi cần sửa. Dữ liệu chưa được ghi nhận."
            if self.faults
            else self.problem.vi
        )

    @property
    def detail_en(self) -> str:
        """About this occurrence, in English."""
        if self.detail:
            return self.detail[1]
        if not self.faults:
            return self.problem.en
        return f"{len(self.faults)} fault{'s'[: len(self.faults) > 1]}; nothing was changed."

    def document(self) -> dict[str, Any]:
        """The RFC 9457 problem document."""
        return {
            "type": self.problem.type,
            "title": self.problem.vi,
            "title_en": self.problem.en,
            "status": self.problem.status,
            "detail": self.detail_vi,
            "detail_en": self.detail_en,
            **({"faults": [fault.document() for fault in self.faults]} if self.faults else {}),
        }


@dataclass(slots=True)
class Faults:
    """Collects faults, so that a caller learns of all of them at once.

    >>> faults = Faults()
    >>> faults.add("/words", "Quá 2.000 từ. Vui lòng rút ngắn.", "Over 2,000 words: shorten it.")
    >>> faults.refuse_as(ESSAY_FAULTS)      # raises only if there are any
    """

    found: list[Fault] = field(default_factory=list)

    def add(self, pointer: str, vi: str, en: str, *, rule: str | None = None) -> None:
        """Note one fault and go on."""
        self.found.append(Fault(pointer, vi, en, rule))

    def refuse_as(self, problem: Problem) -> None:
        """Raise Refusal if any fault was found."""
        if self.found:
            raise Refusal(problem, self.found)


def field_fault(vi: str, en: str, rule: str | None = None) -> PydanticCustomError:
    """For a validator of a request model: `raise field_fault(vi, en)` names the fault in its place.

    Braces in the texts are literal.
    """
    context = {"vi": vi, "en": en, "rule": rule or ""}
    return PydanticCustomError("field_fault", "{en}", context)


# What every service may answer. Domain problems are declared by the services.
FAULTY = Problem(
    "faulty-request", 422, "Dữ liệu không hợp lệ", "The request has faults", "Mend each fault."
)
BROKEN_JSON = Problem(
    "broken-json",
    400,
    "Nội dung không phải JSON hợp lệ",
    "The body is not JSON",
    "Send valid JSON, UTF-8.",
)
UNAUTHENTICATED = Problem(
    "unauthenticated",
    401,
    "Chưa đăng nhập hoặc phiên đăng nhập đã hết hạn",
    "No token, or one that is not valid",
    "Send `Authorization: Bearer …` with a token of the configured issuer that has not expired.",
)
FORBIDDEN = Problem(
    "forbidden",
    403,
    "Tài khoản không có quyền thực hiện thao tác này",
    "Not allowed to do this",
    "The role or unit of the token does not cover this; `x-roles` in OpenAPI says who may.",
)
NOT_FOUND = Problem("not-found", 404, "Không tìm thấy", "Not found", "Check path and identifier.")
METHOD_NOT_ALLOWED = Problem(
    "method-not-allowed",
    405,
    "Phương thức không được hỗ trợ",
    "Method not allowed",
    "The header `Allow` lists what is.",
)
CONFLICT = Problem(
    "conflict",
    409,
    "Dữ liệu đã thay đổi, chưa thực hiện được thao tác",
    "In conflict with the present state",
    "Read the present state first.",
)
TOO_LARGE = Problem(
    "body-too-large", 413, "Nội dung quá lớn", "The body is too large", "Send less, or in parts."
)
UNREADABLE_REQUEST = Problem(
    "unreadable-request",
    400,
    "Yêu cầu HTTP không đúng quy cách",
    "Not a request that HTTP knows",
    "Send HTTP/1.1 as RFC 9112 has it.",
)
UNKNOWN_METHOD = Problem(
    "unknown-method",
    501,
    "Phương thức HTTP không tồn tại",
    "No such method",
    "Use a method of RFC 9110.",
)
HEAD_TOO_LARGE = Problem(
    "head-too-large",
    431,
    "Phần đầu của yêu cầu quá lớn",
    "The headers are too large",
    "Send at most 64 KiB of request line and headers.",
)
TOO_SLOW = Problem(
    "too-slow",
    408,
    "Yêu cầu gửi quá chậm",
    "The request came too slowly",
    "Send it again, whole within `http_read_timeout_s`.",
)
TOO_MANY_IN_LINE = Problem(
    "too-many-in-line",
    429,
    "Quá nhiều yêu cầu đang chờ trên một kết nối",
    "Too many requests wait on one connection",
    "Wait for answers before you send more, and send this one again: 16 requests may wait.",
)
WRONG_MEDIA_TYPE = Problem(
    "wrong-media-type",
    415,
    "Kiểu nội dung không được hỗ trợ",
    "Media type not supported",
    "Send `Content-Type: application/json`.",
)
KEY_MISSING = Problem(
    "idempotency-key-missing",
    400,
    "Yêu cầu thiếu Idempotency-Key",
    "Idempotency-Key missing or malformed",
    "Send a header `Idempotency-Key` of 1 to 200 visible ASCII characters, a new one (e.g. a UUID)"
    " for each command and the same one when you repeat it.",
)
KEY_REUSED = Problem(
    "idempotency-key-reused",
    422,
    "Idempotency-Key đã dùng cho yêu cầu khác",
    "Idempotency-Key was used for another command",
    "Take a new key for a new command.",
)
UNAVAILABLE = Problem(
    "unavailable",
    503,
    "Hệ thống tạm thời gián đoạn, vui lòng thử lại sau",
    "Temporarily unavailable",
    "Repeat with the same Idempotency-Key after the seconds in `Retry-After`.",
)
INTERNAL = Problem(
    "internal-error",
    500,
    "Lỗi hệ thống",
    "Internal error",
    "Report the trace_id; repeating with the same Idempotency-Key is safe.",
)
