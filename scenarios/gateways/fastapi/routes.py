"""routes.yaml: which route takes a path, and what it sends. Paths are raw: nothing that is sent is ever decoded."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True)
class Route:
    path: str
    host: str
    port: int
    rewrite: str
    #: So many seconds may the backend be silent; None where the timeouts of all routes are meant.
    silence: float | None
    line: int


@dataclass(frozen=True)
class Match:
    route: Route
    #: What found the route: its `path`, or only the form that its rewrite makes.
    carried_by: str
    sends: str


def match(routes: list[Route], path: str) -> Match | None:
    """The route of a raw path: of the patterns that fit the one with most literals, else one whose rewritten form it has."""
    found = best(((route, route.path) for route in routes), without_api(path))
    if found:
        route, captures = found
        return Match(route, "path", rewritten(route, captures))
    found = best(((route, form_of(route.rewrite)) for route in routes), path)
    return Match(found[0], "rewritten form", path) if found else None


def best(candidates, path):
    """The first of the candidates (route, pattern) with the most literal segments that takes the path, and its captures."""
    chosen = None
    for route, pattern in candidates:
        captures = captures_of(pattern, path)
        if captures is not None and (chosen is None or literals(pattern) > chosen[0]):
            chosen = (literals(pattern), route, captures)
    return chosen and chosen[1:]


def captures_of(pattern: str, path: str) -> dict[str, str] | None:
    """What `{name}` and `*` took of the path, by name and by number; None where the path does not fit."""
    wanted, given, captures = pattern[1:].split("/"), path[1:].split("/"), []
    for index, segment in enumerate(wanted):
        if segment == "*":
            rest = given[index:]
            return named([*captures, ("path", "/".join(rest))])
        if index >= len(given):
            return None
        if segment.startswith("{"):
            captures.append((segment[1:-1], given[index]))
        elif segment.encode("latin-1") != unquote_to_bytes(given[index].encode("latin-1")):
            return None
    return named(captures) if len(given) == len(wanted) else None


def named(captures: list[tuple[str, str]]) -> dict[str, str]:
    return {f"${number}": text for number, (_, text) in enumerate(captures, 1)} | {f"{{{name}}}": text for name, text in captures}


def literals(pattern: str) -> int:
    return sum(not re.fullmatch(r"\*|\{.*\}", segment) for segment in pattern[1:].split("/"))


def without_api(path: str) -> str:
    """One leading /api is not part of the match."""
    return re.sub(r"^/api(?=/|$)", "", path) or "/"


def form_of(rewrite: str) -> str:
    """The pattern of the paths that a rewrite makes: its last capture is the rest."""
    return re.sub(r"\$\d+|\{\w+\}", "{x}", re.sub(r"(\$\d+|\{path\})$", "*", rewrite))


def rewritten(route: Route, captures: dict[str, str]) -> str:
    """The path to send. The slash before an empty capture goes."""
    sends = ""
    for part in re.split(r"(\$\d+|\{\w+\})", route.rewrite):
        text = captures.get(part, part)
        sends = sends[:-1] if part in captures and text == "" and sends.endswith("/") else sends + text
    return sends or "/"
