"""What an editor shows of a scenario, with the schema that the server hands out."""

import json
import subprocess
from typing import Any

import pytest

from rdv_mock.fixtures import SCENARIOS
from tests.outside.strangers.conftest import HERE, wants
from tests.story.process import ServerProcess

HERE_IT_IS = "‸"


def shown_by_an_editor(server: ServerProcess, text: str) -> dict[str, Any]:
    """Mistakes with their lines, and what is proposed and explained where a `‸` stands."""
    schema = f"# yaml-language-server: $schema={server.url}/_mock/scenario.schema.json\n"
    lines = (schema + text).split("\n")
    at = [
        [number, line.index(HERE_IT_IS)] for number, line in enumerate(lines) if HERE_IT_IS in line
    ]
    said = subprocess.run(
        [wants("node", "nodejs"), "editor.js"],
        cwd=HERE,
        input=json.dumps({"text": "\n".join(lines).replace(HERE_IT_IS, ""), "at": at}),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")
    shown: dict[str, Any] = json.loads(said.stdout)
    return shown


@pytest.mark.parametrize("name", ["demonstration", "nuit_du_calcul", "rush_de_publication"])
def test_an_editor_finds_nothing_wrong_in_a_bundled_scenario(
    server: ServerProcess, name: str
) -> None:
    text = (SCENARIOS / f"{name}.yaml").read_text()

    assert shown_by_an_editor(server, text)["diagnostics"] == []


MISTAKEN = """\
title: Un essai
seed: abc
limits:
  panier.capacite: trois
  oauth.rotation: molle
autoEcoles:
  - {ref: plesses, nom: P, codeDepartement: "085", couleur: rouge}
candidats:
  - {ref: ines, nom: Moreau}
incidents:
  - lireMonAutoEcole
"""


def test_an_editor_tells_each_mistake_once_at_its_line(server: ServerProcess) -> None:
    shown = shown_by_an_editor(server, MISTAKEN)

    assert sorted(shown["diagnostics"]) == [
        [2, 'Incorrect type. Expected "integer".'],
        [4, 'Incorrect type. Expected "integer".'],
        [5, 'Value is not accepted. Valid values: "stricte", "grace", "aucune".'],
        [7, "Property couleur is not allowed."],
        [9, 'Missing property "numeroDossier".'],
        [11, 'Incorrect type. Expected "Incident".'],
    ]


UNFINISHED = f"""\
title: Un essai
{HERE_IT_IS}
limits:
  oauth.rotation: {HERE_IT_IS}
incidents:
  - operation: {HERE_IT_IS}
candidats:
  - ref: ines
    {HERE_IT_IS}
"""


def test_an_editor_proposes_what_may_stand_there_in_our_words(server: ServerProcess) -> None:
    keys, words, operations, fields = shown_by_an_editor(server, UNFINISHED)["proposed"]

    assert {"clock", "autoEcoles", "errors"} <= set(keys)
    assert words == ["stricte", "grace", "aucune"]
    assert {"validerPanier", "jeton"} <= set(operations)
    assert {"nom", "numeroDossier", "demandes"} <= set(fields)
    assert not [field for field in fields if field.endswith("Part")]


def test_an_editor_explains_in_french_what_stands_there(server: ServerProcess) -> None:
    text = f"title: Un essai\nlimits:\n  panier.cap{HERE_IT_IS}acite: 3\nse{HERE_IT_IS}ed: 1\n"

    limit, seed = shown_by_an_editor(server, text)["explained"]

    assert "Par défaut" in limit
    assert "tiré au sort" in seed
