"""The other mocks: Prism, Mockoon, WireMock, as npm has them, pinned in `package-lock.json`."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.calls import LIVRET, formateurs_request
from benchmarks.client import HOST, JSON, Sent
from benchmarks.servers import Program

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"
INSTALLED = MODULES / ".package-lock.json"
NODE = "Node.js 18.20 or later and npm (Debian: nodejs npm)"
JAVA = "Java 11 or later (Debian: default-jre-headless)"
ANY_TOKEN = "any"  # noqa: S105 - Prism looks whether there is one


@dataclass(frozen=True, slots=True)
class Answers:
    """What all peers are to answer: Prism reads our document, the others are told the bodies."""

    document: Path
    lecon: str
    formateurs: str


@dataclass(frozen=True, slots=True)
class Peer:
    """One of the other mocks: the tools that it wants, and how it is started from a folder."""

    name: str
    tools: Mapping[str, str]
    command: Callable[[Answers, Path], tuple[str, ...]]

    def program(self, answers: Answers, folder: Path) -> Program:
        """It, ready to be started."""
        probe = Sent(formateurs_request(ANY_TOKEN))
        return Program(self.name, self.command(answers, folder), probe)


def _prism(answers: Answers, _folder: Path) -> tuple[str, ...]:
    script = str(MODULES / "@stoplight/prism-cli/dist/index.js")
    return ("node", script, "mock", "--host", HOST, "--port", "{port}", str(answers.document))


def _mockoon(answers: Answers, folder: Path) -> tuple[str, ...]:
    file = folder / "mockoon.json"
    file.write_text(json.dumps(mockoon_environment(answers)), encoding="utf-8")
    script = str(MODULES / "@mockoon/cli/bin/run.js")
    where = ("--hostname", HOST, "--port", "{port}")
    return ("node", script, "start", "--data", str(file), *where, "--disable-log-to-file")


def _wiremock(answers: Answers, folder: Path) -> tuple[str, ...]:
    root = folder / "wiremock"
    (root / "mappings").mkdir(parents=True, exist_ok=True)
    mappings = json.dumps(wiremock_mappings(answers))
    (root / "mappings" / "mappings.json").write_text(mappings, encoding="utf-8")
    jar = next((MODULES / "wiremock" / "build").glob("*.jar"))
    where = ("--bind-address", HOST, "--port", "{port}", "--root-dir", str(root))
    # Its journal as long as ours: it would keep every call otherwise.
    return ("java", "-jar", str(jar), *where, "--max-request-journal-entries", "1000")


def mockoon_environment(answers: Answers) -> dict[str, Any]:
    """Two routes with a fixed answer each, as Mockoon writes them."""
    routes = [
        _mockoon_route(1, "post", "contrats-de-formation/:contratId/lecons", 201, answers.lecon),
        _mockoon_route(2, "get", "formateurs", 200, answers.formateurs),
    ]
    return {
        "uuid": _mockoon_id(0),
        "lastMigration": 33,
        "name": "rdv-mock",
        "endpointPrefix": "",
        "latency": 0,
        "port": 3000,
        "hostname": HOST,
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
    }


def _mockoon_route(
    number: int, method: str, endpoint: str, status: int, body: str
) -> dict[str, Any]:
    response = {
        "uuid": _mockoon_id(number + 10),
        "body": body,
        "latency": 0,
        "statusCode": status,
        "headers": [{"key": "Content-Type", "value": JSON}],
        "bodyType": "INLINE",
        "disableTemplating": True,
        "rules": [],
        "rulesOperator": "OR",
        "default": True,
    }
    return {
        "uuid": _mockoon_id(number),
        "type": "http",
        "method": method,
        "endpoint": f"{LIVRET[1:]}/{endpoint}",
        "responses": [response],
    }


def _mockoon_id(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012}"


def wiremock_mappings(answers: Answers) -> dict[str, Any]:
    """Two stubs with a fixed answer each, as WireMock writes them."""
    return {
        "mappings": [
            _wiremock_stub(
                "POST", "contrats-de-formation/[^/]+/lecons", status=201, body=answers.lecon
            ),
            _wiremock_stub("GET", "formateurs", status=200, body=answers.formateurs),
        ]
    }


def _wiremock_stub(method: str, pattern: str, *, status: int, body: str) -> dict[str, Any]:
    return {
        "request": {"method": method, "urlPathPattern": f"{LIVRET}/{pattern}"},
        "response": {"status": status, "body": body, "headers": {"Content-Type": JSON}},
    }


_NODE_TOOLS = {"node": NODE, "npm": NODE}

PRISM = Peer("Prism", _NODE_TOOLS, _prism)
MOCKOON = Peer("Mockoon", _NODE_TOOLS, _mockoon)
WIREMOCK = Peer("WireMock", {**_NODE_TOOLS, "java": JAVA}, _wiremock)
PEERS = (PRISM, MOCKOON, WIREMOCK)


def find_missing(which: Callable[[str], str | None] = shutil.which) -> dict[str, str]:
    """Which peers cannot run here, each with what to install."""
    return {
        peer.name: "; ".join(wanted)
        for peer in PEERS
        if (wanted := {hint: None for tool, hint in peer.tools.items() if which(tool) is None})
    }


def install() -> str | None:
    """Install what the lock file names, once; what went wrong, or None."""
    lock = HERE / "package-lock.json"
    if INSTALLED.exists() and INSTALLED.stat().st_mtime >= lock.stat().st_mtime:
        return None
    done = subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=False)  # noqa: S607 - of PATH
    if done.returncode:
        return f"`npm ci` in benchmarks/peers to work (it ended with code {done.returncode})"
    return None


def ready_or_missing(peers: tuple[Peer, ...]) -> dict[str, str]:
    """See to it that the peers can run; which of them cannot, and what they want."""
    missing = find_missing()
    able = [peer for peer in peers if peer.name not in missing]
    if able and (wanted := install()):
        missing |= {peer.name: wanted for peer in able}
    return {peer.name: missing[peer.name] for peer in peers if peer.name in missing}
