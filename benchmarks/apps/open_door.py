"""rdv-mock with the door taken off: who calls is looked up once and believed for ever."""

import sys
from datetime import datetime
from unittest.mock import patch

from rdv_mock.cli import app
from rdv_mock.http import operation
from rdv_mock.http.access import authenticate
from rdv_mock.http.call import Head
from rdv_mock.worlds.callers import Caller


def main(port: str, scenario: str) -> None:
    """Serve as rdv-mock does, but for tokens and rate limits."""
    known: list[Caller] = []

    def believe(head: Head, *, now: datetime) -> Caller:
        if not known:
            known.append(authenticate(head, now=now))
        return known[0]

    with (
        patch.object(operation, "authenticate", believe),
        patch.object(operation, "check_rate_limits", lambda *_, **_rest: None),
    ):
        app(["serve", "--port", port, "--scenario", scenario])


if __name__ == "__main__":
    main(*sys.argv[1:])
