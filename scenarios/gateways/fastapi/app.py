"""A small gateway on FastAPI that reads the same routes.yaml: FlowMaster's own gateway is one, and scenarios run on both.

    uvicorn app:app --port 9000 --host 0.0.0.0        with GATEWAY_CONFIG_DIR set

It writes one JSON line for every request to standard output, which is how a trace knows the route it chose. Of middleware.yaml
it takes the timeouts; authentication and the rest are not part of it.
"""

import json
import os
import re
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import unquote_to_bytes

import httpx
import yaml
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from starlette.convertors import PathConvertor, register_url_convertor

from routes import Match, Route, match

HOP_BY_HOP = {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade"}


def seconds(duration: str) -> float:
    """`500ms`, `30s`, `5m` or `1h`."""
    number, unit = re.fullmatch(r"([\d.]+)(ms|s|m|h)", duration).groups()
    return float(number) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit]


def read_timeouts(file: Path) -> httpx.Timeout:
    """The timeouts of middleware.yaml, which is all that it takes of that file."""
    given = ((yaml.safe_load(file.read_text()) if file.exists() else None) or {}).get("timeouts", {})
    return httpx.Timeout(seconds(given.get("read", "30s")), connect=seconds(given.get("connect", "5s")))


def read_routes(file: Path) -> list[Route]:
    """The routes of routes.yaml with the lines they stand at. It knows `path`, `target`, `rewrite` and `timeout`."""
    with file.open() as text:
        tree = yaml.compose(text, yaml.SafeLoader)
    listed = tree if isinstance(tree, yaml.SequenceNode) else dict((key.value, value) for key, value in tree.value)["routes"]
    return [read_route(node) for node in listed.value]


def read_route(node: yaml.MappingNode) -> Route:
    fields = {key.value: value for key, value in node.value}
    host, port = fields["target"].value.rsplit(":", 1)
    silence = seconds(fields["timeout"].value) if "timeout" in fields else None
    return Route(fields["path"].value, host, int(port), fields["rewrite"].value, silence, fields["path"].start_mark.line + 1)


CONFIG_DIR = Path(os.environ["GATEWAY_CONFIG_DIR"])
ROUTES = read_routes(CONFIG_DIR / "routes.yaml")
TIMEOUTS = read_timeouts(CONFIG_DIR / "middleware.yaml")
client = httpx.AsyncClient(follow_redirects=False, trust_env=False)
app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


class AnyPath(PathConvertor):
    """Starlette's own `path` ends at a line break, which `%0A` is by then."""

    regex = r"[\s\S]*"


register_url_convertor("any", AnyPath())


class RawURL(httpx.URL):
    """An address whose path and query travel byte for byte; httpx would normalise them."""

    target: bytes

    @property
    def raw_path(self) -> bytes:
        return self.target


@app.get("/health")
@app.get("/api/health")
async def health(request: Request) -> Response:
    request_id = id_of(request)
    log(request, request_id, 200, None, None, None, "health", time.monotonic())
    return with_id(JSONResponse({"status": "ok", "routes": len(ROUTES)}), request_id)


@app.api_route("/{_:any}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def forward(request: Request) -> Response:
    started, raw = time.monotonic(), request.scope["raw_path"].split(b"?")[0].decode("latin-1")
    query = request.scope["query_string"]
    request_id = id_of(request)
    found = None if has_dot_segment(raw) else match(ROUTES, raw)
    sends = found and found.sends + ("?" + query.decode("latin-1") if query else "")
    response, outcome, detail = await answer(request, raw, request_id, found, sends)
    with_id(response, request_id)
    log(request, request_id, response.status_code, found, sends, outcome, detail, started)
    return response


async def answer(request: Request, raw: str, request_id: str, found: Match | None, sends: str | None):
    if has_dot_segment(raw):
        return error(400, "the path has a dot segment"), None, f"{raw} has a dot segment"
    if found is None or sends is None:
        return error(404, "Not Found"), None, f"no route matches {raw}"
    try:
        upstream = await client.send(await upstream_request(request, request_id, found, sends), stream=True)
        body = b"".join([chunk async for chunk in upstream.aiter_raw()])
        await upstream.aclose()
    except httpx.ConnectTimeout:
        return error(504, "Gateway Timeout"), "connect-timeout", "the backend did not accept the connection"
    except httpx.TimeoutException:
        return error(504, "Gateway Timeout"), "read-timeout", "the backend did not answer in time"
    except httpx.ConnectError as problem:
        outcome = "unresolved" if "Name or service not known" in str(problem) else "refused"
        return error(502, "Bad Gateway"), outcome, str(problem)
    except httpx.TransportError as problem:
        return error(502, "Bad Gateway"), "reset", str(problem)
    response = Response(body, upstream.status_code)
    response.raw_headers = [*end_to_end(upstream.headers.raw, {b"content-length"}), (b"content-length", str(len(body)).encode())]
    return response, "answered", f"{found.route.path} took {raw}"


async def upstream_request(request: Request, request_id: str, found: Match, sends: str) -> httpx.Request:
    """The request as the backend gets it: end-to-end headers, X-Forwarded-* and X-Request-ID."""
    made = {b"host", b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-request-id"}
    peer = request.client.host if request.client else ""
    forwarded = ", ".join(filter(None, [request.headers.get("x-forwarded-for"), peer]))
    headers = [
        (b"host", f"{found.route.host}:{found.route.port}".encode()),
        *end_to_end(request.headers.raw, made),
        (b"x-forwarded-for", forwarded.encode()),
        (b"x-forwarded-proto", request.headers.get("x-forwarded-proto", "http").encode()),
        (b"x-forwarded-host", request.headers.get("x-forwarded-host", request.headers.get("host", "")).encode()),
        (b"x-request-id", request_id.encode()),
    ]
    # A client gives its own timeouts only to the requests that it builds, and those get its own headers too.
    timeout = httpx.Timeout(found.route.silence or TIMEOUTS.read, connect=TIMEOUTS.connect).as_dict()
    address = f"http://{found.route.host}:{found.route.port}/"
    made_request = httpx.Request(request.method, address, headers=headers, content=await request.body(), extensions={"timeout": timeout})
    made_request.url = RawURL(made_request.url)
    made_request.url.target = sends.encode("latin-1")
    return made_request


def id_of(request: Request) -> str:
    return request.headers.get("x-request-id") or uuid.uuid4().hex


def with_id(response: Response, request_id: str) -> Response:
    """The answer carries the id, whatever id the backend's own had."""
    response.raw_headers = [*end_to_end(response.raw_headers, {b"x-request-id"}), (b"x-request-id", request_id.encode("latin-1"))]
    return response


def end_to_end(headers, without: set[bytes]):
    """Header lines without those that are for this connection alone (RFC 9110 section 7.6.1), in order."""
    named = {name.strip().lower() for key, value in headers if key.lower() == b"connection" for name in value.split(b",")}
    return [(key, value) for key, value in headers if key.lower() not in HOP_BY_HOP | named | without]


def has_dot_segment(raw: str) -> bool:
    decoded, before = raw.encode("latin-1"), None
    while decoded != before:
        before, decoded = decoded, unquote_to_bytes(decoded)
    return re.search(rb"(^|/)\.\.?(/|$)", decoded) is not None


def error(status: int, detail: str) -> Response:
    return JSONResponse({"detail": detail}, status)


def log(request: Request, request_id: str, status: int, found: Match | None, sends: str | None, outcome: str | None, detail: str, started: float) -> None:
    """One line in the words of the access log that traces are made of (gateway/log-line.ts)."""
    query = request.scope["query_string"].decode("latin-1")
    entry = {
        "requestId": request_id,
        "method": request.method,
        "target": request.scope["raw_path"].split(b"?")[0].decode("latin-1") + (f"?{query}" if query else ""),
        "status": status,
        "route": found and found.route.path,
        "place": found and f"routes.yaml:{found.route.line}:9",
        "carriedBy": found and found.carried_by,
        "sends": sends,
        "upstream": found and f"{found.route.host}:{found.route.port}",
        "outcome": outcome,
        "detail": detail,
        "elapsedMs": (time.monotonic() - started) * 1000,
    }
    print(json.dumps(entry), file=sys.stdout, flush=True)
