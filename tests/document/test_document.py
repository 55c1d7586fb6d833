"""The OpenAPI document as a product: what a vendor generates from, compares with and reads."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from rdv_mock.document.fidelity import fidelity
from rdv_mock.document.links import LINKS
from rdv_mock.document.texts import LEVELS, TAGS
from rdv_mock.errors import SOURCES, ApiError, Level
from rdv_mock.fixtures import recorded_answers
from rdv_mock.http.operation import ApiOperation
from rdv_mock.serving.app import Application
from tests.demonstration import ask, operation_of, operations, record, standing_still
from tests.support import SMALL, Vendor, running

ROOT = Path(__file__).parents[2]
OPERATIONS = list(operations())
ANSWERS = recorded_answers()

FIELDS = """
AutoEcole: id integrator, nom email adresse inferred, codePostal ville aurigeId client,
  codeDepartement enLigne estFermee formateurs inferred
Employe: id integrator, nom prenom email client, role inferred
EmployeCourant: id nom prenom email role autoEcole client
AutoEcoleDeLEmploye: id inferred, nom ville codePostal aurigeId client
Mandat: id candidatId autoEcole groupePermis integrator
CandidatResume: id nom prenom integrator, numeroDossier inferred
Candidat: id nom prenom numeroDossier email dateDeNaissance client
CandidatMandate: candidat mandat integrator, penalites detailsResultats client
MandatDuCandidat: id inferred, candidatId groupePermis integrator
Penalite: id motif statut dateExamen dateDeFin dureeEnJour dateDeLevee groupePermis
  typeEpreuvePratique client
DetailsResultats: categoriePermis derniereDateExamenTheorique derniereDateExamenCirculation
  statutExamenCirculation nombreEchecsTotal nombreEchecsCirculation
  seuilCritiqueNombreEchecsAtteint examenJourJ client, derniereDateExamenPlateau
  statutExamenPlateau nombreEchecsPlateau inferred
CandidatEligibilite: candidat eligibilite integrator
Eligibilite: estEligible codeMotif motif integrator
Centre: id nom codeDepartement adresse codePostal ville estFerme integrator
CentreFavori: groupePermis centreId priorite integrator
Creneau: id centre numeroInspecteur dateHeureDebut dateHeureFin dateHeurePublication
  statutDeReservation groupePermis typeEpreuvePratique integrator
ElementDePlanning: creneauDuPlanning examenDuPlanning integrator
ExamenDuPlanning: id candidat estModifiable estAnnule integrator
Panier: id dateHeureExpiration elementsDuPanier integrator, employeAutoEcoleId groupePermis inferred
ElementDuPanier: creneau candidat estCandidatObligatoire inferred
AjoutMultiple: crenauxIdsAjoutesAuPanierAvecSucces crenauxIdsAjoutesAuPanierEnEchec panier
  integrator
Validation: panierId contientAuMoinsUneErreur data integrator
ElementValide: creneauId estReserve examenId codeMessage integrator
Examen: id estModifiable estAnnule candidat integrator, statut creneauId centre numeroInspecteur
  dateHeureDebut dateHeureFin groupePermis typeEpreuvePratique resultat dateHeureReservation
  inferred
Resultat: statut points inferred
NombreDeRemplacements: remplacementsParMois remplacementsRestants integrator
InformationsSeuil: codeDepartement groupePermis mois etp coefficient seuil plafond
  nombreDePlacesUtilisees nombreDePlacesRestantes inferred
DeclarationDeFormateurs: codeDepartement groupePermis nombreDeFormateurs dateHeureDeclaration
  inferred
ContratDeFormation: id autoEcoleId candidatId bureauId nom numeroDossier categoriePermis
  typeFormation dateHeureCreation inferred
Lecon: id contratId type activite dateHeureDebut dateHeureFin dureeEnMinutes numeroAutorisation
  dateHeureReception inferred
Etp: mois groupePermis etp origine formateurs simulateurs inferred
Formateur: id nom prenom numeroAutorisation bureauPrincipalId inferred
Simulateur: numeroAutorisation bureauId inferred
Pagination: pageCourante integrator, parPage nombreDePages nombreTotal inferred
"""
"""Table D of the contract: each shape, its fields, and how sure they are."""

VALUES = {
    "GroupePermis": "A B CE integrator",
    "CritereMatch": "PARTIAL EXACT integrator",
    "TypeEpreuvePratique": "PLATEAU CIRCULATION integrator",
    "StatutDeReservation": "DISPONIBLE RÉSERVÉ_PAR_MON_AUTO_ÉCOLE SEUIL_ATTEINT integrator,"
    " RÉSERVÉ_PAR_AUTRE_AUTO_ÉCOLE client",
    "StatutExamen": "PROGRAMME integrator, TERMINE ANNULE inferred",
    "StatutDuResultat": "EXAMEN_REUSSI EXAMEN_ECHOUE EXAMEN_ABSENT EXAMEN_ANNULE client",
    "StatutDePenalite": "ACTIVE client, TERMINEE LEVEE inferred",
    "MotifDePenalite": "ECHEC_EPREUVE_PRATIQUE client,"
    " ABSENCE_EPREUVE_PRATIQUE ANNULATION_TARDIVE inferred",
    "OrigineEtp": "scenario calcul inferred",
    "Role": "GERANT EMPLOYE inferred",
    "CategorieDuLivret": "A1 A2 B B1 inferred",
    "TypeFormation": "TRADITIONNELLE BOITE_AUTOMATIQUE AAC CONDUITE_SUPERVISEE official",
    "TypeLecon": "CIRCULATION PLATEAU SIMULATEUR THEORIQUE official",
    "Activite": "LECON EVALUATION_DE_DEPART RENDEZ_VOUS_PEDAGOGIQUE official",
}
"""Table C: each list, its values, and how sure they are."""


def levels_of(text: str) -> dict[str, str]:
    """`id integrator, nom email inferred` by name."""
    rows = (part.split() for part in text.split(","))
    return {name: row[-1] for row in rows for name in row[:-1]}


def shapes_of(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for row in text.strip().replace("\n  ", " ").splitlines():
        name, fields = row.split(": ")
        yield name, levels_of(fields)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    with standing_still() as application:
        document: dict[str, Any] = json.loads(application.openapi())
    return document


def all_operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


@pytest.mark.parametrize(
    ("name", "path"),
    [("openapi", "/openapi.json"), ("control-plane", "/_mock/openapi.json")],
)
def test_the_committed_document_is_the_one_that_is_served(name: str, path: str) -> None:
    with standing_still() as application:
        served = _called_by_its_default_address(application, path)
        exported = application.openapi() if name == "openapi" else application.control_openapi()

    committed = (ROOT / "docs" / f"{name}.json").read_text(encoding="utf-8")
    assert committed == exported + "\n", "make docs writes it again"
    assert json.loads(committed) == served


def _called_by_its_default_address(application: Application, path: str) -> Any:
    return Vendor(application).get(path, headers={"Host": "127.0.0.1:8080"}).json()


def test_its_answers_are_those_of_the_demonstration() -> None:
    assert record() == ANSWERS, "make docs records them again"


def test_every_success_with_a_body_shows_one(document: dict[str, Any]) -> None:
    for operation in all_operations(document):
        for status, response in operation["responses"].items():
            if status.startswith("2") and status != "204":
                media = response["content"]["application/json"]
                example = media["examples"]["demonstration"]["value"]
                recorded = ANSWERS[operation["operationId"].removesuffix("V1")]
                assert example == recorded[status]


def test_everything_is_told_in_words(document: dict[str, Any]) -> None:
    for operation in all_operations(document):
        assert len(operation["description"]) > len(operation["summary"]), operation["operationId"]
        for parameter in operation["parameters"]:
            assert parameter["description"], parameter
            assert {"example"} & parameter.keys() or {"default", "type"} & parameter[
                "schema"
            ].keys()
    for name, schema in document["components"]["schemas"].items():
        assert schema["description"], name
        for field, told in schema.get("properties", {}).items():
            assert told.keys() & {"description", "examples", "$ref"}, (name, field)


def test_no_number_of_a_rule_is_left_to_be_filled_in(document: dict[str, Any]) -> None:
    for operation in all_operations(document):
        assert "{" not in operation["description"]


def test_the_numbers_of_its_rules_are_those_of_the_world() -> None:
    with running(SMALL + "limits: {panier.capacite: 7}\n") as application:
        document = Vendor(application).get("/openapi.json").json()

    description = document["paths"]["/api/v2/auto-ecole/paniers"]["post"]["description"]
    assert "au plus 7 créneaux" in description


def test_tags_are_told_and_used_in_their_order(document: dict[str, Any]) -> None:
    used = {tag for operation in all_operations(document) for tag in operation["tags"]}

    assert [tag.get("x-displayName", tag["name"]) for tag in document["tags"]] == list(TAGS)
    assert used == {tag["name"] for tag in document["tags"]}


def test_levels_of_certainty_are_told_in_both_languages() -> None:
    assert set(LEVELS) == set(SOURCES) == set(get_args(Level))


def test_everything_says_how_sure_it_is(document: dict[str, Any]) -> None:
    levels = set(get_args(Level))
    for operation in all_operations(document):
        assert operation["x-certitude"] in levels
        for parameter in operation["parameters"]:
            assert parameter["x-certitude"] in levels, parameter
    for name, schema in document["components"]["schemas"].items():
        assert "enum" not in schema or schema.keys() & {"x-certitude", "x-certitude-codes"}, name
        for field, told in schema.get("properties", {}).items():
            assert told["x-certitude"] in levels, (name, field)


@pytest.mark.parametrize(
    ("name", "fields"), list(shapes_of(FIELDS)), ids=[name for name, _ in shapes_of(FIELDS)]
)
def test_a_shape_has_the_fields_of_the_contract_as_surely(
    document: dict[str, Any], name: str, fields: dict[str, str]
) -> None:
    properties = document["components"]["schemas"][name]["properties"]

    assert {field: told["x-certitude"] for field, told in properties.items()} == fields


@pytest.mark.parametrize("name", VALUES)
def test_a_list_has_the_values_of_the_contract_as_surely(
    document: dict[str, Any], name: str
) -> None:
    schema = document["components"]["schemas"][name]
    expected = levels_of(VALUES[name])
    each = schema.get("x-certitude-valeurs", dict.fromkeys(schema["enum"], schema["x-certitude"]))

    assert each == expected
    assert set(schema["enum"]) == set(expected)
    assert all(f"- `{value}` : " in schema["description"] for value in expected)


def test_what_one_word_does_not_say_stands_in_a_note(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]

    assert schemas["AutoEcole"]["properties"]["nom"]["x-certitude-note"] == (
        "données officielles, noms inférés"
    )
    assert schemas["Examen"]["properties"]["candidat"]["x-certitude-note"] == "le nul est inféré"
    assert "x-certitude-note" not in schemas["Panier"]["properties"]["id"]


def certainty_of(
    document: dict[str, Any], method: str, path: str, status: int, code: str
) -> dict[str, str]:
    """How sure the parts of a refusal are where an operation shows it."""
    operation = document["paths"][f"/api/v2/auto-ecole{path}"][method.lower()]
    content = operation["responses"][str(status)]["content"]["application/json"]
    certainty: dict[str, str] = content["examples"][code]["x-certitude"]
    return certainty


def test_a_code_says_how_sure_its_three_parts_are(document: dict[str, Any]) -> None:
    code = document["components"]["schemas"]["Code"]

    assert code["x-certitude-codes"]["CANDIDAT_INCONNU"] == {
        "code": "integrator",
        "statut": "inferred",
        "message": "official",
    }
    assert certainty_of(document, "POST", "/mandats", 400, "CANDIDAT_INCONNU") == {
        "code": "integrator",
        "statut": "integrator",
        "message": "official",
    }
    placed = "/paniers/{panierId}/creneaux/{creneauId}/candidat"
    assert certainty_of(document, "PUT", placed, 404, "CANDIDAT_INCONNU") == {
        "code": "integrator",
        "statut": "inferred",
        "message": "inferred",
    }
    assert list(code["x-certitude-codes"]) == code["enum"]
    assert "SCENARIO_INVALIDE" not in code["enum"]
    path = document["paths"]["/api/v2/auto-ecole/paniers/{panierId}/creneaux"]
    examples = path["post"]["responses"]["409"]["content"]["application/json"]["examples"]
    assert examples["CRENEAU_DEJA_RESERVE"]["x-certitude"] == {
        "code": "integrator",
        "statut": "client",
        "message": "inferred",
    }


def test_headers_stand_where_they_are_sent(document: dict[str, Any]) -> None:
    panier = document["paths"]["/api/v2/auto-ecole/paniers"]["post"]["responses"]

    assert panier["201"]["headers"].keys() == {"X-Rdv-Mock", "Date", "Location"}
    assert "WWW-Authenticate" in panier["401"]["headers"]
    assert "Retry-After" in panier["429"]["headers"]
    assert panier["400"]["headers"].keys() == {"X-Rdv-Mock", "Date"}


def test_every_operation_may_fail_as_any_call_may(document: dict[str, Any]) -> None:
    for operation in all_operations(document):
        for status, code in {"500": "ERREUR_INTERNE", "503": "SERVICE_INDISPONIBLE"}.items():
            media = operation["responses"][status]["content"]["application/json"]
            assert media["schema"]["$ref"].endswith("/Refus")
            assert list(media["examples"]) == [code]


def test_vendors_are_told_nothing_of_worlds(document: dict[str, Any]) -> None:
    assert "MONDE_INCONNU" not in json.dumps(document)


# What generators make of it


@pytest.fixture(scope="module", params=["openapi", "control-plane"])
def either(request: pytest.FixtureRequest) -> dict[str, Any]:
    with standing_still() as application:
        text = (
            application.openapi() if request.param == "openapi" else application.control_openapi()
        )
    document: dict[str, Any] = json.loads(text)
    return document


def parts_of(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for part in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts_of(part)


def test_names_are_such_as_any_language_takes(either: dict[str, Any]) -> None:
    names = [
        *(tag["name"] for tag in either["tags"]),
        *either["components"]["schemas"],
        *(one["operationId"] for one in all_operations(either)),
        *(name for part in parts_of(either) for name in part.get("x-enum-varnames", [])),
    ]

    assert all(re.fullmatch(r"[A-Za-z0-9_ -]+", name) for name in names), names
    assert not {name.lower() for name in names} & RESERVED


RESERVED = {"match", "enum", "class", "interface", "default", "switch", "list", "object", "string"}
"""Words that PHP, Java, C#, Ruby or Python keep for themselves, of those that we came near."""


def test_values_with_accents_have_names_without(document: dict[str, Any]) -> None:
    schema = document["components"]["schemas"]["StatutDeReservation"]

    assert schema["enum"][1] == "RÉSERVÉ_PAR_MON_AUTO_ÉCOLE"
    assert schema["x-enum-varnames"] == [
        "DISPONIBLE",
        "RESERVE_PAR_MON_AUTO_ECOLE",
        "RESERVE_PAR_AUTRE_AUTO_ECOLE",
        "SEUIL_ATTEINT",
    ]
    for part in parts_of(document):
        values = part.get("enum", [])
        needed = any(isinstance(value, str) and not value.isascii() for value in values)
        assert ("x-enum-varnames" in part) == needed


def test_tags_show_their_french_names_beside_those_of_generators(document: dict[str, Any]) -> None:
    shown = {tag["name"]: tag.get("x-displayName") for tag in document["tags"]}

    assert shown["Auto-ecole"] == "Auto-école"
    assert shown["Centres d examen"] == "Centres d'examen"
    assert shown["Lecons"] == "Leçons"
    assert shown["Paniers"] is None


def test_a_date_has_a_format_or_a_pattern_and_never_both(either: dict[str, Any]) -> None:
    dates = [part for part in parts_of(either) if part.get("format") in {"date", "date-time"}]

    assert dates
    assert not [date for date in dates if "pattern" in date]


def test_an_id_is_a_text_both_where_it_is_answered_and_where_it_is_asked(
    either: dict[str, Any],
) -> None:
    assert not [part for part in parts_of(either) if part.get("format") == "uuid"]


def test_the_bounds_of_an_integer_are_integers(either: dict[str, Any]) -> None:
    bounds = [
        part[keyword]
        for part in parts_of(either)
        for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
        if part.get("type") == "integer" and keyword in part
    ]

    assert bounds
    assert all(isinstance(bound, int) for bound in bounds)


def test_a_boolean_of_a_query_says_what_else_it_takes(document: dict[str, Any]) -> None:
    booleans = [
        parameter
        for operation in all_operations(document)
        for parameter in operation["parameters"]
        if parameter["schema"].get("type") == "boolean"
    ]

    assert {one["name"] for one in booleans} == {
        "creneauSansCandidat",
        "inclureEstCandidatObligatoire",
    }
    assert all("`1` et `0` valent `true` et `false`." in one["description"] for one in booleans)


def test_nothing_stands_beside_the_reference_of_a_parameter_but_its_default(
    either: dict[str, Any],
) -> None:
    for operation in all_operations(either):
        for parameter in operation.get("parameters", []):
            if "$ref" in parameter["schema"]:
                assert parameter["schema"].keys() <= {"$ref", "default"}, parameter


def test_a_link_gives_no_body_that_is_not_an_expression(document: dict[str, Any]) -> None:
    for part in parts_of(document["paths"]):
        for link in part.get("links", {}).values():
            assert "requestBody" not in link


# Links


def test_every_link_stands_in_the_document_and_in_every_success_with_a_body(
    document: dict[str, Any],
) -> None:
    shown = {
        (operation["operationId"], status, link)
        for operation in all_operations(document)
        for status, response in operation["responses"].items()
        for link in response.get("links", {})
    }

    assert shown == {
        (name, status, link.operation)
        for name, links in LINKS.items()
        for status in ANSWERS[name]
        for link in links
    }


def links() -> Iterator[Any]:
    for route in OPERATIONS:
        for link in LINKS.get(route.operation, ()):
            yield pytest.param(route, link, id=f"{route.operation}-{link.operation}")


@pytest.mark.parametrize(("route", "link"), list(links()))
def test_a_link_takes_what_the_call_has_and_gives_what_the_next_one_wants(
    document: dict[str, Any], route: ApiOperation, link: Any
) -> None:
    following = next(one for one in OPERATIONS if one.operation == link.operation)
    wanted = {parameter["name"]: parameter for parameter in parameters_of(document, following)}
    given = parameters_of(document, route)

    assert link.parameters.keys() <= wanted.keys()
    needed = {name for name, one in wanted.items() if one["in"] == "path"}
    assert needed <= link.parameters.keys()
    for expression in (*link.parameters.values(), *texts_in(link.body)):
        if expression.startswith("$request.") and "body" not in expression:
            _, place, name = expression.split(".", 2)
            assert {"name": name, "in": place}.items() <= next(
                one.items() for one in given if one["name"] == name
            )
        elif expression.startswith("$response.body"):
            (answer,) = list(ANSWERS[route.operation].values())[:1]
            assert point(answer, expression.removeprefix("$response.body").lstrip("#"))


def parameters_of(document: dict[str, Any], route: ApiOperation) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = operation_of(document, route)["parameters"]
    return parameters


def texts_in(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    elif isinstance(body, dict):
        for value in body.values():
            yield from texts_in(value)


def point(answer: Any, pointer: str) -> Any:
    for part in pointer.split("/")[1:]:
        answer = answer[int(part)] if isinstance(answer, list) else answer[part]
    return answer


def test_following_links_leads_from_the_planning_to_a_reserved_place(
    document: dict[str, Any],
) -> None:
    by_name = {route.operation: route for route in OPERATIONS}
    with standing_still() as application:
        lea = Vendor(application).as_("lea")
        planning = ask(lea, document, by_name["rechercherPlanning"]).json()
        creneau_id = point(planning, "/0/creneauDuPlanning/id")
        panier = lea.post("/api/v2/auto-ecole/panier/creneaux", json={"creneauId": creneau_id})

        validation = lea.post(f"/api/v2/auto-ecole/paniers/{panier.json()['id']}/valider")

    assert validation.status_code == 207
    assert validation.json()["data"][0]["estReserve"] is True


# Fidelity as data


def test_fidelity_is_told_at_the_root_and_in_every_world(anyone: Vendor) -> None:
    anyone.post("/_mock/worlds", json={"name": "essai"})

    told = anyone.get("/_mock/fidelity")

    assert told.status_code == 200
    assert told.json() == anyone.get("/w/essai/_mock/fidelity").json()
    assert told.json().keys() == {
        "levels",
        "operations",
        "shapes",
        "enumerations",
        "codes",
        "limits",
        "choices",
    }


def test_fidelity_says_of_every_field_what_the_document_says(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    told = {
        shape.name: {field.name: (field.certainty, field.note) for field in shape.fields}
        for shape in fidelity().shapes
    }

    assert told == {
        name: {
            field: (one["x-certitude"], one.get("x-certitude-note"))
            for field, one in schema["properties"].items()
        }
        for name, schema in schemas.items()
        if "properties" in schema and name not in {"Refus", "Detail"}
    }


def test_fidelity_says_of_every_operation_what_the_document_says(
    document: dict[str, Any],
) -> None:
    told = {one.operation: (one.certainty, one.note) for one in fidelity().operations}

    assert told == {
        operation["operationId"]: (operation["x-certitude"], operation.get("x-certitude-note"))
        for operation in all_operations(document)
    }


def test_fidelity_holds_every_list_every_code_and_every_number(document: dict[str, Any]) -> None:
    known = fidelity()
    lists = {
        name for name, one in document["components"]["schemas"].items() if "x-certitude" in one
    }

    assert {one.name for one in known.enumerations} == lists
    assert {one.code for one in known.codes} == {error.code for error in ApiError}
    assert {"panier.capacite", "debit.actif"} <= {one.key for one in known.limits}
    assert len(known.choices) > 50
