"""A small client of the control plane and a server in a thread, for tests in Python.

`rdv_mock.pytest_plugin` gives both as fixtures. Nothing here is needed to serve.
"""

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

_OPENER = build_opener(ProxyHandler({}))
"""An opener that ignores the proxies of the environment: the server is on this machine."""


class ControlError(Exception):
    """A refusal of the control plane: its status, code, message and details."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        details = body.get("details", "")
        super().__init__(f"{status} {body.get('code')}: {body.get('message')} {details}".strip())
        self.status = status
        self.code = body.get("code")
        self.details = body.get("details", [])


@dataclass(frozen=True, slots=True)
class Client:
    """One world, controlled over its control plane.

    `base_url` is the address of the world, such as `http://127.0.0.1:8080/w/mine`, with which a
    vendor's program is configured. Every method raises ControlError when it is refused.
    """

    base_url: str
    admin_token: str | None = None
    refs: Mapping[str, str] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None) -> Any:  # noqa: ANN401 - JSON
        """Call the control plane at a path below `/_mock`; return the answer's JSON, or None."""
        headers = {} if body is None else {"Content-Type": "application/json"}
        if self.admin_token is not None:
            headers["Authorization"] = f"Bearer {self.admin_token}"
        content = None if body is None else json.dumps(body).encode()
        request = Request(  # noqa: S310 - an address of the caller's own
            f"{self.base_url}/_mock{path}", content, headers, method=method
        )
        try:
            with _OPENER.open(request) as answer:
                text = answer.read()
        except HTTPError as error:
            with error:
                raise ControlError(error.code, json.loads(error.read())) from None
        return json.loads(text) if text else None

    def id_of(self, ref: str) -> str:
        """The id of a ref in the scenario with which the world was made."""
        return self.refs[ref]

    def token(self, employe: str, *scopes: str, expires_in: int | None = None) -> str:
        """An access token for an employé, by ref, id or e-mail; `expires_in` is in seconds."""
        asked = {"employe": employe, "scopes": list(scopes), "expiresIn": expires_in}
        request = {name: value for name, value in asked.items() if value}
        token: str = self.call("POST", "/tokens", request)["access_token"]
        return token

    def create_world(self, name: str | None = None, **options: Any) -> "Client":  # noqa: ANN401
        """Make another world (`scenario=…` or `from_=…`, `clock={"now": …, "frozen": …}`).

        Only a client without a world can do so.
        """
        asked = {"name": name, "from": options.pop("from_", None), **options}
        made = self.call(
            "POST", "/worlds", {key: value for key, value in asked.items() if value is not None}
        )
        return Client(self.base_url + made["basePath"], self.admin_token, made["refs"])

    def drop_world(self, name: str) -> None:
        """Delete a world."""
        self.call("DELETE", f"/worlds/{quote(name)}")

    def state(self, *kinds: str, auto_ecole: str | None = None) -> dict[str, Any]:
        """The world by the keys of a scenario: all or `kinds`, of all écoles or of one."""
        query = [("format", "json"), *(("kind", kind) for kind in kinds)]
        if auto_ecole is not None:
            query.append(("autoEcole", auto_ecole))
        state: dict[str, Any] = self.call("GET", f"/state?{urlencode(query)}")
        return state

    def load(self, scenario: str) -> Mapping[str, str]:
        """Load a scenario by its name into the world; return the ids of its refs."""
        refs: Mapping[str, str] = self.call("PUT", "/scenario", {"name": scenario})["refs"]
        return refs

    def change(self, **fragment: Any) -> Mapping[str, str]:  # noqa: ANN401 - of a scenario
        """Change facts, by the keys of a scenario; return the ids of all refs."""
        refs: Mapping[str, str] = self.call("PATCH", "/state", fragment)["refs"]
        return refs

    def provider_state(self, state: str | None = None, **params: Any) -> Mapping[str, Any]:  # noqa: ANN401
        """Set a provider state of Pact; return its values: `token`, and the id of each ref.

        `params`: `employe`, `keepTokens`, and the keys of a scenario.
        """
        asked = {"state": state, "params": params}
        values: Mapping[str, Any] = self.call("POST", "/provider-states", asked)
        return values

    def reset(self, scope: str = "all") -> None:
        """Reset the world to its beginning; `scope` names a part of it."""
        self.call("POST", f"/reset?{urlencode({'scope': scope})}")

    def set_clock(self, now: str | None = None, *, frozen: bool | None = None) -> None:
        """Set the clock (forward only), and stop it or let it run."""
        asked = {"now": now, "frozen": frozen}
        self.call("PUT", "/clock", {key: one for key, one in asked.items() if one is not None})

    def advance(self, by: str) -> list[dict[str, Any]]:
        """Advance the clock by an ISO 8601 duration such as `P3DT2H`; return the events."""
        events: list[dict[str, Any]] = self.call("POST", "/clock/advance", {"by": by})["events"]
        return events

    def incident(self, **incident: Any) -> str:  # noqa: ANN401 - the fields of an incident
        """Arm an incident, by its fields on the wire; return its id."""
        id_: str = self.call("POST", "/incidents", incident)["id"]
        return id_

    def journal(self, **filters: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - query parameters
        """The calls that the world received, newest first; `wait=2` waits for one, in seconds."""
        query = urlencode(filters)
        entries: list[dict[str, Any]] = self.call("GET", f"/journal?{query}")["entries"]
        return entries

    def keep(self, name: str) -> None:
        """Keep the present state and time under a name."""
        self.call("POST", "/snapshots", {"name": name})

    def go_back(self, name: str) -> None:
        """Go back to a snapshot."""
        self.call("PUT", f"/snapshots/{quote(name)}")

    def drop_snapshot(self, name: str) -> None:
        """Delete a snapshot."""
        self.call("DELETE", f"/snapshots/{quote(name)}")


@contextmanager
def running_server(**settings: Any) -> Iterator[Client]:  # noqa: ANN401 - as flags are called
    """Run a server in a thread of this process, on a free port; yield a client of its main world.

    The server reads the `RDV_MOCK_*` variables, except `RDV_MOCK_DATA` and `RDV_MOCK_ADMIN_TOKEN`:
    tests must not write into a user's folder, or be locked out. Give `data` and `admin_token`
    instead.
    """
    import asyncio  # noqa: PLC0415 - a plugin that is loaded everywhere costs nothing until used

    from rdv_mock import serving  # noqa: PLC0415
    from rdv_mock.serving.app import create_application  # noqa: PLC0415
    from rdv_mock.settings import Settings  # noqa: PLC0415

    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        own = Settings(**{"port": port, "data": None, "admin_token": None, **settings})
        application = create_application(own)
        with closing(application):
            application.load()
            server = serving.new_server(application, listener)
            thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
            thread.start()
            try:
                yield Client(f"http://127.0.0.1:{port}", own.admin_token)
            finally:
                server.should_exit = True
                thread.join()
