"""The server answers its own page alone: on loopback, with its token, to its own origin; asked by real sockets."""

import json
import socket
import threading
from contextlib import ExitStack, closing
from html.parser import HTMLParser
from types import SimpleNamespace

import pytest

from grader.application.building import build
from grader.application.running import Running
from grader.application.serving import MOST_BYTES, STRANGERS, ApplicationServer
from grader.grading import prepare, read
from tests.application.conftest import MODULE, PAGE, REFERENCE, RUBRIC

MARKUP = "</script><script>window.taken = 1</script><img src=x onerror='window.taken = 1'><!--<script>"
MORE = """

def half():
    return {"text": "a\\ud800", "\\udfff": 1}


def echo(x):
    return x
"""
WRONG = REFERENCE.replace("2 * np.asarray(x)", f"None; raise ValueError({MARKUP!r})")


@pytest.fixture(scope="module")
def serve(tmp_path_factory, engine):
    """Return what serves a submission's text under a file name, on a thread of its own, until the tests end."""
    with ExitStack() as stack:

        def serve(text, name="work.py"):
            folder = tmp_path_factory.mktemp("course")
            files = {
                "grading.yaml": RUBRIC, "work.py": REFERENCE, "answers/work.py": REFERENCE,
                "application/count.py": MODULE + MORE, "application/count.html": PAGE, "application/words.txt": "one",
                name: text,
            }  # fmt: skip
            for path, content in files.items():
                (folder / path).parent.mkdir(exist_ok=True)
                (folder / path).write_text(content, "utf-8")
            plan = read(folder / "grading.yaml")
            built = build(plan.rubric)
            running = stack.enter_context(closing(Running(built, prepare(plan, engine), engine, folder / name)))
            server = stack.enter_context(ApplicationServer(running, built.page, "en"))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
            return server

        yield serve


@pytest.fixture(scope="module")
def server(serve):
    return serve(REFERENCE)


def origin(server):
    return f"http://127.0.0.1:{server.server_port}"


def connected(server, sent=b""):
    opened = socket.create_connection(("127.0.0.1", server.server_port), timeout=60)
    opened.sendall(sent)
    return opened


def received(opened):
    """Return status, headers and body of what comes until the other side closes; status 0 if nothing does."""
    data = b""
    try:
        while piece := opened.recv(1 << 16):
            data += piece
    except ConnectionResetError:  # it closed before it had read everything
        pass
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    assert not [name for name in headers if name.startswith("access-control")]
    assert "server" not in headers
    return SimpleNamespace(status=int(first.split()[1]) if data else 0, headers=headers, body=body)


def ask(server, target, headers=None, method="GET", body=b"", version="HTTP/1.1"):
    """Send one request with these headers (None takes away one that a browser would send); return the answer."""
    known = {"Host": f"127.0.0.1:{server.server_port}", "Connection": "close"}
    if method == "POST":
        known |= {"Origin": origin(server), "Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{name}: {value}" for name, value in (known | (headers or {})).items() if value is not None]
    head = "\r\n".join([f"{method} {target} {version}".rstrip(), *lines, "", ""])
    with connected(server, head.encode("latin-1") + body) as opened:
        return received(opened)


def post(server, content, place="call", **headers):
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return ask(server, f"/{server.token}/{place}", named, "POST", body)


def refused(answer):
    return (answer.status, answer.body) == (404, b"")


def works(server):
    answer = post(server, {"function": "doubled", "arguments": {"x": 4}})
    return json.loads(answer.body) == {"value": {"value": 8, "shape": []}}


def test_its_own_page_is_answered(server):
    page = ask(server, f"/{server.token}/")
    assert page.status == 200 and b"app.onchange" in page.body
    standing = ask(server, f"/{server.token}/standing", {"Sec-Fetch-Site": "same-origin", "Origin": origin(server)})
    assert json.loads(standing.body)["stages"]["doubled"] == {"open": True, "missing": []}
    by_name = {"Host": f"localhost:{server.server_port}", "Origin": f"http://localhost:{server.server_port}"}
    assert ask(server, f"/{server.token}/standing", by_name).status == 200
    assert b'id="deployed"' in ask(server, f"/{server.token}/export").body
    assert works(server)
    assert ask(server, f"/{server.token}/", version="HTTP/1.0").status == 200


@pytest.mark.parametrize(
    "target",
    [
        "/", "*", "{token}/", "/{token}", "/{token}x/", "/{short}/", "/{swapped}/", "/{encoded}/", "/x/{token}/",
        "//x.test/{token}/", "http://127.0.0.1:{port}/{token}/", "http://[/{token}/", "/../{token}/",
        "/{token}/../{token}/", "/{token}//", "/{token}/./", "/{token}/%2e/standing", "/{token}/standing/",
        "/{token}/STANDING", "/{token}/call", "/{token}/reset", "/{token}/nothing", "/{token};/standing", "/?/{token}/",
        "/{token}/standing#", "/{token}\\standing", "/ÿ{token}/",
    ],
)  # fmt: skip
def test_another_place_is_refused(server, target):
    token = server.token
    told = {
        "token": token, "short": token[:-1], "swapped": token.swapcase(), "encoded": f"%{ord(token[0]):02x}{token[1:]}",
        "port": server.server_port,
    }  # fmt: skip
    assert refused(ask(server, target.format(**told)))


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": None},
        {"Host": "x.test:{port}"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": "127.0.0.1:{port}.x.test"},
        {"Host": "[::1]:{port}"},
        {"Host": "0.0.0.0:{port}"},
        {"Origin": "null"},
        {"Origin": "http://x.test"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "http://127.0.0.1:{port}.x.test"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_host_or_origin_is_refused(server, headers):
    told = {name: value and value.format(port=server.server_port) for name, value in headers.items()}
    assert refused(ask(server, f"/{server.token}/standing", told))
    assert refused(ask(server, f"/{server.token}/export", told))
    known = {name.replace("-", "_"): value for name, value in told.items()}
    assert refused(post(server, {"function": "start", "arguments": {}}, **known))
    assert refused(post(server, {}, "reset", **known))


def test_a_link_to_the_page_from_elsewhere_opens_it(server):
    assert ask(server, f"/{server.token}/", {"Sec-Fetch-Site": "cross-site"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": None},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Type": None},
        {"Content_Length": None},
        {"Content_Length": "-1"},
        {"Content_Length": "+2"},
        {"Content_Length": "2, 2"},
        {"Content_Length": "٢".encode().decode("latin-1")},
        {"Content_Length": str(MOST_BYTES + 1)},
        {"Content_Length": "9" * 5000},
        {"Transfer_Encoding": "chunked"},
    ],
)
def test_what_is_no_request_of_the_page_is_refused(server, headers):
    assert refused(post(server, b"{}", **headers))
    assert works(server)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"no JSON", b"[" * 500_000, b"[]", b"{}", b'{"function": 1}', b'{"function": "start", "arguments": []}',
        b'{"function": "echo", "arguments": {"x": NaN}}', b'{"function": "echo", "arguments": {"x": 1e999}}',
        b'{"function": "echo", "arguments": {"x": ' + b"9" * 5000 + b"}}", b'{"function": "\\ud800"}',
        b'{"function": "echo", "arguments": {"x": "\xff"}}',
        b'{"function": "echo", "arguments": {"x": ' + b"[" * 13 + b"]" * 13 + b"}}",
        b'{"function": "echo", "arguments": {"x": [' + b"0," * 200_000 + b"0]}}",
        {"function": "_private"}, {"function": "double", "arguments": {"x": 1}}, {"function": "__import__"},
    ],
)  # fmt: skip
def test_a_call_that_cannot_be_made_is_told_to_the_page(server, content):
    answer = post(server, content)
    assert (answer.status, json.loads(answer.body)["failure"]["kind"]) == (200, "refused")
    assert works(server)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS", "DELETE", "PATCH", "TRACE", "CONNECT", "get", "X" * 99])
def test_other_methods_are_refused(server, method):
    headers = {"Origin": "http://x.test", "Access-Control-Request-Method": "POST"}
    assert refused(ask(server, f"/{server.token}/call", headers, method))
    assert refused(ask(server, f"/{server.token}/", method=method))


def test_what_is_no_http_gets_nothing(server):
    assert not ask(server, f"/{server.token}/", version="").body
    for sent in (b"\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01" * 99 + b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"):
        with connected(server, sent) as opened:
            opened.shutdown(socket.SHUT_WR)
            assert not received(opened).body
    assert refused(ask(server, f"/{server.token}/" + "?" * 70_000))
    assert refused(ask(server, f"/{server.token}/", {f"X-{number}": "" for number in range(200)}))
    assert works(server)


def test_every_answer_says_how_it_may_be_used(server):
    for place in ("", "standing", "export"):
        headers = ask(server, f"/{server.token}/{place}").headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "attachment" in headers["content-disposition"]
    rules = policy(ask(server, f"/{server.token}/"))
    assert {rules[name] for name in ("default-src", "base-uri", "form-action", "frame-ancestors")} == {"'none'"}
    assert rules["connect-src"] == "'self'"


def policy(answer):
    return dict(each.split(" ", 1) for each in answer.headers["content-security-policy"].split("; "))


def test_it_listens_on_loopback_alone(server):
    assert server.socket.getsockname() == ("127.0.0.1", server.server_port)
    assert server.address.startswith("http://127.0.0.1:")
    for family, host in ((socket.AF_INET, "127.0.0.2"), (socket.AF_INET6, "::1")):
        with socket.socket(family) as other, pytest.raises(OSError):
            other.connect((host, server.server_port))


def test_tokens_and_nonces_are_never_the_same(server, serve):
    assert serve(REFERENCE).token != server.token
    rules = [policy(ask(server, f"/{server.token}/")) for _ in range(3)]
    assert len({each["script-src"] for each in rules}) == 3
    assert all(each["script-src"] == each["style-src"] for each in rules)


def test_who_opens_connections_cannot_keep_others_out(server):
    own = connected(server)
    request = f"GET /{server.token}/standing HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\n\r\n".encode()

    def again():
        own.sendall(request)
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += own.recv(1)
        own.recv(int(head.split(b"Content-Length: ")[1].split()[0]), socket.MSG_WAITALL)
        return head.split()[1]

    with own, ExitStack() as stack:
        assert again() == b"200"
        many = [stack.enter_context(connected(server, b"GET / HT")) for _ in range(200)]
        assert works(server)
        assert again() == b"200"  # the page's own connection is still there
        assert all(each.recv(1) == b"" for each in many[: 200 - STRANGERS])
        assert len(server._strangers) <= STRANGERS


def test_a_slow_client_does_not_hold_up_others(server):
    slow = [
        b"GET",
        f"GET /{server.token}/standing HTTP/1.1\r\nHost: 127".encode(),
        f"POST /{server.token}/call HTTP/1.1\r\nHost: 127.0.0.1:{server.server_port}\r\nOrigin: {origin(server)}\r\n"
        "Content-Type: application/json\r\nContent-Length: 99\r\n\r\n{".encode(),
    ]
    with ExitStack() as stack:
        for sent in slow:
            stack.enter_context(connected(server, sent))
        assert works(server)


def test_a_bug_of_ours_is_told_with_its_place_alone(server, monkeypatch):
    def fails(*_):
        raise KeyError("918273645")

    with monkeypatch.context() as patch:
        for name in ("call", "reset", "standing", "exported"):
            patch.setattr(server.running, name, fails)
        answers = [
            post(server, {"function": "start"}),
            post(server, {}, "reset"),
            *(ask(server, f"/{server.token}/{place}") for place in ("standing", "export", "")),
        ]
    for answer in answers:
        failure = json.loads(answer.body)["failure"]
        assert failure["kind"] == "stopped"
        assert "KeyError, test_serving.py:" in failure["message"] and "918273645" not in failure["message"]
    assert answers[-1].status == 500
    assert works(server)


def test_half_a_character_is_answered(server):
    assert json.loads(post(server, {"function": "half"}).body) == {"value": {"text": "a?", "?": 1}}


class Elements(HTMLParser):
    """Collects the elements of a page, and the text of each script."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.scripts, self._inside = [], [], False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == "script"
        self.scripts += [""] * self._inside

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.scripts[-1] += data


def test_no_text_of_a_students_becomes_markup_or_gets_the_nonce(server, serve):
    hostile = serve(WRONG, "<script>alert(1)<!--.py")
    plain = Elements(ask(server, f"/{server.token}/").body.decode())
    answer = ask(hostile, f"/{hostile.token}/")
    page = Elements(answer.body.decode())
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    guarded = [attributes["nonce"] for tag, attributes in page.tags if tag in ("script", "style")]
    assert {f"'nonce-{each}'" for each in guarded} == {policy(answer)["script-src"]}
    assert answer.body.decode().count(guarded[0]) == len(guarded)
    standing = json.loads(page.scripts[0])
    assert MARKUP in standing["functions"][0]["says"]
    assert standing["file"] == "<script>alert(1)<!--.py"


def test_a_browser_runs_nothing_of_a_students(serve, tab):
    hostile = serve(WRONG, "<script>alert(1)<!--.py")
    tab.complaints.clear()
    tab.goto(hostile.address)
    assert MARKUP in tab.evaluate("app.functions[0].says")
    assert tab.evaluate(f"app.call('echo', {{x: {json.dumps(MARKUP)}}})") == MARKUP
    assert tab.evaluate("window.taken") is None
    assert tab.complaints == []
    tab.goto("about:blank")
