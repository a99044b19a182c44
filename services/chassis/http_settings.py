"""Settings of every process that serves HTTP, and of who may call it."""

from pydantic import Field, FilePath

from services.chassis.process_settings import ProcessSettings


class HttpSettings(ProcessSettings):
    """Where it listens, its limits, and whose tokens it takes."""

    http_host: str = Field(
        default="127.0.0.1", description="Address to listen on; `0.0.0.0` in a container."
    )
    http_port: int = Field(
        default=8000, ge=0, le=65535, description="Port; 0 takes a free one and logs it."
    )
    http_keep_alive_s: int = Field(
        default=120,
        ge=1,
        description="How long an idle connection is kept. Longer than the proxy in front keeps its"
        " own, or a request sent just then is lost. Seconds.",
    )
    http_read_timeout_s: float = Field(
        default=30,
        ge=1,
        description="A request must have come whole within this time of its first byte (408), and"
        " a client that reads less than 64 KiB of a waiting answer in it is given up. Seconds.",
    )
    max_body_bytes: int = Field(
        default=65536, ge=1024, description="Larger request bodies are refused (413). Bytes."
    )
    drain_timeout_s: float = Field(
        default=20,
        gt=0,
        description="How long a stop may take to finish what was begun; the orchestrator's grace"
        " period must be longer. Seconds.",
    )

    jwks_url: str = Field(
        default="",
        description="Where the token issuer's keys are: `https://…`, or `file:///…` on one machine."
        " Empty: every token is refused.",
    )
    token_issuer: str = Field(default="", description="`iss` that a token must carry, exactly.")
    token_audience: str = Field(default="thidua", description="`aud` that a token must carry.")
    jwks_refresh_s: float = Field(
        default=300,
        ge=1,
        description="Keys are fetched again, in the background, this often. Seconds.",
    )
    jwks_ca_file: FilePath | None = Field(
        default=None,
        description="PEM of an authority that signed the key set's host, believed beside the"
        " system's.",
    )
