"""Serves an application's page to the user's own browser: on loopback, to who knows the token, to its own origin.

Other users of the machine and other pages in the browser can send requests to a port on loopback. They do not know the
token in the address. A request for another host (DNS rebinding) or from another origin is refused even with it
(https://fetch.spec.whatwg.org/#origin-header, https://www.w3.org/TR/fetch-metadata/).
"""

from __future__ import annotations

import re
import secrets
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from hmac import compare_digest
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs

import msgspec
from msgspec import Struct

from grader.application.calling import NoValue
from grader.application.deploying import deploy
from grader.application.page import live_page, live_policy
from grader.application.plain import Json
from grader.application.running import Running
from grader.errors import GraderError, whereabouts
from grader.language import Language, say

HOST = "127.0.0.1"
MOST_BYTES = 1 << 20
"""What a page may send at once."""
PATIENCE = 20.0
"""Seconds that a connection may wait for its next request."""
STRANGERS = 64
"""Connections at once that have not shown the token; one more, and the oldest of them is closed."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class _Asked(Struct, frozen=True):
    function: str
    arguments: dict[str, Any] = {}


class ApplicationServer(ThreadingHTTPServer):
    """Serves one application until `shutdown`; `address` leads to it."""

    daemon_threads = True
    allow_reuse_address = sys.platform != "win32"  # there another program could take the port away with it
    request_queue_size = STRANGERS

    def __init__(self, running: Running, page: str, language: Language, port: int = 0) -> None:
        self.running, self.page, self.language = running, page, language
        self.name = re.sub(r"[^A-Za-z0-9_-]", "_", running.name) or "application"
        self.token = secrets.token_urlsafe(24)
        self._strangers: dict[socket.socket, None] = {}
        self._lock = Lock()
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Take the port, and ask nobody for the name of this machine."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def process_request(self, request: Any, client_address: Any) -> None:
        """Answer on a thread. Who opens connections and does not show the token cannot keep others out."""
        with self._lock:
            self._strangers[request] = None
            oldest = next(iter(self._strangers)) if len(self._strangers) > STRANGERS else None
            if oldest is not None:
                del self._strangers[oldest]
                with suppress(OSError):  # it has just ended
                    oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        self.meet(request)
        super().shutdown_request(request)

    def meet(self, request: socket.socket) -> None:
        """Count a connection no longer among those that have not shown the token."""
        with self._lock:
            self._strangers.pop(request, None)

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://{HOST}:{self.server_port}/{self.token}/"

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts by which it may be asked for."""
        return frozenset(f"{name}:{self.server_port}" for name in (HOST, "localhost"))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


class _Handler(BaseHTTPRequestHandler):
    """One request. Whatever is wrong with one, the answer is the same and says nothing."""

    server: ApplicationServer
    protocol_version = "HTTP/1.1"
    timeout = PATIENCE

    def do_GET(self) -> None:
        """Answer with the page, its standing or the page to take away."""
        place = self._place()
        if place == "":
            self._page()
        elif place == "standing":
            self._answer(lambda: self.server.running.standing(self._language()))
        elif place == "export":
            self._export()
        else:
            self._refuse()

    def do_POST(self) -> None:
        """Answer a call with what it gives, or with why it gives nothing."""
        place, body = self._place(), self._body()
        if place is None or body is None or self.headers.get("Origin") is None:
            self._refuse()
        elif place == "call":
            self._answer(lambda: {"value": self._called(body)})
        elif place == "reset":
            self._answer(self._forgotten)
        else:
            self._refuse()

    def _place(self) -> str | None:
        """Return what is asked for behind the token, `None` where nobody may know whether it is there."""
        host, origin = self.headers.get("Host", ""), self.headers.get("Origin")
        kind = self.headers.get("Sec-Fetch-Site", "none")
        before, _, rest = self.path.partition("?")[0].partition("/")
        token, slash, place = rest.partition("/")
        if before or not slash or self.request_version not in ("HTTP/1.0", "HTTP/1.1"):
            return None
        if not compare_digest(token.encode(), self.server.token.encode()) or host not in self.server.hosts:
            return None
        if origin not in (None, f"http://{host}") or (kind not in ("same-origin", "none") and place):
            return None
        self.server.meet(self.connection)
        return place

    def _body(self) -> bytes | None:
        """Return what was sent, `None` for what is too long, has no length or is no JSON."""
        length = self.headers.get("Content-Length", "")
        known = length.isascii() and length.isdigit() and "Transfer-Encoding" not in self.headers
        if not known or len(length) > 9 or int(length) > MOST_BYTES:
            self.close_connection = True
            return None
        data = self.rfile.read(int(length))
        return data if self.headers.get_content_type() == "application/json" else None

    def _called(self, body: bytes) -> Json:
        try:
            asked = msgspec.json.decode(body, type=_Asked)
        except (ValueError, RecursionError) as error:  # text that is no UTF-8, too
            raise NoValue("refused", say("What the page sent cannot be read.")) from error
        return self.server.running.call(asked.function, asked.arguments)

    def _forgotten(self) -> dict[str, None]:
        self.server.running.reset()
        return {"value": None}

    def _page(self) -> None:
        wanted = parse_qs(self.path.partition("?")[2]).get("lang", [""])[0]
        language: Language = "zh" if wanted == "zh" else "en" if wanted == "en" else self.server.language
        nonce = secrets.token_urlsafe(16)
        try:
            page = live_page(self.server.page, self.server.running.standing(language), nonce).encode()
        except Exception as error:
            self._send_json(_failed(error, language), HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        self._send(page, "text/html; charset=utf-8", {"Content-Security-Policy": live_policy(nonce)})

    def _export(self) -> None:
        language = self._language()
        try:
            page = deploy(self.server.running, self.server.page, language).page.encode()
        except Exception as error:
            self._send_json(_failed(error, language, "refused"), HTTPStatus.CONFLICT)
            return
        self._send(
            page, "text/html; charset=utf-8", {"Content-Disposition": f'attachment; filename="{self.server.name}.html"'}
        )

    def _answer(self, work: Callable[[], object]) -> None:
        """Send what `work` returns as JSON. What fails is told as a failure: the page goes on."""
        try:
            answer = msgspec.json.encode(work())
        except Exception as error:
            answer = _failed(error, self._language())
        self._send_json(answer, HTTPStatus.OK)

    def _language(self) -> Language:
        wanted = self.headers.get("Accept-Language", "")[:2]
        return "zh" if wanted == "zh" else "en" if wanted == "en" else self.server.language

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what is no request of ours, such as another method, as anything else that is wrong."""
        self._refuse()

    def _refuse(self) -> None:
        self._send(b"", "text/plain", {"Connection": "close"}, HTTPStatus.NOT_FOUND)

    def _send_json(self, answer: bytes, status: HTTPStatus) -> None:
        self._send(answer, "application/json", {}, status)

    def _send(self, data: bytes, kind: str, more: dict[str, str], status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response_only(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **_HEADERS, **more}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *_: Any) -> None:
        """Write nothing: the terminal is the student's."""


def _failed(error: Exception, language: Language, known: str = "stopped") -> bytes:
    """Return the failure that the page is told of, as JSON: of the kind `known` if it says none, of a bug its place."""
    kind, message = "stopped", say("The grader itself failed here ({where}).", where=whereabouts(error))
    if isinstance(error, NoValue | GraderError):
        kind, message = known, error.message
    if isinstance(error, NoValue) and known == "stopped":
        kind = error.kind
    said = [message, *([error.hint] if isinstance(error, GraderError) and error.hint else [])]
    text = " ".join(each.text(language) for each in said)
    return msgspec.json.encode({"failure": {"kind": kind, "message": text}})
