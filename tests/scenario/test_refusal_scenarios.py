import json
from collections.abc import Iterator
from typing import Any

import pytest

from rdv_mock.errors import ApiError
from rdv_mock.fixtures import SCENARIOS
from rdv_mock.serving.app import create_application
from rdv_mock.settings import Settings
from tests.support import CONTRATS, LIVRET, SIGNER, Vendor, contrat, lecon, refusal_of

CONTRAT = f"{CONTRATS}/11111111-1111-4111-8111-111111111111"
LECON = f"{CONTRAT}/lecons/22222222-2222-4222-8222-222222222222"
PANIER = "/api/v2/auto-ecole/paniers/11111111-1111-4111-8111-111111111111"
CRENEAU = "22222222-2222-4222-8222-222222222222"
CANDIDAT = "33333333-3333-4333-8333-333333333333"
EXAMEN = "44444444-4444-4444-8444-444444444444"
OTHER_EXAMEN = "66666666-6666-4666-8666-666666666666"
OTHER_EMPLOYE = "77777777-7777-4777-8777-777777777777"
UNKNOWN = "99999999-9999-4999-8999-999999999999"
TEN = lecon(dateHeureDebut="2026-03-09T10:00:00")

Call = tuple[str, str, dict[str, Any] | None]

API = "/api/v2/auto-ecole"
MANDATS = f"{API}/mandats"
INES = {"nom": "Moreau", "numeroDossier": "012345678901", "groupePermis": "B"}

AJOUT: Call = ("POST", f"{PANIER}/creneaux", {"creneauId": CRENEAU})
AFFECTATION: Call = (
    "PUT",
    f"{PANIER}/creneaux/{CRENEAU}/candidat",
    {"candidatId": CANDIDAT},
)
PERMUTATION: Call = (
    "POST",
    f"{API}/examens/permutation",
    {"examenId1": EXAMEN, "examenId2": OTHER_EXAMEN},
)
RESULTAT: Call = (
    "POST",
    f"/_mock/examens/{EXAMEN}/resultat",
    {"statut": "EXAMEN_REUSSI", "points": 28},
)

TOO_FEW_POINTS: Call = (*RESULTAT[:2], {"statut": "EXAMEN_REUSSI", "points": 19})

CALLS: dict[str, Call] = {
    "action_interdite": ("POST", MANDATS, INES),
    "service_indisponible": ("POST", CONTRATS, contrat()),
    "auto_ecole_fermee": ("POST", CONTRATS, contrat()),
    "auto_ecole_na_aucune_declaration": AJOUT,
    "candidat_ayant_deja_obtenu_son_examen": AFFECTATION,
    "candidat_deja_dans_panier": AFFECTATION,
    "candidat_deja_inscrit": AFFECTATION,
    "candidat_deja_sous_mandat": ("POST", MANDATS, INES),
    "candidat_deja_sous_mon_mandat": ("POST", MANDATS, INES),
    "candidat_en_attente_de_resultat": AFFECTATION,
    "candidat_inconnu": ("POST", CONTRATS, contrat(numeroDossier="12345678901")),
    "candidat_pas_sous_mandat": AFFECTATION,
    "candidat_sans_demande_active": (
        "POST",
        CONTRATS,
        contrat(nom="Michel", numeroDossier="01107510023456"),
    ),
    "candidat_sous_penalite": AFFECTATION,
    "centre_inconnu": ("GET", f"{API}/centres/{UNKNOWN}", None),
    "contrat_autre_auto_ecole": ("POST", f"{CONTRAT}/lecons", TEN),
    "contrat_deja_connu": ("POST", CONTRATS, contrat()),
    "contrat_inconnu": ("POST", f"{CONTRATS}/{UNKNOWN}/lecons", TEN),
    "creneau_de_groupe_different": AJOUT,
    "creneau_deja_reserve": AJOUT,
    "creneau_inconnu": AJOUT,
    "creneau_non_disponible": AJOUT,
    "creneau_non_reservable_plafond_atteint": AJOUT,
    "creneau_non_reservable_seuil_atteint": AJOUT,
    "creneau_pas_dans_le_panier": ("DELETE", f"{PANIER}/creneaux/{CRENEAU}", None),
    "duree_invalide": ("POST", f"{CONTRAT}/lecons", TEN | {"dureeEnMinutes": 25}),
    "email_deja_attribue": ("POST", MANDATS, INES | {"email": "lou@exemple.test"}),
    "email_manquant": ("POST", MANDATS, INES),
    "employe_auto_ecole_inexistant": ("POST", f"{API}/paniers", {"employeAutoEcoleId": UNKNOWN}),
    "employe_n_appartient_pas_a_auto_ecole": (
        "POST",
        f"{API}/paniers",
        {"employeAutoEcoleId": OTHER_EMPLOYE},
    ),
    "examen_deja_annule": ("DELETE", f"{API}/examens/{EXAMEN}", None),
    "examen_inconnu": ("GET", f"{API}/examens/{UNKNOWN}", None),
    "examen_non_modifiable": ("DELETE", f"{API}/examens/{EXAMEN}", None),
    "examen_non_nominatif": PERMUTATION,
    "examen_non_termine": RESULTAT,
    "jeton_invalide": ("GET", f"{LIVRET}/formateurs", None),
    "lecon_dans_le_futur": (
        "POST",
        f"{CONTRAT}/lecons",
        lecon(dateHeureDebut="2026-03-10T08:30:00"),
    ),
    "lecon_deja_renseignee": ("POST", f"{CONTRAT}/lecons", TEN),
    "lecon_inconnue": ("GET", f"{CONTRAT}/lecons/{UNKNOWN}", None),
    "lecon_verrouillee": ("DELETE", LECON, None),
    "nombre_de_remplacements_autorises_atteint": (
        "POST",
        f"{API}/examens/remplacement",
        {"examenId": EXAMEN, "candidatRemplacantId": CANDIDAT},
    ),
    "nombre_maximum_de_requetes_atteint": ("GET", f"{API}/moi", None),
    "numero_autorisation_invalide": (
        "POST",
        f"{CONTRAT}/lecons",
        TEN | {"numeroAutorisation": "A085-0001230"},
    ),
    "panier_inconnu": ("GET", PANIER, None),
    "panier_plein": AJOUT,
    "parametre_invalide": ("POST", CONTRATS, contrat(numeroDossier=12345678901)),
    "permutation_impossible": PERMUTATION,
    "resultat_deja_publie": RESULTAT,
    "resultat_invalide": TOO_FEW_POINTS,
    "scope_insuffisant": ("POST", CONTRATS, contrat()),
}
"""For each scenario of a documented refusal, the one call that meets it."""

STATUS = {"centre_inconnu": 404}
"""Where the operation has a status of its own."""

SCOPES = {"scope_insuffisant": ["livret_numerique:read"]}

BEFORE = {"nombre_maximum_de_requetes_atteint": 3}
"""How often the call is answered before it is refused."""

WITHOUT_A_TOKEN = {
    "examen_non_termine",
    "jeton_invalide",
    "resultat_deja_publie",
    "resultat_invalide",
}

WITH_THE_DEMONSTRATION: dict[str, Call] = {
    "CORPS_TROP_VOLUMINEUX": ("POST", CONTRATS, contrat(nom="M" * 1024 * 1024)),
    "EMPLOYE_INCONNU": ("POST", "/_mock/tokens", {"employe": "personne"}),
    "INCIDENT_INCONNU": ("DELETE", "/_mock/incidents/incident-1", None),
    "GENRE_INCONNU": ("GET", "/_mock/state?kind=lecon", None),
    "INCIDENT_INVALIDE": ("POST", "/_mock/incidents", {"operation": "lireMoi"}),
    "INSTANTANE_INCONNU": ("PUT", "/_mock/snapshots/avant", None),
    "MONDE_DEJA_EXISTANT": ("POST", "/_mock/worlds", {"name": "principal"}),
    "TROP_DE_MONDES": ("POST", "/_mock/worlds", {"name": "essai"}),
    "HORLOGE_EN_ARRIERE": ("PUT", "/_mock/clock", {"now": "2026-03-09T09:00:00+01:00"}),
    "JETON_ADMIN_INVALIDE": ("GET", "/_mock/clock", None),
    "METHODE_NON_AUTORISEE": ("DELETE", f"{API}/moi", None),
    "MONDE_INCONNU": ("GET", f"/w/nulle-part{API}/moi", None),
    "RESSOURCE_INCONNUE": ("GET", f"{API}/eleves", None),
    "SCENARIO_INCONNU": ("PUT", "/_mock/scenario", {"name": "inexistant"}),
    "SCENARIO_INVALIDE": ("PUT", "/_mock/scenario", {"titre": "Sans titre"}),
}
"""For each refusal that needs no situation of its own, a call that meets it anywhere."""

SETTINGS: dict[str, dict[str, object]] = {
    "JETON_ADMIN_INVALIDE": {"admin_token": "secret"},
    "TROP_DE_MONDES": {"max_worlds": 1},
}

NOT_SHOWN = {
    # A crash: no scenario brings one about on purpose.
    "ERREUR_INTERNE",
    # A disk that is full or damaged, too few descriptors (tests/worlds/test_data_folder.py).
    "STOCKAGE_INDISPONIBLE",
    # What no call is made of, or which browser makes it (tests/serving/edge, tests/http).
    "ADRESSE_TROP_LONGUE",
    "EN_TETES_TROP_VOLUMINEUX",
    "HOTE_REFUSE",
    "ORIGINE_REFUSEE",
    "REQUETE_ILLISIBLE",
    "REQUETE_TROP_LENTE",
}

ELIGIBILITES: dict[str, dict[str, str | None]] = {
    "libre_1": {
        "baptiste": "CANDIDAT_DEJA_INSCRIT",
        "camille": "CANDIDAT_AYANT_DEJA_OBTENU_SON_EXAMEN",
        "chloe": "CANDIDAT_SOUS_PENALITE",
        "dylan": None,
        "hakim": "CANDIDAT_SOUS_PENALITE",
        "lina": "CANDIDAT_DEJA_INSCRIT",
        "maelle": "CANDIDAT_EN_ATTENTE_DE_RESULTAT",
        "maxence": "CANDIDAT_SOUS_PENALITE",
        "melanie": None,
        "perrine": None,
        "romane": "CANDIDAT_SANS_DEMANDE_ACTIVE",
        "salome": "CANDIDAT_DEJA_INSCRIT",
        "sarah": "CANDIDAT_DEJA_DANS_PANIER",
        "soline": "CANDIDAT_SOUS_PENALITE",
        "theo": None,
        "toussaint": "CANDIDAT_EN_ATTENTE_DE_RESULTAT",
        "yanis": None,
    },
    "circulation": {
        "justine": "CANDIDAT_SOUS_PENALITE",
        "killian": None,
        "nathan": "CANDIDAT_DEJA_INSCRIT",
        "oceane": None,
        "theo": None,
    },
    "lourd": {"bastien": None, "josephine": "CANDIDAT_DEJA_INSCRIT"},
}
"""What the comments of the demonstration say of its candidats, by free créneau."""

ON_A_CRENEAU = {
    "bientot": "CRENEAU_INCONNU",
    "c_salome": "CRENEAU_NON_DISPONIBLE",
    "panier_1": "CRENEAU_DEJA_RESERVE",
}
ON_AN_EXAMEN = {
    "e_elodie": "ACTION_INTERDITE",
    "e_lina": "EXAMEN_NON_MODIFIABLE",
    "e_maelle": "EXAMEN_NON_MODIFIABLE",
    "e_maxence": "EXAMEN_DEJA_ANNULE",
}
"""What they say of its créneaux and examens: taken once more, cancelled."""

HINTS = {
    "examen_non_termine": " : il se termine à 2026-03-11T07:32:00Z"
    " (2026-03-11T08:32:00+01:00 à Paris)"
}
"""What the control plane says after the sentence of the catalogue."""


@pytest.mark.parametrize("name", CALLS)
def test_the_scenario_of_a_refusal_gives_it_on_the_call_that_it_describes(name: str) -> None:
    application = create_application(Settings(scenario=name))
    application.server.signer = SIGNER
    world = application.load()
    anyone = Vendor(application)
    method, path, body = CALLS[name]
    caller = anyone if name in WITHOUT_A_TOKEN else anyone.as_("lea", *SCOPES.get(name, []))
    for _ in range(BEFORE.get(name, 0)):
        assert caller.call(method, path).is_success

    answer = caller.call(method, path, **({"json": body} if body else {}))

    error = ApiError[name.upper()]
    status = STATUS.get(name, error.status_for(None))
    assert refusal_of(answer) == (status, error.code)
    assert answer.json()["message"] == error.example() + HINTS.get(name, "")
    description = " ".join(world.settings.description.split())
    assert f"{method} {path}" in description
    assert f"répond {status} {error.code}" in description
    assert body is None or json.dumps(body, ensure_ascii=False) in description
    application.close()


@pytest.mark.parametrize("code", WITH_THE_DEMONSTRATION)
def test_the_other_refusals_need_no_situation_of_their_own(code: str) -> None:
    settings = Settings.model_validate({"scenario": "demonstration", **SETTINGS.get(code, {})})
    application = create_application(settings)
    application.server.signer = SIGNER
    application.load()
    anyone = Vendor(application)
    method, path, body = WITH_THE_DEMONSTRATION[code]
    caller = anyone if code in SETTINGS else anyone.as_("lea")

    answer = caller.call(method, path, **({"json": body} if body else {}))

    assert refusal_of(answer) == (ApiError[code].status_for(None), code)
    application.close()


def test_every_refusal_of_the_catalogue_can_be_met_in_one_call() -> None:
    in_scenarios = {name.upper() for name in CALLS}

    shown = [*in_scenarios, *WITH_THE_DEMONSTRATION, *NOT_SHOWN]

    assert sorted(shown) == sorted(ApiError.__members__)


def test_every_scenario_that_is_named_after_a_refusal_is_proved_here() -> None:
    named = {path.stem for path in SCENARIOS.glob("*.yaml")}

    assert {name for name in named if name.upper() in ApiError.__members__} == set(CALLS)


@pytest.fixture(scope="module")
def demonstration() -> Iterator[Vendor]:
    """Somebody in the demonstration, where he changes nothing."""
    application = create_application(Settings(scenario="demonstration"))
    application.server.signer = SIGNER
    application.load()
    yield Vendor(application)
    application.close()


@pytest.mark.parametrize("creneau", ELIGIBILITES)
def test_the_candidats_of_the_demonstration_are_in_every_state(
    demonstration: Vendor, creneau: str
) -> None:
    lea = demonstration.as_("lea")
    body = {"filtre": {"creneauId": lea.id_of(creneau)}}

    found = lea.post(f"{API}/candidats/recherche", json=body).json()

    eligibilites = {one["candidat"]["id"]: one["eligibilite"].get("codeMotif") for one in found}
    assert eligibilites == {
        lea.id_of(ref): code_motif for ref, code_motif in ELIGIBILITES[creneau].items()
    }


@pytest.mark.parametrize(("ref", "code"), ON_A_CRENEAU.items())
def test_its_creneaux_refuse_what_its_comments_say(
    demonstration: Vendor, ref: str, code: str
) -> None:
    lea = demonstration.as_("lea")

    answer = lea.post(f"{API}/panier/creneaux", json={"creneauId": lea.id_of(ref)})

    assert answer.json()["code"] == code


@pytest.mark.parametrize(("ref", "code"), ON_AN_EXAMEN.items())
def test_its_examens_refuse_what_its_comments_say(
    demonstration: Vendor, ref: str, code: str
) -> None:
    lea = demonstration.as_("lea")

    answer = lea.delete(f"{API}/examens/{lea.id_of(ref)}")

    assert answer.json()["code"] == code


def test_its_auto_ecole_en_ligne_takes_elsewhere_only_what_was_published_long_ago(
    demonstration: Vendor,
) -> None:
    noe = demonstration.as_("noe")
    query = {"centres-ids": noe.id_of("gonesse-b"), "groupe-permis": "B"}

    statuts = [
        {
            creneau["statutDeReservation"]
            for creneau in noe.get(f"{API}/crenodispo", params={**query, "date": day}).json()
        }
        for day in ("2026-03-18", "2026-03-24")
    ]

    assert statuts == [{"DISPONIBLE"}, {"SEUIL_ATTEINT"}]


def test_its_two_permutable_examens_know_one_another(demonstration: Vendor) -> None:
    lea = demonstration.as_("lea")
    query = {"examen-permute-id": lea.id_of("e_salome"), "date": "2026-04-07"}

    (found,) = lea.get(f"{API}/examens/permutables", params=query).json()

    assert found["id"] == lea.id_of("e_baptiste")
