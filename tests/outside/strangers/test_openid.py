"""OpenID clients that others wrote, before the provider as it stands."""

import sys
from pathlib import Path

from tests.outside.commands import run
from tests.outside.strangers.conftest import HERE, wants
from tests.story.process import ServerProcess

BIN = Path(sys.prefix) / "strangers" / "bin"


def test_oidc_client_ts_signs_in_refreshes_and_signs_out(server: ServerProcess) -> None:
    run(wants("node", "nodejs"), "oidc_client_story.js", server.url, cwd=HERE)


def test_pyoidc_discovers_signs_in_and_refreshes(server: ServerProcess) -> None:
    run(BIN / "python", "pyoidc_story.py", server.url, cwd=HERE)
