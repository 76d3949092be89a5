"""What the page of an application may load while `grade app` serves it: nothing from anywhere else."""

import threading
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from grader.application.serving import ApplicationServer
from tests.application.conftest import PAGE


@pytest.fixture
def serve():
    """Return what serves with a server until the test ends."""
    served = []

    def serve(server):
        served.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server

    yield serve
    for each in served:
        with closing(each.socket):
            each.shutdown()


@pytest.fixture
def elsewhere(serve):
    """Return a server whose script says that it ran, and a list of what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript")
            self.end_headers()
            self.wfile.write(b"window.loaded = true;")

        def log_message(self, *_):
            pass

    server = serve(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
    return f"http://127.0.0.1:{server.server_port}", asked


@pytest.mark.parametrize(
    "element",
    [
        '<script src="{there}/a.js"></script>',
        '<SCRIPT SRC="{there}/a.js"></SCRIPT>',
        '<svg><script href="{there}/a.js"></script></svg>',
        '<svg><script xlink:href="{there}/a.js"></script></svg>',
        '<link rel="stylesheet" href="{there}/a.css">',
        '<style>@import "{there}/a.css";</style>',
        '<img src="{there}/a.png" alt="">',
    ],
)
def test_nothing_is_loaded_from_elsewhere(element, run, serve, elsewhere, tab):
    there, asked = elsewhere
    page = PAGE.replace("</body>", f"{element.format(there=there)}<p id=end>end</p></body>")
    server = serve(ApplicationServer(run(), page, "en"))
    tab.goto(server.address)
    assert tab.text_content("#end") == "end"
    assert tab.text_content("#title") == "Twice"  # the page's own script ran
    assert asked == []
    assert tab.evaluate("window.loaded") is None
    assert any("Content Security Policy" in each for each in tab.complaints)
    tab.complaints.clear()
