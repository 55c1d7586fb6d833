from typing import Any

import pytest

from rdv_mock.app import create_application
from rdv_mock.errors import ApiError
from rdv_mock.fixtures import SCENARIOS
from rdv_mock.settings import Settings
from tests.support import CONTRATS, LIVRET, SIGNER, Vendor, contrat, lecon, refusal_of

CONTRAT = f"{CONTRATS}/11111111-1111-4111-8111-111111111111"
LECON = f"{CONTRAT}/lecons/22222222-2222-4222-8222-222222222222"
UNKNOWN = "99999999-9999-4999-8999-999999999999"
TEN = lecon(dateHeureDebut="2026-03-09T10:00:00")

Call = tuple[str, str, dict[str, Any] | None]

MANDATS = "/api/v2/auto-ecole/mandats"
INES = {"nom": "Moreau", "numeroDossier": "012345678901", "groupePermis": "B"}

CALLS: dict[str, Call] = {
    "action_interdite": ("POST", MANDATS, INES),
    "candidat_deja_sous_mandat": ("POST", MANDATS, INES),
    "candidat_deja_sous_mon_mandat": ("POST", MANDATS, INES),
    "centre_inconnu": ("GET", f"/api/v2/auto-ecole/centres/{UNKNOWN}", None),
    "email_deja_attribue": ("POST", MANDATS, INES | {"email": "lou@exemple.test"}),
    "email_manquant": ("POST", MANDATS, INES),
    "auto_ecole_fermee": ("POST", CONTRATS, contrat()),
    "candidat_inconnu": ("POST", CONTRATS, contrat(numeroDossier="12345678901")),
    "candidat_sans_demande_active": (
        "POST",
        CONTRATS,
        contrat(nom="Michel", numeroDossier="01107510023456"),
    ),
    "contrat_autre_auto_ecole": ("POST", f"{CONTRAT}/lecons", TEN),
    "contrat_deja_connu": ("POST", CONTRATS, contrat()),
    "contrat_inconnu": ("POST", f"{CONTRATS}/{UNKNOWN}/lecons", TEN),
    "duree_invalide": ("POST", f"{CONTRAT}/lecons", TEN | {"dureeEnMinutes": 25}),
    "jeton_invalide": ("GET", f"{LIVRET}/formateurs", None),
    "lecon_dans_le_futur": (
        "POST",
        f"{CONTRAT}/lecons",
        lecon(dateHeureDebut="2026-03-10T08:30:00"),
    ),
    "lecon_deja_renseignee": ("POST", f"{CONTRAT}/lecons", TEN),
    "lecon_inconnue": ("GET", f"{CONTRAT}/lecons/{UNKNOWN}", None),
    "lecon_verrouillee": ("DELETE", LECON, None),
    "numero_autorisation_invalide": (
        "POST",
        f"{CONTRAT}/lecons",
        TEN | {"numeroAutorisation": "A085-0001230"},
    ),
    "parametre_invalide": ("POST", CONTRATS, contrat(numeroDossier=12345678901)),
    "scope_insuffisant": ("POST", CONTRATS, contrat()),
}
"""For each scenario of a documented refusal, the one call that meets it."""

STATUS = {"centre_inconnu": 404}
"""Where the operation has a status of its own."""

SCOPES = {"scope_insuffisant": ["livret_numerique:read"]}


@pytest.mark.parametrize("name", CALLS)
def test_the_scenario_of_a_refusal_gives_it_on_the_call_that_it_describes(name: str) -> None:
    application = create_application(Settings(scenario=name))
    application.server.signer = SIGNER
    world = application.load()
    anyone = Vendor(application)
    method, path, body = CALLS[name]
    caller = anyone if name == "jeton_invalide" else anyone.as_("lea", *SCOPES.get(name, []))

    answer = caller.call(method, path, **({"json": body} if body else {}))

    error = ApiError[name.upper()]
    assert refusal_of(answer) == (STATUS.get(name, error.status_for(None)), error.code)
    assert answer.json()["message"] == error.example()
    assert f"{method} {path}" in " ".join(world.settings.description.split())
    application.close()


def test_every_scenario_that_is_named_after_a_refusal_is_proved_here() -> None:
    named = {path.stem for path in SCENARIOS.glob("*.yaml")}

    assert {name for name in named if name.upper() in ApiError.__members__} == set(CALLS)
