"""Pact's own verifier, with what docs/pact.md says and nothing of ours beside it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.outside.commands import run
from tests.story.process import ServerProcess, client_of

ROOT = Path(__file__).parents[3]
PYTHON = ROOT / ".venv/strangers/bin/python"
FILE = "logiciel-rdv-mock.json"


def block(kind: str) -> str:
    """The one block of a kind that docs/pact.md shows."""
    text = (ROOT / "docs/pact.md").read_text(encoding="utf-8")
    (shown,) = re.findall(rf"^```{kind}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return str(shown)


def verify(pact: str, server: ServerProcess, folder: Path, script: str | None = None) -> str:
    """What the verifier says of a pact that holds; AssertionError with what it says otherwise."""
    assert PYTHON.exists(), "pact-python is missing (make .venv/strangers/installed)"
    (folder / FILE).write_text(pact, encoding="utf-8")
    (folder / "verify.py").write_text(script or block("python"), encoding="utf-8")
    env = {"RDV_MOCK_URL": server.url, "PACT_DO_NOT_TRACK": "true"}
    return run(PYTHON, "verify.py", cwd=folder, env=env)


def test_the_pact_of_the_docs_holds_under_pacts_own_verifier(
    server: ServerProcess, tmp_path: Path
) -> None:
    pact = json.loads(block("json"))

    said = verify(block("json"), server, tmp_path)

    for interaction in pact["interactions"]:
        assert interaction["description"] in said
    assert len(pact["interactions"]) == 4
    with client_of(server) as control:
        entries = control.get("/_mock/journal").json()["entries"]
    assert entries[0]["code"] == "JETON_INVALIDE"  # of the last one; each state begins a journal


def test_a_pact_that_does_not_hold_is_told(server: ServerProcess, tmp_path: Path) -> None:
    pact = block("json").replace('"PANIER_PLEIN"', '"PANIER_INCONNU"')

    with pytest.raises(AssertionError, match="PANIER_INCONNU"):
        verify(pact, server, tmp_path)


def test_a_token_that_the_verifier_sends_with_every_call_may_be_kept(
    server: ServerProcess, tmp_path: Path
) -> None:
    with client_of(server) as control:
        token = control.post("/_mock/tokens", json={"employe": "lea"}).json()["access_token"]
    header = f'.add_custom_header("Authorization", "Bearer {token}")\n    .state_handler('
    script = block("python").replace(".state_handler(", header)

    said = verify(json.dumps(_twice_with_kept_tokens()), server, tmp_path, script)

    assert "savoir qui est connecté" in said


def _twice_with_kept_tokens() -> dict[str, Any]:
    """The same call in two scenarios, whose employés have different ids."""
    states = ("demonstration", "panier_plein")
    return {
        "consumer": {"name": "mon-logiciel"},
        "provider": {"name": "rdv-mock"},
        "interactions": [
            {
                "type": "Synchronous/HTTP",
                "description": f"savoir qui est connecté, {state}",
                "providerStates": [{"name": state, "params": {"keepTokens": True}}],
                "request": {"method": "GET", "path": "/api/v2/auto-ecole/employes/moi"},
                "response": {
                    "status": 200,
                    "body": {"contentType": "application/json", "content": {"prenom": "Léane"}},
                },
            }
            for state in states
        ],
        "metadata": {"pactSpecification": {"version": "4.0"}},
    }
