"""What an editor learns of scenarios: a text for each field, one error for each mistake."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import pytest
import yaml

from rdv_mock.errors import ApiError
from rdv_mock.fixtures import SCENARIOS, default_limits, limit_sources
from rdv_mock.scenario.dump import dump_scenario
from rdv_mock.scenario.library import read_file
from rdv_mock.scenario.limit_texts import LIMIT_TEXTS
from rdv_mock.scenario.load import load_scenario
from rdv_mock.scenario.schema import scenario_schema, schema_text
from tests.scenario.worlds import NOW, Load
from tests.support import SMALL

SCHEMA = scenario_schema()
LIMITS: Mapping[str, Any] = SCHEMA["properties"]["limits"]["properties"]
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


class Core(yaml.SafeLoader):
    """Types scalars as YAML 1.2 and editors do: dates and `yes` are texts, `075` is a number."""

    yaml_implicit_resolvers: dict[str, Any] = {}


_CORE = {
    "null": (r"~|null|Null|NULL|", "~nN"),
    "bool": (r"true|True|TRUE|false|False|FALSE", "tTfF"),
    "int": (r"[-+]?[0-9]+", "-+0123456789"),
    "merge": (r"<<", "<"),
    "float": (r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+0123456789."),
}
for _name, (_pattern, _first) in _CORE.items():
    Core.add_implicit_resolver(
        f"tag:yaml.org,2002:{_name}", re.compile(f"^(?:{_pattern})$"), [*_first, ""]
    )
Core.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
Core.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


def errors_of(text: str) -> list[tuple[str, str]]:
    """Where an editor underlines, and what it says."""
    content = yaml.load(text, Loader=Core)
    return [
        ("/".join(map(str, error.instance_path)), error.message)
        for error in VALIDATOR.iter_errors(content)
    ]


def fields_of(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Every field of every object, wherever it is described."""
    for keyword, value in schema.items():
        if keyword in {"properties", "$defs"}:
            for name, one in value.items():
                yield f"{path}/{name}", one
                yield from fields_of(one, f"{path}/{name}")
        elif isinstance(value, dict) and keyword not in {"default", "patternProperties"}:
            yield from fields_of(value, f"{path}/{keyword}")


def test_it_is_a_schema_of_the_present_dialect_with_a_name_of_its_own() -> None:
    jsonschema_rs.meta.validate(SCHEMA)

    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert SCHEMA["$id"] == "http://127.0.0.1:8080/_mock/scenario.schema.json"
    assert SCHEMA["title"] == "Scénario de rdv-mock"
    assert json.loads(schema_text()) == SCHEMA


def test_no_field_and_no_kind_of_object_lacks_a_text() -> None:
    fields = dict(fields_of(SCHEMA))

    assert len(fields) > 400
    assert [path for path, one in fields.items() if not one.get("description", "").strip()] == []


ENGLISH = re.compile(r"\b(the|of|by|when|which|that|with|an?d|is|its|who|written|how)\b", re.I)


def test_kinds_of_objects_are_called_as_an_editor_may_show_them() -> None:
    names = scenario_schema()["$defs"]

    assert {"Candidat", "Examen", "Incident"} <= names.keys()
    assert not [name for name in names if name.endswith("Part")]


def test_every_text_is_french() -> None:
    texts = {path: one["description"] for path, one in fields_of(SCHEMA)}

    assert [text for text in texts.values() if ENGLISH.search(re.sub("`[^`]*`", "", text))] == []


def test_nothing_has_alternatives_whose_errors_would_be_doubled() -> None:
    for path, one in fields_of(SCHEMA):
        assert not {"anyOf", "oneOf", "allOf", "title"} & one.keys(), path
        assert not {"enum", "type"} <= one.keys(), path


def test_every_limit_has_a_text_and_no_other() -> None:
    assert LIMIT_TEXTS.keys() == default_limits().values.keys() == LIMITS.keys()


@pytest.mark.parametrize("key", list(default_limits().values))
def test_a_limit_says_its_default_its_certainty_and_takes_its_default(key: str) -> None:
    told = LIMITS[key]

    assert told["default"] == default_limits().values[key]
    assert limit_sources()[key].certainty in told["description"]
    assert jsonschema_rs.is_valid(told, told["default"])


@pytest.mark.parametrize("path", sorted(SCENARIOS.iterdir()), ids=lambda path: path.stem)
def test_an_editor_finds_nothing_wrong_in_a_bundled_scenario(path: Any) -> None:
    assert errors_of(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_an_editor_finds_nothing_wrong_in_a_written_state(form: Any) -> None:
    store = load_scenario(read_file(SCENARIOS / "demonstration.yaml"), name="test", now=NOW)
    try:
        text = dump_scenario(store, now=NOW, frozen=True, form=form)
    finally:
        store.close()

    assert errors_of(text) == []


TAKEN = {
    "numbers without quotes where text is meant": """
        title: 2026
        autoEcoles: [{ref: 1, nom: 42, codeDepartement: 075, codePostal: 01000}]
        candidats: [{ref: 2, nom: A, numeroDossier: 012345678901, dateDeNaissance: 2006-07-29}]
        clients: [{clientId: moi, clientSecret: 1234}]""",
    "limits as one writes them": """
        title: Limites
        limits: {debit.actif: false, etp.baseMensuelle: 151, panier.capacite: 3, ce.seuil: true,
          publication.heure: 15:00, plafond.courbe: "1:0.5 8:0.75", oauth.rotation: grace,
          numeroAutorisation.generique: A0000000000, plafond.facteur: 2}""",
    "the same, quoted": """
        title: Limites
        limits: {debit.actif: "true", resultat.heure: "08:00"}""",
    "nothing, where nothing is meant": """
        title: Rien
        concurrence:
        invent: ~
        candidats: [{nom: Moreau, numeroDossier: "1", email: ~, dateDeNaissance: null}]
        errors: {CANDIDAT_INCONNU: {status: ~, message: Inconnu}}""",
    "other answers, and what goes wrong": """
        title: Réponses
        responses: {errorKeys: code, retryAfter: date, bulkSuccessStatus: 207}
        incidents: [{operation: lireMonAutoEcole, error: SERVICE_INDISPONIBLE, times: 1},
          {status: 418, headers: {Retry-After: 30}, body: {un: [1, null]}, path: "/api/*"}]""",
}


@pytest.mark.parametrize("text", TAKEN.values(), ids=TAKEN)
def test_what_the_check_takes_an_editor_takes_too(text: str, load: Load) -> None:
    load(text)

    assert errors_of(text) == []


MISTAKES = {
    "a misspelt key": (
        "candidats: [{nom: A, numeroDosier: '1', numeroDossier: '1'}]",
        "candidats/0",
    ),
    "a misspelt key at the top": ("candidat: []", ""),
    "a misspelt limit": ("limits: {panier.capacitee: 36}", "limits"),
    "a misspelt code": ("errors: {CANDIDAT_INCONU: {status: 404}}", "errors"),
    "a list instead of an object": ("clock: []", "clock"),
    "an object instead of a list": ("centres: {nom: La Roche}", "centres"),
    "a word instead of a number": ("creneaux: [3]", "creneaux/0"),
    "a word for a whole number": ("seed: douze", "seed"),
    "a word for a number": ("concurrence: {part: beaucoup}", "concurrence/part"),
    "a word for a number that may be missing": (
        "incidents: [{times: toujours, drop: before}]",
        "incidents/0/times",
    ),
    "a word for yes or no": ("clock: {frozen: peut-être}", "clock/frozen"),
    "a word for an optional object": ("invent: beaucoup", "invent"),
    "a number out of its span": ("limits: {etp.jourDuCalcul: 31}", "limits/etp.jourDuCalcul"),
    "a broken number": ("limits: {panier.capacite: 1.5}", "limits/panier.capacite"),
    "a word for a limit": ("limits: {panier.capacite: beaucoup}", "limits/panier.capacite"),
    "another word for a limit": ("limits: {oauth.rotation: molle}", "limits/oauth.rotation"),
    "a word for a limit of yes or no": ("limits: {ce.seuil: non}", "limits/ce.seuil"),
    "no hour": ("limits: {resultat.heure: 8h}", "limits/resultat.heure"),
    "a word that is in no list": (
        "mandats: [{autoEcole: a, candidat: b, groupePermis: C}]",
        "mandats/0/groupePermis",
    ),
    "a number that is in no list": (
        "mandats: [{autoEcole: a, candidat: b, groupePermis: 3}]",
        "mandats/0/groupePermis",
    ),
    "a word that is in no optional list": (
        "examens: [{autoEcole: a, creneau: b, statut: PREVU}]",
        "examens/0/statut",
    ),
    "an unknown refusal": (
        "candidats: [{nom: A, numeroDossier: '1', toujours: PERDU}]",
        "candidats/0/toujours",
    ),
    "an unknown operation": (
        "incidents: [{operation: lire, status: 500}]",
        "incidents/0/operation",
    ),
    "a French date": (
        "candidats: [{nom: A, numeroDossier: '1', dateDeNaissance: 29/07/2006}]",
        "candidats/0/dateDeNaissance",
    ),
    "an instant without zone": ("clock: {now: 2026-03-10T09:00:00}", "clock/now"),
    "a département of two digits": (
        "autoEcoles: [{nom: A, codeDepartement: '85'}]",
        "autoEcoles/0/codeDepartement",
    ),
    "a month that is a day": (
        "autoEcoles: [{nom: A, codeDepartement: '085',"
        " etp: [{groupePermis: B, mois: 2026-05-01, valeur: 1}]}]",
        "autoEcoles/0/etp/0/mois",
    ),
    "something missing": ("candidats: [{nom: A}]", "candidats/0"),
    "points for a result, in words": (
        "examens: [{autoEcole: a, creneau: b, resultat: {statut: EXAMEN_REUSSI, points: vingt}}]",
        "examens/0/resultat/points",
    ),
    "too short a list": ("concurrence: {delaiSecondes: [1]}", "concurrence/delaiSecondes"),
}


@pytest.mark.parametrize(("text", "place"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_error_at_its_place(text: str, place: str) -> None:
    found = errors_of(f"title: Une faute\n{text}")

    assert [where for where, _ in found] == [place], found


def test_a_missing_title_is_one_error() -> None:
    ((where, message),) = errors_of("description: Sans titre")

    assert (where, "title" in message) == ("", True)


def test_every_code_of_the_catalogue_can_be_chosen_for_another_answer() -> None:
    assert SCHEMA["properties"]["errors"]["properties"].keys() == ApiError.__members__.keys()


def test_the_small_world_of_the_tests_is_fine() -> None:
    assert errors_of(SMALL) == []
