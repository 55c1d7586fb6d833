import re

import pytest

from rdv_mock.errors import SOURCES, ApiError, Refusal, fill
from rdv_mock.fixtures import default_limits

OFFICIAL = {
    "CONTRAT_DEJA_CONNU": "Ce contrat de formation est déjà connu en base de données",
    "AUTO_ECOLE_FERMEE": "L'auto-école est fermée",
    "CANDIDAT_INCONNU": "Le duo NOM NEPH de l'élève ne permet pas de le retrouver en base",
    "CANDIDAT_SANS_DEMANDE_ACTIVE": (
        "L'élève que vous recherchez n'a pas de demande pour cette catégorie de permis"
    ),
    "LECON_DANS_LE_FUTUR": "Il n'est pas possible de déclarer une leçon dans le futur",
    "DUREE_INVALIDE": "La durée n'est pas valide. Elle doit être comprise entre 30 et 240 mn",
    "CONTRAT_AUTRE_AUTO_ECOLE": (
        "Cette auto-école n'est pas autorisée à ajouter une leçon sur ce contrat"
    ),
    "LECON_DEJA_RENSEIGNEE": (
        "Cet élève a déjà une leçon renseignée à cette date et à cette heure"
    ),
    "NUMERO_AUTORISATION_INVALIDE": (
        "Le format du numéro d'autorisation du formateur n'est pas valide"
    ),
}


def test_the_nine_official_messages_are_kept_to_the_letter() -> None:
    official = {
        error.code: error.example()
        for error in ApiError
        if error.value.message_certainty == "official"
    }

    assert official == OFFICIAL


def test_every_entry_is_complete() -> None:
    for error in ApiError:
        entry = error.value
        assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", error.code)
        assert 400 <= entry.status < 600
        assert {
            entry.certainty,
            entry.status_certainty or entry.certainty,
            entry.message_certainty or entry.certainty,
        } <= set(SOURCES)
        assert "{" not in error.example()
        assert bool(entry.source) == (entry.message_certainty == "official")


def test_no_two_codes_say_the_same() -> None:
    assert len({error.example() for error in ApiError}) == len(ApiError)


@pytest.mark.parametrize(
    ("error", "operation", "status", "message"),
    [
        (ApiError.CANDIDAT_INCONNU, "creerContratDeFormation", 404, OFFICIAL["CANDIDAT_INCONNU"]),
        (ApiError.CANDIDAT_INCONNU, "prendreMandat", 400, OFFICIAL["CANDIDAT_INCONNU"]),
        (ApiError.CANDIDAT_INCONNU, "affecterCandidat", 404, "Le candidat est inconnu"),
        (ApiError.CENTRE_INCONNU, "lireCentre", 404, "Le centre d'examen est inconnu"),
        (ApiError.CENTRE_INCONNU, None, 400, "Le centre d'examen est inconnu"),
    ],
)
def test_status_and_message_may_differ_by_operation(
    error: ApiError, operation: str | None, status: int, message: str
) -> None:
    assert error.status_for(operation) == status
    assert error.example(operation) == message


def test_numbers_are_filled_in_and_other_braces_left_alone() -> None:
    assert fill("{a} et {b} et {", {"a": 1}) == "1 et {b} et {"
    longer = default_limits().overridden({"lecon.duree.CIRCULATION.min": 45})
    assert ApiError.DUREE_INVALIDE.numbers_in(longer) == {"minimum": 45, "maximum": 240}


def test_a_refusal_names_its_code() -> None:
    assert "CONTRAT_INCONNU" in str(Refusal(ApiError.CONTRAT_INCONNU))
