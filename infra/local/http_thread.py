"""An ASGI application on a free port of 127.0.0.1, served by a thread of this process."""

import threading
import time
from dataclasses import dataclass, field

import uvicorn
from starlette.types import ASGIApp

from infra.local.ports import free_port


@dataclass
class HttpThread:
    """Real HTTP for the small servers of the stack. Stopped and started, it keeps its port."""

    app: ASGIApp
    port: int = field(default_factory=free_port)
    _server: uvicorn.Server | None = field(default=None, init=False, repr=False)
    _thread: threading.Thread | None = field(default=None, init=False, repr=False)

    @property
    def url(self) -> str:
        """`http://127.0.0.1:port`, no slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve; returns when it takes requests. Raises RuntimeError when the port is taken."""
        if self._thread is not None:
            return
        configuration = uvicorn.Config(
            self.app,
            host="127.0.0.1",
            port=self.port,
            interface="asgi3",  # as for a bound method it would guess the older one
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(configuration)
        thread = threading.Thread(target=server.run, daemon=True, name=f"http-{self.port}")
        thread.start()
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError(f"nothing could be served on 127.0.0.1:{self.port}")
            time.sleep(0.01)
        self._server, self._thread = server, thread

    def stop(self) -> None:
        """Answer no more; requests under way get a second."""
        if self._server is None or self._thread is None:
            return
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._server = self._thread = None
